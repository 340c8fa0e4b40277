"""A ruler: where a number lies along one side of a picture, and which round numbers are written there."""

import math
from dataclasses import dataclass
from typing import Final

_ROUND: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Mark:
    """A round number and where it stands."""

    value: float
    at: float

    @property
    def label(self) -> str:
        """The number as it is written, without a needless decimal."""
        return f"{self.value:g}"


@dataclass(frozen=True, slots=True)
class Ruler:
    """Maps ``low`` to ``start`` and ``high`` to ``end``, in a straight line; a picture grows downwards, so ``end`` may be less.

    Attributes
    ----------
    low, high
        The numbers at the two ends, low < high.
    start, end
        Their places in the picture's own units.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a number stands, to a tenth of a unit; what lies beyond an end stands at the end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def marks(self, most: int = 5) -> tuple[Mark, ...]:
        """Round numbers between the ends, not more than about ``most``."""
        step = _round_step((self.high - self.low) / most)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return tuple(Mark(k * step, self.at(k * step)) for k in range(first, last + 1))


def ruler_over(values: list[float], *, start: float, end: float, least: float = 10.0) -> Ruler:
    """A ruler of scores that leaves air around these values: whole fives, at least ``least`` points long, within 0 to 100."""
    low, high = (min(values), max(values)) if values else (0.0, 100.0)
    short = max(0.0, least - (high - low)) / 2
    low, high = 5 * math.floor((low - short) / 5), 5 * math.ceil((high + short) / 5)
    return Ruler(float(max(low, 0)), float(min(high, 100)), start, end)


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in _ROUND if step * power >= rough * (1 - 1e-9))
