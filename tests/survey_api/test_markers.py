"""Marked answers, tokens, keys and addresses are pushed through every way of failing, and then searched for everywhere."""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from nets.invitation import draft_token, stop_token
from nets.store import submissions
from nets.store.database import Connection
from nets.store.tables import metadata
from survey_api.learner.device import COOKIE

WORDS, AGENT, ADDRESS = "Marmalade-4711", "Marked-Browser/4711", "203.0.113.47"
INVITEE = "marked.4711@example.org"
API = "/v1/campaigns/paddle-2026/responses"
PATH = "/c/paddle-2026"
GOOD = {"placement_id": "W-1", "learner_group": "pharmacy", "answers": {"TEA01": 4, "COM01": WORDS}}


@dataclass(slots=True)
class Marked:
    """A browser whose every secret is marked, and everything that came back to it."""

    client: TestClient
    paddle: Any
    key: str
    token: str = ""
    invitation: str = ""
    heard: list[Response] = field(default_factory=list)

    def send(self, body: Any = None, key: str = "") -> Response:
        """A submission over the interface."""
        answer = self.client.post(API, json=body or GOOD, headers={"Idempotency-Key": key or self.key})
        self.heard.append(answer)
        return answer

    def post(self, page: str, **fields: str) -> Response:
        """A form of the learner's path."""
        answer = self.client.post(f"{PATH}/{page}", data=fields)
        self.heard.append(answer)
        return answer

    def show(self, address: str, **fields: str) -> Response:
        """A form of the path of who is invited."""
        answer = self.client.post(address, data=fields)
        self.heard.append(answer)
        return answer

    def everywhere(self, body: Any = None) -> list[int]:
        """Send the marked answers by every door; the statuses that came back."""
        return [
            self.send(body, str(uuid4())).status_code,
            self.post("p/words", COM01=WORDS).status_code,
            self.post("send").status_code,
            self.post("start", again="1", placement=WORDS).status_code,
            self.show("/i", token=self.invitation).status_code,
            self.show("/c/paddle-invited/start", device="own").status_code,
            self.show("/c/paddle-invited/p/words", COM01=WORDS).status_code,
            self.show("/c/paddle-invited/send").status_code,
        ]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be found."""
        return (AGENT, ADDRESS, self.token, self.key, self.invitation, draft_token(self.invitation), INVITEE)


@pytest.fixture
def marked(client: TestClient, paddle: Any, invite: Callable[..., str]) -> Iterator[Marked]:
    client.headers.update(
        {
            "User-Agent": AGENT,
            "X-Forwarded-For": ADDRESS,
            "Forwarded": f"for={ADDRESS}",
            "Referer": f"https://{ADDRESS}/",
        }
    )
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the test's own browser
    browser = Marked(client, paddle, str(uuid4()), invitation=invite(INVITEE))
    browser.post("start", device="own")
    browser.token = client.cookies[COOKIE]
    browser.show("/i", token=browser.invitation)
    browser.post("placement", placement="W-1")
    browser.post("group", group="pharmacy")
    browser.post("p/words", COM01=WORDS)
    browser.heard.clear()
    yield browser
    logging.getLogger("httpx2").setLevel(logging.NOTSET)


def refuse_the_input(marked: Marked, _: pytest.MonkeyPatch) -> None:
    for body in (
        {**GOOD, "answers": {"TEA01": WORDS}},
        {**GOOD, "answers": {"COM01": WORDS * 9}},
        {**GOOD, WORDS: 1},
        {**GOOD, "placement_id": WORDS},
        {**GOOD, "learner_group": WORDS},
    ):
        assert marked.send(body).status_code in {404, 422}
    assert marked.client.post(API, content=f'{{"{WORDS}"', headers={"Idempotency-Key": marked.key}).status_code == 400
    assert marked.post("p/words", COM01=WORDS * 2_000).status_code == 413
    assert marked.post("p/tea", TEA01=WORDS).status_code == 303
    marked.client.headers["Origin"] = f"https://{WORDS}.example"
    assert marked.post("p/words", COM01=WORDS).status_code == 403


def contradict_what_was_sent(marked: Marked, _: pytest.MonkeyPatch) -> None:
    assert marked.send().status_code == 201
    assert marked.send({**GOOD, "answers": {"COM01": f"{WORDS}!"}}).status_code == 409


def stumble_over_an_answer(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(connection: Connection, won: Any) -> None:
        insert(connection, won)
        raise KeyError(str(won))

    insert = submissions._insert
    monkeypatch.setattr(submissions, "_insert", stumble)
    assert 500 in marked.everywhere()


def stumble_outside_the_store(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*given: Any, **named: Any) -> None:
        raise ValueError(f"{given} {named} {marked.token}")

    monkeypatch.setattr("survey_api.api_v1.responses.bind_response", stumble)
    monkeypatch.setattr("survey_api.learner.draft.load", stumble)
    assert set(marked.everywhere()) == {500}


def lose_a_table(marked: Marked, _: pytest.MonkeyPatch) -> None:
    _run(marked.paddle, "ALTER TABLE comments RENAME TO lost")
    assert 503 in marked.everywhere()
    _run(marked.paddle, "ALTER TABLE lost RENAME TO comments")


def have_the_database_refuse(marked: Marked, _: pytest.MonkeyPatch) -> None:
    _run(marked.paddle, "CREATE TRIGGER no BEFORE INSERT ON comments BEGIN SELECT RAISE(ABORT, 'no comments'); END")
    assert {409, 503} & set(marked.everywhere())


def lose_the_database(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    marked.paddle.database.dispose()
    file = _file(marked.paddle)
    aside = file.with_name("aside")
    file.rename(aside)
    file.mkdir()
    assert set(marked.everywhere()) == {503}
    file.rmdir()
    aside.rename(file)


def fill_the_queue(marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marked.paddle.app.state.service.writer, "_most_waiting", 0)
    assert 503 in marked.everywhere()


def stop(marked: Marked, _: pytest.MonkeyPatch) -> None:
    marked.paddle.app.state.service.writer.close()
    assert 503 in marked.everywhere()


WAYS_TO_FAIL = (
    refuse_the_input,
    contradict_what_was_sent,
    stumble_over_an_answer,
    stumble_outside_the_store,
    lose_a_table,
    have_the_database_refuse,
    lose_the_database,
    fill_the_queue,
    stop,
)


@pytest.mark.parametrize("fail", WAYS_TO_FAIL)
def test_nothing_marked_is_found_after_a_failure(
    fail: Callable[[Marked, pytest.MonkeyPatch], None],
    marked: Marked,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG):
        fail(marked, monkeypatch)
        marked.show(f"/stop/{stop_token(marked.invitation)}")
    said = "".join(capfd.readouterr())
    for secret in (WORDS, *marked.secrets):
        assert secret not in caplog.text
        assert secret not in said
        for answer in marked.heard:
            if answer.status_code >= 400:
                assert secret not in answer.text
            assert secret not in answer.headers.get("location", "")
    for answer in marked.heard:
        where = answer.request.url.path
        assert answer.headers["referrer-policy"] == ("strict-origin" if where.startswith("/stop/") else "same-origin")
        assert answer.headers["cache-control"] == "no-store"
    _look_into_every_table(marked)


def test_what_is_searched_is_really_there(marked: Marked, caplog: pytest.LogCaptureFixture) -> None:
    """The control: the comment is in its table and in the files, and a log that repeats it is found out."""
    assert marked.send().status_code == 201
    assert WORDS.encode() in _files(marked.paddle)
    assert re.search(WORDS, str(_rows(marked.paddle, "comments")))
    logging.getLogger("survey_api").error("we had %s", WORDS)
    assert WORDS in caplog.text


def _look_into_every_table(marked: Marked) -> None:
    for table in metadata.tables:
        rows = str(_rows(marked.paddle, table))
        for secret in marked.secrets:
            assert secret not in rows, table
        assert WORDS not in rows or table == "comments"
    files = _files(marked.paddle)
    for secret in marked.secrets:
        assert secret.encode() not in files


def _rows(paddle: Any, table: str) -> list[tuple[Any, ...]]:
    return _run(paddle, f"SELECT * FROM {table}")


def _run(paddle: Any, statement: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(_file(paddle), isolation_level=None)
    rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


def _file(paddle: Any) -> Path:
    return Path(paddle.settings.database_url.removeprefix("sqlite:///"))


def _files(paddle: Any) -> bytes:
    file = _file(paddle)
    return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
