"""Responses of confidential campaigns by their receipts, so that a learner can take hers back. Of others nothing is kept here."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete, select

from nets.receipt import receipt_hash
from nets.store.comment_reviews import forget_comments
from nets.store.plain_sql import insert
from nets.store.tables import comments, receipt_comments, receipts, responses, retest_answers


@dataclass(frozen=True, slots=True)
class Withdrawable:
    """A response that its receipt leads to, with the comments that came with it."""

    campaign_id: str
    receipt: str
    response_id: UUID
    comment_ids: tuple[UUID, ...]


def keep_receipts(connection: Connection, kept: Sequence[Withdrawable]) -> None:
    """Note which responses receipts lead to."""
    if not kept:
        return
    hashes = [receipt_hash(one.receipt) for one in kept]
    insert(
        connection,
        "receipts",
        [
            {"receipt_hash": hashed, "campaign_id": one.campaign_id, "response_id": one.response_id}
            for hashed, one in sorted(zip(hashes, kept, strict=True), key=lambda pair: pair[0])
        ],
    )
    said = [
        {"receipt_hash": hashed, "comment_id": comment_id}
        for hashed, one in zip(hashes, kept, strict=True)
        for comment_id in one.comment_ids
    ]
    if said:
        insert(connection, "receipt_comments", said)


def response_of(connection: Connection, receipt: str) -> UUID:
    """The response that a receipt of a confidential campaign leads to; it must be there."""
    query = select(receipts.c.response_id).where(receipts.c.receipt_hash == receipt_hash(receipt))
    found: UUID = connection.execute(query).scalar_one()
    return found


def withdraw(connection: Connection, receipt: str) -> bool:
    """Delete a response, its comments and all that leads to them; False where the receipt leads to none (any more).

    What was released before stays as it is: releases hold sums, and they are never changed. Her comments are gone from them.
    """
    hashed = receipt_hash(receipt)
    gone = connection.execute(
        delete(receipts)
        .where(receipts.c.receipt_hash == hashed)
        .returning(receipts.c.campaign_id, receipts.c.response_id)
    ).one_or_none()
    if gone is None:
        return False
    own = receipt_comments.c.receipt_hash == hashed
    said = connection.execute(select(receipt_comments.c.comment_id).where(own)).scalars().all()
    connection.execute(delete(comments).where(comments.c.campaign_id == gone.campaign_id, comments.c.id.in_(said)))
    forget_comments(connection, said)
    connection.execute(delete(receipt_comments).where(own))
    for table in (responses, retest_answers):  # of a second answer it is the receipt, too
        connection.execute(delete(table).where(table.c.campaign_id == gone.campaign_id, table.c.id == gone.response_id))
    return True
