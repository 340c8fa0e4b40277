"""The retest of confidential campaigns: its key, who agreed to be asked once more, and what she answered then."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text

from nets.store.tables.schema import RandomId, metadata

# One row a campaign. The key is empty once it was destroyed; the numbers are written then, and nothing else is left.
retests: Final = Table(
    "retests",
    metadata,
    Column("campaign_id", Text, ForeignKey("campaigns.id"), primary_key=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("share", Integer, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("compared_on", Date),
    Column("destroyed_on", Date),
    Column("agreed", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
    Column("invited", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("stable", Integer, nullable=False),
    CheckConstraint("share BETWEEN 1 AND 100", name="share_in_per_cent"),
    CheckConstraint("(destroyed_on IS NULL) = (length(sealed_key) > 0)", name="destroyed_without_key"),
    CheckConstraint("destroyed_on IS NULL OR length(public_key) = 0", name="destroyed_whole"),
    sqlite_with_rowid=False,
)

# Of the ledger's side: a mark of the person, as the ledger has it. What leads to her response lies sealed to the campaign's
# key. Both are gone once it was decided whether she is drawn; then a hash under that key is all that is left.
retest_consents: Final = Table(
    "retest_consents",
    metadata,
    Column("id", RandomId, primary_key=True),
    Column("campaign_id", Text, ForeignKey("campaigns.id"), nullable=False),
    Column("person", LargeBinary(32), nullable=False),
    Column("state", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("link", LargeBinary, nullable=False),
    CheckConstraint("state IN ('waiting', 'drawn', 'not_drawn', 'too_late', 'stopped', 'withdrawn')", name="state"),
    CheckConstraint("state = 'waiting' OR length(sealed) = 0", name="forgotten_when_decided"),
    Index(None, "campaign_id"),
    Index(None, "person"),
    sqlite_with_rowid=False,
)

# A second answer: no person, no placement, no group, and neither its day nor its answers in the clear. They would be found
# again among the first ones by being so much alike.
retest_answers: Final = Table(
    "retest_answers",
    metadata,
    Column("campaign_id", Text, ForeignKey("campaigns.id"), primary_key=True),
    Column("id", RandomId, primary_key=True),
    Column("link", LargeBinary(32), nullable=False),
    Column("change", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("change IN ('stable', 'changed', 'cannot_say', 'not_said')", name="change"),
    Index(None, "link", unique=True),
    sqlite_with_rowid=False,
)
