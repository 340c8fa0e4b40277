"""Known outcomes of placements from a CSV file: placement, yes or no; all of it, or what is wrong with it by row and column."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from nets.errors import InvalidFile, Problem
from nets.transfer.answers import quoted
from nets.transfer.checking import MOST_SHOWN
from nets.transfer.rows import RowReader, open_rows

COLUMNS: Final = ("placement", "outcome")
_MEANING: Final = {"yes": True, "1": True, "true": True, "no": False, "0": False, "false": False}


def read_outcomes_file(
    path: Path, placement_ids: Collection[str], *, encoding: str = "utf-8-sig", delimiter: str = ","
) -> dict[str, bool]:
    """Whether each placement had the outcome; the columns are called ``COLUMNS``, in any order and among others.

    Raises
    ------
    InvalidFile
        Naming the first problems by row and column, and the count of all.
    """
    with open_rows(path, encoding, delimiter, lambda setting: f"the file's {setting}") as reader:
        header = [name.strip().casefold() for name in reader.header]
        faults = [
            Problem("row 1", f"has {'no column' if name not in header else 'more than one column'} {name}")
            for name in COLUMNS
            if header.count(name) != 1
        ]
        if faults:
            raise InvalidFile(faults)
        found: dict[str, bool] = {}
        problems: list[Problem] = []
        place, outcome = (header.index(name) for name in COLUMNS)
        for block in reader.blocks():
            problems += (Problem(f"row {number}", what) for number, what in block.broken)
            for number, row in zip(block.numbers, block.rows, strict=True):
                problems += _take(found, reader, number, row[place], row[outcome], placement_ids)
    if problems:
        rest = len(problems) - MOST_SHOWN
        more = [Problem("", f"{rest:,} more problems like these; {len(problems):,} in all")] if rest > 0 else []
        raise InvalidFile([*problems[:MOST_SHOWN], *more])
    if not found:
        raise InvalidFile([Problem(path.name, "has a header and no rows under it")])
    return found


def _take(
    found: dict[str, bool],
    reader: RowReader,
    number: int,
    placement: str,
    outcome: str,
    placement_ids: Collection[str],
) -> list[Problem]:
    placement, word = placement.strip(), outcome.strip().casefold()
    fault = reader.problem(placement)
    if not fault and placement not in placement_ids:
        fault = f"{quoted(placement)} is not the id of a placement in this survey"
    if not fault and placement in found:
        fault = f"{placement} has its outcome in a row above"
    problems = [Problem(f"row {number}, column placement", fault)] if fault else []
    if word not in _MEANING:
        problems.append(Problem(f"row {number}, column outcome", f"{quoted(outcome)} is neither yes nor no"))
    if not problems:
        found[placement] = _MEANING[word]
    return problems
