"""Placements as learners meet them: by the id of a QR code, with the names above them, and small or not."""

from dataclasses import dataclass

from nets.disclosure.shown import ShownScore
from nets.errors import NotFound
from nets.organisation import Level, Organisation
from nets.releases.document import record_from_json
from nets.store.database import Connection
from nets.store.organisations import ancestors, get_organisation
from nets.store.releases import list_releases, read_place
from survey_api.learner.form import short_text


@dataclass(frozen=True, slots=True)
class Place:
    """A placement with the names of its site and provider, so that two wards of one name can be told apart."""

    id: str
    name: str
    above: str


def place(connection: Connection, placement: Organisation) -> Place:
    """A placement as it is shown."""
    above = ancestors(connection, placement.id)[:1:-1]
    return Place(placement.id, placement.name, ", ".join(organisation.name for organisation in above))


def placement_named(connection: Connection, placement_id: str | None) -> Organisation | None:
    """The placement of this id; None for anything that is not one, since a worn QR code must not stop anybody."""
    placement_id = short_text(placement_id)
    if not placement_id:
        return None
    try:
        found = get_organisation(connection, placement_id)
    except NotFound:
        return None
    return found if found.level is Level.PLACEMENT else None


def few_answered(connection: Connection, placement_id: str) -> bool:
    """Whether the newest release shows nothing of a placement, so that whoever writes there now should know it is small.

    It is read from a release and not counted: a page that changed with the next answer would tell that one had come.
    """
    newest = next(iter(list_releases(connection)), None)
    if newest is None:
        return False
    document = read_place(connection, newest.id, placement_id)
    scores = record_from_json(document).scores.values() if document else ()
    return not any(isinstance(score, ShownScore) for score in scores)
