"""Scale scores by hand-worked cases, and the half rule against brute force."""

from itertools import product
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nets.packing import answer_matrix, pack
from nets.questionnaire.version import (
    Item,
    NonResponse,
    QuestionnaireVersion,
    ResponseOption,
    ResponseScale,
    Scale,
    Unanswered,
)
from nets.scoring import adverse_reports, half_rule_mean, score_scales

EMPTY: MappingProxyType[str, str] = MappingProxyType({})


def rating(code: str, *, options: str = "five", reverse: bool = False, adverse: tuple[int, ...] = ()) -> Item:
    return Item(code, "rating", {"en": code}, EMPTY, options, tuple(NonResponse), (), reverse, False, adverse, None, 0)


def options(code: str, k: int) -> ResponseScale:
    return ResponseScale(
        code, tuple(ResponseOption(value, f"o{value}", {"en": str(value)}) for value in range(1, k + 1))
    )


VERSION = QuestionnaireVersion(
    id="small",
    version="1",
    title={"en": "Small"},
    languages=("en",),
    framework="none",
    non_response_labels={},
    learner_groups=(),
    response_scales=(options("five", 5), options("three", 3)),
    items=(
        rating("A1"),
        rating("A2", reverse=True),
        rating("A3"),
        rating("A4"),
        rating("B1", options="three"),
        rating("C1", adverse=(4, 5), reverse=True),
        rating("C2", adverse=(1,)),
    ),
    scales=(
        Scale("a", "criterion", {"en": "A"}, ("A1", "A2", "A3", "A4")),
        Scale("b", "criterion", {"en": "B"}, ("B1",)),
        Scale("c", "safety", {"en": "C"}, ("C1", "C2")),
    ),
    sections=(),
    pages=(),
    document=b"",
    digest="",
)


def matrix(*rows: dict[str, int | NonResponse | Unanswered]) -> np.ndarray:
    blank = {item.code: Unanswered.BLANK for item in VERSION.closed_items}
    return answer_matrix(VERSION, [pack(VERSION, blank | row) for row in rows])


@pytest.mark.parametrize(("value", "score"), [(1, 0), (2, 25), (3, 50), (4, 75), (5, 100)])
def test_five_options_map_to_nought_to_a_hundred(value: int, score: float) -> None:
    scores = score_scales(VERSION, matrix({"A1": value, "A3": value}))["a"].scores
    assert scores.tolist() == [score]


def test_a_reverse_keyed_item_is_turned_round() -> None:
    scores = score_scales(VERSION, matrix({"A1": 5, "A2": 1}, {"A1": 5, "A2": 4}))["a"].scores
    assert scores.tolist() == [100.0, 62.5]


def test_three_options_map_to_nought_fifty_a_hundred() -> None:
    scores = score_scales(VERSION, matrix({"B1": 1}, {"B1": 2}, {"B1": 3}))["b"].scores
    assert scores.tolist() == [0, 50, 100]


def test_half_of_the_items_is_enough_and_less_is_not() -> None:
    scores = score_scales(VERSION, matrix({"A1": 5, "A3": 4}, {"A1": 5}))["a"].scores
    assert scores[0] == 87.5
    assert np.isnan(scores[1])


@pytest.mark.parametrize("code", [*NonResponse, *Unanswered])
def test_codes_off_the_scale_count_as_not_answered(code: NonResponse | Unanswered) -> None:
    scored = score_scales(VERSION, matrix({"A1": 5, "A2": code, "A3": 5, "A4": code}))["a"]
    assert scored.scores.tolist() == [100.0]
    assert scored.steps.tolist() == [[5, 0, 5, 0]]


def test_a_response_of_nothing_but_blanks_has_no_score() -> None:
    assert all(np.isnan(scored.scores).all() for scored in score_scales(VERSION, matrix({})).values())


@given(
    arrays(
        float,
        st.tuples(st.integers(0, 6), st.integers(1, 7)),
        elements=st.sampled_from([np.nan, 0.0, 25.0, 50.0, 75.0, 100.0]),
    )
)
def test_the_half_rule_agrees_with_brute_force(keyed: np.ndarray) -> None:
    for row, score in zip(keyed, half_rule_mean(keyed), strict=True):
        answered = [value for value in row if value == value]
        if answered and len(answered) >= len(row) / 2:
            assert score == pytest.approx(sum(answered) / len(answered))
        else:
            assert np.isnan(score)


def test_an_adverse_report_is_any_adverse_answer_of_the_scale() -> None:
    choices: tuple[int | NonResponse | Unanswered, ...] = (1, 4, Unanswered.BLANK)
    rows = [{"C1": first, "C2": second} for first, second in product(choices, repeat=2)]
    answered, reported = adverse_reports(VERSION, VERSION.scale["c"], matrix(*rows))
    assert answered.tolist() == [True] * 8 + [False]
    #   C1, C2:             1,1    1,4    1,-   4,1   4,4   4,-   -,1   -,4    -,-
    assert reported.tolist() == [True, False, False, True, True, True, True, False, False]
