"""A release is made from a page, in a process of its own, one at a time."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.store.audit import newest_audit
from nets.store.releases import latest_release


@pytest.fixture
def manager(sign_in: Callable[..., TestClient]) -> TestClient:
    return sign_in(Role.SURVEY_MANAGER)


@pytest.fixture
def token(manager: TestClient) -> str:
    return str(re.findall(r'name="token" value="(\w+)"', manager.get("/campaigns/paddle-2025").text)[0])


def test_the_next_release_is_made_in_the_name_of_who_asked_for_it(manager: TestClient, paddle: Any, token: str) -> None:
    answer = manager.post("/campaigns/paddle-2025/release", data={"token": token})
    assert answer.headers["location"] == "/campaigns/paddle-2025?released=paddle-2025-r2"
    assert "Release paddle-2025-r2 is made" in manager.get(answer.headers["location"]).text
    assert "is made" not in manager.get("/campaigns/paddle-2025?released=paddle-2025-r9").text
    with paddle.database.read() as connection:
        header = latest_release(connection, "paddle-2025")
        (row,) = newest_audit(connection, 1)
    assert header is not None
    assert header.id == "paddle-2025-r2"
    assert (row.act, row.about) == ("release made", "paddle-2025-r2")
    assert "command line" not in row.who


def test_where_nobody_answered_it_says_so(manager: TestClient, token: str) -> None:
    answer = manager.post("/campaigns/paddle-2026/release", data={"token": token})
    assert answer.status_code == 409
    assert "has no responses yet" in answer.text


def test_two_are_never_made_at_once(
    manager: TestClient, paddle: Any, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle.app.state.service.releases, "_is_making", True)
    answer = manager.post("/campaigns/paddle-2025/release", data={"token": token})
    assert answer.status_code == 409
    assert "A release is being made just now" in answer.text
