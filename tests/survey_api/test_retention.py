from datetime import date, timedelta
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import text

from nets.store.drafts import save_draft
from nets.store.submissions import RETRY_WINDOW
from survey_api.app import create_app

TODAY = date(2026, 3, 10)
TOKEN = "t" * 22


def _fill(paddle: Any) -> None:
    """A draft and a submission key whose time has passed, and one of each whose time has not."""
    with paddle.database.begin() as connection:
        save_draft(connection, TOKEN, b"old", TODAY - timedelta(days=1))
        save_draft(connection, TOKEN + "x", b"new", TODAY)
        for letter, day in (("o", TODAY - RETRY_WINDOW - timedelta(days=1)), ("n", TODAY - RETRY_WINDOW)):
            key = {"key": letter.encode() * 32, "day": day.isoformat()}
            connection.execute(text("INSERT INTO submission_keys VALUES (:key, :key, :day)"), key)


def _left(paddle: Any) -> tuple[int, list[bytes]]:
    with paddle.database.read() as connection:
        drafts = connection.execute(text("SELECT count(*) FROM drafts")).scalar_one()
        return drafts, [row[0][:1] for row in connection.execute(text("SELECT key_hash FROM submission_keys"))]


def test_what_has_had_its_time_is_forgotten_with_the_first_learner_of_a_day(paddle: Any, client: TestClient) -> None:
    _fill(paddle)
    client.post("/c/paddle-2026/start")
    assert _left(paddle) == (2, [b"n"])  # the new draft and the learner's own


def test_it_is_looked_for_once_a_day(paddle: Any, client: TestClient) -> None:
    client.post("/c/paddle-2026/start")
    _fill(paddle)
    client.post("/c/paddle-2026/start", data={"again": "1"})
    assert len(_left(paddle)[1]) == 2


def test_it_is_forgotten_when_the_service_starts_too(paddle: Any) -> None:
    _fill(paddle)
    with TestClient(create_app(paddle.settings, today=lambda: TODAY)):
        assert _left(paddle) == (1, [b"n"])
