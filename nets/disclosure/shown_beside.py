"""What may be shown beside a placement's score: the one with its case-mix taken out, and the one over several campaigns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from analysis import CaseMixScores, PartSums, UnitScores
from nets.campaign import Campaign
from nets.disclosure.rule import DisclosureRule
from nets.placement import LEVEL, Verdict, verdict_on
from nets.scoring import BEST


@dataclass(frozen=True, slots=True)
class ShownAdjusted:
    """A placement's score as it would be with the learner groups and levels of the whole campaign, beside the one it has.

    Attributes
    ----------
    mean
        Less what goes with the placement's own case-mix, to a step that hides how many learners of which group it has.
    shrunken, shrunken_interval, reliability
        As those of ``ShownScore``, of placements of one case-mix.
    """

    mean: float
    shrunken: float
    shrunken_interval: tuple[float, float]
    reliability: float
    kind: Literal["adjusted"] = "adjusted"


@dataclass(frozen=True, slots=True)
class ShownPooled:
    """A placement's score over several campaigns together, beside that of the last of them.

    Attributes
    ----------
    campaigns
        Ids of the campaigns in it, with spaces between, the oldest first.
    effective_n
        How many learners, each of a year of their own, the mean is worth.
    n, mean, sd, interval, reliability, shrunken, shrunken_interval, verdict
        As those of ``ShownScore``.
    """

    campaigns: str
    n: int
    mean: float
    sd: float
    interval: tuple[float, float]
    effective_n: float
    reliability: float
    shrunken: float
    shrunken_interval: tuple[float, float]
    verdict: Verdict
    kind: Literal["pooled"] = "pooled"


@dataclass(frozen=True, slots=True)
class PooledBenchmark:
    """What pooled scores of one scale are held against, in whole points and tenths.

    Attributes
    ----------
    mean
        Of the placements' true scores over these campaigns.
    tau, omega, sigma
        Standard deviations between placements, between the campaigns of one placement, and between its learners in one of them.
    """

    mean: float
    tau: float
    omega: float
    sigma: float
    kind: Literal["pooled"] = "pooled"


@dataclass(frozen=True, slots=True)
class NotPooled:
    """Stands where so few are behind the benchmark that it would give a placement away."""

    kind: Literal["none"] = "none"


@dataclass(frozen=True, slots=True)
class PooledOver:
    """What the pooled scores of one scale are made of.

    Attributes
    ----------
    releases
        Ids of the releases of the earlier campaigns, by campaign.
    benchmark
        What they are held against.
    """

    releases: Mapping[str, str]
    benchmark: PooledBenchmark | NotPooled


def show_adjusted(scores: CaseMixScores, at: NDArray[np.int64], rule: DisclosureRule) -> Iterable[ShownAdjusted]:
    """Adjusted scores that may be shown, by their positions; no true score lies outside the scale.

    The distance of each from the score beside it says how many learners of which group there are, all scales together nearly
    always to one. So it is told to a step that five learners of another group do not make, and the rest follows from that.
    """
    step = np.array([rule.step(least) for least in (rule.case_mix_points / scores.n[at]).tolist()], dtype=np.float64)
    mean, reliability = np.round(scores.mean[at], 1), scores.reliability[at]
    told = np.clip(mean + step * np.round((scores.adjusted_mean[at] - mean) / step), 0.0, BEST)
    moved = reliability * (told - scores.adjusted_mean[at])
    half = reliability * step / 2
    ends = scores.interval[at] + np.column_stack([moved - half, moved + half])
    low, high = (np.clip(whole, 0.0, BEST) for whole in (np.floor(ends[:, 0]), np.ceil(ends[:, 1])))
    return map(
        ShownAdjusted,
        tenths(told),
        tenths(scores.grand_mean + reliability * (told - scores.grand_mean)),
        zip(low.tolist(), high.tolist(), strict=True),
        np.round(reliability, 2).tolist(),
    )


def show_pooled(
    sums: PartSums, scores: UnitScores, at: NDArray[np.int64], campaigns: Sequence[Sequence[str]]
) -> Iterable[ShownPooled]:
    """Pooled scores that may be shown, by their positions, each with the campaigns in it."""
    mean = sums.mean[at]
    half = stdtrit(sums.df[at], 0.5 + 0.5 * LEVEL) * np.sqrt(sums.variance[at])
    posterior = scores.posterior.of(at)
    reliability = np.round(scores.reliability[at], 2).tolist()

    def within(low: NDArray[np.float64], high: NDArray[np.float64]) -> Iterable[tuple[float, float]]:
        return zip(tenths(np.clip(low, 0.0, BEST)), tenths(np.clip(high, 0.0, BEST)), strict=True)

    return map(
        ShownPooled,
        map(" ".join, campaigns),
        sums.n[at].tolist(),
        tenths(mean),
        tenths(sums.sd[at]),
        within(mean - half, mean + half),
        tenths(sums.worth[at]),
        reliability,
        tenths(scores.shrunken[at]),
        within(posterior.quantile(0.5 - 0.5 * LEVEL), posterior.quantile(0.5 + 0.5 * LEVEL)),
        map(verdict_on, reliability),
    )


def show_pooled_benchmark(sums: PartSums, scores: UnitScores, campaign: Campaign) -> PooledBenchmark | NotPooled:
    """What pooled scores are held against, with as many behind it as behind any benchmark."""
    if sums.n_scores < campaign.breakdown_floor or len(sums.unit) < campaign.place_floor:
        return NotPooled()
    tau, omega, sigma = tenths(np.sqrt([scores.tau2, sums.between_parts, sums.within_parts]))
    return PooledBenchmark(round(float(scores.grand_mean), 0), tau, omega, sigma)


def tenths(values: NDArray[np.float64]) -> list[float]:
    """As numbers are shown: none is finer than a tenth."""
    return list(np.round(values, 1).tolist())
