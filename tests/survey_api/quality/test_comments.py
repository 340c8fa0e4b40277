"""Comments on the pages of a place, as files and in /v1: after review, where learners enough answered, and the same everywhere."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import WHOLE_SURVEY, Role
from nets.reviewing import review_comment
from nets.store.comment_reviews import get_comment, list_waiting

RELEASE = "paddle-2025-r1"
DAY = date(2026, 3, 9)


@pytest.fixture
def reviewed(paddle: Any) -> Any:
    """Every comment that waits is decided about: one is withheld, of one a name is taken out."""
    with paddle.database.within(WHOLE_SURVEY).read() as connection:
        waiting = [get_comment(connection, one)[0] for one in list_waiting(connection)]
    for one in waiting:
        decision = "withheld" if "last" in one.content else "redacted" if "Sister" in one.content else "as_written"
        words = "[…] drinks it all." if decision == "redacted" else one.content
        review_comment(
            paddle.database, one.id, seen=0, decision=decision, words=words, reason="other", by="Ann", on=DAY
        )
    return paddle


def page(client: TestClient, place: str) -> str:
    answer = client.get(f"/quality/{RELEASE}/places/{place}/comments")
    assert answer.status_code == 200
    return unescape(answer.text)


def quoted(text: str) -> list[str]:
    return re.findall(r'<blockquote class="app-comment">([^<]*)</blockquote>', text)


def told(client: TestClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/v1/releases/{RELEASE}/comments{query}")
    assert answer.status_code == 200
    return list(answer.json()["items"])


def test_before_review_nobody_reads_a_word(paddle: Any, reader: TestClient) -> None:
    assert "There are none to be read here." in page(reader, "W-1")
    assert told(reader) == []


def test_beside_her_scope_not_even_that_there_are_none_is_told(paddle: Any, sign_in: Callable[..., TestClient]) -> None:
    provider = sign_in(Role.PROVIDER)
    for place in ("R-1", "nation"):
        assert provider.get(f"/quality/{RELEASE}/places/{place}/comments").status_code == 404
        assert provider.get(f"/v1/releases/{RELEASE}/comments?place={place}").status_code == 404


def test_comments_stand_by_question_with_gaps_and_without_what_was_withheld(reviewed: Any, reader: TestClient) -> None:
    text = page(reader, "W-1")
    assert sorted(quoted(text)) == ["The kettle hides.", "[…] drinks it all."]
    assert "What else about tea?" in text
    assert "Sister" not in text
    assert page(reader, "W-1") == text  # and in the same order


def test_a_place_above_has_those_of_its_placements_with_their_names(
    reviewed: Any, sign_in: Callable[..., TestClient]
) -> None:
    for role, place in (
        (Role.NATIONAL, "nation"),
        (Role.REGION, "R-1"),
        (Role.PROVIDER, "P-1"),
        (Role.PROVIDER, "S-1"),
    ):
        text = page(sign_in(role), place)
        assert len(quoted(text)) == 3
        assert re.search(r'href="[^"]*/places/W-5/comments">Ward 5</a>', text)


@pytest.mark.parametrize("place", ["W-6", "W-7", "W-4", "W-2", "P-2", "W-8"])
def test_where_few_answered_or_nobody_wrote_the_page_says_the_same(
    reviewed: Any, reader: TestClient, place: str
) -> None:
    text = page(reader, place)
    assert quoted(text) == []
    assert "There are none to be read here." in text
    assert not any(words in text for words in ("two of us", "We are hidden"))


def test_everybody_reads_the_same_within_her_scope_and_nothing_beside_it(
    reviewed: Any, sign_in: Callable[..., TestClient]
) -> None:
    national, provider = sign_in(Role.NATIONAL), sign_in(Role.PROVIDER)
    assert told(national) == told(provider)
    assert provider.get(f"/quality/{RELEASE}/places/R-1/comments").status_code == 404
    assert provider.get(f"/quality/{RELEASE}/places/nation/comments").status_code == 404
    assert provider.get(f"/quality/{RELEASE}/places/nation/comments.csv").status_code == 404
    assert provider.get(f"/v1/releases/{RELEASE}/comments?place=R-1").status_code == 404
    for role in (Role.SURVEY_MANAGER, Role.DATA_PROTECTION):
        assert sign_in(role).get(f"/quality/{RELEASE}/places/W-1/comments").status_code == 404


def test_page_file_and_interface_tell_the_same(reviewed: Any, reader: TestClient) -> None:
    answer = reader.get(f"/quality/{RELEASE}/places/P-1/comments.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    items = told(reader, "?place=P-1")
    assert [row["words"] for row in rows] == [item["words"] for item in items] == quoted(page(reader, "P-1"))
    assert [row["comment"] for row in rows] == [item["comment_id"] for item in items]
    assert [row["as_written"] for row in rows] == ["yes" if item["as_written"] else "no" for item in items]
    assert [row["placement_id"] for row in rows] == [item["place_id"] for item in items] == ["W-1", "W-1", "W-5"]
    assert set(rows[0]) == {"comment", "placement_id", "placement", "item", "question", "words", "as_written"}


def test_the_interface_gives_pages_and_is_not_fetched_twice(reviewed: Any, reader: TestClient) -> None:
    first = reader.get(f"/v1/releases/{RELEASE}/comments?limit=2").json()
    rest = reader.get(f"/v1/releases/{RELEASE}/comments?limit=2&cursor={first['next_cursor']}").json()
    assert [*first["items"], *rest["items"]] == told(reader)
    assert rest["next_cursor"] is None
    answer = reader.get(f"/v1/releases/{RELEASE}/comments")
    again = reader.get(f"/v1/releases/{RELEASE}/comments", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_a_decision_that_is_changed_is_seen_at_once(reviewed: Any, reader: TestClient) -> None:
    one = next(item for item in told(reader) if item["words"].startswith("[…]"))
    review_comment(
        reviewed.database, UUID(one["comment_id"]), seen=1, decision="withheld", words="", reason="person", by="Bea", on=DAY
    )  # fmt: skip
    assert one["comment_id"] not in [item["comment_id"] for item in told(reader)]
    assert quoted(page(reader, "W-1")) == ["The kettle hides."]
