"""A roster as a CSV file: placement, learner group, number of learners; read whole, or what is wrong with it by row and column."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nets.errors import InvalidFile, Problem
from nets.questionnaire.version import QuestionnaireVersion
from nets.response_rate import MOST_LEARNERS, Cell, RosterEntry
from nets.transfer.answers import quoted
from nets.transfer.named_columns import read_named_columns

COLUMNS: Final = ("placement_id", "learner_group", "learners")
WRITTEN_COLUMNS: Final = ("placement_id", "placement", "learner_group", "learners")
"""Of a file that is given out: with the placement's name, for who reads it; what takes it in again passes the name over."""
_NUMBER: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class ReadRoster:
    """What a file says; how many of its rows are without a number, and its columns that say nothing of it."""

    entries: tuple[RosterEntry, ...]
    n_without_number: int
    unused_columns: tuple[str, ...]


def read_roster_file(
    path: Path, version: QuestionnaireVersion, placement_ids: Collection[str], *, encoding: str, delimiter: str
) -> ReadRoster:
    """Read a roster whose placements are among those given and whose learner groups are those of the version.

    The columns are called ``COLUMNS``, in any order and among others. A row whose number is left empty is passed over: how many
    learners that group has nobody says.

    Raises
    ------
    InvalidFile
        Naming the first problems by row and column, and the count of all; if no row has a number.
    """
    groups = [group.code for group in version.learner_groups]
    entries: list[RosterEntry] = []
    row_of: dict[Cell, int] = {}
    without_number: list[int] = []

    def take(number: int, cells: Sequence[str]) -> list[str | None]:
        placement, group, learners = cells
        number_fault = _number_fault(learners) if learners else None
        faults = [placement_fault(placement, placement_ids), group_fault(group, groups), number_fault]
        if not faults[0] and not faults[1]:
            earlier = row_of.setdefault((placement, group), number)
            if earlier != number:
                faults[1] = f"{quoted(group)} at {placement} has its number in row {earlier} already"
        if not learners:
            without_number.append(number)
        elif not any(faults):
            entries.append(RosterEntry(placement, group, int(learners)))
        return faults

    unused = read_named_columns(path, COLUMNS, take, encoding=encoding, delimiter=delimiter)
    if not entries:
        raise InvalidFile([Problem(path.name, "has no number of learners in any row")])
    return ReadRoster(tuple(entries), len(without_number), unused)


def roster_rows(roster: Mapping[Cell, int], names: Mapping[str, str]) -> Iterator[tuple[str, str, str, int]]:
    """A roster as it is given out, by ``WRITTEN_COLUMNS``: taken in again it is the same roster."""
    for (placement_id, group), learners in sorted(roster.items()):
        yield placement_id, names[placement_id], group, learners


def empty_rows(groups: Iterable[str], names: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """A roster to be filled in: a row for each learner group at each placement, without its number."""
    codes = tuple(groups)
    for placement_id, name in sorted(names.items(), key=lambda one: (one[1], one[0])):
        for group in codes:
            yield placement_id, name, group, ""


def placement_fault(placement: str, placement_ids: Collection[str]) -> str | None:
    """What is wrong with a cell that should name a placement, or None."""
    if placement in placement_ids:
        return None
    return f"{quoted(placement)} is not the id of a placement in this survey"


def group_fault(group: str, groups: Sequence[str]) -> str | None:
    """What is wrong with a cell that should name a learner group, or None."""
    return None if group in groups else f"{quoted(group)} is not one of the learner groups ({', '.join(groups)})"


def _number_fault(learners: str) -> str | None:
    if _NUMBER.fullmatch(learners) and int(learners) <= MOST_LEARNERS:
        return None
    return f"{quoted(learners)} is not a whole number from 0 to {MOST_LEARNERS}, in digits alone"
