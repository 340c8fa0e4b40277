"""Tables that results print."""

import math
import sys
from dataclasses import dataclass

import pytest

from analysis import AnalysisError, ResultTable, Table

TABLE = Table(
    "Reliability <b>",
    ("scale", "n", "alpha", "note"),
    (("A & B", 98, 0.83471, "x"), ("C", 7, math.nan, None)),
    ("Note.",),
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Result(ResultTable):
    alpha: float

    def table(self) -> Table:
        return Table("Result", ("scale", "alpha"), (("Teamwork", self.alpha),))


def test_text_lines_up_and_numbers_are_rounded_to_the_right() -> None:
    assert str(TABLE).splitlines() == [
        "Reliability <b>",
        "scale   n  alpha  note",
        "A & B  98  0.835  x",
        "C       7      -",
        "Note.",
    ]


def test_html_escapes_text_and_names_rows_and_columns() -> None:
    html = TABLE._repr_html_()
    assert "<caption>Reliability &lt;b&gt;</caption>" in html
    assert '<th scope="col">alpha</th>' in html
    assert '<th scope="row" style="text-align: left">A &amp; B</th>' in html
    assert html.endswith("<p>Note.</p>")


def test_a_frame_is_not_rounded() -> None:
    frame = TABLE.to_frame()
    assert frame.loc["A & B", "alpha"] == 0.83471
    assert list(frame.columns) == ["n", "alpha", "note"]


def test_without_pandas_a_frame_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(AnalysisError, match="a data frame needs pandas: pip install pandas"):
        _Result(0.83471).to_frame()


def test_no_probability_prints_as_nought() -> None:
    table = Table("t", ("test", "chi-square", "p", "p adjusted", "power"), (("x", 1e-9, 2e-5, 1e-4, 1e-9),))
    assert str(table).splitlines()[-1].split() == ["x", "0.000", "<0.001", "<0.001", "0.000"]
    assert "&lt;0.001" in table._repr_html_()


def test_a_small_negative_number_does_not_print_as_minus_zero() -> None:
    assert str(Table("t", ("a", "b"), (("x", -1e-9),))).splitlines()[-1] == "x  0.000"


def test_a_result_prints_as_its_table_everywhere() -> None:
    result = _Result(0.83471)
    assert str(result) == repr(result) == str(result.table())
    assert result._repr_html_() == result.table()._repr_html_()
    assert result.to_frame().loc["Teamwork", "alpha"] == 0.83471
