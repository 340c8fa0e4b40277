r"""What the restricted likelihood says of fixed effects and of the variance of each level, and how sure it is.

A variance component, and the squared standard error of a fixed effect, are functions :math:`v = \sigma^2 w(\gamma)` of
the residual variance and the ratios. With the observed information at the maximum,

.. math:: \mathrm{Var}(\log v) = \frac{2}{N - p} + g' \mathrm{Cov}(\hat\gamma) g,
          \quad g = \frac{\partial}{\partial\gamma} \log [\hat\sigma^2(\gamma) w(\gamma)],                        (1)

because :math:`2 / (N - p)` is the variance of :math:`\log \hat\sigma^2` where the ratios are known. g is exact (complex
step). Satterthwaite's (1946) degrees of freedom of v are 2 / Var(log v): for fixed effects as in Giesbrecht and Burns
(1985) and lmerTest, for variances as in SAS, whose interval :math:`(df\,v / \chi^2_{upper}, df\,v / \chi^2_{lower})`
cannot leave the scale. A variance below its standard error (0 among them) is beyond that approximation: its interval
ends where the restricted likelihood, all other variances at their best, has fallen by half the chi-square quantile.

References
----------
Giesbrecht, F. G. & Burns, J. C. (1985). Two-stage analysis based on a mixed model: large-sample asymptotic theory and
    small-sample simulation results. Biometrics 41, 477-486.
Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance components. Biometrics Bulletin 2,
    110-114.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri, stdtr, stdtrit

from ..item_responses import FloatArray, IntArray, read_only
from ..restricted_maximum import RestrictedMaximum, restricted_maximum
from ..table import ResultTable, Table
from ..variance_components import STEP, CrossedLevels


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FixedEffects(ResultTable):
    """Differences that go with the case-mix.

    Attributes
    ----------
    name : tuple of str, length n_effects
        "intercept" first: the score where every number is 0 and every label the reference.
    estimate, standard_error, df, p : float array, shape (n_effects,)
        Generalised least squares; Satterthwaite's degrees of freedom; two-sided t test of 0.
    interval : float array, shape (n_effects, 2)
    level : float
    reference : tuple of (covariate, label)
        What labels are compared with.
    """

    name: tuple[str, ...]
    estimate: FloatArray
    standard_error: FloatArray
    df: FloatArray
    p: FloatArray
    interval: FloatArray
    level: float
    reference: tuple[tuple[str, str], ...]

    def table(self) -> Table:
        """Give one row an effect."""
        cells = zip(self.name, self.estimate, self.standard_error, self.df, *self.interval.T, self.p, strict=True)
        rows = tuple((name, *(float(cell) for cell in rest)) for name, *rest in cells)
        columns = ("effect", "estimate", "se", "df", f"{100 * self.level:g} % low", "high", "p")
        notes = tuple(f"{name}: compared with {label}" for name, label in self.reference)
        return Table("Fixed effects", columns, rows, notes)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LevelVariances(ResultTable):
    """How much of the score's variance lies at each level.

    Attributes
    ----------
    name : tuple of str, length n_levels + 1
        The unit first, "residual" last.
    role : tuple of str
        "unit", "contains units", "inside units", "crossed" or "residual".
    n_places : int array, shape (n_levels + 1,)
        Places with scores; for the residual, scores.
    variance : float array, shape (n_levels + 1,)
        Restricted maximum likelihood.
    standard_error : float array, shape (n_levels + 1,)
        NaN for a variance of 0.
    interval : float array, shape (n_levels + 1, 2)
    share : float array, shape (n_levels + 1,)
        Of the sum of all.
    level : float
        Of the intervals.
    """

    name: tuple[str, ...]
    role: tuple[str, ...]
    n_places: IntArray
    variance: FloatArray
    standard_error: FloatArray
    interval: FloatArray
    share: FloatArray
    level: float

    def table(self) -> Table:
        """Give one row a level."""
        rows = tuple(
            (
                self.name[i],
                self.role[i],
                int(self.n_places[i]),
                float(self.variance[i]),
                float(self.standard_error[i]),
                float(self.interval[i, 0]),
                float(self.interval[i, 1]),
                float(self.share[i]),
            )
            for i in range(len(self.name))
        )
        columns = ("level", "role", "n", "variance", "se", f"{100 * self.level:g} % low", "high", "share")
        return Table("Variance of each level", columns, rows)


def fixed_effects(
    fit: RestrictedMaximum,
    covariance: FloatArray,
    names: tuple[str, ...],
    reference: tuple[tuple[str, str], ...],
    level: float,
) -> FixedEffects:
    """Estimate the fixed effects, the intercept where every column is 0; `covariance` is that of the ratios."""
    levels, point = fit.point.levels, fit.point
    rows = np.eye(levels.n_fixed)
    rows[0, 1:] = -levels.centre[1:-1]
    estimate = rows @ point.beta.real
    estimate[0] += levels.centre[-1]
    squared = np.einsum("ip,pr,ir->i", rows, np.linalg.inv(point.information.real), rows)
    slopes = np.empty((fit.ratios.size, rows.shape[0]))
    for place in range(fit.ratios.size):
        beside = levels.at(levels.beside(fit.ratios, place))
        change = np.einsum("ip,pr,ir->i", rows, np.linalg.inv(beside.information), rows)
        slopes[place] = (change.imag / change.real + beside.squares.imag / beside.squares.real) / STEP
    df = 2.0 / (2.0 / (levels.n - levels.n_fixed) + np.einsum("ke,kl,le->e", slopes, covariance, slopes))
    error = np.sqrt(squared * fit.residual)
    half = stdtrit(df, 0.5 + 0.5 * level) * error
    return FixedEffects(
        name=("intercept", *names),
        estimate=read_only(estimate),
        standard_error=read_only(error),
        df=read_only(df),
        p=read_only(2.0 * stdtr(df, -np.abs(estimate / error))),
        interval=read_only(np.column_stack([estimate - half, estimate + half])),
        level=level,
        reference=reference,
    )


def level_variances(
    fit: RestrictedMaximum,
    covariance: FloatArray,
    name: tuple[str, ...],
    role: tuple[str, ...],
    n_places: tuple[int, ...],
    level: float,
) -> LevelVariances:
    """Give the variances with their standard errors and intervals; `covariance` is that of the ratios."""
    variance = np.append(fit.variances, fit.residual)
    some = np.where(variance > 0, variance, 1.0)
    of_logarithm = np.diag(variance_covariance(fit, covariance)) / some**2
    with np.errstate(divide="ignore"):
        df, tail = 2.0 / of_logarithm, 0.5 * (1.0 - level)
    error = np.where(variance > 0, variance * np.sqrt(of_logarithm), math.nan)
    interval = np.empty((variance.size, 2))
    for place in range(variance.size):
        if place < fit.ratios.size and not error[place] <= variance[place]:
            interval[place] = _profile(fit, place, level)
        else:
            # chdtri takes the probability above.
            ends = chdtri(df[place], np.array([tail, 1.0 - tail]))
            interval[place] = df[place] * variance[place] / ends
    return LevelVariances(
        name=(*name, "residual"),
        role=(*role, "residual"),
        n_places=read_only(np.array([*n_places, fit.point.levels.n], dtype=np.int64)),
        variance=read_only(variance),
        standard_error=read_only(error),
        interval=read_only(interval),
        share=read_only(variance / variance.sum()),
        level=level,
    )


def variance_covariance(fit: RestrictedMaximum, covariance: FloatArray) -> FloatArray:
    """Give the large-sample covariance of all variances, the residual's last; 0 in the rows of those that are 0."""
    levels, ratios = fit.point.levels, fit.ratios
    variance = np.append(fit.variances, fit.residual)
    slopes = _slopes_of_logarithm(levels, ratios)
    # d (ratio sigma2) = sigma2 d ratio + ratio d sigma2
    by_ratio = fit.residual * np.vstack([np.eye(ratios.size), np.zeros(ratios.size)]) + np.outer(variance, slopes)
    return np.asarray(
        by_ratio @ covariance @ by_ratio.T + np.outer(variance, variance) * 2.0 / (levels.n - levels.n_fixed)
    )


def _slopes_of_logarithm(levels: CrossedLevels, ratios: FloatArray) -> FloatArray:
    """Give the derivative of log sigma^2 by each ratio."""
    squares = [levels.at(levels.beside(ratios, place)).squares for place in range(ratios.size)]
    return np.array([value.imag / value.real for value in squares]) / STEP


def _profile(fit: RestrictedMaximum, place: int, level: float) -> tuple[float, float]:
    """Find where the profile of -2 l by one level's ratio has risen by the chi-square quantile, below and above."""
    from scipy.optimize import brentq

    levels = fit.point.levels
    top = math.log1p(fit.ratios[place] * levels.answers_a_place[place])
    rise = float(chdtri(1, 1.0 - level))

    def held_at(phi: float) -> RestrictedMaximum:
        ratio = math.expm1(phi) / levels.answers_a_place[place]
        return restricted_maximum(levels, start=fit.ratios, held={place: ratio})

    def excess(phi: float) -> float:
        return held_at(phi).point.value - fit.point.value - rise

    # Four digits: more than such ends are worth.
    low = brentq(excess, 0.0, top, xtol=1e-8, rtol=1e-5) if top > 0.0 and excess(0.0) > 0.0 else 0.0
    high = top + 0.5
    while excess(high) < 0.0:
        high += high - top
    high = brentq(excess, top, high, xtol=1e-8, rtol=1e-5)
    return (float(held_at(low).variances[place]), float(held_at(high).variances[place]))
