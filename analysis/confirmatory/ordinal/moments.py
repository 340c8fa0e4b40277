r"""Ordered answers of one group as thresholds and polychoric correlations, with the whole of their sampling covariance.

The estimates are two-step (`analysis.polychoric`), and to first order their error is a sum over respondents of influences
that are looked up in tables (`analysis.polychoric_variance`; Muthén 1984). The sum of products of these influences is
their sampling covariance, and times the number of respondents the matrix :math:`\Gamma` of weighted least squares. Tables
know its diagonal; the rest needs the rows again. Where respondents come in clusters, influences are summed over each before
the products are taken, times C / (C - 1) for C clusters. For very many rows a random sample of them will do: the estimates
still rest on all.

References
----------
Muthén, B. (1984). A general structural equation model with dichotomous, ordered categorical, and continuous latent
    variable indicators. Psychometrika 49, 115-132.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...correlation import polychoric_correlation
from ...errors import AnalysisError
from ...item_responses import FloatArray, IntArray
from ...moments import Missing
from ...pairwise import PairwiseTables
from ...polychoric_variance import PolychoricInfluence, polychoric_influence
from .influences import InfluenceTables

Codes = NDArray[np.int8]

_CHUNK_ROWS = 2_048
"""Rows looked up together: some five megabytes of influences, in and near the processor's cache."""

_SINGLE_FROM = 20_000
"""Rows from which products are taken in single precision, twice as fast. They are added up in double precision after each
chunk, so that their error stays a few millionths of a variance."""


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalMoments:
    """Thresholds and polychoric correlations of one group.

    Attributes
    ----------
    codes : ndarray of int8, shape (n, n_items)
        Answers from 1 up, 0 where missing.
    n : int
        Respondents used.
    thresholds : ndarray, shape (n_thresholds,)
        Between the categories that are used, of all items in turn.
    threshold_item, threshold_cut : ndarray of int64, shape (n_thresholds,)
        The item of each, and the place of the cut among those of all categories.
    correlation : ndarray, shape (n_items, n_items)
    first, second : ndarray of int64, shape (n_pairs,)
        The items of each pair.
    variances : ndarray, shape (n_thresholds + n_pairs,)
        Sampling variances of thresholds and correlations, respondents taken as independent.
    influence : PolychoricInfluence
    tables : PairwiseTables
    notes : tuple of str
        What was used and what looks wrong.
    """

    codes: Codes
    n: int
    thresholds: FloatArray
    threshold_item: IntArray
    threshold_cut: IntArray
    correlation: FloatArray
    first: IntArray
    second: IntArray
    variances: FloatArray
    influence: PolychoricInfluence
    tables: PairwiseTables
    notes: tuple[str, ...]

    @classmethod
    def of(cls, codes: Codes, item_names: Sequence[str], missing: Missing) -> "OrdinalMoments":
        """Estimate them.

        Raises
        ------
        AnalysisError
            Naming items that are constant, without answers, or that fit one another perfectly, and pairs of items that
            nobody answered together.
        """
        if missing == "listwise":
            codes = codes[codes.all(axis=1)]
        tables = PairwiseTables.from_codes(codes, item_names, missing=missing)
        found = polychoric_correlation(tables, missing=missing)
        first, second = np.triu_indices(tables.n_items, 1)
        _check_correlations(item_names, found.matrix[first, second], first, second)
        influence = polychoric_influence(tables, found.matrix)
        used = tables.frequencies > 0
        item, cut = np.nonzero(used[:, :-1] & (np.cumsum(used[:, ::-1], axis=1)[:, ::-1][:, 1:] > 0))
        variances = np.concatenate([influence.threshold_variances[item, cut], influence.correlation_variances])
        return cls(
            codes,
            tables.n_used,
            np.array(found.thresholds)[item, cut],
            item,
            cut,
            found.matrix,
            first,
            second,
            variances,
            influence,
            tables,
            found.notes,
        )

    @property
    def observed(self) -> FloatArray:
        """Thresholds and correlations in one vector, shape (n_thresholds + n_pairs,)."""
        return np.concatenate([self.thresholds, self.correlation[self.first, self.second]])

    @property
    def n_categories(self) -> tuple[int, ...]:
        """Categories used of each item."""
        return tuple(int(count) + 1 for count in np.bincount(self.threshold_item, minlength=self.tables.n_items))

    def influence_tables(self, scale: FloatArray, kind: type[np.floating[Any]] = np.float64) -> InfluenceTables:
        """Give what looks up the influences of respondents on each threshold and correlation, each over its scale."""
        return InfluenceTables(self.influence, self.threshold_item, self.threshold_cut, scale, kind)


def covariance_of(moments: OrdinalMoments, rows: IntArray | None = None) -> FloatArray:
    """Give the sampling covariance of thresholds and correlations, shape (n_moments, n_moments).

    Parameters
    ----------
    moments : OrdinalMoments
    rows : ndarray of int64, optional
        Take it from these rows alone, in the place of all.
    """
    n = len(moments.codes) if rows is None else len(rows)
    scale = np.sqrt(moments.variances)  # all of one size, which single precision needs
    tables = moments.influence_tables(scale, np.float64 if n < _SINGLE_FROM else np.float32)
    products = np.zeros((len(scale), len(scale)))
    for start in range(0, n, _CHUNK_ROWS):
        chunk = slice(start, start + _CHUNK_ROWS) if rows is None else rows[start : start + _CHUNK_ROWS]
        found = tables.of(moments.codes[chunk])
        products += found.T @ found
    total: FloatArray = products[np.ix_(tables.column, tables.column)]
    total *= scale * (len(moments.codes) / n)
    total *= scale[:, None]
    return total


def cluster_totals(moments: OrdinalMoments, cluster: IntArray) -> FloatArray:
    """Give the sums of influences over clusters, shape (n_moments, n_clusters), times the root of C / (C - 1).

    Parameters
    ----------
    moments : OrdinalMoments
    cluster : ndarray of int64, shape (n_rows,)
        The place of each row's cluster.
    """
    tables = moments.influence_tables(np.ones(len(moments.variances)))
    totals = np.zeros((len(moments.variances), int(cluster.max()) + 1))
    for start in range(0, len(moments.codes), _CHUNK_ROWS):
        chunk = slice(start, min(start + _CHUNK_ROWS, len(moments.codes)))
        own = cluster[chunk]
        order = np.argsort(own, kind="stable")
        found = tables.of(moments.codes[chunk])
        starts = np.flatnonzero(np.diff(own[order], prepend=-1))
        totals[:, own[order[starts]]] += np.add.reduceat(found[order], starts, axis=0)[:, tables.column].T
    n_clusters = len(np.unique(cluster))
    totals *= np.sqrt(n_clusters / (n_clusters - 1))
    return totals


def _check_correlations(names: Sequence[str], rho: FloatArray, first: IntArray, second: IntArray) -> None:
    perfect = np.flatnonzero(np.abs(rho) == 1)
    if len(perfect):
        raise AnalysisError(
            f"the answers to {names[first[pair]]} and {names[second[pair]]} fit a correlation of {rho[pair]:.0f}, "
            "so that they say the same: leave one of them out"
            for pair in perfect
        )
