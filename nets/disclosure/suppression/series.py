r"""Arcs in series as one: what moves one of them moves all, so they are equally uncertain.

Where two arcs alone meet at a vertex, what comes in by the one goes out by the other. So they are one arc, that can take on and
give away what the narrower of the two can, in either direction. More than half of the vertices of a network of hidden cells
are of this kind: a group with one hidden placement below it, a placement with two hidden groups.
"""

import numpy as np

from nets.disclosure.suppression.cells import BoolArray, FloatArray, IntArray
from nets.disclosure.suppression.network import Flows

_ROUNDING = 1e-6


def in_series(
    tail: IntArray, head: IntArray, takes: FloatArray, gives: FloatArray
) -> tuple[IntArray, IntArray, FloatArray, FloatArray, IntArray]:
    """The network with arcs in series as one: its arcs, what they take on and give away, and in which of them each arc went."""
    names, ends = np.unique(np.concatenate([tail, head]), return_inverse=True)
    tail, head, takes, gives = ends[: len(tail)], ends[len(tail) :], takes.copy(), gives.copy()
    chain = np.arange(len(tail))
    # Of two neighbours one goes at a time, by lot, so that a long row takes few rounds.
    lot = np.random.default_rng(0).permutation(len(names))
    while True:
        one, other, vertex = _meeting(tail, head, lot)
        if not len(one):
            return names[tail], names[head], takes, gives, chain
        comes, goes = head[one] == vertex, tail[other] == vertex
        start, end = np.where(comes, tail[one], head[one]), np.where(goes, head[other], tail[other])
        along = np.minimum(np.where(comes, takes[one], gives[one]), np.where(goes, takes[other], gives[other]))
        against = np.minimum(np.where(comes, gives[one], takes[one]), np.where(goes, gives[other], takes[other]))
        tail[one], head[one], takes[one], gives[one] = start, end, along, against
        stays: BoolArray = np.ones(len(tail), dtype=bool)
        stays[other] = False
        became = np.cumsum(stays) - 1
        became[other] = became[one]
        chain = became[chain]
        tail, head, takes, gives = tail[stays], head[stays], takes[stays], gives[stays]


def _meeting(tail: IntArray, head: IntArray, lot: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Pairs of arcs that alone meet at a vertex, and the vertex; no arc is in two pairs."""
    arcs = np.bincount(tail, minlength=len(lot)) + np.bincount(head, minlength=len(lot))
    arcs[tail[tail == head]] = 0
    rank = np.where(arcs == 2, lot, -1)
    at = np.where(rank[tail] >= rank[head], tail, head)
    chosen = (rank >= 0) & (np.bincount(at, minlength=len(lot)) == 2)
    both = np.flatnonzero(chosen[at])
    one, other = both[np.argsort(at[both], kind="stable")].reshape(-1, 2).T
    return one, other, at[one]


class Series:
    """How far arcs can move, those in series as one. Those of which the most is asked come first."""

    def __init__(self, tail: IntArray, head: IntArray, takes: FloatArray, gives: FloatArray) -> None:
        tail, head, takes, gives, chain = in_series(tail, head, takes, gives)
        self._chain: list[int] = chain.tolist()
        self._flows = Flows(tail, head, takes, gives)
        # What has become a ring moves by itself.
        rings = np.flatnonzero(tail == head)
        self._found: dict[int, float] = dict(zip(rings.tolist(), (takes + gives)[rings].tolist(), strict=True))

    def reaches(self, arc: int, wanted: float) -> bool:
        """Whether an arc's amount can move as far as is wanted, down and up together."""
        chain = self._chain[arc]
        if chain not in self._found:
            if self._flows.moved(chain) >= wanted - _ROUNDING:
                return True
            self._found[chain] = self._flows.spread(chain, wanted).width
        return self._found[chain] >= wanted - _ROUNDING
