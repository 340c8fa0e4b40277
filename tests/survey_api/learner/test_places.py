"""Whether a placement is small: by the roster, by how many were invited, or by what the last release shows of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from httpx2 import Response

from nets.access.roles import WHOLE_SURVEY
from nets.invitation import InvitationKey, Invited
from nets.response_rate import RosterEntry
from nets.store.campaigns import get_campaign
from nets.store.invitations import add_invitations
from nets.store.rosters import replace_roster
from survey_api.learner.places import Small, why_small

Words = Callable[[Response], str]


@pytest.mark.parametrize(
    ("at_ward_1", "small"), [({"nursing": 4}, True), ({"nursing": 3, "pharmacy": 2}, False), ({"nursing": 0}, False)]
)
def test_a_roster_of_fewer_than_the_floor_warns_on_the_first_page_and_where_the_placement_is_confirmed(
    learner: Any, paddle: Any, text_of: Words, at_ward_1: dict[str, int], small: bool
) -> None:
    with paddle.database.begin() as connection:
        replace_roster(connection, "paddle-2026", [RosterEntry("W-1", group, n) for group, n in at_ward_1.items()])
    warning = "This may be a small placement As far as we know, fewer than 5 learners are on it."
    assert (warning in text_of(learner.get("/c/paddle-2026?placement=W-1"))) == small
    learner.post("start", device="own", placement="W-1")
    assert (warning in text_of(learner.get("placement"))) == small


def test_few_invited_are_few_there(paddle: Any) -> None:
    with paddle.database.read() as connection:
        campaign = get_campaign(connection, "paddle-invited")

    def small(floor: int = 5) -> Small | None:
        with paddle.database.within(WHOLE_SURVEY).read() as connection:
            return why_small(connection, replace(campaign, place_floor=floor), "W-1")

    for number in range(1, 6):
        person = Invited(f"learner{number}@example.org", "W-1", "nursing" if number % 2 else "pharmacy")
        with paddle.database.begin() as connection:
            add_invitations(connection, InvitationKey("k" * 32), campaign.id, [person], date(2026, 3, 10))
        assert small() is (Small.FEW_THERE if number < 5 else None)
    assert small(floor=6) is Small.FEW_THERE


def test_without_a_roster_the_last_release_says_it(learner: Any, text_of: Words) -> None:
    assert "small placement" not in text_of(learner.get("/c/paddle-2026?placement=W-1"))
    page = text_of(learner.get("/c/paddle-2026?placement=W-6"))
    assert "This may be a small placement Few learners answered about it last time." in page
    assert "people who know you may guess" in page
