"""Counts of steps are added up, and nothing in the database ties one to a learner."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from nets.break_off import StepCount
from nets.errors import Refused
from nets.store.break_offs import add_step_counts, read_step_counts
from nets.store.database import Database
from nets.store.drafts import save_draft
from nets.store.shuffling import shuffle
from nets.store.submissions import submit
from nets.store.tables import metadata


def test_counts_are_added_to_those_before(filled: Database, small: Any) -> None:
    campaign = small.campaign.id
    for counts in (
        {(campaign, "placement"): StepCount(3, 2), (campaign, "p/all"): StepCount(2, 0)},
        {(campaign, "placement"): StepCount(1, 1), (campaign, "sent"): StepCount(1, 0)},
    ):
        with filled.begin() as connection:
            add_step_counts(connection, counts)
    with filled.read() as connection:
        assert read_step_counts(connection, campaign) == {
            "placement": StepCount(4, 3),
            "p/all": StepCount(2, 0),
            "sent": StepCount(1, 0),
        }
        assert read_step_counts(connection, "no-such") == {}


def test_counts_are_of_a_campaign_and_not_negative(filled: Database, small: Any) -> None:
    for counts in ({("no-such", "sent"): StepCount(1, 0)}, {(small.campaign.id, "sent"): StepCount(-1, 0)}):
        with pytest.raises(Refused), filled.begin() as connection:
            add_step_counts(connection, counts)


def test_a_count_has_no_placement_no_day_and_no_time() -> None:
    assert [column.name for column in metadata.tables["break_offs"].columns] == [
        "campaign_id",
        "step",
        "reached",
        "went_on",
    ]


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_no_count_bears_the_stamp_of_a_response_and_earlier_sums_are_forgotten(filled: Database, small: Any) -> None:
    for _ in range(20):
        with filled.begin() as connection:
            submit(connection, small.campaign.id, small.response, str(uuid4()))
            save_draft(connection, uuid4().hex, b"sent", small.response.answered_on + timedelta(days=14))
        with filled.begin() as connection:
            add_step_counts(connection, {(small.campaign.id, "sent"): StepCount(1, 0)})

    def stamps(table: str) -> set[str]:
        with filled.read() as connection:
            return {row[0] for row in connection.execute(text(f"SELECT xmin::text FROM {table}"))}

    def place() -> str:
        with filled.read() as connection:
            return str(connection.execute(text("SELECT ctid::text FROM break_offs")).scalar_one())

    assert not stamps("break_offs") & (stamps("responses") | stamps("drafts") | stamps("submission_keys"))
    # Every sum is a row version of its own behind the one before, until the table is written anew.
    assert place() == "(0,20)"
    shuffle(filled, small.response.answered_on)
    assert place() == "(0,1)"
