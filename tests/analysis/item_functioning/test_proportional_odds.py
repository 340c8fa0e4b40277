"""Proportional odds by Newton's method on tables."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from analysis.item_functioning.proportional_odds import _derivatives, fit_proportional_odds, log_likelihood_of_shares

Array = NDArray[np.float64]


def _people(seed: int, n: int) -> tuple[NDArray[np.int64], Array]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.integers(-2, 3, n), rng.integers(0, 2, n)]).astype(float)
    latent = x @ [0.8, -0.5] + rng.logistic(size=n)
    return 1 + (latent[:, None] > [-1.5, 0.0, 2.0]).sum(axis=1).astype(np.int64), x


def test_it_is_where_a_general_search_ends() -> None:
    answers, x = _people(1, 400)

    def minus(parameters: Array) -> float:
        if (np.diff(parameters[:3]) >= 0).any():
            return float("inf")
        reach = np.column_stack([np.ones(400), expit(parameters[:3] + (x @ parameters[3:])[:, None]), np.zeros(400)])
        return -float(np.log(reach[np.arange(400), answers - 1] - reach[np.arange(400), answers]).sum())

    found = fit_proportional_odds((answers[:, None] == np.arange(1, 5)).astype(float), x)
    options = {"xatol": 1e-9, "fatol": 1e-11, "maxiter": 5000}
    search: Any = minimize  # whose stubs know only some options
    theirs = search(minus, np.array([1.0, 0.0, -1.0, 0.0, 0.0]), method="Nelder-Mead", options=options)
    np.testing.assert_allclose([*found.intercepts, *found.coefficients], theirs.x, atol=1e-5)
    assert found.log_likelihood == pytest.approx(-theirs.fun, rel=1e-10)
    assert found.converged


def test_slopes_and_curvature_are_those_of_the_likelihood() -> None:
    answers, x = _people(2, 60)
    counts, at, step = (answers[:, None] == np.arange(1, 5)).astype(float), np.array([1.4, 0.2, -1.7, 0.5, -0.3]), 1e-5
    _, information = _derivatives(at, counts, x)
    moves = step * np.eye(5)
    bends = [(_derivatives(at - m, counts, x)[0] - _derivatives(at + m, counts, x)[0]) / (2 * step) for m in moves]
    np.testing.assert_allclose(information, bends, rtol=1e-6, atol=1e-6)


def test_a_table_of_those_who_are_alike_gives_the_same_as_one_row_each() -> None:
    answers, x = _people(3, 1000)
    one_each = (answers[:, None] == np.arange(1, 5)).astype(float)
    rows, place = np.unique(x, axis=0, return_inverse=True)
    table = np.zeros((len(rows), 4))
    np.add.at(table, (place.ravel(), answers - 1), 1.0)
    few, many = fit_proportional_odds(table, rows), fit_proportional_odds(one_each, x)
    np.testing.assert_allclose(few.coefficients, many.coefficients, rtol=1e-9)
    np.testing.assert_allclose(few.information, many.information, rtol=1e-8)
    assert few.log_likelihood == pytest.approx(many.log_likelihood, rel=1e-12)


def test_without_predictors_it_is_the_likelihood_of_shares() -> None:
    counts = np.array([[4.0, 7, 9]])
    assert fit_proportional_odds(counts, np.zeros((1, 0))).log_likelihood == pytest.approx(
        log_likelihood_of_shares(counts[0])
    )


def test_answers_told_apart_without_error_have_no_finite_estimate() -> None:
    found = fit_proportional_odds(np.array([[5.0, 0], [0, 5]]), np.array([[0.0], [1.0]]))
    assert found.log_likelihood == pytest.approx(0.0, abs=1e-6)
    assert abs(found.coefficients[0]) > 20
