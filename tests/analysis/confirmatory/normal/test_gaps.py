"""Indices that gaps do not distort."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, ModelFit, RobustFit, confirm_factors
from analysis.confirmatory.normal.gaps import SaturatedInformation
from analysis.confirmatory.normal.response_patterns import ResponsePatterns, saturated_moments
from analysis.item_responses import FloatArray


def test_without_gaps_nothing_is_lost() -> None:
    answers = np.random.default_rng(1).normal(size=(50, 3))
    patterns = ResponsePatterns.of(answers, means=True)
    told = SaturatedInformation.of(patterns, saturated_moments(patterns, tuple("abc")), None, normal=True)
    np.testing.assert_allclose(told.with_gaps, told.complete, rtol=1e-9, atol=1e-12)
    assert told.trace == 9


def test_robust_indices_are_those_of_complete_answers_though_a_third_is_missing() -> None:
    # Two factors are taken for one, so that the misfit is plain; indices from the chi-square shrink with what is missing.
    rng = np.random.default_rng(2)
    factors = rng.normal(size=(6_000, 2)) @ np.linalg.cholesky(np.array([[1, 0.6], [0.6, 1]])).T
    answers = 0.7 * factors[:, [0, 0, 0, 1, 1, 1]] + 0.7 * rng.normal(size=(6_000, 6))
    gaps = answers.copy()
    gaps[rng.random(gaps.shape) < 0.33] = np.nan
    model = {"F": [f"item_{item}" for item in range(1, 7)]}
    whole, part = confirm_factors(model, answers, "MLR").fit, confirm_factors(model, gaps, "MLR").fit
    assert isinstance(whole.robust, RobustFit)
    assert isinstance(part.robust, RobustFit)
    assert isinstance(part.scaled, ModelFit)
    assert part.robust.rmsea == pytest.approx(whole.robust.rmsea, rel=0.05)
    assert part.robust.cfi == pytest.approx(whole.robust.cfi, abs=0.01)
    assert part.scaled.rmsea < 0.85 * whole.robust.rmsea


def test_mlr_rejects_as_often_as_it_should_with_gaps(draw: Callable[..., FloatArray], two_factors: object) -> None:
    p = []
    for seed in range(60):
        answers = draw(400, seed)
        answers[:100, :2] = answers[300:, 6] = np.nan
        scaled = confirm_factors(two_factors, answers, "MLR").fit.scaled  # type: ignore[arg-type]
        assert isinstance(scaled, ModelFit)
        p.append(scaled.p)
    # Of 60 fits 3 are expected; more than 9 come about once in two thousand times.
    assert sum(value < 0.05 for value in p) <= 9
    assert 0.3 < np.mean(p) < 0.65


def test_items_that_nobody_answered_both_are_named() -> None:
    answers = np.random.default_rng(4).normal(size=(200, 4))
    answers[:100, 0] = answers[100:, 1] = np.nan
    with pytest.raises(
        AnalysisError, match="nobody answered both q1 and q2, so that nothing tells how they go together"
    ):
        confirm_factors({"F": ["q1", "q2", "q3", "q4"]}, pd.DataFrame(answers, columns=["q1", "q2", "q3", "q4"]), "MLR")
