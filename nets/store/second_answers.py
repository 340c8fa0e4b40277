"""Second answers, apart from all others: in no score, no response rate and no export; and the invitations to give them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, insert, select

from nets.campaign import AnonymityMode
from nets.invitation import State
from nets.receipt import receipt_of
from nets.retest import PlacementChange, SecondAnswers, seal_answers
from nets.store.retests import OpenRetest
from nets.store.tables import invitations, responses, retest_answers
from nets.store.withdrawals import Withdrawable, keep_receipts


@dataclass(frozen=True, slots=True)
class SecondInvitation:
    """A new entry of the ledger: everything that it holds, and the hash of the first response."""

    token_hash: bytes
    stop_hash: bytes
    person: bytes
    recipient: bytes
    placement_id: str
    learner_group: str
    sealed: bytes
    link: bytes


def keep_answers(
    connection: Connection,
    retest: OpenRetest,
    link: bytes,
    answers: SecondAnswers,
    change: PlacementChange,
    submission_key: str,
) -> str:
    """Store a second answer, sealed, in the transaction that spends its invitation. Returns its receipt."""
    receipt, random_id = receipt_of(submission_key.encode(), AnonymityMode.CONFIDENTIAL), uuid4()
    connection.execute(
        insert(retest_answers),
        {
            "campaign_id": retest.campaign_id,
            "id": random_id,
            "link": link,
            "change": change,
            "sealed": seal_answers(retest.public_key, answers),
        },
    )
    keep_receipts(connection, [Withdrawable(retest.campaign_id, receipt, random_id, ())])
    return receipt


def second_answers(connection: Connection, campaign_id: str) -> dict[bytes, tuple[PlacementChange, bytes]]:
    """By the hash of the first response: what she said of the placement, and her second answers as they are sealed."""
    table = retest_answers
    query = select(table.c.link, table.c.change, table.c.sealed).where(table.c.campaign_id == campaign_id)
    return {bytes(row[0]): (PlacementChange(row[1]), bytes(row[2])) for row in connection.execute(query)}


def add_second_invitations(
    connection: Connection, campaign_id: str, found: Iterable[SecondInvitation], today: date
) -> None:
    """Enter learners who were drawn in the ledger; they count in no response rate."""
    rows = [
        {
            "token_hash": one.token_hash,
            "stop_hash": one.stop_hash,
            "campaign_id": campaign_id,
            "person": one.person,
            "recipient": one.recipient,
            "placement_id": one.placement_id,
            "learner_group": one.learner_group,
            "sealed": one.sealed,
            "state": State.NEW,
            "messages": 0,
            "changed_on": today,
            "link": one.link,
        }
        for one in sorted(found, key=lambda one: one.token_hash)
    ]
    if rows:
        connection.execute(insert(invitations), rows)


def links_of_invitations(connection: Connection, campaign_id: str) -> dict[bytes, bytes]:
    """The hash of the first response by the hash of the token, of second invitations without an answer."""
    table = invitations
    query = select(table.c.token_hash, table.c.link).where(
        table.c.campaign_id == campaign_id, table.c.link.is_not(None)
    )
    return {bytes(row[0]): bytes(row[1]) for row in connection.execute(query)}


def links_written_to(connection: Connection, campaign_id: str) -> frozenset[bytes]:
    """The hashes of the first responses of those who had a message about it and have not answered once more."""
    table = invitations
    query = select(table.c.link).where(
        table.c.campaign_id == campaign_id,
        table.c.link.is_not(None),
        table.c.messages > 0,
        table.c.state != State.BOUNCED,
    )
    return frozenset(bytes(link) for link in connection.execute(query).scalars())


def delete_second_invitations(connection: Connection, hashes: Iterable[bytes]) -> None:
    """Forget second invitations, by the hashes of their tokens."""
    for hashed in hashes:
        connection.execute(
            delete(invitations).where(invitations.c.token_hash == hashed, invitations.c.link.is_not(None))
        )


def first_answers(connection: Connection, campaign_id: str) -> dict[UUID, tuple[date, bytes]]:
    """The day and the packed answers of each response of a campaign, by its id."""
    query = select(responses.c.id, responses.c.answered_on, responses.c.packed)
    rows = connection.execute(query.where(responses.c.campaign_id == campaign_id))
    return {row.id: (row.answered_on, bytes(row.packed)) for row in rows}
