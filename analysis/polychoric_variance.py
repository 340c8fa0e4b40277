r"""How sure two-step thresholds and polychoric correlations are, from pairwise tables alone.

Muthén (1984) stacks the scores of both steps of a respondent r, :math:`u_r` of the thresholds and :math:`v_r` of the
correlations. To first order the error of the estimates is the sum over respondents of an *influence*

.. math:: \psi_r = \begin{pmatrix} A_{11} & 0 \\ A_{21} & A_{22} \end{pmatrix}^{-1}
   \begin{pmatrix} u_r \\ v_r \end{pmatrix}, \qquad
   A_{11} = \sum_r u_r u_r' \text{ (within items)}, \quad
   A_{21} = \sum_r v_r \, \partial \ell_r / \partial \tau', \quad
   A_{22} = \sum_r v_r^2 \text{ (diagonal)},

whose sum of squares :math:`\sum_r \psi_r \psi_r'` is their covariance matrix, with information measured by outer products of
scores, as in Muthén & Satorra (1995). The matrix :math:`\Gamma` of weighted least squares is this one times the number of
respondents; diagonally weighted least squares takes the inverse of its diagonal as weights.

*Thresholds.* With :math:`P_t` the share of the n answers to an item that are at most t, the inverse is that of a
multinomial, in closed form:

.. math:: \psi_t(a) = \frac{[a \le t] - P_t}{n \varphi(\tau_t)}. \tag{1}

*Correlations.* For answers a and b to items i and j with probability :math:`\pi_{ab}`, :math:`v = \dot\pi_{ab} /
\pi_{ab}`, where the dot is the derivative in :math:`\rho` (the bivariate density, differenced into cells), and

.. math:: \frac{\partial \pi_{ab}}{\partial \tau_t} = ([a = t] - [a = t + 1]) \, \varphi(\tau_t) \, \Delta_{tb}, \qquad
   \Delta_{tb} = \Phi\left(\frac{\tau_b - \rho \tau_t}{\sqrt{1 - \rho^2}}\right)
   - \Phi\left(\frac{\tau_{b-1} - \rho \tau_t}{\sqrt{1 - \rho^2}}\right) \tag{2}

(Olsson 1979). With :math:`w_{ab} = n_{ab} v / \pi_{ab}` the densities of (1) and (2) cancel:

.. math:: \psi_\rho(a, b) = \frac{v - h_i(a) - h_j(b)}{\sum n_{ab} v^2}, \qquad
   h_i(a) = \frac{1}{n_i} \sum_t c_t ([a \le t] - P_t), \quad c_t = \sum_b \Delta_{tb} (w_{tb} - w_{t+1, b}). \tag{3}

A respondent who answered only i still moves the thresholds of i: then v and :math:`h_j` are nought.

So an influence depends on a respondent's answers to one item or two, and is kept as a table with a row and a column for a
missing answer: variances are sums over counts, and the influence of every respondent, from which the whole of Gamma comes,
is looked up.

References
----------
Muthén, B. (1984). A general structural equation model with dichotomous, ordered categorical, and continuous latent
    variable indicators. Psychometrika 49, 115-132.
Muthén, B. & Satorra, A. (1995). Technical aspects of Muthén's LISCOMP approach to estimation of latent variable
    relations with a comprehensive measurement model. Psychometrika 60, 489-503.
Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient. Psychometrika 44, 443-460.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .bivariate_normal import FAR, density_and_slope
from .item_responses import FloatArray, IntArray, read_only
from .pairwise import PairwiseTables
from .polychoric import SMALLEST_CELL, cell_probabilities, into_cells, thresholds_of
from .small_cells import sharpen


@dataclass(frozen=True, slots=True, eq=False)
class PolychoricInfluence:
    """What each possible answer does to the estimates, and how often it was given.

    An answer is 0 where it is missing, and otherwise 1 to k. Summed over respondents an influence is nought, and its
    square is the sampling variance of the estimate.

    Attributes
    ----------
    thresholds : ndarray, shape (n_items, k - 1, k + 1)
        ``thresholds[i, t, a]``: influence of the answer a to item i on its threshold t; NaN for an infinite threshold.
    correlations : ndarray, shape (n_pairs, k + 1, k + 1)
        ``correlations[p, a, b]``: influence of the answers a and b to the items of pair p on their correlation; NaN where
        the correlation is 1 or -1.
    first, second : ndarray of int64, shape (n_pairs,)
        The items of each pair, in the order of ``np.triu_indices(n_items, 1)``.
    frequencies : ndarray of int64, shape (n_items, k + 1)
        Respondents who gave each answer to each item; the first column, of missing answers, is left at nought.
    counts : ndarray of int64, shape (n_pairs, k + 1, k + 1)
        Respondents who gave each two answers; those who answered neither are left at nought.
    """

    thresholds: FloatArray
    correlations: FloatArray
    first: IntArray
    second: IntArray
    frequencies: IntArray
    counts: IntArray

    @property
    def threshold_variances(self) -> FloatArray:
        """Sampling variance of each threshold, shape (n_items, k - 1); NaN for an infinite one."""
        return _sums_of_squares(self.thresholds, self.frequencies[:, None, :], (2,))

    @property
    def correlation_variances(self) -> FloatArray:
        """Sampling variance of each correlation, shape (n_pairs,); NaN for a correlation of 1 or -1."""
        return _sums_of_squares(self.correlations, self.counts, (1, 2))

    def thresholds_of_rows(self, codes: NDArray[Any]) -> FloatArray:
        """Look up what respondents do to the thresholds.

        Parameters
        ----------
        codes : ndarray of whole numbers, shape (n_rows, n_items)
            Answers from 1 up, 0 where missing, as `read_codes` gives them.

        Returns
        -------
        ndarray, shape (n_rows, n_items, k - 1)
        """
        items = np.arange(len(self.thresholds))
        found: FloatArray = self.thresholds[items, :, codes]
        return found

    def correlations_of_rows(self, codes: NDArray[Any]) -> FloatArray:
        """Look up what respondents, as in `thresholds_of_rows`, do to the correlations: shape (n_rows, n_pairs)."""
        pairs = np.arange(len(self.first))
        found: FloatArray = self.correlations[pairs, codes[:, self.first], codes[:, self.second]]
        return found


def polychoric_influence(tables: PairwiseTables, correlation: FloatArray) -> PolychoricInfluence:
    """Give the influence of every possible answer on two-step thresholds and correlations.

    Parameters
    ----------
    tables : PairwiseTables
        The state that the correlations come from. Every item varies.
    correlation : ndarray, shape (n_items, n_items)
        Its polychoric correlations, with thresholds from each item's own frequencies.

    Returns
    -------
    PolychoricInfluence

    Notes
    -----
    Anchor: ``lavInspect(fit, "gamma")`` of lavaan, listwise and pairwise.

    Examples
    --------
    >>> from analysis import PairwiseTables, polychoric_correlation
    >>> tables = PairwiseTables.from_responses([[1, 1], [1, 2], [2, 1], [2, 2], [2, 3], [3, 2], [3, 3], [3, 3]])
    >>> influence = polychoric_influence(tables, polychoric_correlation(tables).matrix)
    >>> np.sqrt(influence.correlation_variances).round(4).tolist()
    [0.3616]
    """
    frequencies = tables.frequencies
    n_answers = frequencies.sum(axis=1)
    cuts = thresholds_of(frequencies)
    k = tables.n_categories
    answers = np.arange(1, k + 1)
    at_most = (answers <= answers[:-1, None]).astype(np.float64)  # (t, a)
    shares = np.cumsum(frequencies, axis=1)[:, :-1] / n_answers[:, None]
    steps = (at_most - shares[:, :, None]) / n_answers[:, None, None]  # of P_t, shape (n_items, k - 1, k)

    first, second = np.triu_indices(tables.n_items, 1)
    rho = correlation[first, second]
    bound = np.abs(rho) == 1
    rho = np.where(bound, 0.0, rho)
    counts = tables.counts[first, second]
    cells = np.maximum(cell_probabilities(cuts[first], cuts[second], rho), SMALLEST_CELL)
    sharpen(cells, counts, np.clip(cuts[first], -FAR, FAR), np.clip(cuts[second], -FAR, FAR), rho)
    score = into_cells(density_and_slope(cuts[first], cuts[second], rho)[0]) / cells
    weights = counts * score / cells
    of_first = _through_thresholds(cuts[first], cuts[second], rho, weights, steps[first])
    of_second = _through_thresholds(cuts[second], cuts[first], rho, weights.transpose(0, 2, 1), steps[second])
    moved = _with_missing(score, np.zeros_like(of_first), np.zeros_like(of_second))
    moved -= _with_missing(of_first[:, :, None] + of_second[:, None, :], of_first, of_second)
    information = (counts * score**2).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        of_correlations = moved / np.where(bound | ~(information > 0), np.nan, information)[:, None, None]
        of_thresholds = np.where(np.isfinite(cuts), 1 / _density(cuts), np.nan)[:, :, None] * steps
    only_first, only_second = frequencies[first] - counts.sum(axis=2), frequencies[second] - counts.sum(axis=1)
    return PolychoricInfluence(
        read_only(np.pad(of_thresholds, ((0, 0), (0, 0), (1, 0)))),
        read_only(of_correlations),
        read_only(first),
        read_only(second),
        read_only(np.pad(frequencies, ((0, 0), (1, 0)))),
        read_only(_with_missing(counts, only_first, only_second)),
    )


def _through_thresholds(
    own: FloatArray, others: FloatArray, rho: FloatArray, weights: FloatArray, steps: FloatArray
) -> FloatArray:
    """Give h of equation (3), shape (n_pairs, k): what an answer does to the score through the thresholds of its item."""
    own, others = np.clip(own, -FAR, FAR), np.clip(others, -FAR, FAR)
    root = np.sqrt(1 - rho**2)[:, None, None]
    below = special.ndtr((others[:, None, :] - rho[:, None, None] * own[:, :, None]) / root)
    ends = ((0, 0), (0, 0), (1, 1))
    shares = np.diff(np.pad(below, ends, constant_values=((0.0, 0.0), (0.0, 0.0), (0.0, 1.0))), axis=2)
    through = (shares * (weights[:, :-1] - weights[:, 1:])).sum(axis=2)
    found: FloatArray = np.einsum("pt,pta->pa", through, steps)
    return found


def _sums_of_squares(influence: FloatArray, counts: IntArray, axes: tuple[int, ...]) -> FloatArray:
    with np.errstate(invalid="ignore"):  # where an estimate has no influence defined
        found: FloatArray = (influence**2 * counts).sum(axis=axes)
    return found


def _with_missing(both: NDArray[Any], only_first: NDArray[Any], only_second: NDArray[Any]) -> NDArray[Any]:
    """Put a row and a column for a missing answer before those of 1 to k."""
    padded = np.pad(both, ((0, 0), (1, 0), (1, 0)))
    padded[:, 1:, 0], padded[:, 0, 1:] = only_first, only_second
    return padded


def _density(thresholds: FloatArray) -> FloatArray:
    density: FloatArray = np.exp(-(thresholds**2) / 2) / np.sqrt(2 * np.pi)
    return density
