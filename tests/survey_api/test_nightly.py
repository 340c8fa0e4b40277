import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from nets.errors import StoreUnavailable
from nets.store.drafts import save_draft
from nets.store.submissions import RETRY_WINDOW
from survey_api.nightly import every_night, seconds_until

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


def test_what_has_had_its_time_is_forgotten_when_the_service_starts(paddle: Any, app_with: Callable[..., Any]) -> None:
    _fill(paddle)
    with TestClient(app_with(today=lambda: TODAY)):
        assert _left(paddle) == (1, [b"n"])


def test_it_is_forgotten_every_night(paddle: Any, run_apart: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nights: list[float] = []

    async def sleep(seconds: float) -> None:
        nights.append(seconds)
        if len(nights) == 2:
            raise asyncio.CancelledError

    _fill(paddle)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        run_apart(every_night(paddle.app.state.service))
    assert _left(paddle) == (1, [b"n"])
    assert all(0 < night <= 86_400 for night in nights)


def test_a_night_that_fails_is_told_and_tried_again_an_hour_later(
    paddle: Any, run_apart: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    nights: list[float] = []

    async def sleep(seconds: float) -> None:
        nights.append(seconds)
        if len(nights) == 2:
            raise asyncio.CancelledError

    def fail(*_: object) -> None:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr("survey_api.nightly.shuffle", fail)
    with pytest.raises(asyncio.CancelledError):
        run_apart(every_night(paddle.app.state.service))
    assert nights[1] == 3600
    assert "the disk is full" in caplog.text


@pytest.mark.parametrize(
    ("now", "hours"),
    [(datetime(2026, 3, 10, 1, 30), 1.5), (datetime(2026, 3, 10, 3), 24), (datetime(2026, 3, 10, 4), 23)],
)
def test_the_night_is_the_next_one(now: datetime, hours: float) -> None:
    assert seconds_until(3, now) == hours * 3600
