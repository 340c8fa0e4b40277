"""A campaign: one collection window, with everything that may not change once the first learner has answered."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nets.errors import InvalidSetting, Problem

LOWEST_FLOOR = 3
"""No cell of fewer learners is ever shown, whatever a campaign asks for (product.md, disclosure control)."""


class AccessMode(StrEnum):
    """How learners come in; it stands beside every score because an open link can be stuffed."""

    OPEN_LINK = "open_link"
    PLACEMENT_QR = "placement_qr"
    INVITATION = "invitation"
    IMPORTED = "imported"


class AnonymityMode(StrEnum):
    """Anonymous: no path from a response to a person. Confidential: linkable by a keyed hash, with consent."""

    ANONYMOUS = "anonymous"
    CONFIDENTIAL = "confidential"


@dataclass(frozen=True, slots=True)
class Campaign:
    """One collection window of one questionnaire version.

    Attributes
    ----------
    id
        A short permanent code that stands in links: ``"nets-2026"``.
    opens_on, closes_on
        First and last day on which answers are taken.
    place_floor, breakdown_floor
        Fewest learners in a place's score, and in a breakdown by group or a distribution, that may be shown.
    """

    id: str
    title: str
    questionnaire_id: str
    questionnaire_version: str
    opens_on: date
    closes_on: date
    access_mode: AccessMode
    anonymity_mode: AnonymityMode
    place_floor: int = 5
    breakdown_floor: int = 10

    def __post_init__(self) -> None:
        problems = []
        if not self.id or not all(character.isalnum() or character == "-" for character in self.id) or self.id != self.id.lower():
            problems.append(Problem("id", f"'{self.id}' may hold lower-case letters, digits and hyphens only"))
        if self.closes_on < self.opens_on:
            problems.append(Problem("closes_on", f"{self.closes_on} is before the opening on {self.opens_on}"))
        for name in ("place_floor", "breakdown_floor"):
            if getattr(self, name) < LOWEST_FLOOR:
                problems.append(Problem(name, f"{getattr(self, name)} is below {LOWEST_FLOOR}, the lowest floor there is"))
        if problems:
            raise InvalidSetting(problems)

    def is_open(self, today: date) -> bool:
        """Whether answers are taken on this day."""
        return self.opens_on <= today <= self.closes_on
