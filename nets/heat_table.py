"""A heat table: places by measures, each cell with its standing. What it says is for the eye; the numbers stand in the cells."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from nets.disclosure.banded import Seen, SeenScore
from nets.disclosure.shown import ShownBenchmark, SuppressedScore
from nets.organisation import Level
from nets.reading import PlaceView
from nets.releases.measure import Measure
from nets.releases.release import ReleaseHeader
from nets.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One score and where it stands."""

    score: Seen
    standing: Standing


_NOT_SHOWN: Final = HeatCell(SuppressedScore(), Standing.NOT_SHOWN)
"""Most cells of a national release."""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One place with a cell a measure."""

    view: PlaceView
    cells: tuple[HeatCell, ...]

    @property
    def n_hidden(self) -> int:
        """How many of the cells are not shown."""
        return sum(cell.standing is Standing.NOT_SHOWN for cell in self.cells)


def heat_table(header: ReleaseHeader, measures: Sequence[Measure], views: Iterable[PlaceView]) -> Iterator[HeatRow]:
    """A row a place, in the order of the places, with a cell a measure; each is made when it is asked for."""
    benchmarks = {level: [header.benchmark(one.code, level) for one in measures] for level in Level}
    for view in views:
        against = zip(measures, benchmarks[Level(view.level)], strict=True)
        yield HeatRow(view, tuple([_cell(view.record.score(one.code), benchmark) for one, benchmark in against]))


def ordered_by(
    header: ReleaseHeader, measure: Measure, views: Sequence[PlaceView], scores: Sequence[Seen]
) -> list[PlaceView]:
    """Places by where they stand on one measure, the lowest first: a stable order, and no rank within a step.

    Parameters
    ----------
    scores
        Those of the places on this measure.
    """
    benchmarks = {level: header.benchmark(measure.code, level) for level in Level}
    by_step: dict[Standing, list[PlaceView]] = {standing: [] for standing in Standing}
    for view, score in zip(views, scores, strict=True):
        by_step[_cell(score, benchmarks[Level(view.level)]).standing].append(view)
    return [view for of_step in by_step.values() for view in of_step]


def _cell(score: Seen, benchmark: ShownBenchmark | SuppressedScore) -> HeatCell:
    if isinstance(score, SuppressedScore):
        return _NOT_SHOWN
    if not isinstance(score, SeenScore) or not isinstance(benchmark, ShownBenchmark):
        return HeatCell(score, Standing.NOT_SHOWN)
    return HeatCell(score, standing(score.shrunken, score.verdict, benchmark.mean, benchmark.tau))
