"""Pictures as SVG: a sheet that shapes and words are put on. No script, no font or image from elsewhere."""

import html
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from ..picture import INK, PALE_INK

WIDTH: Final = 720.0
"""Of every picture, in its own units; on the page it takes the width that there is."""

GRID: Final = "#D8DDE0"
BLUE: Final = "#005EB8"
BROWN: Final = "#B25C00"

Anchor = Literal["start", "middle", "end"]


class Sheet:
    """An SVG drawing in the making; lengths are in units of `WIDTH`."""

    def __init__(self, height: float) -> None:
        self.height = height
        self._shapes: list[str] = []

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = GRID, width: float = 1.0, dashed: bool = False
    ) -> None:
        """Draw a straight line."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._shapes.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"{dash}/>'
        )

    def box(self, x: float, y: float, width: float, height: float, colour: str, outline: str = "none") -> None:
        """Draw a filled rectangle."""
        self._shapes.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.0):.1f}" height="{height:.1f}" fill="{colour}" '
            f'stroke="{outline}" stroke-width="0.5"/>'
        )

    def dot(self, x: float, y: float, colour: str = BLUE, size: float = 4.0, hollow: bool = False) -> None:
        """Draw a point."""
        fill = "white" if hollow else colour
        self._shapes.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>'
        )

    def path(
        self, points: Sequence[tuple[float, float]], colour: str = BLUE, width: float = 2.0, dashed: bool = False
    ) -> None:
        """Draw a line through points."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._shapes.append(
            f'<polyline points="{through}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"{dash}/>'
        )

    def area(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill the shape that points enclose."""
        through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._shapes.append(f'<polygon points="{through}" fill="{colour}"/>')

    def text(
        self,
        x: float,
        y: float,
        words: str,
        anchor: Anchor = "start",
        colour: str = INK,
        size: float = 12.0,
        bold: bool = False,
    ) -> None:
        """Write words; `y` is the line they stand on."""
        weight = ' font-weight="600"' if bold else ""
        self._shapes.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size:g}"{weight}>'
            f"{html.escape(words)}</text>"
        )

    def turned(self, x: float, y: float, words: str, size: float = 12.0) -> None:
        """Write words upwards, centred on (x, y)."""
        self._shapes.append(
            f'<text transform="translate({x:.1f} {y:.1f}) rotate(-90)" text-anchor="middle" fill="{PALE_INK}" '
            f'font-size="{size:g}">{html.escape(words)}</text>'
        )

    def svg(self, alternative: str) -> str:
        """Give the drawing, with what it shows in words for those who do not see it."""
        said = html.escape(alternative, quote=True)
        return (
            f'<svg viewBox="0 0 {WIDTH:g} {self.height:g}" role="img" aria-label="{said}" '
            f'xmlns="http://www.w3.org/2000/svg">{"".join(self._shapes)}</svg>'
        )


class Axis:
    """Numbers along a line of the sheet."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high, self.start, self.end = low, high, start, end

    def at(self, value: float) -> float:
        """Where a value stands; beyond the ends it stands at the end."""
        within = min(max(value, self.low), self.high)
        return self.start + (within - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, about: int = 6) -> list[float]:
        """Round values along the axis."""
        step = _round_step((self.high - self.low) / max(about - 1, 1))
        first = np.ceil(self.low / step - 1e-9)
        last = np.floor(self.high / step + 1e-9)
        return [float(place * step) + 0.0 for place in np.arange(first, last + 1)]  # never minus nought


def written(value: float) -> str:
    """A tick's number, without needless noughts."""
    return f"{value:,.6g}".replace("-", "−")


def frame(sheet: Sheet, across: Axis, up: Axis, across_name: str, up_name: str, about: int = 6) -> None:
    """Draw both axes of a plot with their grid, ticks and names."""
    for value in up.ticks(about):
        sheet.line(across.start, up.at(value), across.end, up.at(value))
        sheet.text(across.start - 8, up.at(value) + 4, written(value), "end", PALE_INK, 11)
    for value in across.ticks(about):
        sheet.text(across.at(value), up.start + 17, written(value), "middle", PALE_INK, 11)
    sheet.line(across.start, up.start, across.end, up.start, PALE_INK)
    sheet.text((across.start + across.end) / 2, up.start + 36, across_name, "middle", PALE_INK)
    sheet.turned(14, (up.start + up.end) / 2, up_name)


def _round_step(rough: float) -> float:
    power = 10.0 ** np.floor(np.log10(rough))
    return float(power * next(factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9)))
