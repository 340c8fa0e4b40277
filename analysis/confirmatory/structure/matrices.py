r"""The moments that a factor model implies, and their slopes in its parameters.

With loadings :math:`\Lambda`, loadings of factors on factors :math:`B`, covariances of factors :math:`\Psi` and of
residuals :math:`\Theta` (Bollen 1989, ch. 7-8; Muthén 1984, eqs 1-4),

.. math:: \Sigma = \Lambda A \Psi A' \Lambda' + \Theta, \qquad \mu = \nu + \Lambda A \alpha, \qquad A = (I - B)^{-1}.

A constant is carried as one more factor: its loadings are the intercepts :math:`\nu`, what it adds to the factors
their means :math:`\alpha`. As one more row as well, with variance one, it turns :math:`\Sigma` into the augmented moments

.. math:: \Omega = \begin{pmatrix} \Sigma + \mu\mu' & \mu \\ \mu' & 1 \end{pmatrix},

which have the likelihood of the mean and covariance structure: nothing after this needs to know of means.

Whatever the parameter, its slope is a symmetric product of two vectors, :math:`\partial\Sigma = u v' + v u'`, with
:math:`G = \Lambda A`, :math:`Q = A \Psi A'`, :math:`C = Q \Lambda'` and unit vectors :math:`e`:

=====================  ==============================  =====================
parameter              u                               v
=====================  ==============================  =====================
:math:`\lambda_{jk}`   :math:`e_j`                     row k of C
:math:`\beta_{kl}`     column k of G                   row l of C
:math:`\psi_{kl}`      column k of G                   column l of G
:math:`\theta_{ij}`    :math:`e_i`                     :math:`e_j`
=====================  ==============================  =====================

(v halved on a diagonal). Gradients, information matrices and casewise scores then are products of small matrices, and no
Jacobian of all p (p + 1) / 2 moments is formed where it is not asked for.

References
----------
Bollen, K. A. (1989). Structural Equations with Latent Variables. Wiley.
Muthén, B. (1984). A general structural equation model with dichotomous, ordered categorical, and continuous latent
    variable indicators. Psychometrika 49, 115-132.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...item_responses import FloatArray, IntArray
from .parameter_table import FIXED, Parameter, ParameterTable
from .syntax import COVARIANCE, LOADING, MEAN, SCALE, THRESHOLD

LOADINGS, PATHS, FACTORS, RESIDUALS, THRESHOLDS, SCALES = range(6)
"""The matrices of a model, as numbers: Lambda with nu, B with alpha, Psi, Theta, thresholds, scales."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Cells of the matrices of one group, one an entry.

    Attributes
    ----------
    matrix, row, column : ndarray of int64, shape (n_cells,)
    """

    matrix: IntArray
    row: IntArray
    column: IntArray

    def __len__(self) -> int:
        return len(self.matrix)

    def of(self, chosen: NDArray[np.bool_]) -> "Cells":
        """Give some of the cells."""
        return Cells(self.matrix[chosen], self.row[chosen], self.column[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Matrices:
    """A group's matrices, filled.

    Attributes
    ----------
    loadings : ndarray, shape (n_rows, n_factors + 1)
        The last column holds the intercepts. One row more than items where the constant is a row.
    paths : ndarray, shape (n_factors + 1, n_factors + 1)
        Row measured, column measuring; the last column holds the means of the factors.
    factors : ndarray, shape (n_factors + 1, n_factors + 1)
        Covariances; of the constant, one where it is a row and nought otherwise.
    residuals : ndarray, shape (n_rows, n_rows)
    thresholds : ndarray, shape (n_thresholds,)
    scales : ndarray, shape (n_items,)
    """

    loadings: FloatArray
    paths: FloatArray
    factors: FloatArray
    residuals: FloatArray
    thresholds: FloatArray
    scales: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class GroupStructure:
    """Where the parameters of one group stand.

    Attributes
    ----------
    cells : Cells
        Of the free parameters.
    position : ndarray of int64, shape (n_cells,)
        Place of each among all free parameters.
    fixed : Matrices
        With the fixed values, and nought where something is free.
    centre : ndarray, shape (n_items,)
        What has been taken from each item's answers, and so is taken from its intercept.
    item_of_threshold : ndarray of int64, shape (n_thresholds,)
    entries : tuple of ndarray of int64
        The cells of each of the six matrices.
    """

    cells: Cells
    position: IntArray
    fixed: Matrices
    centre: FloatArray
    item_of_threshold: IntArray
    entries: tuple[IntArray, ...]

    @property
    def distinct(self) -> bool:
        """Whether no two cells of the group are equal parameters."""
        return len(np.unique(self.position)) == len(self.position)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.fixed.scales)

    def fill(self, theta: FloatArray) -> Matrices:
        """Put free parameters into their cells."""
        given, values = self.fixed, theta[self.position]
        loadings, paths, factors, residuals = (
            matrix.copy() for matrix in (given.loadings, given.paths, given.factors, given.residuals)
        )
        thresholds, scales = given.thresholds.copy(), given.scales.copy()
        for kind, matrix in ((LOADINGS, loadings), (PATHS, paths), (FACTORS, factors), (RESIDUALS, residuals)):
            own = self.entries[kind]
            if len(own):
                row, column = self.cells.row[own], self.cells.column[own]
                matrix[row, column] = values[own]
                if kind in (FACTORS, RESIDUALS):
                    matrix[column, row] = values[own]
        loadings[: self.n_items, -1] -= self.centre
        for kind, vector in ((THRESHOLDS, thresholds), (SCALES, scales)):
            own = self.entries[kind]
            vector[self.cells.row[own]] = values[own]
        return Matrices(loadings, paths, factors, residuals, thresholds, scales)


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """What filled matrices imply.

    Attributes
    ----------
    covariance : ndarray, shape (n_rows, n_rows)
        Sigma, or the augmented moments where the constant is a row.
    mean : ndarray, shape (n_rows,)
    total : ndarray, shape (n_factors + 1, n_factors + 1)
        A: what a change in each factor does to each.
    reduced : ndarray, shape (n_rows, n_factors + 1)
        G, loadings on the factors' own parts.
    factor_covariance : ndarray, shape (n_factors + 1, n_factors + 1)
        Q, covariances of whole factors.
    item_factor : ndarray, shape (n_factors + 1, n_rows)
        C, covariances of factors and items.
    """

    covariance: FloatArray
    mean: FloatArray
    total: FloatArray
    reduced: FloatArray
    factor_covariance: FloatArray
    item_factor: FloatArray


def implied_by(matrices: Matrices) -> Implied:
    """Give the moments that matrices imply."""
    n = len(matrices.paths)
    # Paths lead from upper factors to lower ones, so that their powers end.
    total = np.eye(n)
    power = matrices.paths
    while power.any():
        total = total + power
        power = power @ matrices.paths
    reduced = matrices.loadings @ total
    factor_covariance = total @ matrices.factors @ total.T
    item_factor = factor_covariance @ matrices.loadings.T
    covariance = matrices.loadings @ item_factor + matrices.residuals
    return Implied(covariance, reduced[:, -1], total, reduced, factor_covariance, item_factor)


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Slopes of the implied moments in some cells: u v' + v u', and u times `of_mean` in the mean.

    Attributes
    ----------
    u, v : ndarray, shape (n_cells, n_rows)
        Nought for thresholds and scales.
    of_mean : ndarray, shape (n_cells,)
    """

    u: FloatArray
    v: FloatArray
    of_mean: FloatArray


def slopes_of(cells: Cells, implied: Implied) -> Slopes:
    """Give the slopes of the implied moments in cells of any of the four matrices of moments."""
    n_rows = len(implied.mean)
    u, v = np.zeros((len(cells), n_rows)), np.zeros((len(cells), n_rows))
    of_mean = np.zeros(len(cells))
    by_column = implied.reduced.T
    for kind in (LOADINGS, PATHS, FACTORS, RESIDUALS):
        chosen = np.flatnonzero(cells.matrix == kind)
        if not len(chosen):
            continue
        row, column = cells.row[chosen], cells.column[chosen]
        if kind in (LOADINGS, RESIDUALS):
            u[chosen, row] = 1.0
        else:
            u[chosen] = by_column[row]
        if kind in (LOADINGS, PATHS):
            v[chosen] = implied.item_factor[column]
            of_mean[chosen] = implied.total[column, -1]
        else:
            share = np.where(row == column, 0.5, 1.0)
            if kind == RESIDUALS:
                v[chosen, column] = share
            else:
                v[chosen] = by_column[column] * share[:, None]
    return Slopes(u, v, of_mean)


def curvature(cells: Cells, implied: Implied, slopes: Slopes, weight: FloatArray) -> FloatArray:
    r"""Give tr(M d^2 Sigma) for every two cells, shape (n_cells, n_cells), with the symmetric `weight` M.

    Loadings and paths (source l, and for a path its target k) meet one another as

    .. math:: 2 [Q_{l_a l_b} u_a' M u_b + A_{l_a k_b} u_a' M v_b + A_{l_b k_a} u_b' M v_a],

    and covariances of factors as :math:`2 [A_{l_a m} u_a' M G_n + A_{l_a n} u_a' M G_m]`, once where m = n.
    """
    uMu = slopes.u @ weight @ slopes.u.T
    uMv = slopes.u @ weight @ slopes.v.T
    through = (cells.matrix == LOADINGS) | (cells.matrix == PATHS)
    path, factors = cells.matrix == PATHS, cells.matrix == FACTORS
    source = np.where(through, cells.column, 0)
    reached = np.where(path | factors, cells.row, 0)
    both = np.outer(through, through)
    by_path = implied.total[np.ix_(source, reached)] * np.outer(through, path) * uMv
    found = implied.factor_covariance[np.ix_(source, source)] * both * uMu + by_path + by_path.T
    other = np.where(factors, cells.column, 0)
    share = np.where(reached == other, 0.5, 1.0)
    by_factors = implied.total[np.ix_(source, reached)] * uMv + implied.total[np.ix_(source, other)] * uMu * share
    by_factors *= np.outer(through, factors)
    doubled: FloatArray = 2 * (found + by_factors + by_factors.T)
    return doubled


def structure_of(table: ParameterTable, group: int, *, constant_row: bool, centre: FloatArray) -> GroupStructure:
    """Give the structure of one group, with the constant as a row of the moments or without."""
    parameters = table.of_group(group)
    items, factors = table.model.items, table.model.factors
    n_rows, n_factors = len(items) + constant_row, len(factors)
    cuts = threshold_places(parameters)
    fixed = Matrices(
        np.zeros((n_rows, n_factors + 1)),
        np.zeros((n_factors + 1, n_factors + 1)),
        np.zeros((n_factors + 1, n_factors + 1)),
        np.zeros((n_rows, n_rows)),
        np.zeros(len(cuts)),
        np.ones(len(items)),
    )
    if constant_row:
        fixed.loadings[-1, -1] = fixed.factors[-1, -1] = 1.0
    matrix, row, column = cells_of(parameters, items, factors)
    position = np.array([each.position for each in parameters], dtype=np.int64)
    for entry in np.flatnonzero(position == FIXED):
        _put(fixed, (int(matrix[entry]), int(row[entry]), int(column[entry])), parameters[entry].value)
    free = np.flatnonzero(position >= 0)
    item = {name: place for place, name in enumerate(items)}
    of_item = np.array([item[name] for name, _ in cuts], dtype=np.int64)
    cells = Cells(matrix[free], row[free], column[free])
    return GroupStructure(cells, position[free], fixed, centre, of_item, entries_of(cells))


def entries_of(cells: Cells) -> tuple[IntArray, ...]:
    """Give the places among the cells of those of each of the six matrices."""
    return tuple(np.flatnonzero(cells.matrix == kind) for kind in range(SCALES + 1))


def add_slopes(total: FloatArray, structure: GroupStructure, found: FloatArray) -> None:
    """Add numbers for each of a group's cells (the last axis) to those of the free parameters; equal ones add up."""
    np.add.at(total.T, structure.position, found.T)


def add_block(total: FloatArray, structure: GroupStructure, block: FloatArray) -> None:
    """Add a matrix over a group's cells to one over all free parameters; equal ones add up."""
    rows, columns = structure.position[:, None], structure.position[None, :]
    if structure.distinct:
        total[rows, columns] += block
    else:
        np.add.at(total, (rows, columns), block)


def threshold_places(parameters: Sequence[Parameter]) -> dict[tuple[str, str], int]:
    """Give the place of each threshold of a group, by its item and its name."""
    thresholds = [(each.left, each.right) for each in parameters if each.operator == THRESHOLD]
    return {cut: place for place, cut in enumerate(thresholds)}


def cells_of(
    parameters: Sequence[Parameter], items: Sequence[str], factors: Sequence[str]
) -> tuple[IntArray, IntArray, IntArray]:
    """Say in which matrix, row and column each parameter of a group stands."""
    item = {name: place for place, name in enumerate(items)}
    factor = {name: place for place, name in enumerate(factors)}
    cuts = threshold_places(parameters)
    found = []
    for each in parameters:
        left, right = each.left, each.right
        if each.operator == LOADING:
            in_factor = right in factor
            cell = (PATHS, factor[right], factor[left]) if in_factor else (LOADINGS, item[right], factor[left])
        elif each.operator == MEAN:
            cell = (PATHS, factor[left], len(factors)) if left in factor else (LOADINGS, item[left], len(factors))
        elif each.operator == COVARIANCE:
            cell = (FACTORS, factor[left], factor[right]) if left in factor else (RESIDUALS, item[left], item[right])
        elif each.operator == SCALE:
            cell = (SCALES, item[left], 0)
        else:
            cell = (THRESHOLDS, cuts[left, right], 0)
        found.append(cell)
    matrix, row, column = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return matrix, row, column


def _put(fixed: Matrices, cell: tuple[int, int, int], value: float) -> None:
    kind, row, column = cell
    if kind == THRESHOLDS:
        fixed.thresholds[row] = value
    elif kind == SCALES:
        fixed.scales[row] = value
    else:
        matrix = (fixed.loadings, fixed.paths, fixed.factors, fixed.residuals)[kind]
        matrix[row, column] = value
        if kind in (FACTORS, RESIDUALS):
            matrix[column, row] = value
