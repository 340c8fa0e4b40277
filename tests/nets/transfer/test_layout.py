"""Header, mapping, questionnaire and database are held against each other before a row is read; every misfit is told at once."""

from collections.abc import Sequence
from typing import Any

import pytest

from nets.errors import InvalidFile
from nets.organisation import Level, Organisation
from nets.questionnaire.version import QuestionnaireVersion
from nets.transfer.layout import Layout
from nets.transfer.mapping_file import read_mapping

HEADER = ("ward", "group", "day", "CALM", "TENSE", "RUSHED", "ALONE", "SAFE", "HURT", "WORDS")
PLACES = (Organisation("R-1", Level.REGION, "North", None), Organisation("L-1", Level.LOCAL_OFFICE, "Office", "R-1"))


def layout(survey: Any, version: QuestionnaireVersion, header: Sequence[str] = HEADER, **changes: Any) -> Layout:
    return Layout(header, read_mapping(survey.mapping(**changes)), version, PLACES, "mapping.json")


def misfits(survey: Any, version: QuestionnaireVersion, header: Sequence[str] = HEADER, **changes: Any) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        layout(survey, version, header, **changes)
    return [str(problem) for problem in caught.value.problems]


def test_columns_called_like_the_items_are_found_wherever_they_stand(
    survey: Any, climate: QuestionnaireVersion
) -> None:
    found = layout(survey, climate, tuple(reversed(HEADER)))
    positions = [column[0] for column in found.closed if column]
    assert [HEADER[::-1][position] for position in positions] == [item.code for item in climate.closed_items]
    assert [HEADER[::-1][position] for position, _ in found.comments] == ["WORDS"]
    assert found.placement == [9]
    assert (found.group, found.day) == (8, 7)
    assert found.unused_columns == ()


def test_items_that_were_not_asked_need_no_column(survey: Any, climate: QuestionnaireVersion) -> None:
    found = layout(survey, climate, HEADER[:7], not_asked=["SAFE", "HURT", "WORDS"])
    assert [column is None for column in found.closed] == [False] * 4 + [True] * 2
    assert found.comments == []


def test_columns_that_the_mapping_does_not_use_are_named(survey: Any, climate: QuestionnaireVersion) -> None:
    header = (*HEADER, "age", "", "age")
    assert layout(survey, climate, header).unused_columns == ("age", "age")


def test_every_misfit_is_told_at_once(survey: Any, climate: QuestionnaireVersion) -> None:
    told = misfits(
        survey,
        climate,
        ("Ward", "grp", "when", "CALM", "CALM", "tense", "ALONE", "SAFE", "HURT", "WORDS"),
        placement={"columns": "ward", "name": "{bed}", "provider": {"id": "P-9"}},
        learner_group={"column": "group", "values": {"1": "dawn"}},
        answered_on={"column": "day", "format": "%d/%m"},
        items={
            "CALN": "q1",
            "HURT": {"column": "SAFE"},
            "ALONE": {"answers": {"9": "not_applicable"}},
            "WORDS": {"answers": {"9": "blank"}},
        },
        not_asked=["NOISE", "ALONE"],
    )
    assert told == [
        "mapping.json: items.CALN: team-climate 2026.1 has no item CALN; did you mean 'CALM'?",
        "mapping.json: not_asked: team-climate 2026.1 has no item NOISE",
        "row 1: has 2 columns called 'CALM'",
        "row 1: has no column 'TENSE'; did you mean 'tense'?",
        "mapping.json: items.ALONE: the item is also among 'not_asked'",
        "mapping.json: items.HURT: column 'SAFE' is already that of item SAFE",
        "mapping.json: items.WORDS.answers: the item is a comment, so its cells are taken as they are",
        "row 1: has no column for RUSHED: name their columns under 'items', or list them under 'not_asked'",
        "row 1: has no column 'ward', which mapping.json names under placement; did you mean 'Ward'?",
        "row 1: has no column 'bed', which mapping.json names under placement",
        "row 1: has no column 'group', which mapping.json names under learner_group.column; did you mean 'grp'?",
        "row 1: has no column 'day', which mapping.json names under answered_on.column",
        "mapping.json: placement.provider: 'P-9' is not the id of a provider in the database",
        "mapping.json: learner_group.values.1: 'dawn' is not a learner group of the questionnaire (day, night)",
        "mapping.json: answered_on.format: '%d/%m' does not name year, month and day, such as %d/%m/%Y",
    ]


def test_an_answer_that_an_item_does_not_offer_is_told(survey: Any, climate: QuestionnaireVersion) -> None:
    told = misfits(survey, climate, items={"RUSHED": {"answers": {"9": "not_applicable", "7": 6, "1": 1}}})
    assert told == [
        "mapping.json: items.RUSHED.answers.9: item RUSHED does not offer not_applicable",
        "mapping.json: items.RUSHED.answers.7: item RUSHED does not offer 6",
    ]


def test_items_without_a_column_are_told_together(survey: Any, climate: QuestionnaireVersion) -> None:
    header = ("ward", "group", "day", "CALM", "q5", "SAFES", "HURT")
    assert misfits(survey, climate, header) == [
        "row 1: has no column 'SAFE'; did you mean 'SAFES'?",
        "row 1: has no column for TENSE, RUSHED, ALONE, WORDS: name their columns under 'items', or list them under 'not_asked'",
    ]


def test_no_column_of_another_item_is_suggested(survey: Any, climate: QuestionnaireVersion) -> None:
    (told,) = misfits(survey, climate, [*HEADER[:-1], "x"], items={"WORDS": "SAFER"})
    assert told == "row 1: has no column 'SAFER', which mapping.json names under items.WORDS"


def test_a_name_that_stands_twice_matters_only_where_it_is_used(survey: Any, climate: QuestionnaireVersion) -> None:
    layout(survey, climate, (*HEADER, "age", "age"))
    assert misfits(survey, climate, (*HEADER, "ward")) == [
        "row 1: has 2 columns called 'ward', which mapping.json names under placement"
    ]


def test_one_group_and_one_day_for_all_are_checked_too(survey: Any, climate: QuestionnaireVersion) -> None:
    found = layout(survey, climate, learner_group="day", answered_on="2026-03-31")
    assert (found.group, found.day) == (None, None)
    assert misfits(survey, climate, learner_group="dawn", answered_on="2026-04-01") == [
        "mapping.json: learner_group: 'dawn' is not a learner group of the questionnaire (day, night)",
        "mapping.json: answered_on: 2026-04-01 is outside the campaign (2026-03-01 to 2026-03-31)",
    ]


def test_a_place_of_another_level_is_not_the_one_that_is_meant(survey: Any, climate: QuestionnaireVersion) -> None:
    placement = {"columns": "ward", "provider": "Trust", "local_office": {"id": "L-1"}}
    layout(survey, climate, placement=placement)
    placement["local_office"] = {"id": "R-1"}
    assert misfits(survey, climate, placement=placement) == [
        "mapping.json: placement.local_office: 'R-1' is not the id of a local office in the database"
    ]
