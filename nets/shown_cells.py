"""From the sums of a campaign to the cells of a release: each scored, and each shown or not as ``disclosure.py`` says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis import UnitScores
from nets.campaign import Campaign
from nets.disclosure import (
    Shown,
    ShownBenchmark,
    SuppressedScore,
    show_benchmark,
    show_score,
)
from nets.measure import Measure, MeasureKind
from nets.organisation import Level
from nets.placement import PlaceMean, PlaceScore, benchmark_of, compared, means_of, scores_of
from nets.tallying import CampaignTally, Tally
from nets.withholding import WithheldCells


@dataclass(frozen=True, slots=True, eq=False)
class ShownCells:
    """What a release shows; whatever is not in here is not shown.

    Attributes
    ----------
    places
        A mapping a place, in the order of the tree: cells by the code of the measure.
    groups
        The same by learner group and code of the scale.
    benchmarks
        What placements are held against, by the code of the measure.
    """

    places: Sequence[Mapping[str, Shown]]
    groups: Sequence[Mapping[str, Mapping[str, Shown]]]
    benchmarks: Mapping[str, ShownBenchmark | SuppressedScore]


def shown_cells(
    tally: CampaignTally, withheld: WithheldCells, campaign: Campaign, progress: Callable[[str], None]
) -> ShownCells:
    """Score every measure in every place, and every scale in every learner group, and keep what may be shown."""
    tree = tally.tree
    places: list[dict[str, Shown]] = [{} for _ in tree.place_ids]
    groups: list[dict[str, dict[str, Shown]]] = [{} for _ in tree.place_ids]
    benchmarks = {}
    level_of = np.array(tree.levels)
    for column, measure in enumerate(tally.measures):
        if measure.is_scored:
            progress(f"scoring {measure.title}")
        for level in dict.fromkeys(tree.levels):
            rows = np.flatnonzero(level_of == level)
            units = compared(tally.places, column, rows) if _is_compared(measure, level) else None
            if measure.is_scored and level == Level.PLACEMENT:
                benchmarks[measure.code] = show_benchmark(benchmark_of(units) if units else None, campaign)
            may = ~withheld.places[:, column]
            for row, cell in _show(tally.places, column, measure, rows[may[rows]], units, campaign, breakdown=False):
                places[row][measure.code] = cell

    progress("scoring learner groups")
    scales = [measure for measure in tally.measures if measure.kind is MeasureKind.SCALE]
    for group in dict.fromkeys(tally.group_code.tolist()):
        for level in dict.fromkeys(tree.levels):
            rows = np.flatnonzero((tally.group_code == group) & (level_of[tally.group_place] == level))
            for column, scale in enumerate(scales):
                shown = rows[~withheld.groups[rows, column]]
                # Most groups are too small at every placement: they are not worth a model of placements.
                compare = _is_compared(scale, level) and bool(len(shown))
                units = compared(tally.groups, column, rows) if compare else None
                for row, cell in _show(tally.groups, column, scale, shown, units, campaign, breakdown=True):
                    groups[tally.group_place[row]].setdefault(group, {})[scale.code] = cell
    return ShownCells(places, groups, benchmarks)


def _is_compared(measure: Measure, level: str) -> bool:
    return measure.is_scored and level == Level.PLACEMENT


def _show(
    tally: Tally,
    column: int,
    measure: Measure,
    rows: NDArray[np.int64],
    units: UnitScores | None,
    campaign: Campaign,
    *,
    breakdown: bool,
) -> list[tuple[int, Shown]]:
    """The cells of these rows as they are shown, with their rows."""
    means = means_of(tally, column, measure, rows)
    scores: Sequence[PlaceMean | PlaceScore] = scores_of(units, rows, means) if units else means
    shown = [show_score(score, campaign, sensitive=measure.sensitive, breakdown=breakdown) for score in scores]
    return [
        (row, cell) for row, cell in zip(rows.tolist(), shown, strict=True) if not isinstance(cell, SuppressedScore)
    ]
