"""Moments that a model implies: their slopes and curvature against finite differences."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis import FactorModel
from analysis.confirmatory.structure.matrices import GroupStructure, curvature, implied_by, slopes_of, structure_of
from analysis.confirmatory.structure.parameter_table import lay_out
from analysis.confirmatory.structure.setting import Setting
from analysis.item_responses import FloatArray

MODELS = {
    "correlated": "A =~ q1 + q2 + q3; B =~ q4 + q5 + q6",
    "cross-loading and residuals": "A =~ q1 + q2 + q3 + q4; B =~ q4 + q5 + q6; q1 ~~ q5; q2 ~~ q3",
    "higher order": "G =~ A + B + C + q7; A =~ q1 + q2 + q3; B =~ q4 + q5; C =~ q6 + q7 + q1; A ~~ B",
    "third order": "H =~ G + K; G =~ A + B; K =~ C + q7; A =~ q1 + q2; B =~ q3 + q4; C =~ q5 + q6",
    "equal": "A =~ q1 + a*q2 + a*q3; B =~ q4 + a*q5 + b*q6; A ~~ b*A",
}
STEP = 1e-6

every_model = pytest.mark.parametrize("text", MODELS.values(), ids=MODELS.keys())
with_and_without_means = pytest.mark.parametrize("means", [False, True])


def _structure(text: str, *, means: bool) -> tuple[GroupStructure, FloatArray]:
    setting = Setting(
        2, False, (), means, "delta", "marker", False, frozenset({"intercepts"} if means else ()), frozenset()
    )
    table = lay_out(FactorModel.of(text), setting)
    n_items = len(table.model.items)
    # The second group has free means of factors too.
    structure = structure_of(table, 1, constant_row=means, centre=np.full(n_items, 0.2))
    theta = np.random.default_rng(4).uniform(0.3, 1.2, table.n_free)
    return structure, theta


def _moments(structure: GroupStructure, theta: FloatArray) -> FloatArray:
    return implied_by(structure.fill(theta)).covariance


def test_two_factors_imply_what_the_formula_says() -> None:
    table = lay_out(
        FactorModel.of("A =~ q1 + q2; B =~ q3 + q4"),
        Setting(1, False, (), False, "delta", "marker", False, frozenset(), frozenset()),
    )
    structure = structure_of(table, 0, constant_row=False, centre=np.zeros(4))
    values = {"A =~ q2": 0.5, "B =~ q4": 2.0, "A ~~ A": 0.8, "B ~~ B": 0.6, "A ~~ B": 0.3}
    theta = np.array([values.get(table.name_of(place), 0.4) for place in range(table.n_free)])
    loadings = np.array([[1, 0], [0.5, 0], [0, 1], [0, 2.0]])
    expected = loadings @ np.array([[0.8, 0.3], [0.3, 0.6]]) @ loadings.T + 0.4 * np.eye(4)
    assert_allclose(_moments(structure, theta), expected, rtol=1e-14)


@every_model
@with_and_without_means
def test_slopes_are_those_of_finite_differences(text: str, means: bool) -> None:
    structure, theta = _structure(text, means=means)
    slopes = slopes_of(structure.cells, implied_by(structure.fill(theta)))
    product = slopes.u[:, :, None] * slopes.v[:, None, :]
    of_cells = product + product.transpose(0, 2, 1)
    for place in range(len(theta)):
        moved = STEP * np.eye(len(theta))[place]
        expected = (_moments(structure, theta + moved) - _moments(structure, theta - moved)) / (2 * STEP)
        assert_allclose(of_cells[structure.position == place].sum(axis=0), expected, atol=1e-8)


@every_model
def test_slopes_of_the_means_are_those_of_finite_differences(text: str) -> None:
    structure, theta = _structure(text, means=True)
    at = implied_by(structure.fill(theta))
    slopes = slopes_of(structure.cells, at)
    of_cells = slopes.u * slopes.of_mean[:, None]
    for place in range(len(theta)):
        moved = STEP * np.eye(len(theta))[place]
        above, below = (implied_by(structure.fill(theta + sign * moved)).mean for sign in (1, -1))
        assert_allclose(of_cells[structure.position == place].sum(axis=0), (above - below) / (2 * STEP), atol=1e-8)


@every_model
@with_and_without_means
def test_curvature_is_that_of_finite_differences(text: str, means: bool) -> None:
    structure, theta = _structure(text, means=means)
    n_rows = structure.n_items + means
    weight = np.random.default_rng(5).normal(size=(n_rows, n_rows))
    weight += weight.T

    def gradient(at: FloatArray) -> FloatArray:
        slopes = slopes_of(structure.cells, implied_by(structure.fill(at)))
        found = np.zeros(len(theta))
        np.add.at(found, structure.position, 2 * np.einsum("ar,rs,as->a", slopes.u, weight, slopes.v))
        return found

    at = implied_by(structure.fill(theta))
    of_cells = curvature(structure.cells, at, slopes_of(structure.cells, at), weight)
    found = np.zeros((len(theta), len(theta)))
    np.add.at(found, (structure.position[:, None], structure.position[None, :]), of_cells)
    expected = [(gradient(theta + step) - gradient(theta - step)) / (2 * STEP) for step in STEP * np.eye(len(theta))]
    assert_allclose(found, expected, atol=1e-7)


def test_what_was_taken_from_the_answers_is_taken_from_the_intercepts() -> None:
    structure, theta = _structure(MODELS["correlated"], means=True)
    uncentred = replace(structure, centre=np.zeros(structure.n_items))
    difference = implied_by(uncentred.fill(theta)).mean - implied_by(structure.fill(theta)).mean
    assert_allclose(difference[:-1], 0.2)
