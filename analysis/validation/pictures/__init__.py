"""The report's pictures: numbers in, SVG out."""

from .bars import draw_histogram, draw_shares
from .curves import Curve, draw_curves
from .intervals import IntervalRow, draw_caterpillar, draw_differences, draw_intervals
from .likert import draw_answers

__all__ = [
    "Curve",
    "IntervalRow",
    "draw_answers",
    "draw_caterpillar",
    "draw_curves",
    "draw_differences",
    "draw_histogram",
    "draw_intervals",
    "draw_shares",
]
