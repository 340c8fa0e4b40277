"""The one way to a place by its id: what lies outside of somebody's scope is not found, as if it were not there."""

from dataclasses import dataclass

from nets.access import Principal, may_see
from nets.errors import NotFound
from nets.organisation import Level, Organisation
from nets.store.database import Connection
from nets.store.organisations import ancestors, get_organisation, list_organisations


@dataclass(frozen=True, slots=True)
class VisiblePlace:
    """A place that somebody may see, with those above it, from its region down."""

    place: Organisation
    above: tuple[Organisation, ...]


def visible_place(connection: Connection, principal: Principal, place_id: str, level: Level) -> VisiblePlace:
    """A place of one level within somebody's scope.

    Raises
    ------
    NotFound
        In the same words for a place that is not there, is of another level or lies outside of the scope.
    """
    unknown = NotFound(f"there is no {level.replace('_', ' ')} {place_id}")
    try:
        place, above = get_organisation(connection, place_id), ancestors(connection, place_id)
    except NotFound:
        raise unknown from None
    if place.level is not level or not may_see(principal, [*(one.id for one in above), place.id]):
        raise unknown
    return VisiblePlace(place, above)


def visible_places(connection: Connection, principal: Principal) -> tuple[VisiblePlace, ...]:
    """Every place within somebody's scope, in the order of names."""
    places = list_organisations(connection)
    by_id = {place.id: place for place in places}
    located = (VisiblePlace(place, _above(place, by_id)) for place in places)
    return tuple(one for one in located if may_see(principal, [*(above.id for above in one.above), one.place.id]))


def _above(place: Organisation, by_id: dict[str, Organisation]) -> tuple[Organisation, ...]:
    found: list[Organisation] = []
    while place.parent_id is not None:
        place = by_id[place.parent_id]
        found.append(place)
    return tuple(reversed(found))
