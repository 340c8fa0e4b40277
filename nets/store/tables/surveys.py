"""What is asked, where and when: questionnaire versions, places, campaigns."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from nets.store.tables.schema import metadata

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
