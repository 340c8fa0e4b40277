"""Learners who agreed are asked once more; a key that can be destroyed is all that links their two answers."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    random_id = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
    op.create_table(
        "retests",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("compared_on", sa.Date(), nullable=True),
        sa.Column("destroyed_on", sa.Date(), nullable=True),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("stable", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("retests_key")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("retests_campaign_id_known")),
        sa.CheckConstraint("share BETWEEN 1 AND 100", name=op.f("retests_share_in_per_cent")),
        sa.CheckConstraint(
            "(destroyed_on IS NULL) = (length(sealed_key) > 0)", name=op.f("retests_destroyed_without_key")
        ),
        sa.CheckConstraint("destroyed_on IS NULL OR length(public_key) = 0", name=op.f("retests_destroyed_whole")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "retest_consents",
        sa.Column("id", random_id, nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("person", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("retest_consents_key")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("retest_consents_campaign_id_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'drawn', 'not_drawn', 'too_late', 'stopped', 'withdrawn')",
            name=op.f("retest_consents_state"),
        ),
        sa.CheckConstraint(
            "state = 'waiting' OR length(sealed) = 0", name=op.f("retest_consents_forgotten_when_decided")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("retest_consents_campaign_id"), "retest_consents", ["campaign_id"])
    op.create_index(op.f("retest_consents_person"), "retest_consents", ["person"])
    op.create_table(
        "retest_answers",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("id", random_id, nullable=False),
        sa.Column("link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "id", name=op.f("retest_answers_key")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("retest_answers_campaign_id_known")),
        sa.CheckConstraint(
            "change IN ('stable', 'changed', 'cannot_say', 'not_said')", name=op.f("retest_answers_change")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("retest_answers_link"), "retest_answers", ["link"], unique=True)
    op.add_column("invitations", sa.Column("link", sa.LargeBinary(length=32), nullable=True))
    op.create_index(op.f("invitations_link"), "invitations", ["link"], unique=True)


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")
