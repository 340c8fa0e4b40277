"""Fits of one factor: exact matrices, a general minimiser as second opinion, stacks, solutions on the boundary."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import optimize

from analysis.omega.one_factor import fit_by_least_squares, fit_by_likelihood, fit_each_by_likelihood

Matrix = NDArray[np.float64]

LOADINGS = np.array([0.8, 0.7, 0.6, 0.5, 0.4, -0.3])


def _implied(loadings: Matrix, uniquenesses: Matrix) -> Matrix:
    return np.outer(loadings, loadings) + np.diag(uniquenesses)


def _sample(p: int, n: int, seed: int) -> Matrix:
    """Give the covariance matrix of a sample that one factor does not fit."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((n, 1)) * np.linspace(0.5, 0.8, p) + 0.7 * rng.standard_normal((n, p))
    values[:, ::3] += 0.4 * rng.standard_normal((n, 1))
    covariance: Matrix = np.cov((values * np.linspace(0.5, 3, p)).T)
    return covariance


def _discrepancy(x: Matrix, s: Matrix) -> float:
    sigma = _implied(x[: len(s)], x[len(s) :])
    sign, log_determinant = np.linalg.slogdet(sigma)
    return float(log_determinant + np.trace(np.linalg.solve(sigma, s))) if sign > 0 else 1e10


def test_a_matrix_that_one_factor_made_gives_back_its_loadings() -> None:
    scale = np.array([1.0, 2.0, 0.5, 1.0, 10.0, 3.0])
    covariance = _implied(LOADINGS * scale, (1 - LOADINGS**2) * scale**2)
    found = fit_by_likelihood(covariance)
    assert found.converged
    np.testing.assert_allclose(found.loadings, LOADINGS * scale, rtol=1e-9)
    np.testing.assert_allclose(found.uniquenesses, (1 - LOADINGS**2) * scale**2, rtol=1e-9)
    weights = np.random.default_rng(1).uniform(0.2, 3, (6, 6))
    by_squares = fit_by_least_squares(_implied(LOADINGS, 1 - LOADINGS**2), weights + weights.T)
    np.testing.assert_allclose(by_squares.loadings, LOADINGS, rtol=1e-9)


def test_three_items_are_fitted_exactly() -> None:
    r = np.array([[1.0, 0.5, 0.4], [0.5, 1.0, 0.3], [0.4, 0.3, 1.0]])
    loadings = np.sqrt([0.5 * 0.4 / 0.3, 0.5 * 0.3 / 0.4, 0.4 * 0.3 / 0.5])
    np.testing.assert_allclose(fit_by_likelihood(r).loadings, loadings, rtol=1e-9)
    np.testing.assert_allclose(fit_by_least_squares(r, np.ones((3, 3))).loadings, loadings, rtol=1e-9)


@pytest.mark.parametrize(("p", "n"), [(4, 60), (6, 200), (12, 300)])
def test_likelihood_is_greatest_where_a_general_minimiser_finds_it(p: int, n: int) -> None:
    s = _sample(p, n, seed=p)
    found = fit_by_likelihood(s)
    x = np.concatenate((found.loadings, found.uniquenesses))
    deviations = np.sqrt(np.diagonal(s))
    r = s / np.outer(deviations, deviations)
    start = np.concatenate((np.full(p, 0.5), np.full(p, 0.75)))
    other = optimize.minimize(_discrepancy, start, args=(r,), method="BFGS", options={"gtol": 1e-7})
    standardized = x / np.concatenate((deviations, deviations**2))
    assert _discrepancy(standardized, r) == pytest.approx(other.fun, abs=1e-8)
    np.testing.assert_allclose(standardized, other.x, atol=1e-5)
    # At the maximum the model gives every item its variance (Jöreskog 1967).
    np.testing.assert_allclose(found.loadings**2 + found.uniquenesses, np.diagonal(s), rtol=1e-9)


def test_weighted_squares_are_least_where_a_general_minimiser_finds_them() -> None:
    s = _sample(7, 150, seed=2)
    r = s / np.sqrt(np.outer(np.diagonal(s), np.diagonal(s)))
    weights = np.random.default_rng(3).uniform(0.1, 5, (7, 7))
    weights = np.triu(weights, 1) + np.triu(weights, 1).T
    found = fit_by_least_squares(r, weights)

    def squares(loadings: Matrix) -> float:
        return float((weights * (r - np.outer(loadings, loadings)) ** 2).sum())

    other = optimize.minimize(squares, np.full(7, 0.5), method="BFGS")
    np.testing.assert_allclose(found.loadings, other.x, atol=1e-6)


def test_newton_steps_arrive_quickly() -> None:
    # With second derivatives that are slightly wrong the last digits take many steps.
    assert max(fit_by_likelihood(_sample(8, 100, seed=seed)).iterations for seed in range(10)) <= 8


def test_units_do_not_matter() -> None:
    s, scale = _sample(6, 100, seed=4), np.array([1.0, 1e3, 1e-3, 7.0, 0.1, 20.0])
    plain, scaled = fit_by_likelihood(s), fit_by_likelihood(s * np.outer(scale, scale))
    np.testing.assert_allclose(scaled.loadings, plain.loadings * scale, rtol=1e-8)


@pytest.mark.parametrize("n", [40, 400])
def test_a_stack_is_fitted_as_each_of_its_matrices_is(n: int) -> None:
    stack = np.array([_sample(6, n, seed=seed) for seed in range(120)])
    loadings, uniquenesses = fit_each_by_likelihood(stack)
    for place, s in enumerate(stack):
        alone = fit_by_likelihood(s)
        if alone.converged and (alone.uniquenesses > 0).all():
            np.testing.assert_allclose(loadings[place], alone.loadings, rtol=1e-7, atol=1e-8)
            np.testing.assert_allclose(uniquenesses[place], alone.uniquenesses, rtol=1e-7, atol=1e-8)


def test_matrices_far_from_one_another_are_fitted_too() -> None:
    plain = LOADINGS[:5]
    turned = plain * np.array([1, -1, 1, -1, 1])
    stack = np.array([_implied(plain, 1 - plain**2), _implied(turned, 1 - plain**2)])
    np.testing.assert_allclose(fit_each_by_likelihood(stack)[0], [plain, turned], atol=1e-8)


def test_no_uniqueness_of_a_stack_is_negative_and_none_fits_better() -> None:
    beyond = np.array([[1.0, 0.8, 0.7, 0.3], [0.8, 1.0, 0.4, 0.2], [0.7, 0.4, 1.0, 0.25], [0.3, 0.2, 0.25, 1.0]])
    assert (fit_by_likelihood(beyond).uniquenesses < 0).any()
    loadings, uniquenesses = fit_each_by_likelihood(beyond[None])
    assert uniquenesses[0].min() == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(loadings[0], beyond[0])
    bounds = [(None, None)] * 4 + [(1e-6, None)] * 4
    start = np.array([0.7, 0.6, 0.5, 0.4, 0.5, 0.6, 0.7, 0.8])
    other = optimize.minimize(_discrepancy, start, args=(beyond,), method="L-BFGS-B", bounds=bounds)
    ours = np.concatenate((loadings[0], np.maximum(uniquenesses[0], 1e-6)))
    assert _discrepancy(ours, beyond) <= other.fun + 1e-6


def test_a_matrix_with_gaps_has_no_estimates_and_the_others_keep_theirs() -> None:
    stack = np.array([_sample(4, 100, seed=1)] * 3)
    stack[1, 0, 2] = np.nan
    loadings, uniquenesses = fit_each_by_likelihood(stack)
    assert np.isnan(loadings[1]).all()
    assert np.isnan(uniquenesses[1]).all()
    np.testing.assert_allclose(loadings[[0, 2]], [fit_by_likelihood(stack[0]).loadings] * 2, rtol=1e-8)
    assert np.isnan(fit_each_by_likelihood(stack[1:2])[0]).all()
