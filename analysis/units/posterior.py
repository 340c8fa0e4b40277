"""Where each unit's true score may lie, with the mean and both variances as unknown as they are.

The plug-in interval of an empirical Bayes estimate takes the estimated mean and variances for true and is too short,
worst when the estimate of tau2 is 0 and the interval has no width at all. Corrections to the mean squared error
(Kackar and Harville 1984, JASA 79, 853-862; Prasad and Rao 1990, JASA 85, 163-171) repair its width but stay
symmetric and break down at tau2 = 0. Here the variances are integrated out instead, which the one-way model allows
almost in closed form. Given r = tau2 / sigma2, with the prior 1 / sigma2 for sigma2 and a flat one for mu,

    true score of unit j | r ~ t( mu(r) + lambda_j (m_j - mu(r)),
                                  sigma2(r) [ r (1 - lambda_j) + (1 - lambda_j)^2 / sum w ] )       lambda_j = r n_j / (1 + r n_j)

whose two terms are the uncertainty of u_j and of the mean. The density of r itself is the restricted likelihood of
`variance.py` times its prior, so that the posterior of a unit is a mixture of t distributions over some nodes of r.

Prior of tau2: flat (Stein's harmonic prior for the unit means; Morris 1983, JASA 78, 47-55; Morris and Lysy 2012,
Statistical Science 27, 115-134, show that its intervals hold their level over repeated samples, which flat priors on
tau and on the shrinkage miss by a few per cent). With it the posterior has 3 degrees of freedom fewer than there are
scores and is proper from four units on. Two or three units get the uniform shrinkage prior, flat on 1 / (1 + n0 r)
(Daniels 1999, Canadian Journal of Statistics 27, 567-578), which is always proper.

The nodes are Gauss-Legendre in phi = arctan sqrt(n0 r): smooth at tau2 = 0 and towards infinity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr, ndtri, stdtr, stdtrit

from ..item_responses import FloatArray, IntArray, read_only
from ..options import refuse, wrong_number
from .variance import SizeClasses

N_NODES = 24
# Beyond these degrees of freedom the normal form of t below is exact to 1e-11.
MANY = 30
# A region whose ends are exp(-DEPTH) of the summit leaves out less than 1e-7 of the posterior.
DEPTH = 20.0
# Units from which a flat prior of tau2 gives a proper posterior.
LEAST_FOR_FLAT = 4


class LikelihoodAt(Protocol):
    """The restricted likelihood at some ratios tau2 / sigma2, and the residual variance; shape (n_ratios,)."""

    @property
    def likelihood(self) -> FloatArray:
        """Logarithm, with everything but the ratio profiled out."""

    @property
    def variance(self) -> FloatArray:
        """sigma2 at the ratio."""


class RatioProfile(Protocol):
    """What is known of the ratio tau2 / sigma2; `n0` is the size of a unit that stands for all."""

    @property
    def n0(self) -> float:
        """Unit size."""

    def at(self, ratio: FloatArray) -> LikelihoodAt:
        """Evaluate at each ratio."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitPosterior:
    """Distribution of each unit's true score: a mixture of t distributions.

    Attributes
    ----------
    location, scale : float array, shape (n_units, n_nodes)
        Of each component, in the score's unit.
    weight : float array, shape (n_nodes,)
        Posterior probability of each node; adds up to 1.
    centre, spread : float array, shape (n_nodes,)
        Mean and standard deviation of the units' true scores at each node.
    df : float
        Degrees of freedom of every component.
    """

    location: FloatArray
    scale: FloatArray
    weight: FloatArray
    centre: FloatArray
    spread: FloatArray
    df: float

    @property
    def mean(self) -> FloatArray:
        """Posterior mean of each unit, shape (n_units,)."""
        return np.asarray(self.location @ self.weight)

    @property
    def sd(self) -> FloatArray:
        """Posterior standard deviation of each unit, shape (n_units,); infinite with 2 degrees of freedom or fewer."""
        if self.df <= 2:
            return np.full(self.location.shape[0], np.inf)
        second = (self.scale**2 * self.df / (self.df - 2) + (self.location - self.mean[:, None]) ** 2) @ self.weight
        return np.sqrt(second)

    def of(self, units: NDArray[np.intp]) -> UnitPosterior:
        """Keep some units, in the order of their positions."""
        return replace(self, location=read_only(self.location[units]), scale=read_only(self.scale[units]))

    def below(self, threshold: FloatArray) -> FloatArray:
        """Probability that each true score lies below a threshold: one for all (), or one a unit (n_units,)."""
        return self._below(threshold[:, None] if threshold.ndim else threshold)

    def _below(self, limit: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (limit - self.location) / self.scale
        # A component without width at the threshold itself is as much below as above it.
        z = np.where((self.scale == 0.0) & (limit == self.location), 0.0, z)
        return np.asarray(student_below(z, self.df) @ self.weight)

    def in_lowest(self, share: float) -> FloatArray:
        """Probability that each true score is in the lowest share of the normal distribution of true scores.

        Its bound, mean + z sd, is taken anew at each value that mean and sd may have.
        """
        refuse(wrong_number("the lowest share of units", share, above=0, below=1))
        return self._below(self.centre + float(ndtri(share)) * self.spread)

    def quantile(self, probability: float) -> FloatArray:
        """Quantile of each unit's true score, shape (n_units,)."""
        ends = self.location + self.scale * stdtrit(self.df, probability)
        low, high = ends.min(axis=1), ends.max(axis=1)
        spread = np.sqrt((self.scale**2 + (self.location - self.mean[:, None]) ** 2) @ self.weight)
        x = np.clip(self.mean + spread * ndtri(probability), low, high)
        open_ = np.flatnonzero(high > low)
        # The mixture's quantile lies between those of its components: Newton's step where it stays inside, else halve.
        for _ in range(100):
            if open_.size == 0:
                break
            location, scale = self.location[open_], self.scale[open_]
            z = (x[open_, None] - location) / scale
            excess = student_below(z, self.df) @ self.weight - probability
            high[open_] = np.where(excess > 0, x[open_], high[open_])
            low[open_] = np.where(excess <= 0, x[open_], low[open_])
            density = (student_density(z, self.df) / scale) @ self.weight
            with np.errstate(divide="ignore", invalid="ignore"):
                step = x[open_] - excess / density
            inside = (step > low[open_]) & (step < high[open_])
            new = np.where(inside, step, 0.5 * (low[open_] + high[open_]))
            done = (np.abs(excess) < 1e-11) | (new == x[open_])
            x[open_] = np.where(done, x[open_], new)
            open_ = open_[~done]
        return x


def unit_posterior(classes: SizeClasses, n: IntArray | FloatArray, mean: FloatArray) -> UnitPosterior:
    """Return the posterior of units of n scores and this mean; a unit without scores gets that of a new unit."""
    flat = classes.n_units >= LEAST_FOR_FLAT
    df = float(classes.n - (3 if flat else 1))
    ratio, weight = ratio_nodes(classes, flat=flat)
    at = classes.at(ratio)
    variance = at.variance * (classes.n - 1) / df
    residual = 1.0 / (1.0 + ratio * n[:, None])
    deviation = np.where(n > 0, mean - classes.centre, 0.0)
    location = classes.centre + at.mean + (1.0 - residual) * (deviation[:, None] - at.mean)
    scale = np.sqrt(variance * (ratio * residual + residual**2 / at.weight))
    return mixture_of_t(location, scale, weight, classes.centre + at.mean, np.sqrt(variance * ratio), df)


def ratio_nodes(profile: RatioProfile, *, flat: bool) -> tuple[FloatArray, FloatArray]:
    """Return ratios tau2 / sigma2 that stand for their posterior, and the weight of each.

    Parameters
    ----------
    profile : RatioProfile
    flat : bool
        Whether the prior of tau2 is flat; the uniform shrinkage prior where not.
    """
    low, high = 0.0, 0.5 * np.pi * (1.0 - 1e-9)
    for _ in range(30):
        phi = np.linspace(low, high, 160)[1:-1]
        density = _log_density(profile, phi, flat)
        inside = np.flatnonzero(density > density.max() - DEPTH)
        step = phi[1] - phi[0]
        narrow = (max(phi[inside[0]] - step, low), min(phi[inside[-1]] + step, high))
        wide_enough = narrow[1] - narrow[0] > 0.4 * (high - low)
        low, high = narrow
        if wide_enough:
            break
    abscissa, quadrature = _nodes()
    phi = 0.5 * (low + high) + 0.5 * (high - low) * abscissa
    density = _log_density(profile, phi, flat)
    weight = quadrature * np.exp(density - density.max())
    weight /= weight.sum()
    kept = weight > 1e-10
    return np.tan(phi[kept]) ** 2 / profile.n0, weight[kept] / weight[kept].sum()


@cache
def _nodes() -> tuple[FloatArray, FloatArray]:
    """Abscissas and weights of Gauss and Legendre."""
    abscissa, quadrature = np.polynomial.legendre.leggauss(N_NODES)
    return read_only(abscissa), read_only(quadrature)


def exact_posterior(classes: SizeClasses, n: IntArray | FloatArray, mean: FloatArray, tau2: float) -> UnitPosterior:
    """Return the posterior where scores do not differ within units: every mean is its unit's true score."""
    centre = classes.centre + float(classes.count @ classes.mean) / classes.n_units
    location = np.where(n > 0, mean, centre)[:, None]
    scale = np.where(n > 0, 0.0, np.sqrt(tau2 * (1.0 + 1.0 / classes.n_units)))[:, None]
    one = np.ones(1)
    df = float(classes.n_units - 1)
    return mixture_of_t(location, scale, one, one * centre, one * np.sqrt(tau2), df)


def undefined_posterior(n_units: int) -> UnitPosterior:
    """Return the posterior where all scores are equal: no interval, no probability."""
    nothing, one = np.full((n_units, 1), np.nan), np.full(1, np.nan)
    return mixture_of_t(nothing, nothing.copy(), np.ones(1), one, one.copy(), np.nan)


def student_below(z: NDArray[np.float64], df: float) -> FloatArray:
    """Return the distribution function of t.

    With many degrees of freedom by the normal deviate of the same tail (Hill 1970, Communications of the ACM 13, 617-619), which
    takes a fifth of the time: a simulation asks for millions.
    """
    if df <= MANY:
        return np.asarray(stdtr(df, z))
    a = df - 0.5
    b = 48.0 * a * a
    y = a * np.log1p(z * z / df)
    series = ((((-0.4 * y - 3.3) * y - 24.0) * y - 85.5) / (0.8 * y * y + 100.0 + b) + y + 3.0) / b + 1.0
    return np.asarray(ndtr(np.copysign(series * np.sqrt(y), z)))


def student_density(z: NDArray[np.float64], df: float) -> FloatArray:
    """Return the density of t."""
    constant = gammaln(0.5 * (df + 1.0)) - gammaln(0.5 * df) - 0.5 * np.log(df * np.pi)
    return np.asarray(np.exp(constant - 0.5 * (df + 1.0) * np.log1p(z * z / df)))


def _log_density(profile: RatioProfile, phi: FloatArray, flat: bool) -> FloatArray:
    """Return the log posterior density of phi = arctan sqrt(n0 r), but for a constant."""
    ratio = np.tan(phi) ** 2 / profile.n0
    at = profile.at(ratio)
    # dr / dphi = 2 tan(phi) / (n0 cos(phi)^2)
    jacobian = np.log(np.sin(phi)) - 3.0 * np.log(np.cos(phi))
    if flat:
        # d tau2 = sigma2 dr: one power of sigma2 more, hence of Q(r) once sigma2 is integrated out.
        return at.likelihood + np.log(at.variance) + jacobian
    return at.likelihood + jacobian + 4.0 * np.log(np.cos(phi))


def mixture_of_t(
    location: FloatArray, scale: FloatArray, weight: FloatArray, centre: FloatArray, spread: FloatArray, df: float
) -> UnitPosterior:
    """Return a posterior whose arrays cannot be changed; shapes as in `UnitPosterior`."""
    return UnitPosterior(
        read_only(location), read_only(scale), read_only(weight), read_only(centre), read_only(spread), df
    )
