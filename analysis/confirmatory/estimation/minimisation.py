"""Finding the parameters at which a model is nearest to the data.

Steps solve with the expected curvature at first, which is positive wherever one stands, and with the exact one as soon
as the end is near, where it makes convergence quadratic. A step that does not lower the value is shortened towards
the steepest descent by adding to the diagonal (Levenberg 1944; Marquardt 1963, SIAM Journal 11, 431-441).
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ...item_responses import FloatArray

_NEAR = 1e-2
"""Expected gain of a step below which the exact curvature takes over."""

_BLIND = 1e-10
"""Expected gain below which rounding hides from the value whether a step has helped; it is taken all the same."""

_ARRIVED = 1e-17
"""Expected gain of a further step at which there is nothing more to find. The discrepancy is of order one."""

_MOST_STEPS = 500

NO_MINIMUM = (
    "no minimum was found in {} steps: the data do not settle this model "
    '(where the first item of a factor hardly measures it, identification="unit variance" may)'
)


class Discrepancy(Protocol):
    """How far a model is from the data."""

    def value(self, theta: FloatArray) -> float:
        """Give the discrepancy, infinite where the model implies no moments."""
        ...

    def gradient(self, theta: FloatArray) -> FloatArray:
        """Give its slope, shape (n_free,)."""
        ...

    def expected_hessian(self, theta: FloatArray) -> FloatArray:
        """Give its curvature as it were if the model fitted, shape (n_free, n_free)."""
        ...

    def hessian(self, theta: FloatArray) -> FloatArray:
        """Give its curvature, shape (n_free, n_free)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Minimum:
    """Where the search ended.

    Attributes
    ----------
    theta : ndarray, shape (n_free,)
    value : float
    converged : bool
    iterations : int
    """

    theta: FloatArray
    value: float
    converged: bool
    iterations: int


def minimise(discrepancy: Discrepancy, start: FloatArray) -> Minimum:
    """Search for a minimum from a start at which the discrepancy is finite."""
    theta, value = start, discrepancy.value(start)
    damping, gain = 1e-3, math.inf
    for iteration in range(1, _MOST_STEPS + 1):
        gradient = discrepancy.gradient(theta)
        step = _step(discrepancy.hessian(theta), gradient, 0.0) if gain < _NEAR else None
        if step is None:  # far away, or not convex here
            step = _step(discrepancy.expected_hessian(theta), gradient, damping)
        if step is None:
            damping, gain = max(10 * damping, 1e-6), math.inf
            continue
        gain = float(-gradient @ step)
        following = discrepancy.value(theta + step)
        if following <= value or (gain < _BLIND and math.isfinite(following)):
            theta, value = theta + step, following
            damping = 0.0 if damping < 1e-7 else damping / 10
            if gain < _ARRIVED:
                return Minimum(theta, value, True, iteration)
        else:
            damping, gain = max(10 * damping, 1e-4), math.inf
    return Minimum(theta, value, False, _MOST_STEPS)


def _step(curvature: FloatArray, gradient: FloatArray, damping: float) -> FloatArray | None:
    damped = curvature.copy()
    diagonal = np.abs(np.diagonal(curvature))
    damped[np.diag_indices_from(damped)] += damping * np.maximum(diagonal, 1e-8)
    try:
        root = np.linalg.cholesky(damped)
    except np.linalg.LinAlgError:
        return None
    return np.linalg.solve(root.T, np.linalg.solve(root, -gradient))
