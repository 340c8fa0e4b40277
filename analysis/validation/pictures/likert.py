"""Answers to each item as bars about the middle of the response scale (Robbins & Heiberger 2011)."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from ...item_responses import FloatArray
from ...picture import PALE_INK, diverging_colours, ink_on
from ..drawing import WIDTH, Sheet

_LEFT: Final = 270.0
_ROW: Final = 21.0
_HEADING: Final = 26.0
_ROOM_FOR_NUMBER: Final = 22.0


def draw_answers(
    shares: FloatArray,
    names: Sequence[str],
    scales: Mapping[str, Sequence[int]],
    options: Sequence[str],
    alternative: str,
) -> str:
    """Draw one bar an item, scale by scale, half of a middle option on either side of nought.

    Parameters
    ----------
    shares : ndarray, shape (n_items, k)
        Of each option among an item's answers, the worst option first; NaN for an item that may not be shown.
    names : sequence of str
    scales : mapping of scale to places of its items
    options : sequence of str, length k
    alternative : str
        What it shows, in words.
    """
    k = len(options)
    known = np.nan_to_num(shares)
    below = known[:, : k // 2].sum(axis=1) + (known[:, k // 2] / 2 if k % 2 else 0.0)
    most_left, most_right = max(below.max(initial=0.0), 0.05), max((1.0 - below).max(initial=0.0), 0.05)
    unit = (WIDTH - _LEFT - 8) / (most_left + most_right)
    middle = _LEFT + most_left * unit
    height = 34 + sum(_HEADING + _ROW * len(places) for places in scales.values()) + 10
    sheet = Sheet(height)
    colours = diverging_colours(k)
    _legend(sheet, options, colours)
    y = 34.0
    sheet.line(middle, y + 4, middle, height - 6, PALE_INK)
    for scale, places in scales.items():
        sheet.text(0, y + 18, scale, bold=True)
        y += _HEADING
        for place in places:
            sheet.text(0, y + 14, _shortened(names[place]), size=11)
            x = middle - below[place] * unit
            for option, colour in enumerate(colours):
                wide = known[place, option] * unit
                sheet.box(x, y + 2, wide, _ROW - 4, colour, "#AEB7BD")
                if wide >= _ROOM_FOR_NUMBER:
                    said = f"{100 * known[place, option]:.0f}"
                    sheet.text(x + wide / 2, y + 14.5, said, "middle", ink_on(colour), 10.5)
                x += wide
            y += _ROW
    return sheet.svg(alternative)


def _legend(sheet: Sheet, options: Sequence[str], colours: Sequence[str]) -> None:
    x = 0.0
    for option, colour in zip(options, colours, strict=True):
        sheet.box(x, 4, 12, 12, colour, PALE_INK)
        sheet.text(x + 17, 14.5, option, size=11)
        x += 17 + 6.2 * len(option) + 18


def _shortened(name: str, most: int = 42) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
