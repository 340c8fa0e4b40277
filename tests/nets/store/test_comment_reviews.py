"""Comments that go with a release: reviewed by number, read within a scope, and gone with the response that they came with."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from nets.campaign import AnonymityMode
from nets.comment_review import Decision, Review
from nets.disclosure.comments import StoredComment
from nets.errors import NotFound, Refused
from nets.store.campaigns import add_campaign
from nets.store.comment_reviews import (
    add_released_comments,
    add_review,
    count_reviews,
    get_comment,
    list_reviews,
    list_waiting,
    read_shown_comments,
    released_comment_ids,
)
from nets.store.comments import Comment, add_comments, stored_comments
from nets.store.database import Database
from nets.store.shuffling import shuffle
from nets.store.submissions import submit
from nets.store.withdrawals import withdraw

RELEASE = "small-2026-r1"
TODAY = date(2026, 3, 10)
WORDS = {"W-1": "The kettle is slow.", "W-2": "There are no cups.", "W-3": "It is far to walk."}


def release(database: Database, campaign_id: str = "small-2026", number: int = 1) -> tuple[StoredComment, ...]:
    """A release with which every comment of a campaign goes."""
    with database.begin() as connection:
        connection.execute(
            text(
                f"INSERT INTO releases VALUES ('{campaign_id}-r{number}', '{campaign_id}', {number}, 'small', '1.0', '2026.1', "
                f"'2026-04-01', 0, '{'0' * 64}', '{{}}', '{{}}')"
            )
        )
        found = stored_comments(connection, campaign_id)
        add_released_comments(connection, f"{campaign_id}-r{number}", found)
    return tuple(sorted(found, key=lambda one: one.placement_id))


@pytest.fixture
def released(filled: Database) -> tuple[StoredComment, ...]:
    """A comment at each of three placements of two providers, by placement."""
    with filled.begin() as connection:
        add_comments(connection, "small-2026", [Comment(place, "SAY01", words) for place, words in WORDS.items()])
    return release(filled)


def decide(database: Database, comment: StoredComment, **changes: Any) -> None:
    made = Review(comment.id, 1, Decision.AS_WRITTEN, WORDS[comment.placement_id], "", "Ann", TODAY)
    with database.begin() as connection:
        add_review(connection, replace(made, **changes), comment.placement_id, comment.item_code)


def shown(database: Database, **where: str) -> dict[str, str]:
    with database.read() as connection:
        return {one.placement_id: one.words for one in read_shown_comments(connection, RELEASE, **where)}


def test_nothing_is_read_before_somebody_has_decided(filled: Database, released: tuple[StoredComment, ...]) -> None:
    assert shown(filled) == {}
    first, second, third = released
    decide(filled, first)
    decide(filled, second, decision=Decision.WITHHELD, words="", reason="person")
    decide(filled, third, decision=Decision.REDACTED, words="It is […]")
    assert shown(filled) == {"W-1": "The kettle is slow.", "W-3": "It is […]"}
    assert shown(filled, placement_id="W-3") == {"W-3": "It is […]"}
    assert shown(filled, under="P-1") == {"W-1": "The kettle is slow."}
    with filled.read() as connection:
        assert [one.is_whole for one in read_shown_comments(connection, RELEASE, under="L-1")].count(False) == 1
        assert read_shown_comments(connection, "another-r1") == ()


def test_the_newest_decision_is_in_force_and_the_others_stay(
    filled: Database, released: tuple[StoredComment, ...]
) -> None:
    decide(filled, released[0])
    decide(filled, released[0], number=2, decision=Decision.WITHHELD, words="", reason="learner", decided_by="Bea")
    assert shown(filled) == {}
    with filled.read() as connection:
        comment, placement_id = get_comment(connection, released[0].id)
        assert [made.number for made in comment.reviews] == [2, 1]
        assert (comment.content, placement_id) == ("The kettle is slow.", "W-1")
        assert [made.decided_by for made in list_reviews(connection)] == ["Bea"]
        counts = count_reviews(connection)
    assert counts == {None: 2, Decision.AS_WRITTEN: 0, Decision.REDACTED: 0, Decision.WITHHELD: 1}


@pytest.mark.parametrize("number", [1, 3])
def test_a_decision_follows_the_last_one(filled: Database, released: tuple[StoredComment, ...], number: int) -> None:
    decide(filled, released[0])
    with pytest.raises(Refused, match="since you opened it"):
        decide(filled, released[0], number=number)


def test_those_that_wait_are_told_in_the_order_of_their_ids_once_for_all_releases(
    filled: Database, released: tuple[StoredComment, ...]
) -> None:
    release(filled, number=2)
    decide(filled, released[1])
    with filled.read() as connection:
        assert list(list_waiting(connection)) == sorted([released[0].id, released[2].id])
        assert count_reviews(connection)[None] == 2
        assert released_comment_ids(connection, "small-2026-r2") == {one.id for one in released}


def test_a_comment_that_went_with_no_release_is_read_by_nobody(filled: Database) -> None:
    with filled.begin() as connection:
        add_comments(connection, "small-2026", [Comment("W-1", "SAY01", "Unread.")])
        (comment,) = stored_comments(connection, "small-2026")
        assert list_waiting(connection) == ()
        for unknown in (comment.id, uuid4()):
            with pytest.raises(NotFound):
                get_comment(connection, unknown)


def test_a_response_that_is_taken_back_takes_its_comment_out_of_releases(filled: Database, small: Any) -> None:
    confidential = replace(small.campaign, id="confidential", anonymity_mode=AnonymityMode.CONFIDENTIAL)
    with filled.begin() as connection:
        add_campaign(connection, confidential)
        first = submit(connection, "confidential", small.response, f"{1:030}").receipt
        submit(connection, "confidential", small.response, f"{2:030}")
    for comment in release(filled, "confidential"):
        decide(filled, comment)
    with filled.begin() as connection:
        assert withdraw(connection, first)
    with filled.read() as connection:
        left = {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("comments", "released_comments", "comment_reviews")
        }
        assert len(read_shown_comments(connection, "confidential-r1")) == 1
    assert set(left.values()) == {1}


def test_the_nights_new_order_loses_no_decision(filled: Database, released: tuple[StoredComment, ...]) -> None:
    decide(filled, released[0])
    shuffle(filled, TODAY)
    assert shown(filled) == {"W-1": "The kettle is slow."}
    with filled.read() as connection:
        assert get_comment(connection, released[1].id)[0].content == "There are no cups."


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": Decision.WITHHELD, "reason": "person"},
        {"decision": Decision.WITHHELD, "words": ""},
        {"words": ""},
        {"reason": "person"},
        {"decided_by": ""},
    ],
    ids=["withheld-with-words", "withheld-without-reason", "shown-without-words", "shown-with-a-reason", "by-nobody"],
)
def test_a_decision_that_says_two_things_is_not_stored(
    filled: Database, released: tuple[StoredComment, ...], changes: dict[str, Any]
) -> None:
    with pytest.raises(Refused):
        decide(filled, released[0], **changes)


@pytest.mark.parametrize("table", ["released_comments", "comment_reviews"])
def test_what_was_decided_is_not_made_to_say_something_else(
    filled: Database, released: tuple[StoredComment, ...], table: str
) -> None:
    decide(filled, released[0])
    with pytest.raises(Refused, match=r"stays as it was|never changed"), filled.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET placement_id = 'W-2'"))


@pytest.mark.parametrize("engine_name", ["sqlite"])  # the other engine's ON CONFLICT ends in an update
def test_a_decision_is_not_replaced(filled: Database, released: tuple[StoredComment, ...]) -> None:
    decide(filled, released[0])
    with pytest.raises(Refused, match="never changed"), filled.begin() as connection:
        connection.execute(text("INSERT OR REPLACE INTO comment_reviews SELECT * FROM comment_reviews"))


def test_a_service_that_does_not_say_for_whom_it_reads_is_told_so(
    filled: Database, released: tuple[StoredComment, ...]
) -> None:
    with filled.read() as connection:
        url = connection.engine.url.render_as_string(hide_password=False)
    service = Database(url, sees_releases=False)
    for read in (list_waiting, list_reviews, count_reviews):
        with pytest.raises(LookupError, match="within"), service.read() as connection:
            read(connection)
    with pytest.raises(LookupError, match="within"), service.read() as connection:
        read_shown_comments(connection, RELEASE)
    service.dispose()


def test_ids_tell_no_time(released: tuple[StoredComment, ...]) -> None:
    assert {one.id.version for one in released} == {4}
