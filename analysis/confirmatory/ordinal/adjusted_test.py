r"""The test of a model of thresholds and polychoric correlations whose weights are not the inverse of their covariance.

With :math:`\Delta` the slopes of the moments, W the weights, :math:`\Gamma` the moments' sampling covariance (times n),

.. math:: H = (\Delta' W \Delta)^{-1} \Delta' W, \qquad U = W - W \Delta H, \qquad M = I - \Delta H,

the chi-square is a sum of independent chi-squares weighted by the eigenvalues of :math:`U\Gamma`, of which the traces of
:math:`U\Gamma` and its square are taken (Muthén, du Toit & Spisic 1997; Asparouhov & Muthén 2010).

Where :math:`\Gamma` is the sum of C products of cluster sums t, the trace of the square counts each sum with itself,
:math:`(t'Ut)^2`, which adds :math:`\operatorname{tr}^2(U\Gamma) / C` to what it estimates: far from nothing where C is not
much larger than the degrees of freedom. Only products of different clusters are counted.

Indices of fit that the weights do not distort (Savalei 2021) come from the normal-theory discrepancy of the fitted
correlations, :math:`\log|\hat R| - \log|R| + \operatorname{tr}(R \hat R^{-1}) - p`, and from what it is on average,
:math:`\operatorname{tr}(V M \Gamma M') / n` with V the normal-theory weights.

References
----------
Asparouhov, T. & Muthén, B. (2010). Simple second order chi-square correction. Mplus Technical Appendix.
Muthén, B., du Toit, S. H. C. & Spisic, D. (1997). Robust inference using weighted least squares and quadratic estimating
    equations in latent variable modeling with categorical and continuous outcomes. Unpublished technical report.
Savalei, V. (2021). Improving fit indices in structural equation modeling with categorical data. Multivariate Behavioral
    Research 56, 390-407.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...item_responses import FloatArray, IntArray
from ..estimation.solution import RobustTest
from .moments import OrdinalMoments


@dataclass(frozen=True, slots=True, eq=False)
class WeightedMoments:
    """A model at its minimum, as a weighted regression on its parameters.

    Attributes
    ----------
    jacobian : ndarray, shape (n_free, n_moments)
    weight : ndarray, shape (n_moments,)
    """

    jacobian: FloatArray
    weight: FloatArray

    def traces(self, gamma: FloatArray, totals: FloatArray | None, n: int) -> tuple[float, float]:
        """Give the traces of U Gamma and its square; `totals` are the cluster sums that `gamma` consists of."""
        root = np.sqrt(self.weight)
        scaled = gamma * root
        scaled *= root[:, None]
        trace, of_square = float(np.trace(scaled)), float(np.vdot(scaled, scaled))
        slopes = self.jacobian * root
        inverse = np.zeros((0, 0))
        if len(slopes):
            through = slopes @ scaled
            inverse = np.linalg.inv(slopes @ slopes.T).astype(np.float64)
            inner = inverse @ (through @ slopes.T)
            trace -= float(np.trace(inner))
            of_square += float(np.vdot(inner, inner.T)) - 2 * float(np.vdot(inverse @ through, through))
        if totals is not None:
            t = totals * root[:, None]
            own = np.sum(t * (t - slopes.T @ (inverse @ (slopes @ t))), axis=0) * n
            n_clusters = t.shape[1]
            of_square = (of_square - float(own @ own)) * (n_clusters - 1) / n_clusters
        return trace, of_square


def expected_misfit(model: WeightedMoments, gamma: FloatArray, normal_weight: FloatArray) -> float:
    """Give tr(V M Gamma M')."""
    slopes = model.jacobian
    moved = np.linalg.solve((slopes * model.weight) @ slopes.T, slopes * model.weight)
    through = moved @ gamma
    weighted = slopes @ normal_weight
    found = np.vdot(normal_weight, gamma) - 2 * np.vdot(through, weighted)
    return float(found + np.vdot(through @ moved.T, weighted @ slopes.T))


def normal_discrepancy(observed: FloatArray, fitted: FloatArray) -> float:
    """Give the normal-theory discrepancy of two correlation matrices; infinite where either has no inverse."""
    try:
        np.linalg.cholesky(observed)
        np.linalg.cholesky(fitted)
    except np.linalg.LinAlgError:
        return math.inf
    relative = np.linalg.solve(fitted, observed)
    return float(np.trace(relative) - np.linalg.slogdet(relative)[1] - len(observed))


def normal_theory_weight(
    groups: Sequence[OrdinalMoments], fitted: Sequence[FloatArray], places: Sequence[IntArray], n_moments: int
) -> FloatArray:
    r"""Give V, shape (n_moments, n_moments); thresholds have no weight.

    Of the correlations of a group :math:`V_{ij,kl} = P_{ik} P_{jl} + P_{il} P_{jk}`, P the inverse of those fitted, times the
    group's share of the respondents.
    """
    found = np.zeros((n_moments, n_moments))
    n = sum(group.n for group in groups)
    for group, own, place in zip(groups, fitted, places, strict=True):
        inverse = np.linalg.inv(own)
        of_first, of_second = inverse[group.first], inverse[group.second]
        straight = of_first[:, group.first] * of_second[:, group.second]
        crossed = of_first[:, group.second] * of_second[:, group.first]
        found[np.ix_(place, place)] = group.n / n * (straight + crossed)
    return found


def robust_test(
    groups: Sequence[OrdinalMoments],
    fitted: Sequence[FloatArray],
    model: WeightedMoments,
    gamma: FloatArray,
    places: Sequence[IntArray],
) -> RobustTest | str:
    """Give what robust indices of fit are made of, from moments in one vector, or why they cannot be had.

    Parameters
    ----------
    groups : sequence of OrdinalMoments
    fitted : sequence of ndarray, each of shape (n_items, n_items)
        Correlations that the model implies.
    model : WeightedMoments
        Of all groups in one vector.
    gamma : ndarray, shape (n_moments, n_moments)
    places : sequence of ndarray of int64
        The places of each group's correlations in the vector.
    """
    value = baseline_value = baseline_expected = 0.0
    n = sum(group.n for group in groups)
    for group, own, place in zip(groups, fitted, places, strict=True):
        value += group.n * normal_discrepancy(group.correlation, own)
        baseline_value += group.n * normal_discrepancy(group.correlation, np.eye(len(own)))
        baseline_expected += group.n / n * float(np.diagonal(gamma)[place].sum())
    if math.isinf(value):
        return "the polychoric correlations, or those fitted, are not positive definite"
    weight = normal_theory_weight(groups, fitted, places, len(gamma))
    return RobustTest(value, expected_misfit(model, gamma, weight), baseline_value, baseline_expected)
