"""The tree of places as a whole: each with those above it, in the order in which places are told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nets.organisation import Level, Organisation
from nets.releases.place_tree import NATION

NATION_NAME: Final = "All placements of the survey"


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place where it stands in the tree, before anything of a release is read.

    Attributes
    ----------
    place_id, name, level
        An organisation's; ``nation`` is id and level of everything together.
    above
        The places above it, from its region down; empty for a region and for the nation.
    """

    place_id: str
    name: str
    level: str
    above: tuple[Organisation, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids from its region down to itself; empty for the nation."""
        return () if self.level == NATION else (*(one.id for one in self.above), self.place_id)

    @property
    def organisation(self) -> Organisation:
        """The place without those above it; the nation is none."""
        return Organisation(self.place_id, Level(self.level), self.name, self.above[-1].id if self.above else None)

    @property
    def region_id(self) -> str:
        """The id of its region, which may be itself; the nation's own."""
        return self.above[0].id if self.above else self.place_id


THE_NATION: Final = NamedPlace(NATION, NATION_NAME, NATION, ())


@dataclass(frozen=True, slots=True)
class Tree:
    """Every place there is.

    Attributes
    ----------
    places
        By id, level by level from the top, each level in the order of the tree and of names; the nation is not among them.
    of_level
        The same by level, in the same order.
    """

    places: Mapping[str, NamedPlace]
    of_level: Mapping[str, Sequence[NamedPlace]]

    @classmethod
    def of(cls, organisations: Iterable[Organisation]) -> "Tree":
        """Of all places, in any order."""
        by_id = {place.id: place for place in organisations}
        named = [NamedPlace(place.id, place.name, place.level, _above(place, by_id)) for place in by_id.values()]
        named.sort(key=lambda one: (len(one.above), [(up.name, up.id) for up in one.above], one.name, one.place_id))
        of_level = {level.value: [place for place in named if place.level == level] for level in Level}
        return cls({place.place_id: place for place in named}, of_level)

    def below(self, top: NamedPlace, level: str | None = None) -> Iterable[NamedPlace]:
        """Every place below one, in order; of one level alone where it is named."""
        places = self.places.values() if level is None else self.of_level.get(level, ())
        if top.level == NATION:
            return places
        depth, top_id = len(top.above), top.place_id
        return (one for one in places if len(one.above) > depth and one.above[depth].id == top_id)


def _above(place: Organisation, by_id: Mapping[str, Organisation]) -> tuple[Organisation, ...]:
    found: list[Organisation] = []
    while place.parent_id is not None:
        place = by_id[place.parent_id]
        found.append(place)
    return tuple(reversed(found))
