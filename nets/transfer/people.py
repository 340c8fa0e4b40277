"""Whom to invite, from a CSV file: address, placement, learner group; all of it, or what is wrong with it by row and column."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nets.invitation import Invited, address_problem, same_address
from nets.questionnaire.version import QuestionnaireVersion
from nets.transfer.answers import quoted
from nets.transfer.named_columns import read_named_columns
from nets.transfer.roster import group_fault, placement_fault

COLUMNS: Final = ("address", "placement_id", "learner_group")


@dataclass(frozen=True, slots=True)
class ReadPeople:
    """Whom a file names, and its columns that say nothing of them."""

    invited: tuple[Invited, ...]
    unused_columns: tuple[str, ...]


def read_people_file(
    path: Path, version: QuestionnaireVersion, placement_ids: Collection[str], *, encoding: str, delimiter: str
) -> ReadPeople:
    """Read whom to invite, to placements among those given and of the version's learner groups.

    A learner with two placements stands in two rows, and gets two invitations. The columns are called ``COLUMNS``, in any order and
    among others.

    Raises
    ------
    InvalidFile
        Naming the first problems by row and column, and the count of all: addresses that are none, places and groups that are
        not there, and who stands with the same placement twice.
    """
    groups = [group.code for group in version.learner_groups]
    people: list[Invited] = []
    row_of: dict[tuple[str, str], int] = {}

    def take(number: int, cells: Sequence[str]) -> list[str | None]:
        address, placement, group = cells
        what = address_problem(address)
        faults = [
            f"{quoted(address)} {what}" if what else None,
            placement_fault(placement, placement_ids),
            group_fault(group, groups),
        ]
        if not faults[0] and not faults[1]:
            earlier = row_of.setdefault((same_address(address), placement), number)
            if earlier != number:
                faults[0] = f"{quoted(address)} is invited to {placement} in row {earlier} already"
        if not any(faults):
            people.append(Invited(address, placement, group))
        return faults

    unused = read_named_columns(path, COLUMNS, take, encoding=encoding, delimiter=delimiter)
    return ReadPeople(tuple(people), unused)


def read_addresses(path: Path) -> tuple[tuple[str, ...], int]:
    """The addresses in a file that a mail system gave out, one to a line or in cells between others; and how many lines hold none.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    found: dict[str, None] = {}
    n_without = 0
    for line in path.read_text("utf-8-sig", errors="replace").splitlines():
        cells = [cell.strip(" \"'<>") for cell in line.replace(";", ",").replace("\t", ",").split(",")]
        addresses = [same_address(cell) for cell in cells if not address_problem(cell)]
        found.update(dict.fromkeys(addresses))
        n_without += bool(line.strip()) and not addresses
    return tuple(found), n_without
