"""Placements as learners meet them: by the id of a QR code, with the names above them, and small or not."""

from dataclasses import dataclass
from enum import StrEnum

from nets.campaign import Campaign
from nets.disclosure.shown import ShownScore
from nets.errors import NotFound
from nets.organisation import Level, Organisation
from nets.releases.document import record_from_json
from nets.store.database import Connection
from nets.store.organisations import ancestors, get_organisation
from nets.store.releases import list_releases, read_place
from nets.store.rosters import learners_at
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


class Small(StrEnum):
    """Why a placement is held to be small."""

    FEW_THERE = "few-there"
    FEW_ANSWERED = "few-answered"


def why_small(connection: Connection, campaign: Campaign, placement_id: str) -> Small | None:
    """Why whoever writes about a placement should know that it is small, if it is.

    By the roster, or by how many were invited, where that is known: fewer than the campaign's floor. Else by the newest release, if
    it shows nothing of the placement. Neither is counted from answers: a page that changed with the next one would tell that it had
    come.
    """
    learners = learners_at(connection, campaign, placement_id)
    if learners is not None and 0 < learners < campaign.place_floor:
        return Small.FEW_THERE
    return Small.FEW_ANSWERED if _few_answered(connection, placement_id) else None


def _few_answered(connection: Connection, placement_id: str) -> bool:
    newest = next(iter(list_releases(connection)), None)
    if newest is None:
        return False
    document = read_place(connection, newest.id, placement_id)
    scores = record_from_json(document).scores.values() if document else ()
    return not any(isinstance(score, ShownScore) for score in scores)
