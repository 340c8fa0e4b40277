"""A roster is stored whole, in the place of the one before."""

from typing import Any

import pytest

from nets.errors import NotFound, Refused
from nets.response_rate import RosterEntry
from nets.store.database import Database
from nets.store.responses import add_responses, count_responses_by_cell
from nets.store.rosters import read_roster, replace_roster

FIRST = (RosterEntry("W-1", "nursing", 12), RosterEntry("W-2", "nursing", 0))


def test_a_roster_comes_back_as_it_was_stored(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        assert replace_roster(connection, small.campaign.id, FIRST) == 0
    with filled.read() as connection:
        assert read_roster(connection, small.campaign.id) == {("W-1", "nursing"): 12, ("W-2", "nursing"): 0}


def test_a_second_roster_replaces_the_first(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        replace_roster(connection, small.campaign.id, FIRST)
        assert replace_roster(connection, small.campaign.id, [RosterEntry("W-3", "midwifery", 3)]) == 2
        assert read_roster(connection, small.campaign.id) == {("W-3", "midwifery"): 3}


@pytest.mark.parametrize(
    "faulty", [RosterEntry("W-9", "nursing", 1), RosterEntry("W-1", "nursing", 4), RosterEntry("W-3", "nursing", -1)]
)
def test_a_roster_that_cannot_be_stored_leaves_the_one_before(
    filled: Database, small: Any, faulty: RosterEntry
) -> None:
    with filled.begin() as connection:
        replace_roster(connection, small.campaign.id, FIRST)
    with pytest.raises(Refused), filled.begin() as connection:
        replace_roster(connection, small.campaign.id, [RosterEntry("W-1", "nursing", 3), faulty])
    with filled.read() as connection:
        assert read_roster(connection, small.campaign.id)["W-1", "nursing"] == 12


def test_a_roster_is_of_a_campaign(filled: Database, small: Any) -> None:
    with filled.read() as connection:
        assert read_roster(connection, small.campaign.id) == {}
    with pytest.raises(NotFound, match="no-such"), filled.begin() as connection:
        replace_roster(connection, "no-such", FIRST)


def test_responses_are_counted_by_placement_and_group(filled: Database, small: Any) -> None:
    cells = [("W-1", "nursing"), ("W-1", "midwifery"), ("W-1", "nursing"), ("W-2", "nursing")]
    with filled.begin() as connection:
        add_responses(
            connection, small.campaign.id, [(*cell, small.campaign.opens_on, b"\x01\x02\x03") for cell in cells]
        )
        assert count_responses_by_cell(connection, small.campaign.id) == {cell: cells.count(cell) for cell in cells}
        assert count_responses_by_cell(connection, "no-such") == {}
