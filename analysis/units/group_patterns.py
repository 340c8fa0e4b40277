"""Densities of the deviations of a unit's groups, and probabilities of patterns among them, in the model of `interaction.py`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtr

from ..item_responses import FloatArray

BoolArray = NDArray[np.bool_]

_STEPS = 500
_SETTLED = 1e-5
_N_NODES = 24


def log_likelihoods(
    deviation: FloatArray, error: FloatArray, some: BoolArray, tau2: float, omega: FloatArray
) -> FloatArray:
    """Return the log density of each unit's deviations at each omega, shape (n_units, n_values), but for a constant."""
    variance = np.where(some[:, :, None], error[:, :, None] + omega**2, 1.0)
    w = np.where(some[:, :, None], 1.0 / variance, 0.0)
    first = (w * deviation[:, :, None]).sum(axis=1)
    squares = (w * deviation[:, :, None] ** 2).sum(axis=1)
    inflated = 1.0 + tau2 * w.sum(axis=1)
    logs = np.where(some[:, :, None], np.log(variance), 0.0).sum(axis=1)
    return np.asarray(-0.5 * (logs + np.log(inflated) + squares - tau2 * first**2 / inflated))


def mixing(likelihood: FloatArray) -> FloatArray:
    """Return the share of units at each omega, each value having been seen once before any unit."""
    density = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    weight = np.full(density.shape[1], 1.0 / density.shape[1])
    for _ in range(_STEPS):
        joint = density * weight
        counts = (joint / joint.sum(axis=1, keepdims=True)).sum(axis=0) + 1.0
        last, weight = weight, counts / counts.sum()
        if np.abs(weight - last).max() < _SETTLED:
            break
    return weight


def pattern_probabilities(
    deviation: FloatArray,
    error: FloatArray,
    some: BoolArray,
    tau2: float,
    omega: FloatArray,
    weight: FloatArray,
    threshold: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the probabilities of none, one, several and all (k, 4), of each group alone (k, g), and of each group (k, g)."""
    likelihood = log_likelihoods(deviation, error, some, tau2, omega)
    posterior = np.exp(likelihood - likelihood.max(axis=1, keepdims=True)) * weight
    posterior /= posterior.sum(axis=1, keepdims=True)
    nodes, quadrature = np.polynomial.hermite_e.hermegauss(_N_NODES)
    quadrature = quadrature / quadrature.sum()
    none, everyone = np.zeros(len(some)), np.zeros(len(some))
    alone, low = np.zeros(some.shape), np.zeros(some.shape)
    for k, omega2 in enumerate(omega**2):
        w = np.where(some, 1.0 / (error + omega2), 0.0)
        precision = w.sum(axis=1) + (1.0 / tau2 if tau2 > 0 else np.inf)
        centre = np.where(np.isinf(precision), 0.0, (w * deviation).sum(axis=1) / precision)
        u = centre[:, None] + nodes / np.sqrt(precision)[:, None]
        kept = omega2 * w  # how much of a group's own deviation from u is believed
        mean = u[:, None, :] + kept[:, :, None] * (deviation[:, :, None] - u[:, None, :])
        sd = np.sqrt(omega2 * (1.0 - kept))
        with np.errstate(divide="ignore"):
            is_low = ndtr((-threshold - mean) / sd[:, :, None])
        here = posterior[:, k]
        not_low = np.where(some[:, :, None], 1.0 - is_low, 1.0)
        none += here * (not_low.prod(axis=1) @ quadrature)
        everyone += here * (np.where(some[:, :, None], is_low, 1.0).prod(axis=1) @ quadrature)
        for g in range(some.shape[1]):
            others = np.delete(not_low, g, axis=1).prod(axis=1)
            alone[:, g] += np.where(some[:, g], here * ((is_low[:, g] * others) @ quadrature), 0.0)
            low[:, g] += here * (is_low[:, g] @ quadrature)
    one = alone.sum(axis=1)
    several = np.maximum(1.0 - none - one - everyone, 0.0)
    return np.column_stack([none, one, several, everyone]), alone, np.where(some, low, np.nan)


def cochran(deviation: FloatArray, error: FloatArray, some: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return Cochran's Q of each unit's groups and its p."""
    w = np.where(some, 1.0 / error, 0.0)
    mean = (w * deviation).sum(axis=1) / w.sum(axis=1)
    q = (w * (deviation - mean[:, None]) ** 2).sum(axis=1)
    return q, np.asarray(chdtrc(some.sum(axis=1) - 1.0, q))
