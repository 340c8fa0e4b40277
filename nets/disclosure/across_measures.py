r"""What a place shows of one measure, and what that tells of another that is hidden there.

Where everybody answered everything, the mean of a scale is the mean of its questions' means: of four questions the fourth is four
times the scale less the three others. A standard takes questions from several scales, so that standards less each other and
less scales come to single questions too. No question has to be pinned for that: at every place

1. the questions of a scale are shown all together and with their scale, or not at all; so of what a scale is made of, at least
   two are hidden beside it, as widely as it leaves them;
2. a standard or domain is shown where every scale that it holds questions of is shown, and of those whose questions it holds in
   part the questions too; a question of no scale has to be shown itself. What is shown then either holds the whole of a scale's
   hidden questions, of which it tells what the scale does, or none.

The same goes for what a later release keeps: what is new of the one less what is new of the others is what came in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nets.releases.frozen_sums import State, States
from nets.releases.measure import Measure, MeasureKind

Bools = NDArray[np.bool_]
Numbers = NDArray[np.float64]

_SHOWN, _KEPT, _WITHHELD = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class Demanded:
    """Cells that others beside them ask to withhold, or to keep as they were; of one measure or, a column each, of all."""

    withheld: Bools
    kept: Bools

    @property
    def columns(self) -> list[int]:
        """Measures of which there are any."""
        return np.flatnonzero((self.withheld | self.kept).any(axis=0)).tolist()

    def of(self, column: int) -> "Demanded":
        """Of one measure."""
        return Demanded(self.withheld[:, column], self.kept[:, column])

    def with_more(self, more: "Demanded") -> "Demanded":
        """These and others."""
        return Demanded(self.withheld | more.withheld, self.kept | more.kept)


def nothing_asked(*shape: int) -> Demanded:
    """Of no cell anything."""
    return Demanded(np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool))


class MeasuresBeside:
    """Which measures of a campaign are made of the same questions."""

    def __init__(self, measures: Sequence[Measure]) -> None:
        column = {measure.code: number for number, measure in enumerate(measures)}
        scales = [measure for measure in measures if measure.kind is MeasureKind.SCALE]
        self._scales = [
            (column[scale.code], [column[f"item:{item}"] for item in scale.items if f"item:{item}" in column])
            for scale in scales
        ]
        self._others = []
        for measure in measures:
            if measure.kind in {MeasureKind.STANDARD, MeasureKind.DOMAIN}:
                own, beside, in_scales = set(measure.items), list[int](), set[str]()
                for scale in scales:
                    if shared := own.intersection(scale.items):
                        beside.append(column[scale.code])
                        in_scales |= shared
                        if shared < set(scale.items):
                            beside += [column[f"item:{item}"] for item in sorted(shared)]
                beside += [column[f"item:{item}"] for item in measure.items if item not in in_scales]
                self._others.append((column[measure.code], beside))

    def demanded(self, states: States, n: Numbers) -> Demanded:
        """What the states of the cells, shape (n_places, n_measures), ask of those beside them; a cell of nobody asks nothing."""
        held = np.select([n == 0, states == State.WITHHELD, states == State.KEPT], [_SHOWN, _WITHHELD, _KEPT], _SHOWN)
        asked = held.copy()
        for scale, items in self._scales:
            asked[:, items] = np.maximum(asked[:, items], asked[:, [scale, *items]].max(axis=1)[:, None])
        for other, beside in self._others:
            asked[:, other] = np.maximum(asked[:, other], asked[:, beside].max(axis=1))
        more = (asked > held) & (n > 0)
        return Demanded(more & (asked == _WITHHELD), more & (asked == _KEPT))
