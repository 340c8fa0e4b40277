"""What the measures of a release tell of each other: a scale's mean less those of its questions, a standard's against another's.

Unknown is what the learners of a placement said to one question, all together, those who answered before the first release and
those who came in between: a number from nought to a hundred each. Who attacks knows how many they are and, as the worst that can
be, that everybody answered everything she was asked; then the mean of a scale is the mean of its questions' means, and every cell
that is shown is a sum of the unknown ones. All measures, places and releases are one linear programme.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.disclosure_attack.insider import PRECISION
from benchmarks.disclosure_attack.programme import SLACK, Impossible
from benchmarks.disclosure_attack.published import EVERYONE, Known, Published
from nets.disclosure.withholding import too_few_or_alike
from nets.releases.tallying import CampaignTally

BEST = 100.0
STEP = 25.0
"""From one answer to the next of five."""

Numbers = NDArray[np.float64]
Moments = tuple[int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One measure at one place: of those who were there at the first release (0), who came until the second (1), or both."""

    measure: str
    place: str
    moments: Moments


@dataclass(frozen=True, slots=True)
class Narrow:
    """How widely the sum of a cell's scores lies, as a share of how widely it has to."""

    share: float
    target: Target


@dataclass(frozen=True, slots=True)
class FoundAcross:
    """How many cells were attacked, and those that lie less widely than they have to, the narrowest first."""

    attacked: int
    narrow: tuple[Narrow, ...]


class AcrossMeasures:
    """All measures of one release or two whose learners answered everything they were asked.

    Parameters
    ----------
    releases
        As they are read.
    tallies
        What is behind each.
    """

    def __init__(self, releases: Sequence[Published], tallies: Sequence[CampaignTally]) -> None:
        self._what, self._last = releases[-1], tallies[-1]
        self._items = {measure.code: measure.items for measure in self._last.measures}
        self._column = {measure.code: number for number, measure in enumerate(self._last.measures)}
        counts = [tally.places.n for tally in tallies]
        self._n = [counts[0], *(later - earlier for earlier, later in pairwise(counts))]
        self._row = {place: row for row, place in enumerate(self._last.tree.place_ids)}
        singles = [code.removeprefix("item:") for code in self._items if code.startswith("item:")]
        keys = [
            (placement, moment, item)
            for placement in self._last.tree.placements
            for moment in range(len(releases))
            for item in singles
            if self._n[moment][self._row[placement], self._column[f"item:{item}"]]
        ]
        self._at = {key: number for number, key in enumerate(keys)}
        self._most = np.array(
            [BEST * self._n[when][self._row[place], self._column[f"item:{item}"]] for place, when, item in keys]
        )
        facts = [
            (self.form(Target(measure, place, tuple(range(number + 1)))), known.total)
            for number, release in enumerate(releases)
            for measure, place, known in _shown_anew(release)
        ]
        self._forms = np.array([form for form, _ in facts])
        self._between = np.array([between for _, between in facts])
        self._possible: list[Numbers] = []
        # What is known of one of the unknown numbers alone is where it lies.
        alone = (self._forms > 0).sum(axis=1) == 1
        self._low, self._high = np.zeros(len(self._at)), self._most.copy()
        for form, (low, high) in zip(self._forms[alone], self._between[alone], strict=True):
            at = int(form.argmax())
            self._low[at], self._high[at] = max(self._low[at], low), min(self._high[at], high)
        self._ties = LinearConstraint(
            sparse.csr_array(self._forms[~alone]), *(self._between[~alone] + [-SLACK, SLACK]).T
        )

    def form(self, target: Target) -> Numbers:
        """The sum of a cell's scores as a form of the unknown numbers."""
        found = np.zeros(len(self._at))
        items = self._items[target.measure]
        for placement in self._what.placements_of[target.place]:
            row = self._row[placement]
            for moment in target.moments:
                n = self._n[moment][row, self._column[target.measure]]
                asked = sum(self._n[moment][row, self._column[f"item:{item}"]] for item in items)
                for item in items:
                    if n and (placement, moment, item) in self._at:
                        found[self._at[placement, moment, item]] += n / asked
        return found

    def width(self, target: Target, enough: float = np.inf) -> float:
        """How far apart the least and the most lie that a cell's scores can add up to; where it is enough, no less than that.

        Raises
        ------
        Impossible
            If nothing fits what is shown, so that something else is true than was taken to be.
        """
        form = self.form(target)
        possible = np.array([form @ one for one in self._possible])
        if len(possible) and np.ptp(possible) >= enough:
            return float(np.ptp(possible))
        return -self._least(-form) - self._least(form)

    def plain_width(self, target: Target) -> float:
        """The same given one shown cell alone that is made of all that this is, and more: what is told without subtraction."""
        form = self.form(target)
        narrowest = float(form @ self._most)
        for row in np.flatnonzero((self._forms[:, form > 0] > 0).all(axis=1)):
            low, high = self._between[row]
            most = _bargained(form, self._forms[row], self._most, high, best_first=True)
            narrowest = min(narrowest, most - _bargained(form, self._forms[row], self._most, low, best_first=False))
        return narrowest

    def _least(self, form: Numbers) -> float:
        found = milp(
            form,
            bounds=Bounds(self._low, self._high),
            constraints=self._ties,
        )
        if found.status != 0:
            raise Impossible
        self._possible.append(found.x)
        return float(found.fun)


def attack_across(
    releases: Sequence[Published],
    tallies: Sequence[CampaignTally],
    measures: Container[str],
    *,
    floors: NDArray[np.int64],
    few_came: int,
    width: float,
) -> FoundAcross:
    """Bound the cells of some measures that are hidden on their own account, by what is shown of all.

    Of fewer learners than the floor of the measure (``floors``), or of fewer than ``few_came`` who came between two releases, the
    mean has to lie as widely as ``width``; of more who answered alike what is sensitive, one answer has to be able to be another.
    What one shown cell says alone, with nothing subtracted, is left out.
    """
    attacked = AcrossMeasures(releases, tallies)
    wanted: dict[Target, float] = {}
    for number, tally in enumerate(tallies):
        sensitive = np.array([measure.sensitive for measure in tally.measures])
        alone = too_few_or_alike(tally.places, floors, sensitive, width)
        for row, column in np.argwhere(alone & (tally.places.n > 0)).tolist():
            n, target = tally.places.n[row, column], _target(tally, row, column, tuple(range(number + 1)))
            wanted[target] = width * n if n < floors[column] else min(width * n, STEP)
    if len(tallies) > 1:
        came = tallies[1].places.n - tallies[0].places.n
        for row, column in np.argwhere((came > 0) & (came < few_came)).tolist():
            wanted[_target(tallies[1], row, column, (1,))] = width * came[row, column]
    wanted = {target: asked for target, asked in wanted.items() if target.measure in measures}
    found = []
    for target, asked in wanted.items():
        lies = attacked.width(target, enough=asked)
        if lies < asked - PRECISION and attacked.plain_width(target) > lies + PRECISION:
            found.append(Narrow(float(lies / asked), target))
    return FoundAcross(len(wanted), tuple(sorted(found, key=lambda one: (one.share, one.target))))


def _target(tally: CampaignTally, row: int, column: int, moments: Moments) -> Target:
    return Target(tally.measures[column].code, tally.tree.place_ids[row], moments)


def _bargained(form: Numbers, around: Numbers, most: Numbers, end: float, *, best_first: bool) -> float:
    """The most that a form can be where another, of all that it is made of, is no more than its end; or the least, no less."""
    worth = np.divide(form, around, out=np.zeros(len(form)), where=around > 0)
    order = np.argsort(-worth if best_first else worth, kind="stable")
    room = (around * most)[order]
    taken = np.clip(end - (np.cumsum(room) - room), 0.0, room)
    return float(taken @ worth[order])


def _shown_anew(release: Published) -> Iterator[tuple[str, str, Known]]:
    """Measure, place and what is known of it, of all that is shown of everyone and is no former value."""
    for measure, cells in release.cells.items():
        for (place, group), known in cells.items():
            if group == EVERYONE and measure not in release.records[place].kept:
                yield measure, place, known
