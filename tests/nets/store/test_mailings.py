"""Messages of the ledger: marked before they are sent, settled afterwards, and never silently lost or repeated in between."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from nets.campaign import AccessMode
from nets.invitation import InvitationKey, Invited, token_hash
from nets.store import mailings
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.invitations import add_invitations, spend_invitation

KEY = InvitationKey("k" * 32)
CAMPAIGN = "invited-2026"
TODAY = date(2026, 2, 2)
N = 6


@pytest.fixture
def invited(filled: Database, small: Any) -> Database:
    with filled.begin() as connection:
        add_campaign(connection, replace(small.campaign, id=CAMPAIGN, access_mode=AccessMode.INVITATION))
        people = [Invited(f"learner{number}@example.org", "W-1", "nursing") for number in range(N)]
        add_invitations(connection, KEY, CAMPAIGN, people, TODAY)
    return filled


def states(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {state.value: n for state, n in mailings.count_states(connection, CAMPAIGN).items() if n}


def due(database: Database) -> tuple[mailings.Due, ...]:
    with database.read() as connection:
        return mailings.due_invitations(connection, CAMPAIGN)


def reminders(database: Database, today: date) -> tuple[mailings.Due, ...]:
    with database.read() as connection:
        return mailings.due_reminders(connection, CAMPAIGN, today, most=2, days_apart=7)


def send(database: Database, one: mailings.Due, today: date = TODAY) -> None:
    with database.begin() as connection:
        assert mailings.claim(connection, one)
    with database.begin() as connection:
        mailings.settle_sent(connection, one, today)


def test_a_message_is_claimed_by_one_run_and_settled_by_what_became_of_it(invited: Database) -> None:
    sent, bounced, later, unknown, *_ = due(invited)
    with invited.begin() as connection:
        for one in (sent, bounced, later, unknown):
            assert mailings.claim(connection, one)
            assert not mailings.claim(connection, one)
        mailings.settle_sent(connection, sent, TODAY)
        mailings.settle_bounced(connection, bounced, TODAY)
        mailings.settle_not_sent(connection, later)
    assert states(invited) == {"new": 3, "sending": 1, "sent": 1, "bounced": 1}
    assert {one.token_hash for one in due(invited)}.isdisjoint({sent.token_hash, unknown.token_hash})


@pytest.mark.parametrize(("as_sent", "found"), [(True, {"new": 5, "sent": 1}), (False, {"new": 6})])
def test_what_nobody_knows_is_decided_by_a_person(as_sent: bool, found: dict[str, int], invited: Database) -> None:
    with invited.begin() as connection:
        assert mailings.claim(connection, mailings.due_invitations(connection, CAMPAIGN)[0])
    with invited.begin() as connection:
        assert mailings.resolve_unknown(connection, CAMPAIGN, TODAY, as_sent=as_sent) == 1
        assert mailings.resolve_unknown(connection, CAMPAIGN, TODAY, as_sent=as_sent) == 0
    assert states(invited) == found


def test_whoever_answers_while_her_message_is_sent_stays_answered(invited: Database) -> None:
    one = due(invited)[0]
    with invited.begin() as connection:
        mailings.claim(connection, one)
        assert spend_invitation(connection, one.token_hash)
        mailings.settle_sent(connection, one, TODAY)
        assert not mailings.claim(connection, one)
    assert states(invited) == {"new": N - 1}


def test_reminders_go_to_who_was_written_to_and_has_not_answered(invited: Database) -> None:
    answered, bounced, written, *_ = due(invited)
    for one in (answered, bounced, written):
        send(invited, one)
    with invited.begin() as connection:
        spend_invitation(connection, answered.token_hash)
        _, address = KEY.open(bounced.sealed, bounced.token_hash)
        marks = [KEY.person(CAMPAIGN, address), KEY.person(CAMPAIGN, "nobody@example.org")]
        assert mailings.mark_bounced(connection, marks, TODAY) == 1
    assert reminders(invited, TODAY + timedelta(days=6)) == ()
    (one,) = reminders(invited, TODAY + timedelta(days=7))
    assert one.token_hash == written.token_hash
    send(invited, one, TODAY + timedelta(days=7))
    assert reminders(invited, TODAY + timedelta(days=13)) == ()
    (one,) = reminders(invited, TODAY + timedelta(days=14))
    send(invited, one, TODAY + timedelta(days=14))
    assert one.messages == 2
    assert reminders(invited, TODAY + timedelta(days=99)) == ()


def test_a_reminder_that_was_not_sent_is_due_again(invited: Database) -> None:
    send(invited, due(invited)[0])
    (one,) = reminders(invited, TODAY + timedelta(days=7))
    with invited.begin() as connection:
        assert mailings.claim(connection, one)
        mailings.settle_not_sent(connection, one)
    assert reminders(invited, TODAY + timedelta(days=7)) == (one,)


def test_every_token_opens_its_own_row(invited: Database) -> None:
    for one in due(invited):
        token, _ = KEY.open(one.sealed, one.token_hash)
        assert token_hash(token) == one.token_hash
