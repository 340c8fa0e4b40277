"""Free text, apart from the answers: no key, no group and no date leads from a comment to the response it came with."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection, select

from nets.disclosure.comments import StoredComment
from nets.store.tables import comments


@dataclass(frozen=True, slots=True)
class Comment:
    """What a learner wrote about a placement in answer to one item."""

    placement_id: str
    item_code: str
    content: str


def add_comments(connection: Connection, campaign_id: str, written: Iterable[Comment]) -> None:
    """Store comments of a campaign."""
    rows = [
        {
            "campaign_id": campaign_id,
            "id": uuid4(),
            "placement_id": comment.placement_id,
            "item_code": comment.item_code,
            "content": comment.content,
        }
        for comment in written
    ]
    if rows:
        connection.execute(comments.insert(), rows)


def read_comments(connection: Connection, campaign_id: str, placement_id: str | None = None) -> tuple[Comment, ...]:
    """Comments of a campaign, or of one placement in it, in an order that says nothing of when they were written."""
    query = select(comments.c.placement_id, comments.c.item_code, comments.c.content).where(
        comments.c.campaign_id == campaign_id
    )
    if placement_id is not None:
        query = query.where(comments.c.placement_id == placement_id)
    return tuple(Comment(*row) for row in connection.execute(query.order_by(comments.c.id)))


def stored_comments(connection: Connection, campaign_id: str) -> tuple[StoredComment, ...]:
    """Which comments a campaign has, without their words."""
    query = select(comments.c.id, comments.c.placement_id, comments.c.item_code)
    return tuple(StoredComment(*row) for row in connection.execute(query.where(comments.c.campaign_id == campaign_id)))
