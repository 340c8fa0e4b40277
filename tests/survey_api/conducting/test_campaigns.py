"""The survey manager sees how every campaign goes, in exact numbers, and no score."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.break_off import StepCount
from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.invitation import InvitationKey, SpentInvitation
from nets.store.break_offs import add_step_counts
from nets.store.campaigns import add_campaign, close_campaign
from nets.store.database import Database
from nets.store.mailings import claim, due_invitations, due_reminders, resolve_unknown
from nets.store.retest_consents import keep_consent
from nets.store.retests import destroy_retest, get_open_retest, note_comparison, open_retest

AGAIN = "paddle-again"
KEY = InvitationKey("k" * 32)
CONFIDENTIAL = Campaign(
    id=AGAIN,
    title="Paddle survey again",
    questionnaire_id="paddle",
    questionnaire_version="1.0",
    opens_on=date(2026, 2, 1),
    closes_on=date(2026, 3, 31),
    access_mode=AccessMode.INVITATION,
    anonymity_mode=AnonymityMode.CONFIDENTIAL,
)


@pytest.fixture
def manager(sign_in: Callable[..., TestClient]) -> TestClient:
    return sign_in(Role.SURVEY_MANAGER)


@pytest.fixture
def retest(paddle: Any) -> Database:
    """A confidential campaign by invitation, of whose learners three agreed to be asked once more."""
    database: Database = paddle.database
    with database.begin() as connection:
        add_campaign(connection, CONFIDENTIAL)
        open_retest(connection, KEY, AGAIN, 40, date(2026, 3, 2))
        public = get_open_retest(connection, AGAIN).public_key
        for number in range(3):
            spent = SpentInvitation(b"t" * 32, bytes([number]) * 32, b"sealed")
            keep_consent(
                connection, AGAIN, public, spent, response_id=uuid4(), placement_id="W-1", learner_group="nursing"
            )
    return database


def words_of(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(unescape(answer.text).split())


def test_campaigns_stand_with_their_days_and_responses(manager: TestClient) -> None:
    page = words_of(manager.get("/campaigns"))
    for words in (
        "Paddle survey 2025",
        "1 February 2025 to 31 March 2025",
        "closed",
        "not yet open",
        "Open a campaign",
    ):
        assert words in page
    row = page[page.index("Paddle survey 2025") :]
    row = row[: row.index("</tr>")]
    assert "116" in row
    assert "paddle-2025-r1, 1 April 2025" in row
    assert "none yet" in page


def test_what_is_done_by_command_is_named_while_there_is_something_to_do(manager: TestClient, paddle: Any) -> None:
    assert "nets invitations remind paddle-invited" in words_of(manager.get("/campaigns/paddle-invited"))
    assert "/c/paddle-2026" in words_of(manager.get("/campaigns/paddle-2026"))
    assert "/c/paddle-2025" not in words_of(manager.get("/campaigns/paddle-2025"))  # over
    with paddle.database.begin() as connection:
        add_campaign(connection, replace(CONFIDENTIAL, id="paddle-poster", access_mode=AccessMode.PLACEMENT_QR))
        close_campaign(connection, "paddle-invited", date(2026, 3, 2))
    assert "nets poster paddle-poster P0001 --out posters" in words_of(manager.get("/campaigns/paddle-poster"))
    assert "nets invitations" not in words_of(manager.get("/campaigns/paddle-invited"))


def test_a_campaign_says_what_it_fixed_and_how_it_goes(manager: TestClient, paddle: Any) -> None:
    page = words_of(manager.get("/campaigns/paddle-2025"))
    for words in (
        "It took answers until 31 March 2025",
        "116 responses are stored",
        f"{paddle.release_id} of 1 April 2025",
    ):
        assert words in page
    assert "No response rate" in page
    assert "Close this campaign" not in page


def test_no_score_and_no_way_to_one_stands_on_the_managers_pages(manager: TestClient) -> None:
    for address in ("/campaigns", "/campaigns/paddle-2025", "/campaigns/paddle-2025/response-rates"):
        page = words_of(manager.get(address))
        assert "/quality" not in page
        assert "Reliability" not in page


def test_those_who_were_invited_stand_by_what_became_of_them(manager: TestClient, invite: Callable[..., str]) -> None:
    invite("ash@example.org")
    invite("elm@example.org", placement="W-2")
    page = words_of(manager.get("/campaigns/paddle-invited"))
    assert "0 of 2 learners answered: 0.0 per cent" in page
    assert "2 not written to yet" in page
    assert "nets invitations send paddle-invited" in page
    assert "ash@example.org" not in page


def test_of_those_who_have_not_answered_it_is_said_how_often_they_were_reminded(
    manager: TestClient, paddle: Any, invite: Callable[..., str]
) -> None:
    for name in ("ash", "elm", "oak"):
        invite(f"{name}@example.org")
    assert "without a reminder" not in words_of(manager.get("/campaigns/paddle-invited"))
    with paddle.database.begin() as connection:
        for day in (date(2026, 3, 1), date(2026, 3, 9)):
            due = (
                due_invitations(connection, "paddle-invited")
                or due_reminders(connection, "paddle-invited", day, most=2, days_apart=7)[:1]
            )
            assert all(claim(connection, one) for one in due)
            resolve_unknown(connection, "paddle-invited", day, as_sent=True)
    page = words_of(manager.get("/campaigns/paddle-invited"))
    assert "3 written to, no answer yet (2 without a reminder; 1 after one reminder)" in page


def test_break_offs_stand_page_by_page_and_in_a_file(manager: TestClient, paddle: Any) -> None:
    assert "Nobody has begun" in words_of(manager.get("/campaigns/paddle-2026"))
    counts = {("paddle-2026", "placement"): StepCount(40, 30), ("paddle-2026", "p/tea"): StepCount(30, 24)}
    with paddle.database.begin() as connection:
        add_step_counts(connection, counts)
        add_step_counts(connection, {("paddle-2026", "sent"): StepCount(24, 0)})
    page = words_of(manager.get("/campaigns/paddle-2026"))
    assert "40 began, and 16 of them have not sent: 40.0 per cent" in page
    assert "Tea: 6 of 30 went no further (20.0 per cent" in page
    file = manager.get("/campaigns/paddle-2026/break-offs.csv").text.splitlines()
    assert file[0] == "page,title,reached,no_further,per_cent,low,high"
    assert [line for line in file if line.startswith("tea,Tea,30,6,20.0,")]


def test_a_campaign_that_is_not_there_is_not_found(manager: TestClient) -> None:
    for part in (
        "", "/close", "/release", "/roster", "/roster.csv", "/roster/empty.csv", "/response-rates", "/response-rates.csv",
        "/break-offs.csv",
    ):  # fmt: skip
        assert manager.get(f"/campaigns/nowhere{part}").status_code == 404


def test_an_open_retest_stands_with_its_counts_and_the_commands_that_need_the_key(
    manager: TestClient, retest: Database
) -> None:
    page = words_of(manager.get(f"/campaigns/{AGAIN}"))
    for words in (
        "Open since 2 March 2026",
        "40 per cent are drawn at random, 10 to 21 days after",
        "3 agreed to be asked once more",
        "3 wait: answered lately, or nobody has drawn since",
        "0 were drawn",
        "100 are wanted",
        f"nets retest send {AGAIN}</code> draws, and writes to those drawn: at least once a week until 21 April 2026",
        "it has not been done yet",
        "by itself in the night after 5 May 2026",
    ):
        assert words in page
    with retest.begin() as connection:
        note_comparison(connection, AGAIN, date(2026, 3, 9))
    assert "it has been done" in words_of(manager.get(f"/campaigns/{AGAIN}"))


def test_of_a_destroyed_retest_the_day_and_the_numbers_stand(manager: TestClient, retest: Database) -> None:
    with retest.begin() as connection:
        destroy_retest(connection, AGAIN, date(2026, 3, 9))
    page = words_of(manager.get(f"/campaigns/{AGAIN}"))
    assert "was destroyed on 9 March 2026: nothing links them any more" in page
    assert "3 agreed to be asked once more" in page
    assert "nets retest" not in page
    assert "are wanted" not in page


def test_a_retest_is_offered_only_where_there_can_be_one(manager: TestClient, paddle: Any) -> None:
    assert "retest" not in words_of(manager.get("/campaigns/paddle-invited"))  # anonymous
    assert "retest" not in words_of(manager.get("/campaigns/paddle-secret"))  # learners come by an open link
    with paddle.database.begin() as connection:
        add_campaign(connection, CONFIDENTIAL)
        add_campaign(connection, replace(CONFIDENTIAL, id="paddle-over", closes_on=date(2026, 2, 2)))
    assert "retest" not in words_of(manager.get("/campaigns/paddle-over"))
    assert f"nets retest open {AGAIN} --share 50" in words_of(manager.get(f"/campaigns/{AGAIN}"))
