"""A short CSV file whose columns are found by their names: every row of it, or everything that is wrong by row and column."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from nets.errors import InvalidFile, Problem
from nets.transfer.checking import MOST_SHOWN
from nets.transfer.rows import open_rows

Take: TypeAlias = Callable[[int, Sequence[str]], Sequence[str | None]]
"""Takes a row's number and its cells without the spaces around them, and says what is wrong with each, None where nothing is."""


def read_named_columns(
    path: Path, columns: Sequence[str], take: Take, *, encoding: str, delimiter: str
) -> tuple[str, ...]:
    """Hand the named columns over row by row; they stand in any order and among others. Returns the others' names.

    Raises
    ------
    InvalidFile
        Naming the first problems by row and column, and the count of all; if there are no rows.
    """
    problems: list[Problem] = []
    n_rows = 0
    with open_rows(path, encoding, delimiter, lambda setting: f"--{setting}") as reader:
        positions = _positions(tuple(name.casefold().replace(" ", "_") for name in reader.header), columns)
        for block in reader.blocks():
            found = [(number, Problem(f"row {number}", what)) for number, what in block.broken]
            n_rows += len(block.rows)
            for number, row in zip(block.numbers, block.rows, strict=True):
                cells = [row[position] for position in positions]
                faults = take(number, [cell.strip() for cell in cells])
                for column, cell, fault in zip(columns, cells, faults, strict=True):
                    what = reader.problem(cell) or fault
                    if what:
                        found.append((number, Problem(f"row {number}, column {column}", what)))
            problems += (problem for _, problem in sorted(found, key=lambda pair: pair[0]))
        if not n_rows and not problems:
            raise InvalidFile([Problem(reader.name, "has a header and no rows under it")])
        unused = tuple(name for position, name in enumerate(reader.header) if position not in positions)
    if problems:
        rest = len(problems) - MOST_SHOWN
        more = [Problem("", f"{rest:,} more problems like these; {len(problems):,} in all")]
        raise InvalidFile([*problems[:MOST_SHOWN], *(more if rest > 0 else [])])
    return unused


def _positions(header: Sequence[str], columns: Sequence[str]) -> list[int]:
    problems = [
        Problem("row 1", f"has {'no column' if name not in header else 'more than one column'} {name}")
        for name in columns
        if header.count(name) != 1
    ]
    if problems:
        raise InvalidFile(problems)
    return [header.index(name) for name in columns]
