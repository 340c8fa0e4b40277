"""Differences of two measurements against their mean, with the limits of agreement (Bland & Altman 1986, 1999)."""

from typing import Any

import numpy as np

from ..interval import Interval
from ..item_responses import FloatArray
from ..picture import DIVERGING, INK, new_axes

_LOW, _PALE_LOW, _, _PALE_HIGH, _HIGH = DIVERGING


def draw_bland_altman(
    average: FloatArray,
    difference: FloatArray,
    bias: tuple[float, Interval],
    limits: tuple[tuple[float, Interval], tuple[float, Interval]],
    ax: Any,
) -> Any:
    """Draw a point a person, and lines with their intervals as bands for the mean difference and the two limits."""
    if ax is None:
        ax = new_axes(7.0, 4.6)
    # People with the same two scores share a point, as large as they are many.
    places, people = np.unique(np.column_stack([average, difference]), axis=0, return_counts=True)
    ax.scatter(*places.T, s=22 * people, color=_HIGH, alpha=0.45, linewidths=0)
    lines = (
        (*limits[1], "upper limit", _LOW, _PALE_LOW, "--"),
        (*bias, "mean", _HIGH, _PALE_HIGH, "-"),
        (*limits[0], "lower limit", _LOW, _PALE_LOW, "--"),
    )
    for value, interval, name, colour, band, style in lines:
        ax.axhspan(interval.low, interval.high, color=band, alpha=0.3, linewidth=0)
        ax.axhline(value, color=colour, linestyle=style, linewidth=1.4)
        ax.annotate(
            f"{name} {value:.2f}".replace("-", "−"), (1.0, value), xycoords=("axes fraction", "data"), xytext=(5, 0),
            textcoords="offset points", va="center", fontsize="small", color=INK, annotation_clip=False,
        )  # fmt: skip
    ax.axhline(0.0, color=INK, linewidth=0.6)
    level = f"{100 * bias[1].level:g} %"
    ax.set_xlabel(f"mean of both scores\n\n95 % of differences lie between the limits; the bands are {level} intervals")
    ax.set_ylabel("second score less the first")
    ax.set_title(f"Agreement of two measurements, n = {len(difference)}", loc="left", fontsize="medium")
    ax.spines[["top", "right"]].set_visible(False)
    return ax
