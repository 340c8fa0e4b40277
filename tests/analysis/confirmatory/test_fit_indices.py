"""Indices of fit: limits, and the noncentral distribution that intervals come from."""

import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from scipy.stats import ncx2

from analysis import InformationCriteria, ModelFit, RobustFit, confirm_factors
from analysis.confirmatory.estimation.chi_square import ChiSquare
from analysis.confirmatory.estimation.solution import ModelTest
from analysis.confirmatory.fit_indices import _model_fit
from analysis.item_responses import FloatArray


def _of(value: float, df: int, baseline: float = 1000.0, n: int = 400, n_groups: int = 1) -> ModelFit:
    return _model_fit(ModelTest(ChiSquare(value, df, 1.0, 0.0), ChiSquare(baseline, 36, 1.0, 0.0)), n, n_groups)


@pytest.mark.parametrize(
    ("value", "df", "n"), [(85.3, 24, 301), (30.0, 24, 301), (6000.0, 265, 2435), (450.0, 419, 1200)]
)
def test_intervals_hold_the_noncentralities_that_scipy_says(value: float, df: int, n: int) -> None:
    found = _of(value, df, baseline=20_000, n=n).rmsea_interval
    for rmsea, tail in ((found.low, 0.95), (found.high, 0.05)):
        if rmsea > 0:
            assert ncx2.cdf(value, df, n * df * rmsea**2) == pytest.approx(tail, abs=1e-7)
        else:
            assert ncx2.cdf(value, df, 1e-12) <= tail


def test_the_interval_covers_rmsea_nine_times_in_ten() -> None:
    n, df, rmsea = 500, 30, 0.06
    drawn = np.random.default_rng(1).noncentral_chisquare(df, n * df * rmsea**2, size=4_000)
    intervals = [_of(value, df, n=n).rmsea_interval for value in drawn]
    covered = np.mean([interval.low <= rmsea <= interval.high for interval in intervals])
    assert covered == pytest.approx(0.90, abs=4 * math.sqrt(0.09 / 4_000))


def test_p_of_close_fit_is_uniform_where_fit_is_close() -> None:
    n, df = 500, 30
    drawn = np.random.default_rng(2).noncentral_chisquare(df, n * df * 0.05**2, size=4_000)
    p = np.array([_of(value, df, n=n).p_close for value in drawn])
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.015)


def test_a_chi_square_below_its_degrees_of_freedom_is_perfect_but_for_tli() -> None:
    found = _of(10.0, 24)
    assert (found.cfi, found.rmsea, found.rmsea_interval.low) == (1.0, 0.0, 0.0)
    assert found.tli > 1
    assert found.rni > 1


def test_a_model_as_bad_as_the_baseline_has_no_comparative_fit() -> None:
    found = _of(1000.0, 36)
    assert found.cfi == pytest.approx(0.0)
    assert found.nfi == pytest.approx(0.0)


def test_groups_count_in_rmsea() -> None:
    assert _of(85.0, 24, n_groups=2).rmsea == pytest.approx(math.sqrt(2) * _of(85.0, 24).rmsea)


def test_robust_indices_estimate_what_normal_answers_would_give(
    draw: Callable[..., FloatArray], two_factors: Mapping[str, list[str]]
) -> None:
    # One factor for two: the misfit is plain. Cubed, the answers are far from normal.
    rng = np.random.default_rng(3)
    factors = rng.normal(size=(20_000, 2)) @ np.linalg.cholesky(np.array([[1, 0.5], [0.5, 1]])).T
    normal = 0.7 * factors[:, [0, 0, 0, 1, 1, 1]] + 0.7 * rng.normal(size=(20_000, 6))
    heavy = normal * np.sqrt(4 / rng.chisquare(6, size=(20_000, 1)))
    model = {"F": [f"item_{item}" for item in range(1, 7)]}
    truth = confirm_factors(model, normal, "ML").fit.naive
    found = confirm_factors(model, heavy, "MLR").fit
    assert isinstance(found.robust, RobustFit)
    assert isinstance(found.scaled, ModelFit)
    assert found.robust.rmsea == pytest.approx(truth.rmsea, rel=0.05)
    assert found.robust.cfi == pytest.approx(truth.cfi, abs=0.015)
    assert found.scaled.rmsea < 0.9 * truth.rmsea


def test_indices_print_as_a_table_with_all_three_kinds_beside_each_other() -> None:
    answers = np.random.default_rng(3).integers(1, 6, (200, 1)) + np.random.default_rng(4).integers(0, 3, (200, 4))
    fit = confirm_factors("f =~ item_1 + item_2 + item_3 + item_4", answers, "MLR")
    frame = fit.fit.to_frame()
    assert list(frame.columns) == ["naive", "scaled", "robust"]
    assert isinstance(fit.fit.scaled, ModelFit)
    assert isinstance(fit.fit.robust, RobustFit)
    assert frame.loc["chi-square", "scaled"] == fit.fit.scaled.chi_square
    assert frame.loc["RMSEA, 90 % high", "robust"] == fit.fit.robust.rmsea_interval.high
    assert math.isnan(frame.loc["chi-square", "robust"])
    assert frame.loc["SRMR", "naive"] == fit.fit.srmr
    assert isinstance(fit.fit.information, InformationCriteria)
    line = f"AIC = {fit.fit.information.aic:.3f}, BIC = {fit.fit.information.bic:.3f}"
    assert line in str(fit)
    assert line in str(fit.fit)


def test_what_a_table_of_indices_lacks_is_said_beneath_it() -> None:
    answers = np.random.default_rng(3).integers(1, 6, (200, 1)) + np.random.default_rng(4).integers(0, 3, (200, 4))
    said = str(confirm_factors("f =~ item_1 + item_2 + item_3 + item_4", answers, "ML").fit)
    assert "scaled: " in said
    said = str(confirm_factors("f =~ item_1 + item_2 + item_3 + item_4", answers).fit)
    assert "AIC and BIC: not estimated: least squares have no likelihood" in said
