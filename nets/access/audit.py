"""The audit trail: who did what, in rows of which each holds the hash of the one before.

A row's hash is the sha256 of its own contents and of the hash before it, so a row that is changed, taken out or put in between
breaks the chain from there on. What the chain alone cannot show is that its end was cut off, or that all of it was written anew;
against that its head, the newest number and hash, is noted somewhere else and held to the trail later (``nets audit verify``).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeAlias

FIRST_HASH: Final = "0" * 64
"""What stands for the hash before the first row."""

Details: TypeAlias = Mapping[str, str | int | None]


class Act(StrEnum):
    """What is written down. No act of a learner is among them."""

    ACCOUNT_ADDED = "account added"
    ACCOUNT_CHANGED = "account changed"
    ACCOUNT_DISABLED = "account disabled"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - the name of an act
    SIGNED_IN = "signed in"
    SIGN_IN_FAILED = "sign-in failed"
    SIGNED_OUT = "signed out"
    KEY_ADDED = "key added"
    KEY_REVOKED = "key revoked"
    CAMPAIGN_OPENED = "campaign opened"
    CAMPAIGN_CLOSED = "campaign closed"
    ROSTER_UPLOADED = "roster uploaded"
    INVITATIONS_ADDED = "invitations added"
    INVITATIONS_SENT = "invitations sent"
    REMINDERS_SENT = "reminders sent"
    BOUNCES_NOTED = "bounces noted"
    ADDRESSES_SHOWN = "addresses shown"
    RETEST_OPENED = "retest opened"
    RETEST_DRAWN = "learners drawn for a retest"
    RETEST_SENT = "retest invitations sent"
    RETEST_COMPARED = "two answers compared"
    RETEST_DESTROYED = "retest destroyed"
    RELEASE_MADE = "release made"
    DATA_IMPORTED = "responses imported"
    DATA_EXPORTED = "responses exported"
    EVIDENCE_ENTERED = "evidence entered"
    EVIDENCE_WITHDRAWN = "evidence withdrawn"
    CONCERN_ENTERED = "concern entered"
    CONCERN_STEP = "concern written about"
    COMMENT_REVIEWED = "comment reviewed"
    RISK_ASSESSED = "risk assessed"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act.

    Attributes
    ----------
    number
        1 for the first row, and no number left out.
    at
        The moment in UTC, to the second: ``2026-11-26T03:15:00Z``.
    who
        The name of an account or key; ``command line (root)`` for who works on the machine itself.
    act, about
        What was done, and to what: the name of an account, the id of a campaign.
    details
        What else belongs to it, as canonical JSON.
    hash
        Over all of this and the hash of the row before.
    """

    number: int
    at: str
    who: str
    act: str
    about: str
    details: str
    hash: str


@dataclass(frozen=True, slots=True)
class SoundTrail:
    """A trail without a break; ``n`` rows, of which the newest has this hash."""

    n: int
    head: str


@dataclass(frozen=True, slots=True)
class BrokenTrail:
    """A trail that was tampered with; ``number`` is where the first bad row is or should be."""

    number: int
    why: str


def next_row(before: AuditRow | None, at: datetime, who: str, act: Act, about: str, details: Details) -> AuditRow:
    """The row that follows another, or the first one."""
    number, previous = (before.number + 1, before.hash) if before else (1, FIRST_HASH)
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    written = json.dumps(dict(details), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return AuditRow(number, moment, who, act, about, written, _hash(previous, number, moment, who, act, about, written))


def verify_trail(rows: Iterable[AuditRow], noted: tuple[int, str] | None = None) -> SoundTrail | BrokenTrail:
    """Follow the chain from its first row.

    Parameters
    ----------
    rows
        All of them, by number.
    noted
        Number and hash of a head that was noted earlier: it must still stand there.
    """
    n, head = 0, FIRST_HASH
    for row in rows:
        if row.number != n + 1:
            return BrokenTrail(n + 1, "the row is missing")
        if row.hash != _hash(head, row.number, row.at, row.who, row.act, row.about, row.details):
            return BrokenTrail(row.number, "its contents, or the row before it, are not those its hash was made of")
        n, head = row.number, row.hash
        if noted and noted[0] == n and noted[1] != head:
            return BrokenTrail(n, "its hash is not the one that was noted")
    if noted and noted[0] > n:
        return BrokenTrail(n + 1, f"the trail ends before row {noted[0]}, which was noted")
    return SoundTrail(n, head)


def _hash(previous: str, *contents: str | int) -> str:
    return hashlib.sha256(json.dumps([previous, *contents], ensure_ascii=False).encode()).hexdigest()
