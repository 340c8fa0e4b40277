"""Evidence from outside the survey, entered by staff: dated, of a stated kind, in one sentence, and never overwritten."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from nets.errors import InvalidSetting, Problem

LONGEST_SENTENCE: Final = 300
LONGEST_NAME: Final = 100


class Source(StrEnum):
    """Where evidence comes from."""

    VISIT = "visit"
    MEETING = "meeting"
    REGULATOR = "regulator"
    OTHER_SURVEY = "other_survey"
    SELF_ASSESSMENT = "self_assessment"
    LEARNER_FEEDBACK = "learner_feedback"
    EDUCATOR_FEEDBACK = "educator_feedback"
    INCIDENT = "incident"
    OUTCOMES = "outcomes"
    SERVICE_CHANGE = "service_change"
    OTHER = "other"

    @property
    def words(self) -> str:
        """For a sentence."""
        return self.replace("_", " ")


class Bearing(StrEnum):
    """What evidence says about the risk: it points to one, explains what is found, or speaks against one."""

    ADVERSE = "adverse"
    CONTEXT = "context"
    REASSURING = "reassuring"


@dataclass(frozen=True, slots=True)
class ExternalEvidence:
    """One piece of evidence about a place, or about one programme there.

    Attributes
    ----------
    id
        A random code: ``"ev-3f9a2c1b"``.
    programme
        The programme it is about, such as ``"Diagnostic radiography"``; empty for the whole place.
    dated_on
        The day of the visit, the report, the meeting.
    about
        The subject: a scale's code, or one of the rule's other subjects such as ``"relationship"``.
    sentence
        What was found. Everybody who may see the place reads it, so it names no person.
    entered_by, entered_on
        Who entered it, and when.
    """

    id: str
    place_id: str
    programme: str
    dated_on: date
    source: Source
    bearing: Bearing
    about: str
    sentence: str
    entered_by: str
    entered_on: date

    def __post_init__(self) -> None:
        problems = [
            *not_a_line("sentence", self.sentence, LONGEST_SENTENCE),
            *not_a_line("entered_by", self.entered_by, LONGEST_NAME),
            *not_a_line("programme", self.programme or "-", LONGEST_NAME),
        ]
        if self.dated_on > self.entered_on:
            problems.append(Problem("dated_on", f"{self.dated_on} is still to come on {self.entered_on}"))
        if problems:
            raise InvalidSetting(problems)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Evidence taken back: it stays on record with the reason, and counts no more from this day on."""

    evidence_id: str
    reason: str
    withdrawn_by: str
    withdrawn_on: date

    def __post_init__(self) -> None:
        problems = [
            *not_a_line("reason", self.reason, LONGEST_SENTENCE),
            *not_a_line("withdrawn_by", self.withdrawn_by, LONGEST_NAME),
        ]
        if problems:
            raise InvalidSetting(problems)


def not_a_line(name: str, text: str, longest: int) -> list[Problem]:
    """What is wrong with a text that should be one line of at least one and at most so many characters."""
    if not text.strip():
        return [Problem(name, "is missing")]
    if len(text) > longest or not text.isprintable():
        return [Problem(name, f"is not one line of 1 to {longest} characters")]
    return []


def not_a_subject(about: str, subjects: Collection[str]) -> list[Problem]:
    """What is wrong with a subject that is not among those known."""
    return [] if about in subjects else [Problem("about", f"'{about}' is not one of {', '.join(subjects)}")]
