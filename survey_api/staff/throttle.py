"""Guessing passwords is slow: after some failures with a name, the next try with it has to wait, twice as long each time.

Counted by the name that was typed, whether or not there is such an account, so that the wait gives no account away; and not by
address, because a hospital is one. Each process counts for itself, in memory.
"""

import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Final

from nets.access.password import is_right
from nets.errors import StoreBusy

_FREE_TRIES: Final = 5
_FIRST_WAIT: Final = 30.0
_LONGEST_WAIT: Final = 900.0
_MOST_DOUBLINGS: Final = 10
_FORGOTTEN_AFTER: Final = 3_600.0
_MOST_NAMES: Final = 10_000
_AT_ONCE: Final = 2
_MOST_WAITING: Final = 20


@dataclass(slots=True)
class _Failures:
    count: int
    at: float


class Throttle:
    """Failures by name."""

    def __init__(self) -> None:
        self._failures: dict[str, _Failures] = {}
        self._lock = Lock()

    def seconds_to_wait(self, name: str, now: float) -> int:
        """How long it is until this name may be tried again; 0 where it may be now."""
        with self._lock:
            failures = self._failures.get(name)
            if failures is None or failures.count < _FREE_TRIES:
                return 0
            doubled = 1 << min(failures.count - _FREE_TRIES, _MOST_DOUBLINGS)
            return max(0, math.ceil(failures.at + min(_FIRST_WAIT * doubled, _LONGEST_WAIT) - now))

    def note_failure(self, name: str, now: float) -> None:
        """Count a failure."""
        with self._lock:
            failures = self._failures.pop(name, None)
            if failures is None or now - failures.at > _FORGOTTEN_AFTER:
                failures = _Failures(0, now)
            failures.count, failures.at = failures.count + 1, now
            self._failures[name] = failures
            if len(self._failures) > _MOST_NAMES:
                del self._failures[next(iter(self._failures))]

    def forget(self, name: str) -> None:
        """Count from nothing again: the right password came."""
        with self._lock:
            self._failures.pop(name, None)


class PasswordChecks:
    """Checks passwords, two at a time in threads of their own: each takes 46 MiB, and learners' threads are not to wait for it."""

    def __init__(self, check: Callable[[str, str | None], bool] = is_right) -> None:
        self._check = check
        self._threads = ThreadPoolExecutor(_AT_ONCE, "nets passwords")
        self._waiting = 0
        self._lock = Lock()

    def start(self, password: str, password_hash: str | None) -> Future[bool]:
        """Begin to check a password.

        Raises
        ------
        StoreBusy
            If too many wait for theirs.
        """
        with self._lock:
            if self._waiting >= _MOST_WAITING:
                raise StoreBusy("too many sign in at once")
            self._waiting += 1
        future = self._threads.submit(self._check, password, password_hash)
        future.add_done_callback(self._note_done)
        return future

    def close(self) -> None:
        """Check no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _note_done(self, _: Future[bool]) -> None:
        with self._lock:
            self._waiting -= 1
