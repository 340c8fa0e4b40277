"""The tables. Only ``nets.store`` and the migrations know them; the rest of the house sees the domain's records.

What must hold whatever a program does stands in the database itself: foreign keys and checks here, the triggers that keep
published things as they are in ``migrations/versions``.
"""

from nets.store.tables.access import accounts, api_keys, audit_rows, sessions
from nets.store.tables.answers import comments, receipt_comments, receipts, responses
from nets.store.tables.assessments import assessments, concern_steps, concerns, evidence, evidence_withdrawals
from nets.store.tables.participation import answered_invitations, break_offs, invitations, invited_learners, rosters
from nets.store.tables.releases import release_calibrations, release_places, release_sums, releases
from nets.store.tables.retests import retest_answers, retest_consents, retests
from nets.store.tables.reviews import comment_reviews, released_comments
from nets.store.tables.schema import RandomId, metadata
from nets.store.tables.submissions import drafts, submission_keys
from nets.store.tables.surveys import campaigns, organisations, questionnaire_versions

__all__ = [
    "RandomId",
    "accounts",
    "answered_invitations",
    "api_keys",
    "assessments",
    "audit_rows",
    "break_offs",
    "campaigns",
    "comment_reviews",
    "comments",
    "concern_steps",
    "concerns",
    "drafts",
    "evidence",
    "evidence_withdrawals",
    "invitations",
    "invited_learners",
    "metadata",
    "organisations",
    "questionnaire_versions",
    "receipt_comments",
    "receipts",
    "release_calibrations",
    "release_places",
    "release_sums",
    "released_comments",
    "releases",
    "responses",
    "retest_answers",
    "retest_consents",
    "retests",
    "rosters",
    "sessions",
    "submission_keys",
]
