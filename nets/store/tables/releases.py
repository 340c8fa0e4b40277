"""Frozen scores."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from nets.store.tables.schema import metadata

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

# Exact sums behind a release, which its successor needs; no page, interface or export reads them.
release_sums: Final = Table(
    "release_sums",
    metadata,
    Column("release_id", Text, ForeignKey("releases.id"), primary_key=True),
    Column("document", LargeBinary, nullable=False),
)

# What simulation says of a release's flags: written once, some time after the release.
release_calibrations: Final = Table(
    "release_calibrations",
    metadata,
    Column("release_id", Text, ForeignKey("releases.id"), primary_key=True),
    Column("level", Text, primary_key=True),
    Column("document", Text, nullable=False),
)
