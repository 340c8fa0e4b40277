"""The bivariate normal distribution: known cases, limits and properties; mpmath's figures are in tests/reference."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from analysis import AnalysisError
from analysis.bivariate_normal import bivariate_normal_cdf, density_and_slope

limits = st.floats(-9, 9)
correlations = st.floats(-1, 1)


@given(correlations)
def test_the_chance_that_both_are_below_their_median_is_sheppards(r: float) -> None:
    expected = 0.25 + math.asin(r) / (2 * math.pi)
    # Near one, asin itself magnifies the rounding of r.
    assert float(bivariate_normal_cdf(0, 0, r)) == pytest.approx(expected, abs=1e-15)


@given(limits, limits, correlations)
def test_the_order_of_the_two_makes_no_difference(h: float, k: float, r: float) -> None:
    assert float(bivariate_normal_cdf(h, k, r)) == pytest.approx(float(bivariate_normal_cdf(k, h, r)), abs=1e-15)


@given(limits, limits, correlations)
def test_turning_one_of_them_round_turns_the_correlation_round(h: float, k: float, r: float) -> None:
    below = float(bivariate_normal_cdf(h, k, r)) + float(bivariate_normal_cdf(h, -k, -r))
    assert below == pytest.approx(float(special.ndtr(h)), abs=1e-14)


@given(limits, limits, correlations)
def test_it_lies_between_the_bounds_of_frechet(h: float, k: float, r: float) -> None:
    first, second = special.ndtr(h), special.ndtr(k)
    found = float(bivariate_normal_cdf(h, k, r))
    assert max(0, first + second - 1) - 1e-15 <= found <= min(first, second) + 1e-15


@given(limits, limits, st.floats(-0.999, 0.998))
def test_it_grows_with_the_correlation(h: float, k: float, r: float) -> None:
    assert bivariate_normal_cdf(h, k, r + 0.001) >= bivariate_normal_cdf(h, k, r) - 1e-15


@pytest.mark.parametrize("r", [-1.0, -0.95, -0.3, 0.0, 0.5, 0.99, 1.0])
def test_an_infinite_limit_leaves_the_other_one_alone(r: float) -> None:
    k = np.array([-3.0, -0.2, 0.0, 1.7])
    np.testing.assert_allclose(bivariate_normal_cdf(np.inf, k, r), special.ndtr(k), rtol=0, atol=1e-15)
    np.testing.assert_array_equal(bivariate_normal_cdf(k, -np.inf, r), 0.0)


def test_a_perfect_correlation_leaves_the_nearer_limit() -> None:
    assert bivariate_normal_cdf(0.4, 1.1, 1.0) == pytest.approx(special.ndtr(0.4), abs=1e-15)
    assert bivariate_normal_cdf(0.4, 1.1, -1.0) == pytest.approx(special.ndtr(0.4) - special.ndtr(-1.1), abs=1e-15)
    assert bivariate_normal_cdf(-0.4, 0.1, -1.0) == 0.0


def test_it_broadcasts_and_passes_what_is_missing_on() -> None:
    found = bivariate_normal_cdf(np.array([[0.0], [np.nan]]), np.array([0.0, 1.0, 2.0]), 0.3)
    assert found.shape == (2, 3)
    assert np.isfinite(found[0]).all()
    assert np.isnan(found[1]).all()


@pytest.mark.parametrize("r", [1.01, -2.0, math.nan])
def test_it_refuses_what_is_no_correlation(r: float) -> None:
    with pytest.raises(AnalysisError, match="from -1 to 1"):
        bivariate_normal_cdf(0.0, 0.0, [0.5, r])


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-0.97, 0.97))
def test_the_density_is_the_derivative_in_the_correlation_and_the_slope_its_own(h: float, k: float, r: float) -> None:
    step = 1e-5
    density, slope = (float(part[0, 0, 0]) for part in density_and_slope(*_grid(h, k, r)))
    rise = float(bivariate_normal_cdf(h, k, r + step) - bivariate_normal_cdf(h, k, r - step)) / (2 * step)
    assert density == pytest.approx(rise, abs=1e-6, rel=1e-4)
    ends = [float(density_and_slope(*_grid(h, k, r + move))[0][0, 0, 0]) for move in (step, -step)]
    assert slope == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-4, rel=1e-3)


def _grid(h: float, k: float, r: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.array([[h]]), np.array([[k]]), np.array([r])
