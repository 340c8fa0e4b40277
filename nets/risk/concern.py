"""Concerns: what one learner or one member of staff fears, brought to a named lead outside the provider. One is enough.

A concern is apart from the survey: nothing joins it to a response. Its sentence is for the national role, the local office and
its lead; a risk's reasons and record hold only that there is one (``ConcernNotice``).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from nets.errors import InvalidSetting, Problem
from nets.organisation import Level
from nets.risk.external_evidence import LONGEST_NAME, not_a_line

NATIONAL: Final = "national"
"""Where a lead sits who belongs to no region."""

LONGEST_CONCERN: Final = 1_000
_OUTSIDE_EVERY_PROVIDER: Final = (Level.REGION, Level.LOCAL_OFFICE)


class ConcernStatus(StrEnum):
    """How far the lead has got."""

    OPEN = "open"
    LOOKED_INTO = "looked_into"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Lead:
    """The person a concern goes to. ``sits_at`` is a region or local office by its id, or ``"national"``."""

    name: str
    role: str
    sits_at: str


@dataclass(frozen=True, slots=True)
class ConcernStep:
    """A change of status, with a note for those who may read the concern; steps follow each other and none is changed."""

    concern_id: str
    number: int
    status: ConcernStatus
    note: str
    taken_by: str
    taken_on: date

    def __post_init__(self) -> None:
        problems = [
            *not_a_line("note", self.note, LONGEST_CONCERN),
            *not_a_line("taken_by", self.taken_by, LONGEST_NAME),
        ]
        if problems:
            raise InvalidSetting(problems)


@dataclass(frozen=True, slots=True)
class ConcernNotice:
    """That there is a concern, for anybody who may see the place's risk."""

    id: str
    about: str
    is_safety: bool


@dataclass(frozen=True, slots=True)
class Concern:
    """One concern about a place, or about one programme there.

    Attributes
    ----------
    id
        A random code: ``"co-3f9a2c1b"``.
    is_safety
        Whether learners or patients may come to harm.
    about
        The subject, as for evidence.
    """

    id: str
    place_id: str
    programme: str
    raised_on: date
    is_safety: bool
    about: str
    sentence: str
    lead: Lead
    entered_by: str
    entered_on: date

    def __post_init__(self) -> None:
        problems = [
            *not_a_line("sentence", self.sentence, LONGEST_CONCERN),
            *not_a_line("lead", self.lead.name, LONGEST_NAME),
            *not_a_line("lead_role", self.lead.role, LONGEST_NAME),
            *not_a_line("entered_by", self.entered_by, LONGEST_NAME),
            *not_a_line("programme", self.programme or "-", LONGEST_NAME),
        ]
        if self.raised_on > self.entered_on:
            problems.append(Problem("raised_on", f"{self.raised_on} is still to come on {self.entered_on}"))
        if problems:
            raise InvalidSetting(problems)

    @property
    def notice(self) -> ConcernNotice:
        """What may be told of it."""
        return ConcernNotice(self.id, self.about, self.is_safety)


def not_outside_the_provider(sits_at: str, level: Level | None) -> list[Problem]:
    """What is wrong with where a lead sits, given the level of that place; None for a place that is not there."""
    if sits_at == NATIONAL or level in _OUTSIDE_EVERY_PROVIDER:
        return []
    if level is None:
        return [
            Problem("lead_at", f"there is no place {sits_at}; a lead sits at a local office, a region or '{NATIONAL}'")
        ]
    what = f"{sits_at} is a {level.replace('_', ' ')}; a concern goes to a lead outside the provider"
    return [Problem("lead_at", f"{what}: at a local office, a region or '{NATIONAL}'")]
