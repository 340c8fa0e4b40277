r"""Rotation: the axes on which unrotated loadings A are simplest.

Orthogonal, :math:`\Lambda = A T` with :math:`T'T = I`; oblique, :math:`\Lambda = A (T')^{-1}` with
:math:`\operatorname{diag}(T'T) = I` and factor correlations :math:`\Phi = T'T`. Either way the reproduced matrix
:math:`\Lambda \Phi \Lambda' = A A'` and the communalities stay as they are. What is minimised over T:

.. math::
   \text{oblimin:} \quad & \tfrac{1}{4} \sum_{j \ne k} \Bigl(\sum_i \lambda_{ij}^2 \lambda_{ik}^2
       - \tfrac{\gamma}{p} \sum_i \lambda_{ij}^2 \sum_i \lambda_{ik}^2\Bigr) \\
   \text{geomin:} \quad & \sum_i \prod_j (\lambda_{ij}^2 + \varepsilon)^{1/m} \\
   \text{varimax:} \quad & -\tfrac{1}{4} \sum_{ij} (\lambda_{ij}^2 - \overline{\lambda_{\cdot j}^2})^2 \qquad
   \text{quartimax:} \quad -\tfrac{1}{4} \sum_{ij} \lambda_{ij}^4

Oblimin with :math:`\gamma = 0` is direct quartimin. Promax (Hendrickson & White 1964) fits the powers
:math:`|\lambda_{ij}|^{k-1} \lambda_{ij}` of a varimax solution by least squares.

The search is projected gradient descent (Jennrich 2001, 2002) with the step lengths of Barzilai & Borwein (1988) and a line
search that looks back over some steps: with some fifty gradients it comes a thousand times closer to the minimum than
halving steps does with three times as many. All starts go side by side: besides the unrotated axes, which may lie on a ridge
from which no direction leads down (two clusters of like loadings do), random ones. Geomin has several minima and gets more
of them. The lowest is kept, and how many starts found it is said.

References
----------
Barzilai, J. & Borwein, J. M. (1988). Two-point step size gradient methods. IMA Journal of Numerical Analysis 8, 141-148.
Browne, M. W. (2001). An overview of analytic rotation in exploratory factor analysis. Multivariate Behavioral Research 36,
    111-150.
Hendrickson, A. E. & White, P. O. (1964). Promax: a quick method for rotation to oblique simple structure. British Journal
    of Statistical Psychology 17, 65-70.
Jennrich, R. I. (2001). A simple general procedure for orthogonal rotation. Psychometrika 66, 289-306.
Jennrich, R. I. (2002). A simple general method for oblique rotation. Psychometrika 67, 7-19.
Kaiser, H. F. (1958). The varimax criterion for analytic rotation in factor analysis. Psychometrika 23, 187-200.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from ..item_responses import FloatArray

RotationName = Literal["oblimin", "promax", "geomin", "varimax", "quartimax", "geomin_orthogonal", "none"]
ROTATIONS: tuple[RotationName, ...] = (
    "oblimin",
    "promax",
    "geomin",
    "varimax",
    "quartimax",
    "geomin_orthogonal",
    "none",
)
OBLIQUE = ("oblimin", "promax", "geomin")

Criterion = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""From loadings of each start, shape (n_starts, p, m), to the values to be minimised and their derivatives."""

_STEPS = 3000
_GRADIENT = 1e-9
"""Norm of the projected gradient at which a start stops."""
_CLOSE_ENOUGH = 1e-5
"""Norm below which a start that ran out of steps has still converged: where GPArotation stops."""
_LOOK_BACK = 5


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation with all its settings.

    Attributes
    ----------
    name : str
    kaiser : bool
        Whether rows are scaled to unit length before and back after.
    gamma : float
        Of oblimin; nought or less.
    power : float
        Of promax.
    epsilon : float
        Of geomin.
    random_starts : int
        Starts from random axes, besides the one from the unrotated axes.
    seed : int
    """

    name: RotationName
    kaiser: bool
    gamma: float
    power: float
    epsilon: float
    random_starts: int
    seed: int

    @property
    def oblique(self) -> bool:
        """Whether factors may correlate."""
        return self.name in OBLIQUE


@dataclass(frozen=True, slots=True, eq=False)
class Rotated:
    """Loadings on rotated axes.

    Attributes
    ----------
    loadings : ndarray, shape (n_items, n_factors)
        Pattern.
    factor_correlations : ndarray, shape (n_factors, n_factors)
    criterion : float
        What was minimised, at the minimum.
    at_best : int
        Starts that ended at the lowest value.
    n_starts : int
    converged : bool
    iterations : int
    """

    loadings: FloatArray
    factor_correlations: FloatArray
    criterion: float
    at_best: int
    n_starts: int
    converged: bool
    iterations: int


def rotate(unrotated: FloatArray, rotation: Rotation) -> Rotated:
    """Turn unrotated loadings to the axes that the rotation's criterion likes best."""
    m = unrotated.shape[1]
    if rotation.name == "none" or m == 1:
        return Rotated(unrotated, np.eye(m), 0.0, 1, 1, True, 0)
    lengths = np.ones((len(unrotated), 1))
    if rotation.kaiser:
        lengths = np.sqrt((unrotated**2).sum(axis=1, keepdims=True))
        lengths[lengths == 0] = 1.0
    scaled = unrotated / lengths
    found = minimise(
        scaled,
        _criterion(rotation),
        oblique=rotation.name in ("oblimin", "geomin"),
        starts=_starts(m, rotation.random_starts, rotation.seed),
    )
    loadings, correlations = found.loadings, found.factor_correlations
    if rotation.name == "promax":
        loadings, correlations = promax(loadings, rotation.power)
    return Rotated(
        loadings * lengths,
        correlations,
        found.criterion,
        found.at_best,
        found.n_starts,
        found.converged,
        found.iterations,
    )


def promax(loadings: FloatArray, power: float) -> tuple[FloatArray, FloatArray]:
    """Turn orthogonal loadings to fit their own powers; gives the pattern and the factor correlations."""
    target = np.sign(loadings) * np.abs(loadings) ** power
    turn = np.linalg.lstsq(loadings, target, rcond=None)[0]
    turn *= np.sqrt(np.diagonal(np.linalg.inv(turn.T @ turn)))
    correlations: FloatArray = np.linalg.inv(turn.T @ turn)
    np.fill_diagonal(correlations, 1.0)
    return loadings @ turn, (correlations + correlations.T) / 2


def minimise(unrotated: FloatArray, criterion: Criterion, *, oblique: bool, starts: FloatArray) -> Rotated:
    """Minimise a criterion from each of the starting axes, shape (n_starts, m, m), and keep the lowest."""
    axes = starts.copy()
    evaluate = partial(_oblique if oblique else _orthogonal, unrotated, criterion)
    back = _unit_columns if oblique else _nearest_orthogonal
    value, slope = evaluate(axes)
    recent = np.full((_LOOK_BACK, len(axes)), -np.inf)
    recent[0] = value
    length = np.ones(len(axes))
    norm = _norm(slope)
    step = 0
    for step in range(1, _STEPS + 1):
        active = np.flatnonzero(norm > _GRADIENT)
        if not len(active):
            break
        top = recent[:, active].max(axis=0)
        new_axes, new_value, new_slope = _step(
            evaluate, back, axes[active], slope[active], norm[active], length[active], top
        )
        length[active] = _next_length(new_axes - axes[active], new_slope - slope[active], step)
        axes[active], value[active], slope[active] = new_axes, new_value, new_slope
        norm[active] = _norm(new_slope)
        recent[step % _LOOK_BACK] = value
    reached = np.where(norm < _CLOSE_ENOUGH, value, np.inf) if (norm < _CLOSE_ENOUGH).any() else value
    lowest = reached.min()
    near = np.abs(reached - lowest) < 1e-8 * max(1.0, abs(lowest))
    best = int(np.argmax(near))  # the first of them: which of equals is lowest by rounding says nothing
    chosen = axes[best]
    loadings = unrotated @ (np.linalg.inv(chosen).T if oblique else chosen)
    return Rotated(
        loadings,
        _correlations_of(chosen) if oblique else np.eye(len(chosen)),
        float(value[best]),
        int(near.sum()),
        len(axes),
        bool(norm[best] < _CLOSE_ENOUGH),
        step - 1,
    )


def _step(
    evaluate: Callable[[FloatArray], tuple[FloatArray, FloatArray]],
    back: Callable[[FloatArray], FloatArray],
    axes: FloatArray,
    slope: FloatArray,
    norm: FloatArray,
    length: FloatArray,
    top: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Walk down from each of the axes, by a shorter way where the value does not fall below the recent top."""
    trial = back(axes - length[:, None, None] * slope)
    value, new_slope = evaluate(trial)
    while True:
        enough = top - 1e-4 * length * norm**2 + 1e-14 * np.abs(top)  # rounding must not stop the last steps
        short = np.flatnonzero(~(value <= enough) & (length > 1e-14))
        if not len(short):
            return trial, value, new_slope
        length = length.copy()
        length[short] /= 4
        trial[short] = back(axes[short] - length[short, None, None] * slope[short])
        value[short], new_slope[short] = evaluate(trial[short])


def _next_length(moved: FloatArray, turned: FloatArray, step: int) -> FloatArray:
    """Give Barzilai & Borwein's step lengths, the long and the short one by turns."""
    across = (moved * turned).sum(axis=(1, 2))
    long, short = (moved**2).sum(axis=(1, 2)), (turned**2).sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        length = long / across if step % 2 else across / short
    usable: FloatArray = np.where((across > 0) & np.isfinite(length), length, 1.0)
    return usable


def _oblique(unrotated: FloatArray, criterion: Criterion, axes: FloatArray) -> tuple[FloatArray, FloatArray]:
    inverse = np.linalg.inv(axes)
    loadings = unrotated @ inverse.transpose(0, 2, 1)
    value, derivative = criterion(loadings)
    slope = -(loadings.transpose(0, 2, 1) @ derivative @ inverse).transpose(0, 2, 1)
    return value, slope - axes * (axes * slope).sum(axis=1, keepdims=True)


def _orthogonal(unrotated: FloatArray, criterion: Criterion, axes: FloatArray) -> tuple[FloatArray, FloatArray]:
    value, derivative = criterion(unrotated @ axes)
    slope = unrotated.T @ derivative
    along = axes.transpose(0, 2, 1) @ slope
    return value, slope - axes @ (along + along.transpose(0, 2, 1)) / 2


def _unit_columns(axes: FloatArray) -> FloatArray:
    unit: FloatArray = axes / np.sqrt((axes**2).sum(axis=1, keepdims=True))
    return unit


def _nearest_orthogonal(axes: FloatArray) -> FloatArray:
    left, _, right = np.linalg.svd(axes)
    nearest: FloatArray = left @ right
    return nearest


def _norm(slope: FloatArray) -> FloatArray:
    norm: FloatArray = np.sqrt((slope**2).sum(axis=(1, 2)))
    return norm


def _correlations_of(axes: FloatArray) -> FloatArray:
    correlations: FloatArray = axes.T @ axes
    np.fill_diagonal(correlations, 1.0)
    return correlations


def _starts(m: int, n_random: int, seed: int) -> FloatArray:
    """Give the unrotated axes and random orthogonal ones."""
    random = np.random.default_rng(seed).standard_normal((n_random, m, m))
    starts: FloatArray = np.concatenate((np.eye(m)[None], np.linalg.qr(random)[0]))
    return starts


def _criterion(rotation: Rotation) -> Criterion:
    if rotation.name == "oblimin":
        return partial(_oblimin, rotation.gamma)
    if rotation.name in ("geomin", "geomin_orthogonal"):
        return partial(_geomin, rotation.epsilon)
    return _quartimax if rotation.name == "quartimax" else _varimax


def _oblimin(gamma: float, loadings: FloatArray) -> tuple[FloatArray, FloatArray]:
    squares = loadings**2
    of_others = squares.sum(axis=2, keepdims=True) - squares
    if gamma:
        of_others = of_others - gamma * of_others.mean(axis=1, keepdims=True)
    return (squares * of_others).sum(axis=(1, 2)) / 4, loadings * of_others


def _geomin(epsilon: float, loadings: FloatArray) -> tuple[FloatArray, FloatArray]:
    raised = loadings**2 + epsilon
    means = np.exp(np.log(raised).mean(axis=2, keepdims=True))
    return means.sum(axis=(1, 2)), 2 / loadings.shape[2] * means * loadings / raised


def _varimax(loadings: FloatArray) -> tuple[FloatArray, FloatArray]:
    squares = loadings**2
    spread = squares - squares.mean(axis=1, keepdims=True)
    return -(spread**2).sum(axis=(1, 2)) / 4, -loadings * spread


def _quartimax(loadings: FloatArray) -> tuple[FloatArray, FloatArray]:
    return -(loadings**4).sum(axis=(1, 2)) / 4, -(loadings**3)
