r"""Cronbach's alpha with its interval, and what each item does to it.

For the covariance matrix :math:`C` of p items (Cronbach 1951, eq. 2):

.. math:: \alpha = \frac{p}{p - 1} \left(1 - \frac{\operatorname{tr} C}{1' C 1}\right).

The interval is Feldt's (1965; Feldt, Woodruff & Salih 1987): with n respondents,
:math:`(1 - \alpha) / (1 - \hat\alpha)` follows F with n - 1 and (n - 1)(p - 1) degrees of freedom. The standard error is
that of van Zyl, Neudecker & Nel (2000) as given by Duhachek & Iacobucci (2004):

.. math:: \operatorname{var}(\hat\alpha) = \frac{2 p^2}{n (p - 1)^2 (1' C 1)^3}
   \left[(1' C 1)(\operatorname{tr} C^2 + \operatorname{tr}^2 C) - 2 \operatorname{tr} C \, (1' C^2 1)\right].

Both take respondents to be independent and answers to be normal. Learners of one placement are not independent:
`bootstrap_interval` with ``unit`` gives an interval that knows it.

References
----------
Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika 16, 297-334.
Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability coefficient twenty.
    Psychometrika 30, 357-370.
Feldt, L. S., Woodruff, D. J. & Salih, F. A. (1987). Statistical inference for coefficient alpha. Applied
    Psychological Measurement 11, 93-103.
van Zyl, J. M., Neudecker, H. & Nel, D. G. (2000). On the distribution of the maximum likelihood estimator of
    Cronbach's alpha. Psychometrika 65, 271-280.
Duhachek, A. & Iacobucci, D. (2004). Alpha's standard error (ASE). Journal of Applied Psychology 89, 792-808.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from .errors import AnalysisError
from .interval import Interval
from .item_responses import FloatArray, read_only
from .moments import Missing, Moments, wrong_missing
from .options import read_numbers, refuse, wrong_level
from .reading_moments import read_moments
from .table import ResultTable, Table


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Alpha(ResultTable):
    """Cronbach's alpha of one scale.

    Attributes
    ----------
    coefficient : float
        Alpha from covariances; negative where items disagree on balance.
    standardized : float
        Alpha from the covariances scaled to unit variances.
    interval : Interval
        Feldt's, unrounded.
    standard_error : float
        Large-sample standard error of `coefficient` (Duhachek & Iacobucci).
    average_correlation, median_correlation : float
        Over pairs of items.
    if_deleted : ndarray, shape (n_items,)
        Alpha of the other items, NaN where only one is left or their total does not vary.
    standardized_if_deleted : ndarray, shape (n_items,)
        The same from unit variances.
    item_rest : ndarray, shape (n_items,)
        Correlation of the item with the sum of the others (the corrected item-total correlation).
    item_names : tuple of str
    n : int
        Respondents that the interval counts: those with any answer, or with every answer where `missing` is "listwise".
    missing : {"pairwise", "listwise"}
    method : str
    notes : tuple of str
        What was used and what looks wrong, as printed under the table.
    """

    coefficient: float
    standardized: float
    interval: Interval
    standard_error: float
    average_correlation: float
    median_correlation: float
    if_deleted: FloatArray
    standardized_if_deleted: FloatArray
    item_rest: FloatArray
    item_names: tuple[str, ...]
    n: int
    missing: Missing
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give alpha in the title and one row an item."""
        rows = tuple(
            (name, float(rest), float(without), float(standardized))
            for name, rest, without, standardized in zip(
                self.item_names, self.item_rest, self.if_deleted, self.standardized_if_deleted, strict=True
            )
        )
        title = f"Cronbach's alpha {self.coefficient:.3f}, {self.interval}; standardized {self.standardized:.3f}"
        return Table(title, ("item", "item-rest r", "alpha if deleted", "standardized if deleted"), rows, self.notes)


def cronbach_alpha(item_responses: Any, ci: float = 0.95, *, missing: Missing = "pairwise") -> Alpha:
    r"""Estimate the internal consistency of one scale.

    .. math:: \alpha = \frac{p}{p - 1} \left(1 - \frac{\operatorname{tr} C}{1' C 1}\right)

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables, UnitMoments or iterator of batches of rows
        At least two items, keyed in one direction, as columns; at least three respondents. Any numbers: not only 1..k.
    ci : float
        Level of the interval.
    missing : {"pairwise", "listwise"}
        Use every pair of answers, or only respondents who answered all items.

    Returns
    -------
    Alpha

    Raises
    ------
    AnalysisError
        Naming each constant or empty item, each value that is not a number, and each pair of items without two
        respondents in common; or saying that the total does not vary.

    Notes
    -----
    Anchors: ``psych::alpha`` and ``psych::alpha.ci`` to 1e-10, `pingouin.cronbach_alpha` (which rounds the interval).
    Pairwise, the interval counts all respondents, as psych does: with many missing answers it is too short.

    References
    ----------
    Cronbach (1951), eq. 2; Feldt, Woodruff & Salih (1987); Duhachek & Iacobucci (2004).

    Examples
    --------
    >>> answers = [[4, 5, 4], [2, 3, 2], [5, 5, 4], [3, 3, 3], [1, 2, 2], [4, 3, 5]]
    >>> alpha = cronbach_alpha(answers)
    >>> round(alpha.coefficient, 4)
    0.8984
    >>> print(alpha)
    Cronbach's alpha 0.898, 0.570 to 0.985 (95 %); standardized 0.897
    item    item-rest r  alpha if deleted  standardized if deleted
    item_1        0.964             0.701                    0.701
    item_2        0.726             0.915                    0.925
    item_3        0.746             0.900                    0.908
    n = 6 respondents, every item answered
    """
    refuse([*wrong_level(ci), *wrong_missing(missing)])
    level = float(ci)
    moments = read_moments(item_responses, missing=missing, minimum_respondents=3)
    covariance, standardized = moments.covariance, moments.standardized
    check_total(moments)
    p, n = moments.n_items, moments.n_used
    coefficient = float(alpha_from_covariance(covariance))
    apart = np.triu_indices(p, 1)
    rest = item_rest_correlations(covariance)
    return Alpha(
        coefficient=coefficient,
        standardized=float(alpha_from_covariance(standardized)),
        interval=feldt_interval(coefficient, n, p, level),
        standard_error=_standard_error(covariance, n),
        average_correlation=float(standardized[apart].mean()),
        median_correlation=float(np.median(standardized[apart])),
        if_deleted=read_only(alpha_without_each(covariance)),
        standardized_if_deleted=read_only(alpha_without_each(standardized)),
        item_rest=read_only(rest),
        item_names=moments.item_names,
        n=n,
        missing=moments.missing,
        method=f"covariances, {moments.missing}; Feldt interval",
        notes=(moments.note_on_missing(), *note_on_reversed(moments.item_names, rest)),
    )


def alpha_from_covariance(covariance: FloatArray) -> FloatArray:
    """Give alpha of one covariance matrix, or of each matrix of a stack, shape (..., n_items, n_items).

    This is the statistic to hand to `bootstrap_interval`.

    Raises
    ------
    AnalysisError
        For what is no square table of numbers, or none that is symmetric.

    Notes
    -----
    Anchor: `cronbach_alpha`, and the ratio of variances of the textbook.

    Examples
    --------
    >>> round(float(alpha_from_covariance(np.array([[1.0, 0.5], [0.5, 1.0]]))), 4)
    0.6667
    """
    covariance = read_covariance(covariance)
    p = covariance.shape[-1]
    trace = np.trace(covariance, axis1=-2, axis2=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        alpha: FloatArray = np.asarray(p / (p - 1) * (1 - trace / covariance.sum(axis=(-2, -1))))
    return alpha


def read_covariance(covariance: Any) -> FloatArray:
    """Read a covariance matrix, or a stack of them, or say why it is none."""
    found = read_numbers("covariances", covariance)
    if found.ndim < 2 or found.shape[-1] != found.shape[-2] or not found.shape[-1]:
        raise AnalysisError(f"a covariance matrix is square, not of shape {found.shape}")
    # Of a stack, which a resample made, that would cost as much time as the statistic.
    if found.ndim == 2 and not np.allclose(found, found.T, equal_nan=True):
        raise AnalysisError("a covariance matrix is symmetric, which this table is not")
    return found


def feldt_interval(coefficient: float, n: int, n_items: int, level: float) -> Interval:
    """Give Feldt's interval for alpha; exact for normal, parallel items."""
    between, within = float(n - 1), float((n - 1) * (n_items - 1))
    tail = (1 - level) / 2
    low = 1 - (1 - coefficient) * float(special.fdtri(between, within, 1 - tail))
    high = 1 - (1 - coefficient) * float(special.fdtri(between, within, tail))
    return Interval(low, high, level)


def item_rest_correlations(covariance: FloatArray) -> FloatArray:
    """Correlate each item with the sum of the others, from covariances; NaN where that sum does not vary."""
    with_total, variances = covariance.sum(axis=0), np.diagonal(covariance)
    rest_variance = covariance.sum() - 2 * with_total + variances
    rest_variance = np.where(rest_variance > 0, rest_variance, np.nan)
    correlations: FloatArray = (with_total - variances) / np.sqrt(variances * rest_variance)
    return correlations


def check_total(moments: Moments) -> None:
    """Refuse items whose sum does not vary: every coefficient of consistency divides by its variance."""
    matrices = (moments.covariance, moments.standardized)
    if not all(matrix.sum() > 1e-12 * np.trace(matrix) for matrix in matrices):
        raise AnalysisError(
            "the total of the items does not vary: their covariances cancel out (is an item keyed the other way?)"
        )


def alpha_without_each(covariance: FloatArray) -> FloatArray:
    """Give alpha of the other items for each, NaN where only one is left or their total does not vary."""
    p = len(covariance) - 1
    if p < 2:
        return np.full(p + 1, math.nan)
    variances = np.diagonal(covariance)
    total = covariance.sum() - 2 * covariance.sum(axis=0) + variances
    total = np.where(total > 0, total, math.nan)
    without: FloatArray = p / (p - 1) * (1 - (variances.sum() - variances) / total)
    return without


def note_on_reversed(names: tuple[str, ...], item_rest: FloatArray) -> tuple[str, ...]:
    """Name the items that correlate negatively with the rest, where there are any."""
    against = [name for name, rest in zip(names, item_rest, strict=True) if rest < 0]
    return (f"against the rest: {', '.join(against)} (keyed the other way?)",) if against else ()


def _standard_error(covariance: FloatArray, n: int) -> float:
    p, total, trace = len(covariance), covariance.sum(), np.trace(covariance)
    with_total = covariance.sum(axis=0)  # 1'C, so that 1'C²1 is its sum of squares
    inner = total * ((covariance**2).sum() + trace**2) - 2 * trace * (with_total @ with_total)
    return math.sqrt(2 * p**2 / ((p - 1) ** 2 * total**3) * inner / n)
