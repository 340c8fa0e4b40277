import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from analysis import AnalysisError, intraclass_correlation, kappa_of_counts, weighted_kappa

tables = st.lists(st.lists(st.integers(0, 20), min_size=4, max_size=4), min_size=4, max_size=4).filter(
    lambda table: sum(map(sum, table)) > 3 and np.count_nonzero(np.add(np.sum(table, 0), np.sum(table, 1))) > 1
)


@given(tables, st.sampled_from(["quadratic", "linear"]))
@settings(max_examples=50, deadline=None)
def test_any_table_agrees_with_statsmodels(table: list[list[int]], weights: str) -> None:
    assume(min(np.count_nonzero(np.sum(table, axis)) for axis in (0, 1)) > 1)  # statsmodels divides by 0
    found, theirs = kappa_of_counts(table, weights), cohens_kappa(np.array(table), wt=weights)
    assert found.coefficient == pytest.approx(theirs.kappa, rel=1e-9, abs=1e-12)
    assert found.standard_error**2 == pytest.approx(theirs.var_kappa, rel=1e-8, abs=1e-12)


@given(tables)
@settings(max_examples=50, deadline=None)
def test_exchanging_the_occasions_changes_nothing(table: list[list[int]]) -> None:
    found, turned = kappa_of_counts(table), kappa_of_counts(np.transpose(table))
    assert turned.coefficient == pytest.approx(found.coefficient, rel=1e-10, abs=1e-12)
    assert turned.standard_error == pytest.approx(found.standard_error, rel=1e-8, abs=1e-9)


@given(tables)
@settings(max_examples=50, deadline=None)
def test_an_option_that_nobody_chose_changes_nothing(table: list[list[int]]) -> None:
    found, wider = kappa_of_counts(table), kappa_of_counts(np.pad(table, ((0, 2), (0, 2))))
    assert wider.coefficient == pytest.approx(found.coefficient, rel=1e-9, abs=1e-11)
    assert wider.standard_error == pytest.approx(found.standard_error, rel=1e-6, abs=1e-8)


def test_quadratic_weights_come_near_the_intraclass_correlation() -> None:
    random = np.random.default_rng(4)
    first = random.integers(1, 6, size=3000)
    second = np.clip(first + random.integers(-1, 2, size=3000), 1, 5)
    icc = intraclass_correlation(np.column_stack([first, second])).icc_a1.coefficient
    assert weighted_kappa(first, second).coefficient == pytest.approx(icc, abs=2 / 3000)


def test_the_interval_holds_its_level() -> None:
    random = np.random.default_rng(11)
    joint = np.array([[0.15, 0.05, 0.02], [0.05, 0.25, 0.08], [0.02, 0.08, 0.30]])
    truth = kappa_of_counts((joint * 10_000).round()).coefficient
    draws = random.multinomial(150, joint.ravel(), size=600).reshape(-1, 3, 3)
    held = np.mean([truth in kappa_of_counts(table).interval for table in draws])
    assert held == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 600))


def test_own_weights_may_be_given() -> None:
    table = [[10, 2, 1], [3, 12, 4], [0, 2, 9]]
    named = kappa_of_counts(table, "linear")
    own = kappa_of_counts(table, [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]])
    assert own.coefficient == pytest.approx(named.coefficient)
    assert own.method == "own"


def test_missing_ratings_are_left_out_and_counted() -> None:
    found = weighted_kappa([1, 2, 3, np.nan, 2], [1, 2, 3, 3, np.nan])
    assert found.n == 3
    assert found.coefficient == 1.0
    assert "2 people of 5 left out: a score is missing" in str(found)


def test_the_shares_of_same_and_neighbouring_answers_are_counted() -> None:
    found = weighted_kappa([1, 2, 3, 5], [1, 3, 5, 5])
    assert (found.exact_agreement, found.within_one) == (0.5, 0.75)


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        ([1, 2, 3], [1, 2], "first has 3, second has 2"),
        ([1, 2.5], [0, 2], "first has 1 rating that is not a whole number from 1 to 127, such as 2.5"),
        ([1, 2.5], [0, 2], "second has 1 rating that is not a whole number from 1 to 127, such as 0"),
        ([4, 4, 4], [4, 4, 4], "every rating is the same"),
        ([4, np.nan], [4, 5], "at least 2 people with first and second needed, got 1"),
        (["a", 4], [4, 5], "first has 1 value that is not a number: first a in row 1"),
        ([[1, 2]], [1, 2], "first must be one number a person"),
    ],
)
def test_it_says_why_ratings_cannot_be_compared(first: list[float], second: list[float], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        weighted_kappa(first, second)


@pytest.mark.parametrize(
    ("counts", "weights", "problem"),
    [
        ([[1, 2, 3]], "quadratic", "square table"),
        ([[1, 2], [3]], "quadratic", "rows differ in length"),
        ([[1, 2], [3, 4]], [[1, 0], [1]], "a square table of numbers"),
        ([[1, 2], [3, 4]], [["a", "b"], ["c", "d"]], "a square table of numbers"),
        ([[1, -2], [3, 4]], "quadratic", "none of them negative"),
        ([[0, 1], [0, 0]], "quadratic", "at least 2 pairs"),
        ([[3, 1], [0, 2]], "cubic", 'weights are "quadratic", "linear", "unweighted"'),
        ([[3, 1], [0, 2]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]], r"shape \(2, 2\), not \(3, 3\)"),
        ([[3, 1], [0, 2]], [[0, 1], [1, 0]], "1 on the diagonal"),
        ([[3, 1], [0, 2]], [[1, 2], [-1, 1]], "weights lie between 0 and 1"),
    ],
)
def test_it_says_what_is_wrong_with_counts_or_weights(counts: object, weights: object, problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        kappa_of_counts(counts, weights)  # type: ignore[arg-type]


def test_one_occasion_without_spread_is_chance_alone() -> None:
    found = kappa_of_counts([[0, 3, 0], [0, 4, 0], [0, 2, 0]])
    assert found.coefficient == pytest.approx(0.0, abs=1e-15)
    assert np.isnan(found.p)
