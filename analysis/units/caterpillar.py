"""A caterpillar: units from the lowest score to the highest, each with its interval (Goldstein and Spiegelhalter 1996)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from ..errors import AnalysisError
from ..item_responses import FloatArray
from ..picture import DIVERGING, INK, PALE_INK, new_axes

LOW, HIGH = DIVERGING[0], DIVERGING[-1]

# Up to so many units have room for their names.
NAMED = 60


def draw_caterpillar(
    unit: Sequence[Hashable],
    score: FloatArray,
    interval: FloatArray,
    mean: FloatArray,
    centre: float,
    labels: tuple[str, str],
    ax: Any = None,
) -> Any:
    """Draw scores with their intervals and, as hollow points, the unadjusted means; return the axes.

    Intervals that lie below or above the centre have a colour of their own and a mark of their own shape.

    Parameters
    ----------
    unit : sequence, length n_units
    score, mean : float array, shape (n_units,)
    interval : float array, shape (n_units, 2)
    centre : float
    labels : tuple of two str
        What the points are, and what the line at the centre is.
    ax : matplotlib.axes.Axes, optional
    """
    if np.isnan(interval).all():
        raise AnalysisError("the scores have no intervals to draw")
    order = np.argsort(score, kind="stable")
    place = np.arange(order.size)
    score, interval, mean = score[order], interval[order], mean[order]
    if ax is None:
        ax = new_axes(8.0, min(1.5 + 0.22 * order.size, 11.0))
    kinds = (
        (interval[:, 1] < centre, LOW, "v", "below"),
        (interval[:, 0] > centre, HIGH, "^", "above"),
        ((interval[:, 1] >= centre) & (interval[:, 0] <= centre), PALE_INK, "o", ""),
    )
    size = 5.0 if order.size <= NAMED else 2.5
    for which, colour, marker, side in kinds:
        if which.any():
            ax.hlines(place[which], interval[which, 0], interval[which, 1], color=colour, linewidth=size / 4)
            name = f"{labels[0]}, {side}" if side else labels[0]
            ax.plot(score[which], place[which], marker, color=colour, markersize=size, linestyle="", label=name)
    ax.plot(mean, place, "o", markerfacecolor="none", markeredgecolor=INK, markersize=size * 0.8, linestyle="",
            markeredgewidth=0.7, label="mean as it is")  # fmt: skip
    ax.axvline(centre, color=INK, linewidth=1.0, linestyle="--", label=labels[1])
    if order.size <= NAMED:
        ax.set_yticks(place, [str(unit[i]) for i in order])
    else:
        ax.set_yticks([])
        ax.set_ylabel(f"{order.size} units, from the lowest to the highest")
    ax.set_ylim(-1, order.size)
    ax.set_xlabel("score")
    ax.legend(fontsize="small", frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax
