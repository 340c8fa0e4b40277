"""Break-offs: for each step of a campaign's path how many learners reached it and how many of them went on."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "break_offs",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("went_on", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "step", name=op.f("break_offs_key")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("break_offs_campaign_id_known")),
        sa.CheckConstraint("reached >= 0 AND went_on >= 0", name=op.f("break_offs_not_negative")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")
