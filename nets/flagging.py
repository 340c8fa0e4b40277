"""Flags: places that call for attention, by three rules side by side. Each answers a question of its own and says which.

The rules are statistics of ``analysis``; here stand which questions are asked, at which thresholds (``rules/flags-*.json``,
versioned), and which places may be listed at all. Every list carries the share of its places that is expected to be there
falsely; excellent places are looked for as poor ones are. A list is no league table: it has no order but that of the places.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from analysis import UnitScores, funnel_limits, gmc_flags

Mask: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]

_OLD_INTERVAL: Final = 1.959963984540054
"""Half the width of an earlier release's 95 % intervals in standard deviations."""


class Side(StrEnum):
    """Which end of the scale a list looks at."""

    LOW = "low"
    HIGH = "high"


class FlagMethod(StrEnum):
    """The three rules."""

    GMC = "gmc"
    FUNNEL = "funnel"
    POSTERIOR = "posterior"


@dataclass(frozen=True, slots=True)
class FlagRule:
    """Thresholds of the three rules; see ``rules/flags-*.json``.

    Attributes
    ----------
    least_places
        Places with a score that may be shown, below which no place is held against the others.
    gmc_least_learners
        Learners below which the GMC rule says nothing.
    funnel_level, funnel_far_level, winsorise
        Two-sided levels of the limits, and the share of z-scores drawn in at each end before over-dispersion is measured.
    benchmark_probability
        From which a place is listed as below (or above) the benchmark.
    tenth_share, tenth_probability
        What counts as the worst (or best) places, and from which probability a place is listed as one of them.
    change_margin, change_probability
        By how many points a score must have changed, and from which probability a place is listed.
    """

    version: str
    least_places: int
    gmc_least_learners: int
    funnel_level: float
    funnel_far_level: float
    winsorise: float
    benchmark_probability: float
    tenth_share: float
    tenth_probability: float
    change_margin: float
    change_probability: float


@cache
def read_flag_rule(name: str = "flags-2026.1") -> FlagRule:
    """A shipped rule by its version."""
    data = json.loads(resources.files("nets").joinpath("rules", f"{name}.json").read_text("utf-8"))
    posterior = data["posterior"]
    return FlagRule(
        version=data["version"],
        least_places=data["least_places"],
        gmc_least_learners=data["gmc"]["least_learners"],
        funnel_level=data["funnel"]["level"],
        funnel_far_level=data["funnel"]["far_level"],
        winsorise=data["funnel"]["winsorise"],
        benchmark_probability=posterior["benchmark"]["probability"],
        tenth_share=posterior["tenth"]["share"],
        tenth_probability=posterior["tenth"]["probability"],
        change_margin=posterior["change"]["margin"],
        change_probability=posterior["change"]["probability"],
    )


@dataclass(frozen=True, slots=True)
class FlagQuestion:
    """One list: the rule behind it, the end it looks at, its title and the question that it answers."""

    code: str
    method: FlagMethod
    side: Side
    title: str
    question: str


def flag_questions(rule: FlagRule) -> Mapping[str, FlagQuestion]:
    """Every list there can be, by its code: low ends first, in the order of the rules."""
    return {question.code: question for side in Side for question in _questions(rule, side)}


def _questions(rule: FlagRule, side: Side) -> Iterator[FlagQuestion]:
    low = side is Side.LOW
    quarter, lower, worst = ("bottom", "lower", "worst") if low else ("top", "higher", "best")
    where, moved = ("below", "fallen") if low else ("above", "risen")
    yield FlagQuestion(
        f"gmc_{side}",
        FlagMethod.GMC,
        side,
        f"GMC rule: {where}",
        f"Is the mean in the {quarter} quarter of all learners' scores, and its own 95 % interval clear of that of the benchmark?",
    )
    for code, level in ((f"funnel_{side}", rule.funnel_level), (f"funnel_far_{side}", rule.funnel_far_level)):
        yield FlagQuestion(
            code,
            FlagMethod.FUNNEL,
            side,
            f"{where.capitalize()} the {per_cent(level)} funnel",
            f"Is the mean {lower} than chance and the usual differences between places explain, "
            f"outside the {per_cent(level)} limits?",
        )
    yield FlagQuestion(
        f"{where}_benchmark",
        FlagMethod.POSTERIOR,
        side,
        f"{where.capitalize()} the benchmark",
        f"Is it at least {per_cent(rule.benchmark_probability)} probable that the true score lies {where} the benchmark?",
    )
    yield FlagQuestion(
        f"{worst}_tenth",
        FlagMethod.POSTERIOR,
        side,
        f"In the {worst} tenth",
        f"Is it at least {per_cent(rule.tenth_probability)} probable that the true score is among the {worst} "
        f"{per_cent(rule.tenth_share)}?",
    )
    yield FlagQuestion(
        moved,
        FlagMethod.POSTERIOR,
        side,
        f"{moved.capitalize()} since the campaign before",
        f"Is it at least {per_cent(rule.change_probability)} probable that the true score has {moved} since the campaign before?",
    )


def per_cent(share: float) -> str:
    """A share in per cent with the digits it has: 95 %, 99.8 %."""
    return f"{100 * share:g} %"


@dataclass(frozen=True, slots=True, eq=False)
class EarlierScores:
    """What an earlier campaign knew of the true scores on the same scale: their means and standard deviations, by place."""

    mean: Mapping[str, float]
    sd: Mapping[str, float]

    @classmethod
    def from_intervals(cls, intervals: Mapping[str, tuple[float, float, float]]) -> "EarlierScores":
        """Of shrunken scores with their 95 % intervals, as a release holds them: (shrunken, low, high) by place."""
        return cls(
            {place: shrunken for place, (shrunken, _, _) in intervals.items()},
            {place: (high - low) / (2 * _OLD_INTERVAL) for place, (_, low, high) in intervals.items()},
        )


NO_EARLIER_SCORES: Final = EarlierScores({}, {})


@dataclass(frozen=True, slots=True, eq=False)
class PlaceList:
    """One list.

    Attributes
    ----------
    listed
        Which units are on it, shape (n_units,).
    probability_false
        Of each unit, listed or not, that it would be on it falsely, shape (n_units,): that its true score lies on the other
        side of the benchmark (GMC, funnel), or that what is asked is not true (posterior). NaN where it cannot be known.
    """

    listed: Mask
    probability_false: Floats

    @property
    def false_share(self) -> float:
        """Expected share of the listed places that are there falsely; NaN for an empty list."""
        return float(self.probability_false[self.listed].mean()) if self.listed.any() else np.nan


@dataclass(frozen=True, slots=True, eq=False)
class PlaceFlags:
    """Every list of one scale at one level, by its code; ``unit`` are the places, in the order of the masks."""

    unit: tuple[str, ...]
    lists: Mapping[str, PlaceList]

    def codes(self) -> dict[str, tuple[str, ...]]:
        """The lists that each place is on; places that are on none are left out."""
        found: dict[str, list[str]] = {}
        for code, place_list in self.lists.items():
            for i in np.flatnonzero(place_list.listed):
                found.setdefault(self.unit[i], []).append(code)
        return {unit: tuple(codes) for unit, codes in found.items()}


@dataclass(frozen=True, slots=True)
class NotFlagged:
    """Why no place of a level is held against the others on a scale."""

    reason: str


def flag_places(
    units: UnitScores,
    respondents: Floats,
    may_be_listed: Mask,
    rule: FlagRule,
    earlier: EarlierScores = NO_EARLIER_SCORES,
) -> PlaceFlags | NotFlagged:
    """Hold every place of a level against the others by the three rules.

    Parameters
    ----------
    units
        Scores of the level's places, from ``analysis.unit_scores``.
    respondents
        The learners' scores behind them, in any order.
    may_be_listed
        Places whose score is shown, shape (n_units,): the others count for the benchmark and are never listed.
    earlier
        The campaign before, where there was one; a place that it did not show can have neither fallen nor risen.
    """
    if int(may_be_listed.sum()) < rule.least_places:
        return NotFlagged(f"fewer than {rule.least_places} places have a score that may be shown")
    if units.sigma2 == 0:
        return NotFlagged("the learners of each place gave the same score, so that chance has no measure")
    gmc = gmc_flags(units, benchmark=respondents, minimum=rule.gmc_least_learners)
    funnel = funnel_limits(units, levels=(rule.funnel_level, rule.funnel_far_level), winsorise=rule.winsorise)
    under_gmc, under_target = units.probability_below(gmc.benchmark_mean), units.probability_below(funnel.target)
    under = units.probability_below(units.grand_mean)
    worst = units.probability_in_lowest(rule.tenth_share)
    best = 1.0 - units.probability_in_lowest(1.0 - rule.tenth_share)
    low = {
        "gmc_low": PlaceList(gmc.below, 1.0 - under_gmc),
        "funnel_low": PlaceList(funnel.below[:, 0], 1.0 - under_target),
        "funnel_far_low": PlaceList(funnel.below[:, 1], 1.0 - under_target),
        "below_benchmark": _probable(under, rule.benchmark_probability),
        "worst_tenth": _probable(worst, rule.tenth_probability),
    }
    high = {
        "gmc_high": PlaceList(gmc.above, under_gmc),
        "funnel_high": PlaceList(funnel.above[:, 0], under_target),
        "funnel_far_high": PlaceList(funnel.above[:, 1], under_target),
        "above_benchmark": _probable(1.0 - under, rule.benchmark_probability),
        "best_tenth": _probable(best, rule.tenth_probability),
    }
    if earlier.mean:
        fallen, risen = _probabilities_of_change(units, earlier, rule.change_margin)
        low["fallen"] = _probable(fallen, rule.change_probability)
        high["risen"] = _probable(risen, rule.change_probability)
    return PlaceFlags(
        tuple(map(str, units.unit)),
        {
            code: PlaceList(place_list.listed & may_be_listed, place_list.probability_false)
            for code, place_list in (low | high).items()
        },
    )


def _probable(probability: Floats, at_least: float) -> PlaceList:
    return PlaceList(probability >= at_least, 1.0 - probability)


def _probabilities_of_change(units: UnitScores, earlier: EarlierScores, margin: float) -> tuple[Floats, Floats]:
    """P(fallen) and P(risen) by more than the margin, NaN for a place without an earlier score.

    The two campaigns as independent, the difference of their posteriors as normal: ``analysis.posterior_flags``, of which an
    earlier release keeps no more than mean and interval.
    """
    before = np.array([earlier.mean.get(str(unit), np.nan) for unit in units.unit])
    sd_before = np.array([earlier.sd.get(str(unit), np.nan) for unit in units.unit])
    change = units.posterior.mean - before
    error = np.hypot(units.posterior.sd, sd_before)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(ndtr((-change - margin) / error)), np.asarray(ndtr((change - margin) / error))
