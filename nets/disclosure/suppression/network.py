r"""A tree of places crossed by columns that add up to the first is a network, and how uncertain a hidden cell is is a flow
through it.

Let a learner of group g flow down the tree of g from the nation to her placement, and from there, as one of all, up the tree
of all to the nation. Then every cell (place, column) is one arc, and every sum is a vertex at which as much comes in as goes
out:

    a place in column g:    from the place above comes what goes on to those below;
    a placement:            in come its groups, out goes its first column;
    a place in the first column:    in come the places below, out goes its own cell.

(That a place's groups add up to its first column follows for the places above.) What is shown is a fixed flow. A hidden cell
c from u to v can be larger by whatever can be sent from v back to u through the other hidden cells, against the amounts they
hold and up to the most they can hold:

    count:    an arc can take on any number and give away its n learners;                                      (1)
    total:    an arc can take on 100 n - t and give away t, the counts being known.                            (2)

By the theorem of the largest flow and the smallest cut (Ford and Fulkerson 1956) the cell's upper and lower bounds are those
of the linear programme over all hidden cells at once, and what binds is a cut: a sum of hidden cells that what is shown gives
away. Hiding any shown cell across the cut makes it wider.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from nets.disclosure.suppression.cells import BoolArray, Cells, FloatArray, IntArray

_ROUNDING = 1e-9
_FAR = 100
"""Vertices beyond a cut that are walked through in the hope that there are no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Cells as arcs: row and column of each, and the vertices it leads from and to."""

    row: IntArray
    column: IntArray
    tail: IntArray
    head: IntArray
    n_vertices: int

    @classmethod
    def of(cls, cells: Cells, chosen: BoolArray) -> "Arcs":
        """The arcs of the chosen cells. Vertices are numbered the same whatever is chosen."""
        n_places, n_columns = cells.counts.shape
        row, column = np.nonzero(chosen)
        # A placement is one vertex for all columns, any other place one for each; the last is all that is outside.
        below = np.where(cells.leaf[row], row * n_columns, row * n_columns + column)
        above = np.where(cells.parent[row] >= 0, cells.parent[row] * n_columns + column, n_places * n_columns)
        up = column == 0
        return cls(row, column, np.where(up, below, above), np.where(up, above, below), n_places * n_columns + 1)


Sides: TypeAlias = tuple[frozenset[int], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Spread:
    """How far an amount can move.

    Attributes
    ----------
    width
        Up and down together, up to what was wanted.
    cuts
        Where that is less: for either way that falls short, the vertices on the one side of a cut that binds, and those on the
        other, beyond which the flow cannot begin or end. Of the far side of a large network, which was not walked through, it is
        the near side again: everything else. What would make the cell wider crosses both, perhaps in steps.
    """

    width: float
    cuts: tuple[Sides, ...]


class Flows:
    """Flows among arcs with what each can take on and give away."""

    def __init__(self, tail: IntArray, head: IntArray, takes: FloatArray, gives: FloatArray) -> None:
        # Every arc is two edges, there and back, with room for what it can take on and what it can give away.
        self._to: list[int] = np.column_stack([head, tail]).ravel().tolist()
        self._room: list[float] = np.column_stack([takes, gives]).ravel().tolist()
        begins = np.column_stack([tail, head]).ravel()
        self._edges = np.argsort(begins, kind="stable")
        several = np.bincount(begins)
        self._first: list[int] = [0, *np.cumsum(several).tolist()]
        self._several: list[int] = several.tolist()
        self._seen: dict[int, list[int]] = {}
        # The most that each edge has taken up so far on any one occasion.
        self._moved = [0.0] * len(self._to)

    def moved(self, arc: int) -> float:
        """How far one arc's amount has moved, down and up together, while others were sent along it: it can move as far itself."""
        return self._moved[2 * arc] + self._moved[2 * arc + 1]

    def spread(self, arc: int, wanted: float) -> Spread:
        """How far one arc's amount can move: down by what the others can send from its start to its end, up by what back."""
        end, start = self._to[2 * arc : 2 * arc + 2]
        takes, gives = self._room[2 * arc : 2 * arc + 2]
        self._room[2 * arc : 2 * arc + 2] = 0.0, 0.0
        down, first = self._send(start, end, min(wanted, gives))
        up, second = self._send(end, start, min(wanted - down, takes))
        self._room[2 * arc : 2 * arc + 2] = takes, gives
        return Spread(down + up, (*first, *second) if down + up < wanted - _ROUNDING else ())

    def _send(self, source: int, sink: int, most: float) -> tuple[float, tuple[Sides, ...]]:
        """Send along shortest paths (Edmonds and Karp 1972) until there is enough, or no path is left."""
        room, sent, before = self._room, 0.0, dict[int, float]()
        cut: tuple[Sides, ...] = ()
        while sent < most - _ROUNDING:
            path, sides = self._search(source, sink)
            if not path:
                cut = (sides,)
                break
            amount = min(most - sent, *[room[edge] for edge in path])
            for edge in path:
                for one, change in ((edge, -amount), (edge ^ 1, amount)):
                    before.setdefault(one, room[one])
                    room[one] += change
            sent += amount
        for edge, amount in before.items():
            self._moved[edge] = max(self._moved[edge], amount - room[edge])
            room[edge] = amount
        return sent, cut

    def _search(self, source: int, sink: int) -> tuple[list[int], Sides]:
        """A shortest path from both its ends, the side with fewer edges to look at first; or, where there is none, the cut."""
        came: tuple[dict[int, int], dict[int, int]] = {source: -1}, {sink: -1}
        waiting = [source], [sink]
        edges = [self._several[source], self._several[sink]]
        while waiting[0] and waiting[1]:
            side = 0 if edges[0] <= edges[1] else 1
            meeting, edges[side] = self._step(came, waiting, side)
            if meeting >= 0:
                return self._path(came, meeting), (frozenset(), frozenset())
        near = 0 if not waiting[0] else 1
        while waiting[1 - near] and len(came[1 - near]) < _FAR:
            self._step(came, waiting, 1 - near)
        sides = frozenset(came[0]), frozenset(came[1])
        if waiting[1 - near]:
            sides = sides[near], sides[near]
        return [], sides

    def _step(
        self, came: tuple[dict[int, int], dict[int, int]], waiting: tuple[list[int], list[int]], side: int
    ) -> tuple[int, int]:
        """Go one edge further from one side: where it met the other, -1 if nowhere, and how many edges lead on."""
        here, there, to, room, seen = came[side], came[1 - side], self._to, self._room, self._seen
        found, edges = [], 0
        for vertex in waiting[side]:
            leaving = seen.get(vertex)
            if leaving is None:
                leaving = seen[vertex] = self._edges[self._first[vertex] : self._first[vertex + 1]].tolist()
            for edge in leaving:
                following = to[edge]
                if following not in here and room[edge ^ side] > _ROUNDING:
                    here[following] = edge
                    if following in there:
                        return following, 0
                    found.append(following)
                    edges += self._several[following]
        waiting[side][:] = found
        return -1, edges

    def _path(self, came: tuple[dict[int, int], dict[int, int]], meeting: int) -> list[int]:
        path = []
        for side in (0, 1):
            edge = came[side][meeting]
            while edge >= 0:
                path.append(edge ^ side)
                edge = came[side][self._to[edge ^ 1]]
        return path
