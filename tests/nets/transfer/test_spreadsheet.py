"""No cell that we write is a formula, and what was no formula stays as it was."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.transfer.spreadsheet import safe_cell, write_csv

STARTS = "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize("start", STARTS)
def test_what_a_spreadsheet_would_run_is_marked_as_text(start: str) -> None:
    assert safe_cell(f"{start}cmd") == f"'{start}cmd"
    assert safe_cell(f"  {start}cmd") == f"'  {start}cmd"


@pytest.mark.parametrize("value", ["Ward 3", "a=b", "x-y", "", " ", "'=1", 5, 0.5])
def test_what_is_no_formula_stays(value: str | float) -> None:
    assert safe_cell(value) == value


@given(st.text(f"ab '\"{STARTS}", max_size=6))
def test_no_safe_cell_begins_like_a_formula(text: str) -> None:
    assert not str(safe_cell(text)).lstrip(" ").startswith(tuple(STARTS))


def test_a_file_is_written_in_utf_8_with_every_cell_safe(tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    assert write_csv(path, ["=name", "n"], [["Tŷ, old", 3], ['"=x"', 4], ["=x", 5]]) == 3
    content = path.read_bytes()
    assert content.startswith('\'=name,n\n"Tŷ, old",3\n'.encode())
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[2:] == [['"=x"', "4"], ["'=x", "5"]]
