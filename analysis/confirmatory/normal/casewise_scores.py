r"""What each respondent adds to the slopes of the log-likelihood, and the products of these that robust errors need.

For a respondent with the centred, augmented answers y and :math:`z = P y`, P the inverse for the pattern of answered
items, the slope of the log-likelihood in a parameter with :math:`\dot\Omega = u v' + v u'` is

.. math:: s = (z'u)(z'v) - u'P v .

The variance of such sums is taken from themselves: from their products over respondents, or over sums of respondents of
one cluster where these are not independent (Huber 1967; White 1982; Yuan & Bentler 2000; Asparouhov 2005).

For the saturated model and complete answers the trace of the products times the inverse information needs no slopes: with
:math:`S` the covariances and :math:`d_i^2` the Mahalanobis distances it is :math:`p + (\overline{d^4} - p) / 2`.

References
----------
Asparouhov, T. (2005). Sampling weights in latent variable modeling. Structural Equation Modeling 12, 411-434.
Huber, P. J. (1967). The behavior of maximum likelihood estimates under nonstandard conditions. Proceedings of the Fifth
    Berkeley Symposium on Mathematical Statistics and Probability 1, 221-233.
White, H. (1982). Maximum likelihood estimation of misspecified models. Econometrica 50, 1-25.
Yuan, K.-H. & Bentler, P. M. (2000). Three likelihood-based methods for mean and covariance structure analysis with
    nonnormal missing data. Sociological Methodology 30, 165-200.
"""

from collections.abc import Iterator

import numpy as np

from ...item_responses import FloatArray, IntArray
from ..structure.matrices import Slopes
from .response_patterns import ResponsePatterns


def score_products(
    patterns: ResponsePatterns, inverses: FloatArray, slopes: Slopes, cluster: IntArray | None
) -> FloatArray:
    """Give the sum of products of casewise slopes, or of their sums over clusters, shape (n_cells, n_cells).

    Parameters
    ----------
    patterns : ResponsePatterns
    inverses : ndarray, shape (n_patterns, n_rows, n_rows)
    slopes : Slopes
    cluster : ndarray of int64, shape (n_rows_of_answers,), optional
        The place of each respondent's cluster.
    """
    if cluster is not None:
        totals = score_totals(patterns, inverses, slopes, cluster)
        return totals.T @ totals
    products = np.zeros((len(slopes.u), len(slopes.u)))
    for scores in _scores(patterns, inverses, slopes):
        products += scores.T @ scores
    return products


def score_totals(patterns: ResponsePatterns, inverses: FloatArray, slopes: Slopes, cluster: IntArray) -> FloatArray:
    """Give the sums of casewise slopes over clusters, shape (n_clusters, n_cells), times the root of C / (C - 1)."""
    sums = _ClusterSums(patterns, cluster, len(slopes.u))
    for scores in _scores(patterns, inverses, slopes):
        sums.add(scores)
    return sums.corrected()


def _scores(patterns: ResponsePatterns, inverses: FloatArray, slopes: Slopes) -> Iterator[FloatArray]:
    # u'Pv of each cell, for each pattern
    expected = np.einsum("rai,ai->ra", slopes.u @ inverses, slopes.v)
    for pattern, rows in patterns.chunks():
        z = rows @ inverses[pattern]
        yield (z @ slopes.u.T) * (z @ slopes.v.T) - expected[pattern]


class _ClusterSums:
    """Sums of casewise numbers over clusters, from chunks in the order of the patterns."""

    def __init__(self, patterns: ResponsePatterns, cluster: IntArray | None, n_columns: int) -> None:
        self._cluster = np.zeros(0, dtype=np.int64) if cluster is None else cluster[patterns.order]
        self._total = np.zeros((int(self._cluster.max(initial=-1)) + 1, n_columns))
        self._done = 0

    def add(self, numbers: FloatArray) -> None:
        own = self._cluster[self._done : self._done + len(numbers)]
        self._done += len(numbers)
        order = np.argsort(own, kind="stable")
        starts = np.flatnonzero(np.diff(own[order], prepend=-1))
        self._total[own[order[starts]]] += np.add.reduceat(numbers[order], starts, axis=0)

    def corrected(self) -> FloatArray:
        """Give the sums, times the root of C / (C - 1) for the C clusters that are here."""
        n_clusters = len(np.unique(self._cluster))
        total: FloatArray = self._total * np.sqrt(n_clusters / (n_clusters - 1))
        return total


def complete_trace(patterns: ResponsePatterns, cluster: IntArray | None) -> float:
    """Give tr(B A^-1), products of slopes over information, for means and covariances without a model and without gaps."""
    n_items = patterns.values.shape[1]
    covariance = patterns.moments[0, :n_items, :n_items]
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    if cluster is None:
        fourth = 0.0
        for _, rows in patterns.chunks():
            distances = ((rows[:, :n_items] @ root.T) ** 2).sum(axis=1)
            fourth += float(distances @ distances)
        return float(patterns.means * n_items + (fourth / patterns.n - n_items) / 2)
    # Sums over a cluster of z, and of z z' - I as halves off the diagonal: their lengths are s' A^-1 s.
    row, column = np.tril_indices(n_items)
    scale = np.where(row == column, np.sqrt(0.5), 1.0)
    sums = _ClusterSums(patterns, cluster, n_items + len(row))
    for _, rows in patterns.chunks():
        z = rows[:, :n_items] @ root.T
        products = (z[:, row] * z[:, column] - (row == column)) * scale
        sums.add(np.column_stack([patterns.means * z, products]))
    return float((sums.corrected() ** 2).sum() / patterns.n)


def independence_trace(patterns: ResponsePatterns, cluster: IntArray | None) -> float:
    """Give tr(B A^-1) for uncorrelated items with free means and variances."""
    n_items = patterns.values.shape[1]
    answers, variance = patterns.item_variances()
    sums = _ClusterSums(patterns, cluster, 2 * n_items)
    squares = np.zeros(2 * n_items)
    for pattern, rows in patterns.chunks():
        z = rows[:, :n_items] / np.sqrt(variance)
        other = (z**2 - patterns.answered[pattern, :n_items]) * np.sqrt(0.5)
        z = patterns.means * z
        if cluster is None:
            squares += np.concatenate([(z**2).sum(axis=0), (other**2).sum(axis=0)])
        else:
            sums.add(np.column_stack([z, other]))
    if cluster is not None:
        squares = (sums.corrected() ** 2).sum(axis=0)
    return float((squares / np.tile(answers, 2)).sum())
