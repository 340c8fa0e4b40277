"""Correlations within and between units."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis import AnalysisError, unit_reliability, within_between_correlation

Array = NDArray[np.float64]
WITHIN = np.array([[1.0, 0.3, 0.2], [0.3, 1.0, 0.4], [0.2, 0.4, 1.0]])
BETWEEN = 0.2 * np.array([[1.0, -0.5, 0.6], [-0.5, 1.0, 0.1], [0.6, 0.1, 1.0]])


def _data(seed: int, n_units: int = 300) -> tuple[Array, NDArray[np.intp]]:
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(n_units), rng.integers(1, 12, size=n_units))
    shared = rng.multivariate_normal(np.zeros(3), BETWEEN, size=n_units)
    return shared[unit] + rng.multivariate_normal(np.zeros(3), WITHIN, size=unit.size), unit


def test_the_components_recover_the_truth_and_unit_means_do_not() -> None:
    results = [within_between_correlation(*_data(seed)) for seed in range(40)]
    for attribute, truth in (("within_covariance", WITHIN), ("between_covariance", BETWEEN)):
        found = np.array([getattr(result, attribute) for result in results])
        error = found.std(axis=0) / math.sqrt(len(results))
        assert (np.abs(found.mean(axis=0) - truth) < 4 * error).all()
    true = np.mean([result.between[0, 1] for result in results])
    means = np.mean([result.between_means[0, 1] for result in results])
    assert true == pytest.approx(-0.5, abs=0.05)
    assert means > -0.35  # the variation within, correlated 0.3, still sits in the means


def test_missing_answers_leave_the_components_unbiased() -> None:
    found = []
    for seed in range(40):
        x, unit = _data(seed)
        x[np.random.default_rng(seed + 1000).random(x.shape) < 0.2] = np.nan
        found.append(within_between_correlation(x, unit).between_covariance)
    error = np.std(found, axis=0) / math.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - BETWEEN) < 4 * error).all()


def test_each_items_components_are_those_of_its_own_analysis() -> None:
    x, unit = _data(1, 40)
    x[np.random.default_rng(0).random(x.shape) < 0.2] = np.nan
    found = within_between_correlation(x, unit)
    for item in range(3):
        alone = unit_reliability(x[:, item], unit, method="anova")
        assert found.within_covariance[item, item] == pytest.approx(alone.anova.ms_within, rel=1e-10)
        tau2 = (alone.anova.ms_between - alone.anova.ms_within) / alone.n0
        assert found.between_covariance[item, item] == pytest.approx(tau2, rel=1e-10)
        assert found.icc1[item] == pytest.approx(alone.anova.icc1_n0, rel=1e-10)
        assert found.icc1_mean_size[item] == pytest.approx(alone.anova.icc1_mean_size, rel=1e-10)
        assert found.f[item] == pytest.approx(alone.anova.f, rel=1e-10)


def test_alpha_of_each_level_is_alpha_of_its_covariances() -> None:
    found = within_between_correlation(*_data(2))
    for alpha, covariance in (
        (found.alpha_within, found.within_covariance),
        (found.alpha_between, found.between_covariance),
    ):
        assert alpha == pytest.approx(1.5 * (1 - np.trace(covariance) / covariance.sum()))
    assert found.alpha_within == pytest.approx(1.5 * (1 - 3 / WITHIN.sum()), abs=0.1)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_shift_scale_and_order_do_what_they_should(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, unit = _data(seed, 12)
    x[rng.random(x.shape) < 0.1] = np.nan
    first = within_between_correlation(x, unit)
    order = rng.permutation(len(unit))
    second = within_between_correlation((x * [2.0, 1.0, -3.0] + [1.0, 50.0, 0.0])[order][:, ::-1], unit[order])
    sign = np.outer([1, 1, -1], [1, 1, -1])
    np.testing.assert_allclose(second.within[::-1, ::-1], first.within * sign, atol=1e-10)
    np.testing.assert_allclose(second.between_means[::-1, ::-1], first.between_means * sign, atol=1e-9)
    np.testing.assert_allclose(second.between[::-1, ::-1], first.between * sign, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(second.icc1[::-1], first.icc1, atol=1e-10)
    np.testing.assert_array_equal(second.n_pairs[::-1, ::-1], first.n_pairs)


def test_it_prints_both_levels_in_one_table() -> None:
    x, unit = _data(3, 30)
    found = within_between_correlation(x, unit)
    row = str(found).splitlines()[3].split()
    assert row == ["item_2", f"{found.within[1, 0]:.3f}", f"{found.icc1[1]:.3f}", f"{found.between[1, 2]:.3f}"]


def test_one_item_has_no_alpha() -> None:
    assert math.isnan(within_between_correlation([[1], [2], [4], [3]], list("aabb")).alpha_within)


@pytest.mark.parametrize(
    ("answers", "unit", "problem"),
    [
        ([[1, 2], [2, 1]], ["a"], "2 people came with 1 unit"),
        ([[1, 2], [2, 1]], ["a", "a"], "item item_1 needs at least two units"),
        ([[1, 2], [2, 1]], ["a", "b"], "one of them with two"),
        ([[1, 2], [1, 1], [2, 3]], ["a", "a", "b"], "item item_1 does not differ within units"),
        ([[1, 2], [1, 1], [1, 3]], ["a", "a", "b"], "item item_1 is constant"),
    ],
)
def test_it_says_what_is_wrong(answers: Any, unit: Any, problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        within_between_correlation(answers, unit)
