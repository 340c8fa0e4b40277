r"""Variance components of crossed and nested levels, from cross-products, by restricted maximum likelihood.

The score of an answer is :math:`y = X b + \sum_k Z_k u_k + e` with :math:`u_k \sim N(0, \gamma_k \sigma^2)` and
:math:`e \sim N(0, \sigma^2)`, where :math:`Z_k` says which place of level k each answer belongs to (a unit, a year, a
rater, an item). With :math:`\Gamma` the diagonal of ratios, :math:`V = I + Z \Gamma Z'` and
:math:`A = I + \Gamma Z'Z`, Woodbury's identity and Sylvester's,

.. math:: V^{-1} = I - Z A^{-1} \Gamma Z', \qquad |V| = |A|,                                                     (1)

need only the cross-products :math:`Z'Z` (sparse), :math:`Z'X, Z'y, X'X, X'y, y'y`: after one pass the rows are gone,
and `level_elimination.py` solves what is left. A is Henderson's (1975) coefficient matrix times :math:`\Gamma`, so
nothing is divided by a variance and a variance of 0 is an ordinary point. The restricted likelihood with b and
:math:`\sigma^2` profiled out (Patterson & Thompson 1971; constant as in lme4, Bates et al. 2015, eq. 42) is

.. math:: -2 l = (N - p) \left(1 + \log \frac{2 \pi Q}{N - p}\right) + \log |A| + \log |X'V^{-1}X|,
          \quad Q = \min_b (y - Xb)' V^{-1} (y - Xb).                                                           (2)

(2) is analytic in every ratio, so its gradient is the imaginary part of one evaluation at :math:`\gamma_k + i h`
(complex step; Squire & Trapp 1998), exact to rounding. `restricted_maximum.py` climbs it.

References
----------
Bates, D., Maechler, M., Bolker, B. & Walker, S. (2015). Fitting linear mixed-effects models using lme4. Journal of
    Statistical Software 67(1).
Henderson, C. R. (1975). Best linear unbiased estimation and prediction under a selection model. Biometrics 31, 423-447.
Patterson, H. D. & Thompson, R. (1971). Recovery of inter-block information when block sizes are unequal. Biometrika
    58, 545-554.
Squire, W. & Trapp, G. (1998). Using complex variables to estimate derivatives of real functions. SIAM Review 40,
    110-112.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .errors import AnalysisError
from .item_responses import FloatArray
from .level_elimination import Elimination, EliminationPlan, times_rows

if TYPE_CHECKING:
    from scipy.sparse import csc_array

STEP = 1e-30
"""How far beside the real line a derivative is taken."""

# Places whose covariances are found as one full matrix; beyond, column by column.
_FULL = 3000
_BATCH = 256


@dataclass(frozen=True, eq=False)
class CrossedLevels:
    """The cross-products of a score with its levels; made by `of_rows`.

    Attributes
    ----------
    n, n_fixed : int
        Answers, and columns of X (the intercept among them).
    sizes : tuple of int
        Places of each level.
    ztz : sparse array, shape (q, q)
    ztw : float array, shape (q, n_fixed + 1)
        Z' times X and y, which are centred but for the intercept.
    wtw : float array, shape (n_fixed + 1, n_fixed + 1)
    centre : float array, shape (n_fixed + 1,)
        What was taken from each column: 0 for the intercept.
    """

    n: int
    n_fixed: int
    sizes: tuple[int, ...]
    ztz: csc_array
    ztw: FloatArray
    wtw: FloatArray
    centre: FloatArray

    @classmethod
    def of_rows(
        cls,
        score: FloatArray,
        codes: Sequence[NDArray[Any]],
        covariates: FloatArray,
        names: Sequence[str],
        sizes: Sequence[int] | None = None,
    ) -> CrossedLevels:
        """Sum up rows.

        Parameters
        ----------
        score : float array, shape (n,)
            None missing.
        codes : sequence of int arrays, each of shape (n,)
            The place of each row in each level, numbered from 0.
        covariates : float array, shape (n, n_covariates)
            Without the intercept.
        names : sequence of str
            Of the covariates, for what is said about them.
        sizes : sequence of int
            Places of each level, where some of the last have no row.
        """
        from scipy import sparse

        n, n_levels = score.size, len(codes)
        centre = np.concatenate([[0.0], covariates.mean(axis=0), [score.mean()]])
        w = np.column_stack([np.ones(n), covariates, score]) - centre
        _refuse_dependent(w[:, 1:-1], names)
        sizes = tuple(int(code.max()) + 1 for code in codes) if sizes is None else tuple(sizes)
        first = np.concatenate([[0], np.cumsum(sizes)])
        columns = np.column_stack([code + start for code, start in zip(codes, first[:-1], strict=True)]).ravel()
        starts = np.arange(0, columns.size + 1, n_levels)
        z = sparse.csr_array((np.ones(columns.size), columns, starts), shape=(n, int(first[-1])))
        return cls(n, w.shape[1] - 1, sizes, sparse.csc_array(z.T @ z), np.asarray(z.T @ w), w.T @ w, centre)

    @cached_property
    def plan(self) -> EliminationPlan:
        """The order in which the levels are eliminated, found once."""
        return EliminationPlan.of(self.sizes, self.ztz, self.ztw, self.wtw)

    @cached_property
    def answers_a_place(self) -> FloatArray:
        """Give the mean number of answers of a place of each level, shape (n_levels,)."""
        return self.n / np.array(self.sizes, dtype=np.float64)

    def parameters_at(self, ratios: FloatArray) -> FloatArray:
        """Turn ratios into log(1 + c ratio), the parameters in which the likelihood is climbed."""
        return np.log1p(self.answers_a_place * ratios)

    def ratios_at(self, parameters: FloatArray) -> FloatArray:
        """Turn parameters log(1 + c ratio) into ratios."""
        return np.asarray(np.expm1(parameters) / self.answers_a_place)

    def stretch_at(self, parameters: FloatArray) -> FloatArray:
        """Give the derivative of each ratio by its parameter."""
        return np.asarray(np.exp(parameters) / self.answers_a_place)

    def at(self, ratios: NDArray[Any]) -> LevelsAt:
        """Solve the model at given ratios; complex ones carry a derivative in their imaginary parts."""
        elimination = Elimination.at(self.plan, ratios)
        w, p, df = elimination.outer, self.n_fixed, self.n - self.n_fixed
        beta = np.linalg.solve(w[:p, :p], w[:p, p])
        q = w[p, p] - w[:p, p] @ beta
        _, fixed = np.linalg.slogdet(w[:p, :p].real)
        log_determinant = elimination.log_determinant
        value = df * (1.0 + np.log(2.0 * np.pi * max(q.real, 1e-300) / df)) + log_determinant.real + fixed
        slope = 0.0
        if np.iscomplexobj(ratios):
            slope = df * q.imag / q.real + log_determinant.imag
            slope += np.trace(np.linalg.solve(w[:p, :p].real, w[:p, :p].imag))
        return LevelsAt(ratios, float(value), float(slope) / STEP, beta, q, w[:p, :p], elimination, self)

    def slopes(self, ratios: FloatArray) -> tuple[float, FloatArray]:
        """Give -2 l and its derivative by each ratio."""
        slopes, value = np.empty(len(ratios)), np.nan
        for level in range(len(ratios)):
            found = self.at(self.beside(ratios, level))
            slopes[level], value = found.slope, found.value
        return value, slopes

    def beside(self, ratios: FloatArray, level: int) -> NDArray[np.complex128]:
        """Give ratios with one of them an imaginary step away: what is found there has its derivative in its imaginary part."""
        point = ratios.astype(np.complex128)
        point[level] += 1j * STEP
        return point


@dataclass(frozen=True, slots=True, eq=False)
class LevelsAt:
    """The model at one set of ratios.

    Attributes
    ----------
    ratios : array, shape (n_levels,)
    value, slope : float
        -2 l, and its derivative along the imaginary part of the ratios (0 for real ones).
    beta : array, shape (n_fixed,)
        Of the centred columns.
    squares : scalar
        Q.
    information : array, shape (n_fixed, n_fixed)
        X'V^-1 X.
    elimination : Elimination
    levels : CrossedLevels
    """

    ratios: NDArray[Any]
    value: float
    slope: float
    beta: NDArray[Any]
    squares: Any
    information: NDArray[Any]
    elimination: Elimination
    levels: CrossedLevels

    @property
    def residual_variance(self) -> float:
        """sigma^2, by restricted maximum likelihood."""
        return float(np.real(self.squares)) / (self.levels.n - self.levels.n_fixed)

    def effects(self) -> NDArray[Any]:
        """Best linear unbiased predictions of all places, level after level, shape (q,)."""
        p, solved = self.levels.n_fixed, self.elimination.solved
        found = np.empty(solved.shape[0], dtype=solved.dtype)
        found[self.levels.plan.order] = solved[:, p] - solved[:, :p] @ self.beta
        return found

    def error_variance(
        self, level: int, others: csc_array, everywhere: FloatArray, fixed: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Variance of the error of the predicted effect of each place of a level, alone and as part of a score.

        Place j's effect is c_j'u, with 1 at place j itself and `others` at places of levels that are eliminated later
        (those that contain it). Its score is c_j'u + s'u + f'b with the same s and f for all. In units of sigma^2 and
        with K = A^-1 Gamma the variances of their errors are (Henderson 1975)

            c'Kc    and    (c + s)'K(c + s) + (f - X'ZK(c + s))' (X'V^-1 X)^-1 (f - X'ZK(c + s)),

        the first with b known: lme4's conditional variance.

        Parameters
        ----------
        level : int
        others : sparse array, shape (n_places, q)
        everywhere : float array, shape (q,)
            s.
        fixed : float array, shape (n_fixed,)
            f, of the centred columns.

        Returns
        -------
        tuple of two float arrays, each of shape (n_places,)
        """
        from scipy import sparse

        plan, p = self.levels.plan, self.levels.n_fixed
        size = self.levels.sizes[level]
        start = int(np.flatnonzero(plan.level_of == level)[0])
        own = sparse.csr_array((np.ones(size), (np.arange(size), np.arange(start, start + size))), others.shape)
        combinations = sparse.csr_array(own + sparse.csc_array(others)[:, plan.order])
        alone = self._alone(level, start, combinations)
        s = everywhere[plan.order]
        ks = self.elimination.covariance_with(s[:, None])[:, 0]
        through_x = self.elimination.solved[:, :p].real
        rest = fixed - s @ through_x - combinations @ through_x
        covariance = np.linalg.inv(self.information.real)
        whole = alone + 2.0 * (combinations @ ks) + s @ ks + np.einsum("mp,pr,mr->m", rest, covariance, rest)
        return alone * self.residual_variance, whole * self.residual_variance

    def sum_variance(self, places: FloatArray, fixed: FloatArray) -> float:
        """Variance of the error of one sum s'u + f'b, as in `error_variance`."""
        s, p = places[self.levels.plan.order], self.levels.n_fixed
        ks = self.elimination.covariance_with(s[:, None])[:, 0]
        rest = fixed - s @ self.elimination.solved[:, :p].real
        through = rest @ np.linalg.solve(self.information.real, rest)
        return float((s @ ks + through) * self.residual_variance)

    def _alone(self, level: int, start: int, combinations: Any) -> FloatArray:
        """Give c'Kc of each row c of sparse combinations that are 0 before `start`."""
        plan, elimination = self.levels.plan, self.elimination
        if level in plan.chain:
            place = plan.chain.index(level)
            step = elimination.steps[place]
            n_later = step.rest.shape[0]
            if n_later <= _FULL:
                v = combinations[:, start + step.gain.size :] - times_rows(step.coupling, step.gain)
                return np.asarray(step.gain + _forms(v, elimination.covariance_after(place + 1)))
        elif plan.level_of.size - start <= _FULL:
            first = sum(plan.sizes)
            return _forms(combinations[:, first:], elimination.covariance_after(len(plan.chain)))
        found = np.empty(combinations.shape[0])
        for begin in range(0, found.size, _BATCH):
            some = combinations[begin : begin + _BATCH].T.toarray()
            found[begin : begin + _BATCH] = np.einsum("qm,qm->m", some, elimination.covariance_with(some))
        return found


def _forms(rows: Any, matrix: FloatArray) -> FloatArray:
    """Give v'Mv of each row v of a sparse array, as many at a time as memory likes."""
    found = np.empty(rows.shape[0])
    for begin in range(0, found.size, 16 * _BATCH):
        some = rows[begin : begin + 16 * _BATCH]
        found[begin : begin + 16 * _BATCH] = np.asarray(some.multiply(some @ matrix).sum(axis=1)).ravel()
    return found


def _refuse_dependent(covariates: FloatArray, names: Sequence[str]) -> None:
    """Name every covariate that does not vary or that others add up to."""
    problems, kept = [], np.zeros((covariates.shape[0], 0))
    for name, column in zip(names, covariates.T, strict=True):
        size = float(np.sqrt((column**2).sum()))
        rest = column - kept @ (kept.T @ column)
        rest = rest - kept @ (kept.T @ rest)
        length = float(np.sqrt((rest**2).sum()))
        if size <= 1e-12:
            problems.append(f"covariate {name} is constant")
        elif length < 1e-9 * size:
            problems.append(f"covariate {name} is a combination of the ones before it")
        else:
            kept = np.column_stack([kept, rest / length])
    if problems:
        raise AnalysisError(problems)
