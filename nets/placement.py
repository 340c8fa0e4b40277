"""The score of a place and how far it can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from analysis import AnalysisError, ScoreSums, UnitScores, unit_scores
from nets.measure import Measure
from nets.scoring import BEST
from nets.tallying import Tally

REPORTABLE_RELIABILITY: Final = 0.7
INDICATIVE_RELIABILITY: Final = 0.5
LEVEL: Final = 0.95
"""Of every interval in a release."""


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
class PlaceMean:
    """One measure in one cell as it was answered, before anybody has decided whether it may be shown (``disclosure.py`` does).

    Attributes
    ----------
    n
        Learners with a score on the measure.
    mean, sd
        Of their scores, 0-100; the standard deviation is NaN for one learner.
    interval
        95 % interval of the mean, within 0 to 100.
    per_cent_positive
        Share of the answers to the measure's items that lie above the middle, in per cent.
    distribution
        Answers by option, from the worst to the best, over the measure's items.
    without_value
        Answers that are not on the scale, by reason in the order of ``packing.NOT_ON_THE_SCALE``.
    """

    n: int
    mean: float
    sd: float
    interval: tuple[float, float]
    per_cent_positive: float
    distribution: tuple[int, ...]
    without_value: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlaceScore:
    """The same with how far it tells the place from others.

    Attributes
    ----------
    answered
        The measure as it was answered.
    reliability
        lambda = tau2 / (tau2 + sigma2 / n): the share of the variance of such means that is between placements.
    shrunken, shrunken_interval
        Empirical Bayes estimate with its 95 % interval.
    probability_low
        Posterior probability that the true score is more than one tau below the benchmark.
    """

    answered: PlaceMean
    reliability: float
    shrunken: float
    shrunken_interval: tuple[float, float]
    probability_low: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What the places of one level are held against on one measure: all of them together.

    Attributes
    ----------
    mean
        Mean of the places' true scores, 0-100.
    tau, sigma
        Standard deviations between the places and between the learners within them.
    icc1
        tau2 / (tau2 + sigma2).
    n, n_places
        Learners and places with a score.
    """

    mean: float
    tau: float
    sigma: float
    icc1: float
    n: int
    n_places: int


def compared(tally: Tally, column: int, rows: NDArray[np.int64], *, intervals: bool = True) -> UnitScores | None:
    """The rows of one level held against each other on one measure; rows without a score are left out.

    None where there is no telling places from learners: fewer than two have a score, none has two learners, or everyone
    has the same score.
    """
    rows = rows[tally.n[rows, column] > 0]
    n, mean = tally.n[rows, column], tally.mean[rows, column]
    total = tally.total[rows, column]
    try:
        units = unit_scores(
            ScoreSums.from_sums(rows.tolist(), n, total, tally.deviations[rows, column] + n * mean**2),
            ci=LEVEL,
            intervals=intervals,
        )
    except AnalysisError:
        return None
    return units if units.tau2 + units.sigma2 > 0 else None


def benchmark_of(units: UnitScores) -> Benchmark:
    """What these places are held against."""
    return Benchmark(
        mean=float(units.grand_mean),
        tau=float(np.sqrt(units.tau2)),
        sigma=float(np.sqrt(units.sigma2)),
        icc1=float(units.tau2 / (units.tau2 + units.sigma2)),
        n=int(units.n.sum()),
        n_places=len(units.unit),
    )


def probability_low(units: UnitScores) -> NDArray[np.float64]:
    """P(true score < benchmark - 1 tau); without variance between placements nobody is one tau below anything."""
    if units.tau2 == 0:
        return np.zeros(len(units.unit))
    return units.probability_below(units.grand_mean - float(np.sqrt(units.tau2)))


def means_of(tally: Tally, column: int, measure: Measure, rows: NDArray[np.int64]) -> list[PlaceMean]:
    """One measure in these rows, each of which has a score."""
    n, mean = tally.n[rows, column], tally.mean[rows, column]
    with np.errstate(divide="ignore", invalid="ignore"):
        sd = np.where(n > 1, np.sqrt(tally.deviations[rows, column] / (n - 1)), np.nan)
        half = stdtrit(np.maximum(n - 1, 1), 0.5 + 0.5 * LEVEL) * sd / np.sqrt(n)
    answers = tally.answers[rows, column, : measure.n_options]
    return [
        PlaceMean(*values)
        for values in zip(
            n.astype(int).tolist(),
            mean.tolist(),
            sd.tolist(),
            _within_scale(mean - half, mean + half),
            (100.0 * tally.positive[rows, column] / answers.sum(axis=1)).tolist(),
            map(tuple, answers.astype(int).tolist()),
            map(tuple, tally.without_value[rows, column].astype(int).tolist()),
            strict=True,
        )
    ]


def scores_of(units: UnitScores, rows: NDArray[np.int64], means: Sequence[PlaceMean]) -> list[PlaceScore]:
    """The means of these rows with what the comparison says of them."""
    position = {row: i for i, row in enumerate(units.unit)}
    at = [position[row] for row in rows.tolist()]
    low, high = units.shrunken_interval[at].T
    return [
        PlaceScore(*values)
        for values in zip(
            means,
            units.reliability[at].tolist(),
            units.shrunken[at].tolist(),
            _within_scale(low, high),
            probability_low(units)[at].tolist(),
            strict=True,
        )
    ]


def _within_scale(low: NDArray[np.float64], high: NDArray[np.float64]) -> list[tuple[float, float]]:
    """No true score lies outside the scale, so what an interval has there covers nothing."""
    return list(zip(np.clip(low, 0.0, BEST).tolist(), np.clip(high, 0.0, BEST).tolist(), strict=True))
