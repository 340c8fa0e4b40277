"""What stands beside a score, as everybody sees it but the national role: nothing that the scores in bands do not tell themselves.

Of the score with its case-mix taken out the distance from the score beside it is rounded, so that it says nothing of the answers.
It says which learner groups are there, so it is told where distributions are, and to a step that five learners do not make.

A pooled score is made anew of the scores in bands of its campaigns, which a trend tells too, and of a benchmark over all
placements: rounded from the exact one, it would tell how the learners divide between the campaigns. Where its mean lies depends on
that, so the interval of the mean holds for every number of learners that the bands leave open. The shrunken score is one for all of
them: drawn in by the least reliability that they leave open, with an interval for wherever the mean may lie at that reliability.
Were the true one higher, it would lie farther from the benchmark than it is told.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from scipy.special import ndtri, stdtrit

from nets.disclosure.banded import Band, BandedAdjusted, BandedMean, BandedPooled, BandedScore
from nets.disclosure.banding import around, to_step
from nets.disclosure.shown_beside import PooledBenchmark, ShownAdjusted
from nets.placement import LEVEL, verdict_on
from nets.scoring import BEST

_NORMAL = float(ndtri(0.5 + 0.5 * LEVEL))


@dataclass(frozen=True, slots=True)
class BandedYear:
    """What one campaign shows of a placement in bands, and the fewest learners that the score can have."""

    score: BandedScore | BandedMean
    fewest: int


def banded_adjusted(
    adjusted: ShownAdjusted, beside: float, seen: BandedScore, benchmark_mean: float, step: int
) -> BandedAdjusted:
    """A score with its case-mix taken out.

    Parameters
    ----------
    beside, seen
        The mean beside it as the release has it, and the whole score in bands.
    benchmark_mean
        Of what both are held against.
    step
        What the distance between the two is rounded to.
    """
    mean = min(max(seen.mean + to_step(adjusted.mean - beside, step), 0), int(BEST))
    shrunken = benchmark_mean + seen.reliability * (mean - benchmark_mean)
    return BandedAdjusted(
        mean,
        step,
        around(mean, _half(seen.mean, seen.interval) + step / 2),
        round(shrunken),
        around(shrunken, _half(seen.shrunken, seen.shrunken_interval) + seen.reliability * step / 2),
        seen.reliability,
    )


def banded_pooled(campaigns: str, years: Sequence[BandedYear], benchmark: PooledBenchmark) -> BandedPooled:
    """A score over several campaigns, of what each of them shows.

    With n_j learners in campaign j and n in all, the mean has the variance omega2 sum_j (n_j / n)^2 + sigma2 / n about that of the
    placement. It is largest at an end of the bands, as are the weights of the means.
    """
    scores = [year.score for year in years]
    step = max(score.step for score in scores)
    # In the middle of a band in which each number is as likely as its double: the bands grow so.
    mean = _mean([math.sqrt(score.learners.low * score.learners.high) for score in scores], scores)
    corners = list(product(*((year.fewest, year.score.learners.high) for year in years)))
    lowest, highest = (end(_mean(corner, scores) for corner in corners) for end in (min, max))
    variance = max(_variance(corner, benchmark) for corner in corners)
    t = float(stdtrit(max(sum(year.fewest - 1 for year in years), 1), 0.5 + 0.5 * LEVEL))
    half = t * math.sqrt(variance) + step / 2
    reliability = benchmark.tau**2 / (benchmark.tau**2 + variance) if variance else 0.0
    shrunken = benchmark.mean + reliability * (mean - benchmark.mean)
    half_shrunken = _NORMAL * benchmark.tau * math.sqrt(1 - reliability) + reliability * (
        step / 2 + max(highest - mean, mean - lowest)
    )
    told = round(reliability, 2)
    return BandedPooled(
        campaigns,
        Band(sum(score.learners.low for score in scores), sum(score.learners.high for score in scores)),
        to_step(mean, step),
        step,
        (around(lowest, half)[0], around(highest, half)[1]),
        told,
        round(shrunken),
        around(shrunken, half_shrunken),
        verdict_on(told),
    )


def _half(middle: int, interval: tuple[int, int]) -> int:
    """The longer half of an interval: the other one may have been cut at an end of the scale."""
    return max(middle - interval[0], interval[1] - middle)


def _mean(weights: Sequence[float], scores: Sequence[BandedScore | BandedMean]) -> float:
    return sum(weight * score.mean for weight, score in zip(weights, scores, strict=True)) / sum(weights)


def _variance(n: Sequence[int], benchmark: PooledBenchmark) -> float:
    total = sum(n)
    return benchmark.omega**2 * sum((of_year / total) ** 2 for of_year in n) + benchmark.sigma**2 / total
