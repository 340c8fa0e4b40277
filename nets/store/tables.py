"""The tables. Only ``nets.store`` and the migrations know them; the rest of the house sees the domain's records.

What must hold whatever a program does stands in the database itself: foreign keys and checks here, the triggers that keep
published things as they are in ``migrations/versions``.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.types import TypeEngine

metadata: Final = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_once",
        "ck": "%(table_name)s_%(constraint_name)s",
        "fk": "%(table_name)s_%(column_0_name)s_known",
        "pk": "%(table_name)s_key",
    }
)


class RandomId(TypeDecorator[UUID]):
    """A random UUID in sixteen bytes on either engine; SQLAlchemy's own type takes thirty-two characters on SQLite."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[UUID] | TypeEngine[bytes]:
        """The engine's own UUID type where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid())
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> UUID | bytes | None:
        """The value as the driver takes it."""
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: UUID | bytes | None, dialect: Dialect) -> UUID | None:
        """The value as it was bound."""
        return UUID(bytes=value) if isinstance(value, bytes) else value


# A rowid counts up with every insert and PostgreSQL has nothing of the kind, so tables that hold what learners wrote are
# kept WITHOUT ROWID: on SQLite they lie on disk in the order of their random keys, and no column tells who came first.

questionnaire_versions: Final = Table(
    "questionnaire_versions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    CheckConstraint("length(digest) = 64", name="digest_is_sha256"),
)

organisations: Final = Table(
    "organisations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("level", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_id", Text, ForeignKey("organisations.id")),
    # Names of placement, site and provider without case and accents, so that both engines find the same places.
    Column("searched_as", Text, nullable=False),
    CheckConstraint("level IN ('region', 'local_office', 'provider', 'site', 'placement')", name="level"),
    CheckConstraint("(level = 'region') = (parent_id IS NULL)", name="only_regions_stand_alone"),
    Index(None, "parent_id"),
)

campaigns: Final = Table(
    "campaigns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("questionnaire_id", Text, nullable=False),
    Column("questionnaire_version", Text, nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("access_mode", Text, nullable=False),
    Column("anonymity_mode", Text, nullable=False),
    Column("place_floor", Integer, nullable=False),
    Column("breakdown_floor", Integer, nullable=False),
    ForeignKeyConstraint(
        ["questionnaire_id", "questionnaire_version"], ["questionnaire_versions.id", "questionnaire_versions.version"]
    ),
    # What a response refers to, so that it cannot be of another version than its campaign.
    UniqueConstraint("id", "questionnaire_id", "questionnaire_version"),
    CheckConstraint("access_mode IN ('open_link', 'placement_qr', 'invitation', 'imported')", name="access_mode"),
    CheckConstraint("anonymity_mode IN ('anonymous', 'confidential')", name="anonymity_mode"),
    CheckConstraint("closes_on >= opens_on", name="closes_after_opening"),
    CheckConstraint("place_floor >= 3 AND breakdown_floor >= 3", name="floors_of_three"),
)

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
    UniqueConstraint("stop_hash"),
    UniqueConstraint("recipient"),
    Index(None, "person"),
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

submission_keys: Final = Table(
    "submission_keys",
    metadata,
    Column("key_hash", LargeBinary(32), primary_key=True),
    Column("body_mac", LargeBinary(32), nullable=False),
    Column("received_on", Date, nullable=False),
    sqlite_with_rowid=False,
)

drafts: Final = Table(
    "drafts",
    metadata,
    Column("id", LargeBinary(32), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_on", Date, nullable=False),
    sqlite_with_rowid=False,
)

releases: Final = Table(
    "releases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("campaign_id", Text, ForeignKey("campaigns.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("questionnaire_id", Text, nullable=False),
    Column("questionnaire_version", Text, nullable=False),
    Column("rule_version", Text, nullable=False),
    Column("released_on", Date, nullable=False),
    Column("n_responses", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("header", Text, nullable=False),
    # Empty in releases of placements alone, which were made before there were places above them.
    Column("nation", Text, nullable=False, server_default=text("''")),
    ForeignKeyConstraint(
        ["questionnaire_id", "questionnaire_version"], ["questionnaire_versions.id", "questionnaire_versions.version"]
    ),
    UniqueConstraint("campaign_id", "number"),
    CheckConstraint("number >= 1", name="numbered_from_one"),
    CheckConstraint("length(digest) = 64", name="digest_is_sha256"),
)

release_places: Final = Table(
    "release_places",
    metadata,
    # Checked at commit: places are written first and the release closes over them (see the trigger in migration 0007).
    Column("release_id", Text, ForeignKey("releases.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("place_id", Text, ForeignKey("organisations.id"), primary_key=True),
    Column("document", Text, nullable=False),
)

# What simulation says of a release's flags: written once, some time after the release.
release_calibrations: Final = Table(
    "release_calibrations",
    metadata,
    Column("release_id", Text, ForeignKey("releases.id"), primary_key=True),
    Column("level", Text, primary_key=True),
    Column("document", Text, nullable=False),
)

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

# Everything below stays as it was entered or decided (triggers in migration 0005): it is added to, withdrawn, superseded.

evidence: Final = Table(
    "evidence",
    metadata,
    Column("id", Text, primary_key=True),
    Column("place_id", Text, ForeignKey("organisations.id"), nullable=False),
    Column("programme", Text, nullable=False),
    Column("dated_on", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("bearing", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_on", Date, nullable=False),
    CheckConstraint("bearing IN ('adverse', 'context', 'reassuring')", name="bearing"),
    CheckConstraint("dated_on <= entered_on", name="not_still_to_come"),
    Index(None, "place_id"),
)

evidence_withdrawals: Final = Table(
    "evidence_withdrawals",
    metadata,
    Column("evidence_id", Text, ForeignKey("evidence.id"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("withdrawn_by", Text, nullable=False),
    Column("withdrawn_on", Date, nullable=False),
)

# No key to a response, no learner group: a concern is a learner's own choice, apart from the survey.
concerns: Final = Table(
    "concerns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("place_id", Text, ForeignKey("organisations.id"), nullable=False),
    Column("programme", Text, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("is_safety", Boolean, nullable=False),
    Column("about", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("lead_name", Text, nullable=False),
    Column("lead_role", Text, nullable=False),
    Column("lead_at", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_on", Date, nullable=False),
    CheckConstraint("lead_name <> '' AND lead_role <> ''", name="has_a_lead"),
    CheckConstraint("raised_on <= entered_on", name="not_still_to_come"),
    Index(None, "place_id"),
    sqlite_with_rowid=False,
)

concern_steps: Final = Table(
    "concern_steps",
    metadata,
    Column("concern_id", Text, ForeignKey("concerns.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("status", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("taken_by", Text, nullable=False),
    Column("taken_on", Date, nullable=False),
    CheckConstraint("status IN ('open', 'looked_into', 'closed')", name="status"),
    CheckConstraint("number >= 1", name="numbered_from_one"),
)

assessments: Final = Table(
    "assessments",
    metadata,
    Column("place_id", Text, ForeignKey("organisations.id"), primary_key=True),
    Column("programme", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    # None where a concern did not wait for a campaign.
    Column("release_id", Text, ForeignKey("releases.id")),
    Column("rule_version", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("suggestion", Text, nullable=False),
    # As the suggestion has them, once more for the check below; None where it suggests no cell.
    Column("suggested_likelihood", Integer),
    Column("suggested_impact", Integer),
    Column("likelihood", Integer, nullable=False),
    Column("impact", Integer, nullable=False),
    Column("colour", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("interventions", Text, nullable=False),
    Column("supportive", Text, nullable=False),
    Column("confirmed_by", Text, nullable=False),
    Column("confirmed_on", Date, nullable=False),
    CheckConstraint("number >= 1", name="numbered_from_one"),
    CheckConstraint("likelihood BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5", name="on_the_matrix"),
    CheckConstraint("colour IN ('G', 'G/A', 'A', 'A/R', 'R')", name="colour"),
    CheckConstraint("level IN ('high', 'medium', 'low')", name="level"),
    CheckConstraint(
        "reason <> '' OR (suggested_likelihood IS NOT NULL AND suggested_impact IS NOT NULL "
        "AND suggested_likelihood = likelihood AND suggested_impact = impact)",
        name="changed_with_a_reason",
    ),
    CheckConstraint("confirmed_by <> ''", name="confirmed_by_somebody"),
)
