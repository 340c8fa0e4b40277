"""From raw answers to a response: what is kept, what is dropped, and every problem at once."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.errors import InvalidResponse, Problem
from nets.packing import pack, unpack
from nets.questionnaire.document import read_version
from nets.questionnaire.routing import routed_items
from nets.questionnaire.version import NonResponse, QuestionnaireVersion, Unanswered
from nets.response import Response, bind_response

INSTRUMENT = Path(__file__).parents[1] / "instruments" / "team-climate-2026.1.json"
VERSION = read_version(INSTRUMENT.read_bytes(), INSTRUMENT.name)
ITEMS = [item.code for item in VERSION.items]
CHARACTERS = "aZ9 \n\t'\"<&é\u0301ŵ\u00a0\u2028\ufeff漢😀\U0010ffff"
"""One of every sort: a list, because Hypothesis takes seconds to lay out all of Unicode on a fresh machine."""


def bind(answers: Mapping[str, Any], group: str = "day", version: QuestionnaireVersion = VERSION) -> Response:
    return bind_response(version, answers, placement_id="P-0001", learner_group=group, answered_on=date(2026, 11, 24))


def problems(answers: Mapping[str, Any], group: str = "day") -> dict[str, str]:
    with pytest.raises(InvalidResponse) as caught:
        bind(answers, group)
    assert len({problem.where for problem in caught.value.problems}) == len(caught.value.problems)
    return {problem.where: problem.what for problem in caught.value.problems}


def good_answer(code: str) -> st.SearchStrategy[Any]:
    item = VERSION.item[code]
    if item.kind == "comment":
        return st.text(CHARACTERS, max_size=item.max_length)
    values = [option.value for option in VERSION.options(item)]
    return st.sampled_from([*values, *(str(code) for code in item.non_response)])


good_answers = st.fixed_dictionaries({}, optional={code: good_answer(code) for code in ITEMS})
groups = st.sampled_from([group.code for group in VERSION.learner_groups])


def test_a_response_says_what_it_answers_and_where_and_when() -> None:
    response = bind({"CALM": 4}, "night")
    assert (response.questionnaire_id, response.questionnaire_version) == ("team-climate", "2026.1")
    assert (response.placement_id, response.learner_group) == ("P-0001", "night")
    assert response.answered_on == date(2026, 11, 24)


def test_answers_are_kept_by_what_they_mean() -> None:
    response = bind({"CALM": 4, "TENSE": "not_applicable", "HURT": "prefer_not_to_say"}, "night")
    assert response.answers == {
        "CALM": 4,
        "TENSE": NonResponse.NOT_APPLICABLE,
        "RUSHED": Unanswered.BLANK,
        "ALONE": Unanswered.BLANK,
        "SAFE": Unanswered.NOT_ROUTED,
        "HURT": NonResponse.PREFER_NOT_TO_SAY,
    }


def test_what_was_left_blank_and_what_was_never_asked_are_told_apart() -> None:
    day, night = bind({}, "day"), bind({}, "night")
    assert day.answers["ALONE"] is Unanswered.NOT_ROUTED
    assert night.answers["ALONE"] is Unanswered.BLANK


def test_an_answer_on_a_branch_that_was_left_is_dropped_and_not_refused() -> None:
    response = bind({"ALONE": 1, "SAFE": 5}, "day")
    assert response.answers["ALONE"] is Unanswered.NOT_ROUTED
    assert response.answers["SAFE"] is Unanswered.NOT_ROUTED


def test_an_answer_behind_an_answer_that_was_changed_is_dropped() -> None:
    assert bind({"ALONE": 1, "SAFE": 5}, "night").answers["SAFE"] == 5
    assert bind({"ALONE": 2, "SAFE": 5}, "night").answers["SAFE"] is Unanswered.NOT_ROUTED


def test_answers_stand_in_document_order_whatever_order_they_came_in() -> None:
    response = bind({"HURT": 1, "CALM": 2})
    assert list(response.answers) == ["CALM", "TENSE", "RUSHED", "ALONE", "SAFE", "HURT"]


def test_reversal_is_left_to_scoring() -> None:
    assert VERSION.item["TENSE"].reverse
    assert bind({"TENSE": 5}).answers["TENSE"] == 5


def test_a_comment_is_trimmed_and_kept_apart_from_the_answers() -> None:
    response = bind({"WORDS": "  Good people.\n"})
    assert response.comments == {"WORDS": "Good people."}
    assert "WORDS" not in response.answers


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u00a0"])
def test_an_empty_comment_is_no_comment(text: str) -> None:
    assert bind({"WORDS": text}).comments == {}


def test_a_comment_may_be_as_long_as_its_item_says_and_no_longer() -> None:
    assert bind({"WORDS": "é" * 200}).comments["WORDS"] == "é" * 200
    assert problems({"WORDS": "é" * 201}) == {"item WORDS": "a comment may have 200 characters; this one has 201"}


def test_a_comment_that_no_store_can_hold_is_refused() -> None:
    assert "NUL" in problems({"WORDS": "a\x00b"})["item WORDS"]
    assert "surrogate" in problems({"WORDS": "a\ud800b"})["item WORDS"]


@pytest.mark.parametrize("raw", [0, 6, -1, 255, 10**30, True, False, 3.0, None, "3", "", "do_not_know", [3], {"a": 3}])
def test_what_is_not_an_answer_of_the_item_is_refused(raw: Any) -> None:
    found = problems({"CALM": raw})
    assert found == {"item CALM": "this is not one of its answers (1, 2, 3, 4, 5, not_applicable)"}


@pytest.mark.parametrize("code", [str(code) for code in NonResponse])
def test_only_the_non_response_codes_that_the_item_offers_are_taken(code: str) -> None:
    if code == "not_applicable":
        assert bind({"CALM": code}).answers["CALM"] is NonResponse.NOT_APPLICABLE
    else:
        assert list(problems({"CALM": code})) == ["item CALM"]


@pytest.mark.parametrize("raw", [1, True, None, ["words"]])
def test_a_comment_that_is_not_text_is_refused(raw: Any) -> None:
    assert problems({"WORDS": raw}) == {"item WORDS": "a comment must be text"}


def test_every_problem_is_reported_at_once_each_with_its_item() -> None:
    found = problems({"CALM": 9, "NOSUCH": 1, "RUSHED": "not_applicable", "WORDS": "x" * 300, "TENSE": 3}, "evening")
    assert list(found) == ["item NOSUCH", "learner_group", "item CALM", "item RUSHED", "item WORDS"]
    assert found["item NOSUCH"] == "team-climate 2026.1 has no such item"
    assert found["learner_group"] == "it is not one of day, night"


def test_a_bad_answer_on_a_branch_that_was_left_is_still_a_bad_answer() -> None:
    assert list(problems({"SAFE": 9}, "day")) == ["item SAFE"]


def test_an_answer_is_never_repeated_in_a_message() -> None:
    told = problems({"HURT": "secret words", "WORDS": "secret words" * 20, "CALM": 987654})
    assert not [what for what in told.values() if re.search("secret|987654", what)]


@given(good_answers, groups)
def test_good_answers_are_bound_kept_where_asked_and_packed_without_loss(answers: dict[str, Any], group: str) -> None:
    response = bind(answers, group)
    asked = routed_items(VERSION, group, answers)
    for item in VERSION.closed_items:
        expected = answers.get(item.code, "blank") if item.code in asked else "not_routed"
        assert response.answers[item.code] == expected
    assert response.comments == {code: answers[code].strip() for code in ("WORDS",) if answers.get(code, "").strip()}
    assert unpack(VERSION, pack(VERSION, response.answers)) == response.answers


@given(good_answers, groups)
def test_binding_what_was_bound_changes_nothing(answers: dict[str, Any], group: str) -> None:
    once = bind(answers, group)
    kept = {
        code: answer if isinstance(answer, int) else str(answer)
        for code, answer in once.answers.items()
        if not isinstance(answer, Unanswered)
    }
    assert bind(kept | dict(once.comments), group) == once


anything = st.one_of(
    st.integers(-3, 300),
    st.text(CHARACTERS, max_size=4),
    st.booleans(),
    st.none(),
    st.floats(),
    st.sampled_from([*map(str, NonResponse), *map(str, Unanswered)]),
)


@given(st.dictionaries(st.sampled_from([*ITEMS, "NOSUCH", ""]), anything))
def test_anything_else_is_refused_in_words_and_never_crashes(answers: dict[str, Any]) -> None:
    refused: tuple[Problem, ...] = ()
    try:
        response = bind(answers)
    except InvalidResponse as caught:
        refused = caught.problems
    else:
        assert set(response.answers) == {item.code for item in VERSION.closed_items}
        assert len(pack(VERSION, response.answers)) == len(VERSION.closed_items)
    assert {problem.where for problem in refused} <= {f"item {code}" for code in answers}
    assert all(problem.what for problem in refused)


def test_a_learner_of_the_shipped_survey_goes_through_the_same_door(nets_version: QuestionnaireVersion) -> None:
    response = bind({"IND01": 5, "NUR01": 4, "MID01": 3}, "nursing", nets_version)
    assert response.answers["IND01"] == 5
    assert response.answers["NUR01"] == 4
    assert response.answers["MID01"] is Unanswered.NOT_ROUTED
