r"""Proportional odds: ordered answers on some predictors (McCullagh 1980), by Newton's method on a table of counts.

With falling intercepts d, :math:`P(Y \ge c \mid x) = \sigma(d_{c-1} + x'\beta)`. People who share their predictors share a
row of the table, so that the work does not grow with their number. The log-likelihood is concave (Pratt 1981): a step that
is shortened until it gains arrives from anywhere, if there is a maximum at all.

References
----------
McCullagh, P. (1980). Regression models for ordinal data. J. R. Statist. Soc. B 42, 109-142.
Pratt, J. W. (1981). Concavity of the log likelihood. Journal of the American Statistical Association 76, 103-106.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, logit, xlogy

from ..item_responses import FloatArray

_MOST_STEPS = 60
_ARRIVED = 1e-12
"""Gain of a further step in log-likelihood at which there is nothing more to find."""


@dataclass(frozen=True, slots=True, eq=False)
class ProportionalOdds:
    """A fitted model.

    Attributes
    ----------
    intercepts : ndarray, shape (k - 1,)
        Of reaching the second, third, ... answer among those that were given.
    coefficients : ndarray, shape (n_predictors,)
    information : ndarray, shape (k - 1 + n_predictors, k - 1 + n_predictors)
        Observed, of intercepts and then coefficients.
    log_likelihood : float
    converged : bool
        False where the likelihood rises for ever: a predictor that tells answers apart without error.
    """

    intercepts: FloatArray
    coefficients: FloatArray
    information: FloatArray
    log_likelihood: float
    converged: bool


def fit_proportional_odds(counts: FloatArray, predictors: FloatArray) -> ProportionalOdds:
    """Fit ordered answers; every answer of the table must have been given by somebody.

    Parameters
    ----------
    counts : ndarray, shape (n_rows, k)
        How many gave each answer.
    predictors : ndarray, shape (n_rows, n_predictors)

    Examples
    --------
    >>> found = fit_proportional_odds(np.array([[20.0, 10, 5], [8, 12, 15]]), np.array([[0.0], [1.0]]))
    >>> found.intercepts.round(4).tolist(), found.coefficients.round(4).tolist(), round(found.log_likelihood, 4)
    ([-0.2877, -1.7918], [1.5041], -70.8115)
    """
    total = counts.sum(axis=0)
    reached = np.cumsum(total[::-1])[::-1][1:] / total.sum()
    parameters = np.concatenate([logit(reached), np.zeros(predictors.shape[1])])
    n_cuts = reached.size
    value = _log_likelihood(parameters, counts, predictors)
    for _ in range(_MOST_STEPS):
        gradient, information = _derivatives(parameters, counts, predictors)
        # Where the likelihood is flat for ever, the least that keeps the step finite.
        ridge = 1e-12 * np.trace(information) * np.eye(len(information))
        step = np.linalg.solve(information + ridge, gradient)
        promised = float(gradient @ step)
        if promised < _ARRIVED:
            return ProportionalOdds(parameters[:n_cuts], parameters[n_cuts:], information, value, True)
        length = 1.0
        while length > 1e-8:
            following = parameters + length * step
            after = _log_likelihood(following, counts, predictors)
            if after >= value - 1e-13 * abs(value):
                break
            length /= 2
        else:
            break
        parameters, value = following, after
    return ProportionalOdds(parameters[:n_cuts], parameters[n_cuts:], information, value, False)


def log_likelihood_of_shares(total: FloatArray) -> float:
    """Give the log-likelihood without predictors: that of the shares of answers."""
    return float(xlogy(total, total / total.sum()).sum())


def _log_likelihood(parameters: FloatArray, counts: FloatArray, predictors: FloatArray) -> float:
    n_cuts = counts.shape[1] - 1
    cuts = parameters[:n_cuts]
    if (np.diff(cuts) >= 0).any():
        return -np.inf
    z = cuts + (predictors @ parameters[n_cuts:])[:, None]
    found = (counts[:, 1:] * log_expit(z)).sum() + (counts[:, :-1] * log_expit(-z)).sum()
    return float(found + (counts[:, 1:-1].sum(axis=0) * np.log1p(-np.exp(np.diff(cuts)))).sum())


def _derivatives(parameters: FloatArray, counts: FloatArray, predictors: FloatArray) -> tuple[FloatArray, FloatArray]:
    n_cuts = counts.shape[1] - 1
    cuts = parameters[:n_cuts]
    z = cuts + (predictors @ parameters[n_cuts:])[:, None]
    above = expit(z)
    slope = counts[:, 1:] * (1.0 - above) - counts[:, :-1] * above
    bend = (counts[:, 1:] + counts[:, :-1]) * above * (1.0 - above)
    inner = counts[:, 1:-1].sum(axis=0)
    gap = -np.diff(cuts)
    edge, edge_bend = inner / np.expm1(gap), inner * 0.25 / np.sinh(gap / 2) ** 2
    of_cuts = slope.sum(axis=0)
    of_cuts[:-1] += edge
    of_cuts[1:] -= edge
    information = np.zeros((parameters.size, parameters.size))
    place = np.arange(n_cuts)
    information[place, place] = bend.sum(axis=0)
    information[place[:-1], place[:-1]] += edge_bend
    information[place[1:], place[1:]] += edge_bend
    information[place[:-1], place[1:]] -= edge_bend
    information[place[1:], place[:-1]] -= edge_bend
    across = bend.T @ predictors
    information[:n_cuts, n_cuts:] = across
    information[n_cuts:, :n_cuts] = across.T
    information[n_cuts:, n_cuts:] = predictors.T @ (bend.sum(axis=1)[:, None] * predictors)
    return np.concatenate([of_cuts, predictors.T @ slope.sum(axis=1)]), information
