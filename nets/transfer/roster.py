"""A roster from a CSV file: placement, learner group, number of learners; all of it, or what is wrong with it by row and column."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nets.questionnaire.version import QuestionnaireVersion
from nets.response_rate import MOST_LEARNERS, Cell, RosterEntry
from nets.transfer.answers import quoted
from nets.transfer.named_columns import read_named_columns

COLUMNS: Final = ("placement", "learner_group", "learners")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class ReadRoster:
    """What a file says, and its columns that say nothing of it."""

    entries: tuple[RosterEntry, ...]
    unused_columns: tuple[str, ...]


def read_roster_file(
    path: Path, version: QuestionnaireVersion, placement_ids: Collection[str], *, encoding: str, delimiter: str
) -> ReadRoster:
    """Read a roster whose placements are among those given and whose learner groups are those of the version.

    The columns are called ``COLUMNS``, in any order and among others.

    Raises
    ------
    InvalidFile
        Naming the first problems by row and column, and the count of all.
    """
    groups = [group.code for group in version.learner_groups]
    entries: list[RosterEntry] = []
    row_of: dict[Cell, int] = {}

    def take(number: int, cells: Sequence[str]) -> list[str | None]:
        placement, group, learners = cells
        faults = [placement_fault(placement, placement_ids), group_fault(group, groups), _number_fault(learners)]
        if not faults[0] and not faults[1]:
            earlier = row_of.setdefault((placement, group), number)
            if earlier != number:
                faults[1] = f"{quoted(group)} at {placement} has its number in row {earlier} already"
        if not any(faults):
            entries.append(RosterEntry(placement, group, int(learners)))
        return faults

    unused = read_named_columns(path, COLUMNS, take, encoding=encoding, delimiter=delimiter)
    return ReadRoster(tuple(entries), unused)


def placement_fault(placement: str, placement_ids: Collection[str]) -> str | None:
    """What is wrong with a cell that should name a placement, or None."""
    if placement in placement_ids:
        return None
    return f"{quoted(placement)} is not the id of a placement in the database"


def group_fault(group: str, groups: Sequence[str]) -> str | None:
    """What is wrong with a cell that should name a learner group, or None."""
    return None if group in groups else f"{quoted(group)} is not one of the learner groups ({', '.join(groups)})"


def _number_fault(learners: str) -> str | None:
    if _NUMBER.fullmatch(learners) and int(learners) <= MOST_LEARNERS:
        return None
    return f"{quoted(learners)} is not a whole number from 0 to {MOST_LEARNERS}, in digits alone"
