r"""The polyserial correlation: of a score with the continuous variable behind ordered categories.

The score x is normal with mean and standard deviation as observed, z its standardised value; category j is observed
where a standard normal variable with the correlation :math:`\rho` lies between the thresholds :math:`\tau_{j-1}` and
:math:`\tau_j`, which come from the shares of the categories. Then (Olsson, Drasgow & Dorans 1982, eq. 9)

.. math:: P(j \mid x) = \Phi(u_j) - \Phi(u_{j-1}), \quad u_j = (\tau_j - \rho z) / \sqrt{1 - \rho^2},

and the two-step estimate maximises the sum of its logarithms over :math:`\rho`. Its standard error comes from the
influence of each person on all steps (mean, spread, thresholds, correlation), so it does not take the first step for
known, nor the score for normal.

References
----------
Olsson, U., Drasgow, F. & Dorans, N. J. (1982). The polyserial correlation coefficient. Psychometrika 47, 337-347.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from ..interval import Interval
from ..item_responses import FloatArray, read_only
from ..not_estimated import NotEstimated
from .pearson import fisher_interval

_LARGEST = 0.9999


@dataclass(frozen=True, slots=True, eq=False)
class PolyserialCorrelation:
    """A correlation with the variable behind ordered categories.

    Attributes
    ----------
    coefficient : float
    standard_error : float
    interval : Interval
        By Fisher's z.
    thresholds : float array, shape (n_categories - 1,)
    n : int
    method : str
    """

    coefficient: float
    standard_error: float
    interval: Interval
    thresholds: FloatArray
    n: int
    method: str


def polyserial_correlation(
    score: FloatArray, category: NDArray[np.intp], level: float
) -> PolyserialCorrelation | NotEstimated:
    """Estimate the correlation of a score with categories numbered from 0, each of them occurring.

    Examples
    --------
    >>> import numpy as np
    >>> score = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    >>> found = polyserial_correlation(score, np.array([0, 0, 1, 0, 1, 2, 1, 2, 1, 2]), 0.95)
    >>> round(found.coefficient, 2)
    0.81
    """
    from scipy.optimize import brentq

    n = len(score)
    mean, variance = float(score.mean()), float(score.var())
    shares = np.cumsum(np.bincount(category))[:-1] / n
    thresholds = ndtri(shares)

    def total(rho: float) -> float:
        return float(_slope(score, category, mean, variance, thresholds, rho).mean())

    if total(-_LARGEST) <= 0.0 or total(_LARGEST) >= 0.0:
        return NotEstimated("the score separates the categories completely")
    rho = float(brentq(total, -_LARGEST, _LARGEST, xtol=1e-14, rtol=1e-14))
    error = _standard_error(score, category, mean, variance, thresholds, rho)
    interval = fisher_interval(rho, error / (1.0 - rho * rho), level)
    return PolyserialCorrelation(rho, error, interval, read_only(thresholds), n, "two-step maximum likelihood")


def _slope(
    score: FloatArray, category: NDArray[np.intp], mean: float, variance: float, thresholds: FloatArray, rho: float
) -> FloatArray:
    """Derivative by rho of each person's log likelihood."""
    z = (score - mean) / math.sqrt(variance)
    spread = math.sqrt(1.0 - rho * rho)
    ends = np.concatenate([[-math.inf], thresholds, [math.inf]])
    upper, lower = ends[category + 1], ends[category]
    u, v = (upper - rho * z) / spread, (lower - rho * z) / spread
    # Differences of the upper tail where both are large keep their digits.
    flip = v > 0
    p = np.where(flip, ndtr(-v) - ndtr(-u), ndtr(u) - ndtr(v))
    pushed = [
        np.where(np.isfinite(end), np.exp(-0.5 * at**2) * (np.where(np.isfinite(end), end, 0.0) * rho - z), 0.0)
        for end, at in ((upper, u), (lower, v))
    ]
    slope: FloatArray = (pushed[0] - pushed[1]) / (math.sqrt(2.0 * math.pi) * np.maximum(p, 1e-300) * spread**3)
    return slope


def _standard_error(
    score: FloatArray, category: NDArray[np.intp], mean: float, variance: float, thresholds: FloatArray, rho: float
) -> float:
    n = len(score)
    estimates = np.concatenate([[mean, variance], thresholds, [rho]])

    def average(point: FloatArray) -> float:
        return float(_slope(score, category, point[0], point[1], point[2:-1], point[-1]).mean())

    turns = np.empty(estimates.size)
    for place, estimate in enumerate(estimates):
        step = 1e-5 * max(abs(estimate), math.sqrt(variance) if place == 0 else 0.1)
        step = min(step, 0.1 * (1.0 - abs(rho))) if place == estimates.size - 1 else step
        ahead, behind = estimates.copy(), estimates.copy()
        ahead[place] += step
        behind[place] -= step
        turns[place] = (average(ahead) - average(behind)) / (2.0 * step)
    deviation = score - mean
    density = np.exp(-0.5 * thresholds**2) / math.sqrt(2.0 * math.pi)
    within = category[:, None] <= np.arange(thresholds.size)
    influence = np.column_stack([deviation, deviation**2 - variance, (within - ndtr(thresholds)) / density])
    own = _slope(score, category, mean, variance, thresholds, rho) + influence @ turns[:-1]
    return math.sqrt(float((own**2).mean()) / n) / abs(float(turns[-1]))
