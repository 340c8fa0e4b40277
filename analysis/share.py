"""The interval of a share, such as that of experts who agree or of learners who answer in a straight line."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from .interval import Interval
from .item_responses import FloatArray


def share_interval(count: float, n: float, level: float) -> Interval:
    """Give Wilson's interval for `count` of `n`; NaN for n = 0.

    Examples
    --------
    >>> print(share_interval(5, 6, 0.95))
    0.436 to 0.970 (95 %)
    """
    low, high = share_limits([count], [n], level)
    return Interval(float(low[0]), float(high[0]), level)


def share_limits(count: ArrayLike, n: ArrayLike, level: float) -> tuple[FloatArray, FloatArray]:
    r"""Give the ends of Wilson's intervals, which stay within 0 and 1 and keep a width at both.

    .. math:: \frac{p + z^2 / 2n \pm z \sqrt{p (1 - p) / n + z^2 / 4 n^2}}{1 + z^2 / n}

    (Wilson 1927, JASA 22, 209-212; recommended for small n by Brown, Cai and DasGupta 2001, Statistical Science 16,
    101-133.)
    """
    successes, trials = np.asarray(count, dtype=np.float64), np.asarray(n, dtype=np.float64)
    z2 = float(ndtri(0.5 + 0.5 * level)) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        share = successes / trials
        half = np.sqrt(z2 * (share * (1.0 - share) / trials + z2 / (4.0 * trials**2)))
        centre, scale = share + z2 / (2.0 * trials), 1.0 + z2 / trials
        # At a share of 0 or 1 that end is exact; rounding would put it a hair beyond.
        low = np.where(successes == 0, np.where(trials > 0, 0.0, np.nan), (centre - half) / scale)
        high = np.where(successes == trials, np.where(trials > 0, 1.0, np.nan), (centre + half) / scale)
    return low, high
