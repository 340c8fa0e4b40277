"""Flags: places that call for attention, by three rules side by side. Each answers a question of its own and says which.

The rules are statistics of ``analysis``; here stand which questions are asked, at which thresholds (``rules/flags-*.json``,
versioned), and which places may be listed at all. Every list carries the share of its places that is expected to be there
falsely; excellent places are looked for as poor ones are. A list is no league table: it has no order but that of the places.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from analysis import UnitScores, funnel_limits, gmc_flags
from nets.flags.place_flags import NotFlagged
from nets.flags.rule import FlagRule

Mask: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]

INTERVAL_WIDTH: Final = 1.959963984540054
"""Half the width of a release's 95 % intervals in standard deviations."""


@dataclass(frozen=True, slots=True, eq=False)
class EarlierScores:
    """What an earlier campaign knew of the true scores on the same scale: their means and standard deviations, by place."""

    mean: Mapping[str, float]
    sd: Mapping[str, float]

    @classmethod
    def from_intervals(cls, intervals: Mapping[str, tuple[float, float, float]]) -> "EarlierScores":
        """Of shrunken scores with their 95 % intervals, as a release holds them: (shrunken, low, high) by place.

        An interval may have been cut at an end of the scale, so that its longer half says how wide it was.
        """
        return cls(
            {place: shrunken for place, (shrunken, _, _) in intervals.items()},
            {
                place: max(high - shrunken, shrunken - low) / INTERVAL_WIDTH
                for place, (shrunken, low, high) in intervals.items()
            },
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
    # Two benchmarks: the mean of all learners, which GMC rule and funnel look at, and the mean of the places' true scores.
    below_learners, under = units.probability_below(funnel.target), units.probability_below(units.grand_mean)
    worst = units.probability_in_lowest(rule.tenth_share)
    best = 1.0 - units.probability_in_lowest(1.0 - rule.tenth_share)
    low = {
        "gmc_low": PlaceList(gmc.below, 1.0 - below_learners),
        "funnel_low": PlaceList(funnel.below[:, 0], 1.0 - below_learners),
        "funnel_far_low": PlaceList(funnel.below[:, 1], 1.0 - below_learners),
        "below_benchmark": _probable(under, rule.benchmark_probability),
        "worst_tenth": _probable(worst, rule.tenth_probability),
    }
    high = {
        "gmc_high": PlaceList(gmc.above, below_learners),
        "funnel_high": PlaceList(funnel.above[:, 0], below_learners),
        "funnel_far_high": PlaceList(funnel.above[:, 1], below_learners),
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
