"""The table behind a picture as a CSV file that a spreadsheet opens without running anything."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi.responses import Response

from nets.transfer.spreadsheet import safe_cell


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[str | float]]) -> Response:
    """An answer that the browser keeps as a file of this name."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in ".-_") else "_" for letter in name)
    return Response(
        text.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{plain}"'},
    )
