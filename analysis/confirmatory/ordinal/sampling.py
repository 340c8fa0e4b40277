r"""The sampling covariance of thresholds and correlations of all groups, which every test of a model of them needs.

Groups are independent, but for clusters that lie across them: blocks of one matrix, times the number of respondents
(:math:`\Gamma`), or sums over clusters whose products make it up (`analysis.confirmatory.ordinal.moments`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...item_responses import FloatArray, IntArray
from .moments import OrdinalMoments, cluster_totals, covariance_of

_BATCHES = 10


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """Gamma of all groups' moments in one vector.

    Attributes
    ----------
    batches : tuple of ndarray, each of shape (n_moments, n_moments)
        A single one; or where Gamma is taken from a sample of rows, one from each tenth of them.
    totals : tuple of ndarray, shape (n_moments, n_clusters)
        The sums over clusters whose products are Gamma / n; none where respondents are independent.
    share : float
        Of the rows that Gamma is taken from.
    """

    batches: tuple[FloatArray, ...]
    totals: tuple[FloatArray, ...]
    share: float

    @classmethod
    def of(
        cls, groups: Sequence[OrdinalMoments], clusters: Sequence[IntArray] | None, rows: Sequence[IntArray] | None
    ) -> "Sampling":
        """Take it from all rows, or from some of each group, in random order."""
        n = sum(group.n for group in groups)
        if clusters is not None:
            totals = _totals(groups, clusters)
            return cls((n * totals @ totals.T,), (totals,), 1.0)
        if rows is None:
            return cls((_gamma(groups, None),), (), 1.0)
        batches = tuple(_gamma(groups, [own[batch::_BATCHES] for own in rows]) for batch in range(_BATCHES))
        share = sum(len(own) for own in rows) / sum(len(group.codes) for group in groups)
        return cls(batches, (), share)

    def gamma(self) -> FloatArray:
        """Give Gamma, shape (n_moments, n_moments)."""
        if len(self.batches) == 1:
            return self.batches[0]
        return sum(self.batches[1:], self.batches[0]) / len(self.batches)


def parts_of(groups: Sequence[OrdinalMoments]) -> list[slice]:
    """Say where each group's moments stand in the vector of all."""
    ends = np.concatenate([[0], np.cumsum([len(group.variances) for group in groups])])
    return [slice(int(first), int(last)) for first, last in pairwise(ends)]


def _gamma(groups: Sequence[OrdinalMoments], rows: Sequence[IntArray] | None) -> FloatArray:
    n = sum(group.n for group in groups)
    if len(groups) == 1:
        found = covariance_of(groups[0], None if rows is None else rows[0])
        found *= n
        return found
    parts = parts_of(groups)
    found = np.zeros((parts[-1].stop,) * 2)
    for place, (group, part) in enumerate(zip(groups, parts, strict=True)):
        found[part, part] = covariance_of(group, None if rows is None else rows[place])
    return found * n


def _totals(groups: Sequence[OrdinalMoments], clusters: Sequence[IntArray]) -> FloatArray:
    parts = parts_of(groups)
    n_clusters = 1 + max(int(cluster.max()) for cluster in clusters)
    found = np.zeros((parts[-1].stop, n_clusters))
    for group, part, cluster in zip(groups, parts, clusters, strict=True):
        own = cluster_totals(group, cluster)
        found[part, : own.shape[1]] = own
    return found
