"""A list as CSV on standard output, without traps for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from nets.transfer.spreadsheet import safe_cell


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns and rows; text that a spreadsheet would take for a formula is marked as text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe_cell(value) if isinstance(value, str) else value for value in row])
    return text.getvalue()
