"""Curves in one frame: a scree plot, a ROC curve, reliability against the number of learners."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ...picture import PALE_INK
from ..drawing import BLUE, BROWN, WIDTH, Axis, Sheet, frame

_COLOURS: Final = (BLUE, BROWN, "#7FB6E0", "#8A1B00", PALE_INK)


@dataclass(frozen=True, slots=True)
class Curve:
    """A named curve."""

    name: str
    points: tuple[tuple[float, float], ...]
    marked: bool = False
    dashed: bool = False


def draw_curves(
    curves: Sequence[Curve],
    across: tuple[float, float],
    up: tuple[float, float],
    alternative: str,
    *,
    across_name: str,
    up_name: str,
    level: float | None = None,
    diagonal: bool = False,
) -> str:
    """Draw curves, with a dashed line at a level or along the diagonal where asked."""
    top = 16.0 + 18.0 * len(curves)
    sheet = Sheet(top + 300)
    horizontal, vertical = Axis(*across, 60, WIDTH - 20), Axis(*up, top + 250, top)
    frame(sheet, horizontal, vertical, across_name, up_name)
    if level is not None:
        sheet.line(horizontal.start, vertical.at(level), horizontal.end, vertical.at(level), BROWN, 1.5, dashed=True)
    if diagonal:
        sheet.line(horizontal.start, vertical.start, horizontal.end, vertical.end, PALE_INK, 1, dashed=True)
    for place, curve in enumerate(curves):
        colour = _COLOURS[place % len(_COLOURS)]
        points = [(horizontal.at(x), vertical.at(y)) for x, y in curve.points]
        sheet.path(points, colour, dashed=curve.dashed)
        if curve.marked:
            for x, y in points:
                sheet.dot(x, y, colour, 3)
        y = 12.0 + 18.0 * place
        sheet.path([(60, y), (84, y)], colour, dashed=curve.dashed)
        sheet.text(91, y + 4, curve.name, size=11)
    return sheet.svg(alternative)
