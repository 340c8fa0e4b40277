"""Variance between and within units: the one-way random effects model with units of any size.

A person i of unit j has the score y_ij = mu + u_j + e_ij, u_j ~ N(0, tau2), e_ij ~ N(0, sigma2). With the ratio
r = tau2 / sigma2 and w_j = n_j / (1 + r n_j), the weight of unit j's mean m_j in units of 1 / sigma2,

    mu(r)     = sum w_j m_j / sum w_j
    Q(r)      = SSW + sum w_j (m_j - mu(r))^2
    sigma2(r) = Q(r) / (N - 1)
    l(r)      = -1/2 [ (N - 1) log Q(r) + sum log(1 + r n_j) + log sum w_j ] + constant            (1)

is the restricted likelihood with mu and sigma2 profiled out (Patterson and Thompson 1971, Biometrika 58, 545-554;
Harville 1977, JASA 72, 320-338; the constant is lme4's, Bates et al. 2015, J. Stat. Softw. 67(1), eq. 42), and

    -2 l'(r)  = -(N - 1) sum w_j^2 (m_j - mu)^2 / Q + sum w_j - sum w_j^2 / sum w_j                (2)

Units enter only through their sizes, so units of one size are gathered first: an iteration costs the number of
*different* sizes, some hundred in a survey of ten thousand placements. (1) can have two maxima when sizes differ
wildly; it is therefore scanned over the whole range before (2) is solved between the best point's neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, fdtrc, fdtri, lambertw

from ..errors import AnalysisError
from ..item_responses import FloatArray, read_only
from .sums import ScoreSums


@dataclass(frozen=True, slots=True, eq=False)
class UnitAnova:
    """One-way analysis of variance of a score by unit.

    ICC(1) has two definitions when units differ in size: by n0 (Snedecor and Cochran; unbiased variance components)
    and by the mean size (as ``multilevel::ICC1`` and ``psych::statsBy`` compute it). Both may be negative.

    Attributes
    ----------
    ms_between, ms_within, f, p : float
        Mean squares (score units squared), their ratio and its probability under no difference.
    df_between, df_within : int
    n0, mean_size : float
        (N - sum n_j^2 / N) / (J - 1), and N / J.
    icc1_n0, icc1_mean_size, icc2 : float
        (MSB - MSW) / (MSB + (k - 1) MSW) with k = n0 and k = N / J; (MSB - MSW) / MSB.
    """

    ms_between: float
    ms_within: float
    f: float
    p: float
    df_between: int
    df_within: int
    n0: float
    mean_size: float
    icc1_n0: float
    icc1_mean_size: float
    icc2: float


@dataclass(frozen=True, slots=True, eq=False)
class SizeClasses:
    """Unit means gathered by unit size, around the mean of all scores.

    Attributes
    ----------
    size, count : float array, shape (n_sizes,)
        Different unit sizes, and how many units have each.
    mean, spread : float array, shape (n_sizes,)
        Mean of the unit means of that size less the mean of all scores, and their squared deviations from it.
    within : float
        Squared deviations of the scores from their units' means (SSW).
    centre : float
        The mean of all scores.
    n, n_units : int
    n0 : float
        The unit size that carries the variance components when sizes differ.
    """

    size: FloatArray
    count: FloatArray
    mean: FloatArray
    spread: FloatArray
    within: float
    centre: float
    n: int
    n_units: int
    n0: float

    @classmethod
    def from_sums(cls, sums: ScoreSums) -> SizeClasses:
        """Gather the units that have scores; refuse what cannot tell unit from person."""
        some = sums.n > 0
        size_of = sums.n[some]
        n, n_units = int(size_of.sum()), int(some.sum())
        if n_units < 2:
            found = "no unit" if n_units == 0 else f"one unit ({sums.unit[int(np.flatnonzero(some)[0])]!r})"
            raise AnalysisError([f"differences between units need at least two units with scores; there is {found}"])
        if n == n_units:
            raise AnalysisError(
                [
                    f"each of the {n_units} units has one score, so differences between units cannot be told from those within"
                ]
            )
        centre = float(size_of @ sums.mean[some]) / n
        means = sums.mean[some] - centre
        size, code, count = np.unique(size_of, return_inverse=True, return_counts=True)
        mean = np.bincount(code, weights=means) / count
        spread = np.bincount(code, weights=(means - mean[code]) ** 2).astype(np.float64)
        n0 = (n - float((size_of.astype(float) ** 2).sum()) / n) / (n_units - 1)
        return cls(
            read_only(size.astype(float)),
            read_only(count.astype(float)),
            read_only(mean),
            read_only(spread),
            float(sums.squares.sum()),
            centre,
            n,
            n_units,
            n0,
        )

    @classmethod
    def from_worth(cls, worth: FloatArray, mean: FloatArray, sigma2: float, df_within: int) -> SizeClasses:
        """Gather units whose means have the variances sigma2 / worth, sigma2 being known from so many degrees of freedom."""
        n_units = len(worth)
        if n_units < 2:
            raise AnalysisError(f"differences between units need at least two units with scores; there is {n_units}")
        total = float(worth.sum())
        centre = float(worth @ mean) / total
        size, code, count = np.unique(worth, return_inverse=True, return_counts=True)
        means = mean - centre
        middle = np.bincount(code, weights=means) / count
        spread = np.bincount(code, weights=(means - middle[code]) ** 2).astype(np.float64)
        return cls(
            read_only(size),
            read_only(count.astype(float)),
            read_only(middle),
            read_only(spread),
            sigma2 * df_within,
            centre,
            df_within + n_units,
            n_units,
            (total - float((worth**2).sum()) / total) / (n_units - 1),
        )

    def at(self, ratio: FloatArray) -> Profile:
        """Evaluate mu(r), sigma2(r) and equation (1) at each ratio tau2 / sigma2."""
        w = self.size / (1.0 + ratio[:, None] * self.size)
        weight = w @ self.count
        mu = (w * self.count) @ self.mean / weight
        deviation = self.spread + self.count * (self.mean - mu[:, None]) ** 2
        q = self.within + np.einsum("rk,rk->r", w, deviation)
        df = self.n - 1
        likelihood = -0.5 * (
            df * (1.0 + np.log(2.0 * np.pi * q / df))
            + np.log1p(ratio[:, None] * self.size) @ self.count
            + np.log(weight)
        )
        return Profile(ratio, mu, q / df, weight, likelihood)

    def slope(self, ratio: FloatArray) -> FloatArray:
        """Evaluate the derivative of equation (1), which is equation (2), at each ratio."""
        w = self.size / (1.0 + ratio[:, None] * self.size)
        weight = w @ self.count
        mu = (w * self.count) @ self.mean / weight
        deviation = self.spread + self.count * (self.mean - mu[:, None]) ** 2
        q = self.within + np.einsum("rk,rk->r", w, deviation)
        between = (self.n - 1) * np.einsum("rk,rk->r", w**2, deviation) / q
        return np.asarray(0.5 * (between - weight + (w**2 @ self.count) / weight))

    def largest_ratio(self) -> float:
        """Return a ratio beyond which neither the maximum nor any weight of (1) lies."""
        f = self.anova().f
        return 1e6 * max(1.0, f) / self.n0

    def anova(self) -> UnitAnova:
        """Return the one-way analysis of variance."""
        between = float(self.size @ (self.spread + self.count * self.mean**2))
        df_between, df_within = self.n_units - 1, self.n - self.n_units
        msb, msw = between / df_between, self.within / df_within
        mean_size = self.n / self.n_units

        def icc1(k: float) -> float:
            return (msb - msw) / (msb + (k - 1.0) * msw) if msb + (k - 1.0) * msw > 0 else np.nan

        f = msb / msw if msw > 0 else (np.inf if msb > 0 else np.nan)
        return UnitAnova(
            ms_between=msb,
            ms_within=msw,
            f=f,
            p=float(fdtrc(df_between, df_within, f)),
            df_between=df_between,
            df_within=df_within,
            n0=self.n0,
            mean_size=mean_size,
            icc1_n0=icc1(self.n0),
            icc1_mean_size=icc1(mean_size),
            icc2=(msb - msw) / msb if msb > 0 else np.nan,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The restricted likelihood profile at some ratios; every array has shape (n_ratios,).

    Attributes
    ----------
    ratio : tau2 / sigma2
    mean : mu(r) less the mean of all scores
    variance : sigma2(r)
    weight : the sum of w_j, so that the variance of mu(r) is sigma2 / weight
    likelihood : l(r), equation (1)
    """

    ratio: FloatArray
    mean: FloatArray
    variance: FloatArray
    weight: FloatArray
    likelihood: FloatArray


def restricted_maximum(classes: SizeClasses) -> tuple[float, int]:
    """Return the ratio tau2 / sigma2 that maximises (1), and the iterations it took; SSW must not be 0."""
    grid = np.concatenate([[0.0], np.geomspace(1e-6 / classes.n0, classes.largest_ratio(), 160)])
    best = int(np.argmax(classes.at(grid).likelihood))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    if classes.slope(np.array([low]))[0] <= 0.0:
        return 0.0, 1
    return where_it_falls_to_zero(classes.slope, float(low), float(high))


def where_it_falls_to_zero(
    function: Callable[[FloatArray], FloatArray], low: float, high: float, n_points: int = 59
) -> tuple[float, int]:
    """Narrow a bracket, positive at its low end and not at its high end, to the last digit; count the rounds.

    All points of a round are one call, which where a point costs little is hardly dearer than one: a round of 59 gains 60-fold.
    """
    rounds = 0
    while True:
        rounds += 1
        points = np.linspace(low, high, n_points + 2)
        positive = np.flatnonzero(function(points[1:-1]) > 0.0)
        last = int(positive[-1]) + 1 if positive.size else 0
        narrow = float(points[last]), float(points[last + 1])
        if narrow == (low, high) or narrow[1] - narrow[0] <= 2.0 * np.spacing(narrow[1]):
            break
        low, high = narrow
    return 0.5 * (low + high), rounds


def wald_interval(classes: SizeClasses, level: float) -> tuple[float, float]:
    """Return the exact interval of the ratio tau2 / sigma2 for units of any size.

    At the true ratio the weighted mean square of the unit means over that within units follows F(J - 1, N - J) and
    falls as the ratio rises (Wald 1940, Annals of Mathematical Statistics 11, 96-99; with an estimated mean, Harville
    and Fenech 1985, Biometrics 41, 137-152). In balanced data this is the interval of Shrout and Fleiss. Ends below 0
    are set to 0.
    """
    df_between, df_within = classes.n_units - 1, classes.n - classes.n_units

    def excess(ratio: FloatArray) -> FloatArray:
        between = classes.at(ratio).variance * (classes.n - 1) - classes.within
        return np.asarray(between / df_between - quantile * classes.within / df_within)

    ends = []
    for tail in (0.5 + 0.5 * level, 0.5 - 0.5 * level):
        quantile = float(fdtri(df_between, df_within, tail))
        high = 1.0 / classes.n0
        while excess(np.array([high]))[0] > 0.0:
            high *= 4.0
        ends.append(where_it_falls_to_zero(excess, 0.0, high)[0] if excess(np.zeros(1))[0] > 0.0 else 0.0)
    return ends[0], ends[1]


def profile_intervals(classes: SizeClasses, level: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return profile likelihood intervals of tau and sigma, as `lme4::confint` gives them (by ML, not REML).

    An end of a profile interval is an extreme of its parameter over the region in which the deviance

        D(r, sigma2) = N log sigma2 + Q(r) / sigma2 + sum log(1 + r n_j)

    is within the chi-square quantile of its minimum. For one r that region is an interval of sigma2 whose ends solve
    x - log x = a for x = Q / (N sigma2), that is x = -W(-exp(-a)) on the two branches of Lambert's W.
    """
    n = classes.n

    def least(ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
        q = classes.at(ratio).variance * (n - 1)
        return q, n * (1.0 + np.log(q / n)) + np.log1p(ratio[:, None] * classes.size) @ classes.count

    grid = np.concatenate([[0.0], np.geomspace(1e-6 / classes.n0, classes.largest_ratio(), 160)])
    best, negative = _greatest(lambda ratio: -least(ratio)[1], grid)
    bound = -negative + float(chdtri(1, 1.0 - level))

    def spare(ratio: FloatArray) -> FloatArray:
        return bound - least(ratio)[1]

    # The region may be narrower than a step of the grid: its own ends about the best ratio are added.
    high, _ = where_it_falls_to_zero(spare, best, float(grid[-1]))
    low = 0.0
    if spare(np.zeros(1))[0] <= 0.0:
        low = best - where_it_falls_to_zero(lambda step: spare(best - step), 0.0, best)[0]
    grid = np.union1d(grid, np.linspace(low, high, 61))

    def ends(ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
        q, deviance = least(ratio)
        a = 1.0 + (bound - deviance) / n
        inside = a >= 1.0
        x = [-lambertw(-np.exp(-np.maximum(a, 1.0)), branch).real for branch in (-1, 0)]
        return tuple(np.where(inside, q / (n * value), np.nan) for value in x)  # type: ignore[return-value]

    tau2 = -_greatest(lambda r: -r * ends(r)[0], grid)[1], _greatest(lambda r: r * ends(r)[1], grid)[1]
    sigma2 = -_greatest(lambda r: -ends(r)[0], grid)[1], _greatest(lambda r: ends(r)[1], grid)[1]
    return (abs(tau2[0]) ** 0.5, tau2[1] ** 0.5), (sigma2[0] ** 0.5, sigma2[1] ** 0.5)


def _greatest(function: Callable[[FloatArray], FloatArray], grid: FloatArray) -> tuple[float, float]:
    """Return where a function is largest and its value there, closing in on the best point of a grid.

    Points where the function does not exist (NaN) are passed over.
    """
    where, best = 0.0, -np.inf
    for _ in range(12):
        values = function(grid)
        values = np.where(np.isnan(values), -np.inf, values)
        place = int(np.argmax(values))
        if values[place] <= best + 1e-13 * abs(best):
            break
        where, best = float(grid[place]), float(values[place])
        grid = np.linspace(grid[max(place - 1, 0)], grid[min(place + 1, grid.size - 1)], 41)
    return where, best


def no_spread(classes: SizeClasses) -> tuple[bool, bool]:
    """Tell whether scores do not differ at all, and whether they do not differ within units, beyond rounding."""
    rounding = classes.n * (1e-13 * max(abs(classes.centre), float(np.abs(classes.mean).max()))) ** 2
    between: NDArray[np.float64] = classes.size @ (classes.spread + classes.count * classes.mean**2)
    return bool(classes.within + between <= rounding), bool(classes.within <= rounding)
