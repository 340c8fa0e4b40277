"""Comments that go with releases, and what reviewers decided about them; the comments themselves are in ``answers``."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, Table, Text

from nets.store.tables.schema import RandomId, metadata

# No key to the comments: they are laid down anew every night, and a learner may take hers back.

released_comments: Final = Table(
    "released_comments",
    metadata,
    Column("release_id", Text, ForeignKey("releases.id"), primary_key=True),
    Column("comment_id", RandomId, primary_key=True),
    Column("placement_id", Text, ForeignKey("organisations.id"), nullable=False),
    sqlite_with_rowid=False,
)

comment_reviews: Final = Table(
    "comment_reviews",
    metadata,
    Column("comment_id", RandomId, primary_key=True),
    Column("number", Integer, primary_key=True),
    # As the comment has them, once more, so that what may be read is found without what may not.
    Column("placement_id", Text, ForeignKey("organisations.id"), nullable=False),
    Column("item_code", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    CheckConstraint("number >= 1", name="numbered_from_one"),
    CheckConstraint("decision IN ('as_written', 'redacted', 'withheld')", name="decision"),
    CheckConstraint("(decision = 'withheld') = (words = '')", name="withheld_without_words"),
    CheckConstraint("(decision = 'withheld') = (reason <> '')", name="withheld_with_a_reason"),
    CheckConstraint("decided_by <> ''", name="decided_by_somebody"),
    sqlite_with_rowid=False,
)
