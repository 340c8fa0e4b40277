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

What is hidden grows until (2), and (3) with (4), are as wide as asked in every hidden cell. Each tree that falls short takes in
the cheapest cell beside it that is enough, or else the one that helps most: a placement of one of its sums, a total that joins it
to another tree, a total below which nothing is hidden yet, with the cheapest cells below it down to a placement; where none
helps, the total of its topmost sum, so that in the end everything is hidden and nothing can be worked out.
"""

import numpy as np

from nets.disclosure.suppression.cells import BEST, BoolArray, Cells, FloatArray, IntArray, Protection

_ROUNDING = 1e-9


def hide_in_tree(
    cells: Cells, hidden: BoolArray, mean_widths: FloatArray, cost: FloatArray, protection: Protection
) -> BoolArray:
    """Hide further cells of a table with one column until what is hidden is uncertain enough; all shapes (n_places,)."""
    hidden = hidden & cells.live[:, 0]
    while True:
        trees = _Trees(cells, hidden)
        narrow, childless = trees.narrow(mean_widths, protection)
        if not len(narrow) and not len(childless):
            return hidden
        chains = _Chains(cells, hidden, trees, cost)
        hidden[_beside(cells, hidden, trees, narrow, mean_widths, chains, protection)] = True
        hidden[chains.below(childless)] = True


def uncertainty_in_tree(cells: Cells, hidden: BoolArray) -> tuple[FloatArray, FloatArray]:
    """How wide the count and the mean of every hidden cell stay, shapes (n_places,); nan where nothing is hidden."""
    hidden = hidden & cells.live[:, 0]
    trees = _Trees(cells, hidden)
    count_width, mean_width = np.full(len(hidden), np.nan), np.full(len(hidden), np.nan)
    count_width[hidden], mean_width[hidden] = trees.widths
    return count_width, mean_width


def total_width(a: FloatArray, n: FloatArray, s: FloatArray, q: FloatArray) -> FloatArray:
    """The length of the intersection of (3) and (4), for a of n learners with a total of s and a sum of squares of q."""
    others = n - a
    safe = np.maximum(n, 1.0)
    spread = np.sqrt(np.maximum(q - s * s / safe, 0.0) * np.maximum(a * others, 0.0) / safe)
    low = np.maximum(np.maximum(s - BEST * others, 0.0), a * s / safe - spread)
    high = np.minimum(np.minimum(BEST * a, s), a * s / safe + spread)
    width: FloatArray = np.maximum(high - low, 0.0)
    return width


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
        self.numbers = np.column_stack(
            [
                np.bincount(tree, values[placements, 0], minlength=size)
                for values in (cells.counts, cells.totals, cells.squares)
            ]
        )
        self.cells = np.flatnonzero(hidden)
        self.tree = self._tree(parent, self.cells)
        # A tree that reaches a hidden cell with none above has no equation.
        self.loose = hidden & (parent < 0)
        loose, a, n = self.loose[self.tree], self.inside[self.cells], self.numbers[self.tree, 0]
        width = np.where(loose, BEST * a, total_width(a, *self.numbers[self.tree].T))
        count_width = np.where(loose, np.inf, np.where(n > a, n, 0.0))  # (2)
        self.widths = np.where(a > 0, count_width, 0.0), width / counts[self.cells]

    def _tree(self, parent: IntArray, rows: IntArray) -> IntArray:
        return self.of_sum[np.where(parent[rows] >= 0, parent[rows], rows)]

    def narrow(self, mean_widths: FloatArray, protection: Protection) -> tuple[IntArray, IntArray]:
        """Places among ``cells`` that are too certain; hidden totals with nothing hidden below, which are known from below."""
        count_width, mean_width = self.widths
        childless = self.inside[self.cells] == 0
        narrow = (count_width < protection.count_width) | (mean_width < mean_widths[self.cells] - _ROUNDING)
        return np.flatnonzero(narrow & ~childless), self.cells[childless]


def _beside(
    cells: Cells,
    hidden: BoolArray,
    trees: _Trees,
    narrow: IntArray,
    mean_widths: FloatArray,
    chains: "_Chains",
    protection: Protection,
) -> IntArray:
    """One cell more for every tree that falls short: the cheapest that is enough, or else the one that helps most."""
    size = len(hidden)
    narrow = narrow[np.argsort(trees.tree[narrow], kind="stable")]
    short, first, several = np.unique(trees.tree[narrow], return_index=True, return_counts=True)
    if not len(short):
        return short
    place = np.full(size, -1)
    place[short] = np.arange(len(short))
    shown = np.flatnonzero(cells.live[:, 0] & ~hidden & (cells.parent >= 0))
    tree = trees.of_sum[cells.parent[shown]]
    # Any total will do where there is nothing to join at the top.
    usable = (place[tree] >= 0) & ((chains.end[shown] >= 0) | trees.loose[tree])
    shown, tree = shown[usable], tree[usable]
    end = chains.end[shown]
    own = np.column_stack([values[end, 0] for values in (cells.counts, cells.totals, cells.squares)])
    brings = np.where(end[:, None] < 0, 0.0, np.where(cells.leaf[end, None], own, trees.numbers[end]))

    # Every candidate with every cell of its tree that is too certain.
    times = several[place[tree]]
    candidate = np.repeat(np.arange(len(shown)), times)
    nth = np.arange(len(candidate)) - np.repeat(np.cumsum(times) - times, times)
    cell = trees.cells[narrow[first[place[tree[candidate]]] + nth]]
    together = trees.numbers[tree[candidate]] + brings[candidate]
    wanted = mean_widths[cell] * cells.counts[cell, 0]
    reached = total_width(trees.inside[cell], *together.T)
    before = total_width(trees.inside[cell], *trees.numbers[tree[candidate]].T)
    lacks_mean = np.maximum(wanted - reached, 0.0) / np.maximum(wanted, 1.0)
    lacks_count = np.maximum(protection.count_width - together[:, 0], 0.0) / protection.count_width
    lacks = np.bincount(candidate, np.maximum(lacks_mean, lacks_count), minlength=len(shown))
    helps = np.bincount(
        candidate, (reached > before) | (lacks_count > 0) | trees.loose[tree[candidate]], minlength=len(shown)
    )
    worth = np.flatnonzero(helps > 0)
    enough = lacks <= _ROUNDING
    order = worth[
        np.lexsort(
            (
                shown[worth],
                chains.price[shown[worth]],
                np.where(enough[worth], 0.0, lacks[worth]),
                ~enough[worth],
                tree[worth],
            )
        )
    ]
    helped, best = np.unique(tree[order], return_index=True)
    return np.concatenate([shown[order][best], short[~np.isin(short, helped)]])


class _Chains:
    """What hiding a cell takes: of a total below which nothing is hidden, the cheapest cell below it, and so on downwards.

    ``end`` is the placement, or the total with placements hidden below it, that such a chain leads to, -1 where there is none;
    ``price`` what all of its cells cost together.
    """

    def __init__(self, cells: Cells, hidden: BoolArray, trees: _Trees, cost: FloatArray) -> None:
        self.price = cost.copy()
        self._next = np.full(len(hidden), -1)
        self.end = np.where(cells.leaf | (trees.numbers[:, 0] > 0), np.arange(len(hidden)), -1)
        able = cells.live[:, 0] & ~hidden
        for rows in cells.by_depth[:0:-1]:
            rows = rows[able[rows] & (self.end[rows] >= 0)]
            order = rows[np.lexsort((rows, self.price[rows], cells.parent[rows]))]
            above, first = np.unique(cells.parent[order], return_index=True)
            self._next[above] = order[first]
            longer = self.end[above] < 0
            above, below = above[longer], order[first][longer]
            self.end[above] = self.end[below]
            self.price[above] += self.price[below]

    def below(self, totals: IntArray) -> IntArray:
        """The cell right below each of some totals that is hidden with it."""
        found = self._next[totals]
        return found[found >= 0]
