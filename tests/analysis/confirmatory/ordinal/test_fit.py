"""WLSMV as a whole: recovery, clusters, samples of rows."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis import ModelFit, ResponseModel, confirm_factors, simulate_responses
from analysis.item_responses import FloatArray

Draw = Callable[..., FloatArray]
Model = Mapping[str, list[str]]

TRUTH = {
    "Team": {"q1": 0.8, "q2": 0.7, "q3": 0.6, "q4": 0.75},
    "Space": {"q5": 0.8, "q6": 0.7, "q7": 0.65, "q8": 0.55},
}
LOADINGS = np.array([value for items in TRUTH.values() for value in items.values()])


def _scaled(fit: object) -> ModelFit:
    assert isinstance(fit, ModelFit)
    return fit


def test_it_recovers_what_answers_were_drawn_from(draw: Draw, two_factors: Model) -> None:
    fit = confirm_factors(two_factors, draw(8_000, 1))
    off = (fit.standardized.sum(axis=1) - LOADINGS) / fit.standard_errors.sum(axis=1)
    assert np.abs(off).max() < 4
    assert fit.factor_correlations[0, 1] == pytest.approx(0.5, abs=0.06)
    assert _scaled(fit.fit.scaled).p > 0.001


def test_theta_is_delta_in_other_units(draw: Draw, two_factors: Model) -> None:
    answers = draw(400, 2)
    delta, theta = (confirm_factors(two_factors, answers, parameterization=kind) for kind in ("delta", "theta"))
    assert_allclose(theta.standardized, delta.standardized, atol=1e-8)
    assert_allclose(theta.standard_errors, delta.standard_errors, atol=1e-8)
    assert _scaled(theta.fit.scaled).chi_square == pytest.approx(_scaled(delta.fit.scaled).chi_square, rel=1e-8)


def test_respondents_counted_twice_are_seen_through_by_clusters(draw: Draw, two_factors: Model) -> None:
    answers = draw(500, 3)
    twice, person = np.repeat(answers, 2, axis=0), np.repeat(np.arange(500), 2)
    once = confirm_factors(two_factors, answers)
    naive, seen = confirm_factors(two_factors, twice), confirm_factors(two_factors, twice, cluster=person)
    assert_allclose(seen.standardized, once.standardized, atol=1e-9)
    assert_allclose(seen.standard_errors, once.standard_errors, rtol=2e-3)
    assert_allclose(naive.standard_errors, once.standard_errors / np.sqrt(2), rtol=2e-3)
    assert _scaled(seen.fit.scaled).chi_square == pytest.approx(_scaled(once.fit.scaled).chi_square, rel=0.02)
    assert _scaled(naive.fit.scaled).chi_square > 1.5 * _scaled(once.fit.scaled).chi_square


def test_clusters_cover_the_truth_where_independence_does_not(two_factors: Model) -> None:
    # A fifth of the factors' variance lies between 40 placements of 15 learners.
    model = ResponseModel.of(TRUTH, thresholds=(-1.3, -0.5, 0.4), within=0.5, latent_icc=0.2)
    cuts = np.concatenate(model.thresholds)
    placement = [unit for unit in range(40) for _ in range(15)]
    covered: dict[bool, list[float]] = {True: [], False: []}
    rejected = []
    for seed in range(60):
        answers = simulate_responses(model, 600, seed=seed, unit=placement).responses
        for clustered, found in covered.items():
            fit = confirm_factors(two_factors, answers, cluster=placement if clustered else None)
            table = fit.estimates
            of_cut = np.array([operator == "|" for operator in table.operator])
            off = np.abs(table.estimate[of_cut] - cuts) / table.standard_error[of_cut]
            found.append(float((off < 1.96).mean()))
            if clustered:
                rejected.append(_scaled(fit.fit.scaled).p < 0.05)
    # Standard error of the mean coverage over 60 draws: some 0.008, thresholds of one draw going together.
    assert np.mean(covered[True]) == pytest.approx(0.95, abs=0.03)
    assert np.mean(covered[False]) < 0.91
    # 3 of 60 are expected; more than 9 come about once in two thousand times.
    assert sum(rejected) <= 9


def test_clusters_may_lie_across_groups(draw: Draw, two_factors: Model) -> None:
    answers = draw(600, 4)
    twice = np.vstack([answers, answers])  # the same people in both groups
    group, person = np.repeat(["before", "after"], 600), np.tile(np.arange(600), 2)
    for estimator in ("WLSMV", "MLR"):
        fits = [
            confirm_factors(two_factors, twice, estimator, group=group, equal=["loadings"], cluster=cluster)
            for cluster in (person, None)
        ]
        errors = [fit.groups[0].loading_errors[1, 0] for fit in fits]
        # Equal loadings rest on both groups, which say the same: no more than one of them does.
        assert errors[0] == pytest.approx(np.sqrt(2) * errors[1], rel=0.02)


def test_a_sample_of_rows_gives_the_test_within_its_stated_error(draw: Draw, two_factors: Model) -> None:
    answers = draw(20_000, 5)
    whole = confirm_factors(two_factors, answers)
    exact = _scaled(whole.fit.scaled).chi_square
    off = []
    for seed in range(12):
        part = confirm_factors(two_factors, answers, gamma_rows=2_000, seed=seed)
        assert_allclose(part.standardized, whole.standardized, atol=1e-12)
        assert_allclose(part.standard_errors, whole.standard_errors, rtol=0.2)
        assert f"Gamma from 2000 of 20000 rows drawn at random (seed {seed})" in "\n".join(part.notes)
        off.append((_scaled(part.fit.scaled).chi_square - exact) / part.solution.sampling_error)
    assert 0.4 < np.sqrt(np.mean(np.square(off))) < 2.0


def test_as_many_rows_as_there_are_is_no_sample(draw: Draw, two_factors: Model) -> None:
    answers = draw(1_500, 6)
    whole, same = confirm_factors(two_factors, answers), confirm_factors(two_factors, answers, gamma_rows=5_000, seed=1)
    assert _scaled(same.fit.scaled).chi_square == _scaled(whole.fit.scaled).chi_square
    assert same.solution.sampling_error == 0
