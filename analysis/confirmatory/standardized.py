r"""Every parameter with its standard error, as it is and standardized.

Standardized, items and factors have variance one: with variances :math:`v_j` of an item and :math:`q_k` of a factor that the
model implies, a loading is :math:`\lambda_{jk} \sqrt{q_k / v_j}`, a threshold or intercept :math:`\tau_j / \sqrt{v_j}`, a
residual variance its share :math:`\theta_{jj} / v_j`, and a covariance of residuals the correlation
:math:`\theta_{ij} / \sqrt{\theta_{ii} \theta_{jj}}`. All are products of a parameter and powers of variances,
:math:`x \prod_i s_i^{a_i}`, so that their standard errors are those of

.. math:: \prod_i s_i^{a_i} \left(dx + x \sum_i a_i \, d s_i / s_i\right)

(the delta method; Bollen 1989, p. 350). A marker's loading has a standard error once it is standardized.

References
----------
Bollen, K. A. (1989). Structural Equations with Latent Variables. Wiley.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..item_responses import FloatArray
from .estimation.solution import GroupSolution, Solution
from .structure.matrices import (
    FACTORS,
    LOADINGS,
    PATHS,
    RESIDUALS,
    SCALES,
    THRESHOLDS,
    add_slopes,
    cells_of,
    slopes_of,
)
from .structure.parameter_table import DERIVED, Parameter


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Parameters of all groups in turn.

    Attributes
    ----------
    parameters : tuple of Parameter
    value, standard_error : ndarray, shape (n_parameters,)
        A fixed parameter has the standard error 0.
    standardized, standardized_error : ndarray, shape (n_parameters,)
    """

    parameters: tuple[Parameter, ...]
    value: FloatArray
    standard_error: FloatArray
    standardized: FloatArray
    standardized_error: FloatArray


def estimates_of(solution: Solution) -> Estimates:
    """Give every parameter of a solution."""
    values, slopes, standardized, standardized_slopes = [], [], [], []
    for place, group in enumerate(solution.groups):
        own = _Group(solution, place, group)
        values.append(own.values)
        slopes.append(own.slopes)
        scaled, scaled_slopes = own.standardized()
        standardized.append(scaled)
        standardized_slopes.append(scaled_slopes)
    return Estimates(
        solution.table.parameters,
        np.concatenate(values),
        _errors(np.concatenate(slopes), solution.covariance),
        np.concatenate(standardized),
        _errors(np.concatenate(standardized_slopes), solution.covariance),
    )


def _errors(slopes: FloatArray, covariance: FloatArray) -> FloatArray:
    variances = np.einsum("pq,pq->p", slopes @ covariance, slopes)
    errors: FloatArray = np.sqrt(np.maximum(variances, 0.0))
    return errors


class _Group:
    """Variances of one group and their slopes in the free parameters."""

    def __init__(self, solution: Solution, place: int, group: GroupSolution) -> None:
        self.theta, self.n_free = solution.theta, len(solution.theta)
        parameters, model = solution.table.of_group(place), solution.table.model
        self.kind, self.row, self.column = cells_of(parameters, model.items, model.factors)
        places = {name: item for item, name in enumerate(model.items)}
        self.item = np.array([places.get(each.left, 0) for each in parameters])
        setting = solution.table.setting
        n_items = group.structure.n_items
        cells, implied = group.structure.cells, group.implied
        slopes = slopes_of(cells, implied)
        explained = self._spread(group, (2 * slopes.u * slopes.v)[:, :n_items])
        if solution.table.setting.means and not setting.ordered:
            # Augmented moments hold the squares of means as well.
            of_mean = (slopes.u * slopes.of_mean[:, None])[:, :n_items]
            explained -= self._spread(group, 2 * of_mean * implied.mean[:n_items])
        self.item_variances = np.diagonal(group.model_covariance) / group.scales**2
        self.item_slopes = explained
        residuals = np.diagonal(group.matrices.residuals)[:n_items].copy()
        of_residuals = np.zeros((len(cells), n_items))
        own = np.flatnonzero((cells.matrix == RESIDUALS) & (cells.row == cells.column))
        of_residuals[own, cells.row[own]] = 1.0
        residual_slopes = self._spread(group, of_residuals)
        if setting.ordered and setting.parameterization == "delta":
            of_scales = np.zeros((len(cells), n_items))
            scales = np.flatnonzero(cells.matrix == SCALES)
            items = cells.row[scales]
            of_scales[scales, items] = -2 * group.scales[items] ** -3
            self.item_slopes = self._spread(group, of_scales)
            residuals = self.item_variances - np.diagonal(implied.covariance)
            residual_slopes = self.item_slopes - explained
        self.residuals, self.residual_slopes = residuals, residual_slopes
        self.factor_variances = np.diagonal(group.factor_covariances)
        self.factor_slopes = self._spread(group, self._of_factors(group))
        self.own_variances = np.diagonal(group.matrices.factors)[:-1]
        of_own = np.zeros((len(cells), len(self.own_variances)))
        own = np.flatnonzero((cells.matrix == FACTORS) & (cells.row == cells.column))
        of_own[own, cells.row[own]] = 1.0
        self.own_slopes = self._spread(group, of_own)
        self.values, self.slopes = self._plain(parameters)

    def _spread(self, group: GroupSolution, of_cells: FloatArray) -> FloatArray:
        """Turn slopes in cells into slopes in free parameters, shape (n_free, n)."""
        found = np.zeros((of_cells.shape[1], self.n_free))
        add_slopes(found, group.structure, of_cells.T)
        return found.T

    @staticmethod
    def _of_factors(group: GroupSolution) -> FloatArray:
        """Give the slopes of the factors' variances in each cell."""
        cells, total, whole = group.structure.cells, group.implied.total, group.factor_covariances
        n_factors = len(total) - 1
        found = np.zeros((len(cells), n_factors))
        for entry in np.flatnonzero((cells.matrix == PATHS) | (cells.matrix == FACTORS)):
            row, column = cells.row[entry], cells.column[entry]
            if cells.matrix[entry] == FACTORS:
                found[entry] = total[:-1, row] * total[:-1, column] * (1.0 if row == column else 2.0)
            elif column < n_factors:
                found[entry] = 2 * total[:-1, row] * whole[:, column]
        return found

    def _plain(self, parameters: Sequence[Parameter]) -> tuple[FloatArray, FloatArray]:
        """Give parameters and their slopes in the free ones, shape (n_parameters, n_free)."""
        position = np.array([each.position for each in parameters])
        values = np.array([each.value for each in parameters])
        slopes = np.zeros((len(parameters), self.n_free))
        free = np.flatnonzero(position >= 0)
        values[free] = self.theta[position[free]]
        slopes[free, position[free]] = 1.0
        for entry in np.flatnonzero(position == DERIVED):
            row = self.row[entry]
            if self.kind[entry] == RESIDUALS:
                values[entry], slopes[entry] = self.residuals[row], self.residual_slopes[:, row]
            else:
                values[entry] = self.item_variances[row] ** -0.5
                slopes[entry] = -0.5 * values[entry] ** 3 * self.item_slopes[:, row]
        return values, slopes

    def standardized(self) -> tuple[FloatArray, FloatArray]:
        """Give the parameters as if items and factors had the variance one, and their slopes."""
        kind, row, column = self.kind, self.row, self.column
        items, factors = (self.item_variances, self.item_slopes), (self.factor_variances, self.factor_slopes)
        residuals, owns = (self.residuals, self.residual_slopes), (self.own_variances, self.own_slopes)
        diagonal = row == column
        of_factor = (kind == LOADINGS) | (kind == PATHS)
        of_factor &= column < len(self.factor_variances)  # the rest are intercepts and means
        scale, relative = np.ones(len(kind)), np.zeros((len(kind), self.n_free))
        for chosen, (variances, slopes), place, power in (
            (kind == LOADINGS, items, row, -0.5),
            (kind == PATHS, factors, row, -0.5),
            (of_factor, factors, column, 0.5),
            (kind == THRESHOLDS, items, self.item, -0.5),
            (kind == SCALES, items, row, 0.5),
            ((kind == RESIDUALS) & diagonal, items, row, -1.0),
            ((kind == FACTORS) & diagonal, factors, row, -1.0),
            ((kind == RESIDUALS) & ~diagonal, residuals, row, -0.5),
            ((kind == RESIDUALS) & ~diagonal, residuals, column, -0.5),
            ((kind == FACTORS) & ~diagonal, owns, row, -0.5),
            ((kind == FACTORS) & ~diagonal, owns, column, -0.5),
        ):
            own = place[chosen]
            scale[chosen] *= np.abs(variances[own]) ** power
            relative[chosen] += power * (slopes / variances).T[own]
        return self.values * scale, scale[:, None] * (self.slopes + self.values[:, None] * relative)
