"""Tables as files: the bytes that a CSV writer makes, sent a piece at a time."""

import csv
import io
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from survey_api.quality import table_file
from survey_api.quality.table_file import csv_answer

WORDS = ["Ward 1", "=1+1", 'a "quoted" ward', "North, South", "two\nlines", "", " spaced ", "Tŷ"]


def test_a_file_is_what_a_csv_writer_makes_of_safe_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_file, "_LINES_AT_ONCE", 3)
    app = FastAPI()
    app.get("/file")(lambda: csv_answer("ward 1.csv", ["word", "whole", "part"], [(word, 7, 41.0) for word in WORDS]))
    answer = TestClient(app).get("/file")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["word", "whole", "part"])
    writer.writerows([["'=1+1" if word == "=1+1" else word, 7, 41.0] for word in WORDS])
    assert answer.text == text.getvalue()
    assert answer.headers["content-disposition"] == 'attachment; filename="ward_1.csv"'


def test_lines_are_made_as_they_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_file, "_LINES_AT_ONCE", 2)
    made = []

    def rows() -> Iterator[list[str | float]]:
        for number in range(5):
            made.append(number)
            yield [number]

    pieces = table_file._pieces(["n"], rows())
    assert next(pieces) == "n\n"
    assert made == []
    assert next(pieces) == "0\n1\n"
    assert made == [0, 1]
    assert list(pieces) == ["2\n3\n", "4\n"]
