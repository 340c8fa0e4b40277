"""The tree of places: region > local office > provider > site > placement. A placement is what gets a score."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The levels of the tree, from the top; each organisation's parent is of the level before its own."""

    REGION = "region"
    LOCAL_OFFICE = "local_office"
    PROVIDER = "provider"
    SITE = "site"
    PLACEMENT = "placement"

    @property
    def parent(self) -> "Level | None":
        """The level above, or None at the top."""
        levels = list(Level)
        position = levels.index(self)
        return levels[position - 1] if position else None


@dataclass(frozen=True, slots=True)
class Organisation:
    """One place of the tree. ``id`` is a short permanent code such as ``"P-0042"``; a region has no parent."""

    id: str
    level: Level
    name: str
    parent_id: str | None
