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

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nets.disclosure.suppression.cells import BoolArray, Cells, IntArray

_ROUNDING = 1e-9


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


@dataclass(frozen=True, slots=True)
class Spread:
    """How far an amount can move.

    Attributes
    ----------
    width
        Up and down together, up to what was wanted.
    cuts
        Where that is less: for either way that falls short, the vertices that can be reached from where the flow begins, and those
        from which its end can be reached. What would make the cell wider crosses from the one to the other, perhaps in steps.
    """

    width: float
    cuts: tuple[tuple[frozenset[int], frozenset[int]], ...]


class Flows:
    """Flows among arcs with what each can take on and give away."""

    def __init__(
        self, tail: Sequence[int], head: Sequence[int], takes: Sequence[float], gives: Sequence[float]
    ) -> None:
        self._ends = list(zip(tail, head, strict=True))
        self._takes, self._gives = list(takes), list(gives)
        self._flow = [0.0] * len(self._ends)
        self._at: dict[int, list[int]] = {}
        for arc, (start, end) in enumerate(self._ends):
            if start != end:
                self._at.setdefault(start, []).append(arc)
                self._at.setdefault(end, []).append(arc)

    def spread(self, arc: int, wanted: float) -> Spread:
        """How far one arc's amount can move: down by what the others can send from its start to its end, up by what back."""
        start, end = self._ends[arc]
        down, first = self._send(start, end, arc, min(wanted, self._gives[arc]))
        up, second = self._send(end, start, arc, min(wanted - down, self._takes[arc]))
        return Spread(down + up, (*first, *second) if down + up < wanted - _ROUNDING else ())

    def _send(
        self, source: int, sink: int, without: int, most: float
    ) -> tuple[float, tuple[tuple[frozenset[int], frozenset[int]], ...]]:
        """Send along shortest paths (Edmonds and Karp 1972) until there is enough, or no path is left."""
        sent, touched = 0.0, set[int]()
        cut: tuple[tuple[frozenset[int], frozenset[int]], ...] = ()
        while sent < most - _ROUNDING:
            came = self._search(source, sink, without, forwards=True)
            if sink not in came:
                back = self._search(sink, source, without, forwards=False)
                cut = ((frozenset(came), frozenset(back)),)
                break
            path, there = [], sink
            while there != source:
                there, arc, along = came[there]
                path.append((arc, along))
            amount = min(most - sent, *(self._room(arc, along) for arc, along in path))
            for arc, along in path:
                self._flow[arc] += amount if along else -amount
                touched.add(arc)
            sent += amount
        for arc in touched:
            self._flow[arc] = 0.0
        return sent, cut

    def _room(self, arc: int, along: bool) -> float:
        return self._takes[arc] - self._flow[arc] if along else self._gives[arc] + self._flow[arc]

    def _search(self, source: int, sink: int, without: int, *, forwards: bool) -> dict[int, tuple[int, int, bool]]:
        """Where one gets to from a vertex, breadth first until the sink is met; or, backwards, from where one gets to it."""
        came: dict[int, tuple[int, int, bool]] = {source: (source, -1, True)}
        waiting = deque([source])
        while waiting:
            here = waiting.popleft()
            for arc in self._at[here]:
                start, end = self._ends[arc]
                there = end if start == here else start
                along = (start == here) is forwards
                if there in came or arc == without or self._room(arc, along) <= _ROUNDING:
                    continue
                came[there] = (here, arc, along)
                if there == sink:
                    return came
                waiting.append(there)
        return came
