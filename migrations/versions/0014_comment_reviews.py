"""Comments go with releases, and are read once a reviewer has decided about them; within a scope alone, as scores are."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# A learner may take a comment back, so rows are deleted, and none is made to say something else.
UNCHANGED = {
    "released_comments": ("a comment that went with a release stays as it was", ("release_id", "comment_id")),
    "comment_reviews": ("a decision about a comment is never changed", ("comment_id", "number")),
}
# As of released scores (see migration 0010), but for the region beside one's own: it has no comments of its own.
WITHIN = """
    current_setting('nets.whole', true) = 'yes'
    OR placement_id IN (
        WITH RECURSIVE below AS (
            SELECT id FROM organisations WHERE id = current_setting('nets.scope', true)
            UNION ALL
            SELECT child.id FROM organisations AS child JOIN below ON child.parent_id = below.id
        )
        SELECT id FROM below
    )
"""


def upgrade() -> None:
    create_tables()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, (message, key) in UNCHANGED.items():
        if is_sqlite:
            same = " AND ".join(f"{column} = NEW.{column}" for column in key)
            refuse = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            op.execute(f"CREATE TRIGGER {table}_stay_on_update BEFORE UPDATE ON {table} {refuse}")
            # INSERT OR REPLACE deletes the row that it replaces.
            op.execute(
                f"CREATE TRIGGER {table}_stay_on_insert BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
            )
        else:
            refuse = f"EXECUTE FUNCTION refuse_change('{message}')"
            op.execute(f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} FOR EACH ROW {refuse}")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_within_scope ON {table} FOR SELECT USING ({WITHIN})")
            op.execute(f"CREATE POLICY {table}_are_added ON {table} FOR INSERT WITH CHECK (true)")
            op.execute(f"CREATE POLICY {table}_are_not_changed ON {table} FOR UPDATE USING (true)")
            op.execute(f"CREATE POLICY {table}_are_taken_back ON {table} FOR DELETE USING (true)")


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")


def create_tables() -> None:
    random_id = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
    op.create_table(
        "released_comments",
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("comment_id", random_id, nullable=False),
        sa.Column("placement_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "comment_id", name=op.f("released_comments_key")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("released_comments_release_id_known")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["organisations.id"], name=op.f("released_comments_placement_id_known")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comment_reviews",
        sa.Column("comment_id", random_id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", "number", name=op.f("comment_reviews_key")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["organisations.id"], name=op.f("comment_reviews_placement_id_known")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("comment_reviews_numbered_from_one")),
        sa.CheckConstraint("decision IN ('as_written', 'redacted', 'withheld')", name=op.f("comment_reviews_decision")),
        sa.CheckConstraint(
            "(decision = 'withheld') = (words = '')", name=op.f("comment_reviews_withheld_without_words")
        ),
        sa.CheckConstraint(
            "(decision = 'withheld') = (reason <> '')", name=op.f("comment_reviews_withheld_with_a_reason")
        ),
        sa.CheckConstraint("decided_by <> ''", name=op.f("comment_reviews_decided_by_somebody")),
        sqlite_with_rowid=False,
    )
