r"""A quick proof that hidden cells of a crossed table are uncertain enough, for nearly all of them at once.

Take a column g, a partner h, and the places where both are hidden. Learners of g can be taken for learners of h at one
placement and the other way round at another without anything shown changing, if both columns are hidden all the way up from
either to a place that both lie below: the difference moves along the tree of g and back along that of h (with the first
column as the partner it moves along both trees the same way). So for each pair the placements fall into sets, as in ``tree``,
in each of which what some take on the others give away:

    up of a cell of g  >=  sum over h of min(what it can take on inside, what the rest of its set can give away), (1)

where a placement's amount of g is shared out among its partners, so that the exchanges can be made together, or

    up of a cell of g  >=  max over h of the same without sharing.                                             (2)

Either is a flow of ``network``, so the bound is safe; it misses exchanges in which more than two columns take part.
"""

import numpy as np

from nets.disclosure.suppression.cells import BoolArray, Cells, FloatArray, IntArray


class Exchanges:
    """Every ordered pair of hidden cells of one place: a column and its partner."""

    def __init__(self, cells: Cells, hidden: BoolArray) -> None:
        n_places, n_columns = cells.counts.shape
        column, partner = np.nonzero(~np.eye(n_columns, dtype=bool))
        order = np.concatenate(cells.by_depth)
        row, pair = np.nonzero(hidden[np.ix_(order, column)] & hidden[np.ix_(order, partner)])
        row = order[row]
        n_pairs = len(column)
        entry = np.full((n_places + 1) * n_pairs, -1)
        entry[row * n_pairs + pair] = np.arange(len(row))
        parent = np.where(cells.parent[row] >= 0, cells.parent[row], n_places)
        self._above: IntArray = entry[parent * n_pairs + pair]
        self._cell, self._partner = row * n_columns + column[pair], row * n_columns + partner[pair]
        self._along = (column[pair] == 0) | (partner[pair] == 0)
        self._leaf = cells.leaf[row]
        self._size, self._shape = n_places * n_columns, (n_places, n_columns)

        depth = np.zeros(n_places, dtype=np.int64)
        for number, rows in enumerate(cells.by_depth):
            depth[rows] = number
        self._levels = [slice(*ends) for ends in _runs(depth[row])]
        name = parent * n_pairs + pair
        for level in self._levels[1:]:
            above = self._above[level]
            name[level] = np.where(above >= 0, name[above], name[level])
        names, self._set = np.unique(name, return_inverse=True)
        self._unbound = np.zeros(len(names), dtype=bool)
        self._unbound[self._set[cells.parent[row] < 0]] = True

    def spread(self, takes: FloatArray, gives: FloatArray) -> FloatArray:
        """How far every cell can move at least, up and down together; takes and gives as in ``network``, shapes of the cells."""
        takes, gives = takes.ravel(), gives.ravel()
        partner_up = np.where(self._along, takes[self._partner], gives[self._partner])
        partner_down = np.where(self._along, gives[self._partner], takes[self._partner])
        # A share as large as what the whole set has of the partner.
        weight = np.where(self._leaf, self._within_sets(gives[self._partner]), 0.0)
        of_cell = np.bincount(self._cell, weight, minlength=self._size)[self._cell]
        share = np.divide(weight, of_cell, out=np.zeros_like(weight), where=of_cell > 0)

        up, down = self._moves(share * takes[self._cell], share * gives[self._cell], partner_up, partner_down)
        up = np.minimum(np.bincount(self._cell, up, minlength=self._size), takes)
        down = np.minimum(np.bincount(self._cell, down, minlength=self._size), gives)

        ups, downs = self._moves(takes[self._cell], gives[self._cell], partner_up, partner_down)
        np.maximum.at(up, self._cell, np.minimum(ups, takes[self._cell]))
        np.maximum.at(down, self._cell, np.minimum(downs, gives[self._cell]))
        return (up + down).reshape(self._shape)

    def _moves(
        self, takes: FloatArray, gives: FloatArray, partner_up: FloatArray, partner_down: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """What each pair's exchange can do for its own cell, up and down: the cell against the rest of its set."""
        up = np.where(self._leaf, np.minimum(takes, partner_up), 0.0)
        down = np.where(self._leaf, np.minimum(gives, partner_down), 0.0)
        rest_up, rest_down = self._over_sets(up), self._over_sets(down)
        for level in reversed(self._levels):
            above = self._above[level]
            joined = above >= 0
            for amounts in (up, down):
                amounts += np.bincount(above[joined], amounts[level][joined], minlength=len(amounts))
        # The cell in question is not shared: of its own it gives all.
        own_up = np.where(self._leaf, partner_up, up)
        own_down = np.where(self._leaf, partner_down, down)
        return np.minimum(own_up, rest_down - down), np.minimum(own_down, rest_up - up)

    def _within_sets(self, amounts: FloatArray) -> FloatArray:
        within = np.bincount(self._set, np.where(self._leaf, amounts, 0.0), minlength=len(self._unbound))
        return within.astype(np.float64)[self._set]

    def _over_sets(self, amounts: FloatArray) -> FloatArray:
        return np.where(self._unbound[self._set], np.inf, self._within_sets(amounts))


def _runs(values: IntArray) -> list[tuple[int, int]]:
    """Where runs of equal values begin and end."""
    if not len(values):
        return []
    cuts = (np.flatnonzero(np.diff(values)) + 1).tolist()
    return list(zip([0, *cuts], [*cuts, len(values)], strict=True))
