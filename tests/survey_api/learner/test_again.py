"""Asked once more: consent at the sending, the same placement and questions, whether it has changed, and nothing in any score."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.invitation import RETENTION, InvitationKey, Invited, stop_token
from nets.packing import unpack
from nets.questionnaire.version import NonResponse
from nets.retest import ConsentState, PlacementChange
from nets.retesting import draw
from nets.store import mailings
from nets.store.campaigns import add_campaign, close_campaign
from nets.store.comments import read_comments
from nets.store.database import Database
from nets.store.invitations import add_invitations, read_invited
from nets.store.mailings import due_invitations
from nets.store.responses import count_responses
from nets.store.retest_consents import count_consents
from nets.store.retests import count_retest, destroy_retest, get_open_retest, open_retest
from nets.store.second_answers import second_answers
from nets.store.shuffling import shuffle

Words = Callable[[Response], str]
KEY = InvitationKey("k" * 32)
ID = "paddle-again"
PATH = f"/c/{ID}"
FIRST = date(2026, 3, 10)
LATER = FIRST + timedelta(14)


@pytest.fixture
def again(paddle: Any) -> Database:
    """A confidential campaign by invitation, with a retest for all who agree."""
    campaign = Campaign(
        id=ID, title="Paddle survey 2026", questionnaire_id="paddle", questionnaire_version="1.0",
        opens_on=date(2026, 2, 1), closes_on=date(2026, 3, 31), access_mode=AccessMode.INVITATION,
        anonymity_mode=AnonymityMode.CONFIDENTIAL,
    )  # fmt: skip
    database: Database = paddle.database
    with database.begin() as connection:
        add_campaign(connection, campaign)
        open_retest(connection, KEY, ID, 100, FIRST)
    return database


@pytest.fixture
def on_day(app_with: Callable[..., Any], learner: Any) -> Callable[[date], Any]:
    """A learner's browser on another day."""

    def visit(today: date) -> Any:
        app = app_with(today=lambda: today, now=lambda: 0.0)
        return type(learner)(TestClient(app, headers={"Origin": "http://testserver"}, follow_redirects=False), PATH)

    return visit


def invite(database: Database, address: str = "ash@example.org") -> str:
    with database.begin() as connection:
        add_invitations(connection, KEY, ID, [Invited(address, "W-1", "nursing")], FIRST)
        (due,) = due_invitations(connection, ID)
    return KEY.open(due.sealed, due.token_hash)[0]


def answer_first(learner: Any, database: Database, says: str = "yes") -> tuple[str, Any]:
    """One learner answers and says whether she may be asked once more; her token and her browser."""
    visitor, token = type(learner)(learner.client, PATH), invite(database)
    visitor.post("/i", token=token)
    visitor.begin(placement="W-2").answer_everything()
    sent = visitor.post("send", **({"again": says} if says else {}))
    assert sent.headers["location"] == f"{PATH}/sent"
    return token, visitor


def drawn_and_sent(database: Database, today: date) -> str:
    """The token of the only second invitation, as it goes out."""
    with database.begin() as connection:
        draw(connection, KEY, get_open_retest(connection, ID), today)
        (due,) = due_invitations(connection, ID, again=True)
        assert mailings.claim(connection, due)
        mailings.settle_sent(connection, due, today)
    return KEY.open(due.sealed, due.token_hash)[0]


def answer_again(visitor: Any, change: str = "stable") -> Response:
    visitor.post("start", device="own")
    visitor.post("p/tea", TEA01="3", TEA02="do_not_know")
    visitor.post("p/ward", NUR01="5")
    visitor.post("p/pause", skip="1")
    visitor.post("change", change=change)
    sent: Response = visitor.post("send")
    return sent


def consents(database: Database) -> dict[ConsentState, int]:
    with database.read() as connection:
        return {state: n for state, n in count_consents(connection, ID).items() if n}


def test_she_is_asked_in_plain_words_and_nothing_is_preselected(learner: Any, again: Database, text_of: Words) -> None:
    visitor = type(learner)(learner.client, PATH)
    visitor.post("/i", token=invite(again))
    assert "A code can link it with a second response" in text_of(visitor.get())
    page = visitor.begin().get("check")
    words = text_of(page)
    for told in (
        "May we ask you once more?",
        "the same questions a second time",
        "between 10 and 21 days from today",
        "You can ignore both",
        "a code that links your second response with this one",
        "at the latest on 5 May 2026, we destroy the key",
        "If you choose neither, we do not ask",
    ):
        assert told in words
    assert 'name="again"' in page.text
    assert "checked" not in page.text


@pytest.mark.parametrize(("says", "kept"), [("yes", 1), ("no", 0), ("", 0), ("maybe", 0)])
def test_only_a_yes_is_kept(learner: Any, again: Database, text_of: Words, says: str, kept: int) -> None:
    _, visitor = answer_first(learner, again, says)
    assert sum(consents(again).values()) == kept
    assert ("You said that we may ask you once more" in text_of(visitor.get("sent"))) == bool(kept)
    visitor.post("send", again="yes")  # once it is sent, sending again agrees to nothing
    assert sum(consents(again).values()) == kept


def test_nobody_is_asked_where_no_retest_is_open(learner: Any, again: Database, paddle: Any, text_of: Words) -> None:
    assert "once more" not in text_of(learner.begin().get("check"))
    with again.begin() as connection:
        destroy_retest(connection, ID, FIRST)
    visitor = type(learner)(learner.client, PATH)
    visitor.post("/i", token=invite(again))
    assert "once more" not in text_of(visitor.begin().get("check"))
    assert visitor.post("send", again="yes").headers["location"] == f"{PATH}/sent"
    assert consents(again) == {}


def test_the_second_time_is_about_the_same_placement_without_comments_and_asks_whether_it_has_changed(
    learner: Any, again: Database, on_day: Any, text_of: Words, paddle: Any
) -> None:
    answer_first(learner, again)
    token = drawn_and_sent(again, LATER)
    visitor = on_day(LATER)
    assert visitor.post("/i", token=token).headers["location"] == PATH
    start = text_of(visitor.get())
    assert "Tell us once more about your placement" in start
    assert "Ward 2, Ysbyty Enghraifft" in start
    assert "You can answer until 31 March 2026" in start
    assert "If you would rather not, you need do nothing" in start
    assert "At the latest on 5 May 2026" in start
    assert visitor.post("start", device="own").headers["location"] == f"{PATH}/p/tea"
    for page in ("placement", "group"):
        assert visitor.get(page).status_code == 404
        assert visitor.post(page, placement="W-1", group="pharmacy").status_code == 404
    assert f'href="{PATH}"' in visitor.get("p/tea").text
    visitor.post("p/tea", TEA01="3", TEA02="do_not_know")
    visitor.post("p/ward", NUR01="5")
    assert visitor.post("p/pause", skip="1").headers["location"] == f"{PATH}/change"
    page = visitor.get("change")
    assert "Has your placement changed" in text_of(page)
    assert "checked" not in page.text
    assert visitor.get("p/words").headers["location"] == f"{PATH}/check"
    assert "Has it changed since the first time? Answer No answer" in text_of(visitor.get("check"))
    visitor.post("change", change="cannot_say")
    check = text_of(visitor.get("check"))
    assert "Has it changed since the first time? Change I cannot say" in check
    assert "May we ask you once more?" not in check
    assert visitor.post("send").headers["location"] == f"{PATH}/sent"
    assert "Thank you for answering twice" in text_of(visitor.get("sent"))
    with again.read() as connection:
        key = get_open_retest(connection, ID).key(KEY)
        ((change, sealed),) = second_answers(connection, ID).values()
        stored = key.open_answers(sealed)
        assert count_responses(connection, ID) == 1
        assert [one.content for one in read_comments(connection, ID)] == ["Warm the pot."]
        assert sum(read_invited(connection, ID).answered.values()) == 1
    assert (change, stored.answered_on) == (PlacementChange.CANNOT_SAY, LATER)
    answers = unpack(paddle.version, stored.packed)
    assert (answers["TEA01"], answers["TEA02"], answers["NUR01"]) == (3, NonResponse.DO_NOT_KNOW, 5)


def test_nothing_of_a_second_answer_counts_as_a_break_off(learner: Any, again: Database, on_day: Any) -> None:
    answer_first(learner, again)
    token = drawn_and_sent(again, LATER)
    visitor = on_day(LATER)
    visitor.post("/i", token=token)
    answer_again(visitor)
    assert not visitor.client.app.state.service.break_offs._reached


def test_a_second_invitation_is_for_one_answer(learner: Any, again: Database, on_day: Any, text_of: Words) -> None:
    answer_first(learner, again)
    token = drawn_and_sent(again, LATER)
    visitor = on_day(LATER)
    visitor.post("/i", token=token)
    answer_again(visitor)
    assert visitor.post("send").headers["location"] == f"{PATH}/sent"
    assert visitor.post("/i", token=token).headers["location"] == f"{PATH}/sent?already=1"
    assert visitor.post("start", device="own").headers["location"] == f"{PATH}/sent?already=1"
    assert "You have already sent" in text_of(visitor.get())
    with again.read() as connection:
        assert count_retest(connection, ID).answered == 1


def test_who_leaves_the_question_out_has_not_said(learner: Any, again: Database, on_day: Any) -> None:
    answer_first(learner, again)
    token = drawn_and_sent(again, LATER)
    visitor = on_day(LATER)
    visitor.post("/i", token=token)
    answer_again(visitor, change="nonsense")
    with again.read() as connection:
        ((change, _),) = second_answers(connection, ID).values()
    assert change is PlacementChange.NOT_SAID


def test_it_takes_answers_for_seven_days_after_the_message_also_when_the_campaign_has_closed(
    learner: Any, again: Database, on_day: Any
) -> None:
    answer_first(learner, again)
    with again.begin() as connection:
        close_campaign(connection, ID, FIRST + timedelta(1))
    token = drawn_and_sent(again, LATER)
    visitor = on_day(LATER + timedelta(8))
    assert visitor.post("/i", token=token).status_code == 404
    visitor = on_day(LATER + timedelta(7))
    visitor.post("/i", token=token)
    visitor.post("start", device="own")
    cookies = dict(visitor.client.cookies)
    visitor = on_day(LATER + timedelta(10))
    visitor.client.cookies.update(cookies)
    assert visitor.get("p/tea").status_code == 404
    assert visitor.post("/i", token=token).status_code == 404
    visitor = on_day(LATER + timedelta(9))  # what was begun can be finished for two days
    assert visitor.post("/i", token=token).headers["location"] == PATH
    assert answer_again(visitor).headers["location"] == f"{PATH}/sent"


def test_without_the_key_a_second_invitation_is_not_there(learner: Any, again: Database, on_day: Any) -> None:
    answer_first(learner, again)
    token = drawn_and_sent(again, LATER)
    visitor = on_day(LATER)
    visitor.post("/i", token=token)
    visitor.post("start", device="own")
    with again.begin() as connection:
        destroy_retest(connection, ID, LATER)
    assert visitor.post("send").status_code == 404
    assert visitor.post("/i", token=token).status_code == 404


def test_the_link_that_ends_messages_ends_this_too(learner: Any, again: Database) -> None:
    token, visitor = answer_first(learner, again)
    visitor.client.post(f"/stop/{stop_token(token)}")
    assert consents(again) == {ConsentState.STOPPED: 1}


def test_each_of_the_two_has_its_own_receipt(learner: Any, again: Database, on_day: Any) -> None:
    answer_first(learner, again)
    token = drawn_and_sent(again, LATER)
    visitor = on_day(LATER)
    visitor.post("/i", token=token)
    answer_again(visitor)
    (receipt,) = re.findall(r'class="app-receipt"[^>]*>([A-Z0-9-]{14})<', visitor.get("sent").text)
    assert visitor.post("/withdraw", receipt=receipt).headers["location"] == "/withdraw?done=1"
    with again.read() as connection:
        assert count_retest(connection, ID).answered == 0
        assert count_responses(connection, ID) == 1


def test_the_night_destroys_the_key_when_its_time_is_over(learner: Any, again: Database) -> None:
    answer_first(learner, again)
    shuffle(again, date(2026, 3, 31) + RETENTION)
    assert consents(again)
    shuffle(again, date(2026, 3, 31) + RETENTION + timedelta(1))
    assert consents(again) == {}
