"""What a score leaves behind in each unit."""

import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import AnalysisError, ScoreSums
from analysis.units.sums import encode_units, encode_whole_numbers

SCORE = st.one_of(st.just(math.nan), st.floats(-100, 100).map(lambda x: round(x, 3)))
PEOPLE = st.lists(st.tuples(SCORE, st.sampled_from("abcde")), min_size=1, max_size=40)


def _brute_force(people: list[tuple[float, str]]) -> dict[str, tuple[int, float, float]]:
    found: dict[str, tuple[int, float, float]] = {}
    for label in dict.fromkeys(label for _, label in people):
        own = [score for score, other in people if other == label and not math.isnan(score)]
        mean = math.fsum(own) / len(own) if own else math.nan
        found[label] = len(own), mean, math.fsum((score - mean) ** 2 for score in own)
    return found


@given(PEOPLE)
def test_it_adds_up_what_a_loop_adds_up(people: list[tuple[float, str]]) -> None:
    sums = ScoreSums.from_scores([score for score, _ in people], [label for _, label in people])
    expected = _brute_force(people)
    assert sums.unit == tuple(expected)
    assert sums.n.tolist() == [n for n, _, _ in expected.values()]
    np.testing.assert_allclose(sums.mean, [mean for _, mean, _ in expected.values()], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(sums.squares, [squares for *_, squares in expected.values()], rtol=1e-9, atol=1e-9)
    assert sums.n_missing == sum(math.isnan(score) for score, _ in people)


@given(PEOPLE, PEOPLE)
def test_two_batches_add_up_to_what_all_rows_give(
    first: list[tuple[float, str]], second: list[tuple[float, str]]
) -> None:
    apart = [ScoreSums.from_scores([s for s, _ in part], [u for _, u in part]) for part in (first, second)]
    together = ScoreSums.from_scores([s for s, _ in first + second], [u for _, u in first + second])
    merged = apart[0] + apart[1]
    assert merged.unit == together.unit
    assert merged.n.tolist() == together.n.tolist()
    assert merged.n_missing == together.n_missing
    np.testing.assert_allclose(merged.mean, together.mean, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(merged.squares, together.squares, rtol=1e-9, atol=1e-9)


def test_sums_from_elsewhere_are_the_same_as_sums_of_rows() -> None:
    rows = ScoreSums.from_scores([1, 2, 4, 8, math.nan], ["a", "a", "b", "b", "c"])
    sums = ScoreSums.from_sums(["a", "b", "c"], [2, 2, 0], [3, 12, 0], [5, 80, 0], n_missing=1)
    assert rows.unit == sums.unit
    np.testing.assert_array_equal(rows.n, sums.n)
    np.testing.assert_allclose(rows.mean, sums.mean)
    np.testing.assert_allclose(rows.squares, sums.squares)


def test_labels_of_any_kind_keep_their_kind() -> None:
    labels: list[Any] = [1, "1", (1, 2), date(2026, 5, 1)]
    assert ScoreSums.from_scores([1, 2, 3, 4], labels).unit == tuple(labels)


def test_a_large_mean_does_not_swallow_the_spread() -> None:
    # Scores like times since some epoch: the bare sum of squares would have lost every digit of the spread.
    part = [ScoreSums.from_scores(np.array([0.0, 1.0, 2.0]) + 1e9 + shift, ["a"] * 3) for shift in (0.0, 3.0)]
    assert (part[0] + part[1]).squares[0] == pytest.approx(17.5, rel=1e-12)


def test_its_arrays_cannot_be_changed() -> None:
    sums = ScoreSums.from_scores([1, 2], ["a", "b"])
    with pytest.raises(ValueError, match="read-only"):
        sums.mean[0] = 3.0


def test_it_names_every_problem_of_scores_and_units_at_once() -> None:
    with pytest.raises(AnalysisError) as caught:
        ScoreSums.from_scores([1, math.inf, 3, 4], ["a", None, "b", math.nan, "c"])
    assert caught.value.problems == (
        "score has 1 value that is infinite: first inf in row 2",
        "4 people came with 5 units",
        "2 people have no unit: first in row 2",
    )


@pytest.mark.parametrize(
    ("scores", "unit", "problem"),
    [
        (["high", "low"], ["a", "b"], "score has 2 values that are not numbers: first high in row 1"),
        (["1", "2"], ["a", "b"], "score has 2 values that are not numbers: first 1 in row 1"),
        ([1 + 1j, 2], ["a", "b"], "score has 2 values that are not numbers"),
        ([[1, 2], [3]], ["a", "b"], "one number a person, not rows of several lengths"),
        ([1, 1e200], ["a", "b"], "score has 1 value that is beyond 1e\\+70: first 1e\\+200 in row 2"),
        ([1, 2], [["a"], ["b"]], "one label a person, such as a name or a number: row 1 has a list"),
        ([1, 2], pd.Series(["a", pd.NA], dtype="string"), "1 person has no unit: first in row 2"),
        ([[1, 2], [3, 4]], ["a", "b"], "one number a person"),
        ([1, 2], np.array([["a"], ["b"]]), "one label a person"),
        ([1], [""], "1 person has no unit: first in row 1"),
    ],
)
def test_it_says_what_is_wrong_with_scores(scores: Any, unit: Any, problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        ScoreSums.from_scores(scores, unit)


@pytest.mark.parametrize(
    ("unit", "n", "total", "squares", "problem"),
    [
        (["a", "a"], [1, 1], [1, 1], [1, 1], "more than once"),
        (["a"], [1, 2], [1], [1], "shapes"),
        (["a"], [1.5], [1], [1], "whole numbers"),
        (["a"], [-1], [1], [1], "whole numbers"),
        (["a"], [2], [math.nan], [1], "finite"),
        (["a"], [2], [6], [17], "unit 'a': the sum of squares 17 is too small for 2 scores that add up to 6"),
        (["a"], [0], [6], [40], "a sum is given for no scores"),
    ],
)
def test_it_says_what_is_wrong_with_sums(unit: Any, n: Any, total: Any, squares: Any, problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        ScoreSums.from_sums(unit, n, total, squares)


@given(st.lists(st.integers(-3, 12)))
def test_labels_are_numbered_in_order_of_first_appearance(labels: list[int]) -> None:
    names, code = encode_units(labels)
    assert names == tuple(dict.fromkeys(labels))
    assert [names[place] for place in code] == labels
    found, found_code = encode_whole_numbers(np.array(labels, dtype=np.int32))
    assert found == names
    np.testing.assert_array_equal(found_code, code)


def test_masked_scores_are_missing() -> None:
    sums = ScoreSums.from_scores(np.ma.masked_equal([1, 2, 99], 99), ["a", "a", "a"])
    assert (sums.n.tolist(), sums.mean.tolist(), sums.n_missing) == ([2], [1.5], 1)
