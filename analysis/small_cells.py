r"""Cells of a bivariate normal that are too small to be a difference of probabilities near one.

A cell's probability is a difference of four values of :math:`\Phi_2`, each known to some 1e-16, so that a cell of 1e-13 is known
to three digits and its logarithm wanders. Answers in such cells do occur: half the respondents of a survey may answer in a
straight line, which makes correlations of 0.96, and a few give two opposite answers. There the cell is integrated instead,

.. math:: \pi = \int_{a}^{b} \varphi(x) \left[\Phi\!\left(\frac{d - \rho x}{\sqrt{1 - \rho^2}}\right)
   - \Phi\!\left(\frac{c - \rho x}{\sqrt{1 - \rho^2}}\right)\right] dx,                                              (1)

by Gauss and Legendre's rule, over the part of (a, b) that counts, with the bracket taken in whichever tail it lies.
"""

import math

import numpy as np
from scipy import special

from .bivariate_normal import FAR
from .item_responses import FloatArray, IntArray

KNOWN_FROM = 1e-8
"""Cells down to here are differences good to eight digits."""

_TURNS = 50
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)


def sharpen(
    cells: FloatArray, counts: FloatArray | IntArray, first: FloatArray, second: FloatArray, rho: FloatArray
) -> None:
    """Replace, in place, those cells below `KNOWN_FROM` in which somebody answered.

    Parameters
    ----------
    cells, counts : ndarray, shape (n_pairs, k, k)
        Probabilities as differences, and how many answered there.
    first, second : ndarray, shape (n_pairs, k - 1)
        Thresholds, from -FAR to FAR.
    rho : ndarray, shape (n_pairs,)
        Between -1 and 1.
    """
    pair, row, column = np.nonzero((cells < KNOWN_FROM) & (counts > 0) & (np.abs(rho) < 1)[:, None, None])
    if pair.size:
        ends = ((0, 0), (1, 1))
        rows = np.pad(first, ends, constant_values=((0.0, 0.0), (-FAR, FAR)))
        columns = np.pad(second, ends, constant_values=((0.0, 0.0), (-FAR, FAR)))
        between = rows[pair, row], rows[pair, row + 1], columns[pair, column], columns[pair, column + 1]
        cells[pair, row, column] = np.maximum(integrated_cell(*between, rho[pair]), np.finfo(float).tiny)


def integrated_cell(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray, rho: FloatArray) -> FloatArray:
    """Give (1) for rectangles (a, b) x (c, d), all of shape (m,)."""
    root = np.sqrt(1 - rho**2)
    # Log-concave with a curvature of at least one, the integrand has nothing left nine away from where it is greatest, which
    # is near the rectangle's point of greatest density: that one is climbed to in x and y by turns.
    peak = np.clip(0.0, a, b)
    for _ in range(_TURNS):
        peak = np.clip(rho * np.clip(rho * peak, c, d), a, b)
    low, high = np.maximum(a, peak - 9), np.minimum(b, peak + 9)
    total = np.zeros_like(rho)
    for start, end in ((low, peak), (peak, high)):
        x = start[:, None] + (end - start)[:, None] * (1 + _NODES) / 2
        upper = (d[:, None] - rho[:, None] * x) / root[:, None]
        lower = (c[:, None] - rho[:, None] * x) / root[:, None]
        above = lower > 0
        share = np.where(above, special.ndtr(-lower) - special.ndtr(-upper), special.ndtr(upper) - special.ndtr(lower))
        integrand = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi) * share
        total += (end - start) / 2 * (integrand @ _WEIGHTS)
    return total
