r"""What the answers to one question give away of hidden places: more than a mean and a spread, for they come by option.

A place that is shown, less the shown places within it, leaves the answers of the hidden ones together, each option with its number.
Whoever knows that k of them are one place's learners knows that their scores add up to no more than the k best of those answers
and no less than the k worst. With eleven fourths and one fifth left, three learners have 75 or 83.3 on average; mean and spread
alone would have let them have 65 to 89. So where that is too narrow the cheapest shown place beside is hidden as well, or the one
above, until it is not.
"""

import numpy as np
from numpy.typing import NDArray

from nets.disclosure.suppression.cells import BEST
from nets.releases.place_tree import PlaceTree

Bools = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]

_ROUNDING = 1e-6


def hidden_by_option(hidden: Bools, answers: Numbers, asked: Numbers, cost: Numbers, tree: PlaceTree) -> Bools:
    """Hide further places until the mean of every hidden one stays as wide as asked.

    Parameters
    ----------
    hidden
        Places that are hidden already, shape (n_places,).
    answers
        Answers by option from the worst, shape (n_places, n_options).
    asked
        How widely the mean of each place has to lie when it is hidden, in points.
    cost
        What hiding a place costs.
    """
    table = _Options(answers, tree)
    hidden = hidden | (table.n == 0)
    while True:
        around, left = table.what_is_left(hidden)
        parts = table.unknown_parts(hidden)
        wanted = asked * table.n
        short = np.flatnonzero(hidden & (table.n > 0) & (around >= 0) & (wanted > 0))
        short = short[table.spread(left[around[short]], parts[short]) < wanted[short] - _ROUNDING]
        if not len(short):
            return hidden
        more = [
            table.cheapest_beside(place, short[around[short] == place], hidden, around, left, parts, wanted, cost)
            for place in np.unique(around[short]).tolist()
        ]
        hidden = hidden.copy()
        hidden[more] = True


class _Options:
    """Answers by option in every place of a tree."""

    def __init__(self, answers: Numbers, tree: PlaceTree) -> None:
        self.n = answers.sum(axis=1)
        self._answers = answers
        self._worth = np.linspace(0.0, BEST, answers.shape[1])
        self._levels = list(zip(tree.above[:-1], tree.above[1:], strict=True))
        self._n_placements = len(tree.placements)
        self._parent = np.full(len(answers), -1)
        for below, above in self._levels:
            self._parent[below] = above

    def what_is_left(self, hidden: Bools) -> tuple[Rows, Numbers]:
        """The nearest shown place around each, -1 where there is none, and what a shown one has beside the shown ones within."""
        around = np.full(len(hidden), -1)
        for below, above in reversed(self._levels):
            around[below] = np.where(hidden[above], around[above], above)
        left = np.where(hidden[:, None], 0.0, self._answers)
        within = np.flatnonzero(~hidden & (around >= 0))
        np.subtract.at(left, around[within], self._answers[within])
        return around, left

    def unknown_parts(self, hidden: Bools) -> Numbers:
        """Learners of each hidden place that are in no shown place within it."""
        parts = np.where(hidden, self.n, 0.0)
        parts[self._n_placements :] = 0.0
        for below, _ in self._levels:
            rows = np.unique(below)
            inside = rows[hidden[rows]]
            np.add.at(parts, self._parent[inside], parts[inside])
        return np.where(hidden, parts, 0.0)

    def spread(self, left: Numbers, k: Numbers) -> Numbers:
        """How far the scores of k learners can lie apart that are among these answers: the k best less the k worst."""
        return self._best(left, k, self._worth) - self._best(left, k, self._worth, worst=True)

    def _best(self, left: Numbers, k: Numbers, worth: Numbers, *, worst: bool = False) -> Numbers:
        order = slice(None) if worst else slice(None, None, -1)
        inside = left[:, order]
        before = np.cumsum(inside, axis=1) - inside
        taken = np.clip(k[:, None] - before, 0.0, inside)
        return np.asarray(taken @ worth[order])

    def cheapest_beside(
        self,
        place: int,
        short: Rows,
        hidden: Bools,
        around: Rows,
        left: Numbers,
        parts: Numbers,
        wanted: Numbers,
        cost: Numbers,
    ) -> int:
        """The cheapest shown place that is enough beside those which fall short, or brings most; the one around them all else."""
        beside = np.flatnonzero(~hidden & (around == place))
        brings = np.where((beside < self._n_placements)[:, None], self._answers[beside], left[beside])
        beside, brings = beside[brings.sum(axis=1) > 0], brings[brings.sum(axis=1) > 0]
        if not len(beside):
            return place
        lacks = np.zeros(len(beside))
        for cell in short.tolist():
            reached = self.spread(left[place] + brings, np.full(len(beside), parts[cell]))
            lacks = np.maximum(lacks, wanted[cell] - reached)
        order = np.lexsort((beside, cost[beside], np.where(lacks > _ROUNDING, lacks, 0.0)))
        return int(beside[order[0]])
