"""Flags as a release holds them: the lists that a place is on, for whom its score is low, and what is known of every list."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

SHORT_LIST: Final = 20
LEAST_OF_SHORT: Final = 0.05
LEAST_OF_LONG: Final = 0.01
"""Steps in which the expected share of false ones is told, of lists of fewer than 20 places and of longer ones."""


class LowFor(StrEnum):
    """For whom a placement's score is low: the groups of learners that are large enough to be spoken of."""

    NO_GROUP = "no group"
    ONE_GROUP = "one group"
    SEVERAL_GROUPS = "several groups"
    EVERYONE = "everyone"
    UNTOLD = "cannot be told"


@dataclass(frozen=True, slots=True)
class ScaleFlags:
    """One scale at one place.

    Attributes
    ----------
    lists
        Codes of the lists that the place is on (``flag_rule.flag_questions``).
    low_for
        Whether a low score is one learner group's or everyone's.
    groups
        Codes of the learner groups for which it is low, where that is one or several.
    """

    lists: tuple[str, ...]
    low_for: LowFor
    groups: tuple[str, ...]


NO_FLAGS: Final = ScaleFlags((), LowFor.UNTOLD, ())


@dataclass(frozen=True, slots=True)
class ListSummary:
    """One list over all places of a level.

    Attributes
    ----------
    n_listed
        Places on it.
    false_share
        Expected share of them that are there falsely, 0 for an empty list. Of a short list to a twentieth alone: of a list of one
        place a finer one would say how many learners that has.
    """

    n_listed: int
    false_share: float

    @property
    def falsely(self) -> str:
        """The share in words."""
        return _falsely(self.n_listed, self.false_share)


@dataclass(frozen=True, slots=True)
class ScaleLists:
    """Every list of one scale at one level, by its code."""

    lists: Mapping[str, ListSummary]
    kind: Literal["flagged"] = "flagged"


@dataclass(frozen=True, slots=True)
class NotFlagged:
    """Why no place of a level is held against the others on a scale."""

    reason: str
    kind: Literal["not_flagged"] = "not_flagged"


@dataclass(frozen=True, slots=True)
class SpreadSummary:
    """How many placements something could be said of, for whom they are low, and how much of that is expected to be wrong."""

    n_statements: int
    false_share: float

    @property
    def falsely(self) -> str:
        """The share in words."""
        return _falsely(self.n_statements, self.false_share)


Lists: TypeAlias = ScaleLists | NotFlagged


@dataclass(frozen=True, slots=True)
class FlagSummary:
    """What a release knows of its flags as a whole.

    Attributes
    ----------
    rule_version
        Empty in releases that had no flags.
    levels
        By level and code of the scale.
    spreads
        By code of the scale, of placements; scales of which nothing could be said are not in it.
    """

    rule_version: str
    levels: Mapping[str, Mapping[str, Lists]]
    spreads: Mapping[str, SpreadSummary]


NOTHING_FLAGGED: Final = FlagSummary("", {}, {})


def _falsely(n: int, share: float) -> str:
    """A share of so many, in words: none is without a chance of being wrong, whatever rounding makes of it."""
    least = LEAST_OF_SHORT if n < SHORT_LIST else LEAST_OF_LONG
    return f"under {least:.0%}" if share < least else f"{share:.0%}"
