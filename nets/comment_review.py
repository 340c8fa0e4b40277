"""What a reviewer makes of a comment before anybody else reads it: shown as it is, shown with words taken out, or withheld.

She may take words out and put none in: what is shown of a comment is what its learner wrote, with ``[…]`` wherever something is
missing. Comments are strings of one learner's own; a decision about one is never changed, a later one takes its place.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from nets.errors import InvalidSetting, Problem

GAP: Final = "[…]"
"""Stands where words were taken out."""

_GAPS: Final = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]")


class Decision(StrEnum):
    """What becomes of a comment."""

    AS_WRITTEN = "as_written"
    REDACTED = "redacted"
    WITHHELD = "withheld"

    @property
    def words(self) -> str:
        """For a sentence."""
        return _WORDS[self]


class WithheldBecause(StrEnum):
    """Why a comment is shown to nobody; one of a few, because a reason in free words could quote the comment."""

    LEARNER = "learner"
    PATIENT = "patient"
    PERSON = "person"
    ABUSIVE = "abusive"
    NOTHING_SAID = "nothing_said"
    OTHER = "other"

    @property
    def words(self) -> str:
        """For a list."""
        return _REASONS[self]


_WORDS: Final = {
    Decision.AS_WRITTEN: "shown as it is",
    Decision.REDACTED: "shown with words taken out",
    Decision.WITHHELD: "withheld",
}
_REASONS: Final = {
    WithheldBecause.LEARNER: "points to a learner",
    WithheldBecause.PATIENT: "points to a patient",
    WithheldBecause.PERSON: "points to another person",
    WithheldBecause.ABUSIVE: "is abusive",
    WithheldBecause.NOTHING_SAID: "says nothing about the placement",
    WithheldBecause.OTHER: "another reason",
}


@dataclass(frozen=True, slots=True)
class Review:
    """One decision about a comment.

    Attributes
    ----------
    comment_id
        The comment's own random id.
    number
        1 for the first decision about it; a later one takes its place.
    words
        What is shown of it; empty where it is withheld.
    reason
        Why it is withheld, a value of ``WithheldBecause``; empty where it is shown.
    """

    comment_id: UUID
    number: int
    decision: Decision
    words: str
    reason: str
    decided_by: str
    decided_on: date

    def is_what(self, other: "Review") -> bool:
        """Whether two decisions come to the same, whatever their numbers, by the same person."""
        return (self.decision, self.words, self.reason, self.decided_by) == (
            other.decision,
            other.words,
            other.reason,
            other.decided_by,
        )


def review(
    comment_id: UUID,
    original: str,
    *,
    before: str,
    number: int,
    decision: str,
    words: str,
    reason: str,
    by: str,
    on: date,
) -> Review:
    """A reviewer's decision about a comment.

    Parameters
    ----------
    original
        What the learner wrote.
    before
        What is shown of it by the last decision that the reviewer has seen; empty without one, and where it is withheld.
    decision, reason
        As they were chosen: values of ``Decision`` and ``WithheldBecause``.
    words
        What is to be shown where words were taken out. A comment is not shown whole where these are neither its own nor those of
        before: whoever took words out and left the choice at the whole comment would show what they meant to hide.

    Raises
    ------
    InvalidSetting
        Naming everything that is wrong.
    """
    if decision not in set(Decision):
        raise InvalidSetting([Problem("decision", "choose what becomes of the comment")])
    match Decision(decision):
        case Decision.AS_WRITTEN:
            shown, why, problems = original, "", _changed(words, original, before)
        case Decision.REDACTED:
            shown, why, problems = _GAPS.sub(GAP, words.strip()), "", not_taken_out_of(original, words)
        case Decision.WITHHELD:
            known = reason in set(WithheldBecause)
            shown, why, problems = "", reason, [] if known else [Problem("reason", "choose why nobody may read it")]
    if problems:
        raise InvalidSetting(problems)
    return Review(comment_id, number, Decision(decision), shown, why, by, on)


def _changed(words: str, *known: str) -> list[Problem]:
    if not words.strip() or words.split() in [one.split() for one in known]:
        return []
    return [Problem("decision", "you have changed the words below: show it with words taken out, or put them back")]


def not_taken_out_of(original: str, words: str) -> list[Problem]:
    """What is wrong with words that should be those of a comment with some taken out, each time with a gap in their place."""
    parts = [" ".join(part.split()) for part in _GAPS.split(words)]
    if not any(parts):
        return [Problem("words", "nothing is left to be shown; withhold the comment instead")]
    if len(parts) == 1:
        return [Problem("words", f"put {GAP} where you take words out; where none are, show the comment as it is")]
    # From the left, each part at its first place: if that leaves no room for the rest, no later place does.
    whole, at = " ".join(original.split()), 0
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        found = len(whole) - len(part) if is_last else whole.find(part, at)
        if found < at or not whole.startswith(part, found) or (number == 0 and found > 0):
            return [Problem("words", f"these are not the learner's words with {GAP} where some are missing; add none")]
        at = found + len(part)
    return []
