r"""Likeliest parameters of graded items: EM at first, then quasi-Newton steps in the metric of the observed information.

Each EM step raises the expected log-likelihood with the trait known by one Newton step for each item (Bock & Aitkin
1981; one step does as well as many, Lange 1995). It soon comes near the maximum and then crawls. From there the BFGS method
goes on (Nocedal & Wright 2006, ch. 6), its first matrix the inverse of the observed information. The search ends
where a Newton step with the observed information computed anew would gain less than 1e-10 of log-likelihood: no estimate
is then further from the maximum than some hundred-thousandth of its standard error.

References
----------
Lange, K. (1995). A gradient algorithm locally equivalent to the EM algorithm. J. R. Statist. Soc. B 57, 425-437.
Nocedal, J. & Wright, S. J. (2006). Numerical Optimization, 2nd ed. Springer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..item_responses import FloatArray
from .likelihood import Expectation, MarginalLikelihood, Quadrature, nodes_for

_MOST_EM_STEPS = 200
_NEAR = 1e-3
"""Gain of an EM step in log-likelihood a respondent at which the quasi-Newton method takes over."""

_MOST_ROUNDS = 12
_MOST_STEPS = 200
ARRIVED = 1e-10
_SHORTEST = 2.0**-30
_SUFFICIENT = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """Where the search ended.

    Attributes
    ----------
    parameters : ndarray, shape (n_parameters,)
    likelihood : MarginalLikelihood
        With the quadrature that was used.
    expectation : Expectation
    information : ndarray, shape (n_parameters, n_parameters)
    converged : bool
    em_steps, quasi_newton_steps : int
    """

    parameters: FloatArray
    likelihood: MarginalLikelihood
    expectation: Expectation
    information: FloatArray
    converged: bool
    em_steps: int
    quasi_newton_steps: int


def maximise(likelihood: MarginalLikelihood, start: FloatArray, n_nodes: int | None) -> Maximum:
    """Search for the maximum; `n_nodes` None lets the posteriors say how many nodes are needed."""
    parameters, found, em_steps = _em(likelihood, start)
    while n_nodes is None:
        present = likelihood.quadrature.theta.size
        # On coarse nodes a sure posterior may look surer than it is: never many more nodes at once.
        wanted = min(nodes_for(_surest(likelihood, parameters)), 2 * present - 1)
        if wanted <= present:
            break
        likelihood = replace(likelihood, quadrature=Quadrature.of(wanted))
        found = likelihood.expect(parameters)
    curvature = likelihood.items.at(parameters, likelihood.quadrature.theta).curvature(found.counts)
    metric, steps = np.asarray(np.linalg.inv(curvature), dtype=np.float64), 0
    for _ in range(_MOST_ROUNDS):
        parameters, found, metric, taken = _quasi_newton(likelihood, parameters, found, metric)
        steps += taken
        information = likelihood.information(parameters)
        inverse = inverse_of(information)
        if inverse is None:  # not concave here: go on as before, if there is a way
            if not taken:
                break
            continue
        if found.gradient @ inverse @ found.gradient < ARRIVED:
            return Maximum(parameters, likelihood, found, information, True, em_steps, steps)
        metric = inverse
    return Maximum(parameters, likelihood, found, information, False, em_steps, steps)


def _em(likelihood: MarginalLikelihood, start: FloatArray) -> tuple[FloatArray, Expectation, int]:
    parameters, found = start, likelihood.expect(start)
    for step in range(1, _MOST_EM_STEPS + 1):
        curves = likelihood.items.at(parameters, likelihood.quadrature.theta)
        direction = np.asarray(np.linalg.solve(curves.curvature(found.counts), found.gradient), dtype=np.float64)
        following, after, _ = _advance(likelihood, parameters, found, direction)
        gain = after.log_likelihood - found.log_likelihood
        parameters, found = following, after
        if gain < _NEAR * likelihood.patterns.n:
            return parameters, found, step
    return parameters, found, _MOST_EM_STEPS


def _quasi_newton(
    likelihood: MarginalLikelihood, parameters: FloatArray, found: Expectation, inverse: FloatArray
) -> tuple[FloatArray, Expectation, FloatArray, int]:
    for step in range(_MOST_STEPS):
        direction = inverse @ found.gradient
        if found.gradient @ direction < 0.1 * ARRIVED:
            return parameters, found, inverse, step
        following, after, length = _advance(likelihood, parameters, found, direction)
        if length == 0.0:
            return parameters, found, inverse, step
        moved, turned = following - parameters, found.gradient - after.gradient
        parameters, found = following, after
        if (curved := float(moved @ turned)) > 1e-12 * np.sqrt((moved @ moved) * (turned @ turned)):
            across = inverse @ turned
            inverse = (
                inverse
                + (1.0 + turned @ across / curved) * np.outer(moved, moved) / curved
                - (np.outer(across, moved) + np.outer(moved, across)) / curved
            )
    return parameters, found, inverse, _MOST_STEPS


def _advance(
    likelihood: MarginalLikelihood, parameters: FloatArray, found: Expectation, direction: FloatArray
) -> tuple[FloatArray, Expectation, float]:
    """Go along a direction as far as it raises the likelihood; nowhere where rounding hides whether it does."""
    length, promised = 1.0, float(found.gradient @ direction)
    # Rounding of a sum of n logarithms.
    blind = 1e-13 * abs(found.log_likelihood)
    while length > _SHORTEST:
        following = parameters + length * direction
        if likelihood.items.ordered(following):
            after = likelihood.expect(following)
            if after.log_likelihood >= found.log_likelihood + _SUFFICIENT * length * promised - blind:
                return following, after, length
        length /= 2
    return parameters, found, 0.0


def _surest(likelihood: MarginalLikelihood, parameters: FloatArray) -> float:
    """Give the smallest posterior standard deviation of any pattern, as far as the nodes can tell."""
    theta = likelihood.quadrature.theta
    smallest = np.inf
    for _, _, posterior, _ in likelihood.posteriors(parameters):
        mean = posterior @ theta
        variance = posterior @ theta**2 - mean**2
        smallest = min(smallest, float(variance.min()))
    return float(np.sqrt(max(smallest, 1e-6)))


def inverse_of(matrix: FloatArray) -> FloatArray | None:
    """Invert a matrix that is positive definite; give None for another."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return None
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)
