"""Reading a CSV file in bounded memory: blocks of whole rows, and everything wrong with the file by row.

Rows are counted as a spreadsheet shows them: the header is row 1, and a field that holds line breaks is still one row.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from nets.errors import InvalidFile, Problem

ROWS_AT_ONCE: Final = 20_000
CHARACTERS_AT_ONCE: Final = 8_000_000
LONGEST_ROW: Final = 1_000_000
"""In characters. A longer one is no survey answer but a quotation mark that is never closed, or not a CSV file."""

_UNREADABLE: Final = re.compile("[\0\udc80-\udcff]")
"""A NUL, or a byte that the encoding does not have (kept apart by Python's surrogateescape)."""

_OTHER_FILES: Final = {
    b"PK\x03\x04": "is an Excel workbook or another zip archive: save it as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook: save it as CSV UTF-8",
    b"$FL2": "is an SPSS file: save it as CSV UTF-8",
    b"$FL3": "is an SPSS file: save it as CSV UTF-8",
    b"\x1f\x8b": "is compressed: unpack it first",
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


_BROKEN: Final = (csv.Error, _RowTooLong, UnicodeError)


class _Lines:
    """Lines of a text file, of bounded length, watched for what no answer can hold."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.taken = 0
        self.last = ""
        self.unreadable = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        self.taken += len(line)
        self.last = line
        if self.taken > LONGEST_ROW:
            raise _RowTooLong
        if (not line.isascii() or "\0" in line) and _UNREADABLE.search(line):
            self.unreadable = True
        return line


class RowReader:
    """An open CSV file: its header, then its rows in blocks."""

    def __init__(
        self, binary: BinaryIO, name: str, encoding: str, delimiter: str, setting: Callable[[str], str]
    ) -> None:
        self._binary = binary
        self._lines = _Lines(io.TextIOWrapper(binary, encoding, errors="surrogateescape", newline=""))
        self._csv = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self._encoding = encoding
        self._setting = setting
        self.name = name
        self.header = self._read_header(delimiter)

    @property
    def bytes_read(self) -> int:
        """How far into the file the reader is, for a progress bar."""
        return self._binary.tell()

    def blocks(self) -> Iterator[Block]:
        """The rows below the header. Rows with nothing in them, such as a spreadsheet leaves at the end, are passed over."""
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
                except _BROKEN as error:
                    what, finished = self._in_our_words(error)
                    broken.append((number, what))
                    if finished:
                        break
                    continue
                characters += self._lines.taken
                if not any(row):
                    continue
                if len(row) == width:
                    numbers.append(number)
                    rows.append(row)
                else:
                    broken.append((number, f"has {_fields(len(row))} where the header has {_fields(width)}"))
            if rows or broken:
                yield Block(numbers, rows, broken, self._lines.unreadable)

    def problem(self, cell: str) -> str | None:
        """What of a cell cannot be read, or None."""
        found = _UNREADABLE.search(cell)
        if found is None:
            return None
        if found[0] == "\0":
            return "has a NUL character, which no text has: is the file UTF-16, or no text at all?"
        encoding = self._encoding.removesuffix("-sig")
        other = "latin-1" if encoding == "utf-8" else "utf-8"
        byte = ord(found[0]) - 0xDC00
        return (
            f'has the byte {byte:#04x}, which is not {encoding}: {self._setting("encoding")} may have to be "{other}"'
        )

    def _read_header(self, delimiter: str) -> tuple[str, ...]:
        header: tuple[str, ...] = ()
        problem = ""
        try:
            header = tuple(cell.strip() for cell in next(self._csv))
        except StopIteration:
            raise InvalidFile([Problem(self.name, "is empty")]) from None
        except _BROKEN as error:
            problem, _ = self._in_our_words(error)
        if len(header) <= 1 and (other := _other_delimiter(self._lines.last, delimiter)):
            problem = f"looks divided by {other}, which {self._setting('delimiter')} can say"
        if problem:
            raise InvalidFile([Problem("row 1", problem)])
        for number, cell in enumerate(header, 1):
            if what := self.problem(cell):  # told once, because one remedy serves every column
                raise InvalidFile([Problem(f"row 1, column {number}", what)])
        if not any(header):
            raise InvalidFile([Problem("row 1", "names no columns")])
        return header

    def _in_our_words(self, error: Exception) -> tuple[str, bool]:
        """What is wrong with a row, and whether nothing can be told of the rows below it."""
        match error:
            case _RowTooLong():
                return f"is longer than {LONGEST_ROW:,} characters: is a quotation mark never closed?", True
            case UnicodeError():
                return f"cannot be read as {self._encoding} from here on", True
        said = str(error)
        if "field limit" in said:
            limit = csv.field_size_limit()
            return f"has a field of more than {limit:,} characters: is a quotation mark never closed?", True
        if "unexpected end" in said:
            return "has a quotation mark that is never closed", True
        if "expected after" in said:
            return "has text behind a closing quotation mark; a quotation mark inside a field is written twice", False
        return f"is not CSV: {said}", False


def _of_the_mapping(setting: str) -> str:
    return f'the mapping\'s "{setting}"'


@contextmanager
def open_rows(
    path: Path, encoding: str, delimiter: str, setting: Callable[[str], str] = _of_the_mapping
) -> Iterator[RowReader]:
    """Open a CSV file and read its header; ``setting`` says what messages call "encoding" and "delimiter".

    Raises
    ------
    InvalidFile
        If it cannot be opened, is empty, or is plainly no CSV file.
    """
    try:
        binary = path.open("rb")
    except OSError as error:
        raise InvalidFile([Problem(str(path), f"cannot be read: {error.strerror}")]) from None
    with binary:
        start = binary.read(4)
        for mark, what in _OTHER_FILES.items():
            if start.startswith(mark):
                raise InvalidFile([Problem(path.name, what)])
        binary.seek(0)
        yield RowReader(binary, path.name, encoding, delimiter, setting)


def _other_delimiter(line: str, delimiter: str) -> str:
    """What a header that is not divided by the delimiter is divided by, as a message shows it; empty if by nothing usual."""
    for other, shown in _OTHER_DELIMITERS.items():
        try:
            if other != delimiter and len(next(csv.reader([line], delimiter=other, strict=True))) > 1:
                return shown
        except csv.Error:
            continue
    return ""


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count:,} fields"
