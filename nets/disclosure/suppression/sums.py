r"""Complementary suppression one sum at a time, for a tree of places crossed by columns that add up to the first.

A sum with hidden cells has at least two of them. Where its total is shown, they have the wanted number of learners together,
and the mean of each lies as widely as asked given the others (``tree`` (3) and (4)). Where that is not so the cheapest cell
of the sum is hidden, its total last. This is necessary; it is not sufficient in a crossed table (``crossing``).

A cell that is all of a shown first column at its place is known however much is hidden, and says nothing that the place's own
cell does not; it is taken for shown here.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nets.disclosure.suppression.cells import BEST, BoolArray, Cells, FloatArray, Protection
from nets.disclosure.suppression.tree import total_width

_ROUNDING = 1e-6
_DEAR = 1e9
"""Added to the cost of a cell that would not help enough."""


def known_from_first(cells: Cells, hidden: BoolArray) -> BoolArray:
    """Hidden cells that are all of their place, which is shown."""
    known: BoolArray = hidden & (cells.counts == cells.counts[:, :1]) & ~hidden[:, :1]
    known[:, 0] = False
    return known


class Sums:
    """All sums of a table."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        below = np.flatnonzero(cells.parent >= 0)
        size = len(cells.parent)
        self._children = csr_array((np.ones(len(below)), (cells.parent[below], below)), shape=(size, size))
        self._parent = np.where(cells.parent >= 0, cells.parent, 0)
        # How far a cell's total can give way whichever way it has to.
        self._slack = np.minimum(cells.totals, BEST * cells.counts - cells.totals)

    def complete(
        self, hidden: BoolArray, may_hide: BoolArray, mean_widths: FloatArray, cost: FloatArray, protection: Protection
    ) -> BoolArray:
        """Hide more until no sum by itself gives anything away, or nothing is left to hide."""
        while True:
            before = int(hidden.sum())
            hidden = self._across(hidden, may_hide, mean_widths, cost, protection)
            hidden = self._down(hidden, may_hide, mean_widths, cost, protection)
            if int(hidden.sum()) == before:
                return hidden

    def _below(self, values: NDArray[Any]) -> FloatArray:
        """Sums over the places right below each place."""
        found: FloatArray = self._children @ values.astype(np.float64)
        return found

    def _across(
        self, hidden: BoolArray, may_hide: BoolArray, mean_widths: FloatArray, cost: FloatArray, protection: Protection
    ) -> BoolArray:
        """The columns of each place and their sum, the first."""
        cells = self._cells
        unknown = hidden & ~known_from_first(cells, hidden)
        parts = unknown.copy()
        parts[:, 0] = False
        n, t, q = ((x * parts).sum(axis=1) for x in (cells.counts, cells.totals, cells.squares))
        lacks = _lacks(cells, n[:, None], t[:, None], q[:, None], np.where(parts & ~unknown[:, :1], mean_widths, 0.0))
        lacking = lacks.max(axis=1)
        short = parts.any(axis=1) & (
            (unknown.sum(axis=1) < 2) | (~unknown[:, 0] & ((n < protection.count_width) | (lacking > _ROUNDING)))
        )
        price = np.where(may_hide & ~hidden, cost + _DEAR * (self._slack < lacking[:, None]), np.inf)
        price[:, 0] = np.where(np.isinf(price[:, 1:]).all(axis=1), price[:, 0], np.inf)
        cheapest = price.argmin(axis=1)
        rows = np.flatnonzero(short & np.isfinite(price.min(axis=1)))
        hidden = hidden.copy()
        hidden[rows, cheapest[rows]] = True
        return hidden

    def _down(
        self, hidden: BoolArray, may_hide: BoolArray, mean_widths: FloatArray, cost: FloatArray, protection: Protection
    ) -> BoolArray:
        """The places below each place and their sum, in every column."""
        cells = self._cells
        unknown = hidden & ~known_from_first(cells, hidden)
        n_parts, n, t, q = (self._below(x * unknown) for x in (np.ones(1), cells.counts, cells.totals, cells.squares))
        below = (cells.parent >= 0)[:, None]
        total_shown = ~unknown
        lacks = _lacks(
            cells,
            n[self._parent],
            t[self._parent],
            q[self._parent],
            np.where(unknown & below & total_shown[self._parent], mean_widths, 0.0),
        )
        lacking = np.zeros(hidden.shape)
        np.maximum.at(lacking, self._parent, lacks)
        short = (
            ~cells.leaf[:, None]
            & ((n_parts > 0) | unknown)
            & ((n_parts + unknown < 2) | (total_shown & ((n < protection.count_width) | (lacking > _ROUNDING))))
        )
        row, column = np.nonzero(may_hide & ~hidden & below)
        wanted = short[cells.parent[row], column]
        row, column = row[wanted], column[wanted]
        sums = cells.parent[row] * hidden.shape[1] + column
        too_little = self._slack[row, column] < lacking[cells.parent[row], column]
        order = np.lexsort((row, cost[row, column], too_little, sums))
        found, first = np.unique(sums[order], return_index=True)
        hidden = hidden.copy()
        hidden[row[order][first], column[order][first]] = True
        helped = np.zeros(hidden.size, dtype=bool)
        helped[found] = True
        last: BoolArray = short & ~helped.reshape(hidden.shape) & may_hide
        return hidden | last


def _lacks(cells: Cells, n: FloatArray, t: FloatArray, q: FloatArray, mean_widths: FloatArray) -> FloatArray:
    """By how much the totals of hidden parts lie too narrowly, given what all hidden parts of a sum are together."""
    a = cells.counts.astype(np.float64)
    lacks: FloatArray = np.maximum(mean_widths * a - total_width(a, n, t, q), 0.0)
    return lacks
