"""The door through which answers come."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, read_item_responses
from analysis.item_responses import read_codes


def _problems(item_responses: Any, **options: Any) -> tuple[str, ...]:
    with pytest.raises(AnalysisError) as raised:
        read_item_responses(item_responses, **options)
    return raised.value.problems


@pytest.mark.parametrize(
    "answers",
    [
        [[1, 2], [3, None], [5, 4]],
        np.array([[1.0, 2.0], [3.0, math.nan], [5.0, 4.0]]),
        np.ma.MaskedArray([[1, 2], [3, 9], [5, 4]], mask=[[False, False], [False, True], [False, False]]),
        np.array([[1, 2], [3, None], [5, 4]], dtype=object),
        pd.DataFrame({"item_1": [1, 3, 5], "item_2": [2, None, 4]}),
        pd.DataFrame({"item_1": [1, 3, 5], "item_2": pd.array([2, None, 4], dtype="Int64")}),
        pd.DataFrame({"item_1": [1, 3, 5], "item_2": pd.Categorical([2, None, 4], categories=[2, 4])}),
    ],
)
def test_it_reads_whatever_numpy_reads_and_frames(answers: Any) -> None:
    read = read_item_responses(answers, categories=5)
    np.testing.assert_array_equal(read.values, [[1, 2], [3, math.nan], [5, 4]])
    assert read.item_names == ("item_1", "item_2")
    assert read.n_missing.tolist() == [0, 1]
    codes, names = read_codes(answers, 5)
    assert codes.tolist() == [[1, 2], [3, 0], [5, 4]]
    assert names == read.item_names


def test_columns_of_a_frame_name_the_items() -> None:
    assert read_item_responses(pd.DataFrame({"q1": [1, 2], 7: [2, 3]})).item_names == ("q1", "7")


def test_what_is_read_is_a_copy_that_cannot_be_written() -> None:
    given = np.array([[1.0, 2.0], [2.0, 3.0]])
    read = read_item_responses(given)
    given[0, 0] = 99
    assert read.values[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        read.values[0, 0] = 5
    assert given.flags.writeable


def test_rows_without_an_answer_are_counted_and_kept() -> None:
    read = read_item_responses([[1, 2], [None, None], [2, 1]])
    assert (read.n_rows, read.n_empty_rows, read.n_respondents) == (3, 1, 2)
    assert read.complete_rows().tolist() == [[1, 2], [2, 1]]


def test_it_names_every_problem_at_once() -> None:
    frame = pd.DataFrame({"q1": [1, 6, 2.5], "q2": [3, 3, 3], "q3": [math.nan] * 3, "q4": [0, 1, 2]})
    assert _problems(frame, categories=5, minimum_items=6, minimum_respondents=10) == (
        "item q1 has 2 values that are not whole numbers from 1 to 5: first 6 in row 2",
        "item q4 has 1 value that is not a whole number from 1 to 5: first 0 in row 1",
        "item q2 is constant: every answer is 3",
        "item q3 has no answers",
        "at least 6 items needed, got 4",
        "at least 10 respondents with an answer needed, got 3",
    )


def test_it_names_what_is_not_a_number() -> None:
    frame = pd.DataFrame({"q1": [1, 2, 3], "q2": ["agree", 4, "disagree"]})
    assert _problems(frame) == ("item q2 has 2 values that are not numbers: first agree in row 1",)
    assert _problems([["1", 2], [3, 4]]) == ("item item_1 has 1 value that is not a number: first 1 in row 1",)


def test_it_names_infinite_values() -> None:
    assert _problems([[1, math.inf], [2, 3]]) == ("item item_2 has 1 value that is infinite: first inf in row 1",)


def test_it_names_numbers_too_large_for_their_powers_to_be_added_up() -> None:
    assert _problems([[1, 1e200], [2, 3]]) == ("item item_2 has 1 value that is beyond 1e+70: first 1e+200 in row 1",)


def test_a_name_used_twice_is_a_problem() -> None:
    frame = pd.DataFrame([[1, 2], [2, 3]], columns=["q1", "q1"])
    assert _problems(frame) == ("the name q1 is used for more than one item",)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (3, "got a single value"),
        ([1, 2, 3], "got one row or column of 3 values"),
        (np.zeros((2, 2, 2)), "got an array of 3 dimensions"),
        ([[1, 2], [3]], "the rows differ in length"),
        (np.zeros((0, 3)), "at least 2 respondents with an answer needed, got 0"),
        (np.zeros((3, 0)), "at least 1 item needed, got 0"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(answers: Any, said: str) -> None:
    assert any(said in problem for problem in _problems(answers))


@pytest.mark.parametrize("answer", [0, -1, -3.0, 1.5, 6, 128, 300, math.inf, -math.inf, "agree"])
def test_bytes_are_refused_just_where_checked_numbers_are(answer: Any) -> None:
    with pytest.raises(AnalysisError) as raised:
        read_codes([[1, answer], [2, 3]], 5)
    assert raised.value.problems == _problems([[1, answer], [2, 3]], categories=5)


@pytest.mark.parametrize("categories", [-1, 1, 128])
def test_a_scale_has_at_least_two_options_and_fits_a_byte(categories: int) -> None:
    with pytest.raises(AnalysisError, match="a response scale has 2 to 127 categories"):
        read_codes([[1, 2]], categories)


def test_a_column_or_a_dictionary_is_no_table() -> None:
    assert _problems(pd.Series([1, 2, 3])) == (
        "a table of respondents by items is needed, got one row or column of 3 values",
    )
    assert _problems({"q1": [1, 2], "q2": [2, 1]}) == (
        "a table of respondents by items is needed; pandas.DataFrame makes one of a dictionary of columns",
    )
