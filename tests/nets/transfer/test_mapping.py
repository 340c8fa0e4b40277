"""A mapping file is read whole or refused with every problem at once, each by the path of its setting."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nets.campaign import AccessMode
from nets.errors import InvalidFile
from nets.questionnaire.version import NonResponse, Unanswered
from nets.transfer.mapping import ImportMapping
from nets.transfer.mapping_file import read_mapping


def with_changes(survey: Any, changes: Mapping[str, Any]) -> ImportMapping:
    return read_mapping(survey.mapping(**changes))


def problems(path: Path) -> dict[str, str]:
    with pytest.raises(InvalidFile) as caught:
        read_mapping(path)
    return {problem.where: problem.what for problem in caught.value.problems}


def problems_with(survey: Any, changes: Mapping[str, Any]) -> dict[str, str]:
    return {where.removeprefix("mapping.json: "): what for where, what in problems(survey.mapping(**changes)).items()}


def test_what_is_left_out_has_a_plain_default(survey: Any) -> None:
    mapping = with_changes(survey, {})
    assert (mapping.encoding, mapping.delimiter) == ("utf-8-sig", ",")
    assert (mapping.campaign.place_floor, mapping.campaign.breakdown_floor) == (5, 10)
    assert mapping.answered_on.format == "%Y-%m-%d"
    assert (mapping.answers, mapping.items, mapping.not_asked) == ({}, {}, [])


def test_a_campaign_is_always_an_imported_one(survey: Any) -> None:
    campaign = with_changes(survey, {}).campaign.campaign("team-climate", "2026.1")
    assert campaign.access_mode is AccessMode.IMPORTED
    assert (campaign.id, campaign.opens_on, campaign.closes_on) == ("climate", date(2026, 3, 1), date(2026, 3, 31))


def test_plain_text_is_short_for_the_setting_it_usually_is(survey: Any) -> None:
    mapping = with_changes(
        survey,
        {
            "placement": {"columns": "ward", "provider": "Trust", "region": "North"},
            "learner_group": "day",
            "answered_on": "2026-03-02",
            "items": {"CALM": "q1"},
        },
    )
    assert mapping.placement.columns == ["ward"]
    assert mapping.placement.provider is not None
    assert mapping.placement.provider.name == "Trust"
    assert mapping.learner_group.constant == "day"
    assert mapping.answered_on.constant == date(2026, 3, 2)
    assert mapping.items["CALM"].column == "q1"


def test_cells_stand_for_option_values_codes_and_blanks(survey: Any) -> None:
    answers = with_changes(survey, {"answers": {"0": 1, "9": "not_applicable", "": "blank"}}).answers
    assert answers == {"0": 1, "9": NonResponse.NOT_APPLICABLE, "": Unanswered.BLANK}


@pytest.mark.parametrize(
    ("given", "read"),
    [("utf-8", "utf-8-sig"), ("UTF8", "utf-8-sig"), ("latin-1", "latin-1"), ("windows-1252", "windows-1252")],
)
def test_encodings_have_their_usual_names(survey: Any, given: str, read: str) -> None:
    assert with_changes(survey, {"encoding": given}).encoding == read


@pytest.mark.parametrize("name", ["klingon", "zlib", "bz2", "hex", "rot13", "utf-16", "cp037", "", "a\0b"])
def test_what_is_no_encoding_of_a_csv_file_is_refused(survey: Any, name: str) -> None:
    assert "is not an encoding that can be read here" in problems_with(survey, {"encoding": name})["encoding"]


def test_every_problem_is_told_at_once(survey: Any) -> None:
    told = problems_with(
        survey,
        {
            "delimiter": "::",
            "questionnaire": {"file": "a.json", "id": "b"},
            "campaign": {"id": "A b", "title": "", "opens_on": "1.3.2026", "closes_on": "2026-02-30", "floor": 3},
            "placement": None,
            "learner_group": 3,
            "answered_on": {"column": "day", "constant": "2026-03-02"},
            "answers": {"1": True, "2": "maybe", "3": 1.5, "4": "not_routed"},
            "items": {"CALM": 5, "TENSE": {"colum": "q2"}},
            "not_asked": "SAFE",
            "speed": "fast",
        },
    )
    assert set(told) == {
        "delimiter",
        "questionnaire",
        "campaign.title",
        "campaign.opens_on",
        "campaign.closes_on",
        "campaign.floor",
        "placement",
        "learner_group",
        "answered_on",
        "answers.1",
        "answers.2",
        "answers.3",
        "answers.4",
        "items.CALM",
        "items.TENSE.colum",
        "not_asked",
        "speed",
    }
    assert told["placement"] == "is missing"
    assert told["speed"] == "is not a setting of a mapping; docs/importing.md lists them"
    assert told["learner_group"] == "should be text or an object"
    assert told["answers.2"].startswith("should be an option value such as 4, or one of not_applicable")


def test_the_rules_of_a_campaign_are_told_one_by_one(survey: Any) -> None:
    campaign = {"id": "A b", "title": "x", "opens_on": "2026-03-31", "closes_on": "2026-03-01", "place_floor": 2}
    with pytest.raises(InvalidFile) as caught:
        with_changes(survey, {"campaign": campaign})
    assert [problem.what.split(":")[0] for problem in caught.value.problems] == ["id", "closes_on", "place_floor"]
    assert {problem.where for problem in caught.value.problems} == {"mapping.json: campaign"}


@pytest.mark.parametrize(
    ("placement", "what"),
    [
        ({"columns": []}, "at least 1 item"),
        ({"columns": ["ward", "ward"], "provider": "T"}, "names a column twice"),
        ({"columns": "ward"}, "'provider' is needed"),
        ({"columns": "ward", "provider": {"name": "T", "column": "trust"}}, "should be a name"),
        ({"columns": "ward", "site": {"id": "S-1"}, "provider": "T"}, "leave the levels above it out"),
        ({"columns": "ward", "provider": {"id": "P-1"}, "region": "R"}, "leave the levels above it out"),
        ({"columns": "ward", "existing": True, "provider": "T"}, "leave the other settings out"),
        ({"columns": ["ward", "shift"], "existing": True}, "leave the other settings out"),
    ],
)
def test_a_placement_hangs_in_one_place(survey: Any, placement: dict[str, Any], what: str) -> None:
    ((where, told),) = problems_with(survey, {"placement": placement}).items()
    assert where.startswith("placement")
    assert what in told


@pytest.mark.parametrize(
    "placement",
    [
        {"columns": "ward", "site": {"id": "S-1"}},
        {"columns": ["ward", "shift"], "provider": {"id": "P-1"}, "site": {"column": "site"}},
        {"columns": "ward", "existing": True},
    ],
)
def test_a_placement_may_hang_on_what_is_there(survey: Any, placement: dict[str, Any]) -> None:
    with_changes(survey, {"placement": placement})


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (b"", "mapping.json: line 1, column 1", "is not JSON"),
        (b'{"a": 1,\n "b" 2}', "mapping.json: line 2, column 6", "is not JSON"),
        (b"[]", "mapping.json", "should be an object"),
        (b'{"a": "\xe9"}', "mapping.json", "is not UTF-8 (byte 8)"),
        (b"[" * 100_000, "mapping.json", "is nested too deeply"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "mapping.json", "holds a number that is too long"),
    ],
)
def test_what_is_no_json_is_told_by_its_place(tmp_path: Path, content: bytes, where: str, what: str) -> None:
    path = tmp_path / "mapping.json"
    path.write_bytes(content)
    told = problems(path)
    assert what in told[where]


def test_a_setting_that_stands_twice_is_told(survey: Any) -> None:
    path = survey.mapping()
    path.write_text(path.read_text()[:-1] + ', "answers": {}, "answers": {}}')
    assert problems(path) == {"mapping.json": "has 'answers' twice in the same place"}


def test_a_byte_order_mark_is_passed_over(survey: Any) -> None:
    path = survey.mapping()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_mapping(path) == with_changes(survey, {})


def test_a_mapping_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    assert problems(tmp_path)[str(tmp_path)].startswith("cannot be read")


def test_half_of_a_surrogate_pair_is_no_text(survey: Any) -> None:
    campaign = {"id": "climate", "title": "\ud800", "opens_on": "2026-03-01", "closes_on": "2026-03-31"}
    assert list(problems_with(survey, {"campaign": campaign})) == ["campaign.title"]
