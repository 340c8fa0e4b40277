"""Guessing codes and receipts is slow: so many wrong ones are free, then the next have to wait, twice as long each time.

Counted for each campaign and for the whole service, whatever was typed and wherever it came from: a hospital is one address, a
guesser has many, and every guess is another code. Wrong ones come back with time, and the wait stays short enough that somebody
who guesses on and on cannot keep the owners of codes out. Each process counts for itself, in memory.
"""

import math
from dataclasses import dataclass
from threading import Lock
from typing import Final

_FREE_OF_ONE: Final = 60
_FREE_OF_ALL: Final = 240
_SECONDS_TO_COME_BACK: Final = 120.0
_FIRST_WAIT: Final = 2.0
_LONGEST_WAIT: Final = 60.0


@dataclass(slots=True)
class _Budget:
    free: int
    left: float
    at: float
    wait: float = 0.0
    closed_until: float = 0.0

    def spend(self, now: float) -> None:
        self.left = min(self.free, self.left + max(now - self.at, 0) * self.free / _SECONDS_TO_COME_BACK)
        self.at = now
        if self.left == self.free:
            self.wait = 0.0
        self.left -= 1
        if self.left < 1:
            self.wait = min(max(2 * self.wait, _FIRST_WAIT), _LONGEST_WAIT)
            self.closed_until = now + self.wait

    def give_back(self) -> None:
        self.left = min(self.free, self.left + 1)
        if self.closed_until:  # by the try that was right, or long ago
            self.wait = self.wait / 2 if self.wait > _FIRST_WAIT else 0.0
            self.closed_until = 0.0


class CodeTries:
    """Wrong codes by campaign, and of all campaigns together."""

    def __init__(self) -> None:
        self._of_all = _Budget(_FREE_OF_ALL, _FREE_OF_ALL, 0.0)
        self._of_each: dict[str, _Budget] = {}
        self._lock = Lock()

    def begin(self, where: str, now: float) -> int:
        """Count a try: 0 where it may be made, otherwise the seconds after which one may, and it is not counted.

        ``where`` is a campaign that there is, or the name of another page that takes codes. A try counts as wrong from its
        beginning, so that many at once are not all free.
        """
        with self._lock:
            budgets = self._budgets(where, now)
            seconds = math.ceil(max(budget.closed_until - now for budget in budgets))
            if seconds > 0:
                return seconds
            for budget in budgets:
                budget.spend(now)
            return 0

    def was_right(self, where: str, now: float) -> None:
        """Count a try that has begun no longer."""
        with self._lock:
            for budget in self._budgets(where, now):
                budget.give_back()

    def _budgets(self, where: str, now: float) -> tuple[_Budget, _Budget]:
        return self._of_all, self._of_each.setdefault(where, _Budget(_FREE_OF_ONE, _FREE_OF_ONE, now))
