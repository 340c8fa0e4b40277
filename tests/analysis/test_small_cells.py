"""Cells of a bivariate normal far out in a corner."""

import math

import mpmath
import numpy as np
import pytest
from scipy import integrate, special

from analysis import PairwiseTables, polychoric_correlation
from analysis.item_responses import FloatArray, IntArray
from analysis.small_cells import integrated_cell


def _exact(a: float, b: float, c: float, d: float, rho: float) -> float:
    with mpmath.workdps(40):
        root = mpmath.sqrt(1 - mpmath.mpf(rho) ** 2)

        def integrand(x: mpmath.mpf) -> mpmath.mpf:
            return mpmath.npdf(x) * (mpmath.ncdf((d - rho * x) / root) - mpmath.ncdf((c - rho * x) / root))

        return float(mpmath.quad(integrand, np.unique(np.linspace(max(a, -12), min(b, 12), 13)).tolist()))


@pytest.mark.parametrize(
    ("a", "b", "c", "d", "rho"),
    [
        (-40.0, -1.1, 1.0, 40.0, 0.96),
        (-40.0, -1.1, 1.0, 40.0, -0.96),
        (1.2, 40.0, -40.0, -0.9, 0.8),
        (-0.4, -0.2, 1.0, 1.4, 0.99),
        (2.0, 2.3, -2.5, -2.0, 0.5),
        (-40.0, 40.0, 3.0, 3.1, 0.3),
    ],
)
def test_a_cell_agrees_with_forty_digits(a: float, b: float, c: float, d: float, rho: float) -> None:
    found = integrated_cell(*(np.array([given]) for given in (a, b, c, d, rho)))
    np.testing.assert_allclose(found, _exact(a, b, c, d, rho), rtol=1e-11)


def _state(table: IntArray) -> PairwiseTables:
    rows = [answers for answers, count in np.ndenumerate(table) for _ in range(count)]
    return PairwiseTables.from_responses(np.array(rows) + 1, 5)


# Two questions of a course evaluation that half the students answered in a straight line; a few gave opposite answers.
STRAIGHT = np.array(
    [[757, 40, 21, 7, 4], [20, 466, 116, 28, 1], [7, 73, 1389, 172, 14], [0, 8, 88, 1526, 86], [3, 3, 6, 56, 929]]
)


def test_opposite_answers_among_straight_lines_have_the_likelihood_of_their_cells() -> None:
    found = polychoric_correlation(_state(STRAIGHT))
    assert found.converged
    assert not any("no maximum" in note for note in found.notes)
    rho = float(found.matrix[0, 1])
    cuts = [np.concatenate([[-40.0], item, [40.0]]) for item in found.thresholds]

    def slope(at: float, width: float = 1e-4) -> float:
        return (_log_likelihood(cuts, at + width) - _log_likelihood(cuts, at - width)) / (2 * width)

    # The derivative of a likelihood that is integrated cell by cell is nought there, and falls.
    assert slope(rho - 1e-3) > 0 > slope(rho + 1e-3)
    assert abs(slope(rho)) < 1e-3 * slope(rho - 1e-3)


def _log_likelihood(cuts: list[FloatArray], rho: float) -> float:
    total = 0.0
    for (row, column), count in np.ndenumerate(STRAIGHT):
        if count:
            (a, b), (c, d) = cuts[0][row : row + 2].tolist(), cuts[1][column : column + 2].tolist()
            total += count * math.log(_adaptive(a, b, c, d, rho))
    return total


def _adaptive(a: float, b: float, c: float, d: float, rho: float) -> float:
    """Integrate by Gauss and Kronrod's rule, halving where it errs."""
    root = math.sqrt(1 - rho**2)

    def integrand(x: float) -> float:
        ends = sorted(((c - rho * x) / root, (d - rho * x) / root), key=abs)
        tails = [special.ndtr(-abs(end)) for end in ends]
        share = tails[0] - tails[1] if ends[0] * ends[1] > 0 else 1 - tails[0] - tails[1]
        return math.exp(-(x**2) / 2) / math.sqrt(2 * math.pi) * float(share)

    return float(integrate.quad(integrand, max(a, -9), min(b, 9), epsabs=0, epsrel=1e-12, limit=500)[0])
