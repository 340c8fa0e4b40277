"""The score of a place and how far it can be trusted.

A placement's learners are taken one by one. Above the placement they come in placements, whose learners are alike: what the mean of
a provider is worth follows from the variance between its placements and within them (``analysis.nested_unit_scores``).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from analysis import AnalysisError, PartSums, ScoreSums, UnitScores, nested_unit_scores, part_sums, unit_scores
from nets.releases.measure import Measure
from nets.releases.tallying import Tally
from nets.scoring import BEST

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


@dataclass(frozen=True, slots=True, eq=False)
class CellMeans:
    """One measure in some cells as it was answered, before anybody has decided what may be shown (``disclosure.py`` does).

    Attributes
    ----------
    n
        Learners with a score on the measure, shape (n_cells,) like all but the last two.
    mean, sd
        Of their scores, 0-100; the standard deviation is NaN for one learner.
    effective_n
        How many learners, each drawn from a placement of their own, the mean is worth; at a placement n itself.
    low, high
        95 % interval of the mean, within 0 to 100.
    per_cent_positive
        Share of the answers to the measure's items that lie above the middle, in per cent.
    distribution
        Answers by option, from the worst to the best, over the measure's items: shape (n_cells, n_options).
    without_value
        Answers that are not on the scale, by reason in the order of ``packing.NOT_ON_THE_SCALE``: shape (n_cells, 5).
    """

    n: NDArray[np.int64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    effective_n: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    per_cent_positive: NDArray[np.float64]
    distribution: NDArray[np.int64]
    without_value: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CellScores:
    """The same with how far it tells these cells from the others of their level; every array of shape (n_cells,).

    Attributes
    ----------
    means
        The measure as it was answered.
    reliability
        lambda = tau2 / (tau2 + sigma2 / effective n): the share of the variance of such means that is between places.
    shrunken, shrunken_low, shrunken_high
        Empirical Bayes estimate with its 95 % interval.
    probability_low
        Posterior probability that the true score is more than one tau below the benchmark.
    """

    means: CellMeans
    reliability: NDArray[np.float64]
    shrunken: NDArray[np.float64]
    shrunken_low: NDArray[np.float64]
    shrunken_high: NDArray[np.float64]
    probability_low: NDArray[np.float64]


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


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The placements that cells of a level are made of: their rows in the tally, and of each the row of its cell."""

    rows: NDArray[np.int64]
    cell: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class LevelScores:
    """One measure over a whole level.

    Attributes
    ----------
    tally, column, measure
        Where the numbers are from.
    rows
        The cells with a score, as rows of the tally.
    variance, df, effective_n
        Of each cell's mean: its variance, the degrees of freedom of that, and how many learners it is worth.
    units
        The cells held against each other, in the order of ``rows``; None where there is no telling them apart.
    """

    tally: Tally
    column: int
    measure: Measure
    rows: NDArray[np.int64]
    variance: NDArray[np.float64]
    df: NDArray[np.float64]
    effective_n: NDArray[np.float64]
    units: UnitScores | None

    @property
    def n(self) -> NDArray[np.float64]:
        """Learners of each cell."""
        return np.asarray(self.tally.n[self.rows, self.column])

    @property
    def benchmark(self) -> Benchmark | None:
        """What the cells are held against."""
        units = self.units
        if units is None:
            return None
        return Benchmark(
            mean=float(units.grand_mean),
            tau=float(np.sqrt(units.tau2)),
            sigma=float(np.sqrt(units.sigma2)),
            icc1=float(units.tau2 / (units.tau2 + units.sigma2)),
            n=int(self.n.sum()),
            n_places=len(self.rows),
        )

    def cells(self, wanted: NDArray[np.bool_]) -> CellMeans | CellScores:
        """Everything that is known of the cells that are wanted, a mask over ``rows``."""
        at, column = np.flatnonzero(wanted), self.column
        rows = self.rows[at]
        mean = self.tally.mean[rows, column]
        half = stdtrit(self.df[at], 0.5 + 0.5 * LEVEL) * np.sqrt(self.variance[at])
        answers = self.tally.answers[rows, column, : self.measure.n_options]
        means = CellMeans(
            n=self.tally.n[rows, column].astype(np.int64),
            mean=mean,
            sd=self.tally.sd[rows, column],
            effective_n=self.effective_n[at],
            low=_within_scale(mean - half),
            high=_within_scale(mean + half),
            per_cent_positive=100.0 * self.tally.positive[rows, column] / answers.sum(axis=1),
            distribution=answers.astype(np.int64),
            without_value=self.tally.without_value[rows, column].astype(np.int64),
        )
        if self.units is None:
            return means
        posterior = self.units.posterior.of(at)
        return CellScores(
            means=means,
            reliability=self.units.reliability[at],
            shrunken=self.units.shrunken[at],
            shrunken_low=_within_scale(posterior.quantile(0.5 - 0.5 * LEVEL)),
            shrunken_high=_within_scale(posterior.quantile(0.5 + 0.5 * LEVEL)),
            probability_low=probability_low(self.units)[at],
        )


def score_level(
    tally: Tally, column: int, measure: Measure, rows: NDArray[np.int64], parts: Parts | None, *, compare: bool
) -> LevelScores:
    """One measure in all cells of one level.

    Parameters
    ----------
    rows
        The level's cells; those without a score are left out.
    parts
        What they are made of; None for placements, whose learners are taken one by one.
    compare
        Whether the cells are held against each other. They cannot be where fewer than two have a score, none has two learners, or
        everyone has the same score.
    """
    rows = rows[tally.n[rows, column] > 0]
    nested = None if parts is None else _nested(tally, column, rows, parts, compare=compare)
    if nested is not None:
        sums, units = nested
        return LevelScores(tally, column, measure, rows, sums.variance, sums.df, sums.worth, units)
    n, deviations = tally.n[rows, column], tally.deviations[rows, column]
    some = n > 1
    nothing = np.full(len(rows), np.nan)
    variance = np.divide(deviations, n * (n - 1), out=nothing, where=some)
    units = _compared(tally, column, rows) if compare else None
    return LevelScores(tally, column, measure, rows, variance, np.maximum(n - 1, 1), n, units)


def _nested(
    tally: Tally, column: int, rows: NDArray[np.int64], parts: Parts, *, compare: bool
) -> tuple[PartSums, UnitScores | None] | None:
    """Cells from their placements, in the order of ``rows``; None where no placement tells its learners apart."""
    scored = tally.n[parts.rows, column] > 0
    # In the order of the cells' rows, so that what comes back is in that order too.
    order = np.flatnonzero(scored)[np.argsort(parts.cell[scored], kind="stable")]
    try:
        sums = part_sums(_sums(tally, column, parts.rows[order]), parts.cell[order])
        units = nested_unit_scores(sums, ci=LEVEL, intervals=False) if compare and len(rows) > 1 else None
    except AnalysisError:
        return None
    return sums, units if units is not None and units.tau2 + units.sigma2 > 0 else None


def _compared(tally: Tally, column: int, rows: NDArray[np.int64]) -> UnitScores | None:
    try:
        units = unit_scores(_sums(tally, column, rows), ci=LEVEL, intervals=False)
    except AnalysisError:
        return None
    return units if units.tau2 + units.sigma2 > 0 else None


def _sums(tally: Tally, column: int, rows: NDArray[np.int64]) -> ScoreSums:
    n, total = tally.n[rows, column], tally.total[rows, column]
    return ScoreSums.from_sums(rows, n, total, tally.deviations[rows, column] + total**2 / n)


def probability_low(units: UnitScores) -> NDArray[np.float64]:
    """P(true score < benchmark - 1 tau); without variance between placements nobody is one tau below anything."""
    if units.tau2 == 0:
        return np.zeros(len(units.unit))
    return units.probability_below(units.grand_mean - float(np.sqrt(units.tau2)))


def _within_scale(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """No true score lies outside the scale, so what an interval has there covers nothing."""
    return np.clip(ends, 0.0, BEST)
