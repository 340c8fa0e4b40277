"""Adjusted chi-squares."""

import math

import numpy as np
import pytest

from analysis.confirmatory.estimation.chi_square import mean_adjusted, scaled_and_shifted, unadjusted


def test_a_sum_of_weighted_chi_squares_gets_the_mean_or_mean_and_variance_of_a_chi_square() -> None:
    weights = np.array([0.3, 0.5, 0.8, 1.2, 2.5])
    drawn = np.random.default_rng(3).chisquare(1, size=(400_000, 5)) @ weights
    by_mean = np.array([mean_adjusted(value, 5, weights.sum()).value for value in drawn[:40_000]])
    adjust = scaled_and_shifted(1.0, 5, weights.sum(), (weights**2).sum())
    by_both = drawn / adjust.scaling + adjust.shift
    assert by_mean.mean() == pytest.approx(5, rel=0.02)
    assert by_both.mean() == pytest.approx(5, rel=0.01)
    assert by_both.var() == pytest.approx(10, rel=0.02)


def test_equal_weights_need_no_shift() -> None:
    found = scaled_and_shifted(6.0, 3, 6.0, 12.0)
    assert (found.value, found.scaling, found.shift) == (3.0, 2.0, 0.0)


def test_traces_that_no_weights_have_are_those_of_equal_weights() -> None:
    # From few clusters the square may come out smaller than it can be.
    assert scaled_and_shifted(6.0, 3, 6.0, 5.0).scaling == 2.0


def test_without_degrees_of_freedom_there_is_nothing_to_adjust() -> None:
    for found in (unadjusted(0.0, 0), mean_adjusted(0.0, 0, 0.0), scaled_and_shifted(0.0, 0, 0.0, 0.0)):
        assert found.value == 0
        assert math.isnan(found.p)
