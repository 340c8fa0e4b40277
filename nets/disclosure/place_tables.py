"""Sums of places and learner groups as tables that ``suppression`` knows: a row a place, with all learners in the first column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.disclosure.alike import width_of_one
from nets.disclosure.suppression import Cells, CountsKnown, Protection, hidden_cells
from nets.releases.place_tree import PlaceTree
from nets.releases.tallying import Tally

Bools = NDArray[np.bool_]
Numbers = NDArray[np.float64]

_CENTRE = 50.0
_ANY_SPREAD = 1e12
"""Stands for sums of squares where there are none: they bind nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class CellSums:
    """Learners, sums of their scores and of the squared scores, one entry a cell."""

    n: Numbers
    total: Numbers
    squares: Numbers

    @property
    def arrays(self) -> tuple[NDArray[np.int64], Numbers, Numbers]:
        """Whole numbers of learners, totals and squares."""
        return np.rint(self.n).astype(np.int64), self.total, self.squares

    @property
    def width_of_one(self) -> Numbers:
        """How far apart the score of any one learner can lie, in points."""
        squared = np.divide(self.total**2, self.n, out=np.zeros(self.n.shape), where=self.n > 0)
        return width_of_one(self.n, self.total, self.squares - squared)

    @classmethod
    def of(cls, tally: Tally, column: int) -> "CellSums":
        """One measure of a tally, whose squares are taken about the middle of 0-100."""
        n, total = tally.n[:, column], tally.total[:, column]
        return cls(n, total, tally.squares[:, column] + 2 * _CENTRE * total - _CENTRE**2 * n)

    @classmethod
    def counts_alone(cls, n: Numbers) -> "CellSums":
        """Numbers of learners of whose scores nothing is known: they are in the middle, however spread."""
        return cls(n, _CENTRE * n, np.full(n.shape, _ANY_SPREAD))


class PlaceTables:
    """The tables of one campaign.

    Parameters
    ----------
    tree
        Places, with the nation over all of them.
    group_place, group_code
        Position in the tree and code of the learner group, of every cell of a group.
    floors
        Fewest learners of a place and of a learner group.
    protection
        How uncertain what is hidden has to stay.
    responses, group_responses
        Responses of every place and of every cell of a group: what hiding a cell costs, the same for every measure.
    """

    def __init__(
        self,
        tree: PlaceTree,
        group_place: NDArray[np.int64],
        group_code: Sequence[str],
        *,
        floors: tuple[int, int],
        protection: Protection,
        responses: Numbers,
        group_responses: Numbers,
    ) -> None:
        self._parent = np.full(len(tree.place_ids), -1)
        for below, above in zip(tree.above[:-1], tree.above[1:], strict=True):
            self._parent[below] = above
        column = {code: number for number, code in enumerate(dict.fromkeys(group_code), start=1)}
        self._cell = group_place, np.array([column[code] for code in group_code], dtype=np.int64)
        self._n_columns = len(column) + 1
        self._floors, self._protection = floors, protection
        self._responses = responses
        self._costs = self._crossed(responses, group_responses)

    def hidden_places(self, sums: CellSums, never_shown: Bools, asked: Numbers) -> Bools:
        """Places to hide on one measure: those below the floor, those never shown, and what it takes to protect them.

        Parameters
        ----------
        sums
            Of the places.
        never_shown
            Places to hide whatever their number.
        asked
            How widely the mean of a hidden place above the floor has to lie, in points. Nothing need be asked of one that is hidden
            for the sake of others: if it were, hiding nine placements in which all say that they were never left alone would
            take most of the others with them, and some of the regions.
        """
        n, total, squares = map(_column, sums.arrays)
        cells = Cells(n, total, squares, self._parent)
        return hidden_cells(
            cells,
            self._floors[0],
            self._protection,
            never_shown=_column(never_shown),
            mean_widths=np.where(n < self._floors[0], self._protection.mean_width, _column(asked)),
            cost=_column(self._responses),
        )[:, 0]

    def hidden_groups(
        self,
        places: CellSums,
        groups: CellSums,
        hidden_places: Bools,
        never_shown: Bools,
        asked: Numbers,
        counts_known: CountsKnown | None = None,
    ) -> Bools:
        """Learner groups to hide on one measure, given the hidden places; of a hidden place all groups are hidden."""
        cells = self._cells(places, groups)
        n = cells.counts
        nobody, nothing = np.zeros(hidden_places.shape, dtype=bool), np.zeros(hidden_places.shape)
        fixed = np.arange(self._n_columns) == 0
        hidden = hidden_cells(
            cells,
            np.where(fixed, 0, self._floors[1]),
            self._protection,
            never_shown=self._crossed(nobody, never_shown) | hidden_places[:, None],
            mean_widths=np.where(
                (n < self._floors[1]) & ~fixed, self._protection.mean_width, self._crossed(nothing, asked)
            ),
            cost=self._costs,
            fixed=fixed,
            counts_known=counts_known,
        )
        return hidden[self._cell]

    def counts_known(self, places: Numbers, groups: Numbers, hidden_places: Bools, hidden_groups: Bools) -> CountsKnown:
        """What is known of the counts of every measure that as many learners answered, or more, and that hides as much."""
        cells = self._cells(CellSums.counts_alone(places), CellSums.counts_alone(groups))
        fixed = np.broadcast_to(np.arange(self._n_columns) == 0, cells.counts.shape)
        return CountsKnown.of(cells, self._crossed(hidden_places, hidden_groups), fixed, self._protection)

    def _cells(self, places: CellSums, groups: CellSums) -> Cells:
        counts, totals, squares = map(self._crossed, places.arrays, groups.arrays)
        return Cells(counts, totals, squares, self._parent)

    def _crossed(self, places: NDArray[Any], groups: NDArray[Any]) -> NDArray[Any]:
        table = np.zeros((len(places), self._n_columns), dtype=places.dtype)
        table[:, 0] = places
        table[self._cell] = groups
        return table


def _column(values: NDArray[Any]) -> NDArray[Any]:
    return values[:, None]
