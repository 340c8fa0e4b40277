"""Alpha, lambdas and split halves: properties and bad input; psych's figures are in tests/reference."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import (
    AnalysisError,
    PairwiseTables,
    UnitMoments,
    alpha_from_covariance,
    cronbach_alpha,
    describe_items,
    guttman_lambdas,
    pearson_correlation,
    polychoric_correlation,
    split_half,
)
from analysis.item_responses import FloatArray
from analysis.reliability import feldt_interval

CONSISTENCY: tuple[Callable[..., Any], ...] = (cronbach_alpha, guttman_lambdas, split_half)
every_coefficient = pytest.mark.parametrize("coefficient", CONSISTENCY)

seeds = st.integers(0, 10_000)


def _answers(seed: int = 1, n: int = 40, p: int = 4) -> FloatArray:
    rng = np.random.default_rng(seed)
    return np.clip(np.round(3 + rng.standard_normal((n, 1)) + rng.standard_normal((n, p))), 1, 5)


def _problems(function: Callable[..., Any], *given: Any, **options: Any) -> tuple[str, ...]:
    with pytest.raises(AnalysisError) as raised:
        function(*given, **options)
    return raised.value.problems


@given(seeds)
def test_alpha_is_the_ratio_of_variances_of_the_textbook(seed: int) -> None:
    answers = _answers(seed)
    p = answers.shape[1]
    expected = p / (p - 1) * (1 - answers.var(axis=0, ddof=1).sum() / answers.sum(axis=1).var(ddof=1))
    assert cronbach_alpha(answers).coefficient == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(seeds, st.permutations(range(4)))
def test_the_order_of_the_items_does_not_matter(seed: int, order: list[int]) -> None:
    answers = _answers(seed)
    found, turned = cronbach_alpha(answers), cronbach_alpha(answers[:, order])
    assert turned.coefficient == pytest.approx(found.coefficient, rel=1e-12)
    np.testing.assert_allclose(turned.if_deleted, found.if_deleted[order], rtol=1e-10)
    bounds, others = guttman_lambdas(answers), guttman_lambdas(answers[:, order])
    assert others.lambda4 == pytest.approx(bounds.lambda4, rel=1e-12)
    assert split_half(answers[:, order]).maximum == pytest.approx(split_half(answers).maximum, rel=1e-12)


@given(seeds, st.integers(-10, 10), st.sampled_from([-1.0, 1.0]))
def test_a_shift_of_the_answers_and_turning_them_all_round_change_nothing(seed: int, shift: int, turn: float) -> None:
    answers = _answers(seed)
    moved = turn * answers + shift
    alpha, other = cronbach_alpha(answers), cronbach_alpha(moved)
    assert other.coefficient == pytest.approx(alpha.coefficient, rel=1e-10, abs=1e-12)
    np.testing.assert_allclose(other.item_rest, alpha.item_rest, rtol=0, atol=1e-10)
    for bound in ("lambda1", "lambda2", "lambda4", "lambda6"):
        expected = getattr(guttman_lambdas(answers), bound)
        assert getattr(guttman_lambdas(moved), bound) == pytest.approx(expected, rel=1e-9, abs=1e-11)


@given(seeds)
def test_bounds_come_in_their_order(seed: int) -> None:
    bounds = guttman_lambdas(_answers(seed, p=5))
    assert bounds.lambda1 < bounds.lambda3 <= bounds.lambda2 + 1e-12
    assert (np.diff(bounds.mu) >= -1e-12).all()
    halves = split_half(_answers(seed, p=5))
    assert halves.minimum <= halves.mean <= halves.maximum <= bounds.lambda4 + 1e-12


def test_alpha_of_parallel_items_is_that_of_spearman_and_brown() -> None:
    covariance = np.full((6, 6), 0.4) + 0.6 * np.eye(6)
    assert alpha_from_covariance(covariance) == pytest.approx(6 * 0.4 / (1 + 5 * 0.4), rel=1e-15)


def test_the_interval_of_feldt_holds_its_level() -> None:
    rng = np.random.default_rng(4)
    n_draws, n, p, rho = 2000, 30, 5, 0.3
    truth = p * rho / (1 + (p - 1) * rho)
    held = 0
    for _ in range(n_draws):
        answers = math.sqrt(rho) * rng.standard_normal((n, 1)) + math.sqrt(1 - rho) * rng.standard_normal((n, p))
        coefficient = float(alpha_from_covariance(np.cov(answers, rowvar=False)))
        held += truth in feldt_interval(coefficient, n, p, 0.9)
    assert held / n_draws == pytest.approx(0.9, abs=4 * math.sqrt(0.9 * 0.1 / n_draws))


def test_the_standard_error_is_that_of_many_samples() -> None:
    rng = np.random.default_rng(5)
    n, p = 200, 4
    covariance = np.full((p, p), 0.35) + np.diag([0.5, 0.8, 1.1, 0.65])
    drawn = rng.multivariate_normal(np.zeros(p), covariance, size=(1500, n))
    alphas = [float(alpha_from_covariance(np.cov(rows, rowvar=False))) for rows in drawn]
    claimed = np.mean([cronbach_alpha(rows).standard_error for rows in drawn[:50]])
    # The spread of 1,500 draws is itself off by 1 / sqrt(2 * 1500) of it.
    assert claimed == pytest.approx(np.std(alphas), rel=4 / math.sqrt(3000) + 0.02)


def test_an_item_keyed_the_other_way_is_named() -> None:
    answers = _answers(p=5)
    answers[:, 2] = 6 - answers[:, 2]
    assert "against the rest: item_3 (keyed the other way?)" in str(cronbach_alpha(answers))


def test_two_items_have_no_alpha_without_one() -> None:
    alpha = cronbach_alpha(_answers(p=2))
    assert np.isnan(alpha.if_deleted).all()
    assert str(alpha).count(" -") == 4


@every_coefficient
def test_rows_without_any_answer_are_left_out_and_counted(coefficient: Callable[..., Any]) -> None:
    answers = _answers()
    with_empty = np.vstack([answers, np.full((3, 4), math.nan)])
    found, expected = coefficient(with_empty), coefficient(answers)
    assert found.n == expected.n == 40
    assert found.table().rows == expected.table().rows
    assert "3 rows without any answer left out" in str(found)


@every_coefficient
def test_it_names_every_item_that_cannot_be_used(coefficient: Callable[..., Any]) -> None:
    frame = pd.DataFrame(_answers(n=8), columns=["q1", "q2", "q3", "q4"])
    frame["q2"] = 4
    frame["q4"] = math.nan
    expected = ("item q2 is constant: every answer is 4", "item q4 has no answers")
    assert _problems(coefficient, frame) == expected
    assert set(_problems(coefficient, PairwiseTables.from_responses(frame))) == set(expected)
    assert set(_problems(coefficient, UnitMoments.from_responses(frame, list("aabbccdd")))) == set(expected)
    assert set(_problems(coefficient, iter([frame[:3], frame[3:]]))) == set(expected)


@every_coefficient
@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ([[1, 2], [2, 1]], "at least 3 respondents with an answer needed, got 2"),
        ([[1], [2], [3]], "at least 2 items needed, got 1"),
        ([[1, math.inf], [2, 1], [3, 3]], "item item_2 has 1 value that is infinite: first inf in row 1"),
        ([["often", 1], [2, 1], [3, 3]], "item item_1 has 1 value that is not a number: first often in row 1"),
        ([[1, 5], [2, 4], [4, 2], [5, 1]], "the total of the items does not vary: their covariances cancel out"),
        (
            [[1, None, 3], [2, None, 4], [None, 1, 1], [None, 2, 5]],
            "items item_1 and item_2 were answered together by 0 respondents: at least 2 needed",
        ),
        ([[1, 2], [3]], "the rows differ in length"),
        ([1, 2, 3], "got one row or column of 3 values"),
    ],
)
def test_it_says_why_answers_have_no_reliability(coefficient: Callable[..., Any], answers: Any, problem: str) -> None:
    assert any(problem in said for said in _problems(coefficient, answers))


@pytest.mark.parametrize(
    "function", [*CONSISTENCY, describe_items, pearson_correlation, polychoric_correlation], ids=lambda f: f.__name__
)
def test_without_a_complete_row_listwise_says_only_that(function: Callable[..., Any]) -> None:
    answers = _answers()
    answers[np.arange(40), np.arange(40) % 4] = math.nan
    least = 3 if function in CONSISTENCY else 2
    expected = (f"at least {least} respondents who answered every item needed, got 0",)
    assert _problems(function, answers, missing="listwise") == expected
    state = PairwiseTables.from_responses(answers, missing="listwise")
    assert _problems(function, state, missing="listwise") == expected
    assert _problems(function, iter([answers]), missing="listwise") == expected


@every_coefficient
def test_an_unknown_way_with_missing_answers_is_refused(coefficient: Callable[..., Any]) -> None:
    assert _problems(coefficient, _answers(), missing="mean") == ('missing is "pairwise" or "listwise", not \'mean\'',)
    assert "share between 0 and 1" in _problems(cronbach_alpha, _answers(), 95)[0]


def test_items_that_repeat_one_another_leave_lambda_6_undefined() -> None:
    answers = np.repeat(_answers(p=2), 2, axis=1)
    bounds = guttman_lambdas(answers)
    assert math.isnan(bounds.lambda6)
    assert "lambda 6 is undefined: the correlation matrix is singular" in str(bounds)


def test_a_search_beyond_sixteen_items_finds_the_split_that_was_built_in() -> None:
    # Pairs of items that share half of their variance: the best halves take one of each pair, the worst keep pairs together.
    rng = np.random.default_rng(2)
    pairs = rng.standard_normal((4000, 10))
    answers = np.repeat(pairs, 2, axis=1) + rng.standard_normal((4000, 20))
    bounds, halves = guttman_lambdas(answers), split_half(answers)
    assert "random starts" in bounds.method
    for best in (bounds.lambda4_half, halves.maximum_half):
        places = [int(name.removeprefix("item_")) - 1 for name in best]
        assert sorted(place // 2 for place in places) == list(range(10))
    assert bounds.lambda4 == pytest.approx(halves.maximum, rel=1e-12)
    worst = sorted(int(name.removeprefix("item_")) - 1 for name in halves.minimum_half)
    assert all(first // 2 == second // 2 for first, second in zip(worst[::2], worst[1::2], strict=True))
