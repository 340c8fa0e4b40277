r"""How uncertain a cell can be made at all, whatever else is hidden: no more is asked of it, and nothing is hidden in vain.

At a place whose first column stays shown, with N learners and a total of S in the cells that are or may be hidden beside it,

    count of n of them:    from 0 to N, and known where n = N;                                                 (1)
    total of n of them:    from max(0, S - 100 (N - n)) to min(100 n, S);                                      (2)

and where it is hidden no further than it can be itself (``tree`` (2)). A place moves no further than the places right below it
together. Where fourteen learners have a mean of 99.4 no group
of three among them is uncertain by ten points.
"""

import numpy as np

from nets.disclosure.suppression.cells import BEST, BoolArray, Cells, FloatArray
from nets.disclosure.suppression.tree import uncertainty_in_tree


def reach(cells: Cells, hidden: BoolArray, fixed: BoolArray) -> tuple[FloatArray, FloatArray]:
    """How far every cell's count and total may be made to move at most, up and down together; 0 for those that stay shown."""
    possible = cells.live & (hidden | ~fixed)
    stays = (fixed & ~hidden)[:, :1] & cells.live[:, :1]
    n, t = np.where(possible, cells.counts, 0).astype(np.float64), np.where(possible, cells.totals, 0.0)
    all_n, all_t = n[:, 1:].sum(axis=1, keepdims=True), t[:, 1:].sum(axis=1, keepdims=True)
    count = np.where(stays, np.where(all_n > n, all_n, 0.0), _own(cells, hidden, fixed))
    total = np.where(stays, np.minimum(BEST * n, all_t) - np.maximum(0.0, all_t - BEST * (all_n - n)), BEST * n)
    count, total = np.where(possible, count, 0.0), np.where(possible, total, 0.0)
    for rows in cells.by_depth[:0:-1]:
        for moves in (count, total):
            below = np.zeros(moves.shape)
            np.add.at(below, cells.parent[rows], moves[rows])
            above = np.unique(cells.parent[rows])
            moves[above] = np.minimum(moves[above], below[above])
    return count, total


def _own(cells: Cells, hidden: BoolArray, fixed: BoolArray) -> FloatArray:
    """How far the counts of hidden places can move, and those of their columns with them, where the first column is settled."""
    able = np.full(cells.counts.shape, np.inf)
    if fixed[:, 0].all():
        first = Cells(cells.counts[:, :1], cells.totals[:, :1], cells.squares[:, :1], cells.parent)
        width, _ = uncertainty_in_tree(first, hidden[:, 0])
        settled = ~np.isnan(width)
        able[settled] = np.maximum(width, cells.counts[:, 0])[settled, None]
        able[settled, 0] = width[settled]
    return able
