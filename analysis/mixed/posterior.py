r"""Scores with the variances of all levels as uncertain as the answers leave them.

As for units alone (`units/posterior.py`), the ratios :math:`\gamma` are integrated out instead of taken for known, so
that intervals keep a width where a variance is estimated as 0. Given the ratios, and with the prior
:math:`1 / \sigma^2` for the residual variance and a flat one for fixed effects, a score is t distributed about its best
linear unbiased prediction. The density of the ratios is the restricted likelihood times their priors: flat on the
variance (Morris & Lysy 2012), which is proper for levels of four places or more; for two or three the uniform shrinkage
prior, flat on :math:`1 / (1 + c_k \gamma_k)` (Daniels 1999). In

.. math:: \psi_k = \sqrt{\log(1 + c_k \gamma_k)}

it is nearly normal about its mode and vanishes at 0. It is therefore evaluated along its principal axes alone, as if
these were independent (Rue, Martino & Chopin 2009, sec. 6.5, without the cross terms): what each axis does to a score's
mean is added, what it does to its variance multiplied, and the mixture of t distributions taken over a lattice of
the axes' nodes. With one level that is the whole integral.

References
----------
Daniels, M. J. (1999). A prior for the variance in hierarchical models. Canadian Journal of Statistics 27, 567-578.
Morris, C. N. & Lysy, M. (2012). Shrinkage estimation in multilevel normal models. Statistical Science 27, 115-134.
Rue, H., Martino, S. & Chopin, N. (2009). Approximate Bayesian inference for latent Gaussian models by using integrated
    nested Laplace approximations. J. R. Statist. Soc. B 71, 319-392.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..item_responses import FloatArray
from ..restricted_maximum import RestrictedMaximum
from ..units.posterior import UnitPosterior, mixture_of_t
from ..variance_components import STEP, CrossedLevels, LevelsAt

N_NODES = 11
# Points of a Korobov lattice, a prime, and its generator.
N_POINTS = 127
GENERATOR = 29
# Nodes reach this many standard deviations from the mode.
REACH = 5.0
# A variance 5e8 times that of a place's mean: beyond, nothing changes but rounding.
LARGEST = 4.5
FEW_PLACES = 4


@dataclass(frozen=True, slots=True, eq=False)
class ScoresAt:
    """The scores at one set of ratios.

    Attributes
    ----------
    mean, variance : float array, shape (n_units,)
        Of each score, the residual variance at its estimate.
    centre, spread : float
        Mean of the units' true scores and their standard deviation.
    """

    mean: FloatArray
    variance: FloatArray
    centre: float
    spread: float


@dataclass(frozen=True, slots=True, eq=False)
class _RatioDensity:
    """The posterior density of psi; `flat` says which levels have a flat prior."""

    levels: CrossedLevels
    flat: NDArray[np.bool_]

    @property
    def df(self) -> float:
        return float(self.levels.n - self.levels.n_fixed - 2 * int(self.flat.sum()))

    def ratios(self, psi: FloatArray) -> FloatArray:
        return self.levels.ratios_at(psi**2)

    def log(self, at: LevelsAt, psi: FloatArray) -> float:
        """Give the logarithm of the density, but for a constant, where the model was solved at psi."""
        # d tau2 = sigma2 d ratio: one power of sigma2, hence of Q, for each flat prior; d ratio = exp(phi) d phi / c;
        # the density of a uniform shrinkage is exp(-phi) d phi; d phi = 2 psi d psi.
        prior = float(np.where(self.flat, psi**2, -(psi**2)).sum() + np.log(psi).sum())
        return -0.5 * at.value + int(self.flat.sum()) * float(np.log(np.real(at.squares))) + prior

    def with_slopes(self, psi: FloatArray) -> tuple[float, FloatArray]:
        """Give the logarithm and its derivatives."""
        ratios, slopes, value = self.ratios(psi), np.empty(psi.size), np.nan
        for level in range(psi.size):
            at = self.levels.at(self.levels.beside(ratios, level))
            value = self.log(at, psi)
            of_squares = float(at.squares.imag / at.squares.real) / STEP
            slopes[level] = -0.5 * at.slope + int(self.flat.sum()) * of_squares
        slopes *= self.levels.stretch_at(psi**2) * 2.0 * psi
        return value, slopes + np.where(self.flat, 2.0, -2.0) * psi + 1.0 / psi


def score_posterior(
    fit: RestrictedMaximum, n_places: tuple[int, ...], score: Callable[[LevelsAt], ScoresAt]
) -> UnitPosterior:
    """Integrate scores over the ratios.

    Parameters
    ----------
    fit : RestrictedMaximum
    n_places : tuple of int
        Places of each level with answers.
    score : callable
        Gives the scores at given ratios.
    """
    levels = fit.point.levels
    density = _RatioDensity(levels, np.array([count >= FEW_PLACES for count in n_places]))
    psi = _mode(density, np.sqrt(levels.parameters_at(fit.ratios)))
    at_mode = levels.at(density.ratios(psi))
    top, mode = density.log(at_mode, psi), score(at_mode)
    abscissa, quadrature = np.polynomial.legendre.leggauss(N_NODES)
    nodes: list[list[ScoresAt]] = []
    weights: list[FloatArray] = []
    for axis in _principal_axes(density, psi):
        low, high = _ends(psi, axis)
        places = [psi + x * axis for x in 0.5 * (low + high) + 0.5 * (high - low) * abscissa]
        points = [levels.at(density.ratios(place)) for place in places]
        nodes.append([score(point) for point in points])
        log = np.array([density.log(point, place) for point, place in zip(points, places, strict=True)])
        weight = quadrature * np.exp(log - top)
        weights.append(weight / weight.sum())
    chosen, weight = _lattice(weights)
    location = mode.mean[:, None] + _sum(nodes, chosen, lambda node: node.mean - mode.mean)
    of_variance = _sum(nodes, chosen, lambda node: np.log(node.variance / mode.variance))
    centre = mode.centre + _sum(nodes, chosen, lambda node: np.array([node.centre - mode.centre]))[0]
    spread = mode.spread * np.exp(_sum(nodes, chosen, lambda node: np.log([node.spread / mode.spread]))[0])
    df = max(density.df, 3.0)
    # Q / df in the place of Q / (n - p).
    stretch = np.sqrt((levels.n - levels.n_fixed) / df)
    scale = stretch * np.sqrt(mode.variance[:, None] * np.exp(of_variance))
    return mixture_of_t(location, scale, weight, centre, stretch * spread, df)


def _lattice(weights: list[FloatArray]) -> tuple[NDArray[np.intp], FloatArray]:
    """Give the node of each axis at each point of the mixture, shape (n_axes, n_points), and the points' weights."""
    if len(weights) == 1:
        return np.arange(N_NODES)[None, :], weights[0]
    steps = np.array([pow(GENERATOR, axis, N_POINTS) for axis in range(len(weights))])
    uniform = (np.outer(steps, np.arange(N_POINTS)) % N_POINTS + 0.5) / N_POINTS
    chosen = [np.searchsorted(np.cumsum(weight), u) for weight, u in zip(weights, uniform, strict=True)]
    return np.minimum(np.array(chosen), N_NODES - 1), np.full(N_POINTS, 1.0 / N_POINTS)


def _sum(nodes: list[list[ScoresAt]], chosen: NDArray[np.intp], part: Callable[[ScoresAt], FloatArray]) -> FloatArray:
    """Add up over the axes what each chosen node says, shape (n, n_points)."""
    along = [np.array([part(node) for node in axis])[place] for axis, place in zip(nodes, chosen, strict=True)]
    return np.asarray(sum(along)).T


def _mode(density: _RatioDensity, start: FloatArray) -> FloatArray:
    from scipy.optimize import minimize

    def downhill(psi: FloatArray) -> tuple[float, FloatArray]:
        value, slopes = density.with_slopes(psi)
        return -value, -slopes

    # Nodes are placed about it: two digits do.
    found = minimize(
        downhill, np.clip(start, 0.3, 4.0), jac=True, method="L-BFGS-B", bounds=[(1e-3, LARGEST)] * start.size,
        options={"ftol": 1e-9, "maxiter": 60},
    )  # fmt: skip
    return np.asarray(found.x)


def _principal_axes(density: _RatioDensity, psi: FloatArray) -> list[FloatArray]:
    """Give the axes of the normal density that touches the posterior at its mode, each one standard deviation long."""
    here = density.with_slopes(psi)[1]
    step = 1e-4
    rows = [(density.with_slopes(psi + step * unit)[1] - here) / step for unit in np.eye(psi.size)]
    values, vectors = np.linalg.eigh(-0.5 * (np.array(rows) + np.array(rows).T))
    return [vector / np.sqrt(max(float(value), 0.25)) for value, vector in zip(values, vectors.T, strict=True)]


def _ends(psi: FloatArray, axis: FloatArray) -> tuple[float, float]:
    """Go as far as matters along an axis, both ways, but not below 0 nor beyond what is worth telling."""
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.concatenate([-psi / axis, (LARGEST - psi) / axis])
    ahead, behind = reach[reach > 0].min(initial=REACH), reach[reach <= 0].max(initial=-REACH)
    return float(behind), float(ahead)
