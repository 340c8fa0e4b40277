"""What an insider of a campaign knows beforehand: who was where, and perhaps how many; never what anybody answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.disclosure_attack.bounds import BEST, MeasureTable
from benchmarks.disclosure_attack.published import EVERYONE, Cell, Published
from nets.organisation import Level
from nets.releases.tallying import CampaignTally

PRECISION = 1e-3


@dataclass(frozen=True, slots=True)
class Narrowest:
    """What an attack on one measure came to.

    Attributes
    ----------
    hidden
        Cells that were attacked.
    count
        The narrowest range of a hidden number of learners, and its cell.
    mean
        The narrowest range of a mean in points, of cells with fewer learners than asked for, and its cell; without those of
        ``in_plain_sight``.
    in_plain_sight
        The same where one shown cell around the hidden one says as much alone, without any subtraction: of fourteen learners with
        a mean of 99 everybody has nearly 100.
    """

    hidden: int
    count: tuple[float, Cell]
    mean: tuple[float, Cell]
    in_plain_sight: tuple[float, Cell]


def smallest_cells(tally: CampaignTally, measure: str) -> dict[Cell, int]:
    """How many have a score on a measure in each placement, by learner group where the measure is told by group."""
    codes = [one.code for one in tally.measures]
    scales = [code for code in codes if ":" not in code]
    if measure in scales:
        numbers = tally.groups.n[:, scales.index(measure)]
        cells = [
            (tally.tree.place_ids[place], group)
            for place, group in zip(tally.group_place, tally.group_code, strict=True)
        ]
        levels = [tally.tree.levels[place] for place in tally.group_place]
    else:
        numbers = tally.places.n[:, codes.index(measure)]
        cells = [(place, EVERYONE) for place in tally.tree.place_ids]
        levels = list(tally.tree.levels)
    return {
        cell: int(n)
        for cell, level, n in zip(cells, levels, numbers, strict=True)
        if level == Level.PLACEMENT and n > 0
    }


def attack(what: Published, measure: str, counts: Mapping[Cell, int], few: int, groups: bool = True) -> Narrowest:
    """Bound every hidden cell of a measure.

    Its number of learners by whoever knows only where there may have been any; and its mean, where it is of fewer than ``few``, by
    whoever knows all numbers of learners beforehand.
    """
    outside, inside = MeasureTable(what, measure, list(counts), {}), MeasureTable(what, measure, list(counts), counts)
    hidden: Sequence[Cell] = [cell for cell in outside.hidden() if groups or cell[1] == EVERYONE]
    nothing = (float("inf"), ("", ""))
    numbers, means, plain = [nothing], [nothing], [nothing]
    for cell in hidden:
        low, high = outside.count_range(cell)
        numbers.append((high - low, cell))
        n = sum(counts[leaf] for leaf in inside.within(cell))
        if n < few:
            low, high = inside.total_range(cell)
            alone = _range_by_one_cell(inside, cell, n)
            told = plain if alone[1] - alone[0] <= high - low + PRECISION else means
            told.append(((high - low) / n, cell))
    return Narrowest(len(hidden), min(numbers), min(means), min(plain))


def _range_by_one_cell(table: MeasureTable, cell: Cell, n: int) -> tuple[float, float]:
    """What a hidden cell's scores can add up to by the shown cells around it, each taken alone."""
    low, high, within = 0.0, n * BEST, set(table.within(cell))
    for around, known in table.shown.items():
        if within <= set(table.within(around)):
            low = max(low, known.total[0] - (known.n[1] - n) * BEST)
            high = min(high, known.total[1])
    return low, high
