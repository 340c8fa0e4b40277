"""External evidence, concerns and risk assessments: only ever added to, so that every colour can be traced back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# The keys are those by which SQLite's INSERT OR REPLACE would take a row's place without asking a trigger on deletes.
KEPT = {
    "evidence": ("what was entered as evidence is never changed or deleted", ("id",)),
    "evidence_withdrawals": ("a withdrawal of evidence is never changed or deleted", ("evidence_id",)),
    "assessments": ("an assessment is never changed or deleted", ("place_id", "programme", "number")),
}
# What a learner wrote may have to be erased one day, but it is never made to say something else.
UNCHANGED = {
    "concerns": ("a concern is never changed", ("id",)),
    "concern_steps": ("what was done about a concern is never changed", ("concern_id", "number")),
}


def upgrade() -> None:
    create_tables()
    create_triggers(op.get_bind().dialect.name)


def downgrade() -> None:
    raise RuntimeError("Migrations only go forward; to go back, restore the backup taken before the upgrade.")


def create_tables() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("bearing", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("evidence_key")),
        sa.ForeignKeyConstraint(["place_id"], ["organisations.id"], name=op.f("evidence_place_id_known")),
        sa.CheckConstraint("bearing IN ('adverse', 'context', 'reassuring')", name=op.f("evidence_bearing")),
        sa.CheckConstraint("dated_on <= entered_on", name=op.f("evidence_not_still_to_come")),
    )
    op.create_index(op.f("evidence_place_id"), "evidence", ["place_id"])
    op.create_table(
        "evidence_withdrawals",
        sa.Column("evidence_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("evidence_withdrawals_key")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("evidence_withdrawals_evidence_id_known")),
    )
    op.create_table(
        "concerns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("is_safety", sa.Boolean(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("lead_name", sa.Text(), nullable=False),
        sa.Column("lead_role", sa.Text(), nullable=False),
        sa.Column("lead_at", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("concerns_key")),
        sa.ForeignKeyConstraint(["place_id"], ["organisations.id"], name=op.f("concerns_place_id_known")),
        sa.CheckConstraint("lead_name <> '' AND lead_role <> ''", name=op.f("concerns_has_a_lead")),
        sa.CheckConstraint("raised_on <= entered_on", name=op.f("concerns_not_still_to_come")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("concerns_place_id"), "concerns", ["place_id"])
    op.create_table(
        "concern_steps",
        sa.Column("concern_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("concern_id", "number", name=op.f("concern_steps_key")),
        sa.ForeignKeyConstraint(["concern_id"], ["concerns.id"], name=op.f("concern_steps_concern_id_known")),
        sa.CheckConstraint("status IN ('open', 'looked_into', 'closed')", name=op.f("concern_steps_status")),
        sa.CheckConstraint("number >= 1", name=op.f("concern_steps_numbered_from_one")),
    )
    op.create_table(
        "assessments",
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Text(), nullable=True),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("suggestion", sa.Text(), nullable=False),
        sa.Column("suggested_likelihood", sa.Integer(), nullable=True),
        sa.Column("suggested_impact", sa.Integer(), nullable=True),
        sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("interventions", sa.Text(), nullable=False),
        sa.Column("supportive", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("place_id", "programme", "number", name=op.f("assessments_key")),
        sa.ForeignKeyConstraint(["place_id"], ["organisations.id"], name=op.f("assessments_place_id_known")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("assessments_release_id_known")),
        sa.CheckConstraint("number >= 1", name=op.f("assessments_numbered_from_one")),
        sa.CheckConstraint(
            "likelihood BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5", name=op.f("assessments_on_the_matrix")
        ),
        sa.CheckConstraint("colour IN ('G', 'G/A', 'A', 'A/R', 'R')", name=op.f("assessments_colour")),
        sa.CheckConstraint("level IN ('high', 'medium', 'low')", name=op.f("assessments_level")),
        sa.CheckConstraint(
            "reason <> '' OR (suggested_likelihood IS NOT NULL AND suggested_impact IS NOT NULL "
            "AND suggested_likelihood = likelihood AND suggested_impact = impact)",
            name=op.f("assessments_changed_with_a_reason"),
        ),
        sa.CheckConstraint("confirmed_by <> ''", name=op.f("assessments_confirmed_by_somebody")),
    )


def create_triggers(engine: str) -> None:
    for table, (message, key) in (KEPT | UNCHANGED).items():
        events = ("UPDATE", "DELETE") if table in KEPT else ("UPDATE",)
        if engine == "sqlite":
            same = " AND ".join(f"{column} = NEW.{column}" for column in key)
            refuse = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for event in events:
                op.execute(f"CREATE TRIGGER {table}_stay_on_{event.lower()} BEFORE {event} ON {table} {refuse}")
            op.execute(
                f"CREATE TRIGGER {table}_stay_on_insert BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
            )
        else:
            refuse = f"EXECUTE FUNCTION refuse_change('{message}')"
            op.execute(f"CREATE TRIGGER {table}_stay BEFORE {' OR '.join(events)} ON {table} FOR EACH ROW {refuse}")
            if table in KEPT:
                op.execute(f"CREATE TRIGGER {table}_stay_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
