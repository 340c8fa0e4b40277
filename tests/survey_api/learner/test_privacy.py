"""What a learner leaves behind: her answers and a day, nothing of her device, her address, her token or the hour."""

import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Date, DateTime, Integer, Time

from nets.store.shuffling import WRITTEN_BY_LEARNERS
from survey_api.learner.device import COOKIE
from survey_api.learner.draft import Draft, load

AGENT, ADDRESS, WORDS = "Marked-Browser/4711", "203.0.113.47", "Marmalade-4711"


def _stored(paddle: Any) -> bytes:
    """Everything that lies on the disk, what was deleted and not yet overwritten included."""
    path = Path(paddle.settings.database_url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def _draft(visitor: Any, paddle: Any) -> Draft:
    with paddle.database.read() as connection:
        draft = load(connection, visitor.client.cookies[COOKIE], "paddle-2026", paddle.version)
    assert draft is not None
    return draft


@pytest.fixture
def visitor(learner: Any) -> Any:
    learner.client.headers.update(
        {
            "User-Agent": AGENT,
            "X-Forwarded-For": ADDRESS,
            "Forwarded": f"for={ADDRESS}",
            "Referer": f"https://{ADDRESS}/",
        }
    )
    learner.begin().answer_everything().post("p/words", COM01=WORDS)
    return learner


def test_a_draft_leaves_nothing_that_can_be_read(visitor: Any, paddle: Any) -> None:
    stored = _stored(paddle)
    draft = _draft(visitor, paddle)
    for secret in (AGENT, ADDRESS, WORDS, visitor.client.cookies[COOKIE], draft.submission_key, draft.code):
        assert secret.encode() not in stored, secret


def test_a_response_leaves_the_comment_and_nothing_of_its_writer(visitor: Any, paddle: Any) -> None:
    key = _draft(visitor, paddle).submission_key
    visitor.post("send")
    receipt = _draft(visitor, paddle).receipt
    stored = _stored(paddle)
    assert WORDS.encode() in stored
    for secret in (AGENT, ADDRESS, visitor.client.cookies[COOKIE], key, receipt):
        assert secret.encode() not in stored, secret


def test_no_log_names_a_visitor_or_repeats_an_answer(
    visitor: Any, paddle: Any, caplog: pytest.LogCaptureFixture
) -> None:
    token, code = visitor.client.cookies[COOKIE], _draft(visitor, paddle).code
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the test's own browser
    with caplog.at_level(logging.DEBUG):
        visitor.post("p/words", COM01=WORDS * 9)
        visitor.get("p/words")
        visitor.get(f"placement?q={WORDS}")
        visitor.post("p/words", COM01=WORDS)
        visitor.post("resume", code=code, device="own")
        visitor.post("send")
    for secret in (AGENT, ADDRESS, WORDS, token, code):
        assert secret not in caplog.text, secret


def test_no_table_knows_a_time_finer_than_a_day_or_counts_what_arrives() -> None:
    columns = [column for table in WRITTEN_BY_LEARNERS for column in table.columns]
    assert not [column for column in columns if isinstance(column.type, (DateTime, Time, Integer))]
    assert {column.name for column in columns if isinstance(column.type, Date)} == {
        "answered_on",
        "expires_on",
        "received_on",
    }


def test_days_are_stored_without_an_hour(visitor: Any, paddle: Any) -> None:
    visitor.post("send")
    path = paddle.settings.database_url.removeprefix("sqlite:///")
    connection = sqlite3.connect(path)
    for column, table in (("answered_on", "responses"), ("received_on", "submission_keys"), ("expires_on", "drafts")):
        assert all(len(day) == 10 for (day,) in connection.execute(f"SELECT {column} FROM {table}")), table
    connection.close()
