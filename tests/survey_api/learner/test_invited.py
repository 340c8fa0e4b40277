"""By personal invitation: nothing happens before the button, one response comes of it, and no address holds the token after."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from nets.break_off import BEGUN
from nets.invitation import RETENTION, draft_token
from nets.store.campaigns import close_campaign
from nets.store.invitations import read_invited
from nets.store.responses import read_responses
from nets.store.shuffling import shuffle

Words = Callable[[Response], str]
Invite = Callable[..., str]
PATH = "/c/paddle-invited"
UNKNOWN = "0" * 32
HOUR = 3600.0


@pytest.fixture
def invited(learner: Any) -> Any:
    """A learner's browser on the campaign that she has to be invited to."""
    return type(learner)(learner.client, PATH)


def open_link(learner: Any, token: str) -> Response:
    answer: Response = learner.client.post("/i", data={"token": token})
    return answer


def answer_and_send(learner: Any, placement: str = "W-1", group: str = "nursing") -> Response:
    learner.post("start", device="own")
    learner.post("placement", placement=placement)
    learner.post("group", group=group)
    answer: Response = learner.answer_everything().post("send")
    return answer


@pytest.fixture
def on_day(app_with: Callable[..., Any]) -> Callable[..., TestClient]:
    """A browser of the same service on another day."""

    def visit(today: date, now: float = 0.0) -> TestClient:
        app = app_with(today=lambda: today, now=lambda: now)
        return TestClient(app, headers={"Origin": "http://testserver"}, follow_redirects=False)

    return visit


def stored(paddle: Any) -> Any:
    with paddle.database.read() as connection:
        return read_responses(connection, "paddle-invited"), read_invited(connection, "paddle-invited")


def test_opening_the_link_changes_nothing_and_tells_nothing(invited: Any, invite: Invite, paddle: Any) -> None:
    token = invite()
    with paddle.database.read() as connection:
        before = list(connection.connection.cursor().execute("SELECT * FROM invitations"))
    pages = [invited.client.get(f"/i/{known}") for known in (token, UNKNOWN)]
    assert {page.status_code for page in pages} == {200}
    assert pages[0].text.replace(token, UNKNOWN) == pages[1].text
    assert all("set-cookie" not in page.headers for page in pages)
    with paddle.database.read() as connection:
        assert list(connection.connection.cursor().execute("SELECT * FROM invitations")) == before
        assert not connection.connection.cursor().execute("SELECT * FROM drafts").fetchall()
    assert invited.get().status_code == 404


def test_the_button_exchanges_the_token_for_a_cookie_and_an_address_without_it(invited: Any, invite: Invite) -> None:
    token = invite()
    page = invited.client.get(f"/i/{token}")
    assert '<form action="/i" method="post"' in page.text
    assert f'name="token" value="{token}"' in page.text
    assert page.headers["referrer-policy"] == "strict-origin"
    answer = open_link(invited, token)
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert f"Path={PATH}" in cookie
    assert "Max-Age" not in cookie  # whose device it is has not been said yet
    assert token not in cookie
    assert token not in invited.get().text


def test_a_form_of_another_site_opens_nothing(invited: Any, invite: Invite) -> None:
    invited.client.headers["Origin"] = "https://elsewhere.example"
    assert open_link(invited, invite()).status_code == 403


def test_placement_and_group_are_filled_in_and_can_be_changed(
    invited: Any, invite: Invite, text_of: Words, paddle: Any
) -> None:
    open_link(invited, invite(placement="W-2", group="pharmacy"))
    start = text_of(invited.get())
    assert "You are answering about Ward 2" in start
    assert "Your invitation is for one response" in start
    assert "We note that you have answered" in start
    assert "I have a code" not in start
    assert invited.post("start", device="own").headers["location"] == f"{PATH}/placement"
    assert "Is this your placement? Ward 2" in text_of(invited.get("placement"))
    assert invited.post("placement", placement="W-2").headers["location"] == f"{PATH}/group"
    assert re.search(r'value="pharmacy"[^>]* checked', invited.get("group").text)
    assert "Your invitation is for one response" in text_of(invited.get("placement?change=1"))
    answer_and_send(invited, "W-3", "nursing")
    responses, counts = stored(paddle)
    assert (responses.placement_ids, responses.learner_groups) == (("W-3",), ("nursing",))
    assert counts.answered == {("W-2", "pharmacy"): 1}  # of those who were invited there


def test_one_invitation_makes_one_response(
    invited: Any, invite: Invite, new_learner: Callable[[], Any], paddle: Any, text_of: Words
) -> None:
    token = invite()
    open_link(invited, token)
    assert answer_and_send(invited).headers["location"] == f"{PATH}/sent"
    receipt = re.findall(r'class="app-receipt"[^>]*>([A-Z0-9-]+)<', invited.get("sent").text)
    sent = text_of(invited.get("sent"))
    assert "Answer about another placement" not in sent
    assert "another placement" not in text_of(invited.get())
    assert invited.post("start", device="own").headers["location"] == f"{PATH}/sent?already=1"

    other = type(invited)(new_learner().client, PATH)  # the same link on another device
    answer = open_link(other, token)
    assert answer.headers["location"] == f"{PATH}/sent?already=1"
    page = other.get(answer.headers["location"])
    assert "You have already sent your response" in text_of(page)
    assert re.findall(r'class="app-receipt"[^>]*>([A-Z0-9-]+)<', page.text) == receipt
    assert other.post("p/tea", TEA01="1").headers["location"] == f"{PATH}/sent?already=1"
    responses, counts = stored(paddle)
    assert len(responses.packed) == 1
    assert counts.answered == {("W-1", "nursing"): 1}


def test_two_devices_fill_one_draft(invited: Any, invite: Invite, new_learner: Callable[[], Any], paddle: Any) -> None:
    token = invite()
    open_link(invited, token)
    invited.begin().post("p/tea", TEA01="2")
    other = type(invited)(new_learner().client, PATH)
    open_link(other, token)
    assert "You go on where you stopped" in other.get().text
    assert other.post("start", device="shared").headers["location"] == f"{PATH}/p/ward"
    assert re.search(r'value="2"[^>]* checked', other.get("p/tea").text)
    other.post("send")
    assert invited.post("send").headers["location"] == f"{PATH}/sent"
    assert len(stored(paddle)[0].packed) == 1


def test_two_placements_are_two_invitations_and_two_responses(invited: Any, invite: Invite, paddle: Any) -> None:
    for placement in ("W-1", "W-2"):
        open_link(invited, invite(placement=placement))
        answer_and_send(invited, placement)
    assert sorted(stored(paddle)[0].placement_ids) == ["W-1", "W-2"]


def test_unknown_closed_and_forgotten_look_alike(
    invited: Any, invite: Invite, paddle: Any, text_of: Words, on_day: Callable[..., Any]
) -> None:
    token, spent = invite("elm@example.org"), invite("oak@example.org")
    open_link(invited, spent)
    answer_and_send(invited)
    unknown = open_link(invited, UNKNOWN)
    assert unknown.status_code == 404
    assert open_link(invited, "no token").text == unknown.text
    with paddle.database.begin() as connection:
        close_campaign(connection, "paddle-invited", date(2026, 3, 10))
    assert open_link(invited, token).text == unknown.text
    assert open_link(invited, spent).headers["location"] == f"{PATH}/sent?already=1"
    client = on_day(date(2026, 3, 30))
    shuffle(paddle.database, date(2026, 3, 30))  # the receipt has had its time
    assert client.post("/i", data={"token": spent}).headers["location"] == "/i?sent=1"
    assert "You have already sent your response" in client.get("/i?sent=1").text
    late = date(2026, 3, 9) + RETENTION + timedelta(days=1)
    client = on_day(late)
    shuffle(paddle.database, late)
    assert text_of(client.post("/i", data={"token": spent})) == text_of(unknown)


def test_what_was_begun_before_the_close_can_be_finished_by_the_link(
    invited: Any, invite: Invite, paddle: Any, on_day: Callable[..., Any]
) -> None:
    token, other = invite("elm@example.org"), invite("oak@example.org")
    open_link(invited, token)
    invited.begin()
    client = on_day(date(2026, 4, 1))
    assert client.post("/i", data={"token": other}).status_code == 404
    assert client.post("/i", data={"token": token}).headers["location"] == PATH
    assert client.post(f"{PATH}/send").headers["location"] == f"{PATH}/sent"
    responses, _ = stored(paddle)
    assert responses.answered_on == (date(2026, 3, 31),)


def test_without_the_link_the_campaign_is_not_there(invited: Any, invite: Invite) -> None:
    invite()
    for page in ("", "placement", "resume", "left", "check", "sent"):
        assert invited.get(page).status_code == 404
    assert invited.post("start", device="own").status_code == 404
    assert invited.client.get("/v1/campaigns/paddle-invited").status_code == 404


def test_a_shared_device_is_closed_and_the_link_opens_it_again(
    invite: Invite, learner: Any, text_of: Words, on_day: Callable[..., Any]
) -> None:
    token = invite()
    client = on_day(date(2026, 3, 10), now=0.0)
    visitor = type(learner)(client, PATH)
    open_link(visitor, token)
    visitor.post("start", device="shared")
    assert "open the link in your message again" in text_of(visitor.get("placement"))
    visitor.post("placement", placement="W-1")
    cookies = dict(client.cookies)
    client = on_day(date(2026, 3, 10), now=HOUR)
    client.cookies.update(cookies)
    visitor = type(learner)(client, PATH)
    for page in ("", "group"):
        answer = visitor.get(page)
        assert answer.headers["location"] == "/i?paused=1", page
    page = text_of(visitor.get("/i?paused=1"))
    assert "The survey was closed on this device" in page
    assert "open the link in the message that invited you" in page
    open_link(visitor, token)
    assert visitor.post("start", device="own").headers["location"] == f"{PATH}/group"


def test_whoever_leaves_is_told_how_to_come_back(invited: Any, invite: Invite, text_of: Words) -> None:
    token = invite()
    open_link(invited, token)
    invited.begin()
    footer = invited.get("p/tea").text
    assert "Your code" not in footer
    assert "open the link in your message again" in text_of(invited.get("leave"))
    answer = invited.post("leave")
    assert answer.headers["location"] == "/i?left=1"
    assert "This device is clear" in text_of(invited.get("/i?left=1"))
    assert open_link(invited, token).headers["location"] == PATH
    assert invited.post("leave", delete="1").headers["location"] == "/i?deleted=1"
    assert "Your answers are deleted" in text_of(invited.get("/i?deleted=1"))
    open_link(invited, token)
    assert "You go on where you stopped" not in invited.get().text
    assert invited.get("resume").headers["location"] == "/i"


def test_the_token_stands_in_no_table_and_no_file(invited: Any, invite: Invite, paddle: Any) -> None:
    token = invite()
    open_link(invited, token)
    answer_and_send(invited)
    file = Path(paddle.settings.database_url.removeprefix("sqlite:///"))
    written = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    for secret in (token, draft_token(token), "ash@example.org"):
        assert secret.encode() not in written


def test_break_offs_count_who_begins_and_not_who_opens_the_link(invited: Any, invite: Invite, paddle: Any) -> None:
    open_link(invited, invite())
    counted = paddle.app.state.service.break_offs
    assert not counted._reached
    invited.begin()
    assert counted._reached["paddle-invited", BEGUN] == 1
