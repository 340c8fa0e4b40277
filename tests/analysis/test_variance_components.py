"""Crossed and nested levels against the model written with whole matrices."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from analysis import AnalysisError, level_elimination, variance_components
from analysis.variance_components import CrossedLevels

Array = NDArray[np.float64]
Codes = list[NDArray[np.int64]]


def _numbered(*labels: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.unique(np.column_stack(labels), axis=0, return_inverse=True)[1].ravel()


def _nested(rng: np.random.Generator) -> Codes:
    """Placements of providers, with cells of placement and year; years are crossed."""
    unit, year = rng.integers(0, 12, 90), rng.integers(0, 3, 90)
    provider = (np.arange(12) % 4)[unit]
    return [_numbered(unit), _numbered(provider), _numbered(year), _numbered(unit, year)]


def _crossed(rng: np.random.Generator) -> Codes:
    return [_numbered(rng.integers(0, size, 90)) for size in (14, 9, 5)]


def _one(rng: np.random.Generator) -> Codes:
    return [_numbered(rng.integers(0, 11, 90))]


DESIGNS = {"nested": _nested, "crossed": _crossed, "one": _one}
every_design = pytest.mark.parametrize("design", DESIGNS)


def _data(design: str, seed: int = 3) -> tuple[Array, Codes, Array]:
    rng = np.random.default_rng(seed)
    codes = DESIGNS[design](rng)
    x = np.column_stack([rng.normal(size=90), rng.integers(0, 2, 90)])
    y = 60 + x @ [2.0, -3.0] + 5 * rng.normal(size=90)
    for code in codes:
        y = y + 3 * rng.normal(size=code.max() + 1)[code]
    return y, codes, x


@pytest.fixture(autouse=True)
def no_design_is_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eliminate level by level what is here small enough to be solved as one matrix."""
    monkeypatch.setattr(level_elimination, "_TINY", 0)


def _levels(design: str) -> CrossedLevels:
    y, codes, x = _data(design)
    return CrossedLevels.of_rows(y, codes, x, ["age", "woman"])


class _Whole:
    """The model with V as one matrix."""

    def __init__(self, design: str, ratios: Array) -> None:
        y, codes, x = _data(design)
        self.z = np.hstack([np.eye(code.max() + 1)[code] for code in codes])
        self.x = np.column_stack([np.ones(y.size), x - x.mean(axis=0)])
        self.gamma = np.repeat(ratios, [code.max() + 1 for code in codes])
        v = np.eye(y.size) + self.z @ np.diag(self.gamma) @ self.z.T
        self.inverse = np.linalg.inv(v)
        self.information = self.x.T @ self.inverse @ self.x
        self.beta = np.linalg.solve(self.information, self.x.T @ self.inverse @ y)
        self.residual = y - self.x @ self.beta
        self.df = y.size - self.x.shape[1]
        self.squares = float(self.residual @ self.inverse @ self.residual)
        self.value = self.df * (1 + np.log(2 * np.pi * self.squares / self.df))
        self.value += float(np.linalg.slogdet(v)[1] + np.linalg.slogdet(self.information)[1])
        self.effects = self.gamma * (self.z.T @ self.inverse @ self.residual)

    def error_variance(self, combination: Array, fixed: Array) -> tuple[float, float]:
        """Take the variance of c'u - c'u^ with b known, and of c'u + f'b and its estimate."""
        lz = self.gamma[:, None] * self.z.T @ self.inverse
        own = combination @ (np.diag(self.gamma) - lz @ self.z * self.gamma) @ combination
        rest = fixed - combination @ lz @ self.x
        sigma2 = self.squares / self.df
        return sigma2 * own, sigma2 * (own + rest @ np.linalg.solve(self.information, rest))


def _ratios(design: str) -> list[Array]:
    rng = np.random.default_rng(1)
    n = {"nested": 4, "crossed": 3, "one": 1}[design]
    return [rng.exponential(0.5, n), np.where(np.arange(n) % 2 == 0, 0.4, 0.0), np.zeros(n), np.full(n, 1e4)]


@every_design
def test_the_likelihood_and_the_predictions_are_those_of_whole_matrices(design: str) -> None:
    levels = _levels(design)
    for ratios in _ratios(design):
        whole, found = _Whole(design, ratios), levels.at(ratios)
        assert found.value == pytest.approx(whole.value, rel=1e-11)
        assert found.residual_variance == pytest.approx(whole.squares / whole.df, rel=1e-9)
        np.testing.assert_allclose(found.information, whole.information, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(found.effects(), whole.effects, atol=1e-8)
        # Columns are centred, so that the intercept is that less the mean of all scores.
        beta = found.beta + np.array([levels.centre[-1], 0, 0])
        np.testing.assert_allclose(beta, whole.beta, rtol=1e-8)


@every_design
def test_the_slopes_are_those_of_differences(design: str) -> None:
    levels = _levels(design)
    ratios = _ratios(design)[0]
    _, slopes = levels.slopes(ratios)
    for level, ratio in enumerate(ratios):
        step = np.where(np.arange(ratios.size) == level, 1e-5 * ratio, 0.0)
        ahead, behind = _Whole(design, ratios + step).value, _Whole(design, ratios - step).value
        assert slopes[level] == pytest.approx((ahead - behind) / (2e-5 * ratio), rel=1e-6, abs=1e-5)


def _check_error_variances(design: str) -> None:
    levels = _levels(design)
    containing = {"nested": [1], "crossed": [], "one": []}[design]
    first = np.concatenate([[0], np.cumsum(levels.sizes)])
    _, codes, _ = _data(design)
    everywhere = np.zeros(first[-1])
    if len(levels.sizes) > 2:
        everywhere[first[2] : first[3]] = np.bincount(codes[2]) / 90
    others = np.zeros((levels.sizes[0], first[-1]))
    for level in containing:
        others[codes[0], first[level] + codes[level]] = 1.0
    fixed = np.array([1.0, 0.3, -0.2])
    for ratios in _ratios(design)[:3]:
        alone, whole = levels.at(ratios).error_variance(0, sparse.csc_array(others), everywhere, fixed)
        dense = _Whole(design, ratios)
        for place in range(levels.sizes[0]):
            own = others[place] + np.eye(first[-1])[place]
            assert alone[place] == pytest.approx(dense.error_variance(own, fixed)[0], rel=1e-8, abs=1e-12)
            assert whole[place] == pytest.approx(dense.error_variance(own + everywhere, fixed)[1], rel=1e-8)


@every_design
def test_the_error_variances_are_those_of_whole_matrices(design: str) -> None:
    _check_error_variances(design)


@every_design
@pytest.mark.parametrize(
    "narrow",
    [
        lambda patch: patch.setattr(level_elimination, "_TINY", 150),
        lambda patch: patch.setattr(variance_components, "_FULL", 2),
        lambda patch: (patch.setattr(level_elimination, "_SMALL", 0), patch.setattr(level_elimination, "_FILLED", 2.0)),
    ],
    ids=["one matrix", "column by column", "sparse core"],
)
def test_every_way_to_solve_gives_the_same(
    design: str, narrow: Callable[[pytest.MonkeyPatch], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _levels(design).slopes(_ratios(design)[0])
    narrow(monkeypatch)
    after = _levels(design).slopes(_ratios(design)[0])
    assert after[0] == pytest.approx(before[0], rel=1e-12)
    np.testing.assert_allclose(after[1], before[1], rtol=1e-9)
    _check_error_variances(design)


def test_levels_that_contain_one_another_are_eliminated_one_by_one() -> None:
    # Cells of placement and year, then placements, then providers; years are met by every provider.
    assert _levels("nested").plan.chain == (3, 0, 1)
    assert _levels("crossed").plan.chain == (0,)


def test_places_without_rows_are_predicted_at_the_mean_of_their_level() -> None:
    y, codes, x = _data("one")
    with_empty = CrossedLevels.of_rows(y, codes, x, ["age", "woman"], sizes=[13])
    found, plain = with_empty.at(np.array([0.3])), _levels("one").at(np.array([0.3]))
    assert found.value == pytest.approx(plain.value, rel=1e-13)
    np.testing.assert_allclose(found.effects()[:11], plain.effects(), rtol=1e-12)
    np.testing.assert_array_equal(found.effects()[11:], 0.0)


def test_every_covariate_that_says_nothing_new_is_named() -> None:
    y, codes, x = _data("one")
    doubled = np.column_stack([x, np.full(90, 3.0), x @ [1.0, 2.0]])
    with pytest.raises(AnalysisError) as caught:
        CrossedLevels.of_rows(y, codes, doubled, ["age", "woman", "country", "sum"])
    assert caught.value.problems == (
        "covariate country is constant",
        "covariate sum is a combination of the ones before it",
    )
