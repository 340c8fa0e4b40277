"""The tree of places as far as the reader's scope goes: region, local office, provider, site, placement."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from nets.errors import NotFound
from nets.organisation import Level
from nets.reading import place_seen, places_within
from nets.releases.place_tree import NATION
from nets.tree import NamedPlace
from survey_api.api_v1.asked_places import PlaceId
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_content
from survey_api.api_v1.paging import Page, Paged, Pager
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/organisations", tags=["organisations"])

PlaceInPath = Annotated[
    str, Path(pattern=r"^[!-~]{1,64}$", description="Id of the place.", openapi_examples={"demo": {"value": "P0001"}})
]


class AskedOrganisations(Paged):
    """Places by level, or below another."""

    level: Level | None = Field(default=None, description="Places of this level alone.", examples=["placement"])
    under: PlaceId | None = Field(
        default=None, description="Places below this one, by its id, without itself.", examples=["T001"]
    )


class PlaceAbove(BaseModel):
    """A place above another."""

    id: str = Field(examples=["T001"])
    name: str = Field(examples=["Alderwick University Hospitals"])
    level: Level = Field(examples=["provider"])


class OrganisationOfTree(BaseModel):
    """One place."""

    id: str = Field(description="A short permanent code.", examples=["P0001"])
    name: str = Field(examples=["Emergency department"])
    level: Level = Field(examples=["placement"])
    above: list[PlaceAbove] = Field(description="The places above it, from its region down.")


class Organisations(Page[OrganisationOfTree]):
    """Places, level by level from the top, each level in the order of the tree and of names."""


@router.get("", summary="Places", responses={**NOT_MODIFIED, **problem_responses(404, 422)})
def organisations(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    asked: Annotated[AskedOrganisations, Query()],
) -> Organisations:
    """Those of the reader's scope, whether or not anybody answered about them."""
    pager = Pager.of(request, reader, asked)
    with service.database.within(reader.scope).read() as connection:
        found = [
            place for place in places_within(connection, reader, asked.level, asked.under) if place.level != NATION
        ]
    keys = [(place.place_id,) for place in found]
    span = pager.span(keys)
    page = Organisations(items=[_organisation(found[at]) for at in span], next_cursor=pager.next_cursor(keys, span))
    tag_by_content(request, answer, page)
    return page


@router.get("/{place_id}", summary="One place", responses={**NOT_MODIFIED, **problem_responses(404)})
def organisation(
    request: Request, answer: Response, service: ServiceHere, reader: ScoreReader, place_id: PlaceInPath
) -> OrganisationOfTree:
    """A place of the reader's scope, or her own region."""
    with service.database.within(reader.scope).read() as connection:
        seen = place_seen(connection, reader, place_id)
    if seen.level == NATION:
        raise NotFound("the nation is no place of the tree")
    found = _organisation(seen)
    tag_by_content(request, answer, found)
    return found


def _organisation(place: NamedPlace) -> OrganisationOfTree:
    return OrganisationOfTree(
        id=place.place_id,
        name=place.name,
        level=Level(place.level),
        above=[PlaceAbove(id=one.id, name=one.name, level=one.level) for one in place.above],
    )
