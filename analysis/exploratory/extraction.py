r"""Extraction: the unrotated loadings of m common factors from a correlation matrix.

The model is :math:`R = \Lambda \Lambda' + \Psi` with a diagonal :math:`\Psi`. For given uniquenesses :math:`\psi` the best
loadings are known in closed form (Joreskog 1967), so that only the p uniquenesses are searched, by Newton's method with
exact second derivatives: some ten eigenvalue problems in all.

*Minres*, which is unweighted least squares (Harman & Jones 1966). With eigenvalues :math:`\theta_k` and eigenvectors
:math:`w_k` of :math:`R - \Psi`, largest first, :math:`\Lambda = W_m \Theta_m^{1/2}`, and what is left is half the sum of
squared residuals (Joreskog 1977, eqs 26-29):

.. math::
   f(\psi) = \tfrac{1}{2} \sum_{k > m} \theta_k^2, \qquad
   \frac{\partial f}{\partial \psi_i} = -\sum_{k > m} \theta_k w_{ik}^2, \qquad
   \frac{\partial^2 f}{\partial \psi_i \partial \psi_j} = \Bigl(\sum_{k > m} w_{ik} w_{jk}\Bigr)^2
   + 2 \sum_{k > m} \sum_{l \le m} \frac{\theta_k}{\theta_k - \theta_l} w_{ik} w_{jk} w_{il} w_{jl}.

*Maximum likelihood* (Lawley & Maxwell 1971, ch. 4; Clarke 1970). With :math:`x = \log \psi`, and eigenvalues and vectors of
:math:`\Psi^{-1/2} R \Psi^{-1/2}`, :math:`\Lambda = \Psi^{1/2} W_m (\Theta_m - I)^{1/2}` and

.. math::
   f(x) = \sum_{k > m} (\theta_k - \log \theta_k - 1), \qquad
   \frac{\partial f}{\partial x_i} = \sum_{k > m} (1 - \theta_k) w_{ik}^2,

.. math::
   \frac{\partial^2 f}{\partial x_i \partial x_j} =
   \Bigl(\sum_{k > m} w_{ik} w_{jk}\Bigr) \Bigl(\sum_{k > m} \theta_k w_{ik} w_{jk}\Bigr)
   + \sum_{k > m} \sum_{l \le m} \frac{(\theta_k - 1)(\theta_k + \theta_l)}{\theta_k - \theta_l}
   w_{ik} w_{jk} w_{il} w_{jl}.

*Principal axis* replaces the diagonal of R by communalities, takes the first m principal components, and repeats with the
communalities they give. It creeps towards the minres solution and is stopped, by custom, well before it.

References
----------
Clarke, M. R. B. (1970). A rapidly convergent method for maximum-likelihood factor analysis. British Journal of
    Mathematical and Statistical Psychology 23, 43-52.
Harman, H. H. & Jones, W. H. (1966). Factor analysis by minimizing residuals (minres). Psychometrika 31, 351-368.
Joreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis. Psychometrika 32, 443-482.
Joreskog, K. G. (1977). Factor analysis by least-squares and maximum-likelihood methods. In Statistical Methods for Digital
    Computers III, 125-153. Wiley.
Lawley, D. N. & Maxwell, A. E. (1971). Factor Analysis as a Statistical Method (2nd ed.). Butterworths.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..item_responses import FloatArray

ExtractionName = Literal["minres", "ml", "pa"]

SMALLEST_UNIQUENESS = 0.005
"""Where the search stops an item whose uniqueness would fall to nought or below; as psych, factanal and factor_analyzer."""

_STEPS = 200
_TIE = 1e-12
_GRADIENT = 1e-9
_AXIS_STEPS = 1000
_RUNAWAY = 10.0
"""A communality of principal axes that is on its way to infinity."""


@dataclass(frozen=True, slots=True, eq=False)
class Extraction:
    """Orthogonal loadings before any rotation.

    Attributes
    ----------
    loadings : ndarray, shape (n_items, n_factors)
        Factors by falling variance; each column sums to nought or more.
    n_supported : int
        Factors of positive variance; fewer than asked for where the correlations have no more.
    converged : bool
    iterations : int
    """

    loadings: FloatArray
    n_supported: int
    converged: bool
    iterations: int


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """What is to be minimised at one set of uniquenesses, with its derivatives."""

    value: float
    gradient: FloatArray
    hessian: FloatArray
    loadings: FloatArray
    n_supported: int


def extract(matrix: FloatArray, n_factors: int, method: ExtractionName, axis_change: float) -> Extraction:
    """Extract factors from a correlation matrix; for "ml" it must be positive definite.

    `axis_change` ends "pa": the communalities together move by less.
    """
    start = starting_uniquenesses(matrix)
    if method == "pa":
        return _principal_axis(matrix, n_factors, 1 - start, axis_change)
    if method == "ml":
        low, high = np.log(SMALLEST_UNIQUENESS), 0.0
        point, converged, iterations = _newton(
            lambda logs: _likelihood(matrix, n_factors, logs), np.log(start), low, high
        )
    else:
        point, converged, iterations = _newton(
            lambda psi: _least_squares(matrix, n_factors, psi), start, SMALLEST_UNIQUENESS, 1.0
        )
    return Extraction(_signed(point.loadings), point.n_supported, converged, iterations)


def used_up(communalities: FloatArray) -> list[int]:
    """Give the places of items whose uniqueness stands at its bound or below.

    At a bound the slope is nought or more, and the slope is what communality and bound together have beyond one: so such a
    communality is one less the bound, or more.
    """
    return [int(place) for place in np.flatnonzero(communalities >= 1 - SMALLEST_UNIQUENESS - 1e-9)]


def starting_uniquenesses(matrix: FloatArray) -> FloatArray:
    """Give one less each squared multiple correlation; less the largest correlation where the matrix has no inverse."""
    values, vectors = np.linalg.eigh(matrix)
    unique = 1 - np.abs(matrix - np.eye(len(matrix))).max(axis=0)
    if values[0] > 1e-8:
        unique = 1 / (vectors**2 / values).sum(axis=1)
    clipped: FloatArray = np.clip(unique, 2 * SMALLEST_UNIQUENESS, 1.0)
    return clipped


def _least_squares(matrix: FloatArray, m: int, psi: FloatArray) -> _Point:
    theta, w = _eigen(matrix - np.diag(psi))
    m = min(m, int((theta > 0).sum()))  # a factor of negative variance is none, and leaves its residual behind
    kept, left, minor = theta[:m], theta[m:], w[:, m:]
    hessian = (minor @ minor.T) ** 2
    hessian += _across(w, m, 2 * left[:, None] / _apart(left[:, None], kept))
    return _Point(
        0.5 * float(left @ left), -(minor**2) @ left, hessian, w[:, :m] * np.sqrt(kept), int((kept > 1e-8).sum())
    )


def _likelihood(matrix: FloatArray, m: int, logs: FloatArray) -> _Point:
    deviations = np.exp(logs / 2)
    theta, w = _eigen(matrix / np.outer(deviations, deviations))
    m = min(m, int((theta > 1).sum()))
    kept, left, minor = theta[:m], theta[m:], w[:, m:]
    hessian = (minor @ minor.T) * ((minor * left) @ minor.T)
    column = left[:, None]
    hessian += _across(w, m, (column - 1) * (column + kept) / _apart(column, kept))
    return _Point(
        float((left - np.log(left) - 1).sum()),
        (minor**2) @ (1 - left),
        hessian,
        deviations[:, None] * w[:, :m] * np.sqrt(kept - 1),
        int((kept > 1 + 1e-8).sum()),
    )


def _eigen(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    values, vectors = np.linalg.eigh(matrix)
    return values[::-1], vectors[:, ::-1]


def _apart(left: FloatArray, kept: FloatArray) -> FloatArray:
    """Give the distance of each minor eigenvalue to each major one, which no tie makes nought: there the curvature is large."""
    apart: FloatArray = np.minimum(left - kept, -_TIE)
    return apart


def _across(w: FloatArray, m: int, weights: FloatArray) -> FloatArray:
    """Sum weights[k, l] w_ik w_jk w_il w_jl over minor k and major l."""
    major, minor = w[:, :m], w[:, m:]
    summed: FloatArray = np.zeros((len(w), len(w)))
    for factor in range(m):
        summed += np.outer(major[:, factor], major[:, factor]) * ((minor * weights[:, factor]) @ minor.T)
    return summed


def _newton(
    evaluate: Callable[[FloatArray], _Point], start: FloatArray, low: float, high: float
) -> tuple[_Point, bool, int]:
    """Minimise between bounds by Newton's method, each step halved until it helps.

    Gives the last point, whether it converged, and the steps.
    """
    x = np.clip(start, low, high)
    point = evaluate(x)
    converged, steps = False, 0
    while steps < _STEPS:
        free = ~(((x <= low) & (point.gradient > 0)) | ((x >= high) & (point.gradient < 0)))
        converged = bool(np.abs(point.gradient[free]).max(initial=0.0) < _GRADIENT)
        if converged:
            break
        direction = np.zeros_like(x)
        direction[free] = _descent(point.hessian[np.ix_(free, free)], point.gradient[free])
        length = 1.0
        while True:
            candidate = np.clip(x + length * direction, low, high)
            trial = evaluate(candidate)
            promised = float(point.gradient @ (candidate - x))
            # Near the minimum the values differ by rounding alone.
            if trial.value <= point.value + 1e-4 * promised + 1e-14 * (1 + abs(point.value)) or length < 1e-10:
                break
            length /= 2
        stuck = bool((np.abs(candidate - x) < 1e-14).all())
        x, point, steps = candidate, trial, steps + 1
        if stuck:
            break
    return point, converged, steps


def _descent(hessian: FloatArray, gradient: FloatArray) -> FloatArray:
    """Give the Newton step; where the surface curves downwards, the step that its mirror image would have."""
    values, vectors = np.linalg.eigh(hessian)
    curvature = np.abs(values)
    curvature = np.maximum(curvature, 1e-6 * curvature.max(initial=1.0))
    step: FloatArray = -vectors @ ((vectors.T @ gradient) / curvature)
    longest = np.abs(step).max(initial=0.0)
    return step if longest <= 1 else step / longest


def _principal_axis(matrix: FloatArray, m: int, communalities: FloatArray, change: float) -> Extraction:
    reduced = matrix.copy()
    loadings = np.zeros((len(matrix), m))
    converged, steps = False, 0
    while not converged and steps < _AXIS_STEPS and communalities.max() < _RUNAWAY:
        np.fill_diagonal(reduced, communalities)
        theta, w = _eigen(reduced)
        loadings = w[:, :m] * np.sqrt(np.maximum(theta[:m], 0.0))
        before, communalities = communalities, (loadings**2).sum(axis=1)
        converged = bool(abs(communalities.sum() - before.sum()) < change)
        steps += 1
    supported = int(((loadings**2).sum(axis=0) > 1e-8).sum())
    return Extraction(_signed(loadings), supported, converged, steps)


def _signed(loadings: FloatArray) -> FloatArray:
    """Give each column the sign in which it sums to more than nought: eigenvectors come with either."""
    signed: FloatArray = loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return signed
