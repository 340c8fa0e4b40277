r"""Least squares of thresholds and polychoric correlations: the estimates of WLSMV and ULSMV.

Behind the answers to item i stands a normal variable with mean :math:`\mu_i` and variance :math:`\sigma_{ii}`, cut at
:math:`\tau_{it}`. In units that make it standard, :math:`\delta_i`, it has the thresholds and correlations

.. math:: \kappa_{it} = \delta_i (\tau_{it} - \mu_i), \qquad \rho_{ij} = \delta_i \delta_j \sigma_{ij}.

In the delta parameterization :math:`\delta_i` is a parameter, one unless groups are compared; in theta residual
variances are, and :math:`\delta_i = \sigma_{ii}^{-1/2}` (Muthén & Asparouhov 2002). The discrepancy, groups weighted by
their share of the respondents, is

.. math:: F = \sum_m w_m (s_m - \sigma_m(\theta))^2, \qquad \chi^2 = n F,

with :math:`w_m` the inverse of the diagonal of :math:`\Gamma` (diagonally weighted; Muthén, du Toit & Spisic 1997), or one.

References
----------
Muthén, B. & Asparouhov, T. (2002). Latent variable analysis with categorical outcomes: multiple-group and growth modeling
    in Mplus. Mplus Web Notes 4.
Muthén, B., du Toit, S. H. C. & Spisic, D. (1997). Robust inference using weighted least squares and quadratic estimating
    equations in latent variable modeling with categorical and continuous outcomes. Unpublished technical report.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...item_responses import FloatArray
from ..structure.matrices import (
    RESIDUALS,
    SCALES,
    THRESHOLDS,
    Cells,
    GroupStructure,
    Implied,
    Matrices,
    add_block,
    add_slopes,
    curvature,
    entries_of,
    implied_by,
    slopes_of,
)
from ..structure.setting import Parameterization
from .moments import OrdinalMoments


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalImplied:
    """Thresholds and correlations that a model implies for one group.

    Attributes
    ----------
    matrices : Matrices
    implied : Implied
        Of the normal variables, in the model's units.
    scales : ndarray, shape (n_items,)
        delta.
    thresholds : ndarray, shape (n_thresholds,)
        Standardized.
    correlation : ndarray, shape (n_items, n_items)
        With a diagonal of one.
    """

    matrices: Matrices
    implied: Implied
    scales: FloatArray
    thresholds: FloatArray
    correlation: FloatArray


def ordinal_implied(
    structure: GroupStructure, theta: FloatArray, parameterization: Parameterization
) -> OrdinalImplied | None:
    """Give what the model implies; None where a variance is not positive."""
    matrices = structure.fill(theta)
    implied = implied_by(matrices)
    scales = matrices.scales
    if parameterization == "theta":
        variances = np.diagonal(implied.covariance)
        if not (variances > 0).all():
            return None
        scales = 1 / np.sqrt(variances)
    of_item = structure.item_of_threshold
    thresholds = scales[of_item] * (matrices.thresholds - implied.mean[of_item])
    correlation = implied.covariance * np.outer(scales, scales)
    np.fill_diagonal(correlation, 1.0)
    return OrdinalImplied(matrices, implied, scales, thresholds, correlation)


def ordinal_jacobian(
    structure: GroupStructure,
    cells: Cells,
    at: OrdinalImplied,
    parameterization: Parameterization,
    moments: OrdinalMoments,
) -> tuple[FloatArray, FloatArray]:
    """Give the slopes of thresholds (n_cells, n_thresholds) and correlations (n_cells, n_pairs) in some cells."""
    first, second = moments.first, moments.second
    of_item = structure.item_of_threshold
    slopes = slopes_of(cells, at.implied)
    delta = at.scales
    u, v = slopes.u * delta, slopes.v * delta
    correlations = u[:, first] * v[:, second] + v[:, first] * u[:, second]
    thresholds = -(u * slopes.of_mean[:, None])[:, of_item]
    relative = np.zeros((len(cells), len(delta)))  # d log delta
    if parameterization == "theta":
        relative = -u * v
    else:
        scales = np.flatnonzero(cells.matrix == SCALES)
        relative[scales, cells.row[scales]] = 1 / delta[cells.row[scales]]
    if relative.any():
        correlations += (relative[:, first] + relative[:, second]) * at.correlation[first, second]
        thresholds += relative[:, of_item] * at.thresholds
    cuts = np.flatnonzero(cells.matrix == THRESHOLDS)
    thresholds[cuts, cells.row[cuts]] = delta[of_item[cells.row[cuts]]]
    return thresholds, correlations


class OrdinalDiscrepancy:
    """Weighted squares of what thresholds and correlations miss."""

    def __init__(
        self,
        structures: Sequence[GroupStructure],
        groups: Sequence[OrdinalMoments],
        weights: Sequence[FloatArray],
        n_free: int,
        parameterization: Parameterization,
    ) -> None:
        self.structures, self.groups, self.weights = structures, groups, weights
        self.n_free, self.parameterization = n_free, parameterization
        self.n_less = sum(group.n - 1 for group in groups)
        self.shares = [(group.n - 1) / self.n_less for group in groups]
        # The correlations' second slopes are those of the covariances where nothing scales these.
        self._exact = parameterization == "delta" and not any(
            np.isin(structure.cells.matrix, (SCALES, THRESHOLDS)).any() for structure in structures
        )

    def value(self, theta: FloatArray) -> float:
        """Give the discrepancy, infinite where a variance is not positive."""
        total = 0.0
        for structure, group, weight, share in self._groups():
            at = ordinal_implied(structure, theta, self.parameterization)
            if at is None:
                return math.inf
            total += share * float(weight @ self._missed(at, group, weight) ** 2)
        return total

    def gradient(self, theta: FloatArray) -> FloatArray:
        """Give its slope."""
        found = np.zeros(self.n_free)
        for structure, group, weight, share in self._groups():
            at, jacobian = self._slopes(structure, theta, group, weight)
            add_slopes(found, structure, -2 * share * (jacobian @ (weight * self._missed(at, group, weight))))
        return found

    def expected_hessian(self, theta: FloatArray) -> FloatArray:
        """Give its curvature as it were if the model fitted."""
        found = np.zeros((self.n_free, self.n_free))
        for structure, group, weight, share in self._groups():
            _, jacobian = self._slopes(structure, theta, group, weight)
            add_block(found, structure, 2 * share * ((jacobian * weight) @ jacobian.T))
        return found

    def hessian(self, theta: FloatArray) -> FloatArray:
        """Give its curvature; where scales are free, that as if the model fitted."""
        found = self.expected_hessian(theta)
        if not self._exact:
            return found
        for structure, group, weight, share in self._groups():
            at, _ = self._slopes(structure, theta, group, weight)
            missed = np.zeros_like(at.correlation)
            missed[group.first, group.second] = weight * self._missed(at, group, weight) / 2
            missed *= np.outer(at.scales, at.scales)
            slopes = slopes_of(structure.cells, at.implied)
            bent = curvature(structure.cells, at.implied, slopes, missed + missed.T)
            add_block(found, structure, -2 * share * bent)
        return found

    def _groups(self) -> "zip[tuple[GroupStructure, OrdinalMoments, FloatArray, float]]":
        return zip(self.structures, self.groups, self.weights, self.shares, strict=True)

    def _slopes(
        self, structure: GroupStructure, theta: FloatArray, group: OrdinalMoments, weight: FloatArray
    ) -> tuple[OrdinalImplied, FloatArray]:
        at = ordinal_implied(structure, theta, self.parameterization)
        if at is None:
            raise np.linalg.LinAlgError
        thresholds, correlations = ordinal_jacobian(structure, structure.cells, at, self.parameterization, group)
        if len(weight) == correlations.shape[1]:
            return at, correlations
        return at, np.hstack([thresholds, correlations])

    @staticmethod
    def _missed(at: OrdinalImplied, group: OrdinalMoments, weight: FloatArray) -> FloatArray:
        correlations = (group.correlation - at.correlation)[group.first, group.second]
        if len(weight) == len(correlations):
            return correlations
        return np.concatenate([group.thresholds - at.thresholds, correlations])


def thresholds_are_saturated(structures: Sequence[GroupStructure]) -> bool:
    """Say whether every threshold is free by itself and means are fixed, so that thresholds fit whatever the rest is."""
    free: list[int] = []
    others: set[int] = set()
    for structure in structures:
        cuts = structure.cells.matrix == THRESHOLDS
        if cuts.sum() < len(structure.item_of_threshold) or structure.fixed.loadings[:, -1].any():
            return False
        scaled = structure.cells.matrix == SCALES
        last = structure.fixed.paths.shape[1] - 1
        of_means = (structure.cells.matrix < RESIDUALS) & (structure.cells.column == last)
        if scaled.any() or of_means.any() or structure.fixed.paths[:, -1].any():
            return False
        free += structure.position[cuts].tolist()
        others |= set(structure.position[~cuts].tolist())
    return len(set(free)) == len(free) and not others & set(free)


def without_thresholds(structure: GroupStructure, places: FloatArray) -> GroupStructure:
    """Give the structure of the other parameters, numbered by `places`."""
    rest = structure.cells.matrix != THRESHOLDS
    cells = structure.cells.of(rest)
    return replace(structure, cells=cells, position=places[structure.position[rest]], entries=entries_of(cells))
