r"""The standardised difference of two groups, with its exact interval.

With the pooled standard deviation s, :math:`d = (\bar x_1 - \bar x_2) / s` and Hedges' (1981, eq. 6e) correction

.. math:: g = J(\nu) d, \quad J(\nu) = \frac{\Gamma(\nu / 2)}{\sqrt{\nu / 2} \; \Gamma((\nu - 1) / 2)},
          \quad \nu = n_1 + n_2 - 2.

:math:`t = d / \sqrt{1 / n_1 + 1 / n_2}` follows a noncentral t; the interval holds the differences whose noncentrality
makes t neither too large nor too small (Steiger & Fouladi 1997; Cumming & Finch 2001).

References
----------
Cumming, G. & Finch, S. (2001). A primer on the understanding, use, and calculation of confidence intervals that are
    based on central and noncentral distributions. Educational and Psychological Measurement 61, 532-574.
Hedges, L. V. (1981). Distribution theory for Glass's estimator of effect size and related estimators. Journal of
    Educational Statistics 6, 107-128.
Steiger, J. H. & Fouladi, R. T. (1997). Noncentrality interval estimation and the evaluation of statistical models. In
    What if there were no significance tests? Erlbaum.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.special import gammaln, nctdtr, stdtr, stdtrit

from ..interval import Interval
from ..item_responses import FloatArray


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """Two means compared.

    Attributes
    ----------
    difference : float
        First mean less second, in the score's unit.
    difference_interval : Interval
        Welch's, which lets the groups differ in spread.
    t, df, p : float
        Welch's test.
    cohen_d, hedges_g : float
        In pooled standard deviations; g without d's bias in small groups. NaN where neither group varies.
    interval : Interval
        Of `hedges_g`.
    n_first, n_second : int
    """

    difference: float
    difference_interval: Interval
    t: float
    df: float
    p: float
    cohen_d: float
    hedges_g: float
    interval: Interval
    n_first: int
    n_second: int


def group_difference(first: FloatArray, second: FloatArray, level: float) -> GroupDifference:
    """Compare the means of two groups of at least two scores each.

    Examples
    --------
    >>> import numpy as np
    >>> found = group_difference(np.array([3.0, 4, 5, 5, 4]), np.array([2.0, 3, 3, 4, 2]), 0.95)
    >>> round(found.hedges_g, 3), str(found.interval)
    (1.511, '0.144 to 2.813 (95 %)')
    """
    n1, n2 = len(first), len(second)
    v1, v2 = float(first.var(ddof=1)), float(second.var(ddof=1))
    difference = float(first.mean() - second.mean())
    error = math.sqrt(v1 / n1 + v2 / n2)
    pooled = math.sqrt(((n1 - 1) * v1 + (n2 - 1) * v2) / (n1 + n2 - 2))
    if error > 0:
        df = error**4 / ((v1 / n1) ** 2 / (n1 - 1) + (v2 / n2) ** 2 / (n2 - 1))
        t = difference / error
        p = 2.0 * float(stdtr(df, -abs(t)))
        half = float(stdtrit(df, 0.5 + 0.5 * level)) * error
    else:
        df, t, p, half = math.nan, math.nan, math.nan, math.nan
    d = difference / pooled if pooled > 0 else math.nan
    correction = small_sample_correction(n1 + n2 - 2)
    scale = math.sqrt(1.0 / n1 + 1.0 / n2)
    low, high = noncentral_t_limits(d / scale, n1 + n2 - 2, level)
    return GroupDifference(
        difference=difference,
        difference_interval=Interval(difference - half, difference + half, level),
        t=t,
        df=df,
        p=p,
        cohen_d=d,
        hedges_g=correction * d,
        interval=Interval(correction * scale * low, correction * scale * high, level),
        n_first=n1,
        n_second=n2,
    )


def small_sample_correction(df: float) -> float:
    """Give Hedges' J, by which a standardised difference overstates in small samples; NaN below 2 degrees of freedom."""
    if df < 2:
        return math.nan
    return math.exp(float(gammaln(0.5 * df)) - 0.5 * math.log(0.5 * df) - float(gammaln(0.5 * (df - 1.0))))


def noncentral_t_limits(t: float, df: float, level: float) -> tuple[float, float]:
    """Give the noncentralities at which t is as high, and as low, as the level allows."""
    if not math.isfinite(t):
        return math.nan, math.nan
    tail = 0.5 * (1.0 - level)
    # P(T <= t) falls as the noncentrality rises, some standard errors of t to either side.
    reach = 10.0 + 10.0 * math.sqrt(1.0 + t * t / (2.0 * df))

    def limit(probability: float) -> float:
        return where_it_falls_to(lambda nc: float(nctdtr(df, nc, t)), probability, t - reach, t + reach)

    return limit(1.0 - tail), limit(tail)


def where_it_falls_to(function: Callable[[float], float], target: float, low: float, high: float) -> float:
    """Halve a bracket in which a falling function passes a value, to the last digit."""
    for _ in range(200):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        if function(middle) > target:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
