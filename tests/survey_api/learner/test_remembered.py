"""One answer a learner a placement: her own device remembers that it sent, a shared one nothing, and nobody is stopped for good."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response

from nets.store.responses import count_responses, read_responses
from survey_api.learner.device import COOKIE as DRAFT
from survey_api.learner.remembered import COOKIE, mark_of

Words = Callable[[Response], str]
ALREADY = "This device has already answered about this placement"


@pytest.fixture
def sent(learner: Any) -> Any:
    """A learner who has sent a response about ward 1 from her own device."""
    learner.begin().answer_everything().post("send")
    return learner


def _count(paddle: Any) -> int:
    with paddle.database.read() as connection:
        return count_responses(connection, "paddle-2026")


def test_the_poster_leads_whoever_has_answered_to_what_she_can_do(sent: Any, text_of: Words) -> None:
    words = text_of(sent.get("/c/paddle-2026?placement=W-1"))
    assert ALREADY in words
    assert "Ward 1 Ysbyty Enghraifft" in words
    assert "See your receipt" in words
    assert "Tell us about your placement" in text_of(sent.get("/c/paddle-2026?placement=W-2"))
    assert "You have already sent a response from this browser" in text_of(sent.get())


def test_a_second_response_about_a_placement_is_not_taken_by_mistake(sent: Any, paddle: Any, text_of: Words) -> None:
    sent.post("start", device="own", placement="W-1")
    answer = sent.post("placement", placement="W-1")
    assert answer.headers["location"] == "/c/paddle-2026/placement?already=W-1"
    words = text_of(sent.get(answer.headers["location"]))
    assert ALREADY in words
    assert "No, find another placement" in words
    assert _count(paddle) == 1


def test_another_placement_can_be_answered_about(sent: Any, paddle: Any) -> None:
    sent.post("start", device="own")
    assert sent.post("placement", placement="W-2").headers["location"] == "/c/paddle-2026/group"
    sent.post("group", group="nursing")
    assert sent.post("send").headers["location"] == "/c/paddle-2026/sent"
    assert _count(paddle) == 2
    for ward in ("W-1", "W-2"):
        assert ALREADY in sent.get(f"/c/paddle-2026?placement={ward}").text


def test_another_person_can_answer_on_the_same_device_and_reads_first_what_everybody_reads(
    sent: Any, paddle: Any, text_of: Words
) -> None:
    page = sent.get("/c/paddle-2026?placement=W-1&other=1")
    words = text_of(page)
    assert "Your response is anonymous" in words
    assert "You are not the first on this device" in words
    assert "already sent a response" not in words
    assert "Yes, start" not in words
    sent.post("start", other="1", device="shared", placement="W-1")
    assert sent.client.cookies[DRAFT].endswith(".shared")
    assert sent.post("placement", placement="W-1").headers["location"] == "/c/paddle-2026/group"
    sent.post("group", group="nursing")
    assert sent.post("send").headers["location"] == "/c/paddle-2026/sent"
    with paddle.database.read() as connection:
        assert read_responses(connection, "paddle-2026").placement_ids == ("W-1", "W-1")


def test_another_person_leaves_the_unsent_answers_of_the_first_alone(
    learner: Any, new_learner: Callable[[], Any], text_of: Words
) -> None:
    page = learner.begin().get("check")
    code = page.text.split('translate="no">', 1)[1].split("<", 1)[0]
    learner.post("p/tea", TEA01="4")
    assert code not in learner.get("/c/paddle-2026?placement=W-1&other=1").text
    learner.post("start", other="1", device="shared", placement="W-1")
    assert "checked" not in learner.get("p/tea").text
    owner = new_learner()
    owner.post("resume", code=code, device="own")
    assert 'value="4" checked' in owner.get("p/tea").text


def test_a_draft_from_elsewhere_about_the_same_placement_is_not_sent_either(
    sent: Any, new_learner: Callable[[], Any], paddle: Any
) -> None:
    elsewhere = new_learner().begin().answer_everything()
    code = elsewhere.get("check").text.split('class="app-code" translate="no">', 1)[1].split("<", 1)[0]
    sent.post("resume", code=code, device="own")
    assert sent.get("check").headers["location"] == "/c/paddle-2026/placement?already=W-1"
    assert sent.post("send").headers["location"] == "/c/paddle-2026/placement?already=W-1"
    assert _count(paddle) == 1


def test_a_shared_device_remembers_nothing(learner: Any, paddle: Any) -> None:
    for _ in range(2):
        learner.begin(device="shared").answer_everything()
        assert COOKIE not in learner.post("send").headers.get("set-cookie", "")
        assert COOKIE not in learner.client.cookies
    assert _count(paddle) == 2


def test_an_answer_lost_on_its_way_is_remembered_by_the_receipt(sent: Any) -> None:
    sent.client.cookies.delete(COOKIE)
    sent.get("sent")
    assert sent.client.cookies[COOKIE] == mark_of("paddle-2026", "W-1")
    sent.client.cookies.delete(COOKIE)
    sent.post("send")
    assert sent.client.cookies[COOKIE] == mark_of("paddle-2026", "W-1")


def test_what_is_remembered_can_be_forgotten(sent: Any, text_of: Words) -> None:
    assert "Forget it on this device" in text_of(sent.get("sent"))
    assert "This device is clear" in text_of(sent.get(sent.post("leave").headers["location"]))
    assert dict(sent.client.cookies) == {}
    assert "Tell us about your placement" in text_of(sent.get("/c/paddle-2026?placement=W-1"))


def test_the_cookie_holds_a_mark_until_the_campaign_ends_and_nothing_else(sent: Any, paddle: Any) -> None:
    mark = mark_of("paddle-2026", "W-1")
    (cookie,) = [one for one in sent.post("send").headers.get_list("set-cookie") if one.startswith(f"{COOKIE}=")]
    assert cookie.startswith(f"{COOKIE}={mark};")
    # from 10 March to 31 March, two days of grace, and the day itself
    assert f"Max-Age={24 * 86_400}" in cookie
    assert "HttpOnly" in cookie
    assert "Path=/c/paddle-2026" in cookie
    assert mark_of("paddle-2027", "W-1") != mark
    assert len(mark) == 12


@pytest.mark.parametrize("cookie", ["", "....", "x" * 3000, ".".join(["0" * 12] * 300), "'; DROP", "0123456789ab.W-1"])
def test_an_edited_cookie_stops_nobody(learner: Any, paddle: Any, cookie: str) -> None:
    learner.client.cookies.set(COOKIE, cookie)
    learner.begin().answer_everything()
    assert learner.post("send").headers["location"] == "/c/paddle-2026/sent"
    assert learner.client.get("/c/paddle-2026?placement=W-1").status_code == 200
    assert _count(paddle) == 1


@pytest.mark.parametrize("address", ["placement?already=W-1", "placement?already=W-99", "placement?already="])
def test_nobody_who_has_not_answered_is_told_that_she_has(learner: Any, address: str) -> None:
    learner.begin()
    assert ALREADY not in learner.get(address).text
