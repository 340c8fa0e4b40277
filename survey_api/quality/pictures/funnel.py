"""The funnel plot (Spiegelhalter 2005, Stat. Med. 24, 1185-1202): scores over the number of learners, between limits.

The limits are the release's; nothing is computed here but where ink goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nets.funnel import FunnelLimit
from survey_api.quality.pictures.ruler import Mark, Ruler, ruler_over

WIDTH: Final = 400
HEIGHT: Final = 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 394.0, 8.0, 238.0
_DIAMOND: Final = "l3.5 3.5l-3.5 3.5l-3.5 -3.5z"


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One place: its number of learners and score as they may be shown, whether it lies outside, and whether it is looked at."""

    place_id: str
    name: str
    n: float
    mean: float
    is_outside: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """A place in the picture."""

    x: float
    y: float
    point: FunnelPoint


@dataclass(frozen=True, slots=True)
class FunnelPicture:
    """What the template draws.

    ``inner`` and ``outer`` are the points of polylines, low and high. ``inside`` and ``outside`` are paths of all places but those
    that are looked at, thousands of them perhaps: a line of no length, which a round pen makes a dot, and a diamond each.
    """

    n_marks: tuple[Mark, ...]
    score_marks: tuple[Mark, ...]
    benchmark: float
    inner: tuple[str, str]
    outer: tuple[str, str]
    inside: str
    outside: str
    own: tuple[Dot, ...]


def funnel_picture(points: Sequence[FunnelPoint], limits: Sequence[FunnelLimit], benchmark: float) -> FunnelPicture:
    """The picture of some places; own places are drawn last, on top of the others.

    Parameters
    ----------
    points
        Every place that has a score, at least one.
    limits
        From few learners to many, at least two.
    benchmark
        The score the limits run around.
    """
    learners = Ruler(0.0, max([*(point.n for point in points), limits[-1].n]), _LEFT, _RIGHT)
    inner_edges = [edge for limit in limits for edge in (limit.low, limit.high)]
    scores = ruler_over([*(point.mean for point in points), *inner_edges, benchmark], start=_BOTTOM, end=_TOP)

    others = [(learners.at(point.n), scores.at(point.mean), point) for point in points if not point.is_own]

    def line(name: str) -> str:
        return " ".join(f"{learners.at(limit.n)},{scores.at(getattr(limit, name))}" for limit in limits)

    return FunnelPicture(
        n_marks=learners.marks(6),
        score_marks=scores.marks(),
        benchmark=scores.at(benchmark),
        inner=(line("low"), line("high")),
        outer=(line("far_low"), line("far_high")),
        inside="".join([f"M{x} {y}h0" for x, y, point in others if not point.is_outside]),
        outside="".join([f"M{x} {y - 3.5:.1f}{_DIAMOND}" for x, y, point in others if point.is_outside]),
        own=tuple(Dot(learners.at(point.n), scores.at(point.mean), point) for point in points if point.is_own),
    )
