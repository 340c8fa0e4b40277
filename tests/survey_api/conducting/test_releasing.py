"""A release is made from a page, in a process of its own, one at a time."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.response_rate import RosterEntry
from nets.store.audit import newest_audit
from nets.store.releases import latest_release
from nets.store.responses import add_responses
from nets.store.rosters import replace_roster


@pytest.fixture
def manager(sign_in: Callable[..., TestClient]) -> TestClient:
    return sign_in(Role.SURVEY_MANAGER)


@pytest.fixture
def token(manager: TestClient) -> str:
    return str(re.findall(r'name="token" value="(\w+)"', manager.get("/campaigns/paddle-2025/release").text)[0])


def test_the_next_release_is_made_in_the_name_of_who_asked_for_it(manager: TestClient, paddle: Any, token: str) -> None:
    answer = manager.post("/campaigns/paddle-2025/release", data={"token": token, "after": "paddle-2025-r1"})
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


def words_of(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", "", answer.text).split())


def test_what_it_would_freeze_is_said_first_and_asking_makes_nothing(manager: TestClient, paddle: Any) -> None:
    assert 'href="/campaigns/paddle-2025/release"' in manager.get("/campaigns/paddle-2025").text
    page = words_of(manager.get("/campaigns/paddle-2025/release"))
    for words in (
        "Make a release of Paddle survey 2025?",
        "cannot be changed or taken back",
        "the scores of 116 responses",
        "The campaign is closed: no more will come.",
        "no response rates: nobody has said how many learners there are. Upload a roster first",
        "paddle-2025-r1 was made on 1 April 2025",
        "keeps its former values",
    ):
        assert words in page
    with paddle.database.read() as connection:
        header = latest_release(connection, "paddle-2025")
    assert header is not None
    assert header.id == "paddle-2025-r1"


def test_of_an_open_campaign_it_is_said_that_later_answers_are_not_in_it(manager: TestClient, paddle: Any) -> None:
    with paddle.database.begin() as connection:
        add_responses(connection, "paddle-2026", [("W-1", "nursing", date(2026, 3, 1), b"\x01\x02\x03\x04")])
        replace_roster(connection, "paddle-2026", [RosterEntry("W-1", "nursing", 12)])
    page = words_of(manager.get("/campaigns/paddle-2026/release"))
    assert "takes answers until 31 March 2026: whoever answers later is not in it" in page
    assert "response rates, by how many learners there are as far as is known today" in page
    assert "not be the first" not in page


def test_where_nobody_answered_it_says_so_instead_of_asking(manager: TestClient) -> None:
    for address in ("/campaigns/paddle-2026", "/campaigns/paddle-2026/release"):
        page = manager.get(address).text
        assert "None can be made yet: nobody has answered" in page
        assert 'action="/campaigns/paddle-2026/release"' not in page


def test_where_nobody_answered_it_says_so(manager: TestClient, token: str) -> None:
    answer = manager.post("/campaigns/paddle-2026/release", data={"token": token})
    assert answer.status_code == 409
    assert "has no responses yet" in answer.text


def test_two_are_never_made_at_once(
    manager: TestClient, paddle: Any, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle.app.state.service.releases, "_is_making", True)
    answer = manager.post("/campaigns/paddle-2025/release", data={"token": token, "after": "paddle-2025-r1"})
    assert answer.status_code == 409
    assert "A release is being made just now" in answer.text


def test_a_page_that_asked_makes_one_release_however_often_it_is_sent(
    manager: TestClient, paddle: Any, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def make(*_: Any) -> str:
        raise AssertionError("it would have been made a second time")

    page = manager.get("/campaigns/paddle-2025/release").text
    assert '<input type="hidden" name="after" value="paddle-2025-r1">' in page
    monkeypatch.setattr(paddle.app.state.service.releases, "make", make)
    for stale in ({"token": token}, {"token": token, "after": "paddle-2025-r0"}):
        answer = manager.post("/campaigns/paddle-2025/release", data=stale)
        assert answer.status_code == 409
        assert "Release paddle-2025-r1 was made since you opened the page that asks" in answer.text
