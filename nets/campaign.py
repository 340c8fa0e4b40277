"""A campaign: one collection window, with everything that may not change once the first learner has answered."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from nets.errors import InvalidSetting, Problem

LOWEST_FLOOR: Final = 3
"""No cell of fewer learners is ever shown, whatever a campaign asks for."""

GRACE: Final = timedelta(days=2)
"""How long after the last day answers are still taken from a learner who had begun: her phone may have had no connection."""

LONGEST_TITLE: Final = 200
_LONGEST_ID: Final = 60
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME_OF_A_RELEASE: Final = re.compile(r".*-r[0-9]+")


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
        A short permanent code that stands in links: ``"nets-2026"``. Releases are called after it: ``"nets-2026-r1"``.
    title
        What pages and releases call it.
    opens_on, closes_on
        First and last day on which answers are taken.
    place_floor, breakdown_floor
        Fewest learners in a place's score, and in a breakdown by group or a distribution, that may be shown.
    closed_on
        The day from which no answers are taken because a person ended the campaign early; None if nobody did.
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
    closed_on: date | None = None

    def __post_init__(self) -> None:
        problems = []
        if not _ID.fullmatch(self.id) or len(self.id) > _LONGEST_ID:
            what = f"may hold lower-case letters, digits and single hyphens between them alone, {_LONGEST_ID} at most"
            problems.append(Problem("id", f"'{self.id[: _LONGEST_ID + 1]}' {what}"))
        elif _NAME_OF_A_RELEASE.fullmatch(self.id):
            problems.append(Problem("id", f"'{self.id}' ends like the name of a release"))
        if not self.title.strip() or len(self.title) > LONGEST_TITLE or not self.title.isprintable():
            problems.append(Problem("title", f"is not one line of 1 to {LONGEST_TITLE} characters"))
        if self.closes_on < self.opens_on:
            problems.append(Problem("closes_on", f"{self.closes_on} is before the opening on {self.opens_on}"))
        problems.extend(
            Problem(name, f"{floor} is below {LOWEST_FLOOR}, the lowest floor there is")
            for name, floor in (("place_floor", self.place_floor), ("breakdown_floor", self.breakdown_floor))
            if floor < LOWEST_FLOOR
        )
        if problems:
            raise InvalidSetting(problems)

    def is_open(self, today: date) -> bool:
        """Whether answers are taken on this day."""
        return self.opens_on <= today <= self.closes_on and (self.closed_on is None or today < self.closed_on)

    @property
    def last_day(self) -> date:
        """The last whole day on which answers are taken; of a campaign that was closed on its first day the day before."""
        return self.closes_on if self.closed_on is None else min(self.closes_on, self.closed_on - timedelta(days=1))

    @property
    def was_closed_early(self) -> bool:
        """Whether a person ended it no later than on its planned last day."""
        return self.closed_on is not None and self.closed_on <= self.closes_on

    @property
    def ending(self) -> str:
        """How it came to an end, in words. On the day on which it was closed it may have taken answers until then."""
        if self.was_closed_early:
            return f"it was closed on {self.closed_on}"
        return f"its last day was {self.closes_on}"

    def takes_late(self, today: date) -> bool:
        """Whether the campaign has closed, but so lately that what was begun before may still be sent.

        Never of one that was closed on its first day: no day is left that the answers could be of.
        """
        return self.opens_on <= self.last_day < today <= self.last_day + GRACE
