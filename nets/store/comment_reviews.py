"""Comments that go with releases, what reviewers decide about them, and what may be read of them then."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Row, Select, delete, func, select

from nets.comment_review import Decision, Review
from nets.disclosure.comments import StoredComment
from nets.errors import NotFound, Refused
from nets.store.database import reaching_every_scope, require_scope
from nets.store.organisations import ids_below
from nets.store.tables import campaigns, comment_reviews, comments, released_comments, releases


@dataclass(frozen=True, slots=True)
class ReviewedComment:
    """A comment as its reviewer has it, whose placement she is not told.

    Attributes
    ----------
    content
        What the learner wrote.
    reviews
        Decisions so far, the newest first; none while it waits.
    """

    id: UUID
    campaign_title: str
    questionnaire: tuple[str, str]
    item_code: str
    content: str
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class ShownComment:
    """What may be read of a comment; ``is_whole`` unless words were taken out."""

    id: UUID
    placement_id: str
    item_code: str
    words: str
    is_whole: bool


def add_released_comments(connection: Connection, release_id: str, found: Iterable[StoredComment]) -> None:
    """Store which comments go with a release."""
    rows = [
        {"release_id": release_id, "comment_id": comment.id, "placement_id": comment.placement_id} for comment in found
    ]
    if rows:
        connection.execute(released_comments.insert(), rows)


def released_comment_ids(connection: Connection, release_id: str) -> frozenset[UUID]:
    """The ids of the comments that went with a release, reviewed or not."""
    require_scope(connection)
    query = select(released_comments.c.comment_id).where(released_comments.c.release_id == release_id)
    return frozenset(connection.execute(query).scalars())


def count_reviews(connection: Connection) -> dict[Decision | None, int]:
    """How many comments stand as they were decided about last; those that wait stand under None."""
    require_scope(connection)
    newest = _newest_reviews().subquery()
    there = select(_released().subquery().c.comment_id).subquery()
    query = (
        select(newest.c.decision, func.count())
        .select_from(there.outerjoin(newest, newest.c.comment_id == there.c.comment_id))
        .group_by(newest.c.decision)
    )
    found = {None if row[0] is None else Decision(row[0]): int(row[1]) for row in connection.execute(query)}
    return dict.fromkeys((None, *Decision), 0) | found


def list_waiting(connection: Connection) -> tuple[UUID, ...]:
    """The ids of the comments about which nobody has decided, in their own random order."""
    require_scope(connection)
    there = _released().subquery()
    decided = select(comment_reviews.c.comment_id).where(comment_reviews.c.comment_id == there.c.comment_id).exists()
    query = select(there.c.comment_id).where(~decided).order_by(there.c.comment_id)
    return tuple(connection.execute(query).scalars())


def get_comment(connection: Connection, comment_id: UUID) -> tuple[ReviewedComment, str]:
    """A comment that went with a release, and the placement that it is about; NotFound for every other."""
    require_scope(connection)
    there = _released().subquery()
    query = (
        select(
            comments.c.content,
            comments.c.item_code,
            comments.c.placement_id,
            campaigns.c.title,
            campaigns.c.questionnaire_id,
            campaigns.c.questionnaire_version,
        )
        .join(there, (there.c.campaign_id == comments.c.campaign_id) & (there.c.comment_id == comments.c.id))
        .join(campaigns, campaigns.c.id == comments.c.campaign_id)
        .where(comments.c.id == comment_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("there is no comment to review at this address")
    of_it = select(comment_reviews).where(comment_reviews.c.comment_id == comment_id)
    made = connection.execute(of_it.order_by(comment_reviews.c.number.desc())).all()
    return (
        ReviewedComment(
            comment_id,
            row.title,
            (row.questionnaire_id, row.questionnaire_version),
            row.item_code,
            row.content,
            tuple(map(_review, made)),
        ),
        row.placement_id,
    )


def add_review(connection: Connection, made: Review, placement_id: str, item_code: str) -> None:
    """Store a decision, the next one about its comment.

    Raises
    ------
    Refused
        If another was made in between.
    """
    last = select(func.max(comment_reviews.c.number)).where(comment_reviews.c.comment_id == made.comment_id)
    if (connection.execute(last).scalar_one() or 0) + 1 != made.number:
        raise Refused("somebody has decided about this comment since you opened it")
    # Two who look at the same moment: the second one's key is taken, and the database refuses it.
    connection.execute(
        comment_reviews.insert(),
        {
            "comment_id": made.comment_id,
            "number": made.number,
            "placement_id": placement_id,
            "item_code": item_code,
            "decision": made.decision.value,
            "words": made.words,
            "reason": made.reason,
            "decided_by": made.decided_by,
            "decided_on": made.decided_on,
        },
    )


def list_reviews(connection: Connection) -> tuple[Review, ...]:
    """What was decided last about each comment, the newest day first, within a day in the order of the random ids."""
    require_scope(connection)
    found = map(_review, connection.execute(_newest_reviews()))
    return tuple(sorted(found, key=lambda made: (-made.decided_on.toordinal(), made.comment_id)))


def read_shown_comments(
    connection: Connection, release_id: str, *, placement_id: str | None = None, under: str | None = None
) -> tuple[ShownComment, ...]:
    """What may be read of the comments of a release: of one placement, of those below a place, or of all; in the order of ids."""
    require_scope(connection)
    newest = _newest_reviews().subquery()
    query = (
        select(newest.c.comment_id, newest.c.placement_id, newest.c.item_code, newest.c.words, newest.c.decision)
        .join(released_comments, released_comments.c.comment_id == newest.c.comment_id)
        .where(released_comments.c.release_id == release_id, newest.c.decision != Decision.WITHHELD.value)
        .order_by(newest.c.comment_id)
    )
    if placement_id is not None:
        query = query.where(newest.c.placement_id == placement_id)
    if under is not None:
        query = query.where(newest.c.placement_id.in_(ids_below(under)))
    return tuple(
        ShownComment(row.comment_id, row.placement_id, row.item_code, row.words, row.decision == Decision.AS_WRITTEN)
        for row in connection.execute(query)
    )


def forget_comments(connection: Connection, comment_ids: Sequence[UUID]) -> None:
    """Delete all that was stored of comments that their learner takes back."""
    if not comment_ids:
        return
    with reaching_every_scope(connection):
        for table in (released_comments, comment_reviews):
            connection.execute(delete(table).where(table.c.comment_id.in_(comment_ids)))


def _released() -> Select[tuple[str, UUID]]:
    """Comments that went with any release, each once, with their campaigns."""
    return (
        select(releases.c.campaign_id, released_comments.c.comment_id)
        .join(releases, releases.c.id == released_comments.c.release_id)
        .distinct()
    )


def _newest_reviews() -> Select[tuple[object, ...]]:
    """The decision in force about each comment."""
    last = (
        select(comment_reviews.c.comment_id, func.max(comment_reviews.c.number).label("number"))
        .group_by(comment_reviews.c.comment_id)
        .subquery()
    )
    return select(comment_reviews).join(
        last, (last.c.comment_id == comment_reviews.c.comment_id) & (last.c.number == comment_reviews.c.number)
    )


def _review(row: Row[tuple[object, ...]]) -> Review:
    return Review(
        row.comment_id, row.number, Decision(row.decision), row.words, row.reason, row.decided_by, row.decided_on
    )
