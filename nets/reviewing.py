"""The act of reviewing a comment: a decision is stored with its row in the audit trail, which quotes no comment."""

from datetime import date
from uuid import UUID

from nets.access.audit import Act
from nets.access.roles import WHOLE_SURVEY
from nets.comment_review import Review, review
from nets.errors import Refused
from nets.store.audit import write_audit
from nets.store.comment_reviews import add_review, get_comment
from nets.store.database import Database


def review_comment(
    database: Database,
    comment_id: UUID,
    *,
    seen: int,
    decision: str,
    words: str,
    reason: str,
    by: str,
    on: date,
) -> Review:
    """Decide what becomes of a comment.

    Parameters
    ----------
    seen
        How many decisions about it the reviewer has seen; where there are more by now, nothing is stored.
    decision, words, reason
        As ``review`` has them.
    by
        The reviewer, for the audit trail too.

    Returns
    -------
    Review
        What is stored; where the reviewer's own last decision was the same already, that one.

    Raises
    ------
    NotFound
        For a comment that went with no release, or was taken back.
    InvalidSetting
        Naming everything that is wrong.
    Refused
        If somebody has decided in between.
    """
    with database.within(WHOLE_SURVEY).begin() as connection:
        comment, placement_id = get_comment(connection, comment_id)
        made = review(
            comment_id,
            comment.content,
            before=next((one.words for one in comment.reviews if one.number == seen), ""),
            number=seen + 1,
            decision=decision,
            words=words,
            reason=reason,
            by=by,
            on=on,
        )
        if len(comment.reviews) != seen:
            if comment.reviews and comment.reviews[0].is_what(made):
                return comment.reviews[0]  # the same form sent twice
            raise Refused("somebody has decided about this comment since you opened it; look at what they decided")
        add_review(connection, made, placement_id, comment.item_code)
        # The id is random and leads to nothing else; words and place have no business in the trail.
        write_audit(
            connection,
            by,
            Act.COMMENT_REVIEWED,
            comment_id.hex,
            decision=made.decision.value,
            number=made.number,
            reason=made.reason or None,
        )
    return made
