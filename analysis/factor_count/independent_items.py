r"""Correlation matrices of items that have nothing in common, drawn without drawing their answers where that can be helped.

Pearson correlations of n independent normal variables are those of a Wishart matrix of n - 1 degrees of freedom. Its
Cholesky factor has independent entries (Bartlett 1933; Smith & Hocking 1972): normal below the diagonal, and on it the roots
of chi-square variables of n - 1, n - 2, ... degrees of freedom. So a draw costs p (p + 1) / 2 numbers, however large n.

Polychoric correlations of independent items depend on how often each answer was given. Every item's own answers are
permuted among the respondents who gave one: thresholds stay as they are and so does what is missing. With :math:`\rho` small
and the thresholds the same in every draw, the score of a cell,

.. math:: s_{ab}(\rho) = \frac{\partial}{\partial \rho} \log \pi_{ab}(\rho),

is made a polynomial once, by interpolation at Chebyshev points of an interval six standard errors either way. The score
of a table, :math:`\sum_{ab} n_{ab} s_{ab}(\rho)`, is then a polynomial whose coefficients are one matrix product away, and its
root takes a few Newton steps that cost next to nothing. Tables whose root lies outside are maximised as any other.

At :math:`\rho = 0` the information in one pair of answers is :math:`g_i^2 g_j^2` with

.. math:: g_i^2 = \sum_a \frac{(\varphi(\tau_{a-1}) - \varphi(\tau_a))^2}{\Phi(\tau_a) - \Phi(\tau_{a-1})},

and for large n a polychoric correlation of independent items is the Pearson correlation of the scores whose squares are
summed there, divided by :math:`g_i g_j`. Beyond `PERMUTED_TO` respondents, where permuting takes long, the null is
drawn from this law.

References
----------
Bartlett, M. S. (1933). On the theory of statistical regression. Proceedings of the Royal Society of Edinburgh 53, 260-283.
Horn, J. L. (1965). A rationale and test for the number of factors in factor analysis. Psychometrika 30, 179-185.
Smith, W. B. & Hocking, R. R. (1972). Wishart variate generator. Applied Statistics 21, 341-345.
"""

import math
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from ..bivariate_normal import FAR, density_and_slope
from ..item_responses import FloatArray, IntArray
from ..polychoric import SMALLEST_CELL, cell_probabilities, into_cells, maximise_pairs, thresholds_of

PERMUTED_TO = 5_000
"""Respondents up to which answers are permuted. The law that is used beyond differs from permuting by less than a thousand
draws can tell from a thousand respondents on, even where categories hold three in a thousand."""

_HELD_AT_ONCE = 2**21
"""Numbers of tables or of matrices held at a time: 16 MB of them."""

_STANDARD_ERRORS, _WIDEST, _POINTS = 6.0, 0.25, 16
"""Half width of the interval, in standard errors and at most, and the points that give a correlation to 1e-11 there. With
more points the powers would lose to rounding what they gain."""

_NEWTON_STEPS = 8
_ARRIVED = 1e-7
"""Share of the interval; Newton's next step would be of its square."""


def wishart_correlations(
    rng: np.random.Generator, n_draws: int, n_pairs: IntArray, gain: FloatArray
) -> Iterator[FloatArray]:
    """Draw correlation matrices of independent normal variables, or of ordered answers by their large-sample law.

    Parameters
    ----------
    rng : numpy.random.Generator
    n_draws : int
    n_pairs : ndarray of int64, shape (n_items, n_items)
        Respondents of each pair. Where they differ, the matrix is drawn for the harmonic mean and each correlation is
        then spread as its own number asks.
    gain : ndarray, shape (n_items,)
        g of each item: one for Pearson correlations.

    Yields
    ------
    ndarray, shape (m, n_items, n_items)
    """
    p = len(n_pairs)
    first, second = np.tril_indices(p, -1)
    df = degrees_of_freedom(n_pairs)
    spread = np.sqrt(df / (n_pairs[first, second] - 1)) / (gain[first] * gain[second])
    together = max(1, _HELD_AT_ONCE // p**2)
    for start in range(0, n_draws, together):
        m = min(together, n_draws - start)
        factor = np.zeros((m, p, p))
        factor[:, first, second] = rng.standard_normal((m, len(first)))
        factor[:, range(p), range(p)] = np.sqrt(rng.chisquare(df - np.arange(p), size=(m, p)))
        factor /= np.sqrt((factor**2).sum(axis=2, keepdims=True))
        drawn = factor @ factor.transpose(0, 2, 1)
        yield _symmetric(np.clip(drawn[:, first, second] * spread, -1.0, 1.0), p)


def degrees_of_freedom(n_pairs: IntArray) -> float:
    """Give the harmonic mean of the respondents of each pair, less one for the mean."""
    pairs = n_pairs[np.tril_indices(len(n_pairs), -1)]
    return len(pairs) / float((1 / (pairs - 1)).sum())


def permuted_polychorics(
    rng: np.random.Generator, n_draws: int, answers: NDArray[np.int8], *, keep_missing: bool
) -> Iterator[FloatArray]:
    """Draw polychoric correlation matrices by permuting the answers of each item.

    Parameters
    ----------
    rng : numpy.random.Generator
    n_draws : int
    answers : ndarray of int8, shape (n_items, n_respondents)
        From 1 up, 0 where missing.
    keep_missing : bool
        Whether missing answers stay where they are, or are permuted as well.

    Yields
    ------
    ndarray, shape (m, n_items, n_items)
    """
    p, n = answers.shape
    k = int(answers.max())
    categories = np.arange(1, k + 1, dtype=np.int8)[:, None]
    frequencies = (answers[:, None, :] == categories).sum(axis=2)
    answered = answers > 0
    n_answers = answered.sum(axis=1).astype(np.float64)
    # Of missing answers that move as well, about so many pairs are left.
    n_pairs = answered.astype(np.float64) @ answered.T if keep_missing else np.outer(n_answers, n_answers) / n
    first, second = np.tril_indices(p, -1)
    scores = _Scores(frequencies, n_pairs[first, second], first, second)
    held = [np.flatnonzero(row) for row in answered] if keep_missing and not answered.all() else None
    together = max(1, _HELD_AT_ONCE // (len(first) * k * k))
    for start in range(0, n_draws, together):
        counts = np.empty((min(together, n_draws - start), len(first), k * k))
        for table in counts:
            permuted = rng.permuted(answers, axis=1) if held is None else _permuted_within(rng, answers, held)
            # Whole numbers up to 2^24 are exact in single precision, which multiplies twice as fast.
            given = (permuted[:, None, :] == categories).reshape(p * k, n).astype(np.float32)
            tables = (given @ given.T).reshape(p, k, p, k).transpose(0, 2, 1, 3)
            table[...] = tables[first, second].reshape(len(first), k * k)
        yield _symmetric(scores.roots(counts), p)


def _permuted_within(
    rng: np.random.Generator, answers: NDArray[np.int8], places: list[NDArray[np.intp]]
) -> NDArray[np.int8]:
    """Permute each row among its places."""
    permuted = answers.copy()
    for row, place in zip(permuted, places, strict=True):
        row[place] = rng.permutation(row[place])
    return permuted


def gains(frequencies: IntArray) -> FloatArray:
    """Give g of each item from its counts of answers, shape (n_items, k)."""
    thresholds = thresholds_of(frequencies)
    density = np.exp(-(thresholds**2) / 2) / math.sqrt(2 * math.pi)
    change = np.diff(np.pad(density, ((0, 0), (1, 1))), axis=1)
    share = frequencies / frequencies.sum(axis=1, keepdims=True)
    squares = np.divide(change**2, share, out=np.zeros_like(share), where=share > 0)
    found: FloatArray = np.sqrt(squares.sum(axis=1))
    return found


class _Scores:
    """The score of every pair's table as a polynomial in the correlation, the thresholds held."""

    def __init__(self, frequencies: IntArray, n_pairs: FloatArray, first: IntArray, second: IntArray) -> None:
        thresholds = np.clip(thresholds_of(frequencies), -FAR, FAR)
        self._first, self._second = thresholds[first], thresholds[second]
        gain = gains(frequencies)
        standard_error = 1 / (np.sqrt(n_pairs) * gain[first] * gain[second])
        self._width = np.minimum(_STANDARD_ERRORS * standard_error, _WIDEST)
        n_cells = frequencies.shape[1] ** 2
        at, to_powers = _interpolation()
        values = np.empty((len(first), n_cells, _POINTS))
        for place, x in enumerate(at):
            rho = x * self._width
            change = into_cells(density_and_slope(self._first, self._second, rho)[0])
            cells = np.maximum(cell_probabilities(self._first, self._second, rho), SMALLEST_CELL)
            values[:, :, place] = (change / cells).reshape(len(first), n_cells)
        self._of_cells: FloatArray = values @ to_powers

    def roots(self, counts: FloatArray) -> FloatArray:
        """Give where each table's likelihood is greatest, from counts of shape (n_draws, n_pairs, k * k)."""
        # The powers come first, so that each step of Horner's scheme runs through memory in order.
        powers = np.ascontiguousarray((counts.transpose(1, 0, 2) @ self._of_cells).transpose(2, 1, 0))
        x, step = np.zeros(powers.shape[1:]), np.zeros(powers.shape[1:])
        for _ in range(_NEWTON_STEPS):
            score, slope = powers[-1].copy(), np.zeros_like(x)
            for power in powers[-2::-1]:
                slope *= x
                slope += score
                score *= x
                score += power
            with np.errstate(invalid="ignore", divide="ignore"):
                step = np.where(slope < 0, -score / slope, np.inf)
            x = np.clip(x + step, -1.0, 1.0)
            if np.abs(step).max() < _ARRIVED:
                break
        found: FloatArray = x * self._width
        outside = (np.abs(x) == 1) | (np.abs(step) >= _ARRIVED)
        if outside.any():
            _, pair = np.nonzero(outside)
            k = self._first.shape[1] + 1
            tables = counts[outside].reshape(-1, k, k)
            found[outside] = maximise_pairs(tables, self._first[pair], self._second[pair]).correlation
        return found


@cache
def _interpolation() -> tuple[FloatArray, FloatArray]:
    """Give Chebyshev points of (-1, 1), and the matrix from a function's values there to its coefficients of powers."""
    angle = math.pi * (np.arange(_POINTS) + 0.5) / _POINTS
    coefficients = 2 / _POINTS * np.cos(np.arange(_POINTS) * angle[:, None])
    coefficients[:, 0] /= 2
    powers = np.zeros((_POINTS, _POINTS))
    for order in range(_POINTS):
        powers[order, : order + 1] = chebyshev.cheb2poly([0.0] * order + [1.0])
    return np.cos(angle), coefficients @ powers


def _symmetric(below: FloatArray, p: int) -> FloatArray:
    """Put the entries below the diagonal of correlation matrices in their places, shape (m, p, p)."""
    first, second = np.tril_indices(p, -1)
    matrices = np.empty((len(below), p, p))
    matrices[:, range(p), range(p)] = 1.0
    matrices[:, first, second] = matrices[:, second, first] = below
    return matrices
