r"""Two-step maximum likelihood of polychoric correlations, all pairs of items at once, from tables of counts.

Answers are taken to be cuts of standard normal variables. Step one gives the thresholds of each item from its own
frequencies, :math:`\tau_a = \Phi^{-1}(n_{\le a} / n)`. Step two maximises, for each pair,

.. math:: \ell(\rho) = \sum_{ab} n_{ab} \log \pi_{ab}(\rho), \qquad
   \pi_{ab} = \Phi_2(\tau_a, \tau_b) - \Phi_2(\tau_{a-1}, \tau_b) - \Phi_2(\tau_a, \tau_{b-1}) + \Phi_2(\tau_{a-1}, \tau_{b-1})

(Olsson 1979, eqs 4-6 with the thresholds held). Derivatives of :math:`\Phi_2` in :math:`\rho` are the density and its slope,
so that the score and the observed information cost little beside :math:`\pi`. Newton steps are kept between the two
correlations at which the score was last seen to point up and down; where the log-likelihood is not concave the expected
information takes the place of the observed one. Every pair steps at the same time, and those that have arrived leave.

The start is the Pearson correlation of the answers divided by what cutting takes from it at :math:`\rho = 0`, where a
category number correlates :math:`\sum_a \varphi(\tau_a) / s` with its variable.

References
----------
Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient. Psychometrika 44, 443-460.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .bivariate_normal import FAR, density_and_slope, excess_over_independence
from .item_responses import FloatArray, IntArray
from .small_cells import sharpen

_LIMIT = 1 - 1e-7
"""A score that still points outwards here belongs to a likelihood that grows up to a correlation of one."""

_FLAT = 1e-7
"""Information a respondent, per (1 - rho**2)**2, below which the likelihood has stopped changing. Where an empty cell lets
it grow up to a correlation of one it does so by less than can be computed, long before one."""

_ARRIVED = 1e-6
"""Newton converges quadratically: after a step of this share of 1 - rho**2 the error left is about its square."""

SMALLEST_CELL = 1e-17
"""Cell probabilities are differences of numbers near one, so that none is known below this. Where somebody answered they are
integrated instead (`small_cells.py`)."""

_MOST_STEPS = 100

_BLOCK = 4096
"""Pairs worked on together, so that memory does not grow with the square of the number of items."""


@dataclass(frozen=True, slots=True, eq=False)
class Maxima:
    """Where each pair's likelihood is greatest.

    Attributes
    ----------
    correlation : ndarray, shape (n_pairs,)
        Exactly 1 or -1 where the likelihood grows up to there.
    converged : ndarray of bool, shape (n_pairs,)
    iterations : int
        Steps that the slowest pair took.
    """

    correlation: FloatArray
    converged: NDArray[np.bool_]
    iterations: int


def thresholds_of(frequencies: NDArray[np.float64] | IntArray) -> FloatArray:
    """Give the thresholds between categories, shape (..., k - 1), from counts of answers, shape (..., k).

    Before the first category that was used they are minus infinity, and after the last infinity.

    Examples
    --------
    >>> thresholds_of(np.array([0, 50, 0, 50])).tolist()
    [-inf, 0.0, 0.0]
    """
    counts = np.asarray(frequencies, dtype=np.float64)
    cumulative = np.cumsum(counts, axis=-1)
    thresholds: FloatArray = special.ndtri(cumulative[..., :-1] / cumulative[..., -1:])
    return thresholds


def maximise_pairs(tables: FloatArray, first: FloatArray, second: FloatArray) -> Maxima:
    """Maximise the likelihood of every table in its correlation.

    Parameters
    ----------
    tables : ndarray, shape (n_pairs, k, k)
        Counts; rows are the categories of the first item of the pair.
    first, second : ndarray, shape (n_pairs, k - 1)
        Thresholds of the two items.
    """
    first, second = np.clip(first, -FAR, FAR), np.clip(second, -FAR, FAR)
    blocks = [
        _maximise(tables[start : start + _BLOCK], first[start : start + _BLOCK], second[start : start + _BLOCK])
        for start in range(0, len(tables), _BLOCK)
    ]
    return Maxima(
        np.concatenate([block.correlation for block in blocks]),
        np.concatenate([block.converged for block in blocks]),
        max(block.iterations for block in blocks),
    )


def cell_probabilities(first: FloatArray, second: FloatArray, correlation: FloatArray) -> FloatArray:
    """Give the probability of each pair of answers, shape (n_pairs, k, k), from thresholds as in `maximise_pairs`."""
    independent = _margin(first)[:, :, None] * _margin(second)[:, None, :]
    return independent + into_cells(excess_over_independence(first, second, correlation))


def _maximise(tables: FloatArray, first: FloatArray, second: FloatArray) -> Maxima:
    counts = np.asarray(tables, dtype=np.float64)
    n = counts.sum(axis=(1, 2))
    independent = _margin(first)[:, :, None] * _margin(second)[:, None, :]
    rho = _start(counts, first, second)
    low, high = np.full(len(rho), -1.0), np.full(len(rho), 1.0)
    converged = np.zeros(len(rho), dtype=bool)
    active, iterations = np.arange(len(rho)), 0
    while len(active) and iterations < _MOST_STEPS:
        iterations += 1
        # With every pair still under way, as at first, a view saves copying all of them.
        at = slice(None) if len(active) == len(rho) else active
        here, observed = rho[at].copy(), counts[at]
        density, slope = density_and_slope(first[at], second[at], here)
        cells = independent[at] + into_cells(excess_over_independence(first[at], second[at], here))
        np.maximum(cells, SMALLEST_CELL, out=cells)
        sharpen(cells, observed, first[at], second[at], here)
        change = into_cells(density)
        ratio = observed / cells
        weighted = ratio * change
        score = weighted.sum(axis=(1, 2))
        change /= cells
        weighted *= change
        information = weighted.sum(axis=(1, 2)) - (ratio * into_cells(slope)).sum(axis=(1, 2))
        convex = ~(information > 0)
        if convex.any():
            expected = (cells[convex] * change[convex] ** 2).sum(axis=(1, 2)) * n[at][convex]
            information[convex] = np.maximum(expected, np.finfo(float).tiny)
        low[at] = np.where(score >= 0, here, low[at])
        high[at] = np.where(score <= 0, here, high[at])
        step = score / information
        following = _kept_between(here, here + step, low[at], high[at])
        rho[at] = following
        scale = 1 - here**2
        flat = (information * scale**2 < _FLAT * n[at]) & (np.abs(score) * scale < _FLAT * n[at])
        arrived = (np.abs(step) < _ARRIVED * scale) | (np.abs(following) > _LIMIT) | flat
        converged[active[arrived]] = True
        active = active[~arrived]
    near = np.flatnonzero(np.abs(rho) > 0.9)
    if len(near):
        end = np.sign(rho[near])
        limits = (counts[near], first[near], second[near])
        grows = _log_likelihood(*limits, end) >= _log_likelihood(*limits, rho[near]) - 1e-12 * n[near]
        rho[near[grows]] = end[grows]
    return Maxima(rho, converged, iterations)


def _log_likelihood(counts: FloatArray, first: FloatArray, second: FloatArray, rho: FloatArray) -> FloatArray:
    cells = np.maximum(cell_probabilities(first, second, rho), SMALLEST_CELL)
    sharpen(cells, counts, first, second, rho)
    found: FloatArray = (counts * np.log(cells)).sum(axis=(1, 2))
    return found


def _kept_between(here: FloatArray, wanted: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Take a step that stays between the bounds, and goes no more than part of the way to a correlation of one."""
    bound = np.where(wanted > here, high, low)
    open_end = np.abs(bound) == 1  # no correlation at which the score was seen
    # Close to one, distance to it is what matters: there, come ten times nearer at a time.
    part = np.where(open_end & (np.abs(here) > 0.9), 0.9, 0.5)
    furthest = here + part * (bound - here)
    allowed = np.where(open_end, furthest, bound)
    kept: FloatArray = np.where(np.abs(wanted - here) < np.abs(allowed - here), wanted, furthest)
    return kept


def _start(counts: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    categories = np.arange(counts.shape[1], dtype=np.float64)
    n = counts.sum(axis=(1, 2))
    rows, columns = counts.sum(axis=2), counts.sum(axis=1)
    mean_first, mean_second = rows @ categories / n, columns @ categories / n
    var_first, var_second = rows @ categories**2 / n - mean_first**2, columns @ categories**2 / n - mean_second**2
    covariance = (counts @ categories) @ categories / n - mean_first * mean_second
    gain = _density(first).sum(axis=1) * _density(second).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        # The correction is exact to first order in rho; beyond 0.9 it overshoots, and Pearson's own is nearer.
        start = covariance / gain
        pearson = covariance / np.sqrt(var_first * var_second)
    start = np.where(np.isfinite(start) & (np.abs(start) < 0.9), start, pearson)
    within: FloatArray = np.clip(np.nan_to_num(start), -0.95, 0.95)
    return within


def _density(thresholds: FloatArray) -> FloatArray:
    density: FloatArray = np.exp(-(thresholds**2) / 2) / math.sqrt(2 * math.pi)
    return density


def _margin(thresholds: FloatArray) -> FloatArray:
    """Give the probability of each category, shape (n_pairs, k)."""
    below = special.ndtr(thresholds)
    ends = ((0, 0), (1, 1))
    return np.diff(np.pad(below, ends, constant_values=((0.0, 0.0), (0.0, 1.0))), axis=1)


def into_cells(grid: FloatArray) -> FloatArray:
    """Difference a function of both thresholds that is nought at infinity into cells: (m, k - 1, k - 1) to (m, k, k)."""
    m, a, b = grid.shape
    padded = np.zeros((m, a + 2, b + 2))
    padded[:, 1:-1, 1:-1] = grid
    rows = padded[:, 1:] - padded[:, :-1]
    cells: FloatArray = rows[:, :, 1:] - rows[:, :, :-1]
    return cells
