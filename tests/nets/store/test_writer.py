"""What is told as stored is stored, whoever else is in the group; what cannot be stored is told, and at once."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from nets.errors import NotFound, Refused, StoreBusy, StoreUnavailable
from nets.store.comments import Comment, add_comments
from nets.store.database import Connection, Database
from nets.store.drafts import save_draft
from nets.store.responses import count_responses
from nets.store.submissions import Attempt, Submission, submit, submit_all
from nets.store.writer import Job, Writer

KEY = "5f1c0e8a-3f63-4b52-9a58-6a5e3b1f9f10"


class Counted:
    """A database that counts the transactions that write, and can be taken away."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.n_transactions = 0
        self.is_gone = False

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        self.n_transactions += 1
        if self.is_gone:
            raise StoreUnavailable("gone")
        with self.database.begin() as connection:
            yield connection


@pytest.fixture
def counted(filled: Database) -> Counted:
    return Counted(filled)


@pytest.fixture
def writer(counted: Counted) -> Iterator[Writer]:
    writer = Writer(counted, most_waiting=40)  # type: ignore[arg-type] # it needs no more of a database
    yield writer
    writer.close()


@contextmanager
def held(writer: Writer) -> Iterator[None]:
    """Keep the writer at one job for the length of the block, so that what is enqueued there becomes one group."""
    begun, released = threading.Event(), threading.Event()

    def wait(_: Connection) -> None:
        begun.set()
        released.wait(10)

    waiting = writer.enqueue(wait)
    assert begun.wait(10)
    yield
    released.set()
    waiting.result(10)


def sending(small: Any, key: str = KEY, **changes: Any) -> Job[Submission]:
    return lambda connection: submit(connection, small.campaign.id, small.response_with(**changes), key)


def count(database: Database, small: Any) -> int:
    with database.read() as connection:
        return count_responses(connection, small.campaign.id)


def break_a_foreign_key(connection: Connection) -> None:
    add_comments(connection, "no-such-campaign", [Comment("W-1", "SAY01", "lost")])


def write_and_break(connection: Connection) -> None:
    save_draft(connection, "t" * 22, b"half", date(2026, 3, 1))
    raise NotFound("changed my mind")


def test_a_job_gives_back_what_it_returned_once_it_is_committed(filled: Database, writer: Writer, small: Any) -> None:
    assert not writer.write(sending(small)).replayed
    assert count(filled, small) == 1


def test_all_that_wait_share_one_commit(filled: Database, counted: Counted, writer: Writer, small: Any) -> None:
    with held(writer):
        answers = [writer.enqueue(sending(small, f"{KEY}-{number}")) for number in range(30)]
        assert writer.n_waiting == 30
    assert not any(answer.result(10).replayed for answer in answers)
    assert counted.n_transactions == 2
    assert count(filled, small) == 30


def test_nobody_hears_of_it_before_the_commit(filled: Database, writer: Writer, small: Any) -> None:
    seen: list[int] = []
    with held(writer):
        for number in range(5):
            answer = writer.enqueue(sending(small, f"{KEY}-{number}"))
            answer.add_done_callback(lambda _: seen.append(count(filled, small)))
    writer.close()
    assert seen == [5] * 5


@pytest.mark.parametrize("poison", [break_a_foreign_key, write_and_break])
def test_a_poisoned_job_fails_alone_and_leaves_nothing(
    filled: Database, writer: Writer, small: Any, poison: Callable[[Connection], None]
) -> None:
    with held(writer):
        answers = [writer.enqueue(sending(small, f"{KEY}-{number}")) for number in range(3)]
        poisoned = writer.enqueue(poison)
        answers += [writer.enqueue(sending(small, f"{KEY}-{number}")) for number in range(3, 6)]
    assert [answer.result(10).replayed for answer in answers] == [False] * 6
    assert isinstance(poisoned.exception(10), (Refused, NotFound))
    assert count(filled, small) == 6
    with filled.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM drafts")).scalar() == 0


def test_a_refusal_costs_its_neighbours_nothing(filled: Database, counted: Counted, writer: Writer, small: Any) -> None:
    with held(writer):
        refused = writer.enqueue(sending(small, placement_id="W-9"))
        stored = writer.enqueue(sending(small))
    assert isinstance(refused.exception(10), NotFound)
    assert not stored.result(10).replayed
    assert counted.n_transactions == 2


def test_a_fault_of_the_program_reaches_who_asked_and_nobody_else(writer: Writer, small: Any) -> None:
    def trip(_: Connection) -> None:
        raise KeyError("no such thing")

    with held(writer):
        broken = writer.enqueue(trip)
        stored = writer.enqueue(sending(small))
    assert isinstance(broken.exception(10), KeyError)
    assert not stored.result(10).replayed


def test_one_key_sent_sixty_four_times_at_once_is_one_row(filled: Database, small: Any) -> None:
    writers = [Writer(filled) for _ in range(2)]  # as in two processes
    answers = [writers[number % 2].enqueue(sending(small)) for number in range(64)]
    tries = [answer.result(30) for answer in answers]
    for writer in writers:
        writer.close()
    assert sorted(submission.replayed for submission in tries) == [False] + [True] * 63
    assert len({submission.receipt for submission in tries}) == 1
    assert count(filled, small) == 1


def test_who_comes_to_a_full_queue_is_turned_away_at_once_and_told_once(
    writer: Writer, small: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with held(writer):
        answers = [writer.enqueue(sending(small, f"{KEY}-{number}")) for number in range(40)]
        has_room = writer.has_room
        for _ in range(3):
            with pytest.raises(StoreBusy):
                writer.write(sending(small, f"{KEY}-too-many"))
    assert [answer.result(10).replayed for answer in answers] == [False] * 40
    assert (has_room, writer.has_room) == (False, True)
    assert not writer.write(sending(small, f"{KEY}-too-many")).replayed
    assert caplog.text.count("turned away") == 1


def test_closing_writes_what_waits_and_takes_no_more(filled: Database, writer: Writer, small: Any) -> None:
    with held(writer):
        answers = [writer.enqueue(sending(small, f"{KEY}-{number}")) for number in range(30)]
        closing = threading.Thread(target=writer.close)
        closing.start()
    closing.join(10)
    assert all(answer.done() for answer in answers)
    assert count(filled, small) == 30
    assert not writer.has_room
    with pytest.raises(StoreUnavailable, match="stopping"):
        writer.write(sending(small, f"{KEY}-late"))


def test_a_writer_that_was_never_used_closes(filled: Database) -> None:
    Writer(filled).close()


def test_an_outage_is_told_to_all_without_trying_for_each(
    filled: Database, counted: Counted, writer: Writer, small: Any
) -> None:
    with held(writer):
        counted.is_gone = True
        answers = [writer.enqueue(sending(small, f"{KEY}-{number}")) for number in range(30)]
    assert all(isinstance(answer.exception(10), StoreUnavailable) for answer in answers)
    assert counted.n_transactions == 1 + 1 + 2
    counted.is_gone = False
    assert not writer.write(sending(small)).replayed


def test_who_no_longer_waits_is_left_out(filled: Database, writer: Writer, small: Any) -> None:
    with held(writer):
        assert writer.enqueue(sending(small)).cancel()
    writer.close()
    assert count(filled, small) == 0


def in_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: in this one the browser of other tests may have left a loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result(30)


async def gathered(writer: Writer, attempts: Sequence[Attempt]) -> list[Any]:
    """Send all of them at once from one loop, as one group; what each of them is told."""
    with held(writer):
        sent = [asyncio.ensure_future(writer.write_together(submit_all, attempt)) for attempt in attempts]
        await asyncio.sleep(0.05)
    return await asyncio.gather(*sent, return_exceptions=True)


def attempts_of(small: Any, number: int, **changes: Any) -> list[Attempt]:
    return [Attempt(small.campaign.id, f"{KEY}-{n}", lambda *_: small.response_with(**changes)) for n in range(number)]


def test_tasks_of_a_loop_share_one_commit_and_one_waking(
    filled: Database, counted: Counted, writer: Writer, small: Any
) -> None:
    wakings = 0

    class Counting(asyncio.SelectorEventLoop):
        def call_soon_threadsafe(self, *given: Any, **named: Any) -> asyncio.Handle:  # type: ignore[override]
            nonlocal wakings
            wakings += 1
            return super().call_soon_threadsafe(*given, **named)

    with asyncio.Runner(loop_factory=Counting) as runner, ThreadPoolExecutor(1) as thread:
        told = thread.submit(runner.run, gathered(writer, attempts_of(small, 30))).result(30)
    assert [submission.replayed for submission in told] == [False] * 30
    assert (counted.n_transactions, wakings) == (2, 1)
    assert count(filled, small) == 30


def test_of_a_group_that_the_database_refuses_everybody_is_tried_alone(
    filled: Database, writer: Writer, small: Any
) -> None:
    attempts = attempts_of(small, 6)
    attempts[2] = attempts_of(small, 3, comments={"SAY01": None})[2]
    attempts[4] = attempts[3]
    told = in_a_loop(gathered(writer, attempts))
    assert isinstance(told.pop(2), Refused)
    assert [submission.replayed for submission in told] == [False, False, False, True, False]
    assert count(filled, small) == 4


def test_a_poisoned_job_of_another_kind_takes_no_attempt_with_it(filled: Database, writer: Writer, small: Any) -> None:
    async def send() -> list[Any]:
        with held(writer):
            poisoned = writer.enqueue(write_and_break)
            sent = [
                asyncio.ensure_future(writer.write_together(submit_all, attempt)) for attempt in attempts_of(small, 3)
            ]
            await asyncio.sleep(0.05)
        return [poisoned.exception(10), *await asyncio.gather(*sent)]

    error, *told = in_a_loop(send())
    assert isinstance(error, NotFound)
    assert [submission.replayed for submission in told] == [False] * 3
    assert count(filled, small) == 3


def test_a_task_that_no_longer_waits_is_left_out(filled: Database, writer: Writer, small: Any) -> None:
    async def send() -> None:
        with held(writer):
            sent = asyncio.ensure_future(writer.write_together(submit_all, attempts_of(small, 1)[0]))
            await asyncio.sleep(0.05)
            sent.cancel()
            await asyncio.sleep(0)

    in_a_loop(send())
    writer.close()
    assert count(filled, small) == 0


def test_a_loop_that_has_gone_stops_nobody(filled: Database, writer: Writer, small: Any) -> None:
    loop = asyncio.new_event_loop()

    async def send() -> None:
        sent = loop.create_task(writer.write_together(submit_all, attempts_of(small, 1)[0]))
        await asyncio.sleep(0)
        sent._log_destroy_pending = False  # type: ignore[attr-defined] # it would say that nobody waits, as is meant

    with held(writer):
        with ThreadPoolExecutor(1) as thread:
            thread.submit(loop.run_until_complete, send()).result(10)
        loop.close()
    assert not writer.write(sending(small, f"{KEY}-next")).replayed
    assert count(filled, small) == 2
