"""Reading a CSV file in bounded memory: blocks of whole rows, and everything wrong with the file by row.

Rows are counted as a spreadsheet shows them: the header is row 1, and a field that holds line breaks is still one row.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from nets.errors import InvalidFile, Problem

ROWS_AT_ONCE: Final = 20_000
CHARACTERS_AT_ONCE: Final = 8_000_000
LONGEST_ROW: Final = 1_000_000
"""In characters. A longer one is no survey answer but a quotation mark that is never closed, or not a CSV file."""

UNREADABLE: Final = re.compile("[\0\udc80-\udcff]")
"""A NUL, or a byte that the encoding does not have (kept apart by Python's surrogateescape)."""

_OTHER_FILES: Final = {
    b"PK\x03\x04": "is an Excel workbook or another zip archive: save it as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook: save it as CSV UTF-8",
    b"\xff\xfe": "is UTF-16: save it as CSV UTF-8",
    b"\xfe\xff": "is UTF-16: save it as CSV UTF-8",
}
_OTHER_DELIMITERS: Final = {";": "';'", "\t": "'\\t' (tab)", "|": "'|'", ",": "','"}


@dataclass(frozen=True, slots=True)
class Block:
    """Some consecutive rows of the file.

    Attributes
    ----------
    numbers
        Row number of each row.
    rows
        Cells, as many in each row as the header has.
    broken
        Row number and problem of rows that are not rows: of another length, or not CSV. They are not in ``rows``.
    unreadable
        Whether any cell may hold a NUL or a byte outside the encoding.
    """

    numbers: Sequence[int]
    rows: Sequence[Sequence[str]]
    broken: Sequence[tuple[int, str]]
    unreadable: bool


class _RowTooLong(Exception):
    """Raised below the CSV reader, which would otherwise go on collecting."""


class _Lines:
    """Lines of a text file, of bounded length, watched for what no answer can hold."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.taken = 0
        self.unreadable = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        self.taken += len(line)
        if self.taken > LONGEST_ROW:
            raise _RowTooLong
        if (not line.isascii() or "\0" in line) and UNREADABLE.search(line):
            self.unreadable = True
        return line


class RowReader:
    """An open CSV file: its header, then its rows in blocks."""

    def __init__(self, binary: BinaryIO, text: TextIO, name: str, delimiter: str) -> None:
        self._binary = binary
        self._lines = _Lines(text)
        self._csv = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self._delimiter = delimiter
        self.name = name
        self.header = self._read_header()

    @property
    def bytes_read(self) -> int:
        """How far into the file the reader is, for a progress bar."""
        return self._binary.tell()

    def blocks(self) -> Iterator[Block]:
        """The rows below the header. Lines with nothing on them are passed over."""
        width, number, finished = len(self.header), 1, False
        while not finished:
            numbers: list[int] = []
            rows: list[list[str]] = []
            broken: list[tuple[int, str]] = []
            characters = 0
            self._lines.unreadable = False
            while len(rows) + len(broken) < ROWS_AT_ONCE and characters < CHARACTERS_AT_ONCE:
                self._lines.taken = 0
                number += 1
                try:
                    row = next(self._csv)
                except StopIteration:
                    finished = True
                    break
                except csv.Error as error:
                    broken.append((number, _in_our_words(error)))
                    continue
                except _RowTooLong:
                    broken.append(
                        (number, f"is longer than {LONGEST_ROW:,} characters: is a quotation mark never closed?")
                    )
                    finished = True
                    break
                except UnicodeDecodeError as error:
                    broken.append((number, f"cannot be read as {error.encoding} from here on"))
                    finished = True
                    break
                characters += self._lines.taken
                if len(row) == width:
                    numbers.append(number)
                    rows.append(row)
                elif row:
                    broken.append((number, f"has {_fields(len(row))} where the header has {_fields(width)}"))
            yield Block(numbers, rows, broken, self._lines.unreadable)

    def hint_at_delimiter(self) -> str:
        """What to say of a header that is a single field; empty if it is not, or no other delimiter is in it."""
        if len(self.header) == 1:
            for other, shown in _OTHER_DELIMITERS.items():
                if other != self._delimiter and other in self.header[0]:
                    return f'; the header looks divided by {shown}, which the mapping\'s "delimiter" can say'
        return ""

    def _read_header(self) -> tuple[str, ...]:
        try:
            header = next(self._csv)
        except StopIteration:
            raise InvalidFile([Problem(self.name, "is empty")]) from None
        except csv.Error as error:
            raise InvalidFile([Problem(f"{self.name}: row 1", _in_our_words(error))]) from None
        except (_RowTooLong, UnicodeDecodeError):
            raise InvalidFile([Problem(f"{self.name}: row 1", "is not a header: is this a CSV file?")]) from None
        if self._lines.unreadable:
            raise InvalidFile(
                [Problem(f"{self.name}: row 1", "the header has a NUL or a byte that is not in the encoding")]
            )
        return tuple(cell.strip() for cell in header)


@contextmanager
def open_rows(path: Path, encoding: str, delimiter: str) -> Iterator[RowReader]:
    """Open a CSV file and read its header.

    Raises
    ------
    InvalidFile
        If it cannot be opened, is empty, or is plainly no CSV file.
    """
    try:
        with path.open("rb") as binary:
            start = binary.read(4)
            for mark, what in _OTHER_FILES.items():
                if start.startswith(mark):
                    raise InvalidFile([Problem(path.name, what)])
            binary.seek(0)
            text = io.TextIOWrapper(binary, encoding, errors="surrogateescape", newline="")
            yield RowReader(binary, text, path.name, delimiter)
    except OSError as error:
        raise InvalidFile([Problem(str(path), f"cannot be read: {error.strerror}")]) from None


def _in_our_words(error: csv.Error) -> str:
    said = str(error)
    if "field limit" in said:
        return f"has a field of more than {csv.field_size_limit():,} characters: is a quotation mark never closed?"
    if "unexpected end" in said:
        return "has a quotation mark that is never closed"
    if "expected after" in said:
        return "has text behind a closing quotation mark; a quotation mark inside a field is written twice"
    return f"is not CSV: {said}"


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count:,} fields"
