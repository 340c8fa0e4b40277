"""How many there are and how far they came: rosters, break-offs, and the participation ledger."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from nets.store.tables.schema import metadata

# Numbers that a survey manager brings; no row is a learner's.
rosters: Final = Table(
    "rosters",
    metadata,
    Column("campaign_id", Text, ForeignKey("campaigns.id"), primary_key=True),
    Column("placement_id", Text, ForeignKey("organisations.id"), primary_key=True),
    Column("learner_group", Text, primary_key=True),
    Column("learners", Integer, nullable=False),
    CheckConstraint("learners >= 0", name="not_negative"),
)

# Sums over all learners of a campaign; no row is a learner's, and none has a day.
break_offs: Final = Table(
    "break_offs",
    metadata,
    Column("campaign_id", Text, ForeignKey("campaigns.id"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("reached", Integer, nullable=False),
    Column("went_on", Integer, nullable=False),
    CheckConstraint("reached >= 0 AND went_on >= 0", name="not_negative"),
    sqlite_with_rowid=False,
)

# The participation ledger. An invitation that was answered leaves nothing but hashes of its tokens and marks that only the
# operator's key makes: no placement, no day and no address, or they would lead to the one who answered there on that day.
invitations: Final = Table(
    "invitations",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("stop_hash", LargeBinary(32), nullable=False),
    Column("campaign_id", Text, ForeignKey("campaigns.id"), nullable=False),
    Column("person", LargeBinary(32), nullable=False),
    Column("recipient", LargeBinary(32), nullable=False),
    Column("placement_id", Text, ForeignKey("organisations.id"), nullable=False),
    Column("learner_group", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("changed_on", Date, nullable=False),
    # Of a second invitation alone (nets.retest): a hash of her first response under a key that is not in this database.
    Column("link", LargeBinary(32)),
    UniqueConstraint("stop_hash"),
    UniqueConstraint("recipient"),
    Index(None, "person"),
    Index(None, "link", unique=True),
    CheckConstraint("state IN ('new', 'sending', 'sent', 'bounced', 'opted_out')", name="state"),
    CheckConstraint("messages >= 0", name="not_negative"),
    Index(None, "campaign_id"),
    sqlite_with_rowid=False,
)

answered_invitations: Final = Table(
    "answered_invitations",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("stop_hash", LargeBinary(32), nullable=False),
    Column("campaign_id", Text, ForeignKey("campaigns.id"), nullable=False),
    Column("person", LargeBinary(32), nullable=False),
    Column("recipient", LargeBinary(32), nullable=False),
    UniqueConstraint("stop_hash"),
    UniqueConstraint("recipient"),
    sqlite_with_rowid=False,
)

# Numbers alone, which stay when the ledger is forgotten.
invited_learners: Final = Table(
    "invited_learners",
    metadata,
    Column("campaign_id", Text, ForeignKey("campaigns.id"), primary_key=True),
    Column("placement_id", Text, ForeignKey("organisations.id"), primary_key=True),
    Column("learner_group", Text, primary_key=True),
    Column("invited", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    CheckConstraint("answered >= 0 AND answered <= invited", name="no_more_than_invited"),
    sqlite_with_rowid=False,
)
