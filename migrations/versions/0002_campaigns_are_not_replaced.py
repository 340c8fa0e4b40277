"""On SQLite, a campaign with responses is not replaced: that changed what it fixes without asking the trigger on updates."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CAMPAIGNS_KEEP = "what a campaign fixes cannot change after its first response"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL has no REPLACE, and its foreign keys cannot be deferred to let a campaign go and come back
    refuse = f"BEGIN SELECT RAISE(ABORT, '{CAMPAIGNS_KEEP}'); END"
    for event, row in (("INSERT", "NEW"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER campaigns_keep_on_{event.lower()} BEFORE {event} ON campaigns "
            f"WHEN EXISTS (SELECT 1 FROM responses WHERE campaign_id = {row}.id) {refuse}"
        )


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")
