"""The risks that a release suggests: the survey's part alone, as it was frozen. What came since is at ``/v1/risks``."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from nets.organisation import Level
from nets.reading import PlaceView
from survey_api.api_v1.asked_places import AskedPlaces
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_release
from survey_api.api_v1.paging import Page, Pager
from survey_api.api_v1.releases import ReleaseId
from survey_api.api_v1.suggestions import Outcome, outcome_of
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(tags=["risks"])


class ReleasedRisk(BaseModel):
    """What the rule makes of one placement's scores."""

    release_id: str = Field(examples=["nets-2026-r1"])
    rule_version: str = Field(examples=["risk-2026.2"])
    place_id: str = Field(examples=["P0001"])
    place: str = Field(description="The name of the placement.", examples=["Emergency department"])
    risk: Outcome


class ReleasedRisks(Page[ReleasedRisk]):
    """Placements in the order of the tree and of names: it is no league table."""


@router.get(
    "/releases/{release_id}/risks",
    summary="Risks that a release suggests for placements",
    responses={**NOT_MODIFIED, **problem_responses(404, 422)},
)
def released_risks(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    release_id: ReleaseId,
    asked: Annotated[AskedPlaces, Query()],
) -> ReleasedRisks:
    """The cell that the rule suggests with the reasons in words, or why it suggests none; of other places than placements none."""
    with released(service, reader, release_id) as opened:
        tag_by_release(request, answer, reader, opened.connection, [release_id])
        pager = Pager.of(request, reader, asked)
        placements = [place for place in asked.of(opened) if place.level == Level.PLACEMENT]
        keys = [(place.place_id,) for place in placements]
        span = pager.span(keys)
        views = opened.outlines(placements[span.start : span.stop])
    items = [_risk(release_id, opened.header.rule_version, view) for view in views]
    return ReleasedRisks(items=items, next_cursor=pager.next_cursor(keys, span))


def _risk(release_id: str, rule_version: str, view: PlaceView) -> ReleasedRisk:
    return ReleasedRisk(
        release_id=release_id,
        rule_version=rule_version,
        place_id=view.place_id,
        place=view.name,
        risk=outcome_of(view.record.risk),
    )
