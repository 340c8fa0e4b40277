"""Rosters: how many learners of each group a placement has, which makes a response rate of a number of responses."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rosters",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("placement_id", sa.Text(), nullable=False),
        sa.Column("learner_group", sa.Text(), nullable=False),
        sa.Column("learners", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "placement_id", "learner_group", name=op.f("rosters_key")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("rosters_campaign_id_known")),
        sa.ForeignKeyConstraint(["placement_id"], ["organisations.id"], name=op.f("rosters_placement_id_known")),
        sa.CheckConstraint("learners >= 0", name=op.f("rosters_not_negative")),
    )


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")
