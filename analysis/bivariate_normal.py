r"""The bivariate normal distribution on grids of thresholds, for many correlations at once, to 1e-15.

Of two standard normal variables with correlation :math:`r`, let :math:`\Phi_2(h, k; r)` be the probability that the first
is at most h and the second at most k. Since :math:`\partial \Phi_2 / \partial r` is the density (Plackett 1954),

.. math:: \Phi_2(h, k; r) = \Phi(h)\Phi(k) + \frac{1}{2\pi} \int_0^{\arcsin r}
   \exp\left(-\frac{h^2 + k^2 - 2 h k \sin\theta}{2 \cos^2\theta}\right) d\theta

(Drezner & Wesolowsky 1990; Genz 2004, eq. 3). The integrand is smooth and Gauss-Legendre of 6, 12 or 20 points gives
sixteen digits while :math:`|r| < 0.925`. Beyond, the integral is taken from :math:`s = \operatorname{sign} r` inwards,

.. math:: \Phi_2(h, k; r) = \Phi_2(h, k; s) - \frac{s}{2\pi} \int_0^{\sqrt{1 - r^2}}
   \exp\left(-\frac{(h - s k)^2}{2 x^2}\right) \frac{\exp(-s h k / (1 + \sqrt{1 - x^2}))}{\sqrt{1 - x^2}} \, dx,

where the second factor is :math:`e^{-s h k / 2} (1 + c x^2 + c d x^4 + \dots)` with :math:`c = (4 - s h k) / 8` and
:math:`d = (12 - s h k) / 16`: the first terms are integrated exactly and the rest by quadrature (Genz 2004, eqs 4-6).

References
----------
Drezner, Z. & Wesolowsky, G. O. (1990). On the computation of the bivariate normal integral. Journal of Statistical
    Computation and Simulation 35, 101-107.
Genz, A. (2004). Numerical computation of rectangular bivariate and trivariate normal and t probabilities. Statistics and
    Computing 14, 251-260.
Plackett, R. L. (1954). A reduction formula for normal multivariate integrals. Biometrika 41, 351-360.
"""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from .errors import AnalysisError
from .item_responses import FloatArray

FAR = 40.0
"""A normal variable lies beyond this with a probability below the smallest double: it stands for infinity."""

_NEAR_ONE = 0.925
_BANDS = ((0.3, 6), (0.75, 12), (_NEAR_ONE, 20))
"""Up to which |r| how many Gauss-Legendre points leave an error below 1e-15."""

_RULES = {points: np.polynomial.legendre.leggauss(points) for _, points in _BANDS}


def bivariate_normal_cdf(h: ArrayLike, k: ArrayLike, r: ArrayLike) -> FloatArray:
    r"""Give :math:`\Phi_2(h, k; r)`, elementwise with broadcasting.

    Parameters
    ----------
    h, k : array_like
        Upper limits; infinite ones are allowed.
    r : array_like
        Correlations from -1 to 1, both included.

    Returns
    -------
    ndarray of float64
        Probabilities, exact to 1e-15 (absolute); NaN where a limit is NaN.

    Raises
    ------
    AnalysisError
        Where a correlation is not from -1 to 1.

    Examples
    --------
    >>> print(bivariate_normal_cdf(0.0, 0.0, [-1.0, 0.0, 0.5, 1.0]).round(6))
    [0.       0.25     0.333333 0.5     ]
    """
    h, k, r = np.broadcast_arrays(*(np.asarray(given, dtype=np.float64) for given in (h, k, r)))
    if not np.all(np.abs(r) <= 1):
        raise AnalysisError("a correlation lies from -1 to 1")
    shape, (h, k, r) = r.shape, (h.reshape(-1, 1), k.reshape(-1, 1), r.ravel())
    independent = special.ndtr(h) * special.ndtr(k)
    found = independent + excess_over_independence(h, k, r)[:, :, 0]
    return np.clip(found, 0.0, 1.0).reshape(shape)


def excess_over_independence(h: FloatArray, k: FloatArray, r: FloatArray) -> FloatArray:
    r"""Give :math:`\Phi_2(h, k; r) - \Phi(h)\Phi(k)` on the grid of each correlation.

    Parameters
    ----------
    h : ndarray, shape (m, a)
    k : ndarray, shape (m, b)
    r : ndarray, shape (m,)
        From -1 to 1.

    Returns
    -------
    ndarray, shape (m, a, b)
    """
    h, k = np.clip(h, -FAR, FAR), np.clip(k, -FAR, FAR)
    size = np.abs(r)
    excess = np.empty((len(r), h.shape[1], k.shape[1]))
    lowest = -1.0
    for highest, points in _BANDS:
        band = np.flatnonzero((size > lowest) & (size <= highest))
        if len(band):
            excess[band] = _from_independence(h[band], k[band], r[band], points)
        lowest = highest
    near = np.flatnonzero(size > _NEAR_ONE)
    if len(near):
        independent = special.ndtr(h[near])[:, :, None] * special.ndtr(k[near])[:, None, :]
        excess[near] = _from_one(h[near][:, :, None], k[near][:, None, :], r[near][:, None, None]) - independent
    return excess


def density_and_slope(h: FloatArray, k: FloatArray, r: FloatArray) -> tuple[FloatArray, FloatArray]:
    r"""Give the bivariate density and its derivative in r, for shapes as in `excess_over_independence`, |r| < 1.

    The density is itself the derivative of :math:`\Phi_2` in r.
    """
    h, k = np.clip(h, -FAR, FAR), np.clip(k, -FAR, FAR)
    r = r[:, None, None]
    products = h[:, :, None] * k[:, None, :]
    squares = (h**2)[:, :, None] + (k**2)[:, None, :]
    rest = 1 - r**2
    density = np.exp((r * products - squares / 2) / rest) / (2 * math.pi * np.sqrt(rest))
    slope = density * (r / rest + ((1 + r**2) * products - r * squares) / rest**2)
    return density, slope


def _from_independence(h: FloatArray, k: FloatArray, r: FloatArray, points: int) -> FloatArray:
    nodes, weights = _RULES[points]
    angle = np.arcsin(r)
    theta = angle[:, None] / 2 * (1 + nodes)
    sine, inverse = np.sin(theta), 1 / np.cos(theta) ** 2
    products = h[:, :, None] * k[:, None, :]
    halves = ((h**2)[:, :, None] + (k**2)[:, None, :]) / 2
    total, integrand = np.zeros_like(products), np.empty_like(products)
    for node in range(points):  # one pass a node keeps the grid in the processor's cache
        np.multiply(products, sine[:, node, None, None], out=integrand)
        integrand -= halves
        integrand *= inverse[:, node, None, None]
        np.exp(integrand, out=integrand)
        integrand *= weights[node]
        total += integrand
    total *= (angle / (4 * math.pi))[:, None, None]
    return total


def _from_one(h: FloatArray, k: FloatArray, r: FloatArray) -> FloatArray:
    """Integrate inwards from a correlation of one, or of minus one, where the other variable is turned round."""
    turned = r < 0
    other = np.where(turned, -k, k)
    full = np.where(turned, np.maximum(special.ndtr(h) - special.ndtr(other), 0.0), special.ndtr(np.minimum(h, k)))
    hk, squared = h * other, (h - other) ** 2
    # At exactly one the integral is empty; the tiny width only avoids nought by nought.
    rest = np.maximum((1 - np.abs(r)) * (1 + np.abs(r)), 1e-200)
    width, apart = np.sqrt(rest), np.sqrt(squared)
    c, d = (4 - hk) / 8, (12 - hk) / 16
    integral = (
        width
        * np.exp(-(squared / rest + hk) / 2)
        * (1 - c * (squared - rest) * (1 - d * squared / 5) / 3 + c * d * rest**2 / 5)
    )
    tail = np.exp(-hk / 2 + special.log_ndtr(-apart / width)) * math.sqrt(2 * math.pi)
    integral -= tail * apart * (1 - c * squared * (1 - d * squared / 5) / 3)
    for node, weight in zip(*_RULES[20], strict=True):
        x2 = (width / 2 * (1 + node)) ** 2
        root = np.sqrt(1 - x2)
        remainder = np.exp(-hk * (1 - root) / (2 * (1 + root))) / root - (1 + c * x2 * (1 + d * x2))
        integral += width / 2 * weight * np.exp(-(squared / x2 + hk) / 2) * remainder
    found: FloatArray = full + np.where(turned, integral, -integral) / (2 * math.pi)
    return found
