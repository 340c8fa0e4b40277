"""Omega of one factor: what it promises by simulation, closed forms, bad input; semTools' figures are in tests/reference."""

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import (
    AnalysisError,
    PairwiseTables,
    UnitMoments,
    alpha_from_covariance,
    bootstrap_interval,
    mcdonald_omega,
    omega_from_covariance,
)
from analysis.moments import Missing
from analysis.omega.unidimensional import OmegaKind

Answers = NDArray[np.float64]

LOADINGS = np.array([0.8, 0.7, 0.6, 0.75, 0.5])
CUTS = (-1.5, -1.0, -0.2, 0.9)  # skewed, as answers about placements are


def _underlying(n: int, seed: int, factor: Answers | None = None) -> Answers:
    rng = np.random.default_rng(seed)
    if factor is None:
        factor = rng.standard_normal(n)
    noise = np.sqrt(1 - LOADINGS**2) * rng.standard_normal((n, len(LOADINGS)))
    found: Answers = factor[:, None] * LOADINGS + noise
    return found


def _answers(n: int, seed: int) -> Answers:
    return np.searchsorted(CUTS, _underlying(n, seed)).astype(np.float64) + 1


def test_each_kind_is_the_correlation_of_two_administrations_of_its_own_sum() -> None:
    n = 100_000
    factor = np.random.default_rng(1).standard_normal(n)
    first, second = _underlying(n, 2, factor), _underlying(n, 3, factor)
    cut = [np.searchsorted(CUTS, underlying).astype(np.float64) + 1 for underlying in (first, second)]
    of_answers = np.corrcoef(cut[0].sum(axis=1), cut[1].sum(axis=1))[0, 1]
    of_underlying = np.corrcoef(first.sum(axis=1), second.sum(axis=1))[0, 1]
    error = 4 * (1 - of_answers**2) / np.sqrt(n)
    assert mcdonald_omega(cut[0], kind="categorical").total == pytest.approx(of_answers, abs=error)
    assert mcdonald_omega(cut[0], kind="latent").total == pytest.approx(of_underlying, abs=error)
    assert of_underlying - of_answers > 2 * error
    # Taken as numbers, answers with skewed categories are not quite one factor; it costs little.
    assert mcdonald_omega(cut[0]).total == pytest.approx(of_answers, abs=0.01)
    assert mcdonald_omega(first).total == pytest.approx(of_underlying, abs=error)


def test_loadings_that_are_all_alike_make_omega_alpha() -> None:
    covariance = np.full((4, 4), 0.3) + np.diag([0.4, 0.9, 1.5, 2.0])
    assert float(omega_from_covariance(covariance)) == pytest.approx(float(alpha_from_covariance(covariance)), abs=1e-9)


def test_one_factor_leaves_no_doubt_about_the_variance_where_it_fits() -> None:
    covariance = np.outer(LOADINGS, LOADINGS) + np.diag(1 - LOADINGS**2)
    expected = LOADINGS.sum() ** 2 / covariance.sum()
    assert float(omega_from_covariance(covariance)) == pytest.approx(expected, abs=1e-10)
    root = np.linalg.cholesky(covariance)
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((200, 5))
    white = (noise - noise.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T))).T
    omega = mcdonald_omega(white @ root.T)
    assert omega.total == pytest.approx(expected, abs=1e-9)
    assert omega.total_implied == pytest.approx(expected, abs=1e-9)
    assert omega.rmsr == pytest.approx(0.0, abs=1e-9)
    assert omega.average_variance_extracted == pytest.approx((LOADINGS**2).mean(), abs=1e-9)
    np.testing.assert_allclose(omega.loadings, LOADINGS, atol=1e-8)
    np.testing.assert_allclose(omega.uniquenesses, 1 - LOADINGS**2, atol=1e-8)
    assert (omega.hierarchical, omega.ecv) == (omega.total, 1.0)


@pytest.mark.parametrize("kind", ["linear", "categorical", "latent"])
def test_a_state_gives_what_its_answers_give(kind: OmegaKind) -> None:
    answers = _answers(300, 5)
    answers[::7, 2] = np.nan
    ways: tuple[Missing, ...] = ("pairwise", "listwise")
    for missing in ways:
        tables = PairwiseTables.from_responses(answers, missing=missing)
        from_rows = mcdonald_omega(answers, kind=kind, missing=missing)
        assert mcdonald_omega(tables, kind=kind, missing=missing).total == from_rows.total
        assert from_rows.n == (300 if missing == "pairwise" else 257)
        assert from_rows.missing == missing


def test_moments_by_unit_serve_the_linear_kind_and_say_so_of_the_others() -> None:
    answers = _answers(300, 6)
    moments = UnitMoments.from_responses(answers, np.arange(300) % 10)
    assert mcdonald_omega(moments).total == mcdonald_omega(answers).total
    with pytest.raises(AnalysisError, match="need tables of answers, which UnitMoments does not keep"):
        mcdonald_omega(moments, kind="categorical")


def test_a_stack_of_covariances_serves_the_bootstrap() -> None:
    answers = _answers(400, 7)
    covariance = np.cov(answers.T)
    assert float(omega_from_covariance(covariance)) == pytest.approx(mcdonald_omega(answers).total, abs=1e-10)
    assert omega_from_covariance(np.array([[covariance, 2 * covariance]])).shape == (1, 2)
    unit = np.repeat(np.arange(40), 10)
    interval = bootstrap_interval(omega_from_covariance, answers, unit, n_resamples=200)
    assert mcdonald_omega(answers).total in interval
    assert interval.high - interval.low < 0.15
    with pytest.raises(AnalysisError, match="at least 3 items needed, got 2"):
        omega_from_covariance(covariance[:2, :2])


@pytest.mark.parametrize("kind", ["linear", "categorical", "latent"])
def test_an_item_keyed_the_other_way_is_pointed_out(kind: OmegaKind) -> None:
    answers = _answers(300, 8)
    answers[:, 1] = 6 - answers[:, 1]
    omega = mcdonald_omega(answers, kind=kind)
    assert omega.loadings[1] < 0
    assert "negative loading: item_2 (keyed the other way?)" in omega.notes
    assert omega.total < mcdonald_omega(_answers(300, 8), kind=kind).total - 0.2


def test_the_latent_kind_says_that_its_sum_is_not_observed() -> None:
    printed = str(mcdonald_omega(_answers(300, 9), kind="latent"))
    assert printed.startswith("McDonald's omega 0.")
    assert "of the sum of the normal variables underlying the answers, which nobody observes" in printed


def test_the_table_has_a_row_for_every_item() -> None:
    omega = mcdonald_omega(_answers(300, 10))
    frame = omega.to_frame()
    assert list(frame.columns) == ["loading", "uniqueness"]
    np.testing.assert_array_equal(frame["loading"], omega.loadings)


@pytest.mark.parametrize(
    ("answers", "kind", "problem"),
    [
        ([[1], [2], [3]], "linear", "at least 3 items needed, got 1"),
        ([[1, 2], [2, 1], [3, 3]], "linear", "at least 3 items needed, got 2"),
        ([[1, 2], [2, 1], [3, 3]], "categorical", "at least 3 items needed, got 2"),
        ([[1, 2, 1], [2, 1, 1], [3, 3, 1]], "latent", "item item_3 is constant: every answer is 1"),
        ([[1, 2, 1], [2, 1.5, 2], [3, 3, 1]], "latent", "item item_2 has 1 value that is not a whole number"),
        ([[1, 2, 1], [2, 1, 2], [3, 3, 1]], "ordinal", 'kind is "linear", "categorical" or "latent", not \'ordinal\''),
    ],
)
def test_answers_that_it_cannot_use_are_named(answers: list[list[float]], kind: OmegaKind, problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        mcdonald_omega(answers, kind=kind)


@pytest.mark.parametrize("kind", ["categorical", "latent"])
def test_an_answer_that_nobody_gave_is_said_and_costs_nothing_underneath(kind: OmegaKind) -> None:
    answers = _answers(300, 12)
    opened = np.where(
        answers > 3, answers + 1, answers
    )  # now nobody answers 4, and 5 and 6 are apart from 3 by one more
    without, found = mcdonald_omega(answers, kind=kind), mcdonald_omega(opened, kind=kind)
    assert any(note.startswith("nobody answered 4 to item_1") for note in found.notes)
    np.testing.assert_allclose(found.loadings, without.loadings, rtol=1e-9)
    if kind == "latent":
        assert found.total == pytest.approx(without.total, rel=1e-9)
    else:
        assert abs(found.total - without.total) > 1e-4  # the sum of the answers is another


def test_an_item_that_repeats_another_is_named() -> None:
    answers = _answers(300, 11)
    twice = np.column_stack((answers, answers[:, 0]))
    with pytest.raises(AnalysisError, match="each of item_1, item_6 follows exactly from the others: leave one out"):
        mcdonald_omega(twice)
    with pytest.raises(AnalysisError, match="no sampling variance to be weighted by: item_1 and item_6"):
        mcdonald_omega(twice, kind="categorical")


def test_pairwise_covariances_that_no_answers_could_have_are_refused() -> None:
    rng = np.random.default_rng(0)
    answers = np.full((60, 3), np.nan)
    x, y, z = rng.integers(1, 6, (3, 20)).astype(float)
    answers[:20, 0], answers[:20, 1] = x, x  # agree wherever both are answered
    answers[20:40, 1], answers[20:40, 2] = y, y
    answers[40:, 0], answers[40:, 2] = z, 6 - z  # and yet the outer two disagree
    with pytest.raises(
        AnalysisError, match=r'not positive definite .* too many answers are missing; use missing="listwise"'
    ):
        mcdonald_omega(answers)


def test_a_heywood_case_names_its_item() -> None:
    r = np.array([[1.0, 0.8, 0.7], [0.8, 1.0, 0.4], [0.7, 0.4, 1.0]])  # 0.8 * 0.7 / 0.4 > 1
    rng = np.random.default_rng(2)
    noise = rng.standard_normal((100, 3))
    white = (noise - noise.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T))).T
    values = white @ np.linalg.cholesky(r).T
    with pytest.raises(AnalysisError, match=r"variance below nought to item_1 \(-0.400\) \(a Heywood case\)"):
        mcdonald_omega(values)
    cut = np.searchsorted([-0.7, 0.6], rng.standard_normal((5000, 3)) @ np.linalg.cholesky(r).T) + 1
    with pytest.raises(AnalysisError, match=r"variance below nought to item_1 \(-0\.[34]"):
        mcdonald_omega(cut, kind="categorical")


def test_items_that_share_nothing_have_no_factor() -> None:
    r = np.array([[1.0, 0.3, -0.3], [0.3, 1.0, 0.3], [-0.3, 0.3, 1.0]])  # the product of the three is negative
    noise = np.random.default_rng(3).standard_normal((100, 3))
    white = (noise - noise.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T))).T
    with pytest.raises(AnalysisError, match=r"no one-factor model was found|a Heywood case"):
        mcdonald_omega(white @ np.linalg.cholesky(r).T)
