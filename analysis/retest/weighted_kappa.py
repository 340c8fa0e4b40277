r"""Weighted kappa: agreement of two ratings beyond chance, a near miss counting for something.

With shares :math:`p_{ij}` of the k x k table of both ratings, margins :math:`p_{i\cdot}, p_{\cdot j}` and agreement
weights :math:`w_{ij}` (1 on the diagonal; Cohen 1968),

.. math:: \kappa_w = \frac{p_o - p_e}{1 - p_e}, \quad p_o = \sum w_{ij} p_{ij}, \quad
          p_e = \sum w_{ij} p_{i\cdot} p_{\cdot j}.

Its large-sample variance (Fleiss, Cohen & Everitt 1969, eq. 13; with the weights' means
:math:`\bar w_{i\cdot} = \sum_j w_{ij} p_{\cdot j}`, :math:`\bar w_{\cdot j} = \sum_i w_{ij} p_{i\cdot}`) is

.. math:: \frac{1}{n (1 - p_e)^4} \left\{ \sum p_{ij} \left[ w_{ij} (1 - p_e)
          - (\bar w_{i\cdot} + \bar w_{\cdot j}) (1 - p_o) \right]^2 - (p_o p_e - 2 p_e + p_o)^2 \right\},

and under no agreement beyond chance (eq. 9), for the test,

.. math:: \frac{1}{n (1 - p_e)^2} \left\{ \sum p_{i\cdot} p_{\cdot j}
          \left[ w_{ij} - (\bar w_{i\cdot} + \bar w_{\cdot j}) \right]^2 - p_e^2 \right\}.

Quadratic weights make it an intraclass correlation for agreement, but for terms of order 1 / n (Fleiss & Cohen 1973).

References
----------
Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70, 213-220.
Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969). Large sample standard errors of kappa and weighted kappa.
    Psychological Bulletin 72, 323-327.
Fleiss, J. L. & Cohen, J. (1973). The equivalence of weighted kappa and the intraclass correlation coefficient as
    measures of reliability. Educational and Psychological Measurement 33, 613-619.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from ..counted import counted
from ..errors import AnalysisError
from ..interval import Interval
from ..item_responses import FloatArray, IntArray, read_only
from ..options import refuse, wrong_level, wrong_texts
from ..score_columns import read_columns
from ..table import ResultTable, Table

Weights = Literal["quadratic", "linear", "unweighted"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Kappa(ResultTable):
    """Agreement of two ratings beyond chance.

    Attributes
    ----------
    coefficient : float
        Kappa; 1 for perfect agreement, 0 for that of chance.
    standard_error : float
        Large-sample; not that under no agreement.
    interval : Interval
        coefficient +- z standard errors, not cut at -1 and 1.
    z, p : float
        Test of no agreement beyond chance (two-sided), with the standard error that holds there; NaN where all ratings of one
        occasion are the same, so that chance makes all the agreement there is and nothing is left to test.
    agreement, chance_agreement : float
        Weighted shares p_o and p_e.
    exact_agreement, within_one : float
        Shares of pairs in the same category, and at most one apart.
    counts : int array, shape (k, k)
        First rating in rows, second in columns.
    weights : float array, shape (k, k)
        Agreement weights, 1 on the diagonal.
    n : int
        Pairs.
    method : str
        The weights by name; "own" where they were given.
    notes : tuple of str
    """

    coefficient: float
    standard_error: float
    interval: Interval
    z: float
    p: float
    agreement: float
    chance_agreement: float
    exact_agreement: float
    within_one: float
    counts: IntArray
    weights: FloatArray
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give the one row that it prints."""
        level = f"{100 * self.interval.level:g} %"
        columns = ("weights", "kappa", "standard error", f"{level} low", "high", "same", "within one")
        row = (
            self.method,
            self.coefficient,
            self.standard_error,
            self.interval.low,
            self.interval.high,
            self.exact_agreement,
            self.within_one,
        )
        return Table("Agreement beyond chance", columns, (row,), (f"n = {self.n} pairs", *self.notes))


def weighted_kappa(
    first: ArrayLike, second: ArrayLike, weights: Weights | ArrayLike = "quadratic", *, ci: float = 0.95
) -> Kappa:
    """Estimate the agreement of two ratings of the same people beyond chance.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Whole numbers from 1, NaN where missing; a pair with a missing rating is left out and counted.
    weights : {"quadratic", "linear", "unweighted"} or array_like, shape (k, k)
        How much a near miss is worth: 1 - (i - j)^2 / (k - 1)^2, 1 - |i - j| / (k - 1), nothing; or agreement weights
        of your own, 1 on the diagonal. Options that nobody chose do not change the coefficient.
    ci : float
        Level of the interval.

    Returns
    -------
    Kappa

    Raises
    ------
    AnalysisError
        For ratings that are not whole numbers from 1, fewer than two pairs, the same single answer from everybody
        (kappa is 0 / 0), and weights of the wrong shape or beyond 0 to 1.

    Notes
    -----
    Anchor: ``statsmodels.stats.inter_rater.cohens_kappa``. The weighted interval of ``psych::cohen.kappa`` is wrong
    (it weighs disagreement where the formula needs agreement).

    References
    ----------
    Cohen (1968); Fleiss, Cohen & Everitt (1969), eqs 9 and 13.

    Examples
    --------
    >>> kappa = weighted_kappa([1, 2, 3, 4, 5, 4, 3, 2], [1, 2, 4, 4, 5, 3, 3, 1])
    >>> print(kappa)
    Agreement beyond chance
    weights    kappa  standard error  95 % low   high   same  within one
    quadratic  0.889           0.069     0.754  1.024  0.625       1.000
    n = 8 pairs
    """
    columns = read_columns({"first": first, "second": second})
    ratings = columns.complete
    off = (ratings < 1) | (ratings != np.floor(ratings)) | (ratings > _MOST)
    if off.any():
        names = ("first", "second")
        raise AnalysisError(
            f"{names[place]} has {_off(int(off[:, place].sum()))} from 1 to {_MOST}, "
            f"such as {ratings[off[:, place], place][0]:g}"
            for place in np.flatnonzero(off.any(axis=0))
        )
    given = 0 if isinstance(weights, str) else len(_table_of_weights(weights))
    k = max(int(ratings.max()), given, 2)
    codes = ratings.astype(np.int64) - 1
    counts = np.bincount(codes[:, 0] * k + codes[:, 1], minlength=k * k).reshape(k, k)
    return kappa_of_counts(counts, weights, ci=ci, notes=columns.note_on_missing())


def kappa_of_counts(
    counts: ArrayLike,
    weights: Weights | ArrayLike = "quadratic",
    *,
    ci: float = 0.95,
    notes: tuple[str, ...] = (),
) -> Kappa:
    """Estimate kappa from the table of counts of both ratings, shape (k, k).

    Parameters
    ----------
    counts : array_like, shape (k, k)
        Pairs of ratings, the first by row and the second by column.
    weights, ci
        As in `weighted_kappa`.
    notes : tuple of str
        What its reader must know of how they were counted.

    Returns
    -------
    Kappa

    Raises
    ------
    AnalysisError
        As `weighted_kappa`, and for counts that are no square table of whole numbers.

    Examples
    --------
    >>> round(kappa_of_counts([[20, 5], [10, 15]], "unweighted").coefficient, 10)
    0.4
    """
    refuse([*wrong_texts("notes", notes), *wrong_level(ci)])
    level = float(ci)
    table = _read_counts(counts)
    k, n = len(table), int(table.sum())
    w = _read_weights(weights, k)
    p = table / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    chance = np.outer(rows, columns)
    agreement, expected = float((w * p).sum()), float((w * chance).sum())
    lacking = 1.0 - expected
    if lacking <= 1e-14:
        raise AnalysisError("every rating is the same: there is no disagreement that chance could have made")
    coefficient = (agreement - expected) / lacking
    mean_weight = (w @ columns)[:, None] + (w.T @ rows)[None, :]
    # Both variances as the spread about the mean, which is the bracket that eqs 13 and 9 take off: no digits are lost.
    at_truth = w * lacking - mean_weight * (1.0 - agreement)
    spread = float((p * (at_truth - (p * at_truth).sum()) ** 2).sum())
    standard_error = math.sqrt(spread / n) / lacking**2
    null = float((chance * (w - mean_weight + expected) ** 2).sum())
    null_error = math.sqrt(null / n) / lacking
    # One occasion without spread: chance alone makes all the agreement, and there is nothing to test.
    z = coefficient / null_error if null_error > 1e-12 else math.nan
    half = float(ndtri(0.5 + 0.5 * level)) * standard_error
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    return Kappa(
        coefficient=coefficient,
        standard_error=standard_error,
        interval=Interval(coefficient - half, coefficient + half, level),
        z=z,
        p=2.0 * float(ndtr(-abs(z))),
        agreement=agreement,
        chance_agreement=expected,
        exact_agreement=float(np.trace(p)),
        within_one=float(p[apart <= 1].sum()),
        counts=read_only(table),
        weights=read_only(w),
        n=n,
        method=weights if isinstance(weights, str) else "own",
        notes=notes,
    )


_MOST = 127


def _off(n: int) -> str:
    return counted(n, "rating that is not a whole number", "ratings that are not whole numbers")


def _read_counts(counts: Any) -> IntArray:
    try:
        table = np.asarray(counts)
    except ValueError:  # numpy on rows of several lengths
        raise AnalysisError("counts are a square table of at least two categories: rows differ in length") from None
    if table.ndim != 2 or table.shape[0] != table.shape[1] or len(table) < 2:
        raise AnalysisError(f"counts are a square table of at least two categories, not of shape {table.shape}")
    if table.dtype.kind not in "iuf" or not np.isfinite(table).all() or (table < 0).any() or (table % 1 != 0).any():
        raise AnalysisError("counts must be whole numbers, none of them negative")
    if table.sum() < 2:
        raise AnalysisError(f"at least 2 pairs of ratings needed, got {int(table.sum())}")
    return table.astype(np.int64)


def _read_weights(weights: Weights | ArrayLike, k: int) -> FloatArray:
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1.0)
    if isinstance(weights, str):
        named: dict[str, FloatArray] = {
            "quadratic": 1.0 - apart**2,
            "linear": 1.0 - apart,
            "unweighted": (apart == 0).astype(np.float64),
        }
        if weights not in named:
            raise AnalysisError(f'weights are "quadratic", "linear", "unweighted" or a table, not {weights!r}')
        return named[weights]
    own = _table_of_weights(weights)
    problems = []
    if own.shape != (k, k):
        raise AnalysisError(f"weights for {k} categories have the shape ({k}, {k}), not {own.shape}")
    if not (np.diagonal(own) == 1.0).all():
        problems.append("weights are of agreement: 1 on the diagonal")
    if not ((own >= 0) & (own <= 1)).all():
        problems.append("weights lie between 0 and 1")
    if problems:
        raise AnalysisError(problems)
    return own


def _table_of_weights(weights: ArrayLike) -> FloatArray:
    try:
        return np.atleast_1d(np.array(weights, dtype=np.float64))
    except (TypeError, ValueError):
        raise AnalysisError("weights of your own are a square table of numbers") from None
