"""The act of reviewing a comment: a decision is stored with its row in the audit trail, which quotes no comment."""

from datetime import date
from uuid import UUID

from nets.access.audit import Act
from nets.access.roles import WHOLE_SURVEY
from nets.comment_review import Decision, Review, review
from nets.errors import InvalidSetting, Problem, Refused
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
        As ``review`` has them; a comment is not shown whole where its words were changed at the same time.
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
        # Whoever took words out and left the choice at the whole comment would show what they meant to hide.
        untouched = ["", comment.content, *(made.words for made in comment.reviews[:1])]
        if decision == Decision.AS_WRITTEN and words.split() not in [known.split() for known in untouched]:
            raise InvalidSetting(
                [
                    Problem(
                        "decision", "you have changed the words below: show it with words taken out, or put them back"
                    )
                ]
            )
        made = review(
            comment_id,
            comment.content,
            number=seen + 1,
            decision=decision,
            words=words,
            reason=reason,
            by=by,
            on=on,
        )
        last = comment.reviews[:1]
        if len(comment.reviews) > seen and last[0].is_what(made):
            return last[0]  # the same form sent twice
        if len(comment.reviews) != seen:
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
