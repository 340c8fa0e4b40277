"""The participation ledger on both engines: spent in one act with the response, and forgetting whose it was."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from nets.campaign import AccessMode
from nets.errors import NotFound, Refused
from nets.invitation import RETENTION, InvitationKey, Invited, State, stop_token, token_hash
from nets.store import mailings
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.invitations import (
    AddedInvitations,
    OpenInvitation,
    add_invitations,
    campaign_answered_by,
    find_invitation,
    opt_out,
    purge_invitations,
    read_invited,
    spend_invitation,
)
from nets.store.responses import count_responses
from nets.store.shuffling import shuffle
from nets.store.submissions import submit
from nets.store.writer import Writer

KEY = InvitationKey("k" * 32)
CAMPAIGN = "invited-2026"
TODAY = date(2026, 2, 2)
PEOPLE = (
    Invited("ash@example.org", "W-1", "nursing"),
    Invited("elm@example.org", "W-1", "nursing"),
    Invited("oak@example.org", "W-1", "midwifery"),
    Invited("ash@example.org", "W-2", "nursing"),
)


@pytest.fixture
def invited(filled: Database, small: Any) -> Database:
    """A campaign by invitation with four invitations, two of them of one learner."""
    with filled.begin() as connection:
        add_campaign(connection, replace(small.campaign, id=CAMPAIGN, access_mode=AccessMode.INVITATION))
        assert add_invitations(connection, KEY, CAMPAIGN, PEOPLE, TODAY) == AddedInvitations(4, 0)
    return filled


def tokens(database: Database, state: State = State.NEW) -> dict[tuple[str, str], str]:
    """The tokens of those in a state, by address and placement."""
    with database.read() as connection:
        due = mailings.unanswered(connection, CAMPAIGN, state)
    found = {}
    for one in due:
        token, address = KEY.open(one.sealed, one.token_hash)
        found[address, one.placement_id] = token
    return found


def spend(database: Database, token: str) -> bool:
    with database.begin() as connection:
        return spend_invitation(connection, token_hash(token)) is not None


def test_an_invitation_is_found_by_its_token_alone(invited: Database) -> None:
    token = tokens(invited)["oak@example.org", "W-1"]
    with invited.read() as connection:
        hashed = token_hash(token)
        assert find_invitation(connection, hashed) == OpenInvitation(hashed, CAMPAIGN, "W-1", "midwifery")
        assert find_invitation(connection, token_hash("0" * 32)) is None
        assert campaign_answered_by(connection, hashed) is None


def test_it_is_spent_once_and_leaves_neither_address_nor_placement_nor_day(invited: Database) -> None:
    token = tokens(invited)["elm@example.org", "W-1"]
    assert spend(invited, token)
    assert not spend(invited, token)
    with invited.read() as connection:
        assert find_invitation(connection, token_hash(token)) is None
        assert campaign_answered_by(connection, token_hash(token)) == CAMPAIGN
        (row,) = connection.execute(text("SELECT * FROM answered_invitations")).mappings().all()
        found = read_invited(connection, CAMPAIGN)
    assert {type(value) for name, value in row.items() if name != "campaign_id"} <= {bytes, memoryview}
    assert found.invited == {("W-1", "nursing"): 2, ("W-1", "midwifery"): 1, ("W-2", "nursing"): 1}
    assert found.answered == {("W-1", "nursing"): 1, ("W-1", "midwifery"): 0, ("W-2", "nursing"): 0}


def test_response_and_spending_are_stored_together_or_not_at_all(invited: Database, small: Any) -> None:
    token = tokens(invited)["ash@example.org", "W-1"]
    writer = Writer(invited)

    def answer(campaign_id: str) -> Any:
        def job(connection: Any) -> None:
            assert spend_invitation(connection, token_hash(token))
            submit(connection, campaign_id, small.response, "1" * 30)

        return job

    neighbour = tokens(invited)["ash@example.org", "W-2"]
    failing = writer.enqueue(answer("no-such-campaign"))
    beside = writer.enqueue(lambda connection: spend_invitation(connection, token_hash(neighbour)))
    with pytest.raises(NotFound):
        failing.result(10)
    assert beside.result(10)
    assert token in tokens(invited).values()
    writer.write(answer(CAMPAIGN))
    writer.close()
    assert token not in tokens(invited).values()
    with invited.read() as connection:
        assert count_responses(connection, CAMPAIGN) == 1


def test_who_is_in_the_ledger_or_has_answered_is_not_invited_again(invited: Database) -> None:
    spend(invited, tokens(invited)["elm@example.org", "W-1"])
    more = [*PEOPLE, Invited("ELM@example.org", "W-1", "nursing"), Invited("yew@example.org", "W-2", "nursing")]
    with invited.begin() as connection:
        assert add_invitations(connection, KEY, CAMPAIGN, more, TODAY) == AddedInvitations(1, 5)
        assert read_invited(connection, CAMPAIGN).invited["W-2", "nursing"] == 2


def test_only_a_campaign_by_invitation_that_is_not_over_has_a_ledger(invited: Database, small: Any) -> None:
    with pytest.raises(Refused, match="by open link, not by invitation"), invited.begin() as connection:
        add_invitations(connection, KEY, small.campaign.id, PEOPLE, TODAY)
    with pytest.raises(Refused, match="its last day was 2026-03-31"), invited.begin() as connection:
        add_invitations(connection, KEY, CAMPAIGN, PEOPLE, date(2026, 4, 1))
    with pytest.raises(NotFound), invited.begin() as connection:
        add_invitations(connection, KEY, "none", PEOPLE, TODAY)


def test_whoever_opts_out_gets_no_message_for_any_placement(invited: Database) -> None:
    stop = stop_token(tokens(invited)["ash@example.org", "W-2"])
    with invited.begin() as connection:
        opt_out(connection, stop, TODAY)
        opt_out(connection, "0" * 32, TODAY)
        added = [Invited("ash@example.org", "W-3", "nursing")]
        add_invitations(connection, KEY, CAMPAIGN, added, TODAY)
    assert {address for address, _ in tokens(invited)} == {"elm@example.org", "oak@example.org"}
    assert set(tokens(invited, State.OPTED_OUT)) == {("ash@example.org", f"W-{number}") for number in (1, 2, 3)}


def test_the_link_that_ends_messages_still_works_after_answering(invited: Database) -> None:
    token = tokens(invited)["ash@example.org", "W-1"]
    spend(invited, token)
    with invited.begin() as connection:
        opt_out(connection, stop_token(token), TODAY)
    assert set(tokens(invited, State.OPTED_OUT)) == {("ash@example.org", "W-2")}


def test_who_opted_out_can_still_answer(invited: Database) -> None:
    token = tokens(invited)["elm@example.org", "W-1"]
    with invited.begin() as connection:
        opt_out(connection, stop_token(token), TODAY)
    assert spend(invited, token)


def test_the_ledger_is_forgotten_after_its_time_and_the_numbers_stay(invited: Database, small: Any) -> None:
    spend(invited, tokens(invited)["elm@example.org", "W-1"])
    last = small.campaign.last_day + RETENTION
    with invited.begin() as connection:
        assert purge_invitations(connection, last) == 0
    shuffle(invited, last + timedelta(days=1))
    with invited.begin() as connection:
        assert purge_invitations(connection, last + timedelta(days=1)) == 0
        for table in ("invitations", "answered_invitations"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
        assert sum(read_invited(connection, CAMPAIGN).invited.values()) == 4
        assert sum(read_invited(connection, CAMPAIGN).answered.values()) == 1


def test_nothing_in_the_ledger_can_be_read_without_the_key(invited: Database) -> None:
    found = tokens(invited)
    with invited.read() as connection:
        for table in ("invitations", "invited_learners", "answered_invitations"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                stored = b"|".join(
                    bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode() for value in row
                )
                assert not any(
                    address.encode() in stored or token.encode() in stored for (address, _), token in found.items()
                )
