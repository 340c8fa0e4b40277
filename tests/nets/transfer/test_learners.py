"""Learner group and day of a row: a column's cells, or the same for all."""

from datetime import date
from typing import Any

import pytest

from nets.questionnaire.version import QuestionnaireVersion
from nets.transfer.learners import DayCells, GroupCells, is_day_format
from nets.transfer.mapping_file import read_mapping


def days(survey: Any, source: Any) -> DayCells:
    mapping = read_mapping(survey.mapping(answered_on=source))
    return DayCells(mapping.answered_on, mapping.campaign)


def groups(survey: Any, version: QuestionnaireVersion, source: Any) -> GroupCells:
    return GroupCells(read_mapping(survey.mapping(learner_group=source)).learner_group, version)


def test_groups_go_by_their_codes_or_by_what_the_mapping_says(survey: Any, climate: QuestionnaireVersion) -> None:
    by_code = groups(survey, climate, {"column": "group"})
    assert [by_code.codes[i] for i in by_code.read(["night", " day "], 2)] == ["night", "day"]
    by_value = groups(survey, climate, {"column": "group", "values": {"1": "day", "2": "night"}})
    assert [by_value.codes[i] for i in by_value.read(["2", "1"], 2)] == ["night", "day"]
    for_all = groups(survey, climate, "night")
    assert [for_all.codes[i] for i in for_all.read(None, 3)] == ["night"] * 3


def test_an_unknown_group_is_told_with_those_there_are(survey: Any, climate: QuestionnaireVersion) -> None:
    cells = groups(survey, climate, {"column": "group", "values": {"1": "day", "2": "night"}})
    assert cells.read(["3", "day", ""], 3).tolist() == [-1, -1, -1]
    assert cells.problem("3") == "'3' is not one of the learner groups (1, 2)"
    assert cells.problem("1") is None


@pytest.mark.parametrize(
    ("layout", "cell"),
    [
        ("%Y-%m-%d", " 2026-03-04 "),
        ("%d/%m/%Y", "4/3/2026"),
        ("%d.%m.%y", "04.03.26"),
        ("%Y-%m-%d %H:%M:%S", "2026-03-04 23:59:59"),
        ("%d %b %Y", "04 Mar 2026"),
    ],
)
def test_days_are_read_as_they_are_written_and_times_are_dropped(survey: Any, layout: str, cell: str) -> None:
    cells = days(survey, {"column": "day", "format": layout})
    assert cells.read([cell, cell], 2) == [date(2026, 3, 4)] * 2


def test_one_day_may_serve_all(survey: Any) -> None:
    assert days(survey, "2026-03-04").read(None, 2) == [date(2026, 3, 4)] * 2


@pytest.mark.parametrize("cell", ["", "2026-02-30", "04/03/2026", "2026-02-28", "2026-04-01", "yesterday"])
def test_what_is_no_day_of_the_campaign_is_told(survey: Any, cell: str) -> None:
    cells = days(survey, {"column": "day"})
    assert cells.read([cell], 1) == [None]
    assert cells.problem(cell) == f"'{cell}' is not a day from 2026-03-01 to 2026-03-31 written as %Y-%m-%d"
    assert cells.problem("2026-03-31") is None


def test_a_format_must_name_a_whole_day() -> None:
    assert is_day_format("%Y-%m-%d")
    assert is_day_format("%d %B %Y at %H:%M")
    assert not any(map(is_day_format, ("%Y-%m", "%d/%m/%H", "day", "", "%Q", "%")))
