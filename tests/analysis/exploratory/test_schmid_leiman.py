"""The Schmid-Leiman transformation: recovery, two factors, signs, Heywood cases; psych's figures are in tests/reference."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis import AnalysisError, FactorSolution, explore_factors, schmid_leiman

Array = NDArray[np.float64]

GENERAL = np.array([0.7, 0.6, 0.65, 0.5, 0.55, 0.4, 0.6, 0.35, 0.45])
GAMMA = np.repeat([0.8, 0.7, 0.75], 3)
GROUP = np.kron(np.eye(3), np.ones((3, 1))) * (GENERAL / GAMMA * np.sqrt(1 - GAMMA**2))[:, None]


def _matrix(turn: Any = 1.0) -> Array:
    """Give correlations that a general factor and proportional group factors explain; `turn` holds the signs of items."""
    matrix: Array = (np.outer(GENERAL, GENERAL) + GROUP @ GROUP.T) * np.outer(np.ones(9) * turn, np.ones(9) * turn)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def _two(correlation: float) -> FactorSolution:
    pattern = np.kron(np.eye(2), [[0.8], [0.7], [0.6]])
    matrix = pattern @ np.array([[1, correlation], [correlation, 1]]) @ pattern.T
    np.fill_diagonal(matrix, 1.0)
    return explore_factors(matrix, 2, n=200)


def test_it_recovers_a_hierarchy() -> None:
    found = schmid_leiman(explore_factors(_matrix(), 3, n=500))
    assert found.converged
    np.testing.assert_allclose(found.general, GENERAL, atol=1e-6)
    order = found.subscale[[0, 3, 6]]
    np.testing.assert_allclose(found.group[:, order], GROUP, atol=1e-6)
    np.testing.assert_allclose(found.factor_loadings[order], GAMMA[::3], atol=1e-6)
    assert found.omega_hierarchical == pytest.approx(GENERAL.sum() ** 2 / _matrix().sum(), abs=1e-6)
    common = GENERAL.sum() ** 2 + (GROUP.sum(axis=0) ** 2).sum()
    assert found.omega_total == pytest.approx(common / _matrix().sum(), abs=1e-6)
    assert found.ecv == pytest.approx((GENERAL**2).sum() / ((GENERAL**2).sum() + (GROUP**2).sum()), abs=1e-6)


def test_the_sum_of_a_factors_items_is_explained_by_its_two_factors() -> None:
    found = schmid_leiman(explore_factors(_matrix(), 3, n=500))
    np.testing.assert_allclose(found.subscale_omega, found.subscale_general + found.subscale_group, atol=1e-6)
    first = int(found.subscale[0])
    variance = _matrix()[:3, :3].sum()
    assert found.subscale_general[first] == pytest.approx(GENERAL[:3].sum() ** 2 / variance, abs=1e-6)
    assert found.subscale_group[first] == pytest.approx(GROUP[:3, 0].sum() ** 2 / variance, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([-1.0, 1.0]), min_size=9, max_size=9))
def test_turning_items_changes_no_coefficient(turn: list[float]) -> None:
    as_they_are = schmid_leiman(explore_factors(_matrix(), 3, n=500))
    turned = schmid_leiman(explore_factors(_matrix(np.array(turn)), 3, n=500))
    assert turned.omega_hierarchical == pytest.approx(as_they_are.omega_hierarchical, abs=1e-6)
    assert turned.omega_total == pytest.approx(as_they_are.omega_total, abs=1e-6)
    assert turned.ecv == pytest.approx(as_they_are.ecv, abs=1e-6)
    assert len(turned.reversed_items) in (turn.count(-1.0), turn.count(1.0))


def test_items_counted_reversed_are_named() -> None:
    found = schmid_leiman(explore_factors(_matrix([1, 1, -1, 1, 1, 1, 1, 1, 1]), 3, n=500))
    assert found.reversed_items == ("item_3",)
    assert found.subscale[2] == found.subscale[0]
    assert "counted reversed, because they go against the general factor: item_3" in str(found)


def test_the_general_factor_points_with_most_of_what_loads_on_it() -> None:
    # Two short factors against a long one, which has the smaller loading on the general factor.
    phi = np.array([[1.0, 0.36, -0.24], [0.36, 1.0, -0.24], [-0.24, -0.24, 1.0]])
    pattern = np.zeros((18, 3))
    pattern[:3, 0], pattern[3:6, 1], pattern[6:, 2] = 0.7, 0.6, 0.65
    matrix = pattern @ phi @ pattern.T
    np.fill_diagonal(matrix, 1.0)
    found = schmid_leiman(explore_factors(matrix, 3, n=500))
    assert found.general.sum() > 0
    assert found.reversed_items == tuple(f"item_{place}" for place in range(1, 7))


def test_two_factors_load_equally_unless_one_is_taken_as_the_general_factor() -> None:
    solution = _two(0.36)
    equal = schmid_leiman(solution)
    np.testing.assert_allclose(equal.factor_loadings, [0.6, 0.6], atol=1e-6)
    assert "both factors load equally on the general factor" in str(equal)
    first, second = schmid_leiman(solution, two_factors="first"), schmid_leiman(solution, two_factors="second")
    np.testing.assert_allclose(first.factor_loadings, [1.0, 0.36], atol=1e-6)
    np.testing.assert_allclose(first.group[:, 0], 0.0, atol=1e-12)
    np.testing.assert_allclose(second.factor_loadings, [0.36, 1.0], atol=1e-6)
    for found in (equal, first, second):
        squares = found.general**2 + (found.group**2).sum(axis=1)
        np.testing.assert_allclose(squares, found.communalities, atol=1e-6)


def test_two_factors_that_go_against_each_other_turn_the_items_of_one() -> None:
    along, against = schmid_leiman(_two(0.36)), schmid_leiman(_two(-0.36))
    assert against.omega_hierarchical == pytest.approx(along.omega_hierarchical, abs=1e-6)
    # Both factors point with their items, so the second loads on the general factor below nought, or its items were turned.
    assert len(against.reversed_items) == 3
    assert "some factors correlate below nought" in str(against)


def test_a_factor_that_is_all_general_is_said() -> None:
    # r13 r23 / r12 > 1: the third factor would load on the general one by more than one.
    phi = np.array([[1.0, 0.3, 0.6], [0.3, 1.0, 0.6], [0.6, 0.6, 1.0]])
    pattern = np.kron(np.eye(3), [[0.8], [0.7], [0.6], [0.7]])
    matrix = pattern @ phi @ pattern.T
    np.fill_diagonal(matrix, 1.0)
    found = schmid_leiman(explore_factors(matrix, 3, n=200))
    gone = int(np.abs(found.factor_loadings).argmax())
    assert found.factor_loadings[gone] == 1.0
    np.testing.assert_array_equal(found.group[:, gone], 0.0)
    assert f"nothing is left of F{gone + 1} beside the general factor" in str(found)
    assert math.isnan(found.subscale_group[gone]) or found.subscale_group[gone] == 0


def test_factors_that_do_not_correlate_have_no_general_factor() -> None:
    pattern = np.kron(np.eye(3), [[0.8], [0.7], [0.6]])
    matrix = pattern @ pattern.T
    np.fill_diagonal(matrix, 1.0)
    found = schmid_leiman(explore_factors(matrix, 3, n=200))
    assert found.omega_hierarchical == pytest.approx(0.0, abs=1e-6)
    assert found.ecv == pytest.approx(0.0, abs=1e-6)


def test_it_prints_as_a_paper_would() -> None:
    found = schmid_leiman(explore_factors(_matrix(), 3, n=500))
    said = str(found)
    assert said.startswith("Schmid-Leiman: omega hierarchical 0.")
    assert "general" in said.splitlines()[1]
    assert list(found.to_frame().columns)[:2] == ["general", "F1*"]
    assert len(found.subscale_table().rows) == 3


def test_what_cannot_be_transformed_is_refused() -> None:
    with pytest.raises(AnalysisError, match="a single factor has no group factors beside it"):
        schmid_leiman(explore_factors(_matrix(), 1, n=500))
    with pytest.raises(AnalysisError, match=r"factors that were kept uncorrelated \(minres, varimax rotation"):
        schmid_leiman(explore_factors(_matrix(), 3, n=500, rotation="varimax"))
    with pytest.raises(AnalysisError, match="two_factors is"):
        schmid_leiman(_two(0.3), two_factors="both")  # type: ignore[arg-type]
