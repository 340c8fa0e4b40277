"""One writer a process: what waits is written together, and nobody hears "stored" before the commit.

A transaction a request lets every learner wait for a disk write of her own, one behind the other; here all that arrive during
one commit share the next (group commit). On SQLite it also keeps the process from waiting for its own lock, which SQLite does by
sleeping longer and longer.

The queue is bounded. Who comes when it is full is turned away at once and can try again, instead of waiting behind more than
can be written in a bearable time.
"""

import logging
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any, Final, TypeAlias, TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError

from nets.errors import StoreBusy, StoreUnavailable
from nets.store.database import Connection, Database, count_of_writes

Result = TypeVar("Result")
Job: TypeAlias = Callable[[Connection], Result]
"""Work within a transaction. It may be run again, after all that it wrote was undone, so it acts on its connection alone."""

MOST_WAITING: Final = 200
_LARGEST_GROUP: Final = 64
_SIGNS_OF_AN_OUTAGE: Final = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    job: Job[Any]
    answer: Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: Any
    error: Exception | None


class Writer:
    """Writes for every thread of a process, in groups.

    Parameters
    ----------
    database
        Where.
    most_waiting
        How many may wait; the next one is turned away.
    """

    def __init__(self, database: Database, *, most_waiting: int = MOST_WAITING) -> None:
        self._database = database
        self._most_waiting = most_waiting
        self._waiting: deque[_Waiting] = deque()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._is_closed = False
        self._was_full = False

    @property
    def n_waiting(self) -> int:
        """How many wait to be written."""
        return len(self._waiting)

    @property
    def has_room(self) -> bool:
        """Whether one more would be taken."""
        return not self._is_closed and self.n_waiting < self._most_waiting

    def write(self, job: Job[Result]) -> Result:
        """Run a job in a transaction that others may share, and return what it returned once that is committed.

        Raises
        ------
        StoreBusy
            If too many wait already; nothing was written.
        StoreUnavailable
            If the database cannot be written. The commit may have got through all the same, as with any lost connection.
        Exception
            Whatever the job raised; then nothing of it was written.
        """
        return self.enqueue(job).result()

    def enqueue(self, job: Job[Result]) -> Future[Result]:
        """Do as ``write`` does without waiting for it: the future is done after the commit, never before."""
        waiting = _Waiting(job, Future())
        with self._changed:
            if self._is_closed:
                raise StoreUnavailable("the service is stopping")
            if len(self._waiting) >= self._most_waiting:
                if not self._was_full:  # once for every time that it fills up, not for everybody turned away
                    _log.warning("%d wait to be written; the next are turned away", self._most_waiting)
                self._was_full = True
                raise StoreBusy(f"{self._most_waiting} wait to be written already")
            self._waiting.append(waiting)
            if self._thread is None:
                # daemon: a program that ends without close() has nobody left who waits for an answer
                self._thread = Thread(target=self._work, name="nets writer", daemon=True)
                self._thread.start()
            self._changed.notify()
        return waiting.answer

    def close(self) -> None:
        """Take no more, write what waits, and return when it is written."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while group := self._next_group():
            wanted = [waiting for waiting in group if waiting.answer.set_running_or_notify_cancel()]
            outcomes = self._outcomes([waiting.job for waiting in wanted]) if wanted else []
            for waiting, outcome in zip(wanted, outcomes, strict=True):
                if outcome.error is None:
                    waiting.answer.set_result(outcome.result)
                else:
                    waiting.answer.set_exception(outcome.error)

    def _next_group(self) -> list[_Waiting]:
        """What waits, up to a whole group of it; empty when the writer is closed and everything is written."""
        with self._changed:
            while not self._waiting and not self._is_closed:
                self._was_full = False
                self._changed.wait()
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), _LARGEST_GROUP))]

    def _outcomes(self, jobs: list[Job[Any]]) -> list[_Outcome]:
        """Run the jobs in one transaction or, where one of them breaks it, each in its own, so that it breaks no other."""
        try:
            with self._database.begin() as connection:
                outcomes = [_in_a_group(connection, job) for job in jobs]
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes to those who wait
            if len(jobs) == 1:
                return [_Outcome(None, error)]
        else:
            return outcomes
        return self._one_by_one(jobs)

    def _one_by_one(self, jobs: list[Job[Any]]) -> list[_Outcome]:
        outcomes: list[_Outcome] = []
        for job in jobs:
            last = [outcome.error for outcome in outcomes[-_SIGNS_OF_AN_OUTAGE:]]
            if len(last) == _SIGNS_OF_AN_OUTAGE and all(isinstance(error, StoreUnavailable) for error in last):
                # it is the database and not the jobs: nobody needs to wait for it to run out of time once more
                outcomes.append(outcomes[-1])
            else:
                outcomes += self._outcomes([job])
        return outcomes


def _in_a_group(connection: Connection, job: Job[Any]) -> _Outcome:
    """Run one job. Its error is its own where it has written nothing; where it has, or the driver failed, it ends the group."""
    before = count_of_writes(connection)
    try:
        return _Outcome(job(connection), None)
    except (DBAPIError, sqlite3.Error, psycopg.Error, UnicodeError):
        raise
    except Exception as error:
        if count_of_writes(connection) > before:
            raise
        return _Outcome(None, error)
