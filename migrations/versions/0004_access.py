"""Accounts, sessions, API keys, and an audit trail that is appended to and nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AUDIT_STAYS = "the audit trail is never changed"
SCOPE_OF_ROLE = "(role IN ('region', 'local_office', 'provider')) = (scope_id IS NOT NULL)"


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("disabled_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("accounts_key")),
        sa.ForeignKeyConstraint(["scope_id"], ["organisations.id"], name=op.f("accounts_scope_id_known")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("accounts_issuer_subject_once")),
        sa.CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name=op.f("accounts_subject_of_an_issuer")),
        sa.CheckConstraint(
            "role IN ('national', 'region', 'local_office', 'provider', 'survey_manager', 'data_protection')",
            name=op.f("accounts_role"),
        ),
        sa.CheckConstraint(SCOPE_OF_ROLE, name=op.f("accounts_scope_of_role")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("sessions_key")),
        sa.ForeignKeyConstraint(["account_name"], ["accounts.name"], name=op.f("sessions_account_name_known")),
    )
    op.create_index(op.f("sessions_account_name"), "sessions", ["account_name"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=True),
        sa.Column("requests_a_minute", sa.Integer(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("api_keys_key")),
        sa.ForeignKeyConstraint(["scope_id"], ["organisations.id"], name=op.f("api_keys_scope_id_known")),
        sa.CheckConstraint("role IN ('national', 'region', 'local_office', 'provider')", name=op.f("api_keys_role")),
        sa.CheckConstraint(SCOPE_OF_ROLE, name=op.f("api_keys_scope_of_role")),
        sa.CheckConstraint("requests_a_minute >= 1", name=op.f("api_keys_some_requests")),
    )
    op.create_table(
        "audit_rows",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("audit_rows_key")),
        sa.CheckConstraint("length(hash) = 64", name=op.f("audit_rows_hash_is_sha256")),
    )
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{AUDIT_STAYS}'); END"
        op.execute(f"CREATE TRIGGER audit_rows_stay_on_update BEFORE UPDATE ON audit_rows {refuse}")
        op.execute(f"CREATE TRIGGER audit_rows_stay_on_delete BEFORE DELETE ON audit_rows {refuse}")
        # INSERT OR REPLACE deletes without asking a delete trigger.
        op.execute(
            "CREATE TRIGGER audit_rows_stay_on_insert BEFORE INSERT ON audit_rows "
            f"WHEN EXISTS (SELECT 1 FROM audit_rows WHERE number >= NEW.number) {refuse}"
        )
    else:
        refuse = f"EXECUTE FUNCTION refuse_change('{AUDIT_STAYS}')"
        op.execute(f"CREATE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON audit_rows FOR EACH ROW {refuse}")
        op.execute(f"CREATE TRIGGER audit_rows_stay_whole BEFORE TRUNCATE ON audit_rows FOR EACH STATEMENT {refuse}")


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")
