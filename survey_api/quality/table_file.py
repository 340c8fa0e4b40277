"""The table behind a picture as a CSV file that a spreadsheet opens without running anything."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from fastapi.responses import Response, StreamingResponse

from nets.transfer.spreadsheet import safe_cell

_LINES_AT_ONCE: Final = 1_000


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[str | float]]) -> Response:
    """An answer that the browser keeps as a file of this name, sent a piece at a time, so that others are answered meanwhile.

    Parameters
    ----------
    rows
        Made as they are sent, when the transaction that they were read in has ended.
    """
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in ".-_") else "_" for letter in name)
    return StreamingResponse(
        _pieces(header, rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{plain}"'},
    )


def _pieces(header: Sequence[str], rows: Iterable[Sequence[str | float]]) -> Iterator[str]:
    lines = iter(rows)
    word = lru_cache(maxsize=10_000)(_word)  # names and codes come back in line after line; forgotten with the file
    piece: list[Sequence[str | float]] = [header]
    while piece:
        yield "".join(
            [
                ",".join([word(value) if isinstance(value, str) else str(value) for value in line]) + "\n"
                for line in piece
            ]
        )
        piece = list(islice(lines, _LINES_AT_ONCE))


def _word(value: str) -> str:
    """A safe cell as it is written."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([safe_cell(value), ""])
    return text.getvalue().removesuffix(",\n")
