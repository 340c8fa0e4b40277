"""A campaign is opened and closed on pages: whole, or with everything that is wrong at once."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.campaign import AccessMode, AnonymityMode
from nets.errors import NotFound
from nets.store.audit import newest_audit
from nets.store.campaigns import get_campaign

WHOLE = {
    "id": "paddle-2028",
    "title": "Paddle survey 2028",
    "questionnaire": "paddle/1.0",
    "opens": "2028-02-01",
    "closes": "2028-03-31",
    "access": "placement_qr",
    "anonymity": "confidential",
    "place_floor": "6",
    "breakdown_floor": "12",
}


@pytest.fixture
def manager(sign_in: Callable[..., TestClient]) -> TestClient:
    return sign_in(Role.SURVEY_MANAGER)


def token_on(browser: TestClient, address: str) -> str:
    (token,) = set(re.findall(r'name="token" value="(\w+)"', browser.get(address).text))
    return str(token)


def send(browser: TestClient, **fields: str) -> Any:
    return browser.post("/campaigns/open", data={"token": token_on(browser, "/campaigns/open"), **WHOLE, **fields})


def test_a_campaign_is_opened_as_it_was_asked_for(manager: TestClient, paddle: Any) -> None:
    answer = send(manager)
    assert (answer.status_code, answer.headers["location"]) == (303, "/campaigns/paddle-2028")
    with paddle.database.read() as connection:
        campaign = get_campaign(connection, "paddle-2028")
        (row,) = newest_audit(connection, 1)
    assert (campaign.opens_on, campaign.closes_on) == (date(2028, 2, 1), date(2028, 3, 31))
    assert (campaign.access_mode, campaign.anonymity_mode) == (AccessMode.PLACEMENT_QR, AnonymityMode.CONFIDENTIAL)
    assert (campaign.place_floor, campaign.breakdown_floor) == (6, 12)
    assert (row.act, row.about) == ("campaign opened", "paddle-2028")
    assert row.who != "command line"


def test_everything_that_is_wrong_is_named_at_once_and_what_was_typed_stays(manager: TestClient, paddle: Any) -> None:
    answer = send(
        manager, id="Paddle 28", title="", questionnaire="tea/9", opens="1 Feb", closes="2028-02-30",
        access="imported", anonymity="none", place_floor="2", breakdown_floor="٣",
    )  # fmt: skip
    assert answer.status_code == 422
    page = unescape(answer.text)
    for field, words in (
        (
            "id",
            "Code: 'Paddle 28' may hold lower-case letters, digits and single hyphens between them alone, 60 at most",
        ),
        ("title", "Title: is not one line of 1 to 200 characters"),
        ("questionnaire", "Questionnaire: choose one"),
        ("opens", "First day: write it like 2026-10-01"),
        ("closes", "Last day: write it like 2026-10-01"),
        ("access", "How learners come in: choose one"),
        ("anonymity", "What they are promised: choose one"),
        ("place_floor", "Fewest learners in a score: 2 is below 3"),
        ("breakdown_floor", "Fewest learners in a breakdown: write a whole number"),
    ):
        assert f'href="#{field}"' in page
        assert f'id="{field}"' in page
        assert words in page
    assert 'value="Paddle 28"' in page
    summary = re.findall(r'href="#(\w+)"', page[page.index("There is a problem") :])
    assert summary[:9] == [
        "title", "id", "questionnaire", "opens", "closes", "access", "anonymity", "place_floor", "breakdown_floor",
    ]  # fmt: skip
    with paddle.database.read() as connection, pytest.raises(NotFound):
        get_campaign(connection, "Paddle 28")


def test_days_in_the_wrong_order_and_a_code_that_is_taken_stand_at_their_fields(manager: TestClient) -> None:
    page = unescape(send(manager, opens="2028-04-01").text)
    assert "2028-03-31 is before the opening on 2028-04-01" in page
    assert 'href="#closes"' in page
    page = unescape(send(manager, id="paddle-2025").text)
    assert "There is already a campaign paddle-2025" in page
    assert 'href="#id"' in page


def test_a_campaign_is_closed_after_being_asked_and_only_once(manager: TestClient, paddle: Any) -> None:
    address = "/campaigns/paddle-2026/close"
    token = token_on(manager, address)
    assert "cannot be opened again" in manager.get(address).text
    assert manager.post(address, data={"token": token}).headers["location"] == "/campaigns/paddle-2026"
    with paddle.database.read() as connection:
        assert get_campaign(connection, "paddle-2026").closed_on is not None
        assert newest_audit(connection, 1)[0].act == "campaign closed"
    page = " ".join(manager.get("/campaigns/paddle-2026").text.split())
    assert (
        "It took answers until it was closed early, on 10 March 2026. Who had begun may still send until 11 March"
        in page
    )
    assert manager.post(address, data={"token": token}).status_code == 409
    assert manager.get(address).headers["location"] == "/campaigns/paddle-2026"
    assert manager.get("/campaigns/paddle-2025/close").headers["location"] == "/campaigns/paddle-2025"  # long over


@pytest.mark.parametrize(
    ("opens", "asked", "said"),
    [
        ("2026-03-10", "who has begun and not yet sent cannot", "closed on its first day, 10 March 2026, and took answers"),
        ("2026-03-11", "It has not opened yet", "closed on 10 March 2026, before its first day, and took no answers"),
    ],
    ids=["on its first day", "before it"],
)  # fmt: skip
def test_one_that_is_closed_at_once_says_what_is_true(manager: TestClient, opens: str, asked: str, said: str) -> None:
    send(manager, opens=opens)
    address = "/campaigns/paddle-2028/close"
    page = manager.get(address).text
    assert asked in page
    assert "for two days" not in page
    manager.post(address, data={"token": token_on(manager, address)})
    page = " ".join(manager.get("/campaigns/paddle-2028").text.split())
    assert said in page
    assert "None can be made: nobody answered" in page
    assert "9 March" not in page
    assert "may still send" not in page
    row = manager.get("/campaigns").text
    row = row[row.index("Paddle survey 2028") :]
    assert "early, on 10 March 2026" in row[: row.index("</tr>")]


def test_without_the_sessions_own_token_nothing_is_opened_or_closed(manager: TestClient, paddle: Any) -> None:
    assert manager.post("/campaigns/open", data={**WHOLE, "token": "0" * 64}).status_code == 403
    assert manager.post("/campaigns/paddle-2026/close", data={"token": ""}).status_code == 403
    with paddle.database.read() as connection:
        assert get_campaign(connection, "paddle-2026").closed_on is None
        with pytest.raises(NotFound):
            get_campaign(connection, "paddle-2028")
