r"""The information in incomplete answers when no model is asked of them, and indices of fit that gaps do not distort.

Maximum likelihood from incomplete answers weighs the moments by how well they are known, so that its chi-square depends on
what is missing. Zhang & Savalei (2023) take instead the likeliest moments without a model, those fitted, and the
discrepancy that complete answers with these would have. If the model holds that is on average

.. math:: k = \operatorname{tr}(W M \Gamma M'), \qquad M = I - \Delta (\Delta' A \Delta)^{-1} \Delta' A,

with :math:`W` and :math:`A` the information of a respondent without and with gaps, at the likeliest moments, and
:math:`\Gamma` their sampling covariance: :math:`A^{-1}` for normal answers, :math:`A^{-1} B A^{-1}` with the products B of
casewise slopes otherwise.

References
----------
Zhang, X. & Savalei, V. (2023). New computations for RMSEA and CFI following FIML and TS estimation with missing data.
    Psychological Methods 28, 263-283.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...item_responses import FloatArray, IntArray
from ..estimation.solution import RobustTest
from ..structure.matrices import LOADINGS, RESIDUALS, Cells, GroupStructure, Implied, Matrices, implied_by, slopes_of
from .casewise_scores import score_products
from .likelihood import NormalDiscrepancy, dense, traces
from .response_patterns import ResponsePatterns, SaturatedMoments


@dataclass(frozen=True, slots=True, eq=False)
class SaturatedInformation:
    """What one respondent tells of means and covariances on and below the diagonal, in this order.

    Attributes
    ----------
    with_gaps, complete : ndarray, shape (n_moments, n_moments)
        Observed information, and that if nothing were missing.
    acov : ndarray, shape (n_moments, n_moments)
        Sampling covariance of the moments, times the number of respondents.
    trace : float
        tr(B A^-1); the number of moments where answers are taken to be normal.
    """

    with_gaps: FloatArray
    complete: FloatArray
    acov: FloatArray
    trace: float

    @classmethod
    def of(
        cls, patterns: ResponsePatterns, saturated: SaturatedMoments, cluster: IntArray | None, *, normal: bool
    ) -> "SaturatedInformation":
        """Measure it at the likeliest moments."""
        implied = _without_model(patterns, saturated)
        slopes = slopes_of(_cells(patterns.values.shape[1]), implied)
        share = patterns.counts / patterns.n
        inverses, _ = patterns.inverses(saturated.moments)
        # At the likeliest moments the slope is nought, and with it what the moments' own curvature would add.
        observed = traces(slopes, slopes, share, inverses, 2 * inverses @ patterns.moments @ inverses - inverses) / 2
        observed = (observed + observed.T) / 2
        whole = np.linalg.inv(saturated.moments).astype(np.float64)[None]
        complete = traces(slopes, slopes, np.ones(1), whole, whole) / 2
        inverse = np.linalg.inv(observed).astype(np.float64)
        if normal:
            return cls(observed, complete, inverse, float(len(observed)))
        products = score_products(patterns, inverses, slopes, cluster) / patterns.n
        return cls(observed, complete, inverse @ products @ inverse, float(np.sum(products * inverse)))


def robust_with_gaps(
    discrepancy: NormalDiscrepancy,
    theta: FloatArray,
    saturated: Sequence[SaturatedMoments],
    information: Sequence[SaturatedInformation],
) -> RobustTest:
    """Give the statistic that complete answers would have, and what it is on average, for model and baseline."""
    value = baseline_value = baseline_expected = 0.0
    jacobians = []
    for patterns, own, structure, told, (implied, _) in zip(
        discrepancy.groups, saturated, discrepancy.structures, information, discrepancy.at(theta), strict=True
    ):
        n_items = structure.n_items
        _, variance = patterns.item_variances()
        independent = np.diag(np.append(variance, 1.0))  # about the means of the answers
        value += patterns.n * _distance(own.moments, implied.covariance)
        baseline_value += patterns.n * _distance(own.moments, independent)
        cells = _cells(n_items)
        free = (cells.matrix == LOADINGS) | (cells.row == cells.column)
        baseline_expected += _expected([np.eye(len(cells))[free]], [told], [1.0])
        jacobian = np.zeros((discrepancy.n_free, len(cells)))
        np.add.at(jacobian, structure.position, _jacobian(structure, implied, cells))
        jacobians.append(jacobian)
    shares = [float(share.sum()) for share in discrepancy.shares]
    return RobustTest(value, _expected(jacobians, information, shares), baseline_value, baseline_expected)


def _cells(n_items: int) -> Cells:
    """Means, and covariances on and below the diagonal."""
    row, column = np.tril_indices(n_items)
    matrix = np.repeat([LOADINGS, RESIDUALS], [n_items, len(row)])
    items = np.arange(n_items)
    return Cells(matrix, np.concatenate([items, row]), np.concatenate([np.zeros_like(items), column]))


def _without_model(patterns: ResponsePatterns, saturated: SaturatedMoments) -> Implied:
    """Write moments as those of a model without factors, whose residuals have the covariances."""
    n_items = patterns.values.shape[1]
    loadings = np.append(saturated.moments[-1, :-1], 1.0)[:, None]
    residuals = np.zeros_like(saturated.moments)
    residuals[:-1, :-1] = saturated.covariance(n_items)
    return implied_by(Matrices(loadings, np.zeros((1, 1)), np.ones((1, 1)), residuals, np.zeros(0), np.ones(n_items)))


def _jacobian(structure: GroupStructure, implied: Implied, cells: Cells) -> FloatArray:
    """Give the slopes of means and covariances in each of a group's cells."""
    n_items = structure.n_items
    slopes = slopes_of(structure.cells, implied)
    mean = (slopes.u * slopes.of_mean[:, None])[:, :n_items]
    product = dense(slopes).reshape(len(slopes.u), len(implied.mean), -1)[:, :n_items, :n_items]
    # Less what the means add to augmented moments.
    by_mean = mean[:, :, None] * implied.covariance[-1, :n_items]
    product = product - by_mean - by_mean.transpose(0, 2, 1)
    covariances = cells.matrix == RESIDUALS
    return np.hstack([mean, product[:, cells.row[covariances], cells.column[covariances]]])


def _distance(observed: FloatArray, fitted: FloatArray) -> float:
    """Give the discrepancy that complete answers with the observed moments have from the fitted ones."""
    relative = np.linalg.solve(fitted, observed)
    return float(np.trace(relative) - np.linalg.slogdet(relative)[1] - len(observed))


def _expected(
    jacobians: Sequence[FloatArray], information: Sequence[SaturatedInformation], shares: Sequence[float]
) -> float:
    """Give k for groups that share parameters."""
    curved = np.zeros((len(jacobians[0]),) * 2)
    for D, told, share in zip(jacobians, information, shares, strict=True):
        curved += share * D @ told.with_gaps @ D.T
    moved = [np.linalg.solve(curved, D @ told.with_gaps) for D, told in zip(jacobians, information, strict=True)]
    covariance = sum(
        share * each @ told.acov @ each.T for each, told, share in zip(moved, information, shares, strict=True)
    )
    total = 0.0
    for D, told, each, share in zip(jacobians, information, moved, shares, strict=True):
        # The share turns what is about all respondents into what is about one of this group.
        missed = share * D.T @ each @ told.acov
        left = told.acov - missed - missed.T + share * D.T @ covariance @ D
        total += float(np.sum(told.complete * left))
    return total
