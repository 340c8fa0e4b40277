"""Standard errors, degrees of freedom and intervals of a mixed model."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import chi2

from analysis import LevelVariances, mixed_scores, unit_scores
from analysis.mixed.estimates import level_variances
from analysis.restricted_maximum import ratio_covariance, restricted_maximum
from analysis.variance_components import CrossedLevels, LevelsAt

Array = NDArray[np.float64]


def _data(
    seed: int, sds: tuple[float, float] = (3.0, 2.0)
) -> tuple[Array, NDArray[np.int64], NDArray[np.int64], Array]:
    rng = np.random.default_rng(seed)
    unit, year = rng.integers(0, 20, 160), rng.integers(0, 6, 160)
    x = rng.normal(size=160)
    y = 50 + 2 * x + sds[0] * rng.normal(size=20)[unit] + sds[1] * rng.normal(size=6)[year] + 4 * rng.normal(size=160)
    return y, unit, year, x


def _variances(seed: int, level: float = 0.95) -> LevelVariances:
    y, unit, year, x = _data(seed)
    return mixed_scores(y, unit, {"x": x}, {"year": year}, ci=level).variances


def _minus_two_l(variances: Array, seed: int, sds: tuple[float, float] = (3.0, 2.0)) -> float:
    y, unit, year, x = _data(seed, sds)
    v = variances[2] * np.eye(160) + sum(
        variance * (code[:, None] == code) for variance, code in zip(variances, (unit, year), strict=False)
    )
    fixed = np.column_stack([np.ones(160), x])
    inverse = np.linalg.inv(v)
    information = fixed.T @ inverse @ fixed
    residual = y - fixed @ np.linalg.solve(information, fixed.T @ inverse @ y)
    return float(np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1] + residual @ inverse @ residual)


def test_the_standard_errors_of_variances_are_those_of_the_curvature_in_all_of_them() -> None:
    found = _variances(3)
    steps = np.diag(1e-3 * found.variance)
    hessian = np.empty((3, 3))
    for i, first in enumerate(steps):
        for j, second in enumerate(steps):
            corners = [
                a * b * _minus_two_l(found.variance + a * first + b * second, 3) for a in (-1, 1) for b in (-1, 1)
            ]
            hessian[i, j] = sum(corners) / (4 * first.sum() * second.sum())
    expected = np.sqrt(np.diag(np.linalg.inv(0.5 * hessian)))
    np.testing.assert_allclose(found.standard_error, expected, rtol=1e-4)


def test_in_a_balanced_one_way_layout_degrees_of_freedom_are_the_textbooks() -> None:
    rng = np.random.default_rng(1)
    unit = np.repeat(np.arange(12), 7)
    y = 50 + 3 * rng.normal(size=12)[unit] + 4 * rng.normal(size=84)
    found = mixed_scores(y, unit)
    assert found.fixed_effects.df[0] == pytest.approx(11, rel=1e-6)
    means = y.reshape(12, 7).mean(axis=1)
    assert found.fixed_effects.standard_error[0] == pytest.approx(means.std(ddof=1) / np.sqrt(12), rel=1e-8)
    # The residual is a mean square with 72 degrees of freedom.
    residual = found.variances.variance[-1]
    assert found.variances.standard_error[-1] == pytest.approx(residual * np.sqrt(2 / 72), rel=1e-6)
    ends = 72 * residual / chi2.ppf([0.975, 0.025], 72)
    np.testing.assert_allclose(found.variances.interval[-1], ends, rtol=1e-6)


def test_the_interval_of_a_variance_covers_it() -> None:
    covered = []
    for seed in range(120):
        y, unit, year, x = _data(seed)
        fit = restricted_maximum(CrossedLevels.of_rows(y, [unit, year], x[:, None], ["x"]))
        covariance = ratio_covariance(fit.point.levels, fit.ratios)
        found = level_variances(fit, covariance, ("unit", "year"), ("unit", "crossed"), (20, 6), 0.95)
        covered.append((found.interval[:, 0] <= [9, 4, 16]) & (found.interval[:, 1] >= [9, 4, 16]))
    # 4 Monte Carlo standard errors of 0.95 over 120 samples.
    np.testing.assert_allclose(np.mean(covered, axis=0), 0.95, atol=4 * np.sqrt(0.95 * 0.05 / 120))


def test_a_variance_of_0_has_no_standard_error_and_ends_where_its_profile_does() -> None:
    y, unit, year, x = _data(3)
    y = y - np.array([y[year == place].mean() for place in range(6)])[year]
    found = mixed_scores(y, unit, {"x": x}, {"year": year})
    variances = found.variances
    assert variances.variance[1] == 0.0
    assert np.isnan(variances.standard_error[1])
    assert variances.interval[1, 0] == 0.0
    assert "No difference between places of year beyond chance was found (variance 0)." in found.notes

    levels = CrossedLevels.of_rows(y, [unit, year], x[:, None], ["x"])
    top = restricted_maximum(levels).point.value
    grid = np.geomspace(1e-3, 10, 400)

    def best(ratio: float) -> LevelsAt:
        return min((levels.at(np.array([other, ratio])) for other in grid), key=lambda at: at.value)

    end = brentq(lambda ratio: best(ratio).value - top - chi2.ppf(0.95, 1), 0.0, 10.0, rtol=1e-4)
    assert variances.interval[1, 1] == pytest.approx(end * best(end).residual_variance, rel=2e-3)


def test_shares_add_up_and_a_higher_level_is_a_longer_interval() -> None:
    narrow, wide = _variances(3, 0.8), _variances(3, 0.99)
    assert narrow.share.sum() == pytest.approx(1.0)
    assert (wide.interval[:, 0] < narrow.interval[:, 0]).all()
    assert (wide.interval[:, 1] > narrow.interval[:, 1]).all()
    assert narrow.name == ("unit", "year", "residual")
    assert narrow.n_places.tolist() == [20, 6, 160]


def test_they_print_their_tables() -> None:
    y, unit, year, x = _data(3)
    group = np.where(x > 0, "nurse", "doctor")
    found = mixed_scores(y, unit, {"group": group}, {"year": year}, reference={"group": "doctor"})
    lines = str(found.fixed_effects).splitlines()
    assert lines[1].split() == ["effect", "estimate", "se", "df", "95", "%", "low", "high", "p"]
    assert lines[3].startswith("group = nurse")
    assert lines[-1] == "group: compared with doctor"
    assert str(found.variances).splitlines()[-1].startswith("residual")
    assert unit_scores(y, unit).fit.n_units == found.variances.n_places[0]
