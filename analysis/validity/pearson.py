"""A correlation of two scores with its interval (Fisher 1921, Metron 1, 3-32)."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtr

from ..interval import Interval
from ..item_responses import FloatArray


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation.

    Attributes
    ----------
    coefficient : float
    interval : Interval
        By Fisher's z; NaN with three people, or where the correlation is 1 or -1.
    p : float
        Two-sided, of no correlation.
    n : int
    """

    coefficient: float
    interval: Interval
    p: float
    n: int


def correlate(x: FloatArray, y: FloatArray, level: float) -> Correlation:
    """Correlate two columns that both vary.

    Examples
    --------
    >>> import numpy as np
    >>> found = correlate(np.array([1.0, 2, 3, 4, 5]), np.array([1.0, 3, 2, 5, 4]), 0.95)
    >>> round(found.coefficient, 10), str(found.interval)
    (0.8, '-0.280 to 0.986 (95 %)')
    """
    n = len(x)
    a, b = x - x.mean(), y - y.mean()
    r = float(a @ b) / math.sqrt(float(a @ a) * float(b @ b))
    r = min(1.0, max(-1.0, r))
    # The distance from 1 as a sum of squares keeps its digits where 1 - r would not.
    rest = float(((a / np.linalg.norm(a) - r * b / np.linalg.norm(b)) ** 2).sum())
    t = r * math.sqrt((n - 2) / rest) if rest > 1e-30 else math.copysign(math.inf, r)
    return Correlation(r, fisher_interval(r, 1.0 / math.sqrt(n - 3) if n > 3 else math.nan, level), _p(t, n - 2), n)


def fisher_interval(r: float, standard_error: float, level: float) -> Interval:
    """Give the interval of a correlation from the standard error of its Fisher's z."""
    if not abs(r) < 1.0 - 1e-15 or math.isnan(standard_error):
        return Interval(math.nan, math.nan, level)
    half = float(ndtri(0.5 + 0.5 * level)) * standard_error
    z = math.atanh(r)
    return Interval(math.tanh(z - half), math.tanh(z + half), level)


def _p(t: float, df: int) -> float:
    if math.isinf(t):
        return 0.0
    return 2.0 * float(stdtr(df, -abs(t))) if df > 0 else math.nan
