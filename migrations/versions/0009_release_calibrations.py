"""What simulation says of how often a release's flags are wrong: beside the release, written once and never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CALIBRATIONS_STAY = "the calibration of a release is never changed or deleted"


def upgrade() -> None:
    op.create_table(
        "release_calibrations",
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "level", name=op.f("release_calibrations_key")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("release_calibrations_release_id_known")),
    )
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{CALIBRATIONS_STAY}'); END"
        kept = "SELECT 1 FROM release_calibrations WHERE release_id = NEW.release_id AND level = NEW.level"
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER release_calibrations_stay_on_{act} BEFORE {act.upper()} ON release_calibrations {refuse}"
            )
        # INSERT OR REPLACE deletes without asking the trigger above.
        op.execute(
            "CREATE TRIGGER release_calibrations_stay_on_insert BEFORE INSERT ON release_calibrations "
            f"WHEN EXISTS ({kept}) {refuse}"
        )
    else:
        refuse = f"EXECUTE FUNCTION refuse_change('{CALIBRATIONS_STAY}')"
        op.execute(
            f"CREATE TRIGGER release_calibrations_stay BEFORE UPDATE OR DELETE ON release_calibrations FOR EACH ROW {refuse}"
        )
        op.execute(
            "CREATE TRIGGER release_calibrations_stay_whole BEFORE TRUNCATE ON release_calibrations "
            f"FOR EACH STATEMENT {refuse}"
        )


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")
