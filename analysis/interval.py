"""An interval with its level, as every estimate here carries one."""

from dataclasses import dataclass
from typing import Any

from .options import refuse, wrong_level


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided interval, unrounded.

    Attributes
    ----------
    low, high : float
        The two ends, in the units of the estimate. An end is NaN where the data do not define it.
    level : float
        Coverage between 0 and 1, for example 0.95.

    Examples
    --------
    >>> interval = Interval(0.6853, 0.7201, 0.95)
    >>> print(interval)
    0.685 to 0.720 (95 %)
    >>> 0.7 in interval
    True
    """

    low: float
    high: float
    level: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low:.3f} to {self.high:.3f} ({100 * self.level:g} %)"


def check_level(level: Any) -> float:
    """Give back a level as a float, or say what is wrong with it."""
    refuse(wrong_level(level))
    return float(level)
