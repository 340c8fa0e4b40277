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

import math
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
    factor_correlation_errors : tuple of ndarray, one a group, each of shape (n_factors, n_factors)
        Standard errors of the correlations of whole factors.
    """

    parameters: tuple[Parameter, ...]
    value: FloatArray
    standard_error: FloatArray
    standardized: FloatArray
    standardized_error: FloatArray
    factor_correlation_errors: tuple[FloatArray, ...]


def estimates_of(solution: Solution) -> Estimates:
    """Give every parameter of a solution."""
    values, slopes, standardized, standardized_slopes, of_correlations = [], [], [], [], []
    for place, group in enumerate(solution.groups):
        own = _Group(solution, place, group)
        values.append(own.values)
        slopes.append(own.slopes)
        scaled, scaled_slopes = own.standardized()
        standardized.append(scaled)
        standardized_slopes.append(scaled_slopes)
        of_correlations.append(own.factor_correlation_errors(group.factor_covariances, solution.covariance))
    return Estimates(
        solution.table.parameters,
        np.concatenate(values),
        _errors(np.concatenate(slopes), solution.covariance),
        np.concatenate(standardized),
        _errors(np.concatenate(standardized_slopes), solution.covariance),
        tuple(of_correlations),
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
        n_factors = len(self.factor_variances)
        spread = self._spread(group, self._of_factors(group))
        self.factor_covariance_slopes = spread.reshape(-1, n_factors, n_factors)
        self.factor_slopes = np.diagonal(self.factor_covariance_slopes, axis1=1, axis2=2)
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

    def factor_correlation_errors(self, covariances: FloatArray, parameter_covariance: FloatArray) -> FloatArray:
        """Give the standard errors of the correlations of whole factors, shape (n_factors, n_factors)."""
        n = len(covariances)
        variances = np.diagonal(covariances)
        scale = 1 / np.sqrt(np.abs(np.outer(variances, variances)))
        relative = (self.factor_slopes / variances).T
        found = np.zeros((n, n))
        for first, second in zip(*np.triu_indices(n, 1), strict=True):
            plain = self.factor_covariance_slopes[:, first, second]
            slope = plain - covariances[first, second] / 2 * (relative[first] + relative[second])
            variance = float(slope @ parameter_covariance @ slope) * scale[first, second] ** 2
            found[first, second] = found[second, first] = math.sqrt(max(variance, 0.0))
        return found

    @staticmethod
    def _of_factors(group: GroupSolution) -> FloatArray:
        """Give the slopes of the factors' covariances in each cell, shape (n_cells, n_factors * n_factors)."""
        cells, total, whole = group.structure.cells, group.implied.total, group.factor_covariances
        n_factors = len(total) - 1
        found = np.zeros((len(cells), n_factors, n_factors))
        for entry in np.flatnonzero((cells.matrix == PATHS) | (cells.matrix == FACTORS)):
            row, column = cells.row[entry], cells.column[entry]
            moved = total[:-1, row]
            if cells.matrix[entry] == FACTORS:
                half = np.outer(moved, total[:-1, column]) * (0.5 if row == column else 1.0)
            elif column < n_factors:
                half = np.outer(moved, whole[column])
            else:
                continue  # a mean
            found[entry] = half + half.T
        return found.reshape(len(cells), -1)

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
            relative[chosen] += power * (slopes[:, own] / variances[own]).T  # of the rest some may be nought
        return self.values * scale, scale[:, None] * (self.slopes + self.values[:, None] * relative)
