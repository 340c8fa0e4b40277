"""The participation ledger as learners use it: an invitation is found by its token, and spent in one act with the response.

What a learner does here is done by a token's hash alone; only those who invite hold the key that opens an address (``mailings``).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from nets.campaign import AccessMode
from nets.errors import Refused
from nets.invitation import (
    RETENTION,
    InvitationKey,
    Invited,
    SpentInvitation,
    State,
    new_token,
    stop_hash,
    stop_token,
    token_hash,
)
from nets.response_rate import Cell
from nets.retest import TIME_TO_ANSWER
from nets.store.campaigns import get_campaign, list_campaigns
from nets.store.retest_consents import stop_consents
from nets.store.tables import answered_invitations, invitations, invited_learners


@dataclass(frozen=True, slots=True)
class AddedInvitations:
    """How many learners were invited anew, and how many had been at the same placement already."""

    new: int
    known: int


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that was not answered yet: to which campaign, and what is filled in for the learner."""

    token_hash: bytes
    campaign_id: str
    placement_id: str
    learner_group: str


@dataclass(frozen=True, slots=True)
class OpenSecondInvitation:
    """An invitation to answer once more (``nets.retest``), and the last day on which it takes an answer."""

    token_hash: bytes
    campaign_id: str
    placement_id: str
    learner_group: str
    until: date


@dataclass(frozen=True, slots=True)
class InvitedLearners:
    """How many learners were invited, and how many of them answered, by placement id and learner group."""

    invited: dict[Cell, int]
    answered: dict[Cell, int]


def add_invitations(
    connection: Connection, key: InvitationKey, campaign_id: str, people: Iterable[Invited], today: date
) -> AddedInvitations:
    """Enter learners in a campaign's ledger; who is in it for the same placement is passed over.

    Raises
    ------
    NotFound
        If there is no such campaign.
    Refused
        If learners do not come to it by invitation, or its last day has passed.
    """
    campaign = get_campaign(connection, campaign_id)
    if campaign.access_mode is not AccessMode.INVITATION:
        raise Refused(f"learners come to {campaign_id} by {campaign.access_mode.replace('_', ' ')}, not by invitation")
    if today > campaign.last_day:
        raise Refused(f"{campaign_id} takes no answers any more; {campaign.ending}")
    known = _recipients(connection, campaign_id)
    silent = not_to_be_written_to(connection, campaign_id)
    rows, cells, n_known = [], Counter[Cell](), 0
    for invited in people:
        recipient, person, token = (
            key.recipient(campaign_id, invited),
            key.person(campaign_id, invited.address),
            new_token(),
        )
        if recipient in known:
            n_known += 1
            continue
        known.add(recipient)
        cells[invited.placement_id, invited.learner_group] += 1
        rows.append(
            {
                "token_hash": token_hash(token),
                "stop_hash": stop_hash(stop_token(token)),
                "campaign_id": campaign_id,
                "person": person,
                "recipient": recipient,
                "placement_id": invited.placement_id,
                "learner_group": invited.learner_group,
                "sealed": key.seal(token, invited.address.strip()),
                # whoever wants no more messages, or cannot be reached, gets none for another placement either
                "state": silent.get(person, State.NEW),
                "messages": 0,
                "changed_on": today,
            }
        )
    if rows:
        # by their random hashes, so that the order of the file is lost
        connection.execute(insert(invitations), sorted(rows, key=itemgetter("token_hash")))
        _count_invited(connection, campaign_id, cells)
    return AddedInvitations(len(rows), n_known)


def find_invitation(connection: Connection, hashed: bytes) -> OpenInvitation | OpenSecondInvitation | None:
    """The invitation behind a token's hash, if it has not been answered."""
    row = connection.execute(
        select(
            invitations.c.campaign_id,
            invitations.c.placement_id,
            invitations.c.learner_group,
            invitations.c.link,
            invitations.c.changed_on,
        ).where(invitations.c.token_hash == hashed)
    ).one_or_none()
    if row is None:
        return None
    if row.link is None:
        return OpenInvitation(hashed, *row[:3])
    return OpenSecondInvitation(hashed, *row[:3], until=row.changed_on + TIME_TO_ANSWER)


def campaign_answered_by(connection: Connection, hashed: bytes) -> str | None:
    """The campaign to which the invitation behind a token's hash was answered; None where it was not, or there is none."""
    query = select(answered_invitations.c.campaign_id).where(answered_invitations.c.token_hash == hashed)
    return connection.execute(query).scalar()


def spend_invitation(connection: Connection, hashed: bytes) -> SpentInvitation | None:
    """Note that an invitation was answered, and forget whose it was; None where it is not there (any more).

    It belongs into the transaction that stores the response: both are there afterwards, or neither.
    """
    gone = _spend(connection, hashed, invitations.c.link.is_(None))
    if gone is None:
        return None
    table = invited_learners
    connection.execute(
        update(table)
        .where(
            table.c.campaign_id == gone.campaign_id,
            table.c.placement_id == gone.placement_id,
            table.c.learner_group == gone.learner_group,
        )
        .values(answered=table.c.answered + 1)
    )
    return SpentInvitation(hashed, bytes(gone.person), bytes(gone.sealed))


def spend_second_invitation(connection: Connection, hashed: bytes) -> bytes | None:
    """Do the same for an invitation to answer once more, which counts in no response rate. Returns the first response's hash."""
    gone = _spend(connection, hashed, invitations.c.link.is_not(None))
    return bytes(gone.link) if gone else None


def opt_out(connection: Connection, stop: str, today: date) -> None:
    """Send no more messages to whoever has this link, for none of her placements; an unknown link changes nothing."""
    hashed = stop_hash(stop)
    person = connection.execute(
        select(invitations.c.person)
        .where(invitations.c.stop_hash == hashed)
        .union_all(select(answered_invitations.c.person).where(answered_invitations.c.stop_hash == hashed))
    ).scalar()
    if person is not None:
        table = invitations
        connection.execute(
            update(table)
            .where(table.c.person == person, table.c.state != State.OPTED_OUT)
            .values(state=State.OPTED_OUT, changed_on=today)
        )
        stop_consents(connection, person)


def read_invited(connection: Connection, campaign_id: str) -> InvitedLearners:
    """How many learners of each group at each placement were invited, and how many answered; numbers alone, kept for good."""
    rows = connection.execute(select(invited_learners).where(invited_learners.c.campaign_id == campaign_id)).all()
    return InvitedLearners(
        {(row.placement_id, row.learner_group): row.invited for row in rows},
        {(row.placement_id, row.learner_group): row.answered for row in rows},
    )


def purge_invitations(connection: Connection, today: date) -> int:
    """Forget the ledgers of campaigns whose retention has passed: addresses, tokens, who answered. Returns how many rows."""
    over = [one.id for one in list_campaigns(connection) if one.last_day + RETENTION < today]
    return sum(
        len(connection.execute(delete(table).where(table.c.campaign_id.in_(over)).returning(table.c.token_hash)).all())
        for table in (invitations, answered_invitations)
    )


def _spend(connection: Connection, hashed: bytes, condition: ColumnElement[bool]) -> Row[Any] | None:
    gone = connection.execute(
        delete(invitations).where(invitations.c.token_hash == hashed, condition).returning(*invitations.c)
    ).one_or_none()
    if gone is not None:
        connection.execute(
            insert(answered_invitations),
            {
                "token_hash": hashed,
                "stop_hash": gone.stop_hash,
                "campaign_id": gone.campaign_id,
                "person": gone.person,
                "recipient": gone.recipient,
            },
        )
    return gone


def not_to_be_written_to(connection: Connection, campaign_id: str) -> dict[bytes, str]:
    """Those of the ledger, by their marks, who want no messages or cannot be reached."""
    query = select(invitations.c.person, invitations.c.state).where(
        invitations.c.campaign_id == campaign_id, invitations.c.state.in_([State.BOUNCED, State.OPTED_OUT])
    )
    return {bytes(row.person): row.state for row in connection.execute(query)}


def _recipients(connection: Connection, campaign_id: str) -> set[bytes]:
    return {
        bytes(mark)
        for table in (invitations, answered_invitations)
        for mark in connection.execute(select(table.c.recipient).where(table.c.campaign_id == campaign_id)).scalars()
    }


def _count_invited(connection: Connection, campaign_id: str, cells: Counter[Cell]) -> None:
    engine = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    adding = engine(invited_learners)
    connection.execute(
        adding.on_conflict_do_update(
            index_elements=["campaign_id", "placement_id", "learner_group"],
            set_={"invited": invited_learners.c.invited + adding.excluded.invited},
        ),
        [
            {
                "campaign_id": campaign_id,
                "placement_id": placement,
                "learner_group": group,
                "invited": n,
                "answered": 0,
            }
            for (placement, group), n in cells.items()
        ],
    )
