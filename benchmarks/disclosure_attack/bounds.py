"""How narrowly the hidden cells of one measure come out of those that are shown.

Unknown is what the smallest hidden cells hold: a placement, or a learner group of it where the measure is told by group. A cell
that is shown, less every cell shown within it, is a sum of them; over the tree, over the groups and over both at once, and all
such sums that share a cell are one linear programme. Of each there are its number of learners, the sum of their scores and the
sum of the squares, tied by sum^2 / n <= squares <= 100 sum (the first as a set of tangents); of a single item the number of
answers by option instead, which the published distributions add up to exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.disclosure_attack.programme import Form, Programme, summed
from benchmarks.disclosure_attack.published import EVERYONE, Cell, Known, Published

BEST = 100.0
SMALL_BLOCK = 30
"""Cells tied to each other up to which their squares are used as well: beyond, they cost more time than they find."""
TANGENTS = tuple(12.5 * step for step in range(9))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One smallest hidden cell as forms of the variables that stand for it."""

    n: Form
    total: Form
    squares: Form
    options: tuple[Form, ...]


class MeasureTable:
    """One measure in every place and group.

    Parameters
    ----------
    there
        The smallest cells that have a learner with a score.
    counts
        Learners of every smallest cell. Who does not know them gives an empty mapping; then numbers of learners are asked after
        alone, and any may be nought.
    whole
        Whether to count in whole numbers, which is narrower and slower.
    """

    def __init__(
        self,
        what: Published,
        measure: str,
        there: Sequence[Cell],
        counts: Mapping[Cell, int],
        *,
        whole: bool = False,
    ) -> None:
        self.shown = what.cells[measure]
        self._what, self._counts, self._whole = what, counts, whole
        self._of_placement: dict[str, list[Cell]] = {}
        for cell in there:
            self._of_placement.setdefault(cell[0], []).append(cell)
        n_options = next(one.n_options for one in what.release.header.measures if one.code == measure)
        self._n_options = n_options if measure.startswith("item:") else 0
        self._facts = self._all_facts()
        self._programmes: dict[Cell, tuple[Programme, dict[Cell, Leaf]]] = {}
        for block in _blocks([cell for cell in there if cell not in self.shown], [cells for cells, _ in self._facts]):
            made = self._programme(block)
            self._programmes.update(dict.fromkeys(block, made))

    def hidden(self) -> list[Cell]:
        """Cells that have learners and are not shown; what holds the same learners as a shown one is no cell of its own."""
        seen = {frozenset(self.within(cell)) for cell in self.shown}
        groups = dict.fromkeys((EVERYONE, *(leaf[1] for cells in self._of_placement.values() for leaf in cells)))
        return [
            (place, group)
            for place in self._what.placements_of
            for group in groups
            if (within := frozenset(self.within((place, group)))) and within not in seen
        ]

    def within(self, cell: Cell) -> list[Cell]:
        """The smallest cells that one is made of."""
        place, group = cell
        return [
            leaf
            for placement in self._what.placements_of[place]
            for leaf in self._of_placement.get(placement, ())
            if group in {EVERYONE, leaf[1]}
        ]

    def count_range(self, cell: Cell) -> tuple[float, float]:
        """The least and the most learners that a hidden cell can have."""
        return self._range(cell, "n")

    def total_range(self, cell: Cell) -> tuple[float, float]:
        """The least and the most that a hidden cell's scores can add up to."""
        return self._range(cell, "total")

    def _range(self, cell: Cell, of: str) -> tuple[float, float]:
        low = high = 0.0
        blocks: dict[int, list[Cell]] = {}
        for leaf in self.within(cell):
            if leaf in self.shown:
                least, most = getattr(self.shown[leaf], of)
                low, high = low + least, high + most
            else:
                blocks.setdefault(id(self._programmes[leaf][0]), []).append(leaf)
        for cells in blocks.values():
            programme, leaves = self._programmes[cells[0]]
            least, most = programme.range_of(summed([getattr(leaves[one], of) for one in cells]), whole=self._whole)
            low, high = low + least, high + most
        return low, high

    def _all_facts(self) -> list[tuple[tuple[Cell, ...], Known]]:
        """What every cell that is shown says of the smallest hidden ones within it, each way of taking away what is shown."""
        facts = []
        for cell, known in self.shown.items():
            for by_place in (True, False):
                left, taken = set(self.within(cell)), []
                for part in self._parts(cell, by_place=by_place):
                    leaves = set(self.within(part))
                    if leaves and leaves <= left:
                        taken.append(self.shown[part])
                        left -= leaves
                left -= self.shown.keys()  # all that is left of a smallest cell that is shown itself
                if left:
                    facts.append((tuple(sorted(left)), known.less(taken)))
        return list(dict.fromkeys(facts))

    def _parts(self, cell: Cell, *, by_place: bool) -> list[Cell]:
        """Shown cells within one, the largest first; of the same group before others, or the groups before the same one."""
        place, group = cell
        within = set(self._what.placements_of[place])
        parts = [
            other
            for other in self.shown
            if other != cell and group in {EVERYONE, other[1]} and set(self._what.placements_of[other[0]]) <= within
        ]
        return sorted(parts, key=lambda one: ((one[1] == group) != by_place, -len(self.within(one))))

    def _programme(self, block: Sequence[Cell]) -> tuple[Programme, dict[Cell, Leaf]]:
        programme = Programme()
        leaves = {
            cell: self._leaf(programme, self._counts.get(cell), squares=len(block) <= SMALL_BLOCK) for cell in block
        }
        for cells, known in self._facts:
            if cells[0] in leaves:
                here = [leaves[cell] for cell in cells]
                for of, between in (("n", known.n), ("total", known.total), ("squares", known.squares)):
                    if form := summed([getattr(leaf, of) for leaf in here]):
                        programme.know(form, *between)
                if self._n_options:
                    for option, answers in enumerate(known.options):
                        programme.know(summed([leaf.options[option] for leaf in here]), answers, answers)
        return programme, leaves

    def _leaf(self, programme: Programme, n: int | None, *, squares: bool) -> Leaf:
        least, most = (0, float("inf")) if n is None else (n, n)
        if self._n_options:
            worth = [BEST * option / (self._n_options - 1) for option in range(self._n_options)]
            chosen = [programme.variable(0.0, whole=True) for _ in worth]
            count = dict.fromkeys(chosen, 1.0)
            programme.know(count, least, most)
            return Leaf(
                count,
                dict(zip(chosen, worth, strict=True)),
                {variable: value**2 for variable, value in zip(chosen, worth, strict=True)},
                tuple({variable: 1.0} for variable in chosen),
            )
        if n is None:
            number = programme.variable(least, most, whole=True)
            return Leaf({number: 1.0}, {}, {}, ())
        number, total = programme.variable(n, n, whole=True), programme.variable(0.0, n * BEST)
        if not squares:
            return Leaf({number: 1.0}, {total: 1.0}, {}, ())
        square = programme.variable(0.0)
        programme.know({square: 1.0, total: -BEST}, high=0.0)
        for at in TANGENTS:
            programme.know({square: 1.0, total: -2.0 * at, number: at**2}, low=0.0)
        return Leaf({number: 1.0}, {total: 1.0}, {square: 1.0}, ())


def _blocks(cells: Sequence[Cell], sums: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Cells that are tied to each other by sums."""
    home = {cell: [cell] for cell in cells}
    for tied in sums:
        together = [cell for one in {id(home[cell]): home[cell] for cell in tied}.values() for cell in one]
        home.update(dict.fromkeys(together, together))
    return list({id(block): block for block in home.values()}.values())
