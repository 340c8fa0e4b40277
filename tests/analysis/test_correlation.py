"""Correlation matrices: recovery, extremes, bad input, properties; R's figures are in tests/reference."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis import (
    AnalysisError,
    CorrelationMatrix,
    PairwiseTables,
    UnitMoments,
    pearson_correlation,
    polychoric_correlation,
)
from analysis.polychoric import cell_probabilities, maximise_pairs, thresholds_of

Answers = NDArray[np.float64]


def _cut(rho: float, n: int, cuts: tuple[float, ...] = (-1.2, -0.4, 0.5), seed: int = 3) -> Answers:
    """Draw two normal variables with a correlation, and cut both into answers from 1 up."""
    normal = np.random.default_rng(seed).standard_normal((n, 2))
    normal[:, 1] = rho * normal[:, 0] + np.sqrt(1 - rho**2) * normal[:, 1]
    return np.searchsorted(cuts, normal).astype(np.float64) + 1


def _log_likelihood(table: NDArray[np.int64], rho: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the log-likelihood at each correlation, thresholds from the margins of the table."""
    rows = np.repeat(thresholds_of(table.sum(axis=1))[None], len(rho), axis=0)
    columns = np.repeat(thresholds_of(table.sum(axis=0))[None], len(rho), axis=0)
    cells = cell_probabilities(np.clip(rows, -40, 40), np.clip(columns, -40, 40), rho)
    found: NDArray[np.float64] = (table * np.log(np.maximum(cells, 1e-17))).sum(axis=(1, 2))
    return found


@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.0, 0.6, 0.97])
def test_it_recovers_the_correlation_that_was_cut(rho: float) -> None:
    found = polychoric_correlation(_cut(rho, 40_000)).matrix[0, 1]
    # The standard error of a polychoric of four categories is at most some 1.4 (1 - rho^2) / sqrt(n).
    assert found == pytest.approx(rho, abs=4 * 1.4 * (1 - rho**2) / 200)


def test_two_answers_each_give_the_tetrachoric_correlation_in_closed_form() -> None:
    # With both cut at their medians, Sheppard's formula: rho = sin(2 pi (p - 1/4)) with p the share of both below.
    counts = np.zeros((2, 2, 2, 2), dtype=np.int64)
    counts[0, 1] = counts[1, 0] = [[30, 20], [20, 30]]
    counts[0, 0] = counts[1, 1] = [[50, 0], [0, 50]]
    found = polychoric_correlation(PairwiseTables(counts, ("q1", "q2"), 100, 100, 100))
    assert found.matrix[0, 1] == pytest.approx(np.sin(2 * np.pi * (0.3 - 0.25)), abs=1e-12)


def test_independent_tables_have_no_correlation() -> None:
    table = np.outer([3, 10, 25, 4], [7, 1, 2, 20])
    found = maximise_pairs(table[None], thresholds_of(table.sum(axis=1))[None], thresholds_of(table.sum(axis=0))[None])
    assert found.correlation[0] == pytest.approx(0.0, abs=1e-12)


tables = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.lists(st.sampled_from([0, 0, 1, 2, 5, 40]), min_size=k, max_size=k), min_size=k, max_size=k)
)


@settings(max_examples=60)
@given(tables)
def test_no_other_correlation_is_likelier_however_sparse_the_table(cells: list[list[int]]) -> None:
    table = np.array(cells)
    if (table.sum(axis=0) > 0).sum() < 2 or (table.sum(axis=1) > 0).sum() < 2:
        return
    rows, columns = thresholds_of(table.sum(axis=1))[None], thresholds_of(table.sum(axis=0))[None]
    found = maximise_pairs(table[None], rows, columns)
    close = np.logspace(-7, -1.3, 15)
    grid = np.concatenate([close - 1, np.linspace(-0.95, 0.95, 61), 1 - close])
    assert found.converged.all()
    assert _log_likelihood(table, found.correlation)[0] >= _log_likelihood(table, grid).max() - 1e-7


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(-0.9, 0.9))
def test_reversing_an_item_turns_its_sign_and_reordering_items_reorders_the_matrix(seed: int, rho: float) -> None:
    answers = np.hstack([_cut(rho, 80, seed=seed), _cut(0.5, 80, seed=seed + 1)])
    if any(len(np.unique(column)) < 2 for column in answers.T):
        return
    for correlate in (pearson_correlation, polychoric_correlation):
        matrix = correlate(answers).matrix
        turned = answers.copy()
        turned[:, 1] = 5 - turned[:, 1]
        signs = np.array([1, -1, 1, 1])
        np.testing.assert_allclose(correlate(turned).matrix, matrix * np.outer(signs, signs), rtol=0, atol=1e-9)
        order = [2, 0, 3, 1]
        np.testing.assert_allclose(correlate(answers[:, order]).matrix, matrix[np.ix_(order, order)], rtol=0, atol=1e-9)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(-0.99, 0.99), st.integers(3, 30))
def test_however_few_answer_correlations_lie_between_minus_one_and_one_and_thresholds_rise(
    seed: int, rho: float, n: int
) -> None:
    answers = _cut(rho, n, seed=seed)
    if any(len(np.unique(column)) < 2 for column in answers.T):
        return
    found = polychoric_correlation(answers)
    assert np.isfinite(found.matrix).all()
    assert np.abs(found.matrix).max() <= 1.0
    assert (found.matrix == found.matrix.T).all()
    assert all((row[1:] >= row[:-1]).all() for row in found.thresholds)


def test_it_costs_nothing_to_merge_the_rows_first() -> None:
    answers = _cut(0.4, 301)
    state = PairwiseTables.from_responses(answers[:17], 4) + PairwiseTables.from_responses(answers[17:], 4)
    assert (polychoric_correlation(state).matrix == polychoric_correlation(answers).matrix).all()


def test_items_that_repeat_one_another_correlate_perfectly_and_are_named() -> None:
    answers = _cut(0.5, 60)
    found = polychoric_correlation(np.column_stack([answers, answers[:, 0], 5 - answers[:, 1]]))
    assert found.matrix[0, 2] == 1
    assert found.matrix[1, 3] == -1
    assert found.converged
    assert "the answers fit a correlation of 1: item_1 and item_3" in found.notes
    assert "the answers fit a correlation of -1: item_2 and item_4" in found.notes
    assert not found.positive_definite
    assert "not positive definite" in str(found)


def test_an_empty_cell_of_a_two_by_two_table_means_a_perfect_correlation_unless_it_is_filled() -> None:
    answers = [[1, 1]] * 20 + [[1, 2]] * 9 + [[2, 2]] * 31
    assert polychoric_correlation(answers).matrix[0, 1] == 1
    filled = polychoric_correlation(answers, empty_cells=0.5)
    assert 0.8 < filled.matrix[0, 1] < 0.99
    assert "empty cells of the pairwise tables counted as 0.5" in filled.notes


def test_answers_that_nobody_gave_leave_infinite_or_equal_thresholds_and_are_said() -> None:
    answers = np.array([[2, 1], [2, 2], [4, 1], [4, 3], [4, 3], [2, 3]])
    found = polychoric_correlation(answers, categories=5)
    assert found.thresholds[0].tolist() == [-np.inf, 0.0, 0.0, np.inf]
    assert [note for note in found.notes if note.startswith("nobody")] == [
        "nobody answered 1 or 3 or 5 to item_1",
        "nobody answered 4 or 5 to item_2",
    ]
    # The gaps carry no information: the answers that were given, numbered anew, say the same.
    closed = np.column_stack([answers[:, 0] / 2, answers[:, 1]])
    assert found.matrix[0, 1] == pytest.approx(polychoric_correlation(closed).matrix[0, 1], abs=1e-10)


def test_pairwise_uses_every_pair_and_listwise_whole_rows() -> None:
    answers = np.hstack([_cut(0.6, 300), _cut(0.2, 300, seed=8)])
    answers[:40, 0] = np.nan
    answers[30:90, 3] = np.nan
    by_pairs, by_rows = polychoric_correlation(answers), polychoric_correlation(answers, missing="listwise")
    assert by_pairs.n == 300
    assert by_pairs.n_pairs[0, 3] == 210
    assert by_rows.n == 210
    assert (by_rows.n_pairs == 210).all()
    assert by_rows.matrix[1, 2] == pytest.approx(polychoric_correlation(answers[90:]).matrix[1, 2], abs=1e-9)
    assert "210 to 300 respondents a pair" in by_pairs.notes[0]
    margins = polychoric_correlation(answers, margins="pairs")
    assert margins.matrix[0, 3] == pytest.approx(by_rows.select(["item_1", "item_4"]).matrix[0, 1], abs=1e-9)


def test_a_matrix_that_no_data_could_have_is_reported_and_smoothed_only_on_request() -> None:
    matrix = np.array([[1, 0.9, -0.6], [0.9, 1, 0.6], [-0.6, 0.6, 1]])
    given_matrix = CorrelationMatrix.from_matrix(matrix, 100)
    assert given_matrix.smallest_eigenvalue < -0.1
    assert (given_matrix.matrix == matrix).all()
    smoothed = given_matrix.smooth()
    assert smoothed.positive_definite
    assert smoothed.smallest_eigenvalue == pytest.approx(1e-6, rel=0.1)
    assert smoothed.method == "given, smoothed"
    assert "smoothed on request: no correlation moved by more than" in smoothed.notes[-1]
    assert (np.diagonal(smoothed.matrix) == 1).all()
    # The nearest of all: neither a further nor a lesser mixture with the unit matrix comes as near.
    distance = np.linalg.norm(smoothed.matrix - matrix)
    for share in np.linspace(0.05, 1, 20):
        mixed = (1 - share) * matrix + share * np.eye(3)
        assert np.linalg.eigvalsh(mixed)[0] < 0 or np.linalg.norm(mixed - matrix) > distance


def test_smoothing_leaves_a_proper_matrix_alone() -> None:
    proper = CorrelationMatrix.from_matrix([[1, 0.3], [0.3, 1]], 50)
    assert proper.smooth() is proper


def test_every_problem_of_the_answers_is_named_at_once() -> None:
    answers = np.column_stack([_cut(0.3, 30), np.full(30, 3.0), np.full(30, np.nan), np.arange(30) / 4])
    with pytest.raises(AnalysisError) as problems:
        polychoric_correlation(answers)
    assert problems.value.problems == (
        "item item_5 has 23 values that are not whole numbers from 1 to 127: first 0 in row 1",
        "item item_3 is constant: every answer is 3",
        "item item_4 has no answers",
    )
    with pytest.raises(AnalysisError) as problems:
        polychoric_correlation(answers[:, :4])
    assert problems.value.problems == ("item item_3 is constant: every answer is 3", "item item_4 has no answers")


def test_pairs_that_cannot_be_correlated_are_named() -> None:
    nan = np.nan
    apart = np.array([[1, nan, 1], [2, nan, 2], [3, 1, 2], [nan, 2, 1], [nan, 1, 2]])
    for correlate in (pearson_correlation, polychoric_correlation):
        with pytest.raises(AnalysisError, match="items item_1 and item_2 were answered together by 1 respondents"):
            correlate(apart)
    together = np.array([[1, 2, 1], [2, 2, 1], [3, 2, 2], [nan, 1, 1], [nan, 3, 2]])
    for correlate in (pearson_correlation, polychoric_correlation):
        with pytest.raises(AnalysisError, match="items item_1 and item_2 have no correlation"):
            correlate(together)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (np.ones((0, 3)), "at least 2 respondents"),
        ([[1], [2], [3]], "at least 2 items needed, got 1"),
        ([[1, 2], [6, 1]], "not whole numbers from 1 to 5|not a whole number from 1 to 5"),
        ([[1, "a"], [2, 1]], "not a number"),
        ([[1, 2], [3]], "rows differ in length"),
    ],
)
def test_bad_answers_are_refused_in_words(answers: object, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        polychoric_correlation(answers, categories=5)


def test_a_state_without_tables_cannot_give_polychoric_correlations() -> None:
    state = UnitMoments.from_responses(_cut(0.5, 20), ["Elm"] * 10 + ["Oak"] * 10)
    assert pearson_correlation(state).n == 20
    with pytest.raises(AnalysisError, match="need tables of answers, which UnitMoments does not keep"):
        polychoric_correlation(state)


def test_a_pairwise_state_cannot_be_made_listwise_afterwards() -> None:
    state = PairwiseTables.from_responses(_cut(0.5, 20))
    for correlate in (pearson_correlation, polychoric_correlation):
        with pytest.raises(AnalysisError, match="cannot drop rows afterwards"):
            correlate(state, missing="listwise")


@pytest.mark.parametrize(
    ("matrix", "n", "message"),
    [
        ([[1, 0.5], [0.4, 1]], 10, "not symmetric"),
        ([[1, 0.5], [0.5, 2]], 10, "diagonal"),
        ([[1, 1.5], [1.5, 1]], 10, "not from -1 to 1"),
        ([[1, np.nan], [np.nan, 1]], 10, "missing or infinite"),
        ([[1, 0.5, 0.1], [0.5, 1, 0.2]], 10, "square"),
        ([[1, 0.5], [0.5, 1]], 1, "n is a whole number from 2 up, not 1"),
    ],
)
def test_a_given_matrix_is_checked(matrix: list[list[float]], n: int, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        CorrelationMatrix.from_matrix(matrix, n)


def test_wrong_choices_are_refused() -> None:
    answers = _cut(0.5, 20)
    with pytest.raises(AnalysisError, match='margins is "items" or "pairs"'):
        polychoric_correlation(answers, margins="rows")  # type: ignore[arg-type]
    with pytest.raises(AnalysisError, match="empty_cells is a number from 0 to 1"):
        polychoric_correlation(answers, empty_cells=-1)
    with pytest.raises(AnalysisError, match='missing is "pairwise" or "listwise"'):
        polychoric_correlation(answers, missing="fiml")  # type: ignore[arg-type]
    with pytest.raises(AnalysisError, match="there is no item q9"):
        pearson_correlation(answers).select(["q9"])


def test_what_it_holds_is_read_only_and_its_table_is_unrounded() -> None:
    found = polychoric_correlation(_cut(0.5, 50))
    for array in (found.matrix, found.n_pairs, *found.thresholds):
        assert not array.flags.writeable
    assert found.table().rows[0][2] == found.matrix[0, 1]
    assert "smallest eigenvalue" in found._repr_html_()


def test_thresholds_never_fall() -> None:
    cuts = thresholds_of(np.array([0, 3, 0, 0, 9, 1, 0]))
    assert all(low <= high for low, high in pairwise(cuts))
