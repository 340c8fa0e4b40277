"""Answers to items as bars about the middle of the response scale (Robbins & Heiberger 2011).

References
----------
Robbins, N. B. & Heiberger, R. M. (2011). Plotting Likert and other rating scales. Proceedings of the Joint Statistical
    Meetings, Section on Survey Research Methods, 1058-1066.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .errors import AnalysisError
from .item_responses import FloatArray, IntArray
from .picture import PALE_INK, diverging_colours, ink_on, new_axes

_ROOM_FOR_NUMBER = 5.0
"""Per cent of answers that a piece of a bar must hold for its number to fit in."""


def draw_likert(
    frequencies: IntArray, n_missing: IntArray, item_names: Sequence[str], options: Sequence[str] | None, ax: Any
) -> Any:
    """Draw one bar an item, in per cent of its answers, with half of a middle option on either side of nought."""
    n_items, k = frequencies.shape
    if k == 0:
        raise AnalysisError("the answers are not whole numbers from 1 up: there are no options to draw")
    if options is not None and len(options) != k:
        raise AnalysisError(f"{len(options)} options were named, but answers were given from 1 to {k}")
    labels = [str(answer) for answer in range(1, k + 1)] if options is None else list(options)
    if ax is None:
        ax = new_axes(8.0, 1.5 + 0.32 * n_items)
    n_answers = frequencies.sum(axis=1)
    shares = 100.0 * frequencies / n_answers[:, None]
    starts = _starts(shares)
    rows = np.arange(n_items)
    for place, colour in enumerate(diverging_colours(k)):
        width = shares[:, place]
        ax.barh(
            rows, width, left=starts[:, place], height=0.78, color=colour, edgecolor=PALE_INK, linewidth=0.4,
            label=labels[place],
        )  # fmt: skip
        for row in np.flatnonzero(width >= _ROOM_FOR_NUMBER):
            middle = starts[row, place] + width[row] / 2
            ax.text(
                middle, row, f"{width[row]:.0f}", ha="center", va="center", color=ink_on(colour), fontsize="x-small"
            )
    ax.axvline(0.0, color=PALE_INK, linewidth=0.8, zorder=0)  # behind the bars, for it would strike numbers out
    ax.set_yticks(rows, item_names)
    ax.set_ylim(n_items - 0.4, -0.6)
    lowest, highest = starts[:, 0].min(), (starts[:, -1] + shares[:, -1]).max()
    ax.set_xlim(10.0 * np.floor((lowest - 1.0) / 10.0), 10.0 * np.ceil((highest + 1.0) / 10.0))
    ax.xaxis.set_major_formatter(lambda value, place: f"{abs(value):g}")
    ax.set_xlabel("per cent of answers, either side of the middle of the scale")
    beside = ax.get_yaxis_transform()  # across in parts of the axes, down in items
    for row in rows:
        said = f"n = {n_answers[row]}, {n_missing[row]} missing"
        ax.text(1.01, row, said, transform=beside, va="center", fontsize="x-small", color=PALE_INK)
    ax.set_title("Answers to each item", loc="left", fontsize="medium", pad=26)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=k, frameon=False, fontsize="small", handlelength=1.0,
        borderaxespad=0.2, columnspacing=1.2,
    )  # fmt: skip
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


def _starts(shares: FloatArray) -> FloatArray:
    """Say where each piece of a bar begins, so that nought is the middle of the scale."""
    k = shares.shape[1]
    below = shares[:, : k // 2].sum(axis=1)
    if k % 2:
        below = below + shares[:, k // 2] / 2
    return np.asarray(np.cumsum(shares, axis=1) - shares - below[:, None])
