r"""What freeing a parameter would do: modification indices (Sörbom 1989) and expected changes (Saris, Satorra & Sörbom 1987).

With the score g of a parameter that is not free, its information i, that with the free parameters c, and theirs A,

.. math:: \text{MI} = \frac{g^2}{i - c' A^{-1} c}, \qquad \text{EPC} = \frac{g}{i - c' A^{-1} c} :

by how much the chi-square would fall, and what the parameter would become. The information of maximum likelihood is the
expected one, given which answers are missing; that of least squares is what the weights say, so that the index is about
the unadjusted chi-square.

References
----------
Saris, W. E., Satorra, A. & Sörbom, D. (1987). The detection and correction of specification errors in structural equation
    models. Sociological Methodology 17, 105-129.
Sörbom, D. (1989). Model modification. Psychometrika 54, 371-384.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..item_responses import FloatArray, IntArray, read_only
from ..options import refuse, wrong_number, wrong_whole
from ..table import ResultTable, Table
from .estimation.solution import GroupSolution, Solution
from .structure.matrices import FACTORS, LOADINGS, RESIDUALS, Cells
from .structure.syntax import COVARIANCE, LOADING

_NONE = 1e-8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ModificationIndices(ResultTable):
    """Parameters that are not free, the one whose freeing would help most first.

    Attributes
    ----------
    left, operator, right : tuple of str
        As the model's text would name them.
    group : tuple of str
    index : ndarray, shape (n,)
        By how much chi-square would fall, on one degree of freedom.
    p : ndarray, shape (n,)
        Not corrected for how many parameters are looked at.
    expected_change : ndarray, shape (n,)
        What the parameter would become, less what it is.
    standardized_change : ndarray, shape (n,)
        The same for items and factors of variance one; a covariance of residuals as a correlation.
    notes : tuple of str
    """

    left: tuple[str, ...]
    operator: tuple[str, ...]
    right: tuple[str, ...]
    group: tuple[str, ...]
    index: FloatArray
    p: FloatArray
    expected_change: FloatArray
    standardized_change: FloatArray
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a parameter."""
        several = len(set(self.group)) > 1
        rows = tuple(
            (f"{left} {operator} {right}", *((group,) if several else ()), *map(float, numbers))
            for left, operator, right, group, *numbers in zip(
                self.left,
                self.operator,
                self.right,
                self.group,
                self.index,
                self.p,
                self.expected_change,
                self.standardized_change,
                strict=True,
            )
        )
        columns = ("parameter", *(("group",) if several else ()), "index", "p", "expected change", "standardized")
        return Table("Modification indices", columns, rows, self.notes)


def modification_indices(solution: Solution, minimum: float, largest: int | None) -> ModificationIndices:
    """Work out the indices of all cross-loadings, residual covariances and factor covariances that are not free.

    Parameters
    ----------
    solution : Solution
    minimum : float
        Leave out indices below this.
    largest : int, optional
        Give no more than this many.
    """
    refuse(
        [
            *wrong_number("minimum", minimum, least=0),
            *(() if largest is None else wrong_whole("largest", largest, least=1)),
        ]
    )
    names: list[tuple[str, str, str, str]] = []
    numbers = []
    inverse = np.linalg.inv(solution.curvature.information())
    for place, group in enumerate(solution.groups):
        cells, own = _candidates(solution, place)
        score, information, with_free = solution.curvature.scores(place, cells)
        left = information - np.einsum("aq,aq->a", with_free @ inverse, with_free)
        # A parameter that the others stand for already has no information of its own.
        left = np.where(left > _NONE * information, left, np.nan)
        change = score / left
        names += [(*each, group.name) for each in own]
        numbers.append(np.column_stack([score * change, change, change * _standard(group, cells)]))
    found = np.concatenate(numbers)
    shown = np.flatnonzero(found[:, 0] >= minimum)
    order = shown[np.argsort(-found[shown, 0], kind="stable")][:largest]
    index, change, standardized = found[order].T
    chosen = [names[place] for place in order]
    note = f"{len(found)} parameters looked at, {int((found[:, 0] >= special.chdtri(1, 0.05)).sum())} with p < 0.05"
    return ModificationIndices(
        tuple(each[0] for each in chosen),
        tuple(each[1] for each in chosen),
        tuple(each[2] for each in chosen),
        tuple(each[3] for each in chosen),
        read_only(index.copy()),
        read_only(special.chdtrc(1, index)),
        read_only(change.copy()),
        read_only(standardized.copy()),
        (note, "indices suggest; only what the items mean decides"),
    )


def _candidates(solution: Solution, place: int) -> tuple[Cells, list[tuple[str, str, str]]]:
    """Give the cells of one group that are not free and could be, with their names."""
    items, factors = solution.table.model.items, solution.table.model.factors
    structure = solution.groups[place].structure
    taken = set(zip(*(part.tolist() for part in _parts(structure.cells)), strict=True))
    with_items = [f for f in range(len(factors)) if _measures_items(solution, f)]
    lower = solution.table.model.lower_factors
    cells: list[tuple[int, int, int]] = []
    names: list[tuple[str, str, str]] = []
    for factor in with_items:
        for item in range(len(items)):
            if (LOADINGS, item, factor) not in taken and not structure.fixed.loadings[item, factor]:
                cells.append((LOADINGS, item, factor))
                names.append((factors[factor], LOADING, items[item]))
    for kind, variables, skipped in ((RESIDUALS, items, frozenset[str]()), (FACTORS, factors, lower)):
        for first in range(len(variables)):
            for second in range(first + 1, len(variables)):
                both = {variables[first], variables[second]}
                if both & skipped or {(kind, first, second), (kind, second, first)} & taken:
                    continue
                cells.append((kind, first, second))
                names.append((variables[first], COVARIANCE, variables[second]))
    matrix, row, column = np.array(cells, dtype=np.int64).reshape(-1, 3).T
    return Cells(matrix, row, column), names


def _parts(cells: Cells) -> Sequence[IntArray]:
    return cells.matrix, cells.row, cells.column


def _measures_items(solution: Solution, factor: int) -> bool:
    model = solution.table.model
    return any(name in model.items for name in model.items_of(model.factors[factor]))


def _standard(group: GroupSolution, cells: Cells) -> FloatArray:
    """Give what turns each change into a standardized one."""
    n_items = group.structure.n_items
    item = np.sqrt(np.diagonal(group.model_covariance)) / group.scales
    residual = np.diagonal(group.matrices.residuals)[:n_items]
    if len(group.thresholds) and not residual.all():  # residuals that follow from the rest
        residual = item**2 - np.diagonal(group.implied.covariance)[:n_items]
    factor = np.sqrt(np.abs(np.diagonal(group.factor_covariances)))
    root = np.sqrt(np.abs(residual))
    found = np.ones(len(cells))
    for kind, of_row, of_column in (
        (LOADINGS, 1 / item, factor),
        (RESIDUALS, 1 / root, 1 / root),
        (FACTORS, 1 / factor, 1 / factor),
    ):
        chosen = cells.matrix == kind
        found[chosen] = of_row[cells.row[chosen]] * of_column[cells.column[chosen]]
    return found
