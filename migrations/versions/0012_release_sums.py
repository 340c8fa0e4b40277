"""Exact sums behind a release, for its successors alone: written once with the release and never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SUMS_STAY = "the sums behind a release are never changed or deleted"


def upgrade() -> None:
    op.create_table(
        "release_sums",
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", name=op.f("release_sums_key")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("release_sums_release_id_known")),
    )
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{SUMS_STAY}'); END"
        kept = "SELECT 1 FROM release_sums WHERE release_id = NEW.release_id"
        for act in ("update", "delete"):
            op.execute(f"CREATE TRIGGER release_sums_stay_on_{act} BEFORE {act.upper()} ON release_sums {refuse}")
        # INSERT OR REPLACE deletes without asking the trigger above.
        op.execute(
            f"CREATE TRIGGER release_sums_stay_on_insert BEFORE INSERT ON release_sums WHEN EXISTS ({kept}) {refuse}"
        )
    else:
        refuse = f"EXECUTE FUNCTION refuse_change('{SUMS_STAY}')"
        op.execute(f"CREATE TRIGGER release_sums_stay BEFORE UPDATE OR DELETE ON release_sums FOR EACH ROW {refuse}")
        op.execute(
            f"CREATE TRIGGER release_sums_stay_whole BEFORE TRUNCATE ON release_sums FOR EACH STATEMENT {refuse}"
        )
        # Nobody within a scope sees them (see migration 0010).
        op.execute("ALTER TABLE release_sums ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE release_sums FORCE ROW LEVEL SECURITY")
        whole = "current_setting('nets.whole', true) = 'yes'"
        op.execute(f"CREATE POLICY release_sums_for_releases ON release_sums FOR SELECT USING ({whole})")
        op.execute("CREATE POLICY release_sums_are_added ON release_sums FOR INSERT WITH CHECK (true)")
        op.execute("CREATE POLICY release_sums_are_not_changed ON release_sums FOR UPDATE USING (true)")
        op.execute("CREATE POLICY release_sums_are_not_deleted ON release_sums FOR DELETE USING (true)")


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")
