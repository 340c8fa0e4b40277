r"""Complementary suppression in a tree: places that add up to the place above them.

Let H be the hidden cells with anybody in them. Every sum (a place and the places right below it) is a vertex, every hidden
cell an edge between the sum that it is the total of and the sum that it is a part of; a hidden placement is part of one sum
only and has a loose end. That graph is a forest. Eliminating the hidden totals inside one of its trees leaves a single
equation,

    sum over the hidden placements of the tree = what is shown around it,                                      (1)

for counts, for totals and for sums of squares alike, and none at all where the tree reaches a place with none above. Moving
along (1) is moving along a path between two loose ends: one placement up and another down, the hidden totals between them
with them, which is why it is enough to look at one sum at a time, as long as what each total can pass on is counted in the
placements hidden below it.

Let B be those placements, with N learners, a total of S and the sum of squares Q, and let A be those of them within some
hidden cell, with a learners. By (1) alone

    count of A:    from 0 to N, if A is not all of B, and known otherwise;                                     (2)
    total of A:    from max(0, S - 100 (N - a)) to min(100 a, S), the counts being known;                      (3)
    total of A:    within  a S / N  -+  sqrt((Q - S^2 / N) a (N - a) / N),                                     (4)

the last because the squares around the two means of A and of B without A cannot exceed those of all B (standard deviations
are shown beside means, so sums of squares can be had by subtraction as totals can). The uncertainty of a cell's mean is the
length of the intersection of (3) and (4) over its learners. (2) and (3) are exact; they are the linear programme's bounds.

What is hidden grows until (2) is as wide as asked in every hidden cell, and (3) with (4) in every guarded one. Each tree that
falls short takes the cheapest cell beside it in: a placement of one of its sums, a total that joins it to another tree; where
there is none left, the total of its topmost sum, so that in the end everything is hidden and nothing can be worked out.
"""

import numpy as np

from nets.suppression.cells import BEST, BoolArray, Cells, FloatArray, IntArray, Protection

_ROUNDING = 1e-9


def hide_in_tree(
    cells: Cells, hidden: BoolArray, guarded: BoolArray, cost: FloatArray, protection: Protection
) -> BoolArray:
    """Hide further cells of a table with one column until what is hidden is uncertain enough; all shapes (n_places,)."""
    hidden = hidden & cells.live[:, 0]
    while True:
        trees = _Trees(cells, hidden)
        short, childless = trees.short(guarded, protection)
        if not len(short) and not len(childless):
            return hidden
        hidden[_cheapest_beside(cells, hidden, trees, short, childless, cost)] = True


def uncertainty_in_tree(cells: Cells, hidden: BoolArray) -> tuple[FloatArray, FloatArray]:
    """How wide the count and the mean of every hidden cell stay, shapes (n_places,); nan where nothing is hidden."""
    hidden = hidden & cells.live[:, 0]
    trees = _Trees(cells, hidden)
    count_width, mean_width = np.full(len(hidden), np.nan), np.full(len(hidden), np.nan)
    count_width[hidden], mean_width[hidden] = trees.widths
    return count_width, mean_width


class _Trees:
    """The forest of hidden cells: which tree each belongs to, and the numbers of equation (1)."""

    def __init__(self, cells: Cells, hidden: BoolArray) -> None:
        parent, counts = cells.parent, cells.counts[:, 0]
        size = len(parent)
        # A sum goes by the row of its total. It is in one tree with the sum above it if that total is hidden.
        self.of_sum = np.arange(size)
        for rows in cells.by_depth[1:]:
            self.of_sum[rows] = np.where(hidden[rows], self.of_sum[parent[rows]], rows)
        self.inside = np.where(cells.leaf & hidden, counts, 0).astype(np.float64)
        for rows in cells.by_depth[:0:-1]:
            self.inside += np.bincount(parent[rows], np.where(hidden[rows], self.inside[rows], 0.0), minlength=size)

        placements = np.flatnonzero(hidden & cells.leaf)
        tree = self._tree(parent, placements)
        self.n = np.bincount(tree, counts[placements], minlength=size)
        total = np.bincount(tree, cells.totals[placements, 0], minlength=size)
        square = np.bincount(tree, cells.squares[placements, 0], minlength=size)

        self.cells = np.flatnonzero(hidden)
        self.tree = self._tree(parent, self.cells)
        # A tree that reaches a hidden cell with none above has no equation.
        self.loose = hidden & (parent < 0)
        loose = self.loose[self.tree]
        n, a, s, q = self.n[self.tree], self.inside[self.cells], total[self.tree], square[self.tree]
        others = n - a
        safe = np.maximum(n, 1.0)
        spread = np.sqrt(np.maximum(q - s * s / safe, 0.0) * a * others / safe)
        low = np.maximum(np.maximum(s - BEST * others, 0.0), a * s / safe - spread)  # (3) and (4)
        high = np.minimum(np.minimum(BEST * a, s), a * s / safe + spread)
        width = np.where(loose, BEST * a, np.maximum(high - low, 0.0))
        self.widths = (
            np.where(a > 0, np.where(loose, np.inf, np.where(others > 0, n, 0.0)), 0.0),  # (2)
            width / counts[self.cells],
        )

    def _tree(self, parent: IntArray, rows: IntArray) -> IntArray:
        return self.of_sum[np.where(parent[rows] >= 0, parent[rows], rows)]

    def short(self, guarded: BoolArray, protection: Protection) -> tuple[IntArray, IntArray]:
        """Trees that leave a cell too certain; hidden totals with nothing hidden below, which are known from below."""
        count_width, mean_width = self.widths
        childless = self.inside[self.cells] == 0
        narrow = (count_width < protection.count_width) | (
            guarded[self.cells] & (mean_width < protection.mean_width - _ROUNDING)
        )
        return np.unique(self.tree[narrow & ~childless]), self.cells[childless]


def _cheapest_beside(
    cells: Cells, hidden: BoolArray, trees: _Trees, short: IntArray, childless: IntArray, cost: FloatArray
) -> IntArray:
    """For every tree that falls short the cheapest cell beside it, and for every childless total the cheapest one below."""
    size = len(hidden)
    is_short, is_childless = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    is_short[short], is_childless[childless] = True, True
    shown = np.flatnonzero(cells.live[:, 0] & ~hidden & (cells.parent >= 0))
    above = cells.parent[shown]
    tree = trees.of_sum[above]
    # A total helps at once only if placements are hidden below it; any will do where there is nothing to join at the top.
    beside = is_short[tree] & (cells.leaf[shown] | (trees.n[shown] > 0) | trees.loose[tree])
    below = is_childless[above]
    candidates = np.concatenate([shown[beside], shown[below]])
    wanted_by = np.concatenate([tree[beside], size + above[below]])
    order = np.lexsort((candidates, cost[candidates], wanted_by))
    wanted_by, first = np.unique(wanted_by[order], return_index=True)
    unhelped = short[~np.isin(short, wanted_by)]
    return np.concatenate([candidates[order][first], unhelped])
