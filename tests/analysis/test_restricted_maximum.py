"""The top of the restricted likelihood of crossed and nested levels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize

from analysis import AnalysisError, unit_reliability
from analysis.restricted_maximum import ratio_covariance, restricted_maximum
from analysis.variance_components import CrossedLevels

Array = NDArray[np.float64]
Codes = list[NDArray[np.int64]]


def _data(seed: int, sizes: list[int], sds: list[float], n: int = 120) -> tuple[Array, Codes, Array]:
    rng = np.random.default_rng(seed)
    codes = [np.unique(rng.integers(0, size, n), return_inverse=True)[1] for size in sizes]
    x = rng.normal(size=(n, 1))
    y = 50 + 2 * x[:, 0] + 4 * rng.normal(size=n)
    for code, sd in zip(codes, sds, strict=True):
        y = y + sd * rng.normal(size=code.max() + 1)[code]
    return y, codes, x


def _levels(y: Array, codes: Codes, x: Array) -> CrossedLevels:
    return CrossedLevels.of_rows(y, codes, x, [f"x{place}" for place in range(x.shape[1])])


def _whole(variances: Array, y: Array, codes: Codes, x: Array) -> tuple[float, Array]:
    """Evaluate -2 l at variances of the levels and the residual, none profiled out, and its gradient."""
    blocks = [(code[:, None] == code).astype(float) for code in codes] + [np.eye(y.size)]
    v = np.einsum("k,kij->ij", variances, np.array(blocks))
    fixed = np.column_stack([np.ones(y.size), x])
    inverse = np.linalg.inv(v)
    information = fixed.T @ inverse @ fixed
    p = inverse - inverse @ fixed @ np.linalg.solve(information, fixed.T @ inverse)
    value = float(np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1] + y @ p @ y)
    py = p @ y
    slopes = np.array([np.einsum("ij,ji->", p, block) - py @ block @ py for block in blocks])
    return value + (y.size - fixed.shape[1]) * np.log(2 * np.pi), slopes


def _brute_force(y: Array, codes: Codes, x: Array) -> Array:
    """Minimise -2 l with a general optimiser, then by Newton's method with whole matrices."""
    start = np.full(len(codes) + 1, y.var() / (len(codes) + 1))

    def of_logarithms(log: Array) -> tuple[float, Array]:
        value, slopes = _whole(np.exp(log), y, codes, x)
        return value, slopes * np.exp(log)

    found = minimize(of_logarithms, np.log(start), jac=True, method="BFGS", options={"gtol": 1e-9})
    variances: Array = np.exp(found.x)
    for _ in range(4):
        slopes = _whole(variances, y, codes, x)[1]
        steps = 1e-4 * np.diag(variances)
        hessian = np.array(
            [
                (_whole(variances + step, y, codes, x)[1] - _whole(variances - step, y, codes, x)[1]) / (2 * step.sum())
                for step in steps
            ]
        )
        variances = variances - np.linalg.solve(hessian, slopes)
    return variances


@pytest.mark.parametrize(
    ("seed", "sizes", "sds"), [(1, [12], [3.0]), (2, [15, 6], [3.0, 2.0]), (5, [20, 8, 5], [3.0, 4.0, 2.0])]
)
def test_it_finds_what_brute_force_finds(seed: int, sizes: list[int], sds: list[float]) -> None:
    y, codes, x = _data(seed, sizes, sds)
    found = restricted_maximum(_levels(y, codes, x))
    np.testing.assert_allclose([*found.variances, found.residual], _brute_force(y, codes, x), rtol=1e-8)
    assert found.converged
    value, _ = _whole(np.array([*found.variances, found.residual]), y, codes, x)
    assert found.log_likelihood == pytest.approx(-0.5 * value, rel=1e-12)


def test_one_level_gives_what_the_one_way_model_gives() -> None:
    y, codes, _ = _data(8, [25], [2.0])
    found = restricted_maximum(_levels(y, codes, np.zeros((y.size, 0))))
    expected = unit_reliability(y, codes[0])
    assert found.variances[0] == pytest.approx(expected.tau2, rel=1e-9)
    assert found.residual == pytest.approx(expected.sigma2, rel=1e-10)
    assert found.log_likelihood == pytest.approx(expected.log_likelihood, rel=1e-12)


def test_a_level_that_tells_nothing_gets_a_variance_of_0_and_the_others_their_own_maximum() -> None:
    y, codes, x = _data(4, [15, 6], [3.0, 0.0])
    # Residuals of the second level taken out: its places are more alike than chance makes them.
    y = y - np.array([y[codes[1] == place].mean() for place in range(6)])[codes[1]]
    found = restricted_maximum(_levels(y, codes, x))
    assert found.variances[1] == 0.0
    alone = restricted_maximum(_levels(y, codes[:1], x))
    np.testing.assert_allclose(found.variances[0], alone.variances[0], rtol=1e-8)
    _, slopes = _whole(np.array([*found.variances, found.residual]), y, codes, x)
    assert slopes[1] > 0


def test_a_ratio_that_is_held_stays_and_the_others_are_maximised() -> None:
    y, codes, x = _data(5, [20, 8, 5], [3.0, 4.0, 2.0])
    levels = _levels(y, codes, x)
    found = restricted_maximum(levels, held={1: 0.7})
    assert found.ratios[1] == pytest.approx(0.7, rel=1e-14)
    np.testing.assert_allclose(levels.slopes(found.ratios)[1][[0, 2]], 0.0, atol=1e-5)
    assert found.log_likelihood < restricted_maximum(levels).log_likelihood


def test_the_covariance_of_the_ratios_is_the_inverse_of_the_curvature() -> None:
    y, codes, x = _data(5, [20, 8, 5], [3.0, 4.0, 2.0])
    levels = _levels(y, codes, x)
    ratios = restricted_maximum(levels).ratios

    def slopes(at: Array) -> Array:
        return levels.slopes(at)[1]

    steps = 1e-4 * np.diag(ratios)
    hessian = np.array([(slopes(ratios + step) - slopes(ratios - step)) / (2 * step.sum()) for step in steps])
    np.testing.assert_allclose(ratio_covariance(levels, ratios), np.linalg.inv(0.5 * hessian), rtol=1e-4)
    at_zero = ratio_covariance(levels, ratios * [1, 0, 1])
    assert not at_zero[1].any()
    assert at_zero[0, 0] > 0


def test_a_small_variance_among_many_scores_is_found_to_the_last_digits() -> None:
    rng = np.random.default_rng(0)
    code = np.repeat(np.arange(400), 50)
    y = rng.normal(size=code.size) + 0.02 * rng.normal(size=400)[code]
    levels = _levels(y, [code], np.zeros((y.size, 0)))
    found = restricted_maximum(levels)
    slope = brentq(lambda ratio: levels.slopes(np.array([ratio]))[1][0], 1e-7, 0.1, xtol=1e-16, rtol=1e-15)
    assert found.ratios[0] == pytest.approx(slope, rel=1e-8)
    assert found.iterations < 15


@given(st.integers(0, 5000), st.floats(-1e3, 1e3), st.floats(0.01, 100))
@settings(max_examples=25, deadline=None)
def test_shift_scale_and_order_do_what_they_should(seed: int, shift: float, scale: float) -> None:
    rng = np.random.default_rng(seed)
    y, codes, x = _data(seed, [int(rng.integers(4, 20)), int(rng.integers(3, 9))], list(rng.uniform(0, 4, 2)), 80)
    order = rng.permutation(y.size)
    first = restricted_maximum(_levels(y, codes, x))
    second = restricted_maximum(_levels(scale * y[order] + shift, [code[order] for code in codes], x[order]))
    np.testing.assert_allclose(second.variances, scale**2 * first.variances, rtol=1e-5, atol=1e-6 * scale**2)
    assert second.residual == pytest.approx(scale**2 * first.residual, rel=1e-6)


@pytest.mark.parametrize(
    ("y", "problem"),
    [
        (np.full(12, 70.0), "every score is the same"),
        (np.repeat([1.0, 5.0, 2.0, 8.0], 3), "no variance over for the residual"),
    ],
)
def test_it_says_why_nothing_can_be_estimated(y: Array, problem: str) -> None:
    levels = _levels(y, [np.repeat(np.arange(4), 3)], np.zeros((12, 0)))
    with pytest.raises(AnalysisError, match=problem):
        restricted_maximum(levels)


def test_more_fixed_effects_than_scores_are_refused() -> None:
    x = np.random.default_rng(2).normal(size=(4, 3))
    with pytest.raises(AnalysisError, match="4 scores cannot carry 4 fixed effects"):
        restricted_maximum(_levels(np.arange(4.0), [np.array([0, 0, 1, 1])], x))
