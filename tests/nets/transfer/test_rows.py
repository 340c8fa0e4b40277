"""A CSV file is read in blocks of whole rows, and what is wrong with it stands by its row, as a spreadsheet counts."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nets.errors import InvalidFile
from nets.transfer import rows as rows_room
from nets.transfer.rows import Block, open_rows

LETTERS = "ab1 ,;\"'\n\r\té漢\ufeff"


def read(path: Path, encoding: str = "utf-8-sig", delimiter: str = ",") -> tuple[tuple[str, ...], list[Block]]:
    with open_rows(path, encoding, delimiter) as reader:
        return reader.header, list(reader.blocks())


def rows_of(path: Path, content: str | bytes, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[list[str]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    _, blocks = read(path, encoding, delimiter)
    assert not any(block.broken for block in blocks)
    return [list(row) for block in blocks for row in block.rows]


def broken(path: Path, content: str | bytes) -> list[tuple[int, str]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [fault for block in read(path)[1] for fault in block.broken]


def refusal(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(InvalidFile) as caught:
        read(path)
    return str(caught.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.csv"


@given(
    table=st.lists(st.lists(st.text(LETTERS, max_size=5), min_size=3, max_size=3), max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    at_once=st.integers(1, 5),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_spreadsheet_writes_is_read_as_it_was(
    path: Path, table: list[list[str]], delimiter: str, line_end: str, at_once: int
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([["A", "B", "C"], *table])
    path.write_bytes(text.getvalue().encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_room, "ROWS_AT_ONCE", at_once)
        header, blocks = read(path, delimiter=delimiter)
    assert header == ("A", "B", "C")
    assert [row for block in blocks for row in block.rows] == [row for row in table if any(row)]
    assert [number for block in blocks for number in block.numbers] == [
        number for number, row in enumerate(table, 2) if any(row)
    ]
    assert all(1 <= len(block.rows) <= at_once for block in blocks)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"\xef\xbb\xbfA,B\r\n1,caf\xc3\xa9\r\n", "utf-8-sig"),
        (b"A,B\n1,caf\xe9", "latin-1"),
        (b"A,B\r1,caf\xe9\r", "windows-1252"),
        (b'"A","B"\n"1","caf\xc3\xa9"\n\n\n', "utf-8-sig"),
        (b"A , B\n1,caf\xc3\xa9\n,\n", "utf-8-sig"),
    ],
    ids=["mark and CRLF", "Latin-1", "CR alone", "quotes and empty lines", "empty rows of a spreadsheet"],
)
def test_files_of_every_make_are_read(path: Path, content: bytes, encoding: str) -> None:
    assert rows_of(path, content, encoding)[0] == ["1", "café"]
    assert read(path, encoding)[0] == ("A", "B")


def test_a_row_is_counted_as_a_spreadsheet_shows_it(path: Path) -> None:
    assert broken(path, 'A,B\n1,"two\nlines"\n\n1,2,3\n1\n') == [
        (4, "has 3 fields where the header has 2 fields"),
        (5, "has 1 field where the header has 2 fields"),
    ]


def test_text_behind_a_quotation_mark_spoils_its_own_row_only(path: Path) -> None:
    ((number, what),) = broken(path, 'A,B\n"x"y,2\n3,4\n')
    assert number == 2
    assert what.startswith("has text behind a closing quotation mark")
    assert read(path)[1][0].rows == [["3", "4"]]


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("x\n" * 10, "has a quotation mark that is never closed"),
        ("x" * 200_000, "has a field of more than 131,072 characters: is a quotation mark never closed?"),
        ("1,2\n" * 300_000, "has a field of more than 131,072 characters: is a quotation mark never closed?"),
        ("x" * 1_200_000, "is longer than 1,000,000 characters: is a quotation mark never closed?"),
    ],
    ids=["short", "long", "many lines", "very long"],
)
def test_an_open_quotation_mark_is_told_once_where_it_opens(path: Path, cell: str, what: str) -> None:
    assert broken(path, f'A,B\n1,2\n3,"{cell}') == [(3, what)]
    assert [row for block in read(path)[1] for row in block.rows] == [["1", "2"]]  # what is behind it belongs to no row


def test_only_a_row_is_bounded_and_not_the_file(path: Path) -> None:
    assert len(rows_of(path, "A,B\n" + f"1,{'x' * 100_000}\n" * 15)) == 15


def test_a_row_of_very_many_fields_is_told(path: Path) -> None:
    assert broken(path, "A,B\n" + "1," * 400_000 + "\n") == [(2, "has 400,001 fields where the header has 2 fields")]


def test_a_byte_that_is_not_in_the_encoding_is_named_with_the_encoding_it_may_be(path: Path) -> None:
    path.write_bytes(b"A,B\n1,caf\xe9\n")
    with open_rows(path, "utf-8-sig", ",") as reader:
        (block,) = reader.blocks()
        assert block.unreadable
        assert reader.problem(block.rows[0][0]) is None
        assert reader.problem(block.rows[0][1]) == (
            'has the byte 0xe9, which is not utf-8: the mapping\'s "encoding" may have to be "latin-1"'
        )
    path.write_bytes(b"A,B\n1,\x81\n")
    with open_rows(path, "windows-1252", ",") as reader:
        (block,) = reader.blocks()
        assert str(reader.problem(block.rows[0][1])).endswith('"utf-8"')


def test_a_sound_block_is_not_searched_for_what_cannot_be_read(path: Path) -> None:
    path.write_text("A,B\n1,漢\n", "utf-8")
    assert [block.unreadable for block in read(path)[1]] == [False]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "data.csv: is empty"),
        (b"\xef\xbb\xbf", "data.csv: is empty"),
        (b"\n1,2\n", "row 1: names no columns"),
        (b" , \n1,2\n", "row 1: names no columns"),
        (b"PK\x03\x04rest", "data.csv: is an Excel workbook or another zip archive: save it as CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0rest", "data.csv: is an old Excel workbook: save it as CSV UTF-8"),
        (b"$FL2@(#) IBM SPSS", "data.csv: is an SPSS file: save it as CSV UTF-8"),
        (gzip.compress(b"A,B\n", mtime=0), "data.csv: is compressed: unpack it first"),
        ("A,B\n".encode("utf-16"), "data.csv: is UTF-16: save it as CSV UTF-8"),
        (
            "A,B\n".encode("utf-16-le"),
            "row 1, column 1: has a NUL character, which no text has: is the file UTF-16, or no text at all?",
        ),
        (b'A,"B\n', "row 1: has a quotation mark that is never closed"),
        (b"A;B;C\n1;2;3\n", "row 1: looks divided by ';', which the mapping's \"delimiter\" can say"),
        (b'"A"\t"B"\n1\t2\n', "row 1: looks divided by '\\t' (tab), which the mapping's \"delimiter\" can say"),
        (
            b'"A"x,"B"\n',
            "row 1: has text behind a closing quotation mark; a quotation mark inside a field is written twice",
        ),
    ],
    ids=lambda value: value[:12].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_what_is_no_table_is_told_at_once(path: Path, content: bytes, what: str) -> None:
    assert refusal(path, content) == what


def test_a_latin_1_header_names_its_column(path: Path) -> None:
    said = refusal(path, b"A,B\xe9,C\xe9\n")
    assert said.startswith("row 1, column 2: has the byte 0xe9, which is not utf-8")
    assert "\n" not in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=r"nowhere\.csv: cannot be read: No such file"):
        read(tmp_path / "nowhere.csv")
