"""One form of intraclass correlation with its interval and its test, and the step from it to the mean of several ratings."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import fdtrc, fdtri

from ..interval import Interval


@dataclass(frozen=True, slots=True)
class IntraclassForm:
    """One of the six coefficients.

    Attributes
    ----------
    coefficient : float
        May be negative where targets differ less than chance makes them. That of the mean of k ratings then has no lower end:
        it is minus infinity where a single rating's is -1 / (k - 1) or less, as it is where the targets' means are all equal,
        and the notes say so. NaN where the variances that it divides by cancel out.
    interval : Interval
    f, df_targets, df_error, p : float
        Test of no difference between targets.
    """

    coefficient: float
    interval: Interval
    f: float
    df_targets: float
    df_error: float
    p: float


def form_from_f(
    of_targets: float, ms_error: float, ms_targets: float, m: float, df: tuple[float, float], level: float
) -> IntraclassForm:
    """Estimate a form whose interval follows from F alone."""
    tail = 0.5 * (1.0 - level)
    f = ms_targets / ms_error if ms_error > 0 else math.inf
    # (F - 1) / (F + m - 1) with F = MSB / (quantile MSE), multiplied out so that MSE may be 0
    ends = [
        (ms_targets - quantile * ms_error) / (ms_targets + (m - 1.0) * quantile * ms_error)
        for quantile in (float(fdtri(*df, 1.0 - tail)), float(fdtri(*df, tail)))
    ]
    total = of_targets + ms_error
    coefficient = quotient(of_targets, total)
    p = float(fdtrc(*df, f)) if math.isfinite(f) else 0.0
    return IntraclassForm(coefficient, Interval(ends[0], ends[1], level), f, df[0], df[1], p)


def of_mean(form: IntraclassForm, k: float) -> IntraclassForm:
    """Step a form up to the mean of k ratings (Spearman-Brown), its interval with it."""

    def step(r: float) -> float:
        below = 1.0 + (k - 1.0) * r
        # A single rating's coefficient cannot go below -1 / (k - 1), where its mean's runs to minus infinity.
        return math.nan if math.isnan(r) else k * r / below if below > 0 else -math.inf

    interval = Interval(step(form.interval.low), step(form.interval.high), form.interval.level)
    return IntraclassForm(step(form.coefficient), interval, form.f, form.df_targets, form.df_error, form.p)


def quotient(above: float, below: float) -> float:
    """Divide; NaN where there is nothing to divide by."""
    return above / below if below != 0 else math.nan
