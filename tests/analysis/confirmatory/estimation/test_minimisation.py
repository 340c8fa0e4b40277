"""The search for a minimum, on functions whose minimum is known."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.confirmatory.estimation.minimisation import minimise
from analysis.item_responses import FloatArray


class Valley:
    """Rosenbrock's curved valley, of which the expected curvature is that of its squares."""

    def value(self, theta: FloatArray) -> float:
        x, y = theta
        return float(100 * (y - x**2) ** 2 + (1 - x) ** 2)

    def gradient(self, theta: FloatArray) -> FloatArray:
        x, y = theta
        return np.array([-400 * x * (y - x**2) - 2 * (1 - x), 200 * (y - x**2)])

    def expected_hessian(self, theta: FloatArray) -> FloatArray:
        jacobian = np.array([[-20 * theta[0], 10.0], [-1.0, 0.0]])
        found: FloatArray = 2 * jacobian.T @ jacobian
        return found

    def hessian(self, theta: FloatArray) -> FloatArray:
        x, y = theta
        return np.array([[1200 * x**2 - 400 * y + 2, -400 * x], [-400 * x, 200.0]])


class Walled(Valley):
    """The same, with no value on one side."""

    def value(self, theta: FloatArray) -> float:
        return math.inf if theta[0] > 1.5 else super().value(theta)


class Slope:
    """A function that falls for ever."""

    def value(self, theta: FloatArray) -> float:
        return float(-theta[0])

    def gradient(self, theta: FloatArray) -> FloatArray:
        return np.array([-1.0])

    def expected_hessian(self, theta: FloatArray) -> FloatArray:
        return np.array([[1.0]])

    def hessian(self, theta: FloatArray) -> FloatArray:
        return np.array([[0.0]])


@pytest.mark.parametrize("start", [(-1.2, 1.0), (1.4, -3.0), (0.0, 5.0)])
@pytest.mark.parametrize("kind", [Valley, Walled])
def test_it_finds_the_minimum_of_a_curved_valley(start: tuple[float, float], kind: type[Valley]) -> None:
    found = minimise(kind(), np.array(start))
    assert found.converged
    assert_allclose(found.theta, 1.0, atol=1e-8)
    assert found.value < 1e-16


def test_it_says_when_there_is_no_minimum() -> None:
    found = minimise(Slope(), np.array([0.0]))
    assert not found.converged
