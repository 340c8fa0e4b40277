"""Curves of graded options against their definitions, and their derivatives against differences."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.graded_items.curves import GradedItems

Array = NDArray[np.float64]

OPTIONS = np.array([5, 2, 3])
PARAMETERS = np.array([1.3, 2.5, 1.0, -0.2, -2.0, 0.7, 0.4, -0.9, 1.5, -1.0])
THETA = np.linspace(-3.0, 3.0, 7)


def _sigma(z: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def test_probabilities_are_differences_of_logistic_curves_and_add_up_to_one() -> None:
    found = GradedItems.of(OPTIONS).at(PARAMETERS, THETA).probability()
    reach = [np.ones(7), *(_sigma(1.3 * THETA + d) for d in PARAMETERS[1:5]), np.zeros(7)]
    np.testing.assert_allclose(found[:5], [up - down for up, down in pairwise(reach)], atol=1e-15)
    np.testing.assert_allclose(np.add.reduceat(found, [0, 5, 7]), 1.0, rtol=1e-14)
    np.testing.assert_allclose(
        np.log(found), GradedItems.of(OPTIONS).at(PARAMETERS, THETA).log_probability(), rtol=1e-12
    )


def test_probabilities_far_out_keep_their_digits() -> None:
    found = GradedItems.of(np.array([3])).at(np.array([4.0, 3.0, 1.0]), np.array([-30.0, 30.0]))
    # log(e^-117 (1 - e^-2)) and log(e^-121 (1 - e^-2)), but for terms of e^-117
    np.testing.assert_allclose(found.log_probability()[1], np.log(1 - np.exp(-2)) - [117, 121], rtol=1e-14)


def test_the_gradient_and_the_curvature_are_those_of_the_log_probabilities() -> None:
    items, rng = GradedItems.of(OPTIONS), np.random.default_rng(3)
    counts = rng.uniform(0.0, 5.0, size=(10, 7))

    def value(parameters: Array) -> float:
        return float((counts * items.at(parameters, THETA).log_probability()).sum())

    curves, step = items.at(PARAMETERS, THETA), 1e-5
    moves = step * np.eye(10)
    slopes = [(value(PARAMETERS + move) - value(PARAMETERS - move)) / (2 * step) for move in moves]
    np.testing.assert_allclose(curves.gradient(counts), slopes, rtol=1e-7, atol=1e-6)
    bends = [
        (items.at(PARAMETERS - move, THETA).gradient(counts) - items.at(PARAMETERS + move, THETA).gradient(counts))
        / (2 * step)
        for move in moves
    ]
    np.testing.assert_allclose(curves.curvature(counts), bends, rtol=1e-6, atol=1e-6)


def test_the_design_at_a_node_gives_the_same_slopes() -> None:
    curves, counts = GradedItems.of(OPTIONS).at(PARAMETERS, THETA), np.arange(70.0).reshape(10, 7)
    total = sum(curves.design(node).T @ counts[:, node] for node in range(7))
    np.testing.assert_allclose(total, curves.gradient(counts), rtol=1e-12)


def test_information_is_the_square_of_slopes_over_probabilities() -> None:
    items, step = GradedItems.of(OPTIONS), 1e-5
    before, at, after = (items.at(PARAMETERS, THETA + move).probability() for move in (-step, 0.0, step))
    expected = np.add.reduceat(((after - before) / (2 * step)) ** 2 / at, [0, 5, 7])
    found = items.at(PARAMETERS, THETA).information(PARAMETERS[items.slope])
    np.testing.assert_allclose(found, expected, rtol=1e-7)
    # With two options it is a^2 P (1 - P).
    p = _sigma(0.7 * THETA + 0.4)
    np.testing.assert_allclose(found[1], 0.49 * p * (1 - p), rtol=1e-12)


@pytest.mark.parametrize(("place", "value"), [(2, 2.6), (4, -0.1), (1, np.nan)])
def test_intercepts_out_of_order_are_seen(place: int, value: float) -> None:
    items, moved = GradedItems.of(OPTIONS), PARAMETERS.copy()
    assert items.ordered(moved)
    moved[place] = value
    assert not items.ordered(moved)
