"""What two releases of one campaign tell together: what was hidden in either, and what came in between.

Unknown is what each smallest cell held at the first release, and what it gained until the second; neither is less than nothing. A
cell that the first shows is a sum of the first of these, one that the second shows anew a sum of both, one that it keeps says
nothing more. All of them are one linear programme (of one place by learner groups, of the whole tree, of both releases).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from benchmarks.disclosure_attack.bounds import BEST, TANGENTS, Leaf
from benchmarks.disclosure_attack.insider import PRECISION
from benchmarks.disclosure_attack.programme import Programme, summed
from benchmarks.disclosure_attack.published import EVERYONE, Cell, Known, Published

When = Literal["before", "gain", "after"]
"""At the first release, in between, at the second."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was found of one hidden number: how widely it lies, in learners or points, and of which cell and when."""

    width: float
    cell: Cell
    when: When


@dataclass(frozen=True, slots=True)
class FoundBetween:
    """The narrowest of what is hidden in two releases.

    Attributes
    ----------
    attacked
        How many hidden numbers of learners there were.
    count
        Of a number of learners, by whoever knows only where there may have been any.
    mean
        Of the mean of few learners, by whoever knows how many there were everywhere and when.
    in_plain_sight
        The same where one cell that both show around it says as much alone.
    """

    attacked: int
    count: Told
    mean: Told
    in_plain_sight: Told


class TwoReleases:
    """One measure in two releases.

    Parameters
    ----------
    counts
        Learners of every smallest cell, those of the first release and those who came; None for who does not know them, and then
        numbers of learners are asked after alone.
    """

    def __init__(
        self,
        first: Published,
        second: Published,
        measure: str,
        there: Iterable[Cell],
        counts: Mapping[Cell, tuple[int, int]] | None,
        *,
        squares: bool,
        whole: bool = False,
    ) -> None:
        self._what, self._whole, self._squares = second, whole, squares
        self._there = list(there)
        n_options = next(one.n_options for one in second.release.header.measures if one.code == measure)
        self._n_options = n_options if measure.startswith("item:") else 0
        self.before = first.cells[measure]
        self.after = {
            cell: known for cell, known in second.cells[measure].items() if not _is_kept(second, measure, cell)
        }
        self._programme = Programme()
        self._leaves = {
            cell: tuple(self._leaf(None if counts is None else counts[cell][moment]) for moment in (0, 1))
            for cell in self._there
        }
        for cell, known in self.before.items():
            self._know([self._leaves[leaf][0] for leaf in self.within(cell)], known)
        for cell, known in self.after.items():
            self._know(list(chain.from_iterable(self._leaves[leaf] for leaf in self.within(cell))), known)

    def within(self, cell: Cell) -> list[Cell]:
        """The smallest cells that one is made of."""
        placements = self._what.placements_of.get(cell[0], ())
        return [leaf for leaf in self._there if leaf[0] in placements and cell[1] in {EVERYONE, leaf[1]}]

    def range_of(self, cell: Cell, when: When, of: Literal["n", "total"]) -> tuple[float, float]:
        """The least and the most that a cell's number of learners, or the sum of their scores, can be."""
        moments = {"before": (0,), "gain": (1,), "after": (0, 1)}[when]
        forms = [getattr(self._leaves[leaf][moment], of) for leaf in self.within(cell) for moment in moments]
        return self._programme.range_of(summed(forms), whole=self._whole)

    def _know(self, leaves: list[Leaf], known: Known) -> None:
        for of, between in (("n", known.n), ("total", known.total), ("squares", known.squares)):
            if form := summed([getattr(leaf, of) for leaf in leaves]):
                self._programme.know(form, *between)
        if self._n_options:
            for option, answers in enumerate(known.options):
                self._programme.know(summed([leaf.options[option] for leaf in leaves]), answers, answers)

    def _leaf(self, n: int | None) -> Leaf:
        programme = self._programme
        least, most = (0, float("inf")) if n is None else (n, n)
        if self._n_options:
            worth = [BEST * option / (self._n_options - 1) for option in range(self._n_options)]
            chosen = [programme.variable(0.0, whole=True) for _ in worth]
            programme.know(dict.fromkeys(chosen, 1.0), least, most)
            return Leaf(
                dict.fromkeys(chosen, 1.0),
                dict(zip(chosen, worth, strict=True)),
                {variable: value**2 for variable, value in zip(chosen, worth, strict=True)},
                tuple({variable: 1.0} for variable in chosen),
            )
        number = programme.variable(least, most, whole=True)
        if n is None:
            return Leaf({number: 1.0}, {}, {}, ())
        total = programme.variable(0.0, n * BEST)
        if not self._squares:
            return Leaf({number: 1.0}, {total: 1.0}, {}, ())
        square = programme.variable(0.0)
        programme.know({square: 1.0, total: -BEST}, high=0.0)
        for at in TANGENTS:
            programme.know({square: 1.0, total: -2.0 * at, number: at**2}, low=0.0)
        return Leaf({number: 1.0}, {total: 1.0}, {square: 1.0}, ())


def attack_both(
    first: Published,
    second: Published,
    measure: str,
    counts: Mapping[Cell, tuple[int, int]],
    *,
    few: int,
    few_came: int,
    squares: bool = True,
    whole: bool = False,
) -> FoundBetween:
    """Bound everything of few learners that both releases hide, and what came in between where it was few.

    ``few`` is the floor of a place and ``few_came`` that of a gain.
    """
    outside = TwoReleases(first, second, measure, counts, None, squares=squares, whole=whole)
    inside = TwoReleases(first, second, measure, counts, counts, squares=squares, whole=whole)
    nothing = Told(float("inf"), ("", ""), "before")
    numbers, means, plain = [nothing], [nothing], [nothing]
    for cell in _cells(second, counts):
        had, came = (sum(counts[leaf][moment] for leaf in inside.within(cell)) for moment in (0, 1))
        asked: tuple[tuple[When, int, bool], ...] = (
            ("before", had, 0 < had < few),
            ("after", had + came, 0 < had + came < few),
            ("gain", came, 0 < came < few_came),
        )
        for when, n, is_few in asked:
            if not is_few:
                continue
            low, high = outside.range_of(cell, when, "n")
            numbers.append(Told(high - low, cell, when))
            low, high = inside.range_of(cell, when, "total")
            alone = _by_one_cell(inside, cell, when, n, had)
            told = plain if alone[1] - alone[0] <= high - low + PRECISION else means
            told.append(Told((high - low) / n, cell, when))

    def narrowest(told: list[Told]) -> Told:
        return min(told, key=lambda one: (one.width, one.cell))

    return FoundBetween(len(numbers) - 1, narrowest(numbers), narrowest(means), narrowest(plain))


def _cells(what: Published, counts: Iterable[Cell]) -> list[Cell]:
    groups = dict.fromkeys((EVERYONE, *(group for _, group in counts)))
    return [(place, group) for place in what.placements_of for group in groups]


def _by_one_cell(table: TwoReleases, cell: Cell, when: When, n: int, had: int) -> tuple[float, float]:
    """What a cell's scores can add up to by the shown cells around it, each taken alone; for a gain, by those that both show."""
    if when == "gain":
        gains = {one: table.after[one].less([table.before[one]]) for one in table.after if one in table.before}
        return _by_the_narrowest(table, cell, gains, n)
    if when == "before":
        return _by_the_narrowest(table, cell, table.before, n)
    # What is known of those who were there before is known of them still, whatever those said who came.
    low, high = _by_the_narrowest(table, cell, table.after, n)
    least, most = _by_the_narrowest(table, cell, table.before, had)
    return max(low, least), min(high, most + (n - had) * BEST)


def _by_the_narrowest(table: TwoReleases, cell: Cell, shown: Mapping[Cell, Known], n: int) -> tuple[float, float]:
    low, high, within = 0.0, n * BEST, set(table.within(cell))
    for one, known in shown.items():
        if within <= set(table.within(one)):
            low = max(low, known.total[0] - (known.n[1] - n) * BEST)
            high = min(high, known.total[1])
    return low, high


def _is_kept(what: Published, measure: str, cell: Cell) -> bool:
    place, group = cell
    return (measure if group == EVERYONE else f"{group}/{measure}") in what.records[place].kept
