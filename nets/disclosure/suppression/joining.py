r"""Which vertices of the network no small sum of learners lies between: a quick proof for nearly all hidden counts at once.

What binds a count is a set of vertices that arcs only lead into: what they hold together is given away by what is shown. If
that is at least the wanted number w wherever a cell leads in, its ends are as good as one vertex to all others, and the cell is
wide enough unless it hangs on a set of fewer that has to be no wider (``held``). So vertices are merged, again and again, until
nothing more is plain:

* An arc of w learners or more leads into no smaller set. If it is on any round its ends are merged; if it is on none, it is
  known exactly and says nothing about any other.
* Vertices on one directed round are never apart: arcs can take on any number.
* Let x -> y stand for an arc of n learners. From y to x can be sent n along it, and against it and along others

      min over the arcs against which it goes of n, on every way of two arcs through a vertex between,             (1)

  ways through different vertices together. If that is w in both directions, no set of fewer lies between x and y.

Merging is sound whatever the order, since what is merged is apart in no set of fewer than w; what is not merged is not thereby
too certain, and is settled by flows.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from nets.disclosure.suppression.cells import BoolArray, FloatArray, IntArray

_MOST_AT_A_VERTEX = 40
"""Ways through vertices of more arcs than this are left out: they are many, and their arcs are merged soon by others."""


def joined(
    tail: IntArray, head: IntArray, learners: FloatArray, proved: BoolArray, wanted: float, n_vertices: int
) -> IntArray:
    """A number for each vertex, the same for those between which lies no sum of fewer learners than wanted, as far as is plain.

    The ends of arcs that are ``proved`` are merged from the start.
    """
    large = learners >= wanted
    sure = proved | (large & on_a_round(tail, head, n_vertices))
    merged = components(tail[sure], head[sure], np.arange(n_vertices))
    small = ~sure & ~large
    tail, head, learners = tail[small], head[small], learners[small]
    while True:
        before = merged.max()
        merged = components(merged[tail], merged[head], merged, directed=True)
        one, other = _near(merged[tail], merged[head], learners, wanted)
        merged = components(one, other, merged)
        if merged.max() == before:
            return merged


def on_a_round(tail: IntArray, head: IntArray, n_vertices: int) -> BoolArray:
    """Whether each arc is on a round of arcs, whichever way they lead: that is, whether taking it away separates its ends not.

    Arcs outside a spanning forest each get a random number, which is added (bit by bit) at both their ends; an arc of the forest
    is on no round if the numbers below it cancel.
    """
    _, component = connected_components(_graph(tail, head, n_vertices), directed=False)
    names, first = np.unique(component, return_index=True)
    root = n_vertices
    ends = np.concatenate([tail, first]), np.concatenate([head, np.full(len(names), root)])
    found_in, found_from = breadth_first_order(_graph(*ends, n_vertices + 1), root, directed=False)
    order, before = found_in.astype(np.int64), found_from.astype(np.int64)
    before[root] = root
    below = np.where(before[head] == tail, head, np.where(before[tail] == head, tail, -1))
    below[tail == head] = -1
    in_forest = np.zeros(len(tail), dtype=bool)
    vertex, arc = np.unique(below, return_index=True)
    in_forest[arc[vertex >= 0]] = True
    number = np.random.default_rng(0).integers(1, 2**63, len(tail))
    number[in_forest | (tail == head)] = 0
    crossing = np.zeros(n_vertices + 1, dtype=np.int64)
    np.bitwise_xor.at(crossing, tail, number)
    np.bitwise_xor.at(crossing, head, number)
    for level in reversed(_levels(order, before)):
        np.bitwise_xor.at(crossing, before[level], crossing[level])
    found: BoolArray = ~in_forest | (crossing[below] != 0)
    return found


def held(tail: IntArray, head: IntArray, wanted: FloatArray, n_vertices: int) -> BoolArray:
    """Whether each arc is on a round of arcs of which no less is wanted than of itself.

    A placement that shows seven learners binds its hidden groups to seven, and is left as it is. Two groups that are hidden at one
    other placement alone are bound to seven there too, though no sum of seven leads into it: they move against each other by what
    the small placement lets them. Without its cells they are on no round.
    """
    found: BoolArray = np.zeros(len(tail), dtype=bool)
    for least in np.unique(wanted).tolist():
        of_these = np.flatnonzero(wanted >= least)
        rounds = on_a_round(tail[of_these], head[of_these], n_vertices)
        found[of_these[wanted[of_these] == least]] = rounds[wanted[of_these] == least]
    return found


def _levels(order: IntArray, before: IntArray) -> list[IntArray]:
    """The vertices of a breadth-first order by their depth, without the first."""
    position = np.empty(len(before), dtype=np.int64)
    position[order] = np.arange(len(order))
    came_from = position[before[order]]
    levels, start = [], 1
    while start < len(order):
        end = int(np.searchsorted(came_from, start))
        levels.append(order[start:end])
        start = end
    return levels


def _near(tail: IntArray, head: IntArray, learners: FloatArray, wanted: float) -> tuple[IntArray, IntArray]:
    """Pairs of vertices between which enough can be sent both ways, along arcs and ways of two arcs."""
    size = int(max(tail.max(initial=-1), head.max(initial=-1))) + 1
    apart = tail != head
    arc, place = np.unique(tail[apart] * size + head[apart], return_inverse=True)
    against = np.bincount(place, learners[apart], minlength=len(arc))
    tail, head = arc // size, arc % size
    anything = np.full(len(arc), wanted)
    into, out = _by_vertex(head), _by_vertex(tail)
    # What is sent from the first to the second, through a vertex that both lead to, or that leads to both, or that lies between.
    one, other = _pairs(into, into)
    two, another = _pairs(out, out)
    first, second = _pairs(into, out)
    ways = (
        (tail, head, anything),
        (head, tail, against),
        (tail[one], tail[other], against[other]),
        (head[two], head[another], against[two]),
        (tail[first], head[second], np.full(len(first), wanted)),
        (head[second], tail[first], np.minimum(against[first], against[second])),
    )
    start, end, amount = (np.concatenate(parts) for parts in zip(*ways, strict=True))
    pair, place = np.unique(start * size + end, return_inverse=True)
    enough = pair[np.bincount(place, amount, minlength=len(pair)) >= wanted]
    both = enough[np.isin(enough % size * size + enough // size, enough)]
    return both // size, both % size


def _by_vertex(vertex: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Arcs in the order of a vertex of each; for every vertex where its arcs begin in that order, and how many they are."""
    order = np.argsort(vertex, kind="stable")
    several = np.bincount(vertex)
    return order, np.cumsum(several) - several, several


def _pairs(
    one: tuple[IntArray, IntArray, IntArray], other: tuple[IntArray, IntArray, IntArray]
) -> tuple[IntArray, IntArray]:
    """Every arc of the one kind with every one of the other at the same vertex, but for itself."""
    size = min(len(one[2]), len(other[2]))
    few = (one[2][:size] <= _MOST_AT_A_VERTEX) & (other[2][:size] <= _MOST_AT_A_VERTEX)
    times = np.where(few, one[2][:size] * other[2][:size], 0)
    vertex = np.repeat(np.arange(size), times)
    nth = np.arange(len(vertex)) - np.repeat(np.cumsum(times) - times, times)
    first = one[0][one[1][vertex] + nth // other[2][vertex]]
    second = other[0][other[1][vertex] + nth % other[2][vertex]]
    different = first != second
    return first[different], second[different]


def components(tail: IntArray, head: IntArray, merged: IntArray, *, directed: bool = False) -> IntArray:
    """Vertices as they were merged, with the ends of these arcs merged too; with ``directed``, those of directed rounds."""
    _, component = connected_components(_graph(tail, head, len(merged)), directed=directed, connection="strong")
    return component.astype(np.int64)[merged]


def _graph(tail: IntArray, head: IntArray, size: int) -> csr_array:
    return csr_array((np.ones(len(tail)), (tail, head)), shape=(size, size))
