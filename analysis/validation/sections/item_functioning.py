"""Items that one group answers differently from another at the same level of what is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ...item_functioning import DifferentialItemFunctioning, differential_item_functioning
from ...not_estimated import NotEstimated
from ..grouping import ComparedGroups
from ..pictures import IntervalRow, draw_intervals
from ..prose import counted, in_words, listed, number
from ..section import Cell, Part, ReportPicture, ReportProse, ReportTable, Verdict, judged, threshold
from ..structures import factors_of
from ..study import Study

LEAST_ITEMS = 4
"""Fewer leave too little to match learners on."""


@dataclass(frozen=True, slots=True)
class ItemFunctioning:
    """The part of a section that tells of single items."""

    parts: tuple[Part, ...]
    verdicts: tuple[Verdict, ...]
    values: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class _Change:
    """By how much groups explain the answers to one item beyond the score."""

    groups_by: str
    place: int
    scale: str
    mcfadden: float
    flagged: bool
    group: str
    log_odds: float


def describe_item_functioning(study: Study, compared: Sequence[ComparedGroups]) -> ItemFunctioning:
    """Look at every item of every scale with enough items, over every way to divide learners."""
    changes: list[_Change] = []
    for groups in compared:
        for scale, places in factors_of(study, least_items=LEAST_ITEMS).items():
            found = study.attempt(
                partial(
                    differential_item_functioning,
                    study.answers(places, groups.rows),
                    list(groups.labels),
                    smallest_change=threshold("dif").value,
                    minimum_group=groups.least,
                )
            )
            if not isinstance(found, NotEstimated):
                changes += _changes(found, groups.grouping.name, scale, places)
    if not changes:
        reason = f"Single items were not compared: that takes a scale of {in_words(LEAST_ITEMS)} items that vary in every group."
        return ItemFunctioning((ReportProse(reason),), (), {})
    flagged = [change for change in changes if change.flagged]
    parts: list[Part] = [ReportProse(_overview(study, changes, flagged))]
    if flagged:
        parts.append(_table(study, flagged))
    parts.append(_picture(study, changes))
    largest = {(change.groups_by, study.items[change.place]): change.mcfadden for change in changes}
    worst = max(changes, key=lambda change: change.mcfadden)
    said = (
        f"at most {number(worst.mcfadden, 3)} ({study.items[worst.place]})"
        if not flagged
        else f"above it: {listed(list(dict.fromkeys(study.items[change.place] for change in flagged)))}"
    )
    # what chance or a large sample alone brings is no finding, so that only flagged changes count against an item
    figures = {f"{by} {item}": 0.0 for by, item in largest} | {
        f"{change.groups_by} {study.items[change.place]}": change.mcfadden for change in flagged
    }
    values: dict[str, dict[str, float]] = {}
    for (by, item), change in largest.items():
        values.setdefault(by, {})[item] = change
    return ItemFunctioning(tuple(parts), (judged("dif", "Items work alike: change of R²", said, figures),), values)


def _changes(found: DifferentialItemFunctioning, groups_by: str, scale: str, places: Sequence[int]) -> list[_Change]:
    changes = []
    for row, place in enumerate(places):
        effects = np.nan_to_num(found.effects[row])
        group = int(np.argmax(np.abs(effects)))
        changes.append(
            _Change(
                groups_by,
                place,
                scale,
                float(found.mcfadden[row, 2] - found.mcfadden[row, 0]),
                found.item_names[row] in found.flagged,
                str(found.group[group]),
                float(effects[group]),
            )
        )
    return changes


def _overview(study: Study, changes: list[_Change], flagged: list[_Change]) -> str:
    limit = number(threshold("dif").value)
    if not flagged:
        worst = max(changes, key=lambda change: change.mcfadden)
        n_items = len({change.place for change in changes})
        ways = len({change.groups_by for change in changes})
        return (
            f"None of {counted(n_items, 'item')}, over {in_words(ways)} {'way' if ways == 1 else 'ways'} to divide "
            "learners, is answered "
            "differently by learners with the same score on its scale: knowing the group adds at most "
            f"{number(worst.mcfadden, 3)} to McFadden's R² ({study.items[worst.place]}), less than {limit}."
        )
    items = list(dict.fromkeys(study.items[change.place] for change in flagged))
    return (
        f"{listed(items)} {'is' if len(items) == 1 else 'are'} answered differently by groups of learners with the same "
        "score on the scale: "
        f"knowing the group adds {limit} or more to McFadden's R². Whether that is a fault of the item or a true "
        "difference in what it "
        "asks about only its content can tell."
    )


def _table(study: Study, flagged: list[_Change]) -> ReportTable:
    rows: list[tuple[Cell, ...]] = [
        (study.named(change.place), change.scale, change.groups_by, change.mcfadden, change.group, change.log_odds)
        for change in sorted(flagged, key=lambda change: -change.mcfadden)
    ]
    return ReportTable(
        "Items that work differently in groups",
        (
            ("Item", "text"), ("Scale", "text"), ("Groups by", "text"), ("Change of R²", "3"), ("Most in group", "text"),
            ("Log odds", "2"),
        ),
        tuple(rows),
        (
            "Ordinal logistic regression on the purified scale score. Change of R²: McFadden's, by groups and their "
            "product with the score. "
            "Log odds of a better answer at the same score, against the largest group.",
        ),
    )  # fmt: skip


def _picture(study: Study, changes: list[_Change]) -> ReportPicture:
    worst: dict[str, _Change] = {}
    for change in changes:
        if change.groups_by not in worst or change.mcfadden > worst[change.groups_by].mcfadden:
            worst[change.groups_by] = change
    limit = threshold("dif").value
    rows = [
        IntervalRow(f"{_short(by)} ({study.items[change.place]})", change.mcfadden, float("nan"), float("nan"))
        for by, change in worst.items()
    ]
    top = max([1.5 * limit, *(1.1 * row.estimate for row in rows)])
    said = f"The largest change of McFadden's R squared of any item for {counted(len(rows), 'way')} to divide learners."
    svg = draw_intervals(rows, said, across_name="largest change of McFadden's R²", limits=(limit,), span=(0.0, top))
    return ReportPicture(
        "Differential item functioning: the item that groups answer most differently, for each way to divide learners.",
        said,
        svg,
    )


def _short(name: str, most: int = 33) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
