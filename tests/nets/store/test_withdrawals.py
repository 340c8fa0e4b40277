"""A response is taken back whole by its receipt, in confidential campaigns and in no other."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from nets.campaign import AnonymityMode
from nets.store.campaigns import add_campaign
from nets.store.comments import read_comments
from nets.store.database import Database
from nets.store.responses import count_responses
from nets.store.submissions import submit
from nets.store.withdrawals import withdraw

CONFIDENTIAL = "confidential-2026"


@pytest.fixture
def confidential(filled: Database, small: Any) -> Database:
    """Two responses with comments in a confidential campaign, one in an anonymous one."""
    with filled.begin() as connection:
        add_campaign(connection, replace(small.campaign, id=CONFIDENTIAL, anonymity_mode=AnonymityMode.CONFIDENTIAL))
    return filled


def send(database: Database, campaign_id: str, response: Any, number: int) -> str:
    with database.begin() as connection:
        return submit(connection, campaign_id, response, f"{number:030}").receipt


def counts(database: Database) -> dict[str, int]:
    tables = ("responses", "comments", "receipts", "receipt_comments")
    with database.read() as connection:
        return {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}


def take_back(database: Database, receipt: str) -> bool:
    with database.begin() as connection:
        return withdraw(connection, receipt)


def test_a_receipt_takes_its_own_response_back_with_what_was_written(confidential: Database, small: Any) -> None:
    first = send(confidential, CONFIDENTIAL, small.response, 1)
    other = small.response_with(comments={"SAY01": "The other kettle is slow, too."})
    send(confidential, CONFIDENTIAL, other, 2)
    send(confidential, small.campaign.id, small.response, 3)
    assert counts(confidential) == {"responses": 3, "comments": 3, "receipts": 2, "receipt_comments": 2}
    assert take_back(confidential, first)
    assert not take_back(confidential, first)
    assert counts(confidential) == {"responses": 2, "comments": 2, "receipts": 1, "receipt_comments": 1}
    with confidential.read() as connection:
        assert count_responses(connection, CONFIDENTIAL) == 1
        assert [one.content for one in read_comments(connection, CONFIDENTIAL)] == ["The other kettle is slow, too."]


def test_a_replay_gets_the_same_receipt_and_keeps_it_once(confidential: Database, small: Any) -> None:
    receipts = {send(confidential, CONFIDENTIAL, small.response, 1) for _ in range(3)}
    assert len(receipts) == 1
    assert counts(confidential)["receipts"] == 1


def test_an_anonymous_response_cannot_be_found(confidential: Database, small: Any) -> None:
    receipt = send(confidential, small.campaign.id, small.response, 1)
    assert not take_back(confidential, receipt)
    assert counts(confidential) == {"responses": 1, "comments": 1, "receipts": 0, "receipt_comments": 0}


def test_a_response_without_comments_is_taken_back_too(confidential: Database, small: Any) -> None:
    assert take_back(confidential, send(confidential, CONFIDENTIAL, small.response_with(comments={}), 1))
    assert counts(confidential)["responses"] == 0
