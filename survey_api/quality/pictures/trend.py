"""A trend: one score a campaign with its interval, a gap where it may not be shown, and a break where the wording changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from survey_api.quality.pictures.ruler import Mark, Ruler, ruler_over

WIDTH: Final = 400
HEIGHT: Final = 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 394.0, 8.0, 168.0


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One campaign: its name, the score and interval as shown, and whether what was asked changed since the one before."""

    label: str
    mean: float
    low: float
    high: float
    is_broken: bool


@dataclass(frozen=True, slots=True)
class TrendGap:
    """A campaign whose score may not be shown, or that has none."""

    label: str


@dataclass(frozen=True, slots=True)
class Whisker:
    """A score with the ends of its interval; ``label`` stands under it."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TrendPicture:
    """What the template draws; ``lines`` join campaigns that can be compared, ``breaks`` stand between those that cannot."""

    score_marks: tuple[Mark, ...]
    labels: tuple[tuple[float, str], ...]
    whiskers: tuple[Whisker, ...]
    lines: tuple[str, ...]
    breaks: tuple[float, ...]
    gaps: tuple[float, ...]
    benchmark: float | None


def trend_picture(points: Sequence[TrendPoint | TrendGap], benchmark: float | None = None) -> TrendPicture:
    """The picture of one measure at one place.

    Parameters
    ----------
    points
        The campaigns from the oldest to the newest, at least one.
    benchmark
        A score to hold them against, drawn as a dashed line; None where there is none to be shown.
    """
    shown = [point for point in points if isinstance(point, TrendPoint)]
    values = [edge for point in shown for edge in (point.low, point.high)]
    if benchmark is not None:
        values.append(benchmark)
    scores = ruler_over(values, start=_BOTTOM, end=_TOP)
    places = Ruler(-0.5, len(points) - 0.5, _LEFT, _RIGHT)
    whiskers, breaks, gaps = [], [], []
    runs: list[list[str]] = [[]]
    for i, point in enumerate(points):
        x = places.at(i)
        if isinstance(point, TrendGap):
            gaps.append(x)
            runs.append([])
            continue
        if point.is_broken and i:
            breaks.append(places.at(i - 0.5))
            runs.append([])
        y = scores.at(point.mean)
        whiskers.append(Whisker(x, y, scores.at(point.low), scores.at(point.high)))
        runs[-1].append(f"{x},{y}")
    return TrendPicture(
        score_marks=scores.marks(),
        labels=tuple((places.at(i), point.label) for i, point in enumerate(points)),
        whiskers=tuple(whiskers),
        lines=tuple(" ".join(run) for run in runs if len(run) > 1),
        breaks=tuple(breaks),
        gaps=tuple(gaps),
        benchmark=None if benchmark is None else scores.at(benchmark),
    )
