"""Evidence, concerns and risk assessments."""

from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table, Text

from nets.store.tables.schema import metadata

# Everything below stays as it was entered or decided (triggers in migration 0005): it is added to, withdrawn, superseded.

evidence: Final = Table(
    "evidence",
    metadata,
    Column("id", Text, primary_key=True),
    Column("place_id", Text, ForeignKey("organisations.id"), nullable=False),
    Column("programme", Text, nullable=False),
    Column("dated_on", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("bearing", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_on", Date, nullable=False),
    CheckConstraint("bearing IN ('adverse', 'context', 'reassuring')", name="bearing"),
    CheckConstraint("dated_on <= entered_on", name="not_still_to_come"),
    Index(None, "place_id"),
)

evidence_withdrawals: Final = Table(
    "evidence_withdrawals",
    metadata,
    Column("evidence_id", Text, ForeignKey("evidence.id"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("withdrawn_by", Text, nullable=False),
    Column("withdrawn_on", Date, nullable=False),
)

# No key to a response, no learner group: a concern is a learner's own choice, apart from the survey.
concerns: Final = Table(
    "concerns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("place_id", Text, ForeignKey("organisations.id"), nullable=False),
    Column("programme", Text, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("is_safety", Boolean, nullable=False),
    Column("about", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("lead_name", Text, nullable=False),
    Column("lead_role", Text, nullable=False),
    Column("lead_at", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_on", Date, nullable=False),
    CheckConstraint("lead_name <> '' AND lead_role <> ''", name="has_a_lead"),
    CheckConstraint("raised_on <= entered_on", name="not_still_to_come"),
    Index(None, "place_id"),
    sqlite_with_rowid=False,
)

concern_steps: Final = Table(
    "concern_steps",
    metadata,
    Column("concern_id", Text, ForeignKey("concerns.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("status", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("taken_by", Text, nullable=False),
    Column("taken_on", Date, nullable=False),
    CheckConstraint("status IN ('open', 'looked_into', 'closed')", name="status"),
    CheckConstraint("number >= 1", name="numbered_from_one"),
)

assessments: Final = Table(
    "assessments",
    metadata,
    Column("place_id", Text, ForeignKey("organisations.id"), primary_key=True),
    Column("programme", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    # None where a concern did not wait for a campaign.
    Column("release_id", Text, ForeignKey("releases.id")),
    Column("rule_version", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("suggestion", Text, nullable=False),
    # As the suggestion has them, once more for the check below; None where it suggests no cell.
    Column("suggested_likelihood", Integer),
    Column("suggested_impact", Integer),
    Column("likelihood", Integer, nullable=False),
    Column("impact", Integer, nullable=False),
    Column("colour", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("interventions", Text, nullable=False),
    Column("supportive", Text, nullable=False),
    Column("confirmed_by", Text, nullable=False),
    Column("confirmed_on", Date, nullable=False),
    CheckConstraint("number >= 1", name="numbered_from_one"),
    CheckConstraint("likelihood BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5", name="on_the_matrix"),
    CheckConstraint("colour IN ('G', 'G/A', 'A', 'A/R', 'R')", name="colour"),
    CheckConstraint("level IN ('high', 'medium', 'low')", name="level"),
    CheckConstraint(
        "reason <> '' OR (suggested_likelihood IS NOT NULL AND suggested_impact IS NOT NULL "
        "AND suggested_likelihood = likelihood AND suggested_impact = impact)",
        name="changed_with_a_reason",
    ),
    CheckConstraint("confirmed_by <> ''", name="confirmed_by_somebody"),
)
