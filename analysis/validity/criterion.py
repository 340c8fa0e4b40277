"""Criterion validity: does a score go with an outcome that matters?

The outcome may be continuous (a correlation), ordered (a correlation with the variable behind it too) or one that
people have or have not (a curve of sensitivity and specificity over all cut-offs besides).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import AnalysisError
from ..interval import Interval
from ..not_estimated import NotEstimated
from ..options import refuse, wrong_level, wrong_number, wrong_word
from ..score_columns import ScoreColumns, read_columns
from ..table import Cell, ResultTable, Table
from .pearson import Correlation, correlate
from .polyserial import PolyserialCorrelation, polyserial_correlation
from .roc_curve import Direction, RocCurve, midranks, roc_curve

_MOST_CATEGORIES = 10
"""An outcome of more different values is taken as continuous."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CriterionValidity(ResultTable):
    """A score against an outcome.

    Attributes
    ----------
    pearson : Correlation
        With the outcome as coded; point-biserial where it has two values.
    spearman : Correlation
        Of the ranks; its interval is Fisher's, a little short.
    polyserial : PolyserialCorrelation or NotEstimated
        With the variable behind an outcome of two to ten ordered values; biserial where it has two.
    roc : RocCurve or NotEstimated
        Against having the outcome.
    n : int
        People with both.
    method : str
    notes : tuple of str
    """

    pearson: Correlation
    spearman: Correlation
    polyserial: PolyserialCorrelation | NotEstimated
    roc: RocCurve | NotEstimated
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a statistic."""
        rows: list[tuple[Cell, ...]] = [
            ("Pearson r", *_cells(self.pearson.coefficient, self.pearson.interval)),
            ("Spearman r", *_cells(self.spearman.coefficient, self.spearman.interval)),
        ]
        notes = [f"n = {self.n} people with both", *self.notes]
        if isinstance(self.polyserial, NotEstimated):
            notes.append(f"polyserial r {self.polyserial}")
        else:
            rows.append(("polyserial r", *_cells(self.polyserial.coefficient, self.polyserial.interval)))
        if isinstance(self.roc, NotEstimated):
            notes.append(f"AUC {self.roc}")
        else:
            curve = self.roc
            side, place = "from" if curve.direction == "high" else "up to", curve.best
            where = f"{side} {curve.cut_off[place]:g}"
            rows += [
                ("AUC", *_cells(curve.auc, curve.interval)),
                (
                    f"sensitivity {where}",
                    float(curve.sensitivity[place]),
                    *map(float, curve.sensitivity_interval[place]),
                ),
                (
                    f"specificity {where}",
                    float(curve.specificity[place]),
                    *map(float, curve.specificity_interval[place]),
                ),
            ]
            notes.append(f"{curve.n_with} with and {curve.n_without} without the outcome; cut-off by Youden's index")
            notes += curve.notes
        level = f"{100 * self.pearson.interval.level:g} %"
        return Table("Criterion validity", ("", "estimate", f"{level} low", "high"), tuple(rows), tuple(notes))


def criterion_validity(
    score: ArrayLike,
    outcome: ArrayLike,
    *,
    positive_from: float | None = None,
    outcome_when: Direction = "high",
    ci: float = 0.95,
) -> CriterionValidity:
    """Hold a score against an outcome.

    Parameters
    ----------
    score : array_like, shape (n,)
        NaN where missing.
    outcome : array_like, shape (n,)
        Numbers (or booleans) in the order of the outcome; NaN where missing.
    positive_from : float, optional
        Outcomes from this value on count as having the outcome. Needed for the AUC unless the outcome has two values,
        the larger of which is then having it.
    outcome_when : {"high", "low"}
        Whether the outcome is expected with high scores or with low ones.
    ci : float
        Level of all intervals.

    Returns
    -------
    CriterionValidity

    Raises
    ------
    AnalysisError
        For columns that are no numbers, lengths that differ, fewer than four people with both, a score or an outcome
        without spread, and a `positive_from` with nobody on one side.

    Notes
    -----
    Anchors: `sklearn.metrics.roc_auc_score` and ``roc_curve``, the pairwise definitions of DeLong et al., `scipy.stats`.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988); Olsson, Drasgow & Dorans (1982); Youden (1950).

    Examples
    --------
    >>> score = [80, 75, 90, 60, 55, 40, 85, 70, 35, 65]
    >>> recommends = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1]
    >>> print(criterion_validity(score, recommends))
    Criterion validity
                         estimate  95 % low   high
    Pearson r               0.669     0.068  0.914
    Spearman r              0.640     0.017  0.905
    polyserial r            0.783     0.403  0.933
    AUC                     0.875     0.646  1.000
    sensitivity from 75     0.667     0.300  0.903
    specificity from 75     1.000     0.510  1.000
    n = 10 people with both
    6 with and 4 without the outcome; cut-off by Youden's index
    """
    refuse(
        [
            *(() if positive_from is None else wrong_number("positive_from", positive_from)),
            *wrong_word("outcome_when", outcome_when, ("high", "low")),
            *wrong_level(ci),
        ]
    )
    level = float(ci)
    columns = read_columns({"score": score, "outcome": outcome}, minimum=4, varying=("score", "outcome"))
    x, y = columns.complete.T
    values, category = np.unique(y, return_inverse=True)
    polyserial: PolyserialCorrelation | NotEstimated
    if len(values) <= _MOST_CATEGORIES:
        polyserial = polyserial_correlation(x, category, level)
    else:
        polyserial = NotEstimated(f"the outcome has {len(values)} values: taken as continuous")
    return CriterionValidity(
        pearson=correlate(x, y, level),
        spearman=correlate(midranks(x), midranks(y), level),
        polyserial=polyserial,
        roc=_curve(columns, len(values), positive_from, outcome_when, level),
        n=columns.n,
        method="correlations; AUC by DeLong",
        notes=columns.note_on_missing(),
    )


def _curve(
    columns: ScoreColumns, n_values: int, positive_from: float | None, direction: Direction, level: float
) -> RocCurve | NotEstimated:
    x, y = columns.complete.T
    if positive_from is None:
        if n_values > 2:
            return NotEstimated(f"the outcome has {n_values} values: say with positive_from which of them count")
        positive_from = float(y.max())
    has = y >= positive_from
    if has.all() or not has.any():
        side = "everybody" if has.all() else "nobody"
        raise AnalysisError(f"{side} has an outcome from {positive_from:g} on: both sides are needed")
    return roc_curve(x, has, direction, level)


def _cells(estimate: float, interval: Interval) -> tuple[float, float, float]:
    return estimate, interval.low, interval.high
