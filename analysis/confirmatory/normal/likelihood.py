r"""The likelihood of normal answers, with or without gaps, from the moments of each pattern of answered items.

With :math:`T_r` the observed moments of pattern r (`analysis.confirmatory.normal.response_patterns`), :math:`w_r` its share of
the respondents, :math:`\Omega` the moments that the model implies (`analysis.confirmatory.structure.matrices`) and
:math:`P_r` the inverse of the part of them that the pattern has (Bollen 1989, eq. 4.67; Arbuckle 1996):

.. math:: F = \sum_r w_r [\log|\Omega_r| + \operatorname{tr}(T_r P_r)], \qquad \chi^2 = n (F - F_\text{saturated}).

With :math:`K_r = P_r T_r P_r` and :math:`\dot\Omega` the slope in a parameter, the slopes of F are (sums over r understood)

.. math::
   \partial_a F = \operatorname{tr}((P - K) \dot\Omega_a), \qquad
   E\,\partial_{ab} F = \operatorname{tr}(P \dot\Omega_a P \dot\Omega_b),

   \partial_{ab} F = \operatorname{tr}((P - K) \ddot\Omega_{ab}) - \operatorname{tr}(P \dot\Omega_a P \dot\Omega_b)
   + \operatorname{tr}(P \dot\Omega_a K \dot\Omega_b) + \operatorname{tr}(K \dot\Omega_a P \dot\Omega_b).

With many patterns the traces are taken from one four-way sum :math:`\sum_r w_r P_r \otimes (P_r - 2 K_r)`, which is one
product of matrices, whatever the number of parameters.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...item_responses import FloatArray
from ..structure.matrices import (
    GroupStructure,
    Implied,
    Slopes,
    add_block,
    add_slopes,
    curvature,
    implied_by,
    slopes_of,
)
from .response_patterns import ResponsePatterns

_FEW_PATTERNS = 4


@dataclass(frozen=True, slots=True, eq=False)
class _At:
    """One group at one place."""

    implied: Implied
    inverses: FloatArray
    between: FloatArray
    value: float


class NormalDiscrepancy:
    """Minus twice the log-likelihood of a respondent, but for the constant of the normal density."""

    def __init__(self, structures: Sequence[GroupStructure], groups: Sequence[ResponsePatterns], n_free: int) -> None:
        self.structures, self.groups, self.n_free = structures, groups, n_free
        n = sum(group.n for group in groups)
        self.shares = [group.counts / n for group in groups]
        self._theta: FloatArray = np.full(n_free, math.nan)
        self._here: list[_At] = []

    def value(self, theta: FloatArray) -> float:
        """Give the discrepancy, infinite where the model implies moments that none could have."""
        try:
            return sum(at.value for at in self._at(theta))
        except np.linalg.LinAlgError:
            return math.inf

    def gradient(self, theta: FloatArray) -> FloatArray:
        """Give its slope."""
        found = np.zeros(self.n_free)
        for structure, share, at in zip(self.structures, self.shares, self._at(theta), strict=True):
            weight = np.einsum("r,rij->ij", share, at.inverses - at.between)
            add_slopes(found, structure, gradient_of(slopes_of(structure.cells, at.implied), weight))
        return found

    def expected_hessian(self, theta: FloatArray) -> FloatArray:
        """Give its curvature as it were if the model fitted and every answer had been given."""
        found = np.zeros((self.n_free, self.n_free))
        for structure, share, at in zip(self.structures, self.shares, self._at(theta), strict=True):
            slopes = slopes_of(structure.cells, at.implied)
            inverse = np.linalg.inv(at.implied.covariance).astype(np.float64)[None]
            add_block(found, structure, traces(slopes, slopes, share.sum(keepdims=True), inverse, inverse))
        return found

    def information(self, theta: FloatArray) -> FloatArray:
        """Give the curvature as it were if the model fitted, the answers being missing that are."""
        found = np.zeros((self.n_free, self.n_free))
        for structure, share, at in zip(self.structures, self.shares, self._at(theta), strict=True):
            slopes = slopes_of(structure.cells, at.implied)
            add_block(found, structure, traces(slopes, slopes, share, at.inverses, at.inverses))
        return found

    def hessian(self, theta: FloatArray) -> FloatArray:
        """Give its curvature."""
        found = np.zeros((self.n_free, self.n_free))
        for structure, share, at in zip(self.structures, self.shares, self._at(theta), strict=True):
            slopes = slopes_of(structure.cells, at.implied)
            weight = np.einsum("r,rij->ij", share, at.inverses - at.between)
            first_order = traces(slopes, slopes, share, at.inverses, 2 * at.between - at.inverses)
            block = curvature(structure.cells, at.implied, slopes, weight) + (first_order + first_order.T) / 2
            add_block(found, structure, block)
        return found

    def at(self, theta: FloatArray) -> list[tuple[Implied, FloatArray]]:
        """Give what each group's model implies, and the inverse for each of its patterns."""
        return [(at.implied, at.inverses) for at in self._at(theta)]

    def _at(self, theta: FloatArray) -> list[_At]:
        # Value, slope and curvature are asked for at the same place in turn.
        if not np.array_equal(theta, self._theta):
            self._here = [
                _evaluate(structure, group, share, theta)
                for structure, group, share in zip(self.structures, self.groups, self.shares, strict=True)
            ]
            self._theta = theta.copy()
        return self._here


def _evaluate(structure: GroupStructure, group: ResponsePatterns, share: FloatArray, theta: FloatArray) -> _At:
    implied = implied_by(structure.fill(theta))
    inverses, log_determinants = group.inverses(implied.covariance)
    explained = inverses @ group.moments
    value = float(share @ (log_determinants + np.trace(explained, axis1=1, axis2=2)))
    return _At(implied, inverses, explained @ inverses, value)


def gradient_of(slopes: Slopes, weight: FloatArray) -> FloatArray:
    """Give tr(M dOmega) of each cell for a symmetric `weight` M."""
    found: FloatArray = 2 * np.einsum("ar,ar->a", slopes.u @ weight, slopes.v)
    return found


def traces(rows: Slopes, columns: Slopes, share: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    """Give the sum over patterns of w tr(P dOmega_a M dOmega_b) for each row a and column b.

    Parameters
    ----------
    rows, columns : Slopes
    share : ndarray, shape (n_patterns,)
        w.
    first, second : ndarray, shape (n_patterns, n_rows, n_rows)
        P and M, symmetric.
    """
    if len(share) <= _FEW_PATTERNS:
        found = np.zeros((len(rows.u), len(columns.u)))
        for w, P, M in zip(share, first, second, strict=True):
            uPu, vPv = rows.u @ P @ columns.u.T, rows.v @ P @ columns.v.T
            uPv, vPu = rows.u @ P @ columns.v.T, rows.v @ P @ columns.u.T
            uMu, vMv = (rows.u @ M @ columns.u.T, rows.v @ M @ columns.v.T) if M is not P else (uPu, vPv)
            uMv, vMu = (rows.u @ M @ columns.v.T, rows.v @ M @ columns.u.T) if M is not P else (uPv, vPu)
            # u'P u* v*'M v and so on: each vector of a meets one of b through P and the other through M.
            found += w * (uPu * vMv + uPv * vMu + vPu * uMv + vPv * uMu)
        return found
    n = first.shape[1]
    below = np.tril_indices(n)
    pairs = (first[:, *below] * share[:, None]).T @ second[:, *below]
    place = np.empty((n, n), dtype=np.int64)
    place[below] = place.T[below] = np.arange(len(below[0]))
    # tr(dOmega_a P dOmega_b M) = sum of dOmega_a[i, j] P[j, k] dOmega_b[k, l] M[l, i]
    four = pairs[place[None, :, :, None], place.T[:, None, None, :]].reshape(n * n, n * n)
    return dense(rows) @ four @ dense(columns).T


def dense(slopes: Slopes) -> FloatArray:
    """Give dOmega itself, shape (n_cells, n_rows * n_rows)."""
    product = slopes.u[:, :, None] * slopes.v[:, None, :]
    return (product + product.transpose(0, 2, 1)).reshape(len(slopes.u), -1)
