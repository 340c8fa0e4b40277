"""Pictures of graded items: curves of an item's options, information of items and test."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..item_responses import FloatArray
from ..picture import INK, PALE_INK, diverging_colours, new_axes
from .calibration import Calibration

TRAIT = np.linspace(-4.0, 4.0, 161)


def draw_options(calibration: Calibration, item: int, ax: Any) -> Any:
    """Draw the probability of each answer to an item over the trait."""
    if ax is None:
        ax = new_axes(6.5, 4.0)
    place = calibration.places[item]
    probability = calibration.items.at(calibration.parameters, TRAIT).probability()
    for answer, colour in enumerate(diverging_colours(place.size)):
        if place[answer] >= 0:
            curve = probability[place[answer]]
            # The pale middle of the colours needs an edge on a white page.
            ax.plot(TRAIT, curve, color=PALE_INK, linewidth=3.2)
            ax.plot(TRAIT, curve, color=colour, linewidth=2.0, label=str(answer + 1))
            highest = int(curve.argmax())
            ax.annotate(str(answer + 1), (TRAIT[highest], curve[highest]), xytext=(0, 4), textcoords="offset points",
                        ha="center", fontsize="small", color=INK)  # fmt: skip
    ax.set_ylim(0.0, 1.08)
    ax.set_xlabel("trait, in standard deviations")
    ax.set_ylabel("probability of each answer")
    ax.set_title(calibration.item_names[item], loc="left", fontsize="medium")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def draw_information(names: tuple[str, ...], information: FloatArray, ax: Any) -> Any:
    """Draw the information of the test, its standard error beside it, and that of some items by name."""
    if ax is None:
        ax = new_axes(7.0, 4.2)
    total = information.sum(axis=0)
    for name, own in zip(names, information, strict=True):
        ax.plot(TRAIT, own, color=PALE_INK, linewidth=0.8, alpha=0.7)
        highest = int(own.argmax())
        ax.annotate(name, (TRAIT[highest], own[highest]), fontsize="xx-small", color=PALE_INK, ha="center")
    ax.plot(TRAIT, total, color=INK, linewidth=2.0, label="information of the test")
    ax.set_xlabel("trait, in standard deviations")
    ax.set_ylabel("information")
    ax.set_ylim(bottom=0.0)
    ax.spines[["top", "right"]].set_visible(False)
    other = ax.twinx()
    other.plot(TRAIT, 1.0 / np.sqrt(1.0 + total), color="#8A1B00", linewidth=1.5, linestyle="--")
    other.set_ylim(0.0, 1.0)
    other.set_ylabel("standard error of a score (dashed)", color="#8A1B00")
    other.spines[["top"]].set_visible(False)
    return ax
