"""Pairwise tables: counts, merging, moments."""

import math
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from analysis import AnalysisError, Moments, PairwiseTables, pairwise

ANSWERS = hnp.arrays(
    np.float64,
    st.tuples(st.integers(0, 70), st.integers(1, 3)),
    elements=st.one_of(st.just(math.nan), st.integers(1, 5).map(float)),
)


def _same(first: PairwiseTables, second: PairwiseTables) -> bool:
    return (
        np.array_equal(first.counts, second.counts)
        and first.counts.dtype == second.counts.dtype == np.int64
        and first.item_names == second.item_names
        and (first.n_rows, first.n_respondents, first.n_used, first.missing)
        == (second.n_rows, second.n_respondents, second.n_used, second.missing)
    )


def _brute_force(answers: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    p = answers.shape[1]
    counts = np.zeros((p, p, k, k), dtype=np.int64)
    for row in answers:
        for i in range(p):
            for j in range(p):
                if not math.isnan(row[i]) and not math.isnan(row[j]):
                    counts[i, j, int(row[i]) - 1, int(row[j]) - 1] += 1
    return counts


@given(ANSWERS)
def test_counts_are_those_of_a_loop_over_rows(answers: NDArray[np.float64]) -> None:
    state = PairwiseTables.from_responses(answers, categories=5)
    np.testing.assert_array_equal(state.counts, _brute_force(answers, 5))
    present = ~np.isnan(answers)
    np.testing.assert_array_equal(state.n_pairs, present.T.astype(int) @ present.astype(int))
    assert state.n_respondents == present.any(axis=1).sum()
    np.testing.assert_array_equal(state.frequencies.sum(axis=1), present.sum(axis=0))


@given(ANSWERS, st.lists(st.integers(0, 70), max_size=4), st.sampled_from(["pairwise", "listwise"]))
def test_any_split_of_the_rows_merges_to_the_same_state(
    answers: NDArray[np.float64], cuts: list[int], missing: Any
) -> None:
    whole = PairwiseTables.from_responses(answers, missing=missing)
    parts = np.split(answers, sorted(min(cut, len(answers)) for cut in cuts))
    states = [PairwiseTables.from_responses(part, missing=missing) for part in parts]
    merged = states[0]
    for state in states[1:]:
        merged = merged + state
    assert _same(merged, whole)
    assert _same(PairwiseTables.from_batches(parts, missing=missing), whole)


@given(ANSWERS)
def test_a_listwise_state_is_that_of_the_complete_rows(answers: NDArray[np.float64]) -> None:
    complete = answers[~np.isnan(answers).any(axis=1)]
    listwise = PairwiseTables.from_responses(answers, 5, missing="listwise")
    np.testing.assert_array_equal(listwise.counts, PairwiseTables.from_responses(complete, 5).counts)
    assert listwise.n_used == len(complete)


def test_chunks_of_rows_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = np.random.default_rng(3).integers(1, 6, (1000, 3)).astype(float)
    whole = PairwiseTables.from_responses(answers)
    monkeypatch.setattr(pairwise, "CHUNK_ROWS", 17)
    assert _same(PairwiseTables.from_responses(answers), whole)


def test_eighteen_million_rows_do_not_drift() -> None:
    # Single precision stops counting at 2^24 = 16,777,216.
    batch = np.tile(np.array([[1, 2], [2, 1], [2, 2]], dtype=np.int8), (1_000_000, 1))
    state = PairwiseTables.from_batches(batch for _ in range(6))
    six = 6_000_000
    assert state.counts[0, 1].tolist() == [[0, six], [six, six]]
    assert state.n_respondents == 18_000_000
    assert state.moments().covariance[0, 1] == -six / 3 / (18_000_000 - 1)


def test_more_rows_than_int64_products_can_hold_are_still_exact() -> None:
    n = 10**10
    counts = np.zeros((2, 2, 2, 2), dtype=np.int64)
    counts[0, 0] = counts[1, 1] = np.diag([n, n])
    counts[0, 1] = counts[1, 0] = [[n, 0], [0, n]]
    moments = PairwiseTables(counts, ("a", "b"), 2 * n, 2 * n, 2 * n).moments()
    assert moments.covariance[0, 1] == pytest.approx(0.25 * 2 * n / (2 * n - 1), rel=1e-15)
    assert moments.correlation[0, 1] == 1


def test_batches_may_be_frames_from_an_iterator() -> None:
    def batches() -> Iterator[pd.DataFrame]:
        yield pd.DataFrame({"q1": [1, 2], "q2": [3, None]})
        yield pd.DataFrame({"q1": [5], "q2": [4]})

    state = PairwiseTables.from_responses(batches())
    assert state.item_names == ("q1", "q2")
    assert state.n_categories == 5
    assert state.n_pairs.tolist() == [[3, 2], [2, 2]]


def test_some_items_are_selected_by_name_or_place() -> None:
    answers = pd.DataFrame({"q1": [1, 2, None, 4], "q2": [1, 1, 2, None], "q3": [3, 2, 1, 1]})
    state = PairwiseTables.from_responses(answers)
    chosen = state.select(["q3", 0])
    assert chosen.item_names == ("q3", "q1")
    np.testing.assert_array_equal(
        chosen.counts, PairwiseTables.from_responses(answers[["q3", "q1"]], categories=4).counts
    )
    assert (chosen.n_rows, chosen.n_used) == (4, 4)
    assert state.select(["q1"]).n_used == 3


@given(ANSWERS.filter(lambda answers: len(answers) > 2))
def test_moments_of_tables_are_those_of_the_answers(answers: NDArray[np.float64]) -> None:
    moments = PairwiseTables.from_responses(answers).moments()
    assert isinstance(moments, Moments)
    for i in range(answers.shape[1]):
        for j in range(answers.shape[1]):
            both = ~np.isnan(answers[:, [i, j]]).any(axis=1)
            if both.sum() < 2:
                assert math.isnan(moments.covariance[i, j])
                continue
            x, y = answers[both, i], answers[both, j]
            covariance = ((x - x.mean()) * (y - y.mean())).sum() / (both.sum() - 1)
            assert moments.covariance[i, j] == pytest.approx(covariance, abs=1e-12)
            if x.std() > 0 and y.std() > 0:
                assert moments.correlation[i, j] == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-12)


def test_the_state_cannot_be_written_to() -> None:
    state = PairwiseTables.from_responses([[1, 2], [2, 1]])
    with pytest.raises(ValueError, match="read-only"):
        state.counts[0, 0, 0, 0] = 7


def test_states_of_other_items_or_other_rows_do_not_merge() -> None:
    first = PairwiseTables.from_responses(pd.DataFrame({"q1": [1], "q2": [2]}))
    second = PairwiseTables.from_responses(pd.DataFrame({"q1": [1], "q3": [2]}), missing="listwise")
    with pytest.raises(AnalysisError) as raised:
        first + second
    assert raised.value.problems == (
        "the states hold other items: q2 only in the first; q3 only in the second",
        "one state is pairwise, the other listwise",
    )
    with pytest.raises(AnalysisError, match="the same names in another order"):
        first + PairwiseTables.from_responses(pd.DataFrame({"q2": [1], "q1": [2]}))
    with pytest.raises(TypeError):
        first + 1


def test_bad_batches_and_items_are_named() -> None:
    with pytest.raises(AnalysisError, match="no batches"):
        PairwiseTables.from_batches([])
    with pytest.raises(AnalysisError, match="batch 2 has other items than the first"):
        PairwiseTables.from_batches([[[1, 2]], [[1, 2, 3]]])
    with pytest.raises(AnalysisError, match="item item_2 has 1 value that is not a whole number from 1 to 3: first 4"):
        PairwiseTables.from_responses([[1, 4]], categories=3)
    with pytest.raises(AnalysisError, match='missing is "pairwise" or "listwise"'):
        PairwiseTables.from_responses([[1, 4]], missing="drop")  # type: ignore[arg-type]
    state = PairwiseTables.from_responses([[1, 2], [2, 1]])
    with pytest.raises(AnalysisError, match="there is no item q9; the items are item_1, item_2"):
        state.select(["q9"])
    with pytest.raises(AnalysisError, match="no item at place 2 of 2"):
        state.select([2])
    with pytest.raises(AnalysisError, match="chosen more than once: item_2"):
        state.select(["item_2", 0, 1])
    with pytest.raises(AnalysisError, match=r"the counts of 1 items have shape"):
        PairwiseTables(state.counts, ("only",), 2, 2, 2)


def test_counts_that_nobody_can_have_counted_are_refused() -> None:
    counts = PairwiseTables.from_responses([[1, 2], [2, 1], [2, 2]]).counts

    def state(counts: Any) -> PairwiseTables:
        return PairwiseTables(counts, ("q1", "q2"), 3, 3, 3)

    assert state(counts).n_pairs.tolist() == [[3, 3], [3, 3]]
    for broken in (counts - 1, counts / 2):
        with pytest.raises(AnalysisError, match="whole numbers, none of them negative"):
            state(broken)
    lopsided = counts.copy()
    lopsided[0, 1, 0, 0] += 1
    with pytest.raises(AnalysisError, match="turned over"):
        state(lopsided)


@pytest.mark.parametrize("missing", ["pairwise", "listwise"])
def test_a_state_survives_a_trip_between_processes(missing: Any) -> None:
    state = PairwiseTables.from_responses([[1, 2], [2, math.nan], [2, 2]], missing=missing)
    assert _same(pickle.loads(pickle.dumps(state)), state)
