"""Shares as bars along a line, and distributions as bars that stand."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from ...item_responses import FloatArray
from ...picture import PALE_INK
from ..drawing import BLUE, BROWN, GRID, WIDTH, Axis, Sheet, frame

_LEFT: Final = 270.0
_ROW: Final = 19.0


def draw_shares(
    names: Sequence[str],
    shares: Mapping[str, Sequence[float]],
    alternative: str,
    *,
    limit: float,
    limit_name: str,
    unit: str = "% of respondents",
) -> str:
    """Draw stacked bars of shares, one row a name, with a dashed line at a limit.

    Parameters
    ----------
    shares : mapping of what a piece of the bar is to its share in each row, 0 to 1
    limit : float
        Where the line stands; NaN for none.
    """
    pieces = list(shares)
    total = np.sum([shares[piece] for piece in pieces], axis=0) if pieces else np.zeros(0)
    highest = max(float(np.max(total, initial=0.0)), 0.0 if np.isnan(limit) else limit * 1.4, 0.02)
    across = Axis(0.0, highest * 1.04, _LEFT, WIDTH - 20)
    top = 42.0 if len(pieces) > 1 else 24.0
    bottom = top + _ROW * len(names)
    sheet = Sheet(bottom + 44)
    colours = [BLUE, "#7FB6E0", "#F3A26D", "#AEB7BD", BROWN][: len(pieces)]
    x = _LEFT
    if len(pieces) > 1:
        for piece, colour in zip(pieces, colours, strict=True):
            sheet.box(x, 4, 12, 12, colour)
            sheet.text(x + 17, 14.5, piece, size=11)
            x += 17 + 6.3 * len(piece) + 16
    for value in across.ticks():
        sheet.line(across.at(value), top, across.at(value), bottom)
        sheet.text(across.at(value), bottom + 16, f"{100 * value:.3g}", "middle", PALE_INK, 11)
    for row, name in enumerate(names):
        y = top + row * _ROW
        sheet.text(0, y + 13, name if len(name) <= 42 else f"{name[:41].rstrip()}…", size=11)
        start = 0.0
        for piece, colour in zip(pieces, colours, strict=True):
            share = float(shares[piece][row])
            sheet.box(across.at(start), y + 3, across.at(start + share) - across.at(start), _ROW - 6, colour)
            start += share
    if not np.isnan(limit):
        sheet.line(across.at(limit), top - 4, across.at(limit), bottom, BROWN, 1.5, dashed=True)
        sheet.text(across.at(limit) + 5, top - 8, limit_name, "start", BROWN, 11)
    sheet.text((across.start + across.end) / 2, bottom + 36, unit, "middle", PALE_INK)
    return sheet.svg(alternative)


def draw_histogram(
    edges: FloatArray,
    shares: FloatArray,
    alternative: str,
    *,
    across_name: str,
    up_name: str,
    expected: FloatArray | None = None,
    names: tuple[str, str] = ("", ""),
) -> str:
    """Draw shares (0 to 1) between edges, and a line of the shares that would be expected."""
    sheet = Sheet(270)
    highest = max(
        float(np.max(shares, initial=0.0)), float(np.max(expected, initial=0.0)) if expected is not None else 0.0, 0.01
    )
    across, up = Axis(float(edges[0]), float(edges[-1]), 60, WIDTH - 20), Axis(0.0, 110.0 * highest, 222, 24)
    frame(sheet, across, up, across_name, up_name)
    for place, share in enumerate(shares):
        left, right = across.at(float(edges[place])), across.at(float(edges[place + 1]))
        top = up.at(100.0 * float(share))
        sheet.box(left + 0.5, top, right - left - 1, up.start - top, "#7FB6E0", BLUE)
    if expected is not None:
        centres = (edges[:-1] + edges[1:]) / 2
        sheet.path(
            [(across.at(float(x)), up.at(100.0 * float(y))) for x, y in zip(centres, expected, strict=True)], BROWN
        )
        sheet.box(WIDTH - 260, 6, 12, 12, "#7FB6E0", BLUE)
        sheet.text(WIDTH - 243, 16.5, names[0], size=11)
        sheet.line(WIDTH - 160, 12, WIDTH - 142, 12, BROWN, 2)
        sheet.text(WIDTH - 137, 16.5, names[1], size=11)
    sheet.line(across.start, up.start, across.end, up.start, GRID)
    return sheet.svg(alternative)
