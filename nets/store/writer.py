"""One writer a process: what waits is written together, and nobody hears "stored" before the commit.

A transaction a request lets every learner wait for a disk write of her own, one behind the other; here all that arrive during
one commit share the next (group commit). On SQLite it also keeps the process from waiting for its own lock, which SQLite does by
sleeping longer and longer.

The queue is bounded. Who comes when it is full is turned away at once and can try again, instead of waiting behind more than
can be written in a bearable time.
"""

import asyncio
import logging
import sqlite3
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any, Final, TypeAlias, TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError

from nets.errors import StoreBusy, StoreUnavailable
from nets.store.database import Connection, Database, count_of_writes

Item = TypeVar("Item")
Result = TypeVar("Result")
Job: TypeAlias = Callable[[Connection], Result]
"""Work within a transaction. It may be run again, after all that it wrote was undone, so it acts on its connection alone."""

GroupJob: TypeAlias = Callable[[Connection, Sequence[Item]], Sequence[Result | Exception]]
"""The same for many items at once: what each comes to, or its error if nothing of it was written. It may be run for fewer."""

MOST_WAITING: Final = 200
_LARGEST_GROUP: Final = 64
_SIGNS_OF_AN_OUTAGE: Final = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """An item, what is to be done with all of its kind, and who waits for it: a thread, or a task of an event loop."""

    work: GroupJob[Any, Any]
    item: Any
    answer: Future[Any] | asyncio.Future[Any]

    def is_wanted(self) -> bool:
        """Whether somebody still waits; a thread cannot go away any more from now on."""
        if isinstance(self.answer, Future):
            return self.answer.set_running_or_notify_cancel()
        return not self.answer.cancelled()


class Writer:
    """Writes for every thread and event loop of a process, in groups.

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
        answer: Future[Result] = Future()
        self._put(_Waiting(_one_after_the_other, job, answer))
        return answer

    async def write_together(self, work: GroupJob[Item, Result], item: Item) -> Result:
        """Do as ``write`` does for an item that ``work`` takes together with all that wait for the same work.

        An event loop is woken once for all its tasks, and no thread stands still.
        """
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._put(_Waiting(work, item, answer))
        return await answer

    def close(self) -> None:
        """Take no more, write what waits, and return when it is written."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _put(self, waiting: _Waiting) -> None:
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

    def _work(self) -> None:
        while group := self._next_group():
            wanted = [waiting for waiting in group if waiting.is_wanted()]
            if wanted:
                _tell(wanted, self._outcomes(wanted))

    def _next_group(self) -> list[_Waiting]:
        """What waits, up to a whole group of it; empty when the writer is closed and everything is written."""
        with self._changed:
            while not self._waiting and not self._is_closed:
                self._was_full = False
                self._changed.wait()
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), _LARGEST_GROUP))]

    def _outcomes(self, group: Sequence[_Waiting]) -> list[Any]:
        """Do all in one transaction or, where one of them breaks it, each in its own, so that it breaks no other."""
        try:
            with self._database.begin() as connection:
                outcomes = _all_at_once(connection, group)
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes to those who wait
            if len(group) == 1:
                return [error]
        else:
            return outcomes
        return self._one_by_one(group)

    def _one_by_one(self, group: Sequence[_Waiting]) -> list[Any]:
        outcomes: list[Any] = []
        for waiting in group:
            last = outcomes[-_SIGNS_OF_AN_OUTAGE:]
            if len(last) == _SIGNS_OF_AN_OUTAGE and all(isinstance(outcome, StoreUnavailable) for outcome in last):
                # it is the database and not the items: nobody needs to wait for it to run out of time once more
                outcomes.append(outcomes[-1])
            else:
                outcomes += self._outcomes([waiting])
        return outcomes


def _all_at_once(connection: Connection, group: Sequence[_Waiting]) -> list[Any]:
    """What each comes to, or its error: all that wait for the same work are handed to it together."""
    of_a_kind = defaultdict(list)
    for number, waiting in enumerate(group):
        of_a_kind[waiting.work].append(number)
    outcomes: list[Any] = [None] * len(group)
    for work, numbers in of_a_kind.items():
        done = work(connection, [group[number].item for number in numbers])
        for number, outcome in zip(numbers, done, strict=True):
            outcomes[number] = outcome
    return outcomes


def _one_after_the_other(connection: Connection, jobs: Sequence[Job[Any]]) -> list[Any]:
    return [_result_or_error(connection, job) for job in jobs]


def _result_or_error(connection: Connection, job: Job[Any]) -> Any:
    """Run one job. Its error is its own where it has written nothing; where it has, or the driver failed, it ends the group."""
    before = count_of_writes(connection)
    try:
        return job(connection)
    except (DBAPIError, sqlite3.Error, psycopg.Error, UnicodeError):
        raise
    except Exception as error:
        if count_of_writes(connection) > before:
            raise
        return error


def _tell(group: Sequence[_Waiting], outcomes: Sequence[Any]) -> None:
    """Hand out what each has come to. A loop is woken once: every waking costs it and the writer a turn at the interpreter."""
    of_loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = defaultdict(list)
    for waiting, outcome in zip(group, outcomes, strict=True):
        if isinstance(waiting.answer, Future):
            _settle([(waiting.answer, outcome)])
        else:
            of_loops[waiting.answer.get_loop()].append((waiting.answer, outcome))
    for loop, answers in of_loops.items():
        with suppress(RuntimeError):  # it was closed, and nobody waits any more
            loop.call_soon_threadsafe(_settle, answers)


def _settle(answers: Sequence[tuple[Future[Any] | asyncio.Future[Any], Any]]) -> None:
    for answer, outcome in answers:
        if answer.cancelled():
            continue
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)
