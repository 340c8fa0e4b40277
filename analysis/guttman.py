r"""Lower bounds to reliability: Guttman's lambdas, ten Berge and Zegers' mu, and split halves.

All are taken from the matrix :math:`R` of covariances scaled to unit variances, as psych does, with p items and
:math:`V = 1' R 1`. Guttman (1945):

.. math::
   \lambda_1 = 1 - p / V, \quad
   \lambda_2 = \lambda_1 + \frac{1}{V} \sqrt{\frac{p}{p - 1} \sum_{i \ne j} r_{ij}^2}, \quad
   \lambda_3 = \frac{p}{p - 1} \lambda_1,

.. math::
   \lambda_4 = \max_{A, B} \frac{4\, 1_A' R 1_B}{V}, \quad
   \lambda_5 = \lambda_1 + \frac{2}{V} \sqrt{\max_j \sum_{i \ne j} r_{ij}^2}, \quad
   \lambda_6 = 1 - \frac{1}{V} \sum_j (1 - \mathrm{smc}_j),

where A and B part the items and :math:`\mathrm{smc}_j` is item j's squared multiple correlation with the others. Any
single split bounds reliability from below; :math:`\lambda_4` here is the largest bound over every split, halves of
unequal size included. With signs s = 1 on A and -1 on B, :math:`4\, 1_A' R 1_B = V - s' R s`, so a search minimises
:math:`s' R s`.

References
----------
Guttman, L. (1945). A basis for analyzing test-retest reliability. Psychometrika 10, 255-282.
ten Berge, J. M. F. & Zegers, F. E. (1978). A series of lower bounds to the reliability of a test. Psychometrika 43,
    575-579.
Spearman, C. (1910) and Brown, W. (1910). British Journal of Psychology 3, 271-295 and 296-322.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .item_responses import FloatArray, read_only
from .moments import Missing
from .reading_moments import read_moments
from .reliability import alpha_from_covariance, check_total
from .table import ResultTable, Table

EXHAUSTIVE_TO = 16
"""Up to here every split is tried: 32,767 for 16 items."""

_STARTS = 200
_SEED = 1945


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GuttmanLambdas(ResultTable):
    """Six lower bounds to the reliability of the sum of standardized items, and a series that improves on two of them.

    Attributes
    ----------
    lambda1, lambda2, lambda3, lambda4, lambda5, lambda6 : float
        `lambda3` is standardized alpha. `lambda6` is NaN where the correlation matrix is singular.
    mu : ndarray, shape (4,)
        ten Berge & Zegers' mu_0 (alpha) to mu_3, none smaller than the one before.
    lambda4_half : tuple of str
        The items of one part of the best split.
    item_names : tuple of str
    n : int
        Respondents used.
    method : str
        How the split of `lambda4` was found.
    notes : tuple of str
    """

    lambda1: float
    lambda2: float
    lambda3: float
    lambda4: float
    lambda5: float
    lambda6: float
    mu: FloatArray
    lambda4_half: tuple[str, ...]
    item_names: tuple[str, ...]
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a bound."""
        lambdas = (self.lambda1, self.lambda2, self.lambda3, self.lambda4, self.lambda5, self.lambda6)
        rows = [(f"lambda {number}", value) for number, value in enumerate(lambdas, start=1)]
        rows += [(f"mu {number}", float(value)) for number, value in enumerate(self.mu)]
        return Table("Lower bounds to reliability", ("bound", "value"), tuple(rows), self.notes)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SplitHalf(ResultTable):
    """Split-half reliability over all the ways to halve the items.

    Attributes
    ----------
    mean, minimum, maximum : float
        Of ``4 cov(A, B) / V`` over the splits into halves that differ by one item at most, in the correlation metric. The
        mean is exact for any number of items.
    minimum_half, maximum_half : tuple of str
        The items of one half of the worst and of the best split.
    odd_even_correlation : float
        Of the sums of the items in odd and in even places, in the metric of the answers.
    odd_even : float
        That correlation stepped up by the Spearman-Brown formula.
    n_splits : int
        How many different splits there are.
    item_names : tuple of str
    n : int
        Respondents used.
    method : str
        How the minimum and the maximum were found.
    notes : tuple of str
    """

    mean: float
    minimum: float
    maximum: float
    minimum_half: tuple[str, ...]
    maximum_half: tuple[str, ...]
    odd_even_correlation: float
    odd_even: float
    n_splits: int
    item_names: tuple[str, ...]
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a summary of the splits."""
        rows = (
            ("mean", self.mean, None),
            ("minimum", self.minimum, ", ".join(self.minimum_half)),
            ("maximum", self.maximum, ", ".join(self.maximum_half)),
            ("odd-even, Spearman-Brown", self.odd_even, None),
        )
        title = f"Split-half reliability over {self.n_splits} splits"
        return Table(title, ("split", "reliability", "one half"), rows, self.notes)


def guttman_lambdas(item_responses: Any, *, missing: Missing = "pairwise") -> GuttmanLambdas:
    """Give Guttman's six lower bounds to reliability.

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables, UnitMoments or iterator of batches of rows
        At least two items, keyed in one direction, as columns.
    missing : {"pairwise", "listwise"}

    Returns
    -------
    GuttmanLambdas

    Raises
    ------
    AnalysisError
        As `cronbach_alpha`.

    Notes
    -----
    Anchor: ``psych::guttman`` to 1e-10 but for lambda 4, where psych looks at some splits only and this at all of
    them up to 16 items; beyond, 200 random starts (seed 1945) are each improved by exchanging items until none helps.

    Examples
    --------
    >>> answers = [[4, 5, 4], [2, 3, 2], [5, 5, 4], [3, 3, 3], [1, 2, 2], [4, 3, 5]]
    >>> bounds = guttman_lambdas(answers)
    >>> round(bounds.lambda2, 4), round(bounds.lambda4, 4), bounds.lambda4_half
    (0.9027, 0.907, ('item_1',))
    """
    moments = read_moments(item_responses, missing=missing, minimum_respondents=3)
    check_total(moments)
    r = moments.standardized
    p, total = len(r), r.sum()
    off_diagonal = r - np.eye(p)
    squares = (off_diagonal**2).sum(axis=0)
    lambda1 = 1 - p / total
    best, half, method = _extreme_split(r, best=True, equal=False)
    lambda6 = lambda6_from_correlation(r)
    notes = [moments.note_on_missing(), f"lambda 4: {method}"]
    if math.isnan(lambda6):
        notes.append("lambda 6 is undefined: the correlation matrix is singular (does one item repeat others?)")
    return GuttmanLambdas(
        lambda1=float(lambda1),
        lambda2=float(lambda1 + math.sqrt(p / (p - 1) * squares.sum()) / total),
        lambda3=float(alpha_from_covariance(r)),
        lambda4=best,
        lambda5=float(lambda1 + 2 * math.sqrt(squares.max()) / total),
        lambda6=lambda6,
        mu=read_only(np.array([_mu(off_diagonal, total, order) for order in range(4)])),
        lambda4_half=tuple(name for name, inside in zip(moments.item_names, half, strict=True) if inside),
        item_names=moments.item_names,
        n=moments.n_used,
        method=method,
        notes=tuple(notes),
    )


def split_half(item_responses: Any, *, missing: Missing = "pairwise") -> SplitHalf:
    """Give the mean, the worst and the best split-half reliability, and that of odd against even items.

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables, UnitMoments or iterator of batches of rows
        At least two items, keyed in one direction, as columns.
    missing : {"pairwise", "listwise"}

    Returns
    -------
    SplitHalf

    Raises
    ------
    AnalysisError
        As `cronbach_alpha`.

    Notes
    -----
    Anchor: ``psych::splitHalf`` to 1e-10 for an even number of items up to 16. For an odd number psych looks at half of the
    splits only. With an even number the mean is standardized alpha.

    Examples
    --------
    >>> answers = [[4, 5, 4, 4], [2, 3, 2, 1], [5, 5, 4, 5], [3, 3, 3, 4], [1, 2, 2, 2], [4, 3, 5, 4]]
    >>> halves = split_half(answers)
    >>> halves.n_splits, round(halves.minimum, 4), round(halves.mean, 4), round(halves.maximum, 4)
    (3, 0.8912, 0.9268, 0.9597)
    """
    moments = read_moments(item_responses, missing=missing, minimum_respondents=3)
    check_total(moments)
    r, names = moments.standardized, moments.item_names
    p, total = len(r), r.sum()
    smaller = p // 2
    # Two given items fall into different halves in this share of all splits.
    apart = 2 * smaller * (p - smaller) / (p * (p - 1))
    highest, best, method = _extreme_split(r, best=True, equal=True)
    lowest, worst, _ = _extreme_split(r, best=False, equal=True)
    odd_even = _correlation_of_halves(moments.covariance, np.arange(p) % 2 == 0)
    return SplitHalf(
        mean=float(2 * apart * (total - p) / total),
        minimum=lowest,
        maximum=highest,
        minimum_half=tuple(name for name, inside in zip(names, worst, strict=True) if inside),
        maximum_half=tuple(name for name, inside in zip(names, best, strict=True) if inside),
        odd_even_correlation=odd_even,
        odd_even=2 * odd_even / (1 + odd_even) if odd_even > -1 else math.nan,
        n_splits=math.comb(p, smaller) // (2 if p % 2 == 0 else 1),
        item_names=names,
        n=moments.n_used,
        method=method,
        notes=(moments.note_on_missing(), f"minimum and maximum: {method}"),
    )


def lambda6_from_correlation(r: FloatArray) -> float:
    """Give lambda 6, also called G6(smc), of a correlation matrix; NaN where it is singular."""
    if np.linalg.cond(r) > 1e12:
        return math.nan
    smc = 1 - 1 / np.diagonal(np.linalg.inv(r))
    return float(1 - (1 - smc).sum() / r.sum())


def _mu(off_diagonal: FloatArray, total: float, order: int) -> float:
    """Give mu of an order (ten Berge & Zegers 1978): nested square roots of sums of even powers."""
    p = len(off_diagonal)
    inner = p / (p - 1) * float((off_diagonal ** (2**order)).sum())
    for power in range(order - 1, -1, -1):
        inner = float((off_diagonal ** (2**power)).sum()) + math.sqrt(inner)
    return inner / total


def _correlation_of_halves(covariance: FloatArray, first: NDArray[np.bool_]) -> float:
    """Correlate the sums of two halves; NaN where one does not vary."""
    within = covariance[np.ix_(first, first)].sum() * covariance[np.ix_(~first, ~first)].sum()
    return float(covariance[np.ix_(first, ~first)].sum() / math.sqrt(within)) if within > 0 else math.nan


def _extreme_split(r: FloatArray, *, best: bool, equal: bool) -> tuple[float, NDArray[np.bool_], str]:
    """Find the split with the largest, or smallest, 4 cov(A, B) / V = 1 - s'Rs / V.

    Returns the coefficient, which items are in one part, and how it was found.
    """
    p = len(r)
    if p <= EXHAUSTIVE_TO:
        signs, method = _every_split(p, equal=equal), "every split tried"
    else:
        target = r if best else -r
        if not equal:
            # Exchanging an item for one that counts nothing moves it to the other part.
            target = np.pad(target, (0, p))
        signs = _exchange(target)[:, :p]
        method = f"the best of {_STARTS} random starts (seed {_SEED}), each improved by exchanges until none helped"
    coefficients = 1 - ((signs @ r) * signs).sum(axis=1) / r.sum()
    place = int(np.argmax(coefficients) if best else np.argmin(coefficients))
    chosen = signs[place] < 0
    if chosen.sum() > p / 2:
        chosen = ~chosen
    return float(coefficients[place]), chosen, method


def _every_split(p: int, *, equal: bool) -> FloatArray:
    """Give the signs of every split in two parts, neither empty; the first item is always +1."""
    numbers = np.arange(1, 2 ** (p - 1))
    inside = (numbers[:, None] >> np.arange(p - 1)) & 1
    signs: FloatArray = np.concatenate((np.ones((len(numbers), 1)), 1.0 - 2.0 * inside), axis=1)
    return signs[np.abs(signs.sum(axis=1)) <= 1] if equal else signs


def _exchange(r: FloatArray) -> FloatArray:
    """Minimise s'Rs from many balanced starts by exchanging, in each, the pair of items that lowers it most."""
    p = len(r)
    rng = np.random.default_rng(_SEED)
    balanced = np.where(np.arange(p) < p // 2, 1.0, -1.0)
    signs = np.array([rng.permutation(balanced) for _ in range(_STARTS)])
    diagonal = np.diagonal(r)
    for start in signs:
        while True:
            # Turning the sign of i changes s'Rs by -4 s_i (Rs)_i + 4 r_ii; of i and j, by both and 8 s_i s_j r_ij.
            alone = 4 * diagonal - 4 * start * (r @ start)
            one, other = np.flatnonzero(start > 0), np.flatnonzero(start < 0)
            change = alone[one, None] + alone[other] - 8 * r[one[:, None], other]
            place = int(change.argmin())
            if change.flat[place] >= -1e-12:
                break
            start[[one[place // len(other)], other[place % len(other)]]] *= -1
    return signs
