"""The foundation: questionnaires, places, campaigns, responses, drafts and releases, and what may never change in them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

VERSIONS_STAY = "a published questionnaire version is never changed or deleted"
RELEASES_STAY = "a release is never changed or deleted"
CAMPAIGNS_KEEP = "what a campaign fixes cannot change after its first response"

FIXED_FIELDS = (
    "id",
    "questionnaire_id",
    "questionnaire_version",
    "opens_on",
    "closes_on",
    "access_mode",
    "anonymity_mode",
    "place_floor",
    "breakdown_floor",
)


def upgrade() -> None:
    create_tables()
    if op.get_bind().dialect.name == "sqlite":
        create_sqlite_triggers()
    else:
        create_postgresql_triggers()


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")


def create_tables() -> None:
    random_id = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
    op.create_table(
        "questionnaire_versions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("questionnaire_versions_key")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("questionnaire_versions_digest_is_sha256")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("searched_as", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("organisations_key")),
        sa.ForeignKeyConstraint(["parent_id"], ["organisations.id"], name=op.f("organisations_parent_id_known")),
        sa.CheckConstraint(
            "level IN ('region', 'local_office', 'provider', 'site', 'placement')", name=op.f("organisations_level")
        ),
        sa.CheckConstraint(
            "(level = 'region') = (parent_id IS NULL)", name=op.f("organisations_only_regions_stand_alone")
        ),
    )
    op.create_index(op.f("organisations_parent_id"), "organisations", ["parent_id"])
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("questionnaire_id", sa.Text(), nullable=False),
        sa.Column("questionnaire_version", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("access_mode", sa.Text(), nullable=False),
        sa.Column("anonymity_mode", sa.Text(), nullable=False),
        sa.Column("place_floor", sa.Integer(), nullable=False),
        sa.Column("breakdown_floor", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("campaigns_key")),
        sa.ForeignKeyConstraint(
            ["questionnaire_id", "questionnaire_version"],
            ["questionnaire_versions.id", "questionnaire_versions.version"],
            name=op.f("campaigns_questionnaire_id_known"),
        ),
        sa.UniqueConstraint(
            "id",
            "questionnaire_id",
            "questionnaire_version",
            name=op.f("campaigns_id_questionnaire_id_questionnaire_version_once"),
        ),
        sa.CheckConstraint(
            "access_mode IN ('open_link', 'placement_qr', 'invitation', 'imported')", name=op.f("campaigns_access_mode")
        ),
        sa.CheckConstraint("anonymity_mode IN ('anonymous', 'confidential')", name=op.f("campaigns_anonymity_mode")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("campaigns_closes_after_opening")),
        sa.CheckConstraint("place_floor >= 3 AND breakdown_floor >= 3", name=op.f("campaigns_floors_of_three")),
    )
    op.create_table(
        "responses",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("id", random_id, nullable=False),
        sa.Column("questionnaire_id", sa.Text(), nullable=False),
        sa.Column("questionnaire_version", sa.Text(), nullable=False),
        sa.Column("placement_id", sa.Text(), nullable=False),
        sa.Column("learner_group", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "id", name=op.f("responses_key")),
        sa.ForeignKeyConstraint(["placement_id"], ["organisations.id"], name=op.f("responses_placement_id_known")),
        sa.ForeignKeyConstraint(
            ["questionnaire_id", "questionnaire_version"],
            ["questionnaire_versions.id", "questionnaire_versions.version"],
            name=op.f("responses_questionnaire_id_known"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id", "questionnaire_id", "questionnaire_version"],
            ["campaigns.id", "campaigns.questionnaire_id", "campaigns.questionnaire_version"],
            name=op.f("responses_campaign_id_known"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comments",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("id", random_id, nullable=False),
        sa.Column("placement_id", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "id", name=op.f("comments_key")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("comments_campaign_id_known")),
        sa.ForeignKeyConstraint(["placement_id"], ["organisations.id"], name=op.f("comments_placement_id_known")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "submission_keys",
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("body_mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("submission_keys_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("drafts_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Text(), nullable=False),
        sa.Column("questionnaire_version", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("n_responses", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("releases_key")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("releases_campaign_id_known")),
        sa.ForeignKeyConstraint(
            ["questionnaire_id", "questionnaire_version"],
            ["questionnaire_versions.id", "questionnaire_versions.version"],
            name=op.f("releases_questionnaire_id_known"),
        ),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("releases_campaign_id_number_once")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("releases_digest_is_sha256")),
        sa.CheckConstraint("number >= 1", name=op.f("releases_numbered_from_one")),
    )
    op.create_table(
        "release_placements",
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("placement_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "placement_id", name=op.f("release_placements_key")),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("release_placements_release_id_known"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["organisations.id"], name=op.f("release_placements_placement_id_known")
        ),
    )


def create_sqlite_triggers() -> None:
    frozen = {
        # INSERT OR REPLACE deletes without asking a delete trigger, so an insert over a kept row is refused too.
        "questionnaire_versions": (
            VERSIONS_STAY,
            "SELECT 1 FROM questionnaire_versions WHERE id = NEW.id AND version = NEW.version",
        ),
        "releases": (
            RELEASES_STAY,
            "SELECT 1 FROM releases WHERE id = NEW.id OR (campaign_id = NEW.campaign_id AND number = NEW.number)",
        ),
        # The header is written last and closes the release: its placements are refused from then on.
        "release_placements": (RELEASES_STAY, "SELECT 1 FROM releases WHERE id = NEW.release_id"),
    }
    for table, (message, kept) in frozen.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        op.execute(f"CREATE TRIGGER {table}_stay_on_update BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_stay_on_delete BEFORE DELETE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_stay_on_insert BEFORE INSERT ON {table} WHEN EXISTS ({kept}) {refuse}")
    changed = " OR ".join(f"OLD.{field} IS NOT NEW.{field}" for field in FIXED_FIELDS)
    op.execute(
        f"CREATE TRIGGER campaigns_keep BEFORE UPDATE ON campaigns "
        f"WHEN ({changed} OR (OLD.closed_on IS NOT NULL AND OLD.closed_on IS NOT NEW.closed_on)) "
        "AND EXISTS (SELECT 1 FROM responses WHERE campaign_id = OLD.id) "
        f"BEGIN SELECT RAISE(ABORT, '{CAMPAIGNS_KEEP}'); END"
    )


def create_postgresql_triggers() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'restrict_violation';
        END $$
        """
    )
    frozen = {"questionnaire_versions": VERSIONS_STAY, "releases": RELEASES_STAY, "release_placements": RELEASES_STAY}
    for table, message in frozen.items():
        refuse = f"EXECUTE FUNCTION refuse_change('{message}')"
        op.execute(f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}")
        op.execute(f"CREATE TRIGGER {table}_stay_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
    # The header is written last and closes the release: its placements are refused from then on.
    op.execute(
        f"""
        CREATE FUNCTION refuse_placement_of_closed_release() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM releases WHERE id = NEW.release_id) THEN
                RAISE EXCEPTION USING MESSAGE = '{RELEASES_STAY}', ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER release_placements_stay_closed BEFORE INSERT ON release_placements "
        "FOR EACH ROW EXECUTE FUNCTION refuse_placement_of_closed_release()"
    )
    # The lock waits for responses that are being written just now and that a SELECT would not see yet.
    op.execute(
        f"""
        CREATE FUNCTION keep_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            LOCK TABLE responses IN SHARE MODE;
            IF EXISTS (SELECT 1 FROM responses WHERE campaign_id = OLD.id) THEN
                RAISE EXCEPTION USING MESSAGE = '{CAMPAIGNS_KEEP}', ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    changed = " OR ".join(f"OLD.{field} IS DISTINCT FROM NEW.{field}" for field in FIXED_FIELDS)
    op.execute(
        "CREATE TRIGGER campaigns_keep BEFORE UPDATE ON campaigns FOR EACH ROW "
        f"WHEN ({changed} OR (OLD.closed_on IS NOT NULL AND OLD.closed_on IS DISTINCT FROM NEW.closed_on)) "
        "EXECUTE FUNCTION keep_campaign()"
    )
