"""A roster from a CSV file: placement, learner group, number of learners; all of it, or what is wrong with it by row and column."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nets.errors import InvalidFile, Problem
from nets.questionnaire.version import QuestionnaireVersion
from nets.response_rate import MOST_LEARNERS, Cell, RosterEntry
from nets.transfer.answers import quoted
from nets.transfer.checking import MOST_SHOWN
from nets.transfer.rows import RowReader, open_rows

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
    with open_rows(path, encoding, delimiter, lambda setting: f"--{setting}") as reader:
        header = tuple(name.casefold().replace(" ", "_") for name in reader.header)
        positions = _positions(header)
        rows = _Rows(reader, placement_ids, [group.code for group in version.learner_groups])
        for block in reader.blocks():
            found = [(number, Problem(f"row {number}", what)) for number, what in block.broken]
            for number, row in zip(block.numbers, block.rows, strict=True):
                found += ((number, problem) for problem in rows.take(number, [row[i] for i in positions]))
            rows.problems += (problem for _, problem in sorted(found, key=lambda pair: pair[0]))
        if rows.problems:
            rest = len(rows.problems) - MOST_SHOWN
            more = [Problem("", f"{rest:,} more problems like these; {len(rows.problems):,} in all")]
            raise InvalidFile([*rows.problems[:MOST_SHOWN], *(more if rest > 0 else [])])
        if not rows.entries:
            raise InvalidFile([Problem(reader.name, "has a header and no rows under it")])
        unused = tuple(name for i, name in enumerate(reader.header) if i not in positions)
        return ReadRoster(tuple(rows.entries), unused)


class _Rows:
    """The rows so far."""

    def __init__(self, reader: RowReader, placement_ids: Collection[str], groups: Sequence[str]) -> None:
        self.entries: list[RosterEntry] = []
        self.problems: list[Problem] = []
        self._reader = reader
        self._placement_ids = placement_ids
        self._groups = groups
        self._row_of: dict[Cell, int] = {}

    def take(self, number: int, cells: Sequence[str]) -> list[Problem]:
        """Note what a row says, or return what is wrong with its cells."""
        placement, group, learners = (cell.strip() for cell in cells)
        faults = [self._reader.problem(cell) for cell in cells]
        faults[0] = faults[0] or self._placement_fault(placement)
        faults[1] = faults[1] or self._group_fault(group)
        faults[2] = faults[2] or _number_fault(learners)
        if not faults[0] and not faults[1]:
            earlier = self._row_of.setdefault((placement, group), number)
            if earlier != number:
                faults[1] = f"{quoted(group)} at {placement} has its number in row {earlier} already"
        if not any(faults):
            self.entries.append(RosterEntry(placement, group, int(learners)))
        return [
            Problem(f"row {number}, column {column}", fault)
            for column, fault in zip(COLUMNS, faults, strict=True)
            if fault
        ]

    def _placement_fault(self, placement: str) -> str | None:
        if placement in self._placement_ids:
            return None
        return f"{quoted(placement)} is not the id of a placement in the database"

    def _group_fault(self, group: str) -> str | None:
        if group in self._groups:
            return None
        return f"{quoted(group)} is not one of the learner groups ({', '.join(self._groups)})"


def _number_fault(learners: str) -> str | None:
    if _NUMBER.fullmatch(learners) and int(learners) <= MOST_LEARNERS:
        return None
    return f"{quoted(learners)} is not a whole number from 0 to {MOST_LEARNERS}, in digits alone"


def _positions(header: Sequence[str]) -> list[int]:
    problems = [
        Problem("row 1", f"has {'no column' if name not in header else 'more than one column'} {name}")
        for name in COLUMNS
        if header.count(name) != 1
    ]
    if problems:
        raise InvalidFile(problems)
    return [header.index(name) for name in COLUMNS]
