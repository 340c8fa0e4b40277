"""Rotation: what stays, what is least, known patterns; R's figures are in tests/reference."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.exploratory import rotation
from analysis.exploratory.rotation import ROTATIONS, Rotation, rotate

Array = NDArray[np.float64]

SIMPLE = np.kron(np.eye(3), np.array([[0.8], [0.7], [0.6], [0.5]]))
PLAIN = Rotation("oblimin", kaiser=False, gamma=0.0, power=4.0, epsilon=0.01, random_starts=0, seed=1)

loadings = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed).uniform(-0.5, 0.5, (8, 3)))
rules = st.sampled_from(ROTATIONS).map(lambda name: replace(PLAIN, name=name))


def _turned(pattern: Array, seed: int = 4) -> Array:
    random = np.random.default_rng(seed).standard_normal((pattern.shape[1],) * 2)
    turned: Array = pattern @ np.linalg.qr(random)[0]
    return turned


@settings(max_examples=60, deadline=None)
@given(loadings, rules, st.booleans())
def test_rotation_keeps_communalities_and_the_reproduced_matrix(unrotated: Array, rule: Rotation, kaiser: bool) -> None:
    found = rotate(unrotated, replace(rule, kaiser=kaiser))
    reproduced = found.loadings @ found.factor_correlations @ found.loadings.T
    np.testing.assert_allclose(reproduced, unrotated @ unrotated.T, atol=1e-9)
    np.testing.assert_allclose(np.diagonal(found.factor_correlations), 1.0, atol=1e-12)
    assert np.linalg.eigvalsh(found.factor_correlations)[0] > 0


@settings(max_examples=30, deadline=None)
@given(loadings, st.sampled_from([name for name in ROTATIONS if name not in ("none", "promax")]))
def test_no_axes_nearby_do_better(unrotated: Array, name: Any) -> None:
    rule = replace(PLAIN, name=name)
    criterion = rotation._criterion(rule)
    found = rotate(unrotated, rule)
    if not found.converged:
        return
    random = np.random.default_rng(7)
    for _ in range(40):
        turn = np.eye(3) + random.normal(0, 1e-3, (3, 3))
        if rule.oblique:
            # Keep the variances of the factors: the columns of the axes have unit length in the metric of phi.
            axes = np.linalg.cholesky(found.factor_correlations).T @ turn
            axes /= np.sqrt((axes**2).sum(axis=0))
            other = found.loadings @ np.linalg.cholesky(found.factor_correlations) @ np.linalg.inv(axes).T
        else:
            left, _, right = np.linalg.svd(turn)
            other = found.loadings @ left @ right
        assert criterion(other[None])[0][0] >= found.criterion - 1e-9


@pytest.mark.parametrize("name", [name for name in ROTATIONS if name != "none"])
def test_it_finds_simple_structure_again(name: Any) -> None:
    found = rotate(_turned(SIMPLE), replace(PLAIN, name=name, random_starts=20))
    assert found.converged
    order = np.abs(found.loadings[[0, 4, 8]]).argmax(axis=1)
    # Geomin's epsilon leaves a little of every loading on the other axes.
    np.testing.assert_allclose(np.abs(found.loadings[:, order]), SIMPLE, atol=0.02)


def test_oblimin_finds_the_correlations_of_simple_factors() -> None:
    phi = np.array([[1.0, 0.5, 0.3], [0.5, 1.0, -0.2], [0.3, -0.2, 1.0]])
    found = rotate(_turned(SIMPLE @ np.linalg.cholesky(phi)), PLAIN)
    order = np.abs(found.loadings[[0, 4, 8]]).argmax(axis=1)
    signs = np.sign(found.loadings[[0, 4, 8], order])
    np.testing.assert_allclose(found.loadings[:, order] * signs, SIMPLE, atol=1e-7)
    np.testing.assert_allclose(found.factor_correlations[np.ix_(order, order)] * np.outer(signs, signs), phi, atol=1e-7)


@pytest.mark.parametrize("name", ["oblimin", "geomin", "varimax", "quartimax"])
def test_derivatives_are_those_of_the_criterion(name: Any) -> None:
    criterion = rotation._criterion(replace(PLAIN, name=name, gamma=-0.5))
    at, step = np.random.default_rng(2).normal(0, 0.5, (1, 5, 3)), 1e-6
    derivative = criterion(at)[1]
    for item in range(5):
        for factor in range(3):
            move = np.zeros_like(at)
            move[0, item, factor] = step
            change = (criterion(at + move)[0] - criterion(at - move)[0]) / (2 * step)
            assert derivative[0, item, factor] == pytest.approx(change[0], abs=1e-8)


def test_random_starts_leave_a_local_minimum() -> None:
    unrotated = np.random.default_rng(0).uniform(-0.7, 0.7, (10, 4))
    rule = replace(PLAIN, name="geomin_orthogonal")
    alone, many = rotate(unrotated, rule), rotate(unrotated, replace(rule, random_starts=40))
    assert many.criterion < alone.criterion - 1e-3
    assert 1 <= many.at_best < many.n_starts == 41


def test_a_ridge_on_which_the_unrotated_axes_lie_is_left() -> None:
    # Two clusters of like loadings: the unrotated axes run between and across them, where no direction leads down.
    clusters = np.kron(np.eye(2), [[0.8], [0.7], [0.6]])
    unrotated = clusters @ np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    assert np.abs(rotate(unrotated, PLAIN).loadings).min() > 0.4
    left = rotate(unrotated, replace(PLAIN, random_starts=10))
    np.testing.assert_allclose(np.abs(left.loadings).min(axis=1), 0.0, atol=1e-7)
    assert left.n_starts == 11
    assert left.at_best >= 8


def test_the_same_seed_gives_the_same_rotation() -> None:
    unrotated = np.random.default_rng(13).uniform(-0.7, 0.7, (10, 4))
    rule = replace(PLAIN, name="geomin", random_starts=10)
    np.testing.assert_array_equal(rotate(unrotated, rule).loadings, rotate(unrotated, rule).loadings)


def test_an_item_without_communality_does_not_disturb_kaisers_scaling() -> None:
    unrotated = np.vstack((_turned(SIMPLE), np.zeros(3)))
    found = rotate(unrotated, replace(PLAIN, name="varimax", kaiser=True))
    assert np.isfinite(found.loadings).all()
    np.testing.assert_array_equal(found.loadings[-1], 0.0)


def test_one_factor_is_left_as_it_is() -> None:
    unrotated = np.array([[0.5], [0.6], [0.7]])
    assert rotate(unrotated, PLAIN).loadings is unrotated
