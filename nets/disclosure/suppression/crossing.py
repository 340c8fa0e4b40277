r"""Complementary suppression in a tree of places crossed by columns, such as learner groups, that add up to the first.

One sum at a time is not enough here. In a two-way table a hidden cell may have a hidden neighbour in its row and another in
its column and still be known, because it alone joins two blocks of hidden cells that each add up. So there are three steps.

1. One sum at a time (``sums``), which finds nearly all that has to be hidden. Sums of squares are looked at here only.
2. Proof, quickly: by ``exchanges``, and for counts by ``joining`` and by what is known from another table (``count_widths``).
   No more is asked of a cell than it could have with everything hidden that may be (``reach``).
3. What is still in doubt is settled exactly by ``network``, made smaller by ``series``. Where a cell falls short, the cheapest
   shown cell across the cut that binds is hidden, and all begins again; hiding more never makes a hidden cell less uncertain.
"""

from dataclasses import dataclass

import numpy as np

from nets.disclosure.suppression.cells import BEST, BoolArray, Cells, FloatArray, IntArray, Protection
from nets.disclosure.suppression.exchanges import Exchanges
from nets.disclosure.suppression.joining import components, held, joined
from nets.disclosure.suppression.network import Arcs, Flows, Sides
from nets.disclosure.suppression.reach import reach
from nets.disclosure.suppression.series import Series
from nets.disclosure.suppression.sums import Sums, known_from_first

_ROUNDING = 1e-6
_ANY_NUMBER = 1e9
_STEP = 20.0
"""Cells are settled together whose totals are to move by as much, to twenty points of one score."""


def hide_in_crossing(
    cells: Cells,
    hidden: BoolArray,
    fixed: BoolArray,
    mean_widths: FloatArray,
    cost: FloatArray,
    protection: Protection,
    known: FloatArray,
) -> BoolArray:
    """Hide further cells, none of the fixed ones, until what is hidden is uncertain enough or nothing is left to hide.

    ``known`` is how uncertain the counts are known to be already (``count_widths``).
    """
    hidden = hidden & cells.live
    count_reach, total_reach = reach(cells, hidden, fixed)
    mean_widths = np.minimum(mean_widths, total_reach / np.maximum(cells.counts, 1))
    counts_wanted = np.minimum(protection.count_width, count_reach)
    sums, audit = Sums(cells), _Audit(cells, counts_wanted, mean_widths, protection, known)
    prices = cost[audit.every.row, audit.every.column]
    while True:
        hidden = sums.complete(hidden, cells.live & ~fixed, mean_widths, cost, protection)
        able = np.flatnonzero((~hidden & ~fixed)[audit.every.row, audit.every.column])
        more = set[int]()
        for doubt in audit.short(hidden & ~known_from_first(cells, hidden)):
            helpful = audit.helpful(doubt, able)
            if not len(helpful):
                audit.give_up(doubt)
            elif more.isdisjoint(helpful.tolist()):
                more.add(int(helpful[prices[helpful].argmin()]))
        if not more:
            return hidden
        chosen = np.array(sorted(more))
        hidden[audit.every.row[chosen], audit.every.column[chosen]] = True


def count_widths(cells: Cells, hidden: BoolArray, fixed: BoolArray, protection: Protection) -> FloatArray:
    """How uncertain the counts of hidden cells are known to be, up to what is asked of them; 0 where that is not reached.

    They are no less so in any table of the same tree that has nowhere fewer learners and hides what is hidden here: whatever can be
    sent through this network can be sent through that one.
    """
    unknown = hidden & cells.live & ~known_from_first(cells, hidden)
    wanted = np.where(unknown, np.minimum(protection.count_width, reach(cells, hidden, fixed)[0]), 0.0)
    nothing = np.zeros(hidden.shape)
    for short in _Audit(cells, wanted, nothing, protection, nothing).short(unknown):
        wanted[short.cell] = 0.0
    return wanted


def uncertainty_in_crossing(cells: Cells, hidden: BoolArray) -> tuple[FloatArray, FloatArray]:
    """How wide the count and the mean of every hidden cell stay, exactly; nan where nothing is hidden. Slow: for small tables."""
    hidden = hidden & cells.live
    arcs = Arcs.of(cells, hidden)
    n = cells.counts[hidden].astype(np.float64)
    t = cells.totals[hidden]
    counts = Flows(arcs.tail, arcs.head, np.full(len(n), _ANY_NUMBER), n)
    totals = Flows(arcs.tail, arcs.head, BEST * n - t, t)
    count_width, mean_width = np.full(hidden.shape, np.nan), np.full(hidden.shape, np.nan)
    everything = 2 * _ANY_NUMBER
    count_width[hidden] = [counts.spread(arc, everything).width for arc in range(len(n))]
    mean_width[hidden] = [totals.spread(arc, everything).width / n[arc] for arc in range(len(n))]
    return np.where(count_width >= _ANY_NUMBER / 2, np.inf, count_width), mean_width


@dataclass(frozen=True, slots=True, eq=False)
class _Short:
    """A cell that is too certain, and the cuts that bind it, among vertices as they were merged."""

    cell: tuple[int, int]
    merged: IntArray
    cuts: tuple[Sides, ...]


class _Audit:
    """Steps 2 and 3: the hidden cells all together. What is proved once holds when more is hidden."""

    def __init__(
        self,
        cells: Cells,
        counts_wanted: FloatArray,
        mean_widths: FloatArray,
        protection: Protection,
        known: FloatArray,
    ) -> None:
        self._cells, self._protection = cells, protection
        self._count_wanted, self._mean_wanted = counts_wanted, mean_widths * cells.counts
        self._count_proved = known >= protection.count_width
        self._count_settled, self._mean_settled = self._count_wanted <= known, self._mean_wanted <= _ROUNDING
        self._first = True
        self.every = Arcs.of(cells, cells.live)
        self._vertices = np.arange(self.every.n_vertices)
        self._marks = np.zeros(self.every.n_vertices, dtype=bool)

    def short(self, unknown: BoolArray) -> list[_Short]:
        """Every hidden cell that is too certain."""
        if self._first:
            self._prove_by_exchanges(unknown)
            self._first = False
        arcs = Arcs.of(self._cells, unknown)
        return [*self._short_counts(arcs, unknown), *self._short_means(arcs, unknown)]

    def helpful(self, short: _Short, candidates: IntArray) -> IntArray:
        """The candidates of which one has to be hidden for a cell to become wider; those that do it at once, if there are any."""
        tail, head = short.merged[self.every.tail[candidates]], short.merged[self.every.head[candidates]]
        found = np.zeros(len(candidates), dtype=bool)
        for sides in short.cuts:
            leaves, arrives = (self._crosses(side, tail, head) for side in sides)
            if leaves.any() and arrives.any():
                nearer = leaves if len(sides[0]) < len(sides[1]) else arrives
                found |= leaves & arrives if (leaves & arrives).any() else nearer
        return candidates[found]

    def _crosses(self, side: frozenset[int], tail: IntArray, head: IntArray) -> BoolArray:
        vertices = list(side)
        self._marks[vertices] = True
        crosses: BoolArray = self._marks[tail] != self._marks[head]
        self._marks[vertices] = False
        return crosses

    def give_up(self, short: _Short) -> None:
        """Look no more at a cell that nothing can help."""
        self._count_settled[short.cell] = self._mean_settled[short.cell] = True

    def _prove_by_exchanges(self, unknown: BoolArray) -> None:
        exchanges = Exchanges(self._cells, unknown)
        n = np.where(unknown, self._cells.counts, 0).astype(np.float64)
        t = np.where(unknown, self._cells.totals, 0.0)
        self._count_proved |= exchanges.spread(np.where(unknown, _ANY_NUMBER, 0.0), n) >= self._protection.count_width
        self._mean_settled |= exchanges.spread(BEST * n - t, t) >= self._mean_wanted - _ROUNDING

    def _short_counts(self, arcs: Arcs, unknown: BoolArray) -> list[_Short]:
        n = self._cells.counts[unknown].astype(np.float64)
        merged = joined(
            arcs.tail, arcs.head, n, self._count_proved[unknown], self._protection.count_width, arcs.n_vertices
        )
        # Where less is wanted of some, those that hang together by them alone are wide enough only if flows say so.
        wanted, together = self._count_wanted[unknown], merged[arcs.tail] == merged[arcs.head]
        self._count_proved[unknown] |= together & held(arcs.tail, arcs.head, wanted, arcs.n_vertices)
        self._count_settled |= self._count_proved
        doubtful = ~self._count_settled[unknown]
        amounts = np.full(len(n), _ANY_NUMBER), n
        return [
            *self._settle(self._count_settled, arcs, np.flatnonzero(doubtful & ~together), merged, amounts, wanted),
            *self._settle(
                self._count_settled, arcs, np.flatnonzero(doubtful & together), self._vertices, amounts, wanted
            ),
        ]

    def _short_means(self, arcs: Arcs, unknown: BoolArray) -> list[_Short]:
        n, t = self._cells.counts[unknown].astype(np.float64), self._cells.totals[unknown]
        takes, gives = BEST * n - t, t
        wanted = self._mean_wanted[unknown]
        doubtful = np.flatnonzero(~self._mean_settled[unknown])
        short = []
        step = np.ceil(wanted[doubtful] / _STEP - _ROUNDING) * _STEP
        for most in np.unique(step).tolist():
            these = doubtful[step == most]
            # What holds as much as is wanted either way is no obstacle.
            along, against = takes >= most, gives >= most
            along[these] = against[these] = False
            merged = components(
                np.concatenate([arcs.tail[along], arcs.head[against]]),
                np.concatenate([arcs.head[along], arcs.tail[against]]),
                self._vertices,
                directed=True,
            )
            short += self._settle(self._mean_settled, arcs, these, merged, (takes, gives), wanted)
        return short

    def _settle(
        self,
        settled: BoolArray,
        arcs: Arcs,
        doubtful: IntArray,
        merged: IntArray,
        amounts: tuple[FloatArray, FloatArray],
        wanted: FloatArray,
    ) -> list[_Short]:
        """Settle what is in doubt: by the cells that lead the same way, if those are enough, or else by flows."""
        tail, head = merged[arcs.tail], merged[arcs.head]
        kept = np.flatnonzero(tail != head)
        tail, head, wanted = tail[kept], head[kept], wanted[kept]
        takes, gives = (amount[kept] for amount in amounts)
        settled[arcs.row[doubtful], arcs.column[doubtful]] = True
        enough = _alongside(tail * len(merged) + head, takes, gives) >= wanted - _ROUNDING
        left = np.flatnonzero(np.isin(kept, doubtful) & ~enough)
        if not len(left):
            return []
        series = Series(tail, head, takes, gives)
        # The most is asked first: what moves for it may have to move no further for itself.
        left = left[np.argsort(-wanted[left], kind="stable")]
        narrow = [place for place in left.tolist() if not series.reaches(place, float(wanted[place]))]
        if not narrow:
            return []
        flows, short = Flows(tail, head, takes, gives), []
        for place in narrow:
            spread = flows.spread(place, float(wanted[place]))
            if spread.cuts:
                cell = int(arcs.row[kept[place]]), int(arcs.column[kept[place]])
                settled[cell] = False
                short.append(_Short(cell, merged, spread.cuts))
        return short


def _alongside(way: IntArray, takes: FloatArray, gives: FloatArray) -> FloatArray:
    """How far each arc can move against the others that lead from and to the same vertices."""
    _, place = np.unique(way, return_inverse=True)
    others_take, others_give = (np.bincount(place, amount)[place] - amount for amount in (takes, gives))
    return np.asarray(np.minimum(takes, others_give) + np.minimum(gives, others_take))
