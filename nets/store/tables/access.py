"""Whoever works with the survey, and what they did."""

from typing import Final

from sqlalchemy import (
    BigInteger,
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

# Whoever works with the survey. No row is a learner's, so times are kept to the second.

accounts: Final = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("scope_id", Text, ForeignKey("organisations.id")),
    # Whoever comes by OpenID Connect has no password here, and is known by what her provider calls her.
    Column("password_hash", Text),
    Column("issuer", Text),
    Column("subject", Text),
    Column("added_on", Date, nullable=False),
    Column("disabled_on", Date),
    UniqueConstraint("issuer", "subject"),
    CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="subject_of_an_issuer"),
    CheckConstraint(
        "role IN ('national', 'region', 'local_office', 'provider', 'survey_manager', 'data_protection')", name="role"
    ),
    CheckConstraint("(role IN ('region', 'local_office', 'provider')) = (scope_id IS NOT NULL)", name="scope_of_role"),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("account_name", Text, ForeignKey("accounts.name"), nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False),
    Index(None, "account_name"),
)

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("secret_hash", LargeBinary(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("scope_id", Text, ForeignKey("organisations.id")),
    Column("requests_a_minute", Integer, nullable=False),
    Column("added_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("revoked_on", Date),
    CheckConstraint("role IN ('national', 'region', 'local_office', 'provider')", name="role"),
    CheckConstraint("(role IN ('region', 'local_office', 'provider')) = (scope_id IS NOT NULL)", name="scope_of_role"),
    CheckConstraint("requests_a_minute >= 1", name="some_requests"),
)

# Appended to and nothing else (triggers of migration 0004); each row holds the hash of the one before.
audit_rows: Final = Table(
    "audit_rows",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("length(hash) = 64", name="hash_is_sha256"),
)
