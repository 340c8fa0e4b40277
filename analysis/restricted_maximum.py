r"""Climbing the restricted likelihood of `variance_components.py` to its top.

Newton's method in the logarithms of the ratios, on gradients exact to rounding: its curvature comes from differences
of the gradient once, from then on from the update of Broyden, Fletcher, Goldfarb and Shanno (Nocedal & Wright 2006,
Numerical Optimization, eq. 6.19), and once more from differences before it stops. A ratio that runs towards 0, where
the slope points outward, is set to 0 and let go again should the slope there turn.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .errors import AnalysisError
from .item_responses import FloatArray
from .variance_components import CrossedLevels, LevelsAt

_LARGEST_MOVE = 2.5
_MAXIMUM_ITERATIONS = 200
_NO_RESIDUAL = 1e10


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


def restricted_maximum(levels: CrossedLevels, start: FloatArray | None = None) -> RestrictedMaximum:
    """Maximise (2) over the ratios, none of them below 0.

    Raises
    ------
    AnalysisError
        Where the score does not vary, where nothing is left over for the residual, and where it does not converge.
    """
    if levels.n <= levels.n_fixed:
        raise AnalysisError(f"{levels.n} scores cannot carry {levels.n_fixed} fixed effects and a variance")
    if levels.wtw[-1, -1] <= levels.n * (1e-13 * max(1.0, abs(levels.centre[-1]))) ** 2:
        raise AnalysisError("every score is the same: there is no variance to take apart")
    climb = _Climb.begin(levels, start)
    while not climb.arrived and climb.iterations < _MAXIMUM_ITERATIONS:
        climb.step()
    if not climb.arrived:
        raise AnalysisError(
            f"the variances did not converge in {_MAXIMUM_ITERATIONS} iterations "
            f"(last step {climb.moved:.2g} on the log scale)"
        )
    ratios = climb.ratios
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
        _, slopes = levels.slopes(ratios)
        log_scale = np.linalg.pinv(0.5 * _curvature(levels, ratios, slopes, free), hermitian=True)
        covariance[np.ix_(free, free)] = log_scale * np.outer(ratios[free], ratios[free])
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


def _curvature(levels: CrossedLevels, ratios: FloatArray, slopes: FloatArray, free: NDArray[np.bool_]) -> FloatArray:
    """Second derivatives of -2 l by the logarithms of the free ratios, from differences of exact slopes."""
    places = np.flatnonzero(free)
    found = np.empty((places.size, places.size))
    here = (ratios * slopes)[free]
    for row, place in enumerate(places):
        ahead = ratios.copy()
        ahead[place] *= np.exp(1e-5)
        found[row] = ((ahead * levels.slopes(ahead)[1])[free] - here) / 1e-5
    return 0.5 * (found + found.T)


def _updated(curvature: FloatArray, step: FloatArray, change: FloatArray) -> FloatArray:
    """Update the curvature by a step and the change of the gradient along it; a step without curvature is passed over."""
    along = float(step @ change)
    expected = curvature @ step
    scale = float(step @ expected)
    if along <= 1e-10 * float(np.linalg.norm(step) * np.linalg.norm(change)) or scale <= 0:
        return curvature
    updated: FloatArray = curvature + np.outer(change, change) / along - np.outer(expected, expected) / scale
    return updated


def _at_the_bound(
    levels: CrossedLevels, ratios: FloatArray, value: float, free: NDArray[np.bool_]
) -> tuple[FloatArray, float, FloatArray, NDArray[np.bool_]] | None:
    """Set a ratio that runs to 0 to 0, and let one go whose slope at 0 points inward; None where all stays."""
    small = free & (ratios < 1e-5)
    for level in np.flatnonzero(small):
        at_zero = np.where(np.arange(ratios.size) == level, 0.0, ratios)
        zero_value, slopes = levels.slopes(at_zero)
        if slopes[level] >= 0 and zero_value <= value + 1e-12 * abs(value):
            still = free.copy()
            still[level] = False
            return at_zero, zero_value, slopes, still
    if not free.all():
        _, slopes = levels.slopes(ratios)
        inward = np.flatnonzero(~free & (slopes < 0))
        if inward.size:
            steepest = int(inward[np.argmin(slopes[inward])])
            released = ratios.copy()
            released[steepest] = 1e-5
            new_value, new_slopes = levels.slopes(released)
            if new_value < value:
                loose = free.copy()
                loose[steepest] = True
                return released, new_value, new_slopes, loose
    return None


@dataclass(slots=True, eq=False)
class _Climb:
    """Where a climb has come to; `fresh` says that the curvature is that of this very point."""

    levels: CrossedLevels
    ratios: FloatArray
    value: float
    slopes: FloatArray
    free: NDArray[np.bool_]
    curvature: FloatArray
    fresh: bool = True
    arrived: bool = False
    moved: float = math.inf
    iterations: int = 0

    @classmethod
    def begin(cls, levels: CrossedLevels, start: FloatArray | None) -> "_Climb":
        ratios = _scan(levels) if start is None else np.maximum(np.asarray(start, dtype=np.float64), 1e-3)
        free = np.ones(ratios.size, dtype=bool)
        value, slopes = levels.slopes(ratios)
        return cls(levels, ratios, value, slopes, free, _curvature(levels, ratios, slopes, free))

    def step(self) -> None:
        """Go one step up, and note whether that was the top."""
        self.iterations += 1
        if self.ratios.max() > _NO_RESIDUAL:
            raise AnalysisError("the levels leave no variance over for the residual: there is nothing to estimate")
        gradient = (self.ratios * self.slopes)[self.free]
        step = self._newton_step(gradient)
        scale = self._walk(step)
        self.moved = float(np.abs(scale * step).max(initial=0.0))
        if scale > 0 and self.free.any():
            change = (self.ratios * self.slopes)[self.free] - gradient
            self.curvature = _updated(self.curvature, (scale * step)[self.free], change)
        crossed = _at_the_bound(self.levels, self.ratios, self.value, self.free)
        if crossed is not None:
            self.ratios, self.value, self.slopes, self.free = crossed
            self._refresh()
        elif self.moved >= 1e-9:
            self.fresh = False
        elif self.fresh:
            # With the true curvature and no way up, a step that small is the top; a stuck large one is not.
            self.arrived = float(np.abs(step).max(initial=0.0)) < 1e-6
            if not self.arrived:
                self.iterations = _MAXIMUM_ITERATIONS
        else:
            # The updated curvature may have gone stale: one more step with the true one decides.
            self._refresh()

    def _newton_step(self, gradient: FloatArray) -> FloatArray:
        step = np.zeros(self.ratios.size)
        if gradient.size:
            eigenvalues, vectors = np.linalg.eigh(self.curvature)
            size = np.abs(eigenvalues)
            size = np.maximum(size, max(1e-6 * float(size.max()), 1e-12))
            step[self.free] = -vectors @ ((vectors.T @ gradient) / size)
        return np.asarray(step * min(1.0, _LARGEST_MOVE / max(float(np.abs(step).max()), 1e-300)))

    def _walk(self, step: FloatArray) -> float:
        """Go along a step as far as it leads up, halving it; return the share of it that was gone, 0 for none."""
        scale = 1.0
        for _ in range(40):
            ratios = np.where(self.free, self.ratios * np.exp(scale * step), 0.0)
            value, slopes = self.levels.slopes(ratios)
            if value <= self.value + 1e-12 * abs(self.value):
                self.ratios, self.value, self.slopes = ratios, value, slopes
                return scale
            scale *= 0.5
        return 0.0

    def _refresh(self) -> None:
        self.curvature, self.fresh = _curvature(self.levels, self.ratios, self.slopes, self.free), True
