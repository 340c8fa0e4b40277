"""Traces of the test's weights, against the eigenvalues that they are traces of."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.confirmatory.ordinal.adjusted_test import WeightedMoments, expected_misfit, normal_discrepancy
from analysis.item_responses import FloatArray


def _system(n_free: int = 4, n_moments: int = 12, seed: int = 1) -> tuple[WeightedMoments, FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    jacobian, weight = rng.normal(size=(n_free, n_moments)), rng.uniform(0.5, 2, n_moments)
    root = rng.normal(size=(n_moments, 30))
    gamma = root @ root.T / 30
    inverse = np.linalg.inv((jacobian * weight) @ jacobian.T)
    u = np.diag(weight) - (jacobian * weight).T @ inverse @ (jacobian * weight)
    return WeightedMoments(jacobian, weight), gamma, u


@pytest.mark.parametrize("n_free", [0, 4])
def test_traces_are_sums_of_eigenvalues_and_of_their_squares(n_free: int) -> None:
    moments, gamma, u = _system(n_free)
    values = np.linalg.eigvals(u @ gamma).real
    assert_allclose(moments.traces(gamma, None, 1), (values.sum(), (values**2).sum()), rtol=1e-10)


def test_sums_over_few_clusters_do_not_count_with_themselves() -> None:
    # 12 independent moments in 25 clusters: the square is the number of them that the model leaves, 8.
    rng = np.random.default_rng(2)
    moments, _, _ = _system()
    moments = WeightedMoments(moments.jacobian, np.ones(12))
    naive, corrected = [], []
    for _ in range(400):
        totals = rng.normal(size=(12, 25)) / 5 * np.sqrt(25 / 24)
        gamma = totals @ totals.T
        naive.append(moments.traces(gamma, None, 1)[1])
        corrected.append(moments.traces(gamma, totals, 1)[1])
    error = float(np.std(corrected) / 20)
    assert np.mean(corrected) == pytest.approx(8, abs=4 * error)
    assert np.mean(naive) > 8 + 20 * error


def test_the_misfit_to_expect_is_that_of_moments_about_a_model_that_holds() -> None:
    moments, gamma, _ = _system()
    rng = np.random.default_rng(3)
    normal_weight = np.diag(rng.uniform(0.5, 1.5, 12))
    drawn = rng.multivariate_normal(np.zeros(12), gamma, size=200_000)
    weighted = moments.jacobian * moments.weight
    fitted = moments.jacobian.T @ np.linalg.solve(weighted @ moments.jacobian.T, weighted)
    missed = drawn @ (np.eye(12) - fitted).T
    misfit = np.einsum("nm,mk,nk->n", missed, normal_weight, missed)
    expected = expected_misfit(moments, gamma, normal_weight)
    assert misfit.mean() == pytest.approx(expected, rel=4 * misfit.std() / misfit.mean() / np.sqrt(len(misfit)))


def test_correlations_that_have_no_inverse_are_infinitely_far() -> None:
    proper, improper = np.eye(2), np.ones((2, 2))
    assert normal_discrepancy(proper, proper) == pytest.approx(0.0)
    assert normal_discrepancy(improper, proper) == normal_discrepancy(proper, improper) == np.inf
