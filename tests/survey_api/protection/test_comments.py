"""Whoever answers for data protection reads comments before anybody else, one at a time, and decides about each."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.audit import Act
from nets.access.roles import WHOLE_SURVEY, Role
from nets.store.audit import read_audit
from nets.store.comment_reviews import list_reviews, list_waiting
from survey_api.protection import comments

QUEUE = "/protection/comments"


@pytest.fixture
def protector(sign_in: Callable[..., TestClient]) -> TestClient:
    return sign_in(Role.DATA_PROTECTION)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1])).split())


def address(page: str) -> str:
    (found,) = re.findall(r'<form[^>]*action="(/protection/comments/[0-9a-f-]{36})"', page)
    return str(found)


def form(page: str, **fields: str) -> dict[str, str]:
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)">', page))
    (written,) = re.findall(r'<textarea[^>]*id="words"[^>]*>([^<]*)</textarea>', page)
    return hidden | {"words": unescape(written)} | fields


def turn_to(client: TestClient, said: str) -> str:
    """The page of the comment that says this, reached by leaving others for now."""
    page = client.get(QUEUE).text
    for _ in range(5):
        if said in unescape(page):
            return page
        (onwards,) = re.findall(r'href="(/protection/comments[?]after=[0-9a-f-]+)"', page)
        page = client.get(onwards).text
    raise AssertionError(f"no comment that waits says {said}")


def waiting(paddle: Any) -> int:
    with paddle.database.within(WHOLE_SURVEY).read() as connection:
        return len(list_waiting(connection))


def test_a_comment_is_decided_about_and_the_next_one_comes(paddle: Any, protector: TestClient) -> None:
    page = turn_to(protector, "Sister Ash")
    assert "4 wait, 0 are shown as they are" in words(page)
    answer = protector.post(address(page), data=form(page, decision="redacted", words="[...] drinks it all."))
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, QUEUE)
    following = protector.get(answer.headers["location"]).text
    assert "The decision is stored." in words(following)
    assert "3 wait, 0 are shown as they are, 1 with words taken out" in words(following)
    assert "Sister Ash" not in following
    with paddle.database.read() as connection:
        *_, row = read_audit(connection)
    assert (row.act, row.who) == (Act.COMMENT_REVIEWED, "data_protection")
    assert row.details == '{"decision":"redacted","number":1,"reason":null}'
    assert row.about == address(page).rsplit("/", 1)[1].replace("-", "")


def test_whoever_reviews_begins_where_her_name_leads_and_comes_round_to_the_first(
    paddle: Any, protector: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with paddle.database.within(WHOLE_SURVEY).read() as connection:
        ids = list_waiting(connection)
    for start, first in ((ids[1], ids[2]), (ids[-1], ids[0])):
        monkeypatch.setattr(comments, "_start_of", lambda reviewer, start=start: start)
        assert address(protector.get(QUEUE).text).endswith(str(first))


def test_neither_placement_nor_comments_of_small_places_are_told(protector: TestClient) -> None:
    seen, page = set(), protector.get(QUEUE).text
    for _ in range(4):
        assert not re.search(r"Ward \d|W-\d|Ysbyty", page)
        seen |= set(re.findall(r'<blockquote class="app-comment">([^<]*)<', page))
        (onwards,) = re.findall(r'href="(/protection/comments[?]after=[0-9a-f-]+)"', page)
        page = protector.get(onwards).text
    assert len(seen) == 4
    assert not [one for one in seen if "two of us" in one]


def test_everything_that_is_wrong_comes_back_and_nothing_is_stored(paddle: Any, protector: TestClient) -> None:
    page = turn_to(protector, "Sister Ash")
    for fields, field, what in (
        ({}, "decision", "Choose what becomes of the comment"),
        ({"decision": "redacted"}, "words", "Put […] where you take words out"),
        ({"decision": "redacted", "words": "Somebody […]"}, "words", "add none"),
        ({"decision": "withheld"}, "reason", "Choose why nobody may read it"),
        ({"decision": "as_written", "words": "[…] drinks it all."}, "decision", "You have changed the words below"),
    ):
        answer = protector.post(address(page), data=form(page, **fields))
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
        assert "<title>Error: " in answer.text
        assert what in unescape(answer.text)
        assert fields.get("words", "Sister Ash") in unescape(answer.text)
    assert waiting(paddle) == 4


def test_the_same_form_sent_twice_is_one_decision(paddle: Any, protector: TestClient) -> None:
    page = turn_to(protector, "Sister Ash")
    sent = form(page, decision="withheld", reason="person")
    answers = [protector.post(address(page), data=sent) for _ in range(2)]
    assert len({answer.headers["location"] for answer in answers}) == 1
    with paddle.database.within(WHOLE_SURVEY).read() as connection:
        (made,) = list_reviews(connection)
    assert (made.number, made.reason) == (1, "person")


def test_of_two_reviewers_at_once_the_second_sees_what_the_first_decided(
    paddle: Any, protector: TestClient, new_client: Callable[[], TestClient], new_session: Callable[..., str]
) -> None:
    page = turn_to(protector, "kettle")
    mine = form(page, decision="as_written")
    assert protector.post(address(page), data=form(page, decision="withheld", reason="other")).status_code == 303
    answer = protector.post(address(page), data=mine)
    assert answer.status_code == 409
    assert "Somebody has decided about this comment since you opened it" in words(answer.text)
    assert "Withheld : another reason" in words(answer.text)
    again = protector.post(address(page), data=mine | form(answer.text) | {"decision": "as_written"})
    assert again.headers["location"] == f"{address(page)}?stored=1"
    assert "Shown as it is" in words(protector.get(again.headers["location"]).text)


def test_of_two_who_change_a_decision_the_second_sees_what_the_first_made_of_it(protector: TestClient) -> None:
    page = turn_to(protector, "Sister Ash")
    protector.post(address(page), data=form(page, decision="redacted", words="[…] drinks it all."))
    opened = protector.get(address(page)).text
    protector.post(address(page), data=form(opened, decision="redacted", words="[…] drinks […]"))
    answer = protector.post(address(page), data=form(opened, decision="as_written"))
    assert answer.status_code == 409
    assert "Somebody has decided about this comment since you opened it" in words(answer.text)


def test_decisions_are_found_by_code_and_changed(protector: TestClient) -> None:
    page = turn_to(protector, "at last")
    protector.post(address(page), data=form(page, decision="as_written"))
    code = address(page).rsplit("/", 1)[1][:8]
    for query, is_there in (("", True), (f"?code={code}", True), (f"?code={code.upper()}", True), ("?code=zz", False)):
        assert (f">{code}</a>" in protector.get(f"{QUEUE}/decided{query}").text) is is_there
    assert "no comment of this code" in words(protector.get(f"{QUEUE}/decided?code=zz").text)
    opened = protector.get(address(page)).text
    assert re.search(r'<input[^>]*value="as_written"[^>]*checked', opened)
    assert "Tea &lt;b&gt;at last&lt;/b&gt;." in opened
    answer = protector.post(address(page), data=form(opened, decision="withheld", reason="nothing_said"))
    assert answer.headers["location"] == f"{address(page)}?stored=1"
    assert "says nothing about the placement" in words(protector.get(f"{QUEUE}/decided").text)


def test_when_none_waits_that_is_said(protector: TestClient) -> None:
    for _ in range(4):
        page = protector.get(QUEUE).text
        assert protector.post(address(page), data=form(page, decision="as_written")).status_code == 303
    assert "No comment waits" in words(protector.get(QUEUE).text)
    assert protector.get(f"{QUEUE}/{'0' * 8}-0000-4000-8000-{'0' * 12}").status_code == 404
