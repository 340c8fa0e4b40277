"""ICC(1), ICC(2) and the variances behind them."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import fdtri

from analysis import AnalysisError, ScoreSums, unit_reliability

Array = NDArray[np.float64]


def _data(seed: int, sizes: list[int], tau: float = 1.0, sigma: float = 2.0) -> tuple[Array, NDArray[np.intp]]:
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(len(sizes)), sizes)
    return 50.0 + tau * rng.normal(size=len(sizes))[unit] + sigma * rng.normal(size=unit.size), unit


def _dense_slope(ratio: float, y: Array, unit: NDArray[np.intp]) -> float:
    """Differentiate the restricted likelihood with whole matrices, as the textbook writes it."""
    block = (unit[:, None] == unit).astype(float)
    inverse = np.linalg.inv(np.eye(y.size) + ratio * block)
    p = inverse - np.outer(inverse.sum(axis=1), inverse.sum(axis=0)) / inverse.sum()
    sigma2 = y @ p @ y / (y.size - 1)
    return float(0.5 * (y @ p @ block @ p @ y / sigma2 - np.trace(p @ block)))


@pytest.mark.parametrize("seed", range(6))
def test_reml_solves_the_likelihood_written_with_whole_matrices(seed: int) -> None:
    y, unit = _data(seed, [2, 9, 4, 1, 12, 30, 3, 6])
    root = brentq(_dense_slope, 1e-9, 1e3, args=(y, unit), xtol=1e-15, rtol=1e-15)
    found = unit_reliability(y, unit)
    assert found.tau2 / found.sigma2 == pytest.approx(root, rel=1e-8)
    inverse = np.linalg.inv(np.eye(y.size) + root * (unit[:, None] == unit))
    mean = inverse.sum(axis=0) @ y / inverse.sum()
    sigma2 = (y - mean) @ inverse @ (y - mean) / (y.size - 1)
    assert found.sigma2 == pytest.approx(sigma2, rel=1e-8)
    assert found.grand_mean == pytest.approx(mean, rel=1e-8)
    assert found.grand_mean_se == pytest.approx(math.sqrt(sigma2 / inverse.sum()), rel=1e-8)


def test_reml_and_mean_squares_agree_where_units_are_of_one_size() -> None:
    y, unit = _data(3, [7] * 20)
    reml, anova = unit_reliability(y, unit), unit_reliability(y, unit, method="anova")
    assert reml.tau2 == pytest.approx(anova.tau2, rel=1e-12)
    assert reml.icc2 == pytest.approx(anova.anova.icc2, rel=1e-12)
    assert reml.anova.icc1_n0 == pytest.approx(reml.anova.icc1_mean_size, rel=1e-12)


def test_it_finds_the_higher_of_two_maxima() -> None:
    # Tiny units far apart and vast ones close together: the likelihood rises at 0.004 and higher at 1.77.
    n, mean, squares = np.array([1, 341, 402, 2]), np.array([-1.8, 0.0, -0.11, 2.2]), np.array([0, 316.9, 378.0, 0])
    found = unit_reliability(ScoreSums.from_sums(list("abcd"), n, n * mean, squares + n * mean**2))

    def likelihood(ratio: float) -> float:
        w = n / (1 + ratio * n)
        q = squares.sum() + w @ (mean - w @ mean / w.sum()) ** 2
        df = n.sum() - 1
        return float(-0.5 * (df * (1 + np.log(2 * np.pi * q / df)) + np.log1p(ratio * n).sum() + np.log(w.sum())))

    assert likelihood(0.0041) > max(likelihood(0.001), likelihood(0.05))
    assert likelihood(1.77) > max(likelihood(0.05), likelihood(20.0), likelihood(0.0041))
    assert found.tau2 / found.sigma2 == pytest.approx(1.77, abs=0.01)
    assert found.log_likelihood == pytest.approx(likelihood(found.tau2 / found.sigma2), rel=1e-12)


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_the_interval_is_that_of_shrout_and_fleiss_in_balanced_data(level: float) -> None:
    y, unit = _data(5, [6] * 15)
    found = unit_reliability(y, unit, ci=level)
    f, k = found.anova.f, 6
    for end, tail in ((found.icc1_interval.low, 0.5 + level / 2), (found.icc1_interval.high, 0.5 - level / 2)):
        ratio = f / fdtri(14, 75, tail)
        assert end == pytest.approx((ratio - 1) / (ratio + k - 1), rel=1e-10)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(20)
    sizes = np.array([2, 3, 3, 5, 8, 10, 14, 20, 2, 6, 7, 30])
    unit = np.repeat(np.arange(sizes.size), sizes)
    covered = 0
    for _ in range(500):
        y = 0.5 * rng.normal(size=sizes.size)[unit] + math.sqrt(0.75) * rng.normal(size=unit.size)
        covered += 0.25 in unit_reliability(y, unit).icc1_interval
    # Exact at 0.95; 4 Monte Carlo standard errors of 500 draws.
    assert covered / 500 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 500))


@pytest.mark.parametrize("n_units", [6, 4000])
def test_the_profile_intervals_end_where_the_deviance_has_risen_by_the_quantile(n_units: int) -> None:
    sizes = np.random.default_rng(n_units).integers(1, 12, size=n_units)
    y, unit = _data(n_units, sizes.tolist(), tau=1.5)
    n = np.bincount(unit).astype(float)
    means = np.bincount(unit, weights=y) / n
    within = float(((y - means[unit]) ** 2).sum())

    def deviance(tau: float, sigma: float) -> float:
        variance = tau**2 + sigma**2 / n
        mean = (means / variance).sum() / (1 / variance).sum()
        between = (np.log(variance) + (means - mean) ** 2 / variance).sum()
        return float(between + 2 * (y.size - n.size) * math.log(sigma) + within / sigma**2)

    def of_logs(logs: Array) -> float:
        return deviance(math.exp(logs[0]), math.exp(logs[1]))

    lowest = minimize(of_logs, np.array([0.0, 0.5]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9}).fun
    between_, within_ = unit_reliability(y, unit).sd_intervals()
    for tau in (between_.low, between_.high):
        if tau > 0:
            risen = minimize_scalar(lambda s, t=tau: deviance(t, s), bounds=(1.0, 4.0), options={"xatol": 1e-9}).fun
            assert risen - lowest == pytest.approx(3.841458820694124, abs=1e-4)
    for sigma in (within_.low, within_.high):
        risen = minimize_scalar(lambda t, s=sigma: deviance(t, s), bounds=(0.0, 6.0), options={"xatol": 1e-9}).fun
        assert risen - lowest == pytest.approx(3.841458820694124, abs=1e-4)


def test_the_variances_recover_the_truth() -> None:
    found = np.array([[(r := unit_reliability(*_data(s, [3, 5, 8, 13] * 8))).tau2, r.sigma2] for s in range(200)])
    error = found.std(axis=0) / math.sqrt(200)
    assert np.all(np.abs(found.mean(axis=0) - [1.0, 4.0]) < 4 * error)


@given(st.integers(0, 10_000), st.floats(-1e3, 1e3), st.floats(0.01, 100), st.booleans())
@settings(max_examples=60, deadline=None)
def test_shift_scale_and_order_do_what_they_should(seed: int, shift: float, scale: float, negative: bool) -> None:
    rng = np.random.default_rng(seed)
    y, unit = _data(seed, [*rng.integers(1, 9, size=6).tolist(), 3], tau=float(rng.uniform(0, 2)))
    factor = -scale if negative else scale
    order = rng.permutation(y.size)
    first, second = unit_reliability(y, unit), unit_reliability(factor * y[order] + shift, unit[order])
    assert second.icc1 == pytest.approx(first.icc1, rel=1e-6, abs=1e-9)
    assert second.tau2 == pytest.approx(factor**2 * first.tau2, rel=1e-6, abs=1e-9 * factor**2)
    assert second.sigma2 == pytest.approx(factor**2 * first.sigma2, rel=1e-7)
    assert second.grand_mean == pytest.approx(factor * first.grand_mean + shift, rel=1e-7, abs=1e-6)
    assert second.icc1_interval.low == pytest.approx(first.icc1_interval.low, rel=1e-6, abs=1e-9)
    assert 0 <= first.icc1_interval.low <= first.icc1_interval.high < 1


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_batches_and_sums_give_what_the_rows_give(seed: int) -> None:
    y, unit = _data(seed, [4, 1, 6, 2, 9])
    half = y.size // 2
    merged = ScoreSums.from_scores(y[:half], unit[:half]) + ScoreSums.from_scores(y[half:], unit[half:])
    whole = unit_reliability(y, unit)
    assert unit_reliability(merged).icc1 == pytest.approx(whole.icc1, rel=1e-9, abs=1e-12)
    n = np.bincount(unit)
    sums = ScoreSums.from_sums(range(5), n, np.bincount(unit, weights=y), np.bincount(unit, weights=y**2))
    assert unit_reliability(sums).sigma2 == pytest.approx(whole.sigma2, rel=1e-9)


def test_fewer_scores_than_reliability_asks_for_are_counted_by_spearman_brown() -> None:
    found = unit_reliability(*_data(1, [5, 9, 14, 20, 6]))
    assert found.of(found.n_for(0.7)) == pytest.approx(0.7)
    assert found.of(0) == 0.0
    assert found.of(found.n0) == pytest.approx(found.icc2)


def test_published_learners_needed_at_common_iccs() -> None:
    # At ICC(1) of 0.05, 0.10 and 0.20, reliability 0.7 takes 44, 21 and 9-10 learners.
    y, unit = _data(1, [5, 9, 14, 20, 6])
    found = unit_reliability(y, unit)
    for icc, needed in ((0.05, 44.33), (0.10, 21.0), (0.20, 9.33)):
        odds = found.n_for(0.7) * found.tau2 / found.sigma2
        assert odds * (1 - icc) / icc == pytest.approx(needed, abs=0.01)


def test_no_difference_between_units_is_said() -> None:
    found = unit_reliability([1, 2, 3, 2, 2, 4, 1, 2, 4.5], list("aaabbbccc"))
    assert found.tau2 == 0.0
    assert found.icc1 == found.icc2 == 0.0
    assert found.anova.icc1_n0 < 0
    assert found.n_for(0.7) == math.inf
    assert "No difference between units beyond chance was found (tau2 = 0)." in found.notes
    assert found.icc1_interval.low == 0.0
    assert found.icc1_interval.high > 0.0


def test_an_interval_emptied_by_units_too_alike_is_said() -> None:
    found = unit_reliability([1, 2, 3, 1, 2, 3, 1, 2, 3.01], list("aaabbbccc"))
    assert (found.icc1_interval.low, found.icc1_interval.high) == (0.0, 0.0)
    assert any("more alike than chance" in note for note in found.notes)


@pytest.mark.parametrize("value", [0.0, 0.1, 3.3, 1e6 / 3])
def test_scores_that_are_all_equal_are_said_and_give_no_interval(value: float) -> None:
    found = unit_reliability([value] * 7, list("aaabbcc"))
    assert (found.tau2, found.sigma2) == (0.0, 0.0)
    assert math.isnan(found.icc1)
    assert math.isnan(found.icc1_interval.low)
    assert found.grand_mean == pytest.approx(value)
    assert any("All scores are equal" in note for note in found.notes)


def test_scores_that_do_not_differ_within_units_are_said() -> None:
    found = unit_reliability([1, 1, 2, 2, 2, 6], list("aabbbc"))
    assert found.sigma2 == 0.0
    assert found.icc1 == 1.0
    assert found.tau2 == pytest.approx(np.var([1, 2, 6], ddof=1))
    assert found.n_for(0.7) == 0.0
    assert any("do not differ within units" in note for note in found.notes)


def test_missing_scores_are_dropped_and_counted() -> None:
    y, unit = _data(2, [4, 5, 6])
    y[[0, 7]] = np.nan
    found = unit_reliability(y, unit)
    kept = ~np.isnan(y)
    assert found.n == 13
    assert found.n_missing == 2
    assert found.tau2 == unit_reliability(y[kept], unit[kept]).tau2
    assert "2 missing scores were dropped." in found.notes


@pytest.mark.parametrize(
    ("scores", "unit", "problem"),
    [
        ([1, 2, 3], ["a"] * 3, r"at least two units with scores; there is one unit \('a'\)"),
        ([1, 2, math.nan], ["a", "a", "b"], r"there is one unit \('a'\)"),
        ([math.nan] * 2, ["a", "b"], "there is no unit"),
        ([1, 2, 3], ["a", "b", "c"], "each of the 3 units has one score"),
        ([1, 2, 3], None, "scores need `unit`"),
    ],
)
def test_it_says_why_nothing_can_be_estimated(scores: Any, unit: Any, problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        unit_reliability(scores, unit)


def test_it_refuses_sums_with_units_and_unknown_methods_and_impossible_targets() -> None:
    sums = ScoreSums.from_scores([1, 2, 3, 5], list("aabb"))
    with pytest.raises(AnalysisError, match="leave `unit` out"):
        unit_reliability(sums, list("aabb"))
    with pytest.raises(AnalysisError, match='"reml" or "anova"'):
        unit_reliability(sums, method="ml")  # type: ignore[arg-type]
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        unit_reliability(sums).n_for(1.0)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=3, max_size=30))
@settings(deadline=None)
def test_small_whole_scores_never_break_it(people: list[tuple[int, int]]) -> None:
    units = {unit for _, unit in people}
    assume(1 < len(units) < len(people))
    found = unit_reliability([float(score) for score, _ in people], [unit for _, unit in people])
    assert found.tau2 >= 0
    assert found.sigma2 >= 0
    assert math.isfinite(found.grand_mean)
    assert "Reliability of units" in str(found)
