r"""Climbing the restricted likelihood of `variance_components.py` to its top.

Newton's method on gradients exact to rounding, with curvature from their differences, in the parameters

.. math:: \phi_k = \log(1 + c_k \gamma_k), \quad c_k = N / q_k \text{ (answers a place)},

which are the ratio itself near 0, where the likelihood is nearly a parabola in it and 0 is a bound like any other, and
its logarithm where it is large, where the likelihood is nearly a parabola in that. A parameter at 0 whose slope points
outward stays there until the slope turns (Bertsekas 1982, Projected Newton methods for optimization problems with
simple constraints, SIAM J. Control and Optimization 20, 221-246).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .errors import AnalysisError
from .item_responses import FloatArray
from .variance_components import CrossedLevels, LevelsAt

_LARGEST_MOVE = 2.5
_MAXIMUM_ITERATIONS = 100
_NO_RESIDUAL = 1e10
_STILL = 1e-9
_NEAR = 1e-3
_DIFFERENCE = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class RestrictedMaximum:
    """Where the restricted likelihood is largest.

    Attributes
    ----------
    ratios : float array, shape (n_levels,)
    variances : float array, shape (n_levels,)
    residual : float
    log_likelihood : float
    iterations : int
    converged : bool
    point : LevelsAt
    """

    ratios: FloatArray
    variances: FloatArray
    residual: float
    log_likelihood: float
    iterations: int
    converged: bool
    point: LevelsAt


def restricted_maximum(
    levels: CrossedLevels, start: FloatArray | None = None, held: Mapping[int, float] | None = None
) -> RestrictedMaximum:
    """Maximise (2) over the ratios, none of them below 0.

    Parameters
    ----------
    levels : CrossedLevels
    start : float array, shape (n_levels,)
        Ratios to start from; found by a scan where left out.
    held : mapping of int to float
        Levels whose ratio is given and stays as it is.

    Raises
    ------
    AnalysisError
        Where the score does not vary, where nothing is left over for the residual, and where it does not converge.
    """
    if levels.n <= levels.n_fixed:
        raise AnalysisError(f"{levels.n} scores cannot carry {levels.n_fixed} fixed effects and a variance")
    if levels.wtw[-1, -1] <= levels.n * (1e-13 * max(1.0, abs(levels.centre[-1]))) ** 2:
        raise AnalysisError("every score is the same: there is no variance to take apart")
    if levels.at(np.zeros(len(levels.sizes))).squares <= 1e-18 * levels.wtw[-1, -1]:
        raise AnalysisError("the covariates explain every score: there is no variance to take apart")
    held = held or {}
    ratios = _scan(levels) if start is None else np.array(start, dtype=np.float64)
    for level, ratio in held.items():
        ratios[level] = ratio
    climb = _Climb.begin(levels, ratios, np.isin(np.arange(ratios.size), list(held)))
    while not climb.arrived and climb.iterations < _MAXIMUM_ITERATIONS:
        climb.step()
    if not climb.arrived:
        raise AnalysisError(
            f"the variances did not converge in {_MAXIMUM_ITERATIONS} iterations "
            f"(last step {climb.moved:.2g} on the log scale)"
        )
    ratios = levels.ratios_at(climb.phi)
    point = levels.at(ratios)
    residual = point.residual_variance
    if residual <= 1e-12 * levels.wtw[-1, -1] / levels.n:
        raise AnalysisError("the levels leave no variance over for the residual: there is nothing to estimate")
    return RestrictedMaximum(ratios, ratios * residual, residual, -0.5 * point.value, climb.iterations, True, point)


def ratio_covariance(levels: CrossedLevels, ratios: FloatArray) -> FloatArray:
    """Large-sample covariance of the ratios, 0 in the rows and columns of those at 0; shape (n_levels, n_levels)."""
    free = ratios > 0
    covariance = np.zeros((ratios.size, ratios.size))
    if free.any():
        phi = levels.parameters_at(ratios)
        here = _slopes(levels, phi)[1]
        # Differences ahead and behind: their errors cancel.
        curvature = sum(_curvature(levels, phi, here, free, step) for step in (_DIFFERENCE, -_DIFFERENCE))
        by_phi = np.linalg.pinv(0.25 * curvature, hermitian=True)
        stretch = levels.stretch_at(phi)[free]
        covariance[np.ix_(free, free)] = by_phi * np.outer(stretch, stretch)
    return covariance


def _scan(levels: CrossedLevels) -> FloatArray:
    """Find a start: one level after the other, twice, over ratios that span what surveys show."""
    ratios = np.full(len(levels.sizes), 0.1)
    for _ in range(2):
        for level in range(ratios.size):
            trials = []
            for ratio in (0.003, 0.03, 0.3, 3.0, 30.0):
                ratios[level] = ratio
                trials.append((levels.at(ratios).value, ratio))
            ratios[level] = min(trials)[1]
    return ratios


def _slopes(levels: CrossedLevels, phi: FloatArray) -> tuple[float, FloatArray]:
    """Give -2 l and its derivative by each parameter."""
    value, slopes = levels.slopes(levels.ratios_at(phi))
    return value, slopes * levels.stretch_at(phi)


def _curvature(
    levels: CrossedLevels, phi: FloatArray, slopes: FloatArray, free: NDArray[np.bool_], step: float = _DIFFERENCE
) -> FloatArray:
    """Second derivatives of -2 l by the free parameters, from differences of exact slopes."""
    places = np.flatnonzero(free)
    found = np.empty((places.size, places.size))
    for row, place in enumerate(places):
        ahead = phi.copy()
        ahead[place] += step
        found[row] = (_slopes(levels, ahead)[1] - slopes)[free] / step
    return 0.5 * (found + found.T)


@dataclass(slots=True, eq=False)
class _Climb:
    """Where a climb has come to, with the curvature over the parameters that were free where it was last taken."""

    levels: CrossedLevels
    phi: FloatArray
    held: NDArray[np.bool_]
    value: float
    slopes: FloatArray
    curvature: FloatArray
    free: NDArray[np.bool_]
    arrived: bool = False
    moved: float = math.inf
    iterations: int = 0

    @classmethod
    def begin(cls, levels: CrossedLevels, ratios: FloatArray, held: NDArray[np.bool_]) -> "_Climb":
        phi = levels.parameters_at(ratios)
        value, slopes = _slopes(levels, phi)
        return cls(levels, phi, held, value, slopes, np.empty((0, 0)), np.zeros(phi.size, dtype=bool))

    def step(self) -> None:
        """Go one step up, and note whether that was the top."""
        self.iterations += 1
        if self.levels.ratios_at(self.phi).max(initial=0.0) > _NO_RESIDUAL:
            raise AnalysisError("the levels leave no variance over for the residual: there is nothing to estimate")
        free = ~self.held & ~((self.phi == 0.0) & (self.slopes >= 0.0))
        if not free.any():
            self.moved, self.arrived = 0.0, True
            return
        fresh = self.moved > _NEAR or not np.array_equal(free, self.free)
        if fresh:
            self.curvature, self.free = _curvature(self.levels, self.phi, self.slopes, free), free
        before = self.phi
        gone = self._walk(self._newton_step())
        self.moved = float(np.abs(self.phi - before).max(initial=0.0))
        if self.moved < _STILL:
            # A walk that led nowhere is the top only where Newton's own step is short.
            self.arrived = gone or float(np.abs(self._newton_step()).max()) < 1e-6
            if not self.arrived:
                self.iterations = _MAXIMUM_ITERATIONS

    def _newton_step(self) -> FloatArray:
        eigenvalues, vectors = np.linalg.eigh(self.curvature)
        size = np.abs(eigenvalues)
        size = np.maximum(size, max(1e-8 * float(size.max()), 1e-12))
        step = np.zeros(self.phi.size)
        step[self.free] = -vectors @ ((vectors.T @ self.slopes[self.free]) / size)
        return np.asarray(step * min(1.0, _LARGEST_MOVE / max(float(np.abs(step).max()), 1e-300)))

    def _walk(self, step: FloatArray) -> bool:
        """Go along a step as far as it leads up, halving it; tell whether any of it was gone."""
        scale = 1.0
        for _ in range(40):
            phi = np.maximum(self.phi + scale * step, 0.0)
            value, slopes = _slopes(self.levels, phi)
            if value <= self.value + 1e-12 * abs(self.value):
                self.phi, self.value, self.slopes = phi, value, slopes
                return True
            scale *= 0.5
        return False
