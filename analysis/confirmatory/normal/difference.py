r"""Testing one model of normal answers against a wider one that it is a case of.

The difference of two likelihood-ratio statistics is a chi-square for normal answers. For others (Satorra & Bentler 2001),
with statistics T, degrees of freedom d and scaling factors c of the narrower model (0) and the wider one (1),

.. math:: \bar T = \frac{T_0 - T_1}{c_d}, \qquad c_d = \frac{d_0 c_0 - d_1 c_1}{d_0 - d_1},

which is an estimate that may be negative. Then the wider model's scaling factor is taken where the narrower one fits best
(Satorra & Bentler 2010), at those of its parameters that imply the moments of the narrower one, which Gauss's and Newton's
steps find. What saturated models add cancels, and with the products B of casewise slopes

.. math:: (d_0 - d_1) c_d = \operatorname{tr}(B_{10} A_{10}^{-1}) - \operatorname{tr}(B_0 A_0^{-1}) .

The information A is the observed one, as everywhere in MLR. The wider model's is not positive definite there where it fits
much better than the narrower one; then it is the expected one, with which :math:`c_d` is always positive.

References
----------
Satorra, A. & Bentler, P. M. (2001). A scaled difference chi-square test statistic for moment structure analysis.
    Psychometrika 66, 507-514.
Satorra, A. & Bentler, P. M. (2010). Ensuring positiveness of the scaled difference chi-square test statistic.
    Psychometrika 75, 243-248.
"""

import math

import numpy as np

from ...errors import AnalysisError
from ...item_responses import FloatArray
from ..estimation.chi_square import ChiSquare, mean_adjusted
from ..estimation.solution import Solution
from ..structure.matrices import GroupStructure, add_slopes, implied_by, slopes_of
from .fit import NormalInference
from .likelihood import dense

_MOST_STEPS = 100
_ARRIVED = 1e-10

PLAIN = "difference of likelihood-ratio statistics"
FIRST = "Satorra and Bentler (2001)"
SECOND = "Satorra and Bentler (2010), as the scaling factor of 2001 is negative"
SECOND_EXPECTED = f"{SECOND}, with expected information"


def plain_difference(narrow: Solution, wide: Solution) -> ChiSquare:
    """Test a model against a wider one, answers taken as normal."""
    test, other = narrow.naive.model, wide.naive.model
    return ChiSquare(max(test.value - other.value, 0.0), test.df - other.df, 1.0, 0.0)


def robust_difference(narrow: NormalInference, wide: NormalInference, plain: ChiSquare) -> tuple[ChiSquare, str]:
    """Test a model against a wider one by the `plain` difference of their statistics, and say how.

    Raises
    ------
    AnalysisError
        Where the wider model has no parameters that imply the moments of the narrower one.
    """
    # The saturated model's trace is the same in both.
    trace = wide.trace_at(wide.theta) - narrow.trace_at(narrow.theta)
    if trace > 0:
        return mean_adjusted(plain.value, plain.df, trace), FIRST
    return second_difference(narrow, wide, plain)


def second_difference(narrow: NormalInference, wide: NormalInference, plain: ChiSquare) -> tuple[ChiSquare, str]:
    """Do so with the wider model where the narrower one fits best."""
    there = wide_parameters(narrow, wide)
    trace, method = -math.inf, SECOND
    if wide.is_maximum_at(there):
        trace = wide.trace_at(there) - narrow.trace_at(narrow.theta)
    if trace <= 0:
        trace = wide.trace_at(there, expected=True) - narrow.trace_at(narrow.theta, expected=True)
        method = SECOND_EXPECTED
    return mean_adjusted(plain.value, plain.df, trace), method


def wide_parameters(narrow: NormalInference, wide: NormalInference) -> FloatArray:
    """Give the wider model's parameters that imply the moments of the narrower one.

    Raises
    ------
    AnalysisError
        Where they are not found.
    """
    theta = _same_cells(narrow, wide)
    structures = wide.discrepancy.structures
    wanted = [implied.covariance for implied, _ in narrow.discrepancy.at(narrow.theta)]
    for _ in range(_MOST_STEPS):
        missed, slopes = [], []
        for structure, moments in zip(structures, wanted, strict=True):
            off, own = _missed(structure, moments, theta)
            missed.append(off)
            slopes.append(own)
        step = np.linalg.lstsq(np.concatenate(slopes), np.concatenate(missed), rcond=None)[0]
        theta = theta + step
        size = float(np.abs(step).max())
        if not math.isfinite(size):
            break
        if size < _ARRIVED:
            if float(np.abs(np.concatenate(missed)).max()) > math.sqrt(_ARRIVED):
                break
            return theta
    raise AnalysisError("the wider model has no parameters that imply the moments of the narrower one")


def _missed(structure: GroupStructure, moments: FloatArray, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give what the implied moments miss, in standard deviations, and their slopes, shape (n_moments, n_free)."""
    implied = implied_by(structure.fill(theta))
    deviation = np.sqrt(np.diagonal(moments))
    unit = 1 / np.outer(deviation, deviation).ravel()
    slopes = np.zeros((len(unit), len(theta)))
    add_slopes(slopes, structure, dense(slopes_of(structure.cells, implied)).T * unit[:, None])
    return (moments - implied.covariance).ravel() * unit, slopes


def _same_cells(narrow: NormalInference, wide: NormalInference) -> FloatArray:
    """Give the wider model's parameters the values that the narrower one has in their cells."""
    theta = wide.theta.copy()
    for mine, other in zip(wide.table.parameters, narrow.table.parameters, strict=True):
        if mine.position >= 0:
            theta[mine.position] = narrow.theta[other.position] if other.position >= 0 else other.value
    return theta
