"""Testing one model of normal answers against a wider one."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis import confirm_factors
from analysis.confirmatory.estimation.solution import Solution
from analysis.confirmatory.normal.difference import (
    FIRST,
    SECOND,
    plain_difference,
    robust_difference,
    second_difference,
    wide_parameters,
)
from analysis.confirmatory.normal.fit import NormalInference
from analysis.confirmatory.structure.matrices import implied_by
from analysis.item_responses import FloatArray

MODEL = {"F": ["item_1", "item_2", "item_3", "item_4"], "G": ["item_5", "item_6", "item_7", "item_8"]}
STEPS = ((), ("loadings",), ("loadings", "intercepts"), ("loadings", "intercepts", "residuals"))


def _fits(answers: FloatArray) -> list[Solution]:
    group = ["a", "b"] * (len(answers) // 2)
    return [confirm_factors(MODEL, answers, "MLR", group=group, equal=equal).solution for equal in STEPS]  # type: ignore[arg-type]


def _inference(solution: Solution) -> NormalInference:
    assert isinstance(solution.curvature, NormalInference)
    return solution.curvature


@pytest.fixture(scope="module")
def skewed() -> FloatArray:
    """Answers with long tails, so that scaling factors are far from one."""
    generator = np.random.default_rng(1)
    factors = generator.standard_normal((4000, 2)) @ np.linalg.cholesky([[1.0, 0.5], [0.5, 1.0]]).T
    noise = generator.standard_normal((4000, 8))
    answers: FloatArray = np.exp(0.5 * (np.repeat(factors, 4, axis=1) * 0.8 + noise * 0.6))
    return answers


def test_the_wider_model_can_imply_the_moments_of_the_narrower_one(skewed: FloatArray) -> None:
    fits = _fits(skewed[:400])
    for narrow, wide in zip(fits[1:], fits[:-1], strict=True):
        theta = wide_parameters(_inference(narrow), _inference(wide))
        for structure, group in zip(wide.structures(), narrow.groups, strict=True):
            assert_allclose(implied_by(structure.fill(theta)).covariance, group.implied.covariance, rtol=1e-8)
        assert np.abs(theta - wide.theta).max() > 1e-3


def test_the_two_scalings_come_to_the_same_in_large_samples(skewed: FloatArray) -> None:
    fits = _fits(skewed)
    for narrow, wide in zip(fits[1:], fits[:-1], strict=True):
        plain = plain_difference(narrow, wide)
        first, method = robust_difference(_inference(narrow), _inference(wide), plain)
        second, other = second_difference(_inference(narrow), _inference(wide), plain)
        assert (method, other) == (FIRST, SECOND)
        assert_allclose(second.scaling, first.scaling, rtol=0.1)
    assert first.scaling > 2  # residual variances of such answers vary much more than those of normal ones


def test_the_first_scaling_is_the_difference_of_the_models_own(skewed: FloatArray) -> None:
    configural, metric, *_ = (confirm_factors(
        MODEL, skewed[:600], "MLR", group=["a", "b"] * 300, equal=equal  # type: ignore[arg-type]
    ) for equal in STEPS)  # fmt: skip
    plain = plain_difference(metric.solution, configural.solution)
    found, _ = robust_difference(_inference(metric.solution), _inference(configural.solution), plain)
    traces = [each.fit.scaled.df * each.fit.scaled.scaling_factor for each in (metric, configural)]  # type: ignore[union-attr]
    assert_allclose(found.scaling, (traces[0] - traces[1]) / plain.df, rtol=1e-8)
    assert_allclose(found.value, plain.value / found.scaling, rtol=1e-12)
