"""Least squares of thresholds and correlations: slopes and curvature against finite differences."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.confirmatory.ordinal.least_squares import (
    OrdinalDiscrepancy,
    ordinal_implied,
    thresholds_are_saturated,
    without_thresholds,
)
from analysis.confirmatory.ordinal.moments import OrdinalMoments
from analysis.confirmatory.structure.matrices import THRESHOLDS, structure_of
from analysis.confirmatory.structure.parameter_table import ParameterTable
from analysis.item_responses import FloatArray

ITEMS = [f"q{item}" for item in range(1, 9)]
TEXT = "A =~ q1 + q2 + a*q3 + q4 + q5; B =~ q5 + a*q6 + q7 + q8; q1 ~~ q8"
HIGHER = "A =~ q1 + q2 + q3; B =~ q4 + q5 + q6; C =~ q7 + q8; G =~ A + B + C"
STEP = 1e-6

Make = Callable[..., tuple[OrdinalDiscrepancy, FloatArray, ParameterTable]]


@pytest.fixture(scope="module")
def make(draw: Callable[..., FloatArray], table_of: Callable[..., ParameterTable]) -> Make:
    """Make the discrepancy of two groups, and a place to look at it."""
    groups = [OrdinalMoments.of(draw(n, seed).astype(np.int8), ITEMS, "pairwise") for n, seed in ((300, 1), (250, 2))]

    def made(
        text: str, parameterization: str, equal: frozenset[str]
    ) -> tuple[OrdinalDiscrepancy, FloatArray, ParameterTable]:
        table = table_of(
            text, n_groups=2, ordered=True, n_categories=groups[0].n_categories, means=True,
            parameterization=parameterization, equal=equal,
        )  # fmt: skip
        assert [table.model.items[item] for item in range(8)] == ITEMS
        structures = [structure_of(table, group, constant_row=False, centre=np.zeros(8)) for group in range(2)]
        weights = [1 / (group.n * group.variances) for group in groups]
        theta = np.random.default_rng(3).uniform(0.5, 0.9, table.n_free)
        discrepancy = OrdinalDiscrepancy(structures, groups, weights, table.n_free, parameterization)  # type: ignore[arg-type]
        return discrepancy, theta, table

    return made


cases = pytest.mark.parametrize(
    ("text", "parameterization", "equal"),
    [
        (TEXT, "delta", frozenset()),
        (TEXT, "theta", frozenset()),
        (HIGHER, "delta", frozenset({"loadings"})),
        (TEXT, "delta", frozenset({"loadings", "thresholds"})),
        (TEXT, "theta", frozenset({"loadings", "thresholds"})),
        (HIGHER, "theta", frozenset({"loadings", "thresholds"})),
    ],
)


@cases
def test_slopes_are_those_of_finite_differences(
    make: Make, text: str, parameterization: str, equal: frozenset[str]
) -> None:
    discrepancy, theta, _ = make(text, parameterization, equal)
    steps = STEP * np.eye(len(theta))
    expected = [(discrepancy.value(theta + step) - discrepancy.value(theta - step)) / (2 * STEP) for step in steps]
    assert_allclose(discrepancy.gradient(theta), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("text", [TEXT, HIGHER])
def test_of_correlations_alone_the_curvature_is_exact(make: Make, text: str) -> None:
    whole, theta, table = make(text, "delta", frozenset())
    rest = np.setdiff1d(
        np.arange(table.n_free), np.concatenate([s.position[s.cells.matrix == THRESHOLDS] for s in whole.structures])
    )
    places = np.full(table.n_free, -1)
    places[rest] = np.arange(len(rest))
    discrepancy = OrdinalDiscrepancy(
        [without_thresholds(structure, places) for structure in whole.structures],
        whole.groups,
        [weight[len(group.thresholds) :] for weight, group in zip(whole.weights, whole.groups, strict=True)],
        len(rest),
        "delta",
    )
    steps, here = STEP * np.eye(len(rest)), theta[rest]
    expected = [(discrepancy.gradient(here + step) - discrepancy.gradient(here - step)) / (2 * STEP) for step in steps]
    assert_allclose(discrepancy.hessian(here), expected, rtol=1e-5, atol=1e-6)


def test_thresholds_are_saturated_unless_groups_share_them(make: Make) -> None:
    assert thresholds_are_saturated(make(TEXT, "delta", frozenset())[0].structures)
    assert thresholds_are_saturated(make(TEXT, "theta", frozenset({"loadings"}))[0].structures)
    assert not thresholds_are_saturated(make(TEXT, "delta", frozenset({"thresholds"}))[0].structures)
    assert not thresholds_are_saturated(make(f"{TEXT}; q1 | 0.2*t1", "delta", frozenset())[0].structures)


def test_in_theta_a_normal_variable_has_the_variance_that_the_model_gives_it(make: Make) -> None:
    discrepancy, theta, _ = make(TEXT, "theta", frozenset())
    at = ordinal_implied(discrepancy.structures[0], theta, "theta")
    assert at is not None
    assert_allclose(at.scales, np.diagonal(at.implied.covariance) ** -0.5)
    assert_allclose(np.diagonal(at.correlation), 1.0)
