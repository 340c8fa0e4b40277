"""A heat table: places by measures, each cell with its standing. What it says is for the eye; the numbers stand in the cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from nets.disclosure.banded import Seen, SeenScore
from nets.disclosure.shown import ShownBenchmark
from nets.reading import PlaceView
from nets.releases.measure import Measure
from nets.releases.release import ReleaseHeader
from nets.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One score and where it stands."""

    score: Seen
    standing: Standing


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One place with a cell a measure."""

    view: PlaceView
    cells: tuple[HeatCell, ...]

    @property
    def n_hidden(self) -> int:
        """How many of the cells are not shown."""
        return sum(cell.standing is Standing.NOT_SHOWN for cell in self.cells)


def heat_table(header: ReleaseHeader, measures: Sequence[Measure], views: Sequence[PlaceView]) -> tuple[HeatRow, ...]:
    """A row a place, in the order of the places, with a cell a measure."""
    return tuple(HeatRow(view, tuple(_cell(header, measure.code, view) for measure in measures)) for view in views)


def ordered_by(header: ReleaseHeader, measure: Measure, views: Sequence[PlaceView]) -> list[PlaceView]:
    """Places by where they stand on one measure, the lowest first: a stable order, and no rank within a step."""
    steps = {standing: step for step, standing in enumerate(Standing)}
    return sorted(views, key=lambda view: steps[_cell(header, measure.code, view).standing])


def _cell(header: ReleaseHeader, code: str, view: PlaceView) -> HeatCell:
    score, benchmark = view.record.score(code), header.benchmark(code, view.record.level)
    if not isinstance(score, SeenScore) or not isinstance(benchmark, ShownBenchmark):
        return HeatCell(score, Standing.NOT_SHOWN)
    return HeatCell(score, standing(score.shrunken, score.verdict, benchmark.mean, benchmark.tau))
