"""More than can be written at once: turned away with a word and a time, and nothing that was taken is lost."""

import asyncio
import gc
import threading
from collections.abc import Iterator
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
    with TestClient(paddle.app):
        assert gc.get_freeze_count() > 100_000
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize(("under_way", "seconds", "status"), [(33, 0.3, 503), (33, 0.2, 200), (32, 0.3, 200)])
def test_in_a_rush_who_would_wait_for_long_is_asked_to_come_again(
    paddle: Any, run_apart: Any, monkeypatch: pytest.MonkeyPatch, under_way: int, seconds: float, status: int
) -> None:
    statuses: list[int] = []
    clock = [100.0]
    monkeypatch.setattr("survey_api.request_limits.time", SimpleNamespace(monotonic=lambda: clock[0]))

    async def rush() -> None:
        released = asyncio.Event()

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await released.wait()
            await PlainTextResponse("stored")(scope, receive, send)

        limits = RequestLimits(slow, body_limit=100)

        async def post() -> None:
            async def receive() -> Message:
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(message: Message) -> None:
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])

            scope = {"type": "http", "method": "POST", "path": "/v1", "query_string": b"", "headers": []}
            await limits(scope | {"app": paddle.app}, receive, send)

        first = [asyncio.ensure_future(post()) for _ in range(under_way)]
        await asyncio.sleep(0)
        clock[0] += seconds
        late = asyncio.ensure_future(post())
        await asyncio.sleep(0.01)
        released.set()
        await asyncio.gather(*first, late)

    run_apart(rush())
    assert len(statuses) == under_way + 1
    assert sorted(statuses) == sorted([200] * under_way + [status])
