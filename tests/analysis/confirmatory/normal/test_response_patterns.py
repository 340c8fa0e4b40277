"""Answers sorted by what was answered, and the likeliest moments of incomplete ones."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

from analysis import AnalysisError
from analysis.confirmatory.normal.response_patterns import ResponsePatterns, saturated_moments, sorted_by_pattern
from analysis.item_responses import FloatArray


def _with_gaps(n: int, p: int, seed: int, missing: float = 0.2) -> FloatArray:
    rng = np.random.default_rng(seed)
    answers = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + 2
    answers[rng.random(answers.shape) < missing] = np.nan
    return answers


@pytest.mark.parametrize("p", [3, 9, 70])
def test_rows_of_a_pattern_stand_together_and_empty_ones_are_left_out(p: int) -> None:
    missing = np.random.default_rng(p).random((60, p)) < 0.3
    missing[[3, 20]] = True
    missing[[5, 30, 50]] = missing[7]
    order, starts = sorted_by_pattern(missing)
    assert sorted(order) == [row for row in range(60) if not missing[row].all()]
    patterns = [missing[order[first:last]] for first, last in pairwise(starts)]
    assert all((own == own[0]).all() for own in patterns)
    assert len({tuple(own[0]) for own in patterns}) == len(patterns)


def test_complete_rows_are_one_pattern_with_the_usual_moments() -> None:
    answers = _with_gaps(50, 4, 1, missing=0.0)
    patterns = ResponsePatterns.of(answers, means=False)
    assert patterns.complete
    assert_allclose(patterns.moments[0], np.cov(answers.T, bias=True), rtol=1e-12)


def test_moments_of_patterns_add_up_to_products_of_the_answers_given() -> None:
    answers = _with_gaps(40, 4, 2)
    patterns = ResponsePatterns.of(answers, means=True)
    about = np.nan_to_num(answers - np.nanmean(answers, axis=0))
    total = np.einsum("r,rij->ij", patterns.counts, patterns.moments)
    assert_allclose(total[:4, :4], about.T @ about, rtol=1e-10, atol=1e-12)
    assert_allclose(total[4, :4], about.sum(axis=0), atol=1e-10)


def test_the_likeliest_moments_have_no_likelier_neighbours() -> None:
    answers = _with_gaps(60, 3, 3)
    patterns = ResponsePatterns.of(answers, means=True)
    found = saturated_moments(patterns, ("a", "b", "c"))

    def log_likelihood(mean: FloatArray, covariance: FloatArray) -> float:
        total = 0.0
        for row in answers:
            given = ~np.isnan(row)
            if given.any():
                total += multivariate_normal(mean[given], covariance[np.ix_(given, given)]).logpdf(row[given])
        return total

    mean, covariance = found.mean(patterns.centre), found.covariance(3)
    best = log_likelihood(mean, covariance)
    rng = np.random.default_rng(4)
    for _ in range(20):
        other = covariance + 0.02 * np.cov(rng.normal(size=(3, 9)))
        assert log_likelihood(mean + 0.02 * rng.normal(size=3), other) < best
    n, answered = patterns.n, int((~np.isnan(answers)).sum())
    assert n * found.value == pytest.approx(-2 * best - answered * np.log(2 * np.pi) + n, rel=1e-10)


def test_without_gaps_the_likeliest_moments_are_those_of_the_answers() -> None:
    answers = _with_gaps(30, 3, 5, missing=0.0)
    found = saturated_moments(ResponsePatterns.of(answers, means=True), ("a", "b", "c"))
    assert_allclose(found.covariance(3), np.cov(answers.T, bias=True), rtol=1e-10)


def test_items_that_repeat_one_another_are_named() -> None:
    answers = _with_gaps(30, 3, 6, missing=0.0)
    twice = np.column_stack([answers, 2 * answers[:, 1] + 1])
    with pytest.raises(AnalysisError, match="items b and d repeat one another"):
        saturated_moments(ResponsePatterns.of(twice, means=True), ("a", "b", "c", "d"))


def test_fewer_respondents_than_items_are_told() -> None:
    answers = _with_gaps(5, 6, 7, missing=0.0)
    with pytest.raises(AnalysisError, match="the covariances of 6 items among 5 respondents have no inverse"):
        saturated_moments(ResponsePatterns.of(answers, means=True), tuple("abcdef"))
