"""A diverging bar: five options around the middle one, and apart from them those who gave none.

Centred on the middle of the neutral answer, so that the ends of two bars can be compared (Heiberger and Robbins 2014, J. Stat.
Softw. 57(5)). Non-response stands at the right in its own lane: it is neither good nor bad.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 260.0
_OPINION: Final = 200.0
_LANE: Final = 50.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the bar; ``step`` is its colour, 0 for the worst option to 4 for the best, however many options there are."""

    x: float
    width: float
    step: int


@dataclass(frozen=True, slots=True)
class OpinionBar:
    """Where the segments lie, from the left, and the piece of the lane that is those without an answer."""

    segments: tuple[Segment, ...]
    middle: float
    lane: float
    without_answer: float


def opinion_bar(shares: Sequence[float], without_answer: float) -> OpinionBar:
    """The bar of one item.

    Parameters
    ----------
    shares
        Per cent of the answers by option, from the worst to the best; at least two options, about 100 in all.
    without_answer
        Per cent of the learners asked who gave none.
    """
    n = len(shares)
    unit = _OPINION / 200
    below = sum(shares[: n // 2]) + (shares[n // 2] / 2 if n % 2 else 0)
    x = _OPINION / 2 - below * unit
    segments = []
    for option, share in enumerate(shares):
        segments.append(Segment(round(x, 1), round(share * unit, 1), round(option * 4 / (n - 1))))
        x += share * unit
    return OpinionBar(tuple(segments), _OPINION / 2, WIDTH - _LANE, round(min(without_answer, 100.0) / 100 * _LANE, 1))
