"""Moments by unit."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from analysis import AnalysisError, PairwiseTables, ScoreSums, UnitMoments, scale_scores, unit_moments

ANSWER = st.one_of(st.just(math.nan), st.integers(1, 5).map(float))
ROWS = st.lists(st.tuples(ANSWER, ANSWER, ANSWER, st.sampled_from("abcd")), min_size=1, max_size=40)

Rows = Sequence[tuple[float, float, float, str]]


def _state(rows: Rows, missing: Any = "pairwise") -> UnitMoments:
    answers = np.array([row[:3] for row in rows]).reshape(-1, 3)
    return UnitMoments.from_responses(answers, [row[3] for row in rows], missing=missing)


def _same(first: UnitMoments, second: UnitMoments) -> bool:
    return (
        first.unit == second.unit
        and np.array_equal(first.packed, second.packed)
        and np.array_equal(first.squares, second.squares)
        and np.array_equal(first.tallies, second.tallies)
        and first.n_rows == second.n_rows
    )


@given(ROWS)
def test_each_unit_holds_what_a_loop_over_its_rows_adds_up(rows: Rows) -> None:
    state = _state(rows)
    assert state.unit == tuple(dict.fromkeys(row[3] for row in rows))
    for place, label in enumerate(state.unit):
        own = np.array([row[:3] for row in rows if row[3] == label])
        present = ~np.isnan(own)
        values = np.where(present, own, 0)
        assert_array_equal(state.n_pairs[place], present.T.astype(int) @ present.astype(int))
        assert_array_equal(state.sums[place], values.T @ present)
        assert_array_equal(state.products[place], values.T @ values)
        assert state.n[place] == present.any(axis=1).sum()


@given(ROWS, st.integers(0, 40), st.sampled_from(["pairwise", "listwise"]))
def test_any_split_of_the_rows_merges_to_the_same_state(rows: Rows, cut: int, missing: Any) -> None:
    whole = _state(rows, missing)
    merged = _state(rows[:cut], missing) + _state(rows[cut:], missing)
    assert _same(merged, whole)
    batches = [
        (np.array([row[:3] for row in part]).reshape(-1, 3), [row[3] for row in part])
        for part in (rows[:cut], rows[cut:])
    ]
    assert _same(UnitMoments.from_batches(batches, missing=missing), whole)


@given(ROWS, st.sampled_from(["pairwise", "listwise"]))
def test_all_units_together_have_the_moments_of_the_tables(rows: Rows, missing: Any) -> None:
    answers = np.array([row[:3] for row in rows])
    tables = PairwiseTables.from_responses(answers, missing=missing).moments()
    units = _state(rows, missing).moments()
    for name in ("n_pairs", "means", "covariance", "correlation"):
        assert_array_equal(getattr(units, name), getattr(tables, name), err_msg=name)
    assert (units.n_rows, units.n_respondents, units.n_used) == (tables.n_rows, tables.n_respondents, tables.n_used)


@given(ROWS, st.sampled_from([0.0, 0.4, 0.5, 1.0]))
def test_score_sums_are_those_of_the_scores(rows: Rows, share: float) -> None:
    found = _state(rows).score_sums(share)
    scores = scale_scores(np.array([row[:3] for row in rows]), minimum_share=share)
    own = ScoreSums.from_scores(scores, [row[3] for row in rows])
    assert found.unit == own.unit
    assert_array_equal(found.n, own.n)
    assert found.n_missing == own.n_missing
    assert_allclose(found.mean, own.mean, rtol=1e-13)
    assert_allclose(found.squares, own.squares, atol=1e-11)


def test_units_too_large_for_single_precision_are_added_up_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = np.random.default_rng(4).integers(1, 6, (300, 2))
    unit = np.arange(300) % 3
    whole = UnitMoments.from_responses(answers, unit)
    monkeypatch.setattr(unit_moments, "_EXACT_FLOAT32", 250)
    monkeypatch.setattr(unit_moments, "_CHUNK_ROWS", 7)
    assert _same(UnitMoments.from_responses(answers, unit), whole)


def test_answers_whose_products_fill_single_precision_are_added_up_exactly() -> None:
    # 127 squared, 30,000 times over, is far beyond 2^24, where single precision begins to leave whole numbers out.
    answers = np.random.default_rng(4).integers(120, 128, (60_000, 2))
    state = UnitMoments.from_responses(answers, np.arange(60_000) % 2)
    assert_array_equal(state.products[1], answers[1::2].T @ answers[1::2])
    assert_array_equal(state.squares, np.repeat((answers**2).sum(axis=0), 2).reshape(2, 2))
    assert state.tallies[1, 2].tolist() == [
        30_000,
        answers[1::2].sum(),
        (answers[1::2].sum(axis=1) ** 2).sum(),
    ]


def test_labels_of_whole_numbers_are_read_as_other_labels_are() -> None:
    answers = [[1, 2], [2, 3], [3, 1]]
    assert UnitMoments.from_responses(answers, np.array([7, 3, 7])).unit == (7, 3)
    assert UnitMoments.from_responses(answers, pd.Series(["Oak", "Elm", "Oak"])).unit == ("Oak", "Elm")


def test_problems_of_answers_and_of_labels_are_named_together() -> None:
    with pytest.raises(AnalysisError) as raised:
        UnitMoments.from_responses([[1, 9], [2, 3]], ["Oak", None, "Elm"], categories=5)
    assert raised.value.problems == (
        "item item_2 has 1 value that is not a whole number from 1 to 5: first 9 in row 1",
        "2 people came with 3 units",
        "1 person has no unit: first in row 2",
    )
    with pytest.raises(AnalysisError, match="2 people came with 1 unit"):
        UnitMoments.from_responses([[1, 2], [2, 3]], np.array([1]))
    with pytest.raises(AnalysisError, match="got a single value"):
        UnitMoments.from_responses(3, ["Oak"])


def test_states_that_differ_do_not_merge() -> None:
    first = UnitMoments.from_responses([[1, 2]], ["Oak"])
    second = UnitMoments.from_responses([[1, 2, 3]], ["Oak"], missing="listwise")
    with pytest.raises(AnalysisError) as raised:
        first + second
    assert raised.value.problems == ("the states hold other items", "one state is pairwise, the other listwise")
    with pytest.raises(TypeError):
        first + 1
    with pytest.raises(AnalysisError, match="no batches"):
        UnitMoments.from_batches([])
    with pytest.raises(AnalysisError, match="batch 2 has other items"):
        UnitMoments.from_batches([([[1, 2]], ["Oak"]), ([[1]], ["Oak"])])
    with pytest.raises(AnalysisError, match="from 0 to 1"):
        first.score_sums(1.5)
