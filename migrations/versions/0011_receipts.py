"""Responses of confidential campaigns can be taken back by their receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    random_id = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
    op.create_table(
        "receipts",
        sa.Column("receipt_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("response_id", random_id, nullable=False),
        sa.PrimaryKeyConstraint("receipt_hash", name=op.f("receipts_key")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("receipts_campaign_id_known")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt_comments",
        sa.Column("receipt_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("comment_id", random_id, nullable=False),
        sa.PrimaryKeyConstraint("receipt_hash", "comment_id", name=op.f("receipt_comments_key")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")
