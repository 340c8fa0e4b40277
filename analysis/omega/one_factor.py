r"""One factor behind all items, by maximum likelihood or by (weighted) least squares.

The model is :math:`\Sigma = \lambda \lambda' + \Theta`, with :math:`\Theta` diagonal and a factor of variance one.

*Maximum likelihood* of a covariance matrix S minimises :math:`F = \log|\Sigma| + \operatorname{tr}(S \Sigma^{-1})`. With
:math:`V = \Sigma^{-1}`, :math:`W = V S V` and :math:`\Omega = V - W` (Jöreskog 1967; Bollen 1989, appendix 4C),

.. math:: \frac{\partial F}{\partial \lambda} = 2 \Omega \lambda, \qquad
   \frac{\partial F}{\partial \theta} = \operatorname{diag} \Omega, \tag{1}

and the second derivatives follow from :math:`\partial^2 F / \partial a \partial b = \operatorname{tr}(\Omega
\Sigma_{ab}) + \operatorname{tr}(V \Sigma_a (2 W - V) \Sigma_b)`, symmetrised; with S replaced by :math:`\Sigma` they are
the expected information. The estimates do not depend on the units of the items, so the work is done on correlations.

*Least squares* of a correlation matrix R minimises, over pairs of items, :math:`\frac12 \sum_{i<j} w_{ij} (r_{ij} -
\lambda_i \lambda_j)^2`: unweighted least squares (minres) where every weight is one, and diagonally weighted least squares
(DWLS, the estimates of WLSMV) where R is polychoric and :math:`1 / w_{ij}` the sampling variance of :math:`r_{ij}`
(Muthén, du Toit & Spisic 1997). Thresholds are free and fit exactly, so they take no part.

Both go by Newton steps, halved until they lead down. *Many matrices*, such as those of a bootstrap, are all near
their mean: there every one takes the inverse Hessian of the mean as its own (the chord method). As :math:`V = D -
\kappa a a'` with :math:`D = \Theta^{-1}`, :math:`a = D \lambda` and :math:`\kappa = 1 / (1 + \lambda' D \lambda)`, a step then
costs one product :math:`S a`:

.. math:: W \lambda = \kappa (D - \kappa a a') S a, \qquad
   \operatorname{diag} W = D^2 s - 2 \kappa D a (S a) + \kappa^2 a^2 (a' S a). \tag{2}

Of a single matrix a uniqueness may come out negative (Heywood), which is for the caller to judge. In a stack it is held at
nought, where the factor is the item itself and the rest follows in closed form, so that a statistic of every resample
exists.

References
----------
Bollen, K. A. (1989). Structural equations with latent variables. Wiley.
Jöreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis. Psychometrika 32, 443-482.
Muthén, B., du Toit, S. H. C. & Spisic, D. (1997). Robust inference using weighted least squares and quadratic estimating
    equations in latent variable modeling with categorical and continuous outcomes. Unpublished technical report.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..item_responses import FloatArray, IntArray

_ARRIVED = 1e-9
"""A Newton step shorter than this, of standardized loadings, leaves an error of about its square."""

_MOST_STEPS = 100
_MOST_CHORDS = 40

Value = Callable[[FloatArray, IntArray], FloatArray]
Slopes = Callable[[FloatArray, IntArray], tuple[FloatArray, FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True, eq=False)
class OneFactor:
    """Estimates of a one-factor model.

    Attributes
    ----------
    loadings, uniquenesses : ndarray, shape (n_items,)
        In the units of the matrix that was given. The loadings add up to a positive number.
    converged : bool
    iterations : int
        Newton steps.
    """

    loadings: FloatArray
    uniquenesses: FloatArray
    converged: bool
    iterations: int


def fit_by_likelihood(covariance: FloatArray) -> OneFactor:
    """Fit one factor to a positive definite covariance matrix of at least three items by maximum likelihood."""
    p = len(covariance)
    scale = np.sqrt(np.diagonal(covariance))
    r = covariance / np.outer(scale, scale)
    start = np.clip(fit_by_least_squares(r, np.ones_like(r)).loadings, -0.95, 0.95)
    x, converged, iterations = _descend_likelihood(r[None], np.concatenate((start, 1 - start**2))[None])
    return OneFactor(_upwards(x[0, :p]) * scale, x[0, p:] * scale**2, bool(converged[0]), iterations)


def fit_by_least_squares(correlation: FloatArray, weights: FloatArray) -> OneFactor:
    """Fit one factor to the correlations of at least three items; `weights` is symmetric and its diagonal is not read."""
    weights = weights / weights[np.triu_indices(len(weights), 1)].mean()
    np.fill_diagonal(weights, 0.0)

    def value(x: FloatArray, at: IntArray) -> FloatArray:
        height: FloatArray = (weights * (correlation - _products(x, x)) ** 2).sum(axis=(1, 2)) / 4
        return height

    def slopes(x: FloatArray, at: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        product = _products(x, x)
        rest = weights * (correlation - product)
        positive = (x**2 @ weights)[:, :, None] * np.eye(len(weights)) + weights * product
        return -_times(rest, x), positive - rest, positive

    reduced = correlation - np.eye(len(correlation))
    np.fill_diagonal(reduced, np.abs(reduced).max(axis=0))
    values, vectors = np.linalg.eigh(reduced)
    start = vectors[:, -1] * np.sqrt(max(values[-1], 0.0))
    x, converged, iterations = _descend(value, slopes, start[None])
    loadings = _upwards(x[0])
    return OneFactor(loadings, 1 - loadings**2, bool(converged[0]), iterations)


def fit_each_by_likelihood(covariances: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit one factor to each matrix of a stack, quickly where they resemble one another, with no uniqueness below nought.

    Parameters
    ----------
    covariances : ndarray, shape (m, n_items, n_items)
        Of at least three items.

    Returns
    -------
    loadings, uniquenesses : ndarray, shape (m, n_items)
        NaN where a matrix has an entry that is not finite or an item without variance.
    """
    m, p = covariances.shape[:2]
    loadings, uniquenesses = np.full((m, p), np.nan), np.full((m, p), np.nan)
    variances = np.diagonal(covariances, axis1=1, axis2=2)
    usable = np.isfinite(covariances).all(axis=(1, 2)) & (variances > 0).all(axis=1)
    if usable.any():
        given = covariances if usable.all() else covariances[usable]
        scale = np.sqrt(variances[usable])
        x = _fit_alike(given, scale)
        turned = np.where(x[:, :p].sum(axis=1, keepdims=True) < 0, -x[:, :p], x[:, :p])
        loadings[usable], uniquenesses[usable] = turned * scale, x[:, p:] * scale**2
    return loadings, uniquenesses


def _fit_alike(covariances: FloatArray, scale: FloatArray) -> FloatArray:
    """Give standardized loadings and uniquenesses, shape (m, 2 n_items), from a start in the middle of the matrices."""
    m, p = scale.shape
    mean = covariances.mean(axis=0)
    unit = np.sqrt(np.diagonal(mean))
    middle = fit_by_likelihood(mean)
    centre = np.concatenate((middle.loadings / unit, middle.uniquenesses / unit**2))
    inverse = np.linalg.pinv(_likelihood_slopes(mean / np.outer(unit, unit), centre)[1])
    x = np.repeat(centre[None], m, axis=0)
    arrived = np.zeros(m, dtype=bool)
    with np.errstate(all="ignore"):  # a matrix unlike the others may be led astray
        for _ in range(_MOST_CHORDS):
            step = -_likelihood_gradients(covariances, scale, x) @ inverse
            x += step
            arrived = np.abs(step).max(axis=1) < _ARRIVED
            if arrived.all():
                break
    late = np.flatnonzero(~arrived)
    if len(late):
        alone = covariances[late] / _products(scale[late], scale[late])
        x[late], arrived[late], _ = _descend_likelihood(alone, np.repeat(centre[None], len(late), axis=0))
    outside = np.flatnonzero(~arrived | (x[:, p:] < 0).any(axis=1))
    if len(outside):
        x[outside] = _at_an_item(covariances[outside] / _products(scale[outside], scale[outside]))
    return x


def _at_an_item(r: FloatArray) -> FloatArray:
    """Give the best fit among those where the factor is one of the items, shape (m, 2 n_items).

    With the uniqueness of item i at nought the others load on the factor by their correlations with i, and F is the sum of
    the logarithms of what is left of them, but for a constant.
    """
    left = np.maximum(1 - r**2, np.finfo(float).tiny) + np.eye(r.shape[-1])
    item = np.log(left).sum(axis=-1).argmin(axis=-1)
    loadings = np.take_along_axis(r, item[:, None, None], axis=1)[:, 0]
    return np.concatenate((loadings, 1 - loadings**2), axis=1)


def _likelihood_gradients(covariances: FloatArray, scale: FloatArray, x: FloatArray) -> FloatArray:
    """Give the gradient of (1) for the correlations of each matrix by (2), shape (m, 2 n_items)."""
    p = scale.shape[1]
    loadings, precision = x[:, :p], 1 / x[:, p:]
    a = precision * loadings
    kappa = 1 / (1 + (loadings * a).sum(axis=1, keepdims=True))
    product = _times(covariances, a / scale) / scale
    along = (a * product).sum(axis=1, keepdims=True)
    of_loadings = 2 * kappa * (a - precision * product + kappa * a * along)
    diagonal_v = precision - kappa * a**2
    diagonal_w = precision**2 - 2 * kappa * precision * a * product + kappa**2 * a**2 * along
    return np.concatenate((of_loadings, diagonal_v - diagonal_w), axis=1)


def _descend_likelihood(r: FloatArray, start: FloatArray) -> tuple[FloatArray, NDArray[np.bool_], int]:
    return _descend(lambda x, at: _likelihood_value(r[at], x), lambda x, at: _likelihood_slopes(r[at], x), start)


def _likelihood_value(r: FloatArray, x: FloatArray) -> FloatArray:
    """Give F, shape (m,): infinite where the model's matrix is not positive definite."""
    p = r.shape[-1]
    loadings, uniquenesses = x[:, :p], x[:, p:]
    with np.errstate(all="ignore"):
        a = loadings / uniquenesses
        spread = 1 + (loadings * a).sum(axis=1)
        negative = (uniquenesses < 0).sum(axis=1)
        log_determinant = np.log(np.abs(uniquenesses)).sum(axis=1) + np.log(np.abs(spread))
        trace = (1 / uniquenesses).sum(axis=1) - (a * _times(r, a)).sum(axis=1) / spread
        proper = (negative == 0) | ((negative == 1) & (spread < 0))
        height: FloatArray = np.where(proper, log_determinant + trace, np.inf)
    return height


def _likelihood_slopes(r: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give the gradient of (1), its derivative, and what that is on average, with any leading dimensions."""
    p = r.shape[-1]
    loadings = x[..., :p]
    v = np.asarray(np.linalg.inv(_products(loadings, loadings) + x[..., p:, None] * np.eye(p)), dtype=np.float64)
    w = v @ r @ v
    of_uniquenesses = np.diagonal(v - w, axis1=-2, axis2=-1)
    gradient = np.concatenate((2 * _times(v - w, loadings), of_uniquenesses), axis=-1)
    return gradient, _likelihood_curvature(v, w, loadings), _likelihood_curvature(v, v, loadings)


def _likelihood_curvature(v: FloatArray, w: FloatArray, loadings: FloatArray) -> FloatArray:
    """Give the second derivatives in loadings and uniquenesses, shape (..., 2 n_items, 2 n_items)."""
    vl, wl = _times(v, loadings), _times(w, loadings)
    along_v, along_w = ((loadings * product).sum(axis=-1)[..., None, None] for product in (vl, wl))
    cross = _products(vl, wl)
    of_loadings = 2 * (cross + np.swapaxes(cross, -1, -2) - _products(vl, vl) + v * along_w + w * along_v)
    of_loadings += 2 * (v - w - v * along_v)
    mixed = 2 * (v * wl[..., None, :] + w * vl[..., None, :] - v * vl[..., None, :])
    of_uniquenesses = 2 * v * w - v**2
    upper = np.concatenate((of_loadings, mixed), axis=-1)
    lower = np.concatenate((np.swapaxes(mixed, -1, -2), of_uniquenesses), axis=-1)
    return np.concatenate((upper, lower), axis=-2)


def _descend(value: Value, slopes: Slopes, start: FloatArray) -> tuple[FloatArray, NDArray[np.bool_], int]:
    """Go down from every start, shape (m, n), by Newton steps; say which arrived, and how many steps the slowest took.

    Where a function is not convex, the second matrix of `slopes`, which never bends downwards, stands in for the first.
    """
    x, arrived = start.copy(), np.zeros(len(start), dtype=bool)
    moving, iterations = np.arange(len(start)), 0
    height = value(x, moving)
    while len(moving) and iterations < _MOST_STEPS:
        iterations += 1
        gradient, curvature, positive = slopes(x[moving], moving)
        step = -_solve(np.where(_convex(curvature)[:, None, None], curvature, positive), gradient)
        longest = np.abs(step).max(axis=1)
        share = np.minimum(1.0, 1.0 / np.maximum(longest, 1.0))
        higher = np.arange(len(moving))
        for _ in range(40):
            there = x[moving[higher]] + share[higher, None] * step[higher]
            reached = value(there, moving[higher])
            # So near that the heights differ by rounding only, every step is taken.
            down = (reached <= height[moving[higher]]) | (longest[higher] < 1e-6)
            x[moving[higher[down]]], height[moving[higher[down]]] = there[down], reached[down]
            higher = higher[~down]
            if not len(higher):
                break
            share[higher] /= 2
        near = longest < _ARRIVED
        arrived[moving[near]] = True
        near[higher] = True  # no way down: left where it is
        moving = moving[~near]
    return x, arrived, iterations


def _convex(curvature: FloatArray) -> NDArray[np.bool_]:
    try:
        np.linalg.cholesky(curvature)
    except np.linalg.LinAlgError:
        positive: NDArray[np.bool_] = np.linalg.eigvalsh(curvature)[:, 0] > 0
        return positive
    return np.ones(len(curvature), dtype=bool)


def _solve(curvature: FloatArray, gradient: FloatArray) -> FloatArray:
    """Solve with a ridge far below the precision wanted, without which loadings of nought leave no inverse."""
    mean = np.trace(curvature, axis1=1, axis2=2) / curvature.shape[1]
    ridge = (1e-13 * mean + np.finfo(float).tiny)[:, None, None] * np.eye(curvature.shape[1])
    return np.linalg.solve(curvature + ridge, gradient[:, :, None])[:, :, 0]


def _products(first: FloatArray, second: FloatArray) -> FloatArray:
    """Give the outer product of the last dimension of two arrays."""
    return first[..., :, None] * second[..., None, :]


def _times(matrix: FloatArray, vector: FloatArray) -> FloatArray:
    """Give the product of each matrix of a stack with its vector."""
    product: FloatArray = (matrix @ vector[..., None])[..., 0]
    return product


def _upwards(loadings: FloatArray) -> FloatArray:
    return -loadings if loadings.sum() < 0 else loadings
