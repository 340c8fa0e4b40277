r"""Uniform points that fill a cube evenly, in the place of random draws: the same every time, and closer to the integral.

Rank-1 lattice of Korobov (Niederreiter 1992, Random Number Generation and Quasi-Monte Carlo Methods, ch. 5): point i of
n has the coordinates :math:`\{(i + 1/2) a^j / n\}`, n prime.
"""

import numpy as np

from ..item_responses import FloatArray

N_POINTS = 4_001
_GENERATOR = 1_478


def lattice(n_dimensions: int) -> FloatArray:
    """Give `N_POINTS` points between 0 and 1, shape (N_POINTS, n_dimensions).

    Examples
    --------
    >>> points = lattice(3)
    >>> bool(points.min() > 0 and points.max() < 1), points.mean(axis=0).round(4).tolist()
    (True, [0.5, 0.5, 0.5])
    """
    steps = np.array([pow(_GENERATOR, axis, N_POINTS) for axis in range(n_dimensions)], dtype=np.int64)
    points = np.outer(np.arange(N_POINTS, dtype=np.int64), steps) % N_POINTS
    return np.asarray((points + 0.5) / N_POINTS)
