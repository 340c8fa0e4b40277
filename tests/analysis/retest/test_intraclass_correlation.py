import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import AnalysisError, IntraclassCorrelation, intraclass_correlation
from analysis.item_responses import FloatArray

FORMS = ("icc_1", "icc_a1", "icc_c1", "icc_1k", "icc_ak", "icc_ck")


def _ratings(seed: int, n: int = 12, k: int = 3) -> FloatArray:
    random = np.random.default_rng(seed)
    return random.normal(size=(n, 1)) + 0.5 * random.normal(size=k) + random.normal(size=(n, k))


def _coefficients(found: IntraclassCorrelation) -> list[float]:
    return [getattr(found, form).coefficient for form in FORMS]


def _ends(found: IntraclassCorrelation) -> list[float]:
    forms = [getattr(found, form).interval for form in FORMS]
    return [end for interval in forms for end in (interval.low, interval.high)]


seeds = st.integers(0, 10_000)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_the_order_of_targets_and_raters_does_not_matter(seed: int) -> None:
    ratings = _ratings(seed)
    turned = ratings[::-1, [2, 0, 1]]
    assert _coefficients(intraclass_correlation(turned)) == pytest.approx(
        _coefficients(intraclass_correlation(ratings))
    )


@given(seeds, st.floats(-100, 100), st.floats(0.1, 50))
@settings(max_examples=25, deadline=None)
def test_another_unit_of_the_score_changes_nothing(seed: int, shift: float, scale: float) -> None:
    ratings = _ratings(seed)
    found, moved = intraclass_correlation(ratings), intraclass_correlation(shift + scale * ratings)
    assert _coefficients(moved) == pytest.approx(_coefficients(found), rel=1e-8, abs=1e-8)
    assert _ends(moved) == pytest.approx(_ends(found), rel=1e-7, abs=1e-7)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_a_shift_of_one_rater_leaves_consistency_and_lowers_agreement(seed: int) -> None:
    ratings = _ratings(seed)
    found = intraclass_correlation(ratings)
    shifted = intraclass_correlation(ratings + np.array([0.0, 0.0, 50.0]))
    assert shifted.icc_c1.coefficient == pytest.approx(found.icc_c1.coefficient, rel=1e-9)
    assert abs(shifted.icc_a1.coefficient) < abs(found.icc_a1.coefficient) or found.icc_a1.coefficient <= 0


def test_the_mean_squares_are_those_of_the_textbook_sums() -> None:
    ratings = _ratings(3)
    n, k = ratings.shape
    found, grand = intraclass_correlation(ratings), ratings.mean()
    assert found.ms_targets == pytest.approx(k * sum((row.mean() - grand) ** 2 for row in ratings) / (n - 1))
    assert found.ms_raters == pytest.approx(n * sum((column.mean() - grand) ** 2 for column in ratings.T) / (k - 1))
    within = sum(((row - row.mean()) ** 2).sum() for row in ratings)
    assert found.ms_within == pytest.approx(within / (n * (k - 1)))


def test_perfect_agreement_is_one_with_an_interval_of_no_width() -> None:
    found = intraclass_correlation([[1, 1], [2, 2], [4, 4]])
    assert _coefficients(found) == [1.0] * 6
    assert _ends(found) == [1.0] * 12
    assert found.icc_1.f == math.inf
    assert found.icc_1.p == 0.0


def test_raters_who_differ_by_a_shift_alone_are_consistent_and_do_not_agree() -> None:
    found = intraclass_correlation([[1.0, 2.0], [2.0, 3.0], [4.0, 5.0]])
    assert found.icc_c1.coefficient == 1.0
    assert 0 < found.icc_a1.coefficient < 1
    assert all(math.isfinite(end) for end in _ends(found))


def test_targets_with_a_missing_rating_are_left_out_and_said() -> None:
    ratings = _ratings(1)
    gap = ratings.copy()
    gap[2, 1] = gap[5] = np.nan
    found = intraclass_correlation(gap)
    assert _coefficients(found) == pytest.approx(_coefficients(intraclass_correlation(np.delete(ratings, [2, 5], 0))))
    assert (found.n, found.n_missing, found.n_dropped) == (10, 1, 2)
    assert "1 of 11 targets left out: a rating is missing" in str(found)
    assert "1 target without any rating left out" in str(found)


def test_all_ratings_are_used_with_restricted_maximum_likelihood() -> None:
    ratings = _ratings(1)
    ratings[2, 1] = np.nan
    found = intraclass_correlation(ratings, missing="reml")
    assert (found.n, found.n_missing, found.n_dropped) == (12, 1, 0)
    assert "1 of 36 ratings missing; all others used" in str(found)


def test_variances_of_incomplete_ratings_are_at_the_top_of_the_dense_likelihood() -> None:
    ratings = _ratings(9, n=10)
    ratings[[1, 4, 6], [0, 2, 1]] = np.nan
    found = intraclass_correlation(ratings, missing="reml")
    target, rater = np.nonzero(~np.isnan(ratings))
    score = ratings[target, rater]
    one = np.ones((len(score), 1))

    def likelihood(of_targets: float, of_raters: float, of_error: float) -> float:
        v = of_targets * np.equal.outer(target, target) + of_raters * np.equal.outer(rater, rater)
        v = v + of_error * np.eye(len(score))
        inverse = np.linalg.inv(v)
        information = one.T @ inverse @ one
        projected = inverse - inverse @ one @ np.linalg.inv(information) @ one.T @ inverse
        determinants = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
        return float(-0.5 * (determinants + score @ projected @ score))

    estimate = (found.variance_targets, found.variance_raters, found.variance_error)
    top = likelihood(*estimate)
    for place in range(3):
        for factor in (0.99, 1.01):
            other = list(estimate)
            other[place] *= factor
            assert likelihood(*other) < top


def test_without_missing_ratings_both_ways_agree() -> None:
    ratings = _ratings(5)
    by_squares, by_likelihood = intraclass_correlation(ratings), intraclass_correlation(ratings, missing="reml")
    assert _coefficients(by_likelihood) == pytest.approx(_coefficients(by_squares), rel=1e-8)
    assert _ends(by_likelihood) == pytest.approx(_ends(by_squares), rel=1e-7)


def test_intervals_of_incomplete_ratings_hold_their_level() -> None:
    # Targets, raters and error of variance 1: ICC(1) and ICC(A,1) are 1/3, ICC(C,1) is 1/2.
    random = np.random.default_rng(7)
    truth = {"icc_1": 1 / 3, "icc_a1": 1 / 3, "icc_c1": 1 / 2}
    held = dict.fromkeys(truth, 0)
    n_draws = 75
    for _ in range(n_draws):
        ratings = random.normal(size=(25, 1)) + random.normal(size=4) + random.normal(size=(25, 4))
        ratings[random.random(ratings.shape) < 0.15] = np.nan
        found = intraclass_correlation(ratings, missing="reml")
        for form, value in truth.items():
            held[form] += value in getattr(found, form).interval
    # Three standard errors below 95 %: the draws are the same at each run.
    # ICC(1) takes the raters' shifts for noise of each rating, which they are not.
    for form in ("icc_a1", "icc_c1"):
        assert held[form] / n_draws > 0.95 - 3 * math.sqrt(0.95 * 0.05 / n_draws), form


@pytest.mark.parametrize(
    ("ratings", "problem"),
    [
        ([[1.0], [2.0]], "at least two ratings of each target needed, got 1"),
        ([[1.0, 2.0]], "at least two targets that every rater rated needed, got 1"),
        ([[1.0, math.nan], [math.nan, 2.0]], "at least two targets that every rater rated needed, got 0"),
        ([[3, 3], [3, 3]], "every rating is 3: there is no variance to take apart"),
        ([[3, math.nan], [2, math.nan]], "rater item_2 rated nobody"),
        ([[3, "good"], [2, 4]], "item_2 has 1 value that is not a number: first good in row 1"),
    ],
)
def test_it_says_why_ratings_cannot_be_analysed(ratings: object, problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        intraclass_correlation(ratings)


def test_it_refuses_ratings_that_leave_no_error_to_estimate() -> None:
    with pytest.raises(AnalysisError, match="leave nothing over"):
        intraclass_correlation([[1, 2], [2, math.nan]], missing="reml")
    with pytest.raises(AnalysisError, match='missing is "listwise" or "reml"'):
        intraclass_correlation([[1, 2], [2, 3]], missing="mean")  # type: ignore[arg-type]


def test_coefficients_of_means_that_run_to_minus_infinity_are_said_to() -> None:
    found = intraclass_correlation([[1, 2], [2, 1], [1, 2]])
    assert (found.icc_1.coefficient, found.icc_1k.coefficient) == (-1.0, -math.inf)
    assert any("run to minus infinity" in note for note in found.notes)
    assert math.isnan(found.icc_a1.interval.low)
    assert math.isnan(found.icc_ak.interval.low)


def test_every_small_table_has_coefficients_or_a_named_reason() -> None:
    for cells in itertools.product((1.0, 2.0, 3.0), repeat=4):
        table = np.reshape(cells, (2, 2))
        if (table[0] == table[1]).all():
            with pytest.raises(AnalysisError, match=r"every rating is|same rating: nothing tells one target"):
                intraclass_correlation(table)
            continue
        found = intraclass_correlation(table)
        means = (found.icc_1k, found.icc_ak, found.icc_ck)
        endless = any(form.coefficient == -math.inf for form in means)
        assert endless == any("run to minus infinity" in note for note in found.notes)
