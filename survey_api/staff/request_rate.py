"""How often somebody may ask: so many requests a minute for each session and each key, never for an address.

A hospital is one address. Each process counts for itself, in memory.
"""

import math
from dataclasses import dataclass
from threading import Lock
from typing import Final

_MINUTE: Final = 60.0
_MOST_KNOWN: Final = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class RequestRate:
    """Counts requests by who sends them. A minute's worth may come at once; what was used comes back evenly."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}
        self._lock = Lock()

    def seconds_to_wait(self, who: str, a_minute: int, now: float) -> int:
        """Count a request: 0 where it may pass, otherwise the seconds after which one may, and it is not counted."""
        with self._lock:
            bucket = self._buckets.pop(who, None) or _Bucket(a_minute, now)
            back = (now - bucket.at) * a_minute / _MINUTE
            bucket.left, bucket.at = min(a_minute, bucket.left + max(back, 0)), now
            self._buckets[who] = bucket  # at the end again: the first is the one that was longest silent
            if len(self._buckets) > _MOST_KNOWN:
                del self._buckets[next(iter(self._buckets))]
            if bucket.left >= 1:
                bucket.left -= 1
                return 0
            return math.ceil((1 - bucket.left) * _MINUTE / a_minute)
