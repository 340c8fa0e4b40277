"""What may be shown: the one place that decides, for pages, API, exports and the command line alike.

A score below the campaign's floor becomes a ``SuppressedScore``, a type of its own that carries nothing of the number. A placement
that nobody answered about gets the same marker as one with too few learners, so that the marker does not tell them apart. Of the
numbers that are shown, none is finer than a tenth: digits beyond what n learners can carry only help to work out who they were.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from nets.campaign import Campaign
from nets.placement import Benchmark, PlacementScore, Verdict, verdict_on

WITHHELD: Final = "Not shown, to protect the learners: too few of them, or too alike in a sensitive answer."


@dataclass(frozen=True, slots=True)
class SuppressedScore:
    """A score that may not be shown."""

    reason: str = WITHHELD
    kind: Literal["suppressed"] = "suppressed"


@dataclass(frozen=True, slots=True)
class Distribution:
    """Answers by option, from the worst option to the best, and the share above the middle in per cent."""

    counts: tuple[int, ...]
    per_cent_positive: float
    kind: Literal["shown"] = "shown"


@dataclass(frozen=True, slots=True)
class SuppressedDistribution:
    """A distribution that needs more learners than this score has."""

    reason: str = WITHHELD
    kind: Literal["suppressed"] = "suppressed"


@dataclass(frozen=True, slots=True)
class ShownScore:
    """A placement's score as anybody may see it; the attributes are those of ``placement.PlacementScore``, rounded.

    The verdict is that on the reliability as it is shown, so that the two cannot contradict each other.
    """

    n: int
    mean: float
    sd: float
    interval: tuple[float, float]
    reliability: float
    shrunken: float
    shrunken_interval: tuple[float, float]
    probability_low: float
    distribution: Distribution | SuppressedDistribution
    verdict: Verdict
    kind: Literal["shown"] = "shown"


@dataclass(frozen=True, slots=True)
class ShownBenchmark:
    """The benchmark of one scale, in whole points."""

    mean: float
    tau: float
    sigma: float
    icc1: float
    kind: Literal["shown"] = "shown"


Shown: TypeAlias = ShownScore | SuppressedScore


def show_score(score: PlacementScore | None, campaign: Campaign, *, sensitive: bool) -> Shown:
    """The score as it may be shown, or the marker; None stands for a placement without any score on the scale."""
    if score is None or score.n < campaign.place_floor:
        return SuppressedScore()
    # Everyone answered alike: whoever knows one of these learners then knows what she answered. The standard deviation as it
    # would be shown, because that of thirty times 41.666... is not nought to a computer.
    sd = round(score.sd, 1)
    if sensitive and sd == 0:
        return SuppressedScore()
    enough = score.n >= campaign.breakdown_floor
    reliability = round(score.reliability, 2)
    return ShownScore(
        n=score.n,
        mean=round(score.mean, 1),
        sd=sd,
        interval=_rounded(score.interval),
        reliability=reliability,
        shrunken=round(score.shrunken, 1),
        shrunken_interval=_rounded(score.shrunken_interval),
        probability_low=round(score.probability_low, 2),
        distribution=Distribution(score.distribution, round(score.per_cent_positive, 0))
        if enough
        else SuppressedDistribution(),
        verdict=verdict_on(reliability),
    )


def show_benchmark(benchmark: Benchmark | None, campaign: Campaign) -> ShownBenchmark | SuppressedScore:
    """The benchmark, unless so few stand behind it that it would give a placement away."""
    if benchmark is None or benchmark.n < campaign.breakdown_floor or benchmark.n_placements < campaign.place_floor:
        return SuppressedScore()
    return ShownBenchmark(
        round(benchmark.mean, 0), round(benchmark.tau, 1), round(benchmark.sigma, 1), round(benchmark.icc1, 3)
    )


def show_total(n_responses: int) -> int:
    """A campaign's number of responses, to the ten: the exact one would give the hidden cells away by subtraction."""
    return round(n_responses, -1)


def _rounded(interval: tuple[float, float]) -> tuple[float, float]:
    return round(interval[0], 1), round(interval[1], 1)
