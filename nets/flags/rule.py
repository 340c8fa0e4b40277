"""The rule behind flags: which questions the lists answer, and at which thresholds (``rules/flags-*.json``, versioned)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final


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
class CalibrationExtent:
    """How much is simulated to tell how often the rules are wrong, and from which truth about change.

    Attributes
    ----------
    places, learners, most_campaigns
        Campaigns are simulated until one of these numbers is reached, over all of them.
    likeness_of_years
        Correlation of the places' true scores between two campaigns, which no single campaign can tell.
    seed
        Of the random numbers, so that the same campaign always gets the same figures.
    """

    places: int
    learners: int
    most_campaigns: int
    likeness_of_years: float
    seed: int


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
    spread_depth, spread_probability, spread_alpha
        How many tau below its own benchmark a learner group is low, from which probability it is said for whom a placement is
        low, and the level of the test that the groups are alike, without which no group is named apart from the others.
    calibration
        How the rule's own error rates are found (``calibrating.py``).
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
    spread_depth: float
    spread_probability: float
    spread_alpha: float
    calibration: CalibrationExtent


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
        spread_depth=data["spread"]["depth"],
        spread_probability=data["spread"]["probability"],
        spread_alpha=data["spread"]["alpha"],
        calibration=CalibrationExtent(**data["calibration"]),
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


CHANGES: Final = frozenset({"fallen", "risen"})
"""Lists that ask what has changed since the campaign before."""
