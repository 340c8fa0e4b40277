"""What respondents do to thresholds and correlations, looked up for two couples of items at a time.

Each influence is a table of the answers to one item or two (`analysis.polychoric_variance`). The answers to a couple of items
are one number, and those to two couples are one cell of a table that holds the influences on all four correlations between
them: a quarter of the look-ups, which otherwise take as long as the products that are made of them.
"""

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...item_responses import FloatArray, IntArray
from ...polychoric_variance import PolychoricInfluence

_MOST_CELLS = 4_096
"""Cells of two couples up to which items are coupled: seven categories and a missing answer."""


class InfluenceTables:
    """Tables of influences, each divided by a scale.

    Parameters
    ----------
    influence : PolychoricInfluence
    item, cut : ndarray of int64, shape (n_thresholds,)
        The thresholds that are wanted.
    scale : ndarray, shape (n_thresholds + n_pairs,)
        Of thresholds, then of correlations.
    kind : type of float

    Attributes
    ----------
    column : ndarray of int64, shape (n_thresholds + n_pairs,)
        Where each is among the columns that `of` gives.
    """

    def __init__(
        self,
        influence: PolychoricInfluence,
        item: IntArray,
        cut: IntArray,
        scale: FloatArray,
        kind: type[np.floating[Any]],
    ) -> None:
        n_items, _, self._size = influence.thresholds.shape
        self._coupled = 2 if self._size**4 <= _MOST_CELLS else 1
        # An item that nobody answers makes their number even. Its columns are left out: every other one of the last couple.
        lone = n_items % self._coupled
        members = np.arange(n_items + lone).reshape(-1, self._coupled)
        pairs = np.zeros((members.size, members.size, self._size, self._size), dtype=kind)
        pairs[influence.first, influence.second] = influence.correlations / scale[len(item) :, None, None]
        thresholds = (influence.thresholds[item, cut] / scale[: len(item), None]).astype(kind)
        column = np.zeros((members.size, members.size), dtype=np.int64)

        self._right, self._left = np.tril_indices(len(members), -1)
        left, right = members[self._left], members[self._right]
        places = list(product(range(self._coupled), repeat=2))
        cells = (self._size,) * (2 * self._coupled)
        between = np.empty((len(left), *cells, len(places)), dtype=kind)
        for place, (one, other) in enumerate(places):
            own = pairs[left[:, one], right[:, other]]
            between[..., place] = self._along(own, one, self._coupled + other, axes=2 * self._coupled)
            column[left[:, one], right[:, other]] = np.arange(len(left)) * len(places) + place
        self._between = between.reshape(-1, len(places))
        self._whole = (len(left) - lone * (len(members) - 1)) * len(places)
        column = np.where(column < self._whole, column, (column + self._whole) // 2)
        n_columns = (len(left) * len(places) + self._whole) // 2

        of_thresholds = np.zeros(len(item), dtype=np.int64)
        self._within: list[FloatArray] = []
        for couple in members:
            parts = []
            for place, member in enumerate(couple):
                wanted = np.flatnonzero(item == member)
                of_thresholds[wanted] = n_columns + np.arange(len(wanted))
                n_columns += len(wanted)
                parts += [self._along(thresholds[each], place, axes=self._coupled) for each in wanted]
            if self._coupled == 2 and couple[1] < n_items:
                parts.append(pairs[couple[0], couple[1]])
                column[couple[0], couple[1]] = n_columns
                n_columns += 1
            full = np.broadcast_arrays(np.empty((self._size,) * self._coupled, dtype=kind), *parts)[1:]
            self._within.append(np.stack(full, axis=-1).reshape(-1, len(parts)))
        self.column = np.concatenate([of_thresholds, column[influence.first, influence.second]])

    def _along(self, table: FloatArray, *places: int, axes: int) -> FloatArray:
        """Lay the last axes of a table, or its only one, along some of the axes of answers."""
        shape = [1] * axes
        for place in places:
            shape[place] = self._size
        return table.reshape(*table.shape[: table.ndim - len(places)], *shape)

    def of(self, codes: NDArray[np.int8]) -> FloatArray:
        """Look up what respondents do, shape (n_rows, n_columns), from their answers, 0 where missing."""
        answers = codes.astype(np.intp)
        if self._coupled == 2:
            couples = answers[:, ::2] * self._size
            couples[:, : answers.shape[1] // 2] += answers[:, 1::2]
        else:
            couples = answers
        n_cells = self._size**self._coupled
        cell = np.take(couples * n_cells, self._left, axis=1)
        cell += np.take(couples, self._right, axis=1)
        cell += np.arange(len(self._left)) * n_cells**2
        between = np.take(self._between, cell, axis=0, mode="clip").reshape(len(codes), -1)
        within = [np.take(table, couples[:, place], axis=0, mode="clip") for place, table in enumerate(self._within)]
        return np.concatenate([between[:, : self._whole], between[:, self._whole :: 2], *within], axis=1)
