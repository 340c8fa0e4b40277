r"""How reliable the sum of a factor's items is, and how much of them the factor explains, from a fitted model.

*Omega* of a factor (McDonald 1999, eq. 6.20; Bollen 1980) is the share of the variance of its items' sum that it explains,

.. math:: \omega = \frac{(\sum_j \lambda_j)^2 \phi}{1' S 1},

with the factor's loadings and variance, and the covariances of its items as observed (as the model implies them,
`omega_implied`). A factor above others has the items of those below, with the loadings that reach through these.

The sum of ordered answers is that of the answers, not of the normal variables behind them (Green & Yang 2009): above and
below stand covariances of answers (`analysis.omega.observed_score`). `omega_latent` is of the variables behind.

*Average variance extracted* (Fornell & Larcker 1981): :math:`\sum \lambda_j^2 \phi / \sum s_{jj}`.

References
----------
Bollen, K. A. (1980). Issues in the comparative measurement of political democracy. American Sociological Review 45,
    370-390.
Fornell, C. & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables and measurement error.
    Journal of Marketing Research 18, 39-50.
Green, S. B. & Yang, Y. (2009). Reliability of summed item scores using structural equation modeling: an alternative to
    coefficient alpha. Psychometrika 74, 155-167.
McDonald, R. P. (1999). Test theory: a unified treatment. Erlbaum.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..item_responses import FloatArray, read_only
from ..omega.observed_score import answer_covariance
from ..table import Cell, ResultTable, Table
from .estimation.solution import GroupSolution, Solution
from .structure.model import FactorModel


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FactorReliability(ResultTable):
    """Reliability of the sums of factors' items.

    Attributes
    ----------
    factors : tuple of str
        Factor by factor, group after group.
    group : tuple of str
    n_items : ndarray of int64, shape (n,)
    omega : ndarray, shape (n,)
        Share of the variance of the sum, as observed, that the factor explains.
    omega_implied : ndarray, shape (n,)
        The same with the variance of the sum that the model implies.
    omega_latent : ndarray, shape (n,)
        `omega` of the normal variables behind ordered answers; the same as `omega` where answers are numbers.
    average_variance_extracted : ndarray, shape (n,)
    method : str
    """

    factors: tuple[str, ...]
    group: tuple[str, ...]
    n_items: NDArray[np.int64]
    omega: FloatArray
    omega_implied: FloatArray
    omega_latent: FloatArray
    average_variance_extracted: FloatArray
    method: str

    def table(self) -> Table:
        """Give one row a factor."""
        several = len(set(self.group)) > 1
        numbers = np.column_stack(
            [self.omega, self.omega_implied, self.omega_latent, self.average_variance_extracted]
        ).tolist()
        rows: list[tuple[Cell, ...]] = [
            (factor, *((group,) if several else ()), int(n), *cells)
            for factor, group, n, cells in zip(self.factors, self.group, self.n_items, numbers, strict=True)
        ]
        columns = ("factor", *(("group",) if several else ()), "items", "omega", "omega implied", "omega latent", "AVE")
        return Table("Reliability of sums of items", columns, tuple(rows), (self.method,))


def factor_reliability(solution: Solution) -> FactorReliability:
    """Work out omega and average variance extracted of every factor in every group."""
    model, ordered = solution.table.model, solution.table.setting.ordered
    names: list[tuple[str, str]] = []
    numbers = []
    for group in solution.groups:
        for place, factor in enumerate(model.factors):
            own = items_below(model, factor)
            names.append((factor, group.name))
            numbers.append(
                (len(own), *_coefficients(group, place, own, direct=_is_direct(model, factor), ordered=ordered))
            )
    n_items, omega, implied, latent, extracted = np.array(numbers).T
    method = (
        "of the sum of the answers, taken as cuts of normal variables (Green & Yang)"
        if ordered
        else "of the sum of the answers, taken as numbers"
    )
    return FactorReliability(
        tuple(factor for factor, _ in names),
        tuple(group for _, group in names),
        read_only(n_items.astype(np.int64)),
        read_only(omega.copy()),
        read_only(implied.copy()),
        read_only(latent.copy()),
        read_only(extracted.copy()),
        method,
    )


def items_below(model: FactorModel, factor: str) -> NDArray[np.int64]:
    """Give the places of a factor's items: its own, or of a factor without any, those of the factors below it."""
    names = model.items_of(factor)
    own = [model.items.index(name) for name in names if name in model.items]
    if not own:
        own = sorted({int(item) for name in names for item in items_below(model, name)})
    return np.array(own, dtype=np.int64)


def _is_direct(model: FactorModel, factor: str) -> bool:
    return any(name in model.items for name in model.items_of(factor))


def _coefficients(
    group: GroupSolution, place: int, own: NDArray[np.int64], *, direct: bool, ordered: bool
) -> tuple[float, float, float, float]:
    loadings = (group.matrices.loadings if direct else group.implied.reduced)[own, place] * group.scales[own]
    common = np.outer(loadings, loadings) * group.factor_covariances[place, place]
    square = np.ix_(own, own)
    observed, fitted = group.covariance[square], group.model_covariance[square]
    latent = float(common.sum() / observed.sum())
    extracted = float(np.trace(common) / np.trace(observed))
    if not ordered:
        return latent, float(common.sum() / fitted.sum()), latent, extracted
    thresholds = _by_item(group, own)
    explained = answer_covariance(thresholds, np.clip(common, -1, 1)).sum()
    totals = [answer_covariance(thresholds, np.clip(matrix, -1, 1)).sum() for matrix in (observed, fitted)]
    return float(explained / totals[0]), float(explained / totals[1]), latent, extracted


def _by_item(group: GroupSolution, own: NDArray[np.int64]) -> FloatArray:
    """Give thresholds by item, infinite beyond the last."""
    of_item = group.structure.item_of_threshold
    most = int(np.bincount(of_item).max())
    found = np.full((len(own), most), np.inf)
    for row, item in enumerate(own):
        cuts = group.thresholds[of_item == item]
        found[row, : len(cuts)] = cuts
    return found
