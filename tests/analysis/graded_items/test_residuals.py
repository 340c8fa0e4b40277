"""Residual correlations: their definition, their level under the model, and pairs that share more than the trait."""

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import graded_response

Array = NDArray[np.float64]


def _draw(seed: int, n: int, shared: float) -> Array:
    """Eight items; the last two share something beside the trait."""
    rng = np.random.default_rng(seed)
    latent = 1.6 * rng.normal(size=(n, 1)) + rng.logistic(size=(n, 8))
    latent[:, 6:] += shared * rng.normal(size=(n, 1))
    return np.asarray(1.0 + (latent[:, :, None] > [-2.5, -1.0, 0.5, 2.0]).sum(axis=2))


def test_they_are_correlations_of_answers_less_what_is_expected_at_the_score() -> None:
    answers = _draw(1, 300, 0.0)
    answers[::7, 2] = np.nan
    fit = graded_response(answers)
    found = fit.residual_correlations(answers)
    curves = fit.probabilities(fit.scores(answers).score)
    residual = np.column_stack([answers[:, j] - np.arange(1, 6) @ curves[j] for j in range(8)])
    both = ~np.isnan(residual[:, 2])
    assert found.matrix[2, 5] == pytest.approx(np.corrcoef(residual[both, 2], residual[both, 5])[0, 1], rel=1e-9)
    assert found.matrix[0, 1] == pytest.approx(np.corrcoef(residual[:, 0], residual[:, 1])[0, 1], rel=1e-9)
    np.testing.assert_array_equal(found.matrix, found.matrix.T)
    assert found.average == pytest.approx(found.matrix[np.triu_indices(8, 1)].mean())


def test_items_that_share_the_trait_alone_lie_about_what_is_expected() -> None:
    answers = _draw(2, 3000, 0.0)
    found = graded_response(answers).residual_correlations(answers)
    assert found.expected == -1 / 7
    assert found.average == pytest.approx(found.expected, abs=0.03)
    assert found.flagged == ()
    assert found.cutoff == found.average + 0.2


def test_a_pair_that_shares_more_is_named() -> None:
    answers = _draw(3, 1500, 1.5)
    found = graded_response(answers).residual_correlations(answers)
    assert found.flagged == (("item_7", "item_8"),)
    assert str(found).splitlines()[2].startswith("item_7 with item_8")
    assert str(found).splitlines()[2].endswith("yes")


def test_two_items_that_nobody_answered_both_have_none() -> None:
    answers = _draw(4, 600, 0.0)
    answers[:300, 0] = np.nan
    answers[300:, 1] = np.nan
    found = graded_response(answers).residual_correlations(answers)
    assert np.isnan(found.matrix[0, 1])
    assert not np.isnan(found.average)
