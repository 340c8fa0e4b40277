"""What holds for every result: it prints, gives HTML and a frame, and cannot be changed."""

import dataclasses
import inspect
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

import analysis
from analysis import Interval, ItemResponses, PartSums, ResultTable, SimulatedResponses, Table

RESULTS = {
    name
    for name in analysis.__all__
    if inspect.isclass(found := getattr(analysis, name)) and issubclass(found, ResultTable) and found is not ResultTable
}
NO_TABLES = (Interval, ItemResponses, PartSums, SimulatedResponses, np.ndarray, float)
"""What functions give that is no table: two numbers, sums, and answers as they are."""

VOID = {"br", "hr", "img", "meta"}


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_result_is_in_an_example(every_result: list[ResultTable]) -> None:
    assert {type(result).__name__ for result in every_result} >= RESULTS


def test_functions_give_results(example_results: dict[str, list[Any]]) -> None:
    given = [(name, result) for name, results in example_results.items() for result in results]
    assert [name for name, result in given if not isinstance(result, (ResultTable, *NO_TABLES))] == []


def test_every_result_prints_a_table_without_trailing_blanks(every_result: list[ResultTable]) -> None:
    for result in every_result:
        lines = str(result).splitlines()
        assert repr(result) == str(result)
        assert len(lines) >= 3, type(result)
        assert [line for line in lines if line != line.rstrip() or "np." in line or "array(" in line] == []


def test_every_result_gives_html_with_captions_and_its_whole_table(every_result: list[Any]) -> None:
    for result in every_result:
        html = _Balance()
        html.feed(result._repr_html_())
        assert html.open == []
        assert html.tags.count("caption") == html.tags.count("table") >= 1
        assert result.table()._repr_html_() in result._repr_html_()


def test_html_has_a_cell_for_each_entry_and_a_heading_for_each_row_and_column(every_result: list[Any]) -> None:
    for table in _tables(every_result):
        html = _Balance()
        html.feed(table._repr_html_())
        assert html.tags.count("td") == len(table.rows) * (len(table.columns) - 1)
        assert html.tags.count("th") == len(table.columns) + len(table.rows)


def test_every_result_gives_a_frame_in_which_each_column_has_a_name_of_its_own(every_result: list[Any]) -> None:
    for table in _tables(every_result):
        frame = table.to_frame()
        assert frame.shape == (len(table.rows), len(table.columns) - 1)
        assert frame.columns.is_unique, f"{table.title}: {list(frame.columns)}"
        assert "" not in frame.columns, table.title
        for row, cells in zip(table.rows, frame.itertuples(), strict=True):
            for own, cell in zip(row, cells, strict=True):
                if isinstance(own, float) and not np.isnan(own):
                    assert cell == own  # not rounded


def test_no_result_can_be_changed(every_result: list[ResultTable]) -> None:
    for result in every_result:
        fields = dataclasses.fields(result)  # type: ignore[arg-type]
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(result, fields[0].name, None)
        assert not hasattr(result, "__dict__"), type(result)
        writeable = [name for name, array in _arrays(result) if array.flags.writeable]
        assert not writeable, f"{type(result).__name__}: {writeable}"


def test_every_result_says_how_it_was_made(every_result: list[ResultTable]) -> None:
    for result in every_result:
        assert isinstance(getattr(result, "method", ""), str)


def _tables(results: list[Any]) -> Iterator[Table]:
    """Give every table of every result: some have more than the one that they print."""
    for result in results:
        for name in dir(result):
            if name.endswith("table") and not name.startswith("_"):
                yield getattr(result, name)()


def _arrays(value: Any, name: str = "") -> list[tuple[str, np.ndarray[Any, Any]]]:
    if isinstance(value, np.ndarray):
        return [(name, value)]
    if isinstance(value, tuple | list):
        return [found for place, part in enumerate(value) for found in _arrays(part, f"{name}[{place}]")]
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return [found for field in fields for found in _arrays(getattr(value, field.name), f"{name}.{field.name}")]
    return []
