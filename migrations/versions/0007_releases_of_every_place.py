"""A release holds every place of the tree and the nation, not placements alone; releases made before are carried over."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RELEASES_STAY = "a release is never changed or deleted"


def upgrade() -> None:
    op.add_column("releases", sa.Column("nation", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "release_places",
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "place_id", name=op.f("release_places_key")),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("release_places_release_id_known"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(["place_id"], ["organisations.id"], name=op.f("release_places_place_id_known")),
    )
    op.execute("INSERT INTO release_places SELECT release_id, placement_id, document FROM release_placements")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the rows just copied would hold up the triggers below
    op.drop_table("release_placements")
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{RELEASES_STAY}'); END"
        closed = "SELECT 1 FROM releases WHERE id = NEW.release_id"
        op.execute(f"CREATE TRIGGER release_places_stay_on_update BEFORE UPDATE ON release_places {refuse}")
        op.execute(f"CREATE TRIGGER release_places_stay_on_delete BEFORE DELETE ON release_places {refuse}")
        op.execute(
            f"CREATE TRIGGER release_places_stay_on_insert BEFORE INSERT ON release_places WHEN EXISTS ({closed}) {refuse}"
        )
    else:
        refuse = f"EXECUTE FUNCTION refuse_change('{RELEASES_STAY}')"
        op.execute(
            f"CREATE TRIGGER release_places_stay BEFORE UPDATE OR DELETE ON release_places FOR EACH ROW {refuse}"
        )
        op.execute(
            f"CREATE TRIGGER release_places_stay_whole BEFORE TRUNCATE ON release_places FOR EACH STATEMENT {refuse}"
        )
        # The function asks for release_id alone, so it serves the new table as it did the old.
        op.execute("ALTER FUNCTION refuse_placement_of_closed_release() RENAME TO refuse_place_of_closed_release")
        op.execute(
            "CREATE TRIGGER release_places_stay_closed BEFORE INSERT ON release_places "
            "FOR EACH ROW EXECUTE FUNCTION refuse_place_of_closed_release()"
        )


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")
