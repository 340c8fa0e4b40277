"""A placement's score and how far it can be trusted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis import AnalysisError, UnitScores, unit_scores
from nets.scoring import BEST, ScaleAnswers

REPORTABLE_RELIABILITY: Final = 0.7
INDICATIVE_RELIABILITY: Final = 0.5
POSITIVE_ABOVE: Final = 50.0
"""A keyed answer above the middle of the scale is positive: agree and strongly agree."""


class Verdict(StrEnum):
    """What a score may be used for, by its reliability."""

    REPORTABLE = "reportable"
    INDICATIVE = "indicative"
    INSUFFICIENT = "insufficient"


def verdict_on(reliability: float) -> Verdict:
    """Reportable from 0.7, indicative from 0.5, insufficient below (defaults of the product's rules)."""
    if reliability >= REPORTABLE_RELIABILITY:
        return Verdict.REPORTABLE
    return Verdict.INDICATIVE if reliability >= INDICATIVE_RELIABILITY else Verdict.INSUFFICIENT


@dataclass(frozen=True, slots=True)
class PlacementScore:
    """One scale at one placement, before anybody has decided whether it may be shown (``disclosure.py`` does).

    Attributes
    ----------
    n
        Learners with a score on the scale.
    mean, sd
        Of their scores, 0-100; the standard deviation is NaN for one learner.
    interval
        95 % interval of the mean, from the placement's own learners; like every mean within 0 to 100.
    reliability
        lambda = tau2 / (tau2 + sigma2 / n): the share of the variance of such means that is between placements.
    shrunken, shrunken_interval
        Empirical Bayes estimate with its 95 % interval.
    probability_low
        Posterior probability that the true score is more than one tau below the benchmark.
    per_cent_positive
        Share of the answers to the scale's items that lie above the middle, in per cent.
    distribution
        Answers by option, from the worst to the best, over the scale's items.
    """

    n: int
    mean: float
    sd: float
    interval: tuple[float, float]
    reliability: float
    shrunken: float
    shrunken_interval: tuple[float, float]
    probability_low: float
    per_cent_positive: float
    distribution: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What placements are held against on one scale: all placements of the campaign together.

    Attributes
    ----------
    mean
        Mean of the placements' true scores, 0-100.
    tau, sigma
        Standard deviations between placements and within them.
    """

    mean: float
    tau: float
    sigma: float
    icc1: float
    n: int
    n_placements: int


@dataclass(frozen=True, slots=True)
class ScaleResult:
    """One scale over a whole campaign: the benchmark and every placement that has a score."""

    benchmark: Benchmark
    placements: dict[str, PlacementScore]


def score_placements(answers: ScaleAnswers, placement_ids: NDArray[np.object_]) -> ScaleResult | None:
    """Scores of every placement with at least one scored learner.

    Returns None where there is no telling placements from learners: fewer than two placements have a score, no placement
    has two learners, or everyone has the same score.
    """
    scored = ~np.isnan(answers.scores)
    answers, ids = answers.of(scored), placement_ids[scored]
    units = _units(answers.scores, ids)
    if units is None:
        return None
    low = probability_low(units)
    distributions = _distributions(answers.steps, answers.n_options, ids, units.unit)
    positives = _per_cent_positive(answers.keyed, ids, units.unit)
    placements = {
        str(unit): PlacementScore(
            n=int(units.n[i]),
            mean=float(units.mean[i]),
            sd=float(units.sd[i]),
            interval=_within_scale(units.interval[i]),
            reliability=float(units.reliability[i]),
            shrunken=float(units.shrunken[i]),
            shrunken_interval=_within_scale(units.shrunken_interval[i]),
            probability_low=float(low[i]),
            per_cent_positive=float(positives[i]),
            distribution=tuple(int(count) for count in distributions[i]),
        )
        for i, unit in enumerate(units.unit)
    }
    benchmark = Benchmark(
        mean=float(units.grand_mean),
        tau=float(np.sqrt(units.tau2)),
        sigma=float(np.sqrt(units.sigma2)),
        icc1=float(units.tau2 / (units.tau2 + units.sigma2)),
        n=int(units.n.sum()),
        n_placements=len(units.unit),
    )
    return ScaleResult(benchmark, placements)


def _within_scale(interval: NDArray[np.float64]) -> tuple[float, float]:
    """No true score lies outside the scale, so what an interval has there covers nothing."""
    low, high = np.clip(interval, 0.0, BEST)
    return float(low), float(high)


def low_placements(
    answers: ScaleAnswers, placement_ids: NDArray[np.object_], *, least: int, probability: float
) -> tuple[str, ...]:
    """Placements with at least ``least`` scored learners that lie one tau below the benchmark with this probability or more.

    The same as from ``score_placements``, without the rest of it: a release asks it of every scale in every learner group.
    """
    scored = ~np.isnan(answers.scores)
    scores, ids = answers.scores[scored], placement_ids[scored]
    if max(Counter(ids.tolist()).values(), default=0) < least:
        return ()
    units = _units(scores, ids)
    if units is None:
        return ()
    is_low = (units.n >= least) & (probability_low(units) >= probability)
    return tuple(str(unit) for unit, low in zip(units.unit, is_low, strict=True) if low)


def _units(scores: NDArray[np.float64], ids: NDArray[np.object_]) -> UnitScores | None:
    try:
        units = unit_scores(scores, ids)
    except AnalysisError:
        return None
    return units if units.tau2 + units.sigma2 > 0 else None


def probability_low(units: UnitScores) -> NDArray[np.float64]:
    """P(true score < benchmark - 1 tau); without variance between placements nobody is one tau below anything."""
    if units.tau2 == 0:
        return np.zeros(len(units.unit))
    return units.probability_below(units.grand_mean - float(np.sqrt(units.tau2)))


def _rows_of(ids: NDArray[np.object_], units: Sequence[object]) -> NDArray[np.intp]:
    position = {unit: i for i, unit in enumerate(units)}
    return np.array([position[unit] for unit in ids], dtype=np.intp)


def _distributions(
    steps: NDArray[np.int64], n_options: int, ids: NDArray[np.object_], units: Sequence[object]
) -> NDArray[np.int64]:
    cell = _rows_of(ids, units)[:, None] * (n_options + 1) + steps
    counts = np.bincount(cell.ravel(), minlength=len(units) * (n_options + 1))
    return counts.reshape(len(units), n_options + 1)[:, 1:]


def _per_cent_positive(
    keyed: NDArray[np.float64], ids: NDArray[np.object_], units: Sequence[object]
) -> NDArray[np.float64]:
    rows = _rows_of(ids, units)
    answered = np.bincount(rows, weights=(~np.isnan(keyed)).sum(axis=1), minlength=len(units))
    positive = np.bincount(rows, weights=(keyed > POSITIVE_ABOVE).sum(axis=1), minlength=len(units))
    return 100.0 * positive / answered
