"""Where searches begin: near the truth where the moments are those of a model, with signs as the items are keyed."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis import FactorModel
from analysis.confirmatory.estimation.starting_values import GroupSample, starting_values
from analysis.confirmatory.structure.matrices import implied_by, structure_of
from analysis.confirmatory.structure.parameter_table import ParameterTable, lay_out
from analysis.confirmatory.structure.setting import Setting
from analysis.item_responses import FloatArray


def _begin(text: str, covariance: FloatArray, *, orthogonal: bool = False, unit: bool = False) -> dict[str, float]:
    identification = "unit variance" if unit else "marker"
    setting = Setting(1, False, (), False, "delta", identification, orthogonal, frozenset(), frozenset())  # type: ignore[arg-type]
    table: ParameterTable = lay_out(FactorModel.of(text), setting)
    n_items = len(covariance)
    structure = structure_of(table, 0, constant_row=False, centre=np.zeros(n_items))
    theta = starting_values(table, [structure], [GroupSample(np.zeros(n_items), covariance, np.zeros(0))])
    assert np.linalg.eigvalsh(implied_by(structure.fill(theta)).covariance)[0] > 0
    return {table.name_of(place): float(theta[place]) for place in range(table.n_free)}


def _covariance(loadings: FloatArray, factors: FloatArray, deviation: FloatArray) -> FloatArray:
    correlation = loadings @ factors @ loadings.T
    np.fill_diagonal(correlation, 1.0)
    return correlation * np.outer(deviation, deviation)


def test_of_exact_moments_they_are_the_parameters() -> None:
    loadings = np.zeros((6, 2))
    loadings[:3, 0], loadings[3:, 1] = [0.8, -0.7, 0.6], [0.7, 0.6, -0.5]
    deviation = np.array([1.0, 2.0, 0.5, 1.0, 3.0, 1.0])
    found = _begin(
        "A =~ q1 + q2 + q3; B =~ q4 + q5 + q6",
        _covariance(loadings, np.array([[1, 0.4], [0.4, 1]]), deviation),
    )
    assert found["A =~ q2"] == pytest.approx(-0.7 * 2 / 0.8)
    assert found["B =~ q6"] == pytest.approx(-0.5 / 0.7)
    assert found["A ~~ A"] == pytest.approx(0.64)
    assert found["A ~~ B"] == pytest.approx(0.4 * 0.8 * 0.7, rel=0.02)
    assert found["q2 ~~ q2"] == pytest.approx(4 * (1 - 0.49))


def test_a_factor_of_variance_one_has_all_its_loadings() -> None:
    loadings = np.array([[0.8], [-0.7], [0.6]])
    found = _begin("A =~ q1 + q2 + q3", _covariance(loadings, np.eye(1), np.array([1.0, 2.0, 0.5])), unit=True)
    assert_allclose([found[f"A =~ q{item}"] for item in (1, 2, 3)], [0.8, -1.4, 0.3])


def test_group_factors_are_taken_from_what_the_general_factor_leaves() -> None:
    loadings = np.zeros((6, 3))
    loadings[:, 0] = 0.6
    loadings[:3, 1], loadings[3:, 2] = 0.5, 0.4
    text = "G =~ q1 + q2 + q3 + q4 + q5 + q6; A =~ q1 + q2 + q3; B =~ q4 + q5 + q6"
    found = _begin(text, _covariance(loadings, np.eye(3), np.ones(6)), orthogonal=True, unit=True)
    assert all(0.2 < found[f"A =~ q{item}"] < 0.6 for item in (1, 2, 3))
    assert all(0.4 < found[f"G =~ q{item}"] < 0.8 for item in range(1, 7))


def test_factors_above_begin_at_the_correlations_of_those_below() -> None:
    loadings = np.kron(np.eye(3), np.full((3, 1), 0.8))
    factors = np.outer([0.9, 0.7, 0.6], [0.9, 0.7, 0.6])
    np.fill_diagonal(factors, 1.0)
    text = "A =~ q1 + q2 + q3; B =~ q4 + q5 + q6; C =~ q7 + q8 + q9; G =~ A + B + C"
    found = _begin(text, _covariance(loadings, factors, np.ones(9)))
    assert found["G =~ B"] == pytest.approx(0.7 / 0.9, rel=0.02)
    assert found["G ~~ G"] == pytest.approx(0.81 * 0.64, rel=0.05)


def test_what_the_model_says_to_begin_with_is_kept() -> None:
    covariance = _covariance(np.full((3, 1), 0.7), np.eye(1), np.ones(3))
    assert _begin("A =~ q1 + start(0.123)*q2 + q3", covariance)["A =~ q2"] == 0.123


def test_moments_that_no_model_has_still_give_a_start() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        noise = rng.normal(size=(30, 6))
        _begin("A =~ q1 + q2 + q3; B =~ q4 + q5 + q6; q1 ~~ q4", np.asarray(np.corrcoef(noise.T)))
