"""From the shown cells of a release to its flags: every scale at every level by the three rules, and for whom placements are low.

A place is listed only where its score is shown, and a learner group is named only where its own score is; the others count for the
benchmarks, as they do for scores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis import AnalysisError, GroupSpread, UnitGroupInteraction
from nets.flags.flagging import NO_EARLIER_SCORES, EarlierScores, PlaceFlags, flag_places
from nets.flags.place_flags import (
    LEAST_OF_LONG,
    LEAST_OF_SHORT,
    NO_FLAGS,
    SHORT_LIST,
    FlagSummary,
    Lists,
    ListSummary,
    LowFor,
    NotFlagged,
    ScaleFlags,
    ScaleLists,
    SpreadSummary,
)
from nets.flags.rule import FlagRule
from nets.releases.measure import MeasureKind
from nets.releases.place_tree import NATION
from nets.releases.shown_cells import ShownCells
from nets.releases.tallying import CampaignTally
from nets.scoring import ScaleAnswers


@dataclass(frozen=True, slots=True, eq=False)
class FlaggedCells:
    """Flags by place, in the order of the tree, and by code of the scale; and what is known of the lists."""

    places: Sequence[Mapping[str, ScaleFlags]]
    summary: FlagSummary


def flagged_cells(
    tally: CampaignTally,
    cells: ShownCells,
    answers: Mapping[str, ScaleAnswers],
    rule: FlagRule,
    earlier: Mapping[str, EarlierScores],
) -> FlaggedCells:
    """Flag every place of a release.

    Parameters
    ----------
    answers
        The learners' scores behind the sums, by code of the scale.
    earlier
        What the campaign before said, by code of the scale; scales that were not asked the same way are not in it.
    """
    level_of = np.array(tally.tree.levels)
    found: list[dict[str, ScaleFlags]] = [{} for _ in tally.tree.place_ids]
    levels: dict[str, dict[str, Lists]] = {level: {} for level in dict.fromkeys(tally.tree.levels) if level != NATION}
    scales = [column for column, measure in enumerate(tally.measures) if measure.kind is MeasureKind.SCALE]
    spreads = {}
    for column in scales:
        scale = tally.measures[column].code
        before = earlier.get(scale, NO_EARLIER_SCORES)
        respondents = answers[scale].scores[~np.isnan(answers[scale].scores)]
        for level, summaries in levels.items():
            rows = np.flatnonzero(level_of == level)
            listed = _of_level(tally, cells, column, level, rows, respondents, rule, before)
            summaries[scale] = listed if isinstance(listed, NotFlagged) else _summary(listed)
            if isinstance(listed, PlaceFlags):
                for row, codes in listed.codes().items():
                    found[int(row)][scale] = replace(NO_FLAGS, lists=codes)
        spread = _spread(tally, cells, scale, scales.index(column), rule)
        if spread is not None:
            spreads[scale] = _write_spread(spread, found, scale)
    return FlaggedCells(found, FlagSummary(rule.version, levels, spreads))


def _of_level(
    tally: CampaignTally,
    cells: ShownCells,
    column: int,
    level: str,
    rows: NDArray[np.int64],
    respondents: NDArray[np.float64],
    rule: FlagRule,
    earlier: EarlierScores,
) -> PlaceFlags | NotFlagged:
    shown = np.array([tally.measures[column].code in cells.places[row] for row in rows])
    if int(shown.sum()) < rule.least_places:
        return NotFlagged(f"fewer than {rule.least_places} places have a score that may be shown")
    compared = cells.compared[tally.measures[column].code, level].units
    if compared is None:
        return NotFlagged("all learners gave the same score, or no place has two of them")
    at = dict(zip(rows.tolist(), shown.tolist(), strict=True))
    ids = tally.tree.place_ids
    by_row = EarlierScores(
        {str(row): earlier.mean[ids[row]] for row in at if ids[row] in earlier.mean},
        {str(row): earlier.sd[ids[row]] for row in at if ids[row] in earlier.sd},
    )
    return flag_places(compared, respondents, np.array([at[int(str(row))] for row in compared.unit]), rule, by_row)


def _summary(flags: PlaceFlags) -> ScaleLists:
    return ScaleLists(
        {
            code: ListSummary(int(one.listed.sum()), _rounded(one.false_share, int(one.listed.sum())))
            for code, one in flags.lists.items()
        }
    )


def _rounded(share: float, n: int) -> float:
    least = LEAST_OF_SHORT if n < SHORT_LIST else LEAST_OF_LONG
    return round(round(share / least) * least, 2) if n else 0.0


def _spread(tally: CampaignTally, cells: ShownCells, scale: str, column: int, rule: FlagRule) -> GroupSpread | None:
    """For whom each placement is low on a scale, the column of the groups' sums; None where nothing can be said of any."""
    n_placements = len(tally.tree.placements)
    codes = list(dict.fromkeys(tally.group_code.tolist()))
    position = {code: i for i, code in enumerate(codes)}
    here = (tally.group_place < n_placements) & (tally.groups.n[:, column] > 0)
    place = tally.group_place[here]
    group = np.array([position[code] for code in tally.group_code[here].tolist()], dtype=np.int64)
    n, mean = np.zeros((n_placements, len(codes))), np.full((n_placements, len(codes)), np.nan)
    n[place, group], mean[place, group] = tally.groups.n[here, column], tally.groups.mean[here, column]
    may_be_named = np.zeros(n.shape, dtype=bool)
    for row in range(n_placements):
        for code, shown in cells.groups[row].items():
            may_be_named[row, position[code]] = scale in shown
    used: NDArray[np.bool_] = n.sum(axis=0) > 0
    try:
        interaction = UnitGroupInteraction.from_cells(
            range(n_placements),
            [code for code, is_used in zip(codes, used.tolist(), strict=True) if is_used],
            n[:, used],
            mean[:, used],
            float(tally.groups.deviations[here, column].sum()),
        )
    except AnalysisError:
        return None
    return interaction.spread(
        may_be_named[:, used],
        least=1,  # who is shown has been decided
        depth=rule.spread_depth,
        at_least=rule.spread_probability,
        alpha=rule.spread_alpha,
    )


def _write_spread(spread: GroupSpread, found: Sequence[dict[str, ScaleFlags]], scale: str) -> SpreadSummary:
    made = 0
    for row, outcome in enumerate(spread.outcome):
        low_for = LowFor(outcome)
        if low_for is LowFor.UNTOLD:
            continue
        made += 1
        groups = tuple(str(spread.group[i]) for i in np.flatnonzero(spread.named[row]))
        found[row][scale] = replace(found[row].get(scale, NO_FLAGS), low_for=low_for, groups=groups)
    return SpreadSummary(made, _rounded(spread.false_share, made))
