r"""Solving the equations of crossed and nested levels, one level after the other.

Of the cross-products of levels, covariates and score, the block of one level is diagonal: a place shares no answer with
another place of its level. Its random effects are therefore eliminated at once. With :math:`n_j` the diagonal,
:math:`C` what the level shares with everything else and :math:`g_j = \gamma / (1 + \gamma n_j)`,

.. math:: N \leftarrow N - C' \mathrm{diag}(g) C, \qquad |A| \leftarrow |A| \prod_j (1 + \gamma n_j),            (1)

leaves the cross-products of the rest in the metric of the level's variance. A level that contains the one eliminated
(providers of placements) has a diagonal block still and follows by (1); what is crossed comes together in a core that
is solved as one matrix. Places are some thousands, cores some hundreds, so that a step costs as many operations as
there are pairs of places that share an answer. Nothing is divided by a ratio, and complex ratios pass through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .item_responses import FloatArray, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# A core up to this size, or with more than this share of cells filled, is cheaper as a full matrix.
_SMALL = 300
# So few places are solved as one matrix at once.
_TINY = 150
_FILLED = 0.1

Solve = Callable[[NDArray[Any]], NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class EliminationPlan:
    """The order in which levels are eliminated, with their cross-products in that order.

    Attributes
    ----------
    order : int array, shape (q,)
        Places in order of elimination.
    level_of : int array, shape (q,)
        The level of each place in that order.
    chain : tuple of int
        Levels eliminated by (1), in order; the others make the core.
    sizes : tuple of int
        Places of each level of the chain.
    ztz : sparse array, shape (q, q)
    ztw : float array, shape (q, n_fixed + 1)
    wtw : float array, shape (n_fixed + 1, n_fixed + 1)
    """

    order: IntArray
    level_of: IntArray
    chain: tuple[int, ...]
    sizes: tuple[int, ...]
    ztz: csr_array
    ztw: FloatArray
    wtw: FloatArray

    @classmethod
    def of(cls, sizes: Sequence[int], ztz: Any, ztw: FloatArray, wtw: FloatArray) -> EliminationPlan:
        """Order the levels by size, and find how far the blocks stay diagonal."""
        levels = sorted(range(len(sizes)), key=lambda level: -sizes[level])
        first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        order = np.concatenate([np.arange(first[level], first[level + 1]) for level in levels])
        level_of = np.repeat(np.array(levels, dtype=np.int64), [sizes[level] for level in levels])
        ordered = _rows(ztz.tocsr()[order][:, order])
        chain: list[int] = []
        rest = ordered
        for level in levels if sum(sizes) > _TINY else []:
            size = sizes[level]
            block = rest[:size][:, :size]
            if block.nnz > np.count_nonzero(block.diagonal()):
                break
            chain.append(level)
            coupling = rest[:size][:, size:]
            # Only where cells are filled matters: 1 - 0 for a pattern that nothing cancels.
            rest = _rows(abs(rest[size:][:, size:]) + abs(coupling.T @ coupling))
        return cls(order, level_of, tuple(chain), tuple(sizes[level] for level in chain), ordered, ztw[order], wtw)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One level eliminated.

    Attributes
    ----------
    gain : array, shape (size,)
        g of each place.
    coupling : sparse array, shape (size, n_rest)
        What each place shares with the places that remain.
    outer : array, shape (size, n_fixed + 1)
        What it shares with covariates and score.
    rest : sparse array, shape (n_rest, n_rest)
        Cross-products of the places that remain, after (1).
    """

    gain: NDArray[Any]
    coupling: csr_array
    outer: NDArray[Any]
    rest: csr_array


@dataclass(frozen=True, slots=True, eq=False)
class Elimination:
    """All levels eliminated at given ratios.

    Attributes
    ----------
    plan : EliminationPlan
    gamma : array, shape (q,)
        Ratio of each place, in order of elimination.
    steps : tuple of Step
    core : callable
        Solves the core's equations for right-hand sides of shape (n_core, m).
    log_determinant : scalar
        log |A|.
    outer : array, shape (n_fixed + 1, n_fixed + 1)
        W' V^-1 W of covariates and score.
    solved : array, shape (q, n_fixed + 1)
        A^-1 Gamma Z'W, in order of elimination.
    """

    plan: EliminationPlan
    gamma: NDArray[Any]
    steps: tuple[Step, ...]
    core: Solve
    log_determinant: Any
    outer: NDArray[Any]
    solved: NDArray[Any]

    @classmethod
    def at(cls, plan: EliminationPlan, ratios: NDArray[Any]) -> Elimination:
        """Eliminate at one ratio a level."""
        gamma = ratios[plan.level_of]
        rest, ztw, wtw = plan.ztz, plan.ztw, plan.wtw
        steps, log_determinant, start = [], 0.0, 0
        for size in plan.sizes:
            ratio = gamma[start : start + size]
            denominator = 1.0 + ratio * rest.diagonal()[:size]
            gain = ratio / denominator
            coupling, outer = _rows(rest[:size][:, size:]), ztw[:size]
            weighted = times_rows(coupling, gain)
            rest = _rows(rest[size:][:, size:] - coupling.T @ weighted)
            ztw = ztw[size:] - weighted.T @ outer
            wtw = wtw - outer.T @ (gain[:, None] * outer)
            steps.append(Step(gain, coupling, outer, rest))
            log_determinant = log_determinant + np.log(denominator).sum()
            start += size
        core, of_core = _core(rest, gamma[start:])
        solved = core(gamma[start:, None] * ztw)
        wtw = wtw - ztw.T @ solved
        for step in reversed(steps):
            own = step.gain[:, None] * (step.outer - step.coupling @ solved)
            solved = np.concatenate([own, solved])
        return cls(plan, gamma, tuple(steps), core, log_determinant + of_core, wtw, solved)

    def covariance_with(self, combination: FloatArray) -> FloatArray:
        """Give A^-1 Gamma c for columns c of shape (q, m), both in order of elimination; ratios must be real."""
        parts, rest = [], combination
        for step in self.steps:
            own = rest[: step.gain.size]
            parts.append(own)
            rest = rest[step.gain.size :] - step.coupling.T @ (step.gain[:, None] * own)
        solved = self.core(self.gamma[self.gamma.size - rest.shape[0] :, None] * rest)
        for step, own in zip(reversed(self.steps), reversed(parts), strict=True):
            solved = np.concatenate([step.gain[:, None] * (own - step.coupling @ solved), solved])
        return np.asarray(solved)

    def covariance_after(self, n_steps: int) -> FloatArray:
        """Give A^-1 Gamma of the places that remain after some steps, as a full matrix; ratios must be real."""
        rest = self.steps[n_steps - 1].rest if n_steps else self.plan.ztz
        gamma = self.gamma[self.gamma.size - rest.shape[0] :]
        return np.linalg.solve(np.eye(gamma.size) + gamma[:, None] * rest.toarray(), np.diag(gamma))


def _core(rest: Any, gamma: NDArray[Any]) -> tuple[Solve, Any]:
    """Factor I + Gamma N; give what solves it, and the logarithm of its determinant."""
    size = gamma.size
    if size == 0:
        return (lambda right: right), 0.0
    if size <= _SMALL or rest.nnz > _FILLED * size**2:
        from scipy.linalg import lu_factor, lu_solve

        factor = lu_factor(np.eye(size) + gamma[:, None] * rest.toarray(), check_finite=False)
        return (lambda right: np.asarray(lu_solve(factor, right, check_finite=False))), _log_product(
            factor[0].diagonal()
        )
    from scipy import sparse
    from scipy.sparse.linalg import splu

    matrix = sparse.eye_array(size, format="csr") + times_rows(rest, gamma)
    sparse_factor = splu(
        matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    return (
        lambda right: np.asarray(sparse_factor.solve(np.ascontiguousarray(right.astype(gamma.dtype))))
    ), _log_product(sparse_factor.U.diagonal())


def _log_product(diagonal: NDArray[Any]) -> Any:
    """Sum the logarithms of pivots whose product is known to be above 0: signs cancel."""
    return np.log(np.where(diagonal.real < 0, -diagonal, diagonal)).sum()


def times_rows(matrix: Any, rows: NDArray[Any]) -> csr_array:
    """Multiply each row of a sparse array by a number."""
    from scipy import sparse

    data = matrix.data * np.repeat(rows, np.diff(matrix.indptr))
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _rows(matrix: Any) -> csr_array:
    from scipy import sparse

    return sparse.csr_array(matrix)
