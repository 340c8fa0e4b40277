"""How far a score tells units (placements, teams, schools) apart."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ..counted import counted
from ..errors import AnalysisError
from ..interval import Interval, check_level
from ..options import read_numbers, refuse, wrong_level, wrong_number, wrong_word
from ..table import ResultTable, Table
from .sums import ScoreSums, read_sums
from .variance import SizeClasses, UnitAnova, no_spread, profile_intervals, restricted_maximum, wald_interval

Method = Literal["reml", "anova"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnitReliability(ResultTable):
    """Variance between and within units, and what it means for the reliability of a unit's mean.

    Attributes
    ----------
    icc1 : float
        Share of a single score's variance that lies between units, tau2 / (tau2 + sigma2). Never negative here; the
        analysis of variance in `anova` keeps the sign. NaN where all scores are equal.
    icc1_interval : Interval
        Exact under normality for units of any size (Wald 1940).
    icc2 : float
        Reliability of the mean of a unit of n0 scores, tau2 / (tau2 + sigma2 / n0).
    tau2, sigma2 : float
        Variance between and within units, in score units squared.
    grand_mean, grand_mean_se : float
        Generalised least squares mean of the units' true scores and its standard error.
    n0, mean_size : float
        Unit size that carries the variance components where sizes differ, and the plain mean.
    n_units, n, n_missing : int
        Units with scores, scores, and scores that were NaN.
    log_likelihood : float
        Restricted log likelihood at the estimate, constant as in lme4.
    anova : UnitAnova
        The one-way analysis of variance, with ICC(1) by n0 and by the mean size.
    method : str
        "reml", or "anova" (tau2 from the mean squares and n0).
    converged : bool
    iterations : int
    notes : tuple of str
        What a reader must know: no variance found, scores dropped.
    classes : SizeClasses
        The sums that the likelihood needs.
    """

    icc1: float
    icc1_interval: Interval
    icc2: float
    tau2: float
    sigma2: float
    grand_mean: float
    grand_mean_se: float
    n0: float
    mean_size: float
    n_units: int
    n: int
    n_missing: int
    log_likelihood: float
    anova: UnitAnova
    method: Method
    converged: bool
    iterations: int
    notes: tuple[str, ...]
    classes: SizeClasses

    def of(self, n: ArrayLike) -> np.ndarray:
        """Reliability of the mean of n scores, tau2 / (tau2 + sigma2 / n); 0 for n = 0 and where tau2 = 0."""
        size = read_numbers("n", n)
        if not (np.isfinite(size) & (size >= 0)).all():
            raise AnalysisError("n, numbers of scores, are finite and none of them negative")
        total = size * self.tau2 + self.sigma2
        # Two variances of 0 tell no unit from another; so does a unit without scores.
        return np.divide(size * self.tau2, total, out=np.zeros_like(total), where=(total > 0) & (size > 0))

    def n_for(self, reliability: float) -> float:
        """Scores a unit needs for its mean to be this reliable (Spearman-Brown); infinite where tau2 = 0.

        Examples
        --------
        >>> found = unit_reliability([4, 5, 1, 2, 3, 3, 2, 5, 4], list("aaabbbccc"), method="anova")
        >>> found.tau2, found.n_for(0.7)
        (0.0, inf)
        """
        refuse(wrong_number("reliability", reliability, above=0, below=1))
        odds = reliability / (1.0 - reliability)
        return odds * self.sigma2 / self.tau2 if self.tau2 > 0 else np.inf

    def sd_intervals(self, ci: float = 0.95) -> tuple[Interval, Interval]:
        """Profile likelihood intervals of the standard deviations between and within units, as `lme4::confint`.

        They take some ten times as long as the estimate itself; NaN where sigma2 = 0.

        Examples
        --------
        >>> found = unit_reliability([70, 85, 90, 40, 55, 50, 60, 75, 65], list("aaabbbccc"))
        >>> between, within = found.sd_intervals()
        >>> print(between)
        2.892 to 39.945 (95 %)
        """
        level = check_level(ci)
        if self.sigma2 == 0.0:
            return Interval(np.nan, np.nan, level), Interval(np.nan, np.nan, level)
        between, within = profile_intervals(self.classes, level)
        return Interval(*between, level), Interval(*within, level)

    def table(self) -> Table:
        """Give the table that it prints."""
        rows = (
            ("ICC(1)", self.icc1, self.icc1_interval.low, self.icc1_interval.high),
            (f"ICC(2), n = {self.n0:.1f}", self.icc2, None, None),
            ("variance between units", self.tau2, None, None),
            ("variance within units", self.sigma2, None, None),
            ("grand mean", self.grand_mean, None, None),
            ("scores for reliability 0.7", self.n_for(0.7), None, None),
        )
        level = f"{100 * self.icc1_interval.level:g} %"
        sizes = f"{self.n} scores in {self.n_units} units (mean size {self.mean_size:.1f}); {self.method.upper()}"
        return Table("Reliability of units", ("", "estimate", f"{level} low", "high"), rows, (sizes, *self.notes))


def unit_reliability(
    scores: ArrayLike | ScoreSums,
    unit: ArrayLike | Sequence[Hashable] | None = None,
    *,
    method: Method = "reml",
    ci: float = 0.95,
) -> UnitReliability:
    """Estimate the variance between and within units, ICC(1) and ICC(2).

    A score y_ij = mu + u_j + e_ij of person i in unit j has variance tau2 between and sigma2 within units; then
    ICC(1) = tau2 / (tau2 + sigma2), and the mean of n scores has the reliability tau2 / (tau2 + sigma2 / n)
    (Bliese 2000, in Klein and Kozlowski (eds), Multilevel theory, research, and methods in organizations, 349-381).

    Parameters
    ----------
    scores : array_like, shape (n_people,), or ScoreSums
        One score a person, NaN where missing (dropped and counted); or the sums of each unit.
    unit : array_like, shape (n_people,)
        The unit of each person; left out where sums are given.
    method : {"reml", "anova"}
        Restricted maximum likelihood (exact profile), or mean squares with n0. They agree where all units are of one
        size.
    ci : float
        Of the interval for ICC(1).

    Returns
    -------
    UnitReliability

    Raises
    ------
    AnalysisError
        For fewer than two units with scores, and where every unit has a single score.

    Examples
    --------
    >>> scores = [70, 85, 90, 40, 55, 50, 60, 75, 65]
    >>> found = unit_reliability(scores, ["Elm"] * 3 + ["Oak"] * 3 + ["Ash"] * 3)
    >>> print(found)
    Reliability of units
                                estimate  95 % low   high
    ICC(1)                         0.772     0.151  0.993
    ICC(2), n = 3.0                0.910
    variance between units       253.704
    variance within units         75.000
    grand mean                    65.556
    scores for reliability 0.7     0.690
    9 scores in 3 units (mean size 3.0); REML
    """
    refuse([*wrong_word("method", method, ("reml", "anova")), *wrong_level(ci)])
    return estimate_reliability(read_sums(scores, unit), method, float(ci))


def estimate_reliability(sums: ScoreSums, method: Method, level: float, *, intervals: bool = True) -> UnitReliability:
    """Estimate from sums."""
    notes = []
    if sums.n_missing:
        notes.append(f"{counted(sums.n_missing, 'missing score was', 'missing scores were')} dropped.")
    n_empty = int((sums.n == 0).sum())
    if n_empty:
        notes.append(f"{counted(n_empty, 'unit has', 'units have')} no scores.")
    return estimate_from_classes(
        SizeClasses.from_sums(sums), method, level, sums.n_missing, tuple(notes), intervals=intervals
    )


def estimate_from_classes(
    classes: SizeClasses,
    method: Method,
    level: float,
    n_missing: int = 0,
    before: tuple[str, ...] = (),
    *,
    intervals: bool = True,
) -> UnitReliability:
    """Estimate from unit means gathered by their size; `before` are notes on how they came about.

    Without intervals that of ICC(1), which takes longer than all else, is NaN.
    """
    anova = classes.anova()
    notes = [*before]
    none_at_all, none_within = no_spread(classes)
    iterations = 0
    if none_at_all or none_within:
        sigma2, interval = 0.0, (np.nan, np.nan)
        tau2 = 0.0 if none_at_all else _variance_of_means(classes)
        mean = classes.centre + float(classes.count @ classes.mean) / classes.n_units
        error, likelihood = float(np.sqrt(tau2 / classes.n_units)), np.nan
        if none_at_all:
            notes.append("All scores are equal: variances, intervals and probabilities cannot be estimated.")
        else:
            notes.append("Scores do not differ within units (sigma2 = 0): every unit's mean is taken as it is.")
    else:
        if method == "reml":
            ratio, iterations = restricted_maximum(classes)
        else:
            ratio = max(0.0, (anova.ms_between - anova.ms_within) / classes.n0) / anova.ms_within
        at = classes.at(np.array([ratio]))
        sigma2 = float(at.variance[0]) if method == "reml" else anova.ms_within
        tau2 = ratio * sigma2
        mean, error = classes.centre + float(at.mean[0]), float(np.sqrt(sigma2 / at.weight[0]))
        likelihood = float(at.likelihood[0])
        low, high = wald_interval(classes, level) if intervals else (np.nan, np.nan)
        interval = (low / (1.0 + low), high / (1.0 + high))
        if tau2 == 0.0:
            notes.append("No difference between units beyond chance was found (tau2 = 0).")
        if high == 0.0:
            notes.append("Unit means are more alike than chance makes them: the interval of ICC(1) shrinks to 0.")
    some = tau2 + sigma2 > 0
    return UnitReliability(
        icc1=tau2 / (tau2 + sigma2) if some else np.nan,
        icc1_interval=Interval(interval[0], interval[1], level),
        icc2=tau2 / (tau2 + sigma2 / classes.n0) if some else np.nan,
        tau2=tau2,
        sigma2=sigma2,
        grand_mean=mean,
        grand_mean_se=error,
        n0=classes.n0,
        mean_size=anova.mean_size,
        n_units=classes.n_units,
        n=classes.n,
        n_missing=n_missing,
        log_likelihood=likelihood,
        anova=anova,
        method=method,
        converged=True,
        iterations=iterations,
        notes=tuple(notes),
        classes=classes,
    )


def _variance_of_means(classes: SizeClasses) -> float:
    """Return the variance of the unit means over units, whatever their sizes."""
    mean = float(classes.count @ classes.mean) / classes.n_units
    return float((classes.spread + classes.count * (classes.mean - mean) ** 2).sum()) / (classes.n_units - 1)
