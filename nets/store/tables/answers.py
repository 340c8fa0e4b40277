"""What learners sent: responses, comments, and receipts where a response may be taken back."""

from typing import Final

from sqlalchemy import Column, Date, ForeignKey, ForeignKeyConstraint, LargeBinary, Table, Text

from nets.store.tables.schema import RandomId, metadata

# A rowid counts up with every insert and PostgreSQL has nothing of the kind, so tables that hold what learners wrote are
# kept WITHOUT ROWID: on SQLite they lie on disk in the order of their random keys, and no column tells who came first.

responses: Final = Table(
    "responses",
    metadata,
    Column("campaign_id", Text, primary_key=True),
    # Random (version 4): version 7 would carry the time and the order.
    Column("id", RandomId, primary_key=True),
    Column("questionnaire_id", Text, nullable=False),
    Column("questionnaire_version", Text, nullable=False),
    Column("placement_id", Text, ForeignKey("organisations.id"), nullable=False),
    Column("learner_group", Text, nullable=False),
    Column("answered_on", Date, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    # What was asked is fixed for ever by the version; that it is also the campaign's version is the second key.
    ForeignKeyConstraint(
        ["questionnaire_id", "questionnaire_version"], ["questionnaire_versions.id", "questionnaire_versions.version"]
    ),
    ForeignKeyConstraint(
        ["campaign_id", "questionnaire_id", "questionnaire_version"],
        ["campaigns.id", "campaigns.questionnaire_id", "campaigns.questionnaire_version"],
    ),
    sqlite_with_rowid=False,
)

# No key to a response, no learner group and no date: who wrote a comment cannot be looked up among the answers.
comments: Final = Table(
    "comments",
    metadata,
    Column("campaign_id", Text, ForeignKey("campaigns.id"), primary_key=True),
    Column("id", RandomId, primary_key=True),
    Column("placement_id", Text, ForeignKey("organisations.id"), nullable=False),
    Column("item_code", Text, nullable=False),
    Column("content", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Of confidential campaigns alone: what a learner's receipt leads to, so that she can take her response back.
receipts: Final = Table(
    "receipts",
    metadata,
    Column("receipt_hash", LargeBinary(32), primary_key=True),
    Column("campaign_id", Text, ForeignKey("campaigns.id"), nullable=False),
    Column("response_id", RandomId, nullable=False),
    sqlite_with_rowid=False,
)

receipt_comments: Final = Table(
    "receipt_comments",
    metadata,
    Column("receipt_hash", LargeBinary(32), primary_key=True),
    Column("comment_id", RandomId, primary_key=True),
    sqlite_with_rowid=False,
)
