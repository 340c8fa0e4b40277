"""From the sums of a campaign to the cells of a release: each scored, and each shown or not as ``disclosure.py`` says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nets.campaign import Campaign
from nets.disclosure.shown import (
    Shown,
    ShownBenchmark,
    SuppressedScore,
    WrittenCell,
    show_benchmark,
    show_cells,
)
from nets.disclosure.withholding import WithheldCells
from nets.organisation import Level
from nets.placement import LevelScores, Parts, score_level
from nets.releases.former_releases import NO_FORMER_RELEASES, FormerReleases, kept_cells
from nets.releases.frozen_sums import State
from nets.releases.measure import Measure, MeasureKind
from nets.releases.place_tree import LEVELS, NATION
from nets.releases.tallying import CampaignTally
from nets.releases.written_cells import WrittenCells, write_cell


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
        What the places of a level are held against, by level and code of the measure.
    compared
        How the places of a level were held against each other, by code of the scale and level.
    kept
        Of every place which of its cells are those of an earlier release, as in ``PlaceRecord.kept``.
    """

    places: Sequence[Mapping[str, Shown]]
    groups: Sequence[Mapping[str, Mapping[str, Shown]]]
    benchmarks: Mapping[str, Mapping[str, ShownBenchmark | SuppressedScore]]
    compared: Mapping[tuple[str, str], LevelScores]
    kept: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class _LevelRows:
    """Where the cells of one level stand in a tally, and what they are made of."""

    level: str
    rows: NDArray[np.int64]
    parts: Parts | None


def shown_cells(
    tally: CampaignTally,
    withheld: WithheldCells,
    campaign: Campaign,
    progress: Callable[[str], None],
    former: FormerReleases = NO_FORMER_RELEASES,
) -> ShownCells:
    """Score every measure in every place, and every scale in every learner group, and keep what may be shown."""
    n_places = len(tally.tree.place_ids)
    places: list[dict[str, WrittenCell]] = [{} for _ in range(n_places)]
    groups: list[dict[str, dict[str, WrittenCell]]] = [{} for _ in range(n_places)]
    benchmarks: dict[str, dict[str, ShownBenchmark | SuppressedScore]] = {
        level: {} for level in LEVELS if level != NATION
    }
    compared = {}
    everything = np.arange(n_places)
    may = withheld.places == State.SHOWN
    levels = _levels(tally, everything, everything)
    column_of = {measure.code: column for column, measure in enumerate(tally.measures)}
    for column, measure in enumerate(tally.measures):
        if measure.is_scored:
            progress(f"scoring {measure.title}")
        items_shown = may[:, [column_of[f"item:{item}"] for item in measure.items]].all(axis=1)
        for level in levels:
            compare = measure.is_scored and level.level != NATION
            scores = score_level(tally.places, column, measure, level.rows, level.parts, compare=compare)
            if compare:
                benchmarks[level.level][measure.code] = show_benchmark(scores.benchmark, campaign)
            if measure.kind is MeasureKind.SCALE:
                compared[measure.code, level.level] = scores
            for row, cell in _shown(scores, may, campaign, measure, items_shown):
                places[row][measure.code] = cell

    scales = [measure for measure in tally.measures if measure.kind is MeasureKind.SCALE]
    may = withheld.groups == State.SHOWN
    for group in dict.fromkeys(tally.group_code.tolist()):
        progress(f"scoring learner group {group}")
        rows = np.flatnonzero(tally.group_code == group)
        for level in _levels(tally, rows, tally.group_place[rows]):
            for column, scale in enumerate(scales):
                # Most groups are too small at every placement: they are not worth a model of placements.
                if not may[level.rows, column].any():
                    continue
                scores = score_level(
                    tally.groups, column, scale, level.rows, level.parts, compare=level.level != NATION
                )
                for row, cell in _shown(scores, may, campaign, scale, np.ones(len(may), dtype=bool)):
                    groups[tally.group_place[row]].setdefault(group, {})[scale.code] = cell
    kept: list[dict[str, str]] = [{} for _ in range(n_places)]
    for old, value in kept_cells(tally, withheld, former):
        of_place = groups[old.row].setdefault(old.group, {}) if old.group else places[old.row]
        of_place[old.measure] = write_cell(value)
        kept[old.row][old.key] = old.release_id
    return ShownCells(
        [WrittenCells(cells) for cells in places],
        [{group: WrittenCells(cells) for group, cells in by_group.items()} for by_group in groups],
        benchmarks,
        compared,
        kept,
    )


def scores_at(tally: CampaignTally, column: int, level: str) -> LevelScores:
    """One measure of all learners in all places of one level, held against each other."""
    everything = np.arange(len(tally.tree.place_ids))
    found = next(one for one in _levels(tally, everything, everything) if one.level == level)
    return score_level(tally.places, column, tally.measures[column], found.rows, found.parts, compare=True)


def _levels(tally: CampaignTally, rows: NDArray[np.int64], places: NDArray[np.int64]) -> list[_LevelRows]:
    """The rows of a tally, which are these places, by level from the placements up."""
    tree = tally.tree
    row_of = np.full(len(tree.place_ids), -1)
    row_of[places] = rows
    n_placements = len(tree.placements)
    placements = np.sort(places[places < n_placements])
    level_of = np.array(tree.levels)[places]
    return [
        _LevelRows(
            level,
            np.sort(rows[level_of == level]),
            None if level == Level.PLACEMENT else Parts(row_of[placements], row_of[tree.above[number, placements]]),
        )
        for number, level in enumerate(LEVELS)
    ]


def _shown(
    scores: LevelScores,
    may: NDArray[np.bool_],
    campaign: Campaign,
    measure: Measure,
    items_shown: NDArray[np.bool_],
) -> Iterable[tuple[int, WrittenCell]]:
    """The cells of a level that may be shown, with their rows in the tally."""
    wanted = may[scores.rows, scores.column]
    rows = scores.rows[wanted]
    cells = show_cells(scores.cells(wanted), campaign, items_shown=items_shown[rows], asked_of_all=not measure.asked_of)
    return zip(rows.tolist(), cells, strict=True)
