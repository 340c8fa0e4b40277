"""How many of the learners answered, at a place and at the places below it, and what that leaves open; as the release has it."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from nets.answered import ANSWERED, COLUMNS, answered_numbers, rate_line, rate_rows
from nets.disclosure.banded import BandedResponses
from nets.disclosure.shown import ShownResponses, SuppressedScore
from nets.errors import NotFound
from nets.organisation import Level
from nets.reading import PlaceView, ReleaseReader
from nets.releases.measure import MeasureKind
from nets.releases.release import ReleaseHeader
from nets.trends import releases_until
from survey_api.dependencies import ServiceHere
from survey_api.quality.measures import asked_measure
from survey_api.quality.place_pages import LEVEL_BELOW
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class RateOfCampaign:
    """How many answered at one place in one campaign, as its newest release shows it."""

    header: ReleaseHeader
    responses: ShownResponses | BandedResponses | SuppressedScore


@router.get("/response-rates")
def response_rates_page(
    service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str, measure: str = ""
) -> HTMLResponse:
    """The place and the places below it; ``measure`` is the one whose bounds are told."""
    with released(service, reader, release_id) as release:
        scales = [one for one in release.header.measures if one.kind is MeasureKind.SCALE]
        shown = asked_measure(scales, measure)
        view = release.place(place_id)
        rows = rate_rows(_places(release, view), shown.code)
        campaigns = rates_over_campaigns(release, view)
    return service.pages.render(
        "quality/response_rates.html",
        principal=reader,
        release=release.header,
        view=view,
        further="response-rates",
        measures=scales,
        measure=shown,
        rows=rows,
        campaigns=campaigns,
    )


@router.get("/response-rates.csv")
def response_rates_file(
    service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str, measure: str = ""
) -> Response:
    """The table as a file: a line a place."""
    with released(service, reader, release_id) as release:
        scales = [one for one in release.header.measures if one.kind is MeasureKind.SCALE]
        shown = asked_measure(scales, measure)
        rows = rate_rows(_places(release, release.place(place_id)), shown.code)
    return csv_answer(f"{release_id}-{place_id}-response-rates-{shown.code}.csv", COLUMNS, map(rate_line, rows))


@router.get("/response-rates/campaigns.csv")
def campaigns_file(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> Response:
    """The place alone over the campaigns: a line a campaign, the oldest first."""
    with released(service, reader, release_id) as release:
        campaigns = rates_over_campaigns(release, release.place(place_id))
    names = ("campaign_id", "release_id", "access_mode", *ANSWERED)
    lines: list[list[str | float]] = [
        [one.header.campaign_id, one.header.id, one.header.access_mode, *answered_numbers(one.responses)]
        for one in campaigns
    ]
    return csv_answer(f"{release_id}-{place_id}-response-rates-campaigns.csv", names, lines)


def rates_over_campaigns(release: ReleaseReader, view: PlaceView) -> list[RateOfCampaign]:
    """A place in the newest release of every earlier campaign of the questionnaire and in this one, the oldest first.

    Raises
    ------
    NotFound
        For a place that the reader sees as context alone.
    """
    if not release.has(view.place):
        raise NotFound(f"there is no place {view.place_id}")
    return [
        RateOfCampaign(header, release.beside(header).place(view.place_id).record.responses)
        for _, header in releases_until(release.connection, release.header).releases
    ]


def _places(release: ReleaseReader, view: PlaceView) -> list[PlaceView]:
    """The place itself, then those right below it."""
    # nothing lies below a placement, and what is seen as context alone has no page of this kind
    return [view, *release.below(view, LEVEL_BELOW.get(view.level, Level.PLACEMENT))]
