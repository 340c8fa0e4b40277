"""More than can be written at once: turned away with a word and a time, and nothing that was taken is lost."""

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from nets.store.database import Connection
from nets.store.responses import count_responses
from nets.store.writer import MOST_WAITING, Writer
from survey_api.request_limits import RequestLimits

GOOD = {"placement_id": "W-1", "learner_group": "pharmacy", "answers": {"TEA01": 4}}


@contextmanager
def held(writer: Writer) -> Iterator[list[Future[None]]]:
    """Fill the queue behind a job that lasts as long as the block."""
    begun, released = threading.Event(), threading.Event()

    def wait(_: Connection) -> None:
        begun.set()
        released.wait(10)

    def nothing(_: Connection) -> None:
        return None

    first = writer.enqueue(wait)
    assert begun.wait(10)
    yield [first, *(writer.enqueue(nothing) for _ in range(MOST_WAITING))]
    released.set()


def test_a_program_is_told_when_to_come_again(
    client: TestClient, paddle: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def send() -> Any:
        headers = {"Idempotency-Key": str(uuid4())}
        return client.post("/v1/campaigns/paddle-2026/responses", json=GOOD, headers=headers)

    with held(paddle.app.state.service.writer) as waiting:
        refused = [send() for _ in range(3)]
    for done in waiting:
        done.result(10)
    for answer in refused:
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:nets:problem:store-busy"
    assert caplog.text.count("turned away") == 1
    assert send().status_code == 201


def test_a_learner_is_told_on_a_page_and_goes_on_a_little_later(client: TestClient, paddle: Any) -> None:
    with held(paddle.app.state.service.writer) as waiting:
        answer = client.post("/c/paddle-2026/start")
    for done in waiting:
        done.result(10)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"].startswith("text/html")
    assert client.post("/c/paddle-2026/start").headers["location"] == "/c/paddle-2026/placement"


def test_a_service_that_stops_stores_what_it_has_taken(paddle: Any) -> None:
    writer = paddle.app.state.service.writer
    with TestClient(paddle.app):
        taken = [writer.enqueue(lambda connection: count_responses(connection, "paddle-2026")) for _ in range(20)]
    assert [answer.done() for answer in taken] == [True] * 20
    assert not writer.has_room


def test_a_service_that_runs_looks_for_rubbish_in_what_is_new_alone(paddle: Any) -> None:
    """Looking through all that was imported stopped everybody for longer than anything else."""
    before = gc.get_threshold()
    with TestClient(paddle.app):
        assert gc.get_freeze_count() > 100_000
        assert gc.get_threshold()[0] >= 10_000
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == before


class Rush:
    """Forms sent to a service that answers them when the test says so, by a clock of the test's own."""

    def __init__(self, app: Any, clock: list[float]) -> None:
        self._limits = RequestLimits(self._slow, body_limit=100, file_limit=100)
        self._scope = {"type": "http", "method": "POST", "path": "/v1", "query_string": b"", "headers": [], "app": app}
        self._clock = clock
        self._released = asyncio.Semaphore(0)
        self._sent: list[asyncio.Future[None]] = []
        self.statuses: list[int] = []

    async def send(self, number: int) -> None:
        """So many forms at once."""
        self._sent += [asyncio.ensure_future(self._post()) for _ in range(number)]
        await asyncio.sleep(0)

    async def answer(self, number: int, seconds: float = 0.0) -> None:
        """Answer so many, one after the other, each so many seconds after the one before."""
        for _ in range(number):
            self._clock[0] += seconds
            self._released.release()
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    async def end(self) -> None:
        """Answer whatever waits."""
        await self.answer(len(self._sent) - len(self.statuses))
        await asyncio.gather(*self._sent)

    async def _slow(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._released.acquire()
        await PlainTextResponse("stored")(scope, receive, send)

    async def _post(self) -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.statuses.append(message["status"])

        await self._limits(self._scope, receive, send)


@pytest.fixture
def new_rush(paddle: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Rush]:
    clock = [100.0]
    monkeypatch.setattr("survey_api.request_limits.time", SimpleNamespace(monotonic=lambda: clock[0]))
    return lambda: Rush(paddle.app, clock)


@pytest.mark.parametrize(("under_way", "seconds", "turned_away"), [(33, 0.2, 1), (33, 0.1, 0), (32, 0.2, 0)])
def test_while_nobody_is_answered_who_comes_late_is_asked_to_come_again(
    new_rush: Callable[[], Rush], run_apart: Any, under_way: int, seconds: float, turned_away: int
) -> None:
    async def rush_of() -> list[int]:
        rush = new_rush()
        await rush.send(under_way)
        rush._clock[0] += seconds
        await rush.send(1)
        await rush.end()
        return rush.statuses

    statuses = run_apart(rush_of())
    assert sorted(statuses) == [200] * (under_way + 1 - turned_away) + [503] * turned_away


def test_a_crowd_that_comes_after_hours_of_one_by_one_is_taken(new_rush: Callable[[], Rush], run_apart: Any) -> None:
    async def rush_of() -> list[int]:
        rush = new_rush()
        for _ in range(80):
            await rush.send(2)
            await rush.answer(2, 0.02)
        await rush.send(64)
        await rush.end()
        return rush.statuses[160:]

    assert run_apart(rush_of()) == [200] * 64


@pytest.mark.parametrize(("pace", "most"), [(0.0001, 200), (0.003, 51), (0.02, 33)])
def test_no_more_are_taken_than_can_be_answered_in_a_bearable_time(
    new_rush: Callable[[], Rush], run_apart: Any, pace: float, most: int
) -> None:
    async def rush_of() -> list[int]:
        rush = new_rush()
        for _ in range(20):
            await rush.send(30)
            await rush.answer(30, pace)
        await rush.send(200)
        await rush.end()
        return rush.statuses[600:]

    assert run_apart(rush_of()).count(200) == most


def test_a_rush_that_is_over_turns_nobody_away(new_rush: Callable[[], Rush], run_apart: Any) -> None:
    async def rush_of() -> list[int]:
        rush = new_rush()
        await rush.send(100)
        await rush.answer(100, 1.0)
        for _ in range(40):
            await rush.send(32)
            await rush.answer(32, 0.001)
        await rush.send(64)
        await rush.end()
        return rush.statuses[-64:]

    assert run_apart(rush_of()) == [200] * 64
