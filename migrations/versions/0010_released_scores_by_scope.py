"""On PostgreSQL, released scores are seen within a scope alone, whatever a query asks for: the second wall behind the first."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# The subquery does not depend on the row, so it is run once a query and not once a row.
WITHIN = """
    current_setting('nets.whole', true) = 'yes'
    OR place_id = current_setting('nets.region', true)
    OR place_id IN (
        WITH RECURSIVE below AS (
            SELECT id FROM organisations WHERE id = current_setting('nets.scope', true)
            UNION ALL
            SELECT child.id FROM organisations AS child JOIN below ON child.parent_id = below.id
        )
        SELECT id FROM below
    )
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # it has nothing of the kind
    op.execute("ALTER TABLE release_places ENABLE ROW LEVEL SECURITY")
    # The service may own the tables, and an owner would pass by.
    op.execute("ALTER TABLE release_places FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY release_places_within_scope ON release_places FOR SELECT USING ({WITHIN})")
    op.execute("CREATE POLICY release_places_are_added ON release_places FOR INSERT WITH CHECK (true)")
    # Let through to the triggers, which refuse aloud what would otherwise be done to no row and said to nobody.
    op.execute("CREATE POLICY release_places_are_not_changed ON release_places FOR UPDATE USING (true)")
    op.execute("CREATE POLICY release_places_are_not_deleted ON release_places FOR DELETE USING (true)")


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")
