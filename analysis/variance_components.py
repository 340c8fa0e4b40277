r"""Variance components of crossed and nested levels, from cross-products, by restricted maximum likelihood.

The score of an answer is :math:`y = X b + \sum_k Z_k u_k + e` with :math:`u_k \sim N(0, \gamma_k \sigma^2)` and
:math:`e \sim N(0, \sigma^2)`, where :math:`Z_k` says which place of level k each answer belongs to (a unit, a year, a
rater, an item). With :math:`\Gamma` the diagonal of ratios, :math:`V = I + Z \Gamma Z'` and
:math:`A = I + \Gamma Z'Z`, Woodbury's identity and Sylvester's,

.. math:: V^{-1} = I - Z A^{-1} \Gamma Z', \qquad |V| = |A|,                                                     (1)

need only the cross-products :math:`Z'Z` (sparse), :math:`Z'X, Z'y, X'X, X'y, y'y`: after one pass the rows are gone.
A is Henderson's (1975) coefficient matrix times :math:`\Gamma`, so nothing is divided by a variance and a variance of
0 is an ordinary point. The restricted likelihood with b and :math:`\sigma^2` profiled out (Patterson & Thompson 1971;
constant as in lme4, Bates et al. 2015, eq. 42) is

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

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from .errors import AnalysisError
from .item_responses import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csc_array

_STEP = 1e-30
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
        cls, score: FloatArray, codes: Sequence[NDArray[Any]], covariates: FloatArray, names: Sequence[str]
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
        """
        from scipy import sparse

        n, n_levels = score.size, len(codes)
        centre = np.concatenate([[0.0], covariates.mean(axis=0), [score.mean()]])
        w = np.column_stack([np.ones(n), covariates, score]) - centre
        _refuse_dependent(w[:, 1:-1], names)
        sizes = tuple(int(code.max()) + 1 for code in codes)
        first = np.concatenate([[0], np.cumsum(sizes)])
        columns = np.column_stack([code + start for code, start in zip(codes, first[:-1], strict=True)]).ravel()
        z = sparse.csr_array((np.ones(columns.size), columns, np.arange(0, columns.size + 1, n_levels)))
        return cls(n, w.shape[1] - 1, sizes, sparse.csc_array(z.T @ z), np.asarray(z.T @ w), w.T @ w, centre)

    @cached_property
    def spread(self) -> IntArray:
        """Give each place's level, to turn one ratio a level into one a place; shape (q,)."""
        return np.repeat(np.arange(len(self.sizes), dtype=np.int64), self.sizes)

    @cached_property
    def order(self) -> IntArray:
        """An order of elimination that keeps the factor sparse, found once."""
        trial = self.ztz + _identity(self.ztz.shape[0])
        return np.asarray(np.argsort(_factor(trial, "MMD_AT_PLUS_A").perm_c), dtype=np.int64)

    @cached_property
    def ordered(self) -> tuple[csc_array, FloatArray, IntArray]:
        """Give Z'Z, Z'(X, y) and `spread` in the order of elimination."""
        from scipy import sparse

        order = self.order
        ztz = sparse.csc_array(self.ztz[order][:, order])
        return ztz, self.ztw[order], self.spread[order]

    def at(self, ratios: NDArray[Any]) -> LevelsAt:
        """Solve the model at given ratios; complex ones carry a derivative in their imaginary parts."""
        ztz, ztw, spread = self.ordered
        gamma = ratios[spread]
        matrix = ztz.astype(gamma.dtype)
        matrix.data = matrix.data * gamma[matrix.indices]
        factor = _factor((matrix + _identity(len(gamma))).tocsc(), "NATURAL")
        solved = factor.solve((gamma[:, None] * ztw).astype(gamma.dtype))
        w = self.wtw - ztw.T @ solved
        p = self.n_fixed
        beta = np.linalg.solve(w[:p, :p], w[:p, p])
        q = w[p, p] - w[:p, p] @ beta
        diagonal = factor.U.diagonal()
        _, fixed = np.linalg.slogdet(w[:p, :p].real)
        df = self.n - p
        value = (
            df * (1.0 + np.log(2.0 * np.pi * max(q.real, 1e-300) / df)) + np.log(np.abs(diagonal.real)).sum() + fixed
        )
        slope = 0.0
        if np.iscomplexobj(ratios):
            slope = df * q.imag / q.real + (diagonal.imag / diagonal.real).sum()
            slope += np.trace(np.linalg.solve(w[:p, :p].real, w[:p, :p].imag))
        return LevelsAt(ratios, float(value), float(slope) / _STEP, beta, q, w[:p, :p], factor, solved, self)

    def slopes(self, ratios: FloatArray) -> tuple[float, FloatArray]:
        """Give -2 l and its derivative by each ratio."""
        slopes, value = np.empty(len(ratios)), np.nan
        for level in range(len(ratios)):
            point = ratios.astype(np.complex128)
            point[level] += 1j * _STEP
            found = self.at(point)
            slopes[level], value = found.slope, found.value
        return value, slopes


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
    """

    ratios: NDArray[Any]
    value: float
    slope: float
    beta: NDArray[Any]
    squares: Any
    information: NDArray[Any]
    factor: Any
    solved: NDArray[Any]
    levels: CrossedLevels

    @property
    def residual_variance(self) -> float:
        """sigma^2, by restricted maximum likelihood."""
        return float(np.real(self.squares)) / (self.levels.n - self.levels.n_fixed)

    def effects(self) -> NDArray[Any]:
        """Best linear unbiased predictions of all places, level after level, shape (q,)."""
        p = self.levels.n_fixed
        found = np.empty(self.solved.shape[0], dtype=self.solved.dtype)
        found[self.levels.order] = self.solved[:, p] - self.solved[:, :p] @ self.beta
        return found

    def error_variance(self, combinations: csc_array, fixed: FloatArray) -> FloatArray:
        """Variance of the error of fixed' b + combinations' u, for each of m such sums.

        In units of sigma^2 it is c' A^-1 Gamma c + (f - X'Z Gamma A^-T c)' (X'V^-1 X)^-1 (f - ...) (Henderson 1975).

        Parameters
        ----------
        combinations : sparse array, shape (q, m)
        fixed : float array, shape (m, n_fixed)
        """
        p = self.levels.n_fixed
        spread = self.levels.ordered[2]
        gamma = self.ratios[spread].real
        ordered = combinations.tocsr()[self.levels.order].tocsc()
        covariance = np.linalg.inv(self.information.real)
        variance = np.empty(ordered.shape[1])
        for start in range(0, ordered.shape[1], _BATCH):
            wanted = ordered[:, start : start + _BATCH].toarray()
            # A^-1 Gamma is symmetric; a level of ratio 0 drops out by itself.
            own = np.einsum("qm,qm->m", wanted, self.factor.solve(gamma[:, None] * wanted))
            through = fixed[start : start + _BATCH] - wanted.T @ self.solved[:, :p].real
            variance[start : start + _BATCH] = own + np.einsum("mp,pr,mr->m", through, covariance, through)
        return variance * self.residual_variance


def _factor(matrix: csc_array, order: Literal["NATURAL", "MMD_AT_PLUS_A"]) -> Any:
    from scipy.sparse.linalg import splu

    with warnings.catch_warnings():
        # A is not symmetric, though its pattern is: the symmetric mode only concerns the pivots.
        warnings.simplefilter("ignore")
        return splu(matrix, permc_spec=order, diag_pivot_thresh=0.0, options={"SymmetricMode": True})


def _identity(size: int) -> csc_array:
    from scipy import sparse

    return sparse.csc_array(sparse.eye_array(size, format="csc"))


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
