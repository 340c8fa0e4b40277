"""Loadings as a picture."""

from typing import Any

from ..item_responses import FloatArray
from ..picture import new_axes

DARK = 0.6
"""Loadings beyond this are printed in white on their cell."""


def draw_loadings(
    loadings: FloatArray, item_names: tuple[str, ...], factor_names: tuple[str, ...], title: str, ax: Any
) -> Any:
    """Draw items by factors, the colour and the number in a cell saying the loading; gives the axes drawn on."""
    if ax is None:
        ax = new_axes(2.2 + 0.8 * len(factor_names), 1.4 + 0.26 * len(item_names))
    ax.imshow(loadings, cmap="RdBu", vmin=-1, vmax=1, aspect="auto")
    ax.set_xticks(range(len(factor_names)), factor_names)
    ax.set_yticks(range(len(item_names)), item_names)
    ax.xaxis.tick_top()
    for row, cells in enumerate(loadings.tolist()):
        for column, loading in enumerate(cells):
            colour = "white" if abs(loading) > DARK else "black"
            shown = round(loading, 2) + 0.0  # no minus sign before nought
            ax.text(column, row, f"{shown:.2f}", ha="center", va="center", color=colour, fontsize="small")
    ax.set_title(title, fontsize="medium")
    return ax
