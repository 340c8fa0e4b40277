"""CSV that a spreadsheet opens without running anything: cells that look like formulas are marked as text.

A placement called ``=HYPERLINK(...)`` would otherwise be a program in the reader's spreadsheet. Numbers we write ourselves are
never negative, so nothing is lost by treating every leading sign alike.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: str | float) -> str | float:
    """The value, with an apostrophe before text that a spreadsheet would take for a formula."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return "'" + value
    return value


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str | float]]) -> int:
    """Write a CSV file in UTF-8 with safe cells; returns the number of rows under the header."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([safe_cell(name) for name in header])
        for row in rows:
            writer.writerow([safe_cell(value) for value in row])
            count += 1
    return count
