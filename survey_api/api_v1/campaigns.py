"""Campaigns as those see them who read scores: what was asked, when, how learners came in, and the releases of each."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from nets.store.campaigns import list_campaigns
from nets.store.releases import list_releases
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_content
from survey_api.api_v1.paging import Page, Paged, Pager
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/campaigns", tags=["campaigns"])


class CampaignInList(BaseModel):
    """One collection window of one questionnaire version."""

    id: str = Field(examples=["nets-2026"])
    title: str = Field(examples=["National Education and Training Survey 2026"])
    year: int = Field(description="The year in which it opened.", examples=[2026])
    questionnaire: str = Field(
        description="Where the questionnaire's document is.", examples=["/v1/questionnaires/nets/2026.1"]
    )
    opens_on: date = Field(examples=["2026-01-01"])
    closes_on: date = Field(description="The last day on which answers were taken or are.", examples=["2026-12-31"])
    access_mode: str = Field(description="How learners come in; an open link can be stuffed.", examples=["open_link"])
    anonymity_mode: str = Field(examples=["anonymous"])
    place_floor: int = Field(description="Fewest learners of a score that is shown.", examples=[5])
    breakdown_floor: int = Field(
        description="Fewest learners of a learner group's score, and of answers by option, that are shown.",
        examples=[10],
    )
    releases: list[str] = Field(description="Ids of its releases, the newest first.", examples=[["nets-2026-r1"]])


class Campaigns(Page[CampaignInList]):
    """Campaigns, the newest opening first."""


@router.get("", summary="Campaigns", responses={**NOT_MODIFIED, **problem_responses(422)})
def campaigns(
    request: Request, answer: Response, service: ServiceHere, reader: ScoreReader, asked: Annotated[Paged, Query()]
) -> Campaigns:
    """The newest opening first, with the releases of each. How many answered stands in the releases, to the ten."""
    pager = Pager.of(request, reader, asked)
    with service.database.within(reader.scope).read() as connection:
        found = list_campaigns(connection)
        releases = list_releases(connection)
    keys = [(campaign.id,) for campaign in found]
    span = pager.span(keys)
    page = Campaigns(
        items=[
            CampaignInList(
                id=campaign.id,
                title=campaign.title,
                year=campaign.opens_on.year,
                questionnaire=f"/v1/questionnaires/{campaign.questionnaire_id}/{campaign.questionnaire_version}",
                opens_on=campaign.opens_on,
                closes_on=campaign.last_day,
                access_mode=campaign.access_mode,
                anonymity_mode=campaign.anonymity_mode,
                place_floor=campaign.place_floor,
                breakdown_floor=campaign.breakdown_floor,
                releases=[header.id for header in releases if header.campaign_id == campaign.id],
            )
            for campaign in found[span.start : span.stop]
        ],
        next_cursor=pager.next_cursor(keys, span),
    )
    tag_by_content(request, answer, page)
    return page
