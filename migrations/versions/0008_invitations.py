"""The participation ledger: who is invited, whether she has answered, and nothing that leads from her to what she said."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("stop_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("person", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recipient", sa.LargeBinary(length=32), nullable=False),
        sa.Column("placement_id", sa.Text(), nullable=False),
        sa.Column("learner_group", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("invitations_key")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("invitations_campaign_id_known")),
        sa.ForeignKeyConstraint(["placement_id"], ["organisations.id"], name=op.f("invitations_placement_id_known")),
        sa.UniqueConstraint("stop_hash", name=op.f("invitations_stop_hash_once")),
        sa.UniqueConstraint("recipient", name=op.f("invitations_recipient_once")),
        sa.CheckConstraint(
            "state IN ('new', 'sending', 'sent', 'bounced', 'opted_out')", name=op.f("invitations_state")
        ),
        sa.CheckConstraint("messages >= 0", name=op.f("invitations_not_negative")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("invitations_campaign_id"), "invitations", ["campaign_id"])
    op.create_index(op.f("invitations_person"), "invitations", ["person"])
    op.create_table(
        "answered_invitations",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("stop_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("person", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recipient", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("answered_invitations_key")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("answered_invitations_campaign_id_known")),
        sa.UniqueConstraint("stop_hash", name=op.f("answered_invitations_stop_hash_once")),
        sa.UniqueConstraint("recipient", name=op.f("answered_invitations_recipient_once")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invited_learners",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("placement_id", sa.Text(), nullable=False),
        sa.Column("learner_group", sa.Text(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "placement_id", "learner_group", name=op.f("invited_learners_key")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("invited_learners_campaign_id_known")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["organisations.id"], name=op.f("invited_learners_placement_id_known")
        ),
        sa.CheckConstraint("answered >= 0 AND answered <= invited", name=op.f("invited_learners_no_more_than_invited")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")
