"""Estimates with their intervals: a few with names, or thousands of units without; differences against averages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...item_responses import FloatArray
from ...picture import PALE_INK
from ..drawing import BLUE, BROWN, WIDTH, Axis, Sheet, frame

_LEFT: Final = 270.0
_ROW: Final = 22.0
_MOST_POINTS: Final = 2_000


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One estimate; ends of NaN draw the point alone. ``hollow`` tells a second kind of estimate from the first."""

    name: str
    estimate: float
    low: float
    high: float
    hollow: bool = False


def draw_intervals(
    rows: Sequence[IntervalRow],
    alternative: str,
    *,
    across_name: str,
    limits: Sequence[float] = (),
    span: tuple[float, float] | None = None,
    kinds: tuple[str, str] | None = None,
) -> str:
    """Draw a row for each estimate, with dashed lines at the limits that it is held against."""
    ends = np.array([[row.estimate, row.low, row.high] for row in rows])
    known = ends[np.isfinite(ends)]
    low, high = span or (
        min([*known.tolist(), *limits], default=0.0),
        max([*known.tolist(), *limits], default=1.0),
    )
    room = 0.0 if span else 0.06 * max(high - low, 1e-6)
    across = Axis(low - room, max(high + room, low + 1e-6), _LEFT, WIDTH - 20)
    top = 28.0 if kinds else 8.0
    bottom = top + _ROW * len(rows)
    sheet = Sheet(bottom + 44)
    if kinds:
        sheet.dot(_LEFT + 6, 10)
        sheet.text(_LEFT + 16, 14, kinds[0], size=11)
        x = _LEFT + 16 + 6.5 * len(kinds[0]) + 24
        sheet.dot(x, 10, hollow=True)
        sheet.text(x + 10, 14, kinds[1], size=11)
    for value in across.ticks():
        sheet.line(across.at(value), top, across.at(value), bottom)
        sheet.text(across.at(value), bottom + 16, f"{value:.6g}".replace("-", "−"), "middle", PALE_INK, 11)
    for limit in limits:
        sheet.line(across.at(limit), top, across.at(limit), bottom, BROWN, 1.5, dashed=True)
    for place, row in enumerate(rows):
        y = top + (place + 0.5) * _ROW
        sheet.text(0, y + 4, row.name if len(row.name) <= 44 else f"{row.name[:43].rstrip()}…", size=11.5)
        if np.isfinite(row.low) and np.isfinite(row.high):
            sheet.line(across.at(row.low), y, across.at(row.high), y, BLUE, 2)
        if np.isfinite(row.estimate):
            sheet.dot(across.at(row.estimate), y, hollow=row.hollow)
    sheet.text((across.start + across.end) / 2, bottom + 36, across_name, "middle", PALE_INK)
    return sheet.svg(alternative)


def draw_caterpillar(
    mean: FloatArray, low: FloatArray, high: FloatArray, centre: float, alternative: str, *, up_name: str, of: str
) -> str:
    """Draw units by rising estimate, nameless, as a line within the band of their intervals."""
    order = np.argsort(mean, kind="stable")
    sheet = Sheet(300)
    least, most = float(np.nanmin(low, initial=np.inf)), float(np.nanmax(high, initial=-np.inf))
    across, up = Axis(0.5, len(mean) + 0.5, 60, WIDTH - 20), Axis(least, max(most, least + 1e-6), 250, 16)
    frame(sheet, across, up, f"{of} from the lowest to the highest", up_name)
    x = [across.at(place + 1.0) for place in range(len(order))]
    upper = [up.at(float(value)) for value in high[order]]
    lower = [up.at(float(value)) for value in low[order]]
    if len(order) > 150:
        sheet.area([*zip(x, upper, strict=True), *reversed(list(zip(x, lower, strict=True)))], "#CBDFF0")
        sheet.path([(place, up.at(float(value))) for place, value in zip(x, mean[order], strict=True)])
    else:
        for place, value, bottom, ceiling in zip(x, mean[order], lower, upper, strict=True):
            sheet.line(place, bottom, place, ceiling, "#7FB6E0", 1.5)
            sheet.dot(place, up.at(float(value)), size=2)
    sheet.line(across.start, up.at(centre), across.end, up.at(centre), BROWN, 1.5, dashed=True)
    return sheet.svg(alternative)


def draw_differences(
    average: FloatArray,
    difference: FloatArray,
    lines: Sequence[float],
    alternative: str,
    *,
    across_name: str,
    up_name: str,
) -> str:
    """Draw differences against averages (Bland & Altman 1986), with lines at their mean and limits."""
    sheet = Sheet(310)
    step = max(1, -(-len(average) // _MOST_POINTS))
    reach = 1.08 * max(float(np.max(np.abs(difference), initial=0.0)), *(abs(line) for line in lines), 1e-6)
    left, right = float(np.min(average, initial=0.0)), float(np.max(average, initial=1.0))
    across, up = Axis(left, max(right, left + 1e-6), 60, WIDTH - 20), Axis(-reach, reach, 260, 14)
    frame(sheet, across, up, across_name, up_name)
    for line in lines:
        sheet.line(across.start, up.at(line), across.end, up.at(line), BROWN, 1.5, dashed=True)
    for x, y in zip(average[::step], difference[::step], strict=True):
        sheet.dot(across.at(float(x)), up.at(float(y)), BLUE, 2.2, hollow=True)
    return sheet.svg(alternative)
