"""What pictures share: colours that colour-blind people tell apart, and axes to draw on."""

from typing import Any

import numpy as np

from .errors import AnalysisError

DIVERGING = ("#8A1B00", "#F3A26D", "#F0F4F5", "#7FB6E0", "#003087")
"""From low to high through a pale middle, distinct for every common kind of colour blindness."""

INK = "#231F20"
PALE_INK = "#425563"


def new_axes(width: float, height: float) -> Any:
    """Give the axes of a new figure, of a size in inches.

    Raises
    ------
    AnalysisError
        Where matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt  # here, because it takes longer to import than all of `analysis`
    except ImportError as error:
        raise AnalysisError("drawing needs matplotlib: pip install matplotlib") from error
    return plt.figure(figsize=(width, height), layout="constrained").add_subplot()


def diverging_colours(k: int) -> list[str]:
    """Give k colours from low to high: for five those of `DIVERGING`, otherwise between them."""
    stops = np.array([_parts(colour) for colour in DIVERGING])
    places = np.linspace(0.0, len(stops) - 1.0, k)
    parts = [np.interp(places, np.arange(len(stops)), stops[:, part]).round().astype(int) for part in range(3)]
    return [f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue in zip(*parts, strict=True)]


def ink_on(colour: str) -> str:
    """Give the ink that is readable on a colour: white on dark, black on light."""
    red, green, blue = _parts(colour)
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 128 else INK


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
