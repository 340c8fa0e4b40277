"""The limits of a funnel plot, from what a release says of the benchmark.

At n learners a place without anything special lies within mean +- z sqrt(tau^2 + sigma^2 / n): chance, and the usual differences
between places added to it (Spiegelhalter 2005, Stat. Med. 24, 1185-1202, additive random effects). Which places are flagged is
frozen with the release and may differ from the drawing at its edge, because a release's benchmark is rounded.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import ndtri

from nets.disclosure.shown import ShownBenchmark
from nets.scoring import BEST


@dataclass(frozen=True, slots=True)
class FunnelLimit:
    """Both limits, low and high, at one number of learners; ``far`` are the outer ones."""

    n: float
    low: float
    high: float
    far_low: float
    far_high: float


def funnel_limits(
    benchmark: ShownBenchmark, learners: Sequence[float], level: float, far_level: float
) -> tuple[FunnelLimit, ...]:
    """The limits at each number of learners, within the scale.

    Parameters
    ----------
    level, far_level
        Shares of the places without anything special that lie between the inner and the outer limits, such as 0.95 and 0.998.
    """
    z, far = (float(ndtri(0.5 + share / 2)) for share in (level, far_level))
    limits = []
    for n in learners:
        spread = math.sqrt(benchmark.tau**2 + benchmark.sigma**2 / n)
        low, high = max(0.0, benchmark.mean - z * spread), min(BEST, benchmark.mean + z * spread)
        far_low, far_high = max(0.0, benchmark.mean - far * spread), min(BEST, benchmark.mean + far * spread)
        limits.append(FunnelLimit(n, low, high, far_low, far_high))
    return tuple(limits)
