"""Extraction: derivatives, recovery, Heywood cases; R's figures are in tests/reference."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.exploratory import extraction
from analysis.exploratory.extraction import SMALLEST_UNIQUENESS, extract, used_up

Array = NDArray[np.float64]

LOADINGS = np.array([[0.8, 0.1], [0.7, 0.0], [0.6, -0.1], [0.1, 0.7], [0.0, 0.6], [-0.1, 0.5], [0.4, 0.4]])


def _implied(loadings: Array) -> Array:
    matrix: Array = loadings @ loadings.T
    np.fill_diagonal(matrix, 1.0)
    return matrix


def _noisy(n: int = 300, seed: int = 5) -> Array:
    answers = np.random.default_rng(seed).multivariate_normal(np.zeros(7), _implied(LOADINGS), size=n)
    return np.asarray(np.corrcoef(answers.T))


@pytest.mark.parametrize(
    ("evaluate", "at"),
    [
        (extraction._least_squares, np.linspace(0.3, 0.9, 7)),
        (extraction._likelihood, np.log(np.linspace(0.3, 0.9, 7))),
    ],
)
def test_derivatives_are_those_of_the_function(evaluate: Callable[..., Any], at: Array) -> None:
    matrix, step = _noisy(), 1e-5
    point = evaluate(matrix, 2, at)
    for item in range(7):
        move = np.zeros(7)
        move[item] = step
        above, below = evaluate(matrix, 2, at + move), evaluate(matrix, 2, at - move)
        assert point.gradient[item] == pytest.approx((above.value - below.value) / (2 * step), abs=1e-8)
        np.testing.assert_allclose(point.hessian[item], (above.gradient - below.gradient) / (2 * step), atol=1e-7)


@pytest.mark.parametrize("method", ["minres", "ml", "pa"])
def test_it_recovers_loadings_that_fit_exactly(method: Any) -> None:
    found = extract(_implied(LOADINGS), 2, method, 1e-12)
    assert found.converged
    # The gradient where it stops and, for principal axes, the change bound the distance.
    np.testing.assert_allclose(found.loadings @ found.loadings.T, LOADINGS @ LOADINGS.T, atol=1e-7)


def test_principal_axes_that_go_on_end_at_minres() -> None:
    matrix = _noisy()
    on, minres = extract(matrix, 2, "pa", 1e-13), extract(matrix, 2, "minres", 1e-3)
    np.testing.assert_allclose(on.loadings, minres.loadings, atol=1e-6)
    assert np.abs(extract(matrix, 2, "pa", 1e-3).loadings - minres.loadings).max() > 1e-4


@pytest.mark.parametrize("method", ["minres", "ml"])
def test_no_other_uniquenesses_do_better(method: Any) -> None:
    matrix = _noisy()
    found = extract(matrix, 2, method, 1e-3)
    psi = 1 - (found.loadings**2).sum(axis=1)
    evaluate, at = (extraction._least_squares, psi) if method == "minres" else (extraction._likelihood, np.log(psi))
    best = evaluate(matrix, 2, at).value
    random = np.random.default_rng(1)
    for _ in range(200):
        assert evaluate(matrix, 2, at + random.normal(0, 0.05, 7)).value > best


@pytest.mark.parametrize("method", ["minres", "ml"])
def test_a_uniqueness_that_would_turn_negative_stops_at_its_bound(method: Any) -> None:
    # r13 r23 / r12 > 1: the one factor that fits would explain more than all of item 3.
    matrix = np.array([[1.0, 0.3, 0.6], [0.3, 1.0, 0.6], [0.6, 0.6, 1.0]])
    found = extract(matrix, 1, method, 1e-3)
    assert found.converged
    assert used_up((found.loadings**2).sum(axis=1)) == [2]
    # At the bound nothing makes communality and uniqueness sum to one; they do so nearly.
    assert found.loadings[2, 0] ** 2 == pytest.approx(1 - SMALLEST_UNIQUENESS, abs=0.025)


def test_principal_axes_without_end_stop_and_say_so() -> None:
    matrix = np.array([[1.0, 0.1, 0.9], [0.1, 1.0, 0.9], [0.9, 0.9, 1.0]])
    found = extract(matrix, 1, "pa", 1e-12)
    assert used_up((found.loadings**2).sum(axis=1)) == [2]


def test_a_matrix_without_an_inverse_has_minres_loadings() -> None:
    matrix = _implied(LOADINGS)
    places = [0, 0, 1, 2, 3, 4, 5]
    repeated = matrix[np.ix_(places, places)]
    found = extract(repeated, 3, "minres", 1e-3)
    assert found.converged
    assert np.abs(np.linalg.eigvalsh(repeated)[0]) < 1e-12
    np.testing.assert_allclose(found.loadings[0], found.loadings[1], atol=1e-9)


def test_factors_that_the_correlations_do_not_carry_are_counted() -> None:
    one = np.array([[0.8], [0.7], [0.6], [0.5], [0.4]])
    assert extract(_implied(one), 1, "minres", 1e-3).n_supported == 1
    assert extract(np.eye(5), 2, "minres", 1e-3).n_supported == 0
    assert extract(np.eye(5), 2, "ml", 1e-3).n_supported == 0


def test_tied_eigenvalues_at_the_start_are_no_obstacle() -> None:
    # The largest eigenvalue stands four times: the curvature divides by the distance of the one kept to the others.
    tied = np.full((5, 5), -0.25) + 1.25 * np.eye(5)
    found = extract(tied, 1, "minres", 0.001)
    assert found.converged
    assert np.isfinite(found.loadings).all()
