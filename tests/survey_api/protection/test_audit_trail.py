"""The audit trail is read page by page, and a touched row is named."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from nets.access.audit import Act
from nets.access.roles import Role
from nets.store.audit import write_audit
from survey_api.protection.audit_trail import ON_A_PAGE


@pytest.fixture
def protector(sign_in: Callable[..., TestClient]) -> TestClient:
    return sign_in(Role.DATA_PROTECTION)


def numbers_on(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'scope="row".*?<span>(\d+)</span>', page)]


def test_rows_come_newest_first_a_page_at_a_time(protector: TestClient, paddle: Any) -> None:
    with paddle.database.begin() as connection:
        for number in range(ON_A_PAGE + 5):
            at = datetime(2026, 3, 1, 12, 0, number % 60, tzinfo=UTC)
            newest = write_audit(connection, "<b>pia</b>", Act.DATA_EXPORTED, f"paddle-{number}", at=at, rows=number)
    page = protector.get("/protection/audit").text
    assert numbers_on(page) == list(range(newest.number, newest.number - ON_A_PAGE, -1))
    assert "The trail is whole" in page
    assert f"{newest.number}:{newest.hash}" in page
    assert "<b>pia</b>" not in page
    assert f"rows {ON_A_PAGE + 4}" in unescape(page)
    older = protector.get(re.findall(r'href="(/protection/audit\?before=\d+)"', page)[0]).text
    assert numbers_on(older)[0] == newest.number - ON_A_PAGE
    assert numbers_on(older)[-1] == 1


def test_a_row_that_somebody_touched_is_named(protector: TestClient, paddle: Any) -> None:
    with paddle.database.begin() as connection:
        first = write_audit(connection, "pia", Act.DATA_EXPORTED, "paddle-2025")
        names = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_rows'")
        )
        for (name,) in names.all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(
            text("UPDATE audit_rows SET who = 'nobody' WHERE number = :number"), {"number": first.number}
        )
    page = protector.get("/protection/audit").text
    assert f"The trail is broken at row {first.number}" in page
    assert "The trail is whole" not in page
