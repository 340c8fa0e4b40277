"""How many of the learners answered, at a place and at the places below it, and what that leaves open; as the release has it."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from nets.disclosure.banded import BandedRate, BandedResponses
from nets.disclosure.shown import ShownRate, ShownResponses, SuppressedScore
from nets.errors import NotFound
from nets.non_response import Bounds, bounds_of
from nets.organisation import Level
from nets.reading import PlaceView, ReleaseReader
from nets.releases.measure import Measure, MeasureKind
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
class RateRow:
    """One place: what it shows of its answers, and the bounds of one measure."""

    view: PlaceView
    bounds: Bounds


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
        rows = rate_rows(_places(release, view), shown)
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
        rows = rate_rows(_places(release, release.place(place_id)), shown)
    names = (
        "place_id",
        "level",
        "place",
        "responses",
        "learners",
        "per_cent",
        "per_cent_high",
        "mean",
        "worst",
        "best",
        "responses_kept_from",
        "mean_kept_from",
    )
    return csv_answer(
        f"{release_id}-{place_id}-response-rates-{shown.code}.csv", names, [_line(row, shown) for row in rows]
    )


@router.get("/response-rates/campaigns.csv")
def campaigns_file(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> Response:
    """The place alone over the campaigns: a line a campaign, the oldest first."""
    with released(service, reader, release_id) as release:
        campaigns = rates_over_campaigns(release, release.place(place_id))
    names = ("campaign_id", "release_id", "access_mode", "responses", "learners", "per_cent", "per_cent_high")
    lines: list[list[str | float]] = [
        [one.header.campaign_id, one.header.id, one.header.access_mode, *_numbers(one.responses)] for one in campaigns
    ]
    return csv_answer(f"{release_id}-{place_id}-response-rates-campaigns.csv", names, lines)


def rates_over_campaigns(release: ReleaseReader, view: PlaceView) -> list[RateOfCampaign]:
    """A place in the newest release of every earlier campaign of the questionnaire and in this one, the oldest first.

    Raises
    ------
    NotFound
        For a place that the reader sees as context alone.
    """
    if not release.has(view):
        raise NotFound(f"there is no place {view.place_id}")
    return [
        RateOfCampaign(header, release.beside(header).place(view.place_id).record.responses)
        for _, header in releases_until(release.connection, release.header).releases
    ]


def rate_rows(views: Sequence[PlaceView], measure: Measure) -> list[RateRow]:
    """A row a place, in their order."""
    return [RateRow(view, bounds_of(view.record.responses, view.record.score(measure.code))) for view in views]


def _places(release: ReleaseReader, view: PlaceView) -> list[PlaceView]:
    """The place itself, then those right below it."""
    # nothing lies below a placement, and what is seen as context alone has no page of this kind
    return [view, *release.below(view, LEVEL_BELOW.get(view.level, Level.PLACEMENT))]


def _line(row: RateRow, measure: Measure) -> list[str | float]:
    numbers, bounds = _numbers(row.view.record.responses), row.bounds
    mean: list[str | float] = [bounds.mean, bounds.worst, bounds.best] if bounds.kind == "bounds" else [""] * 3
    kept = [row.view.record.kept_from(""), row.view.record.kept_from(measure.code)]
    return [row.view.place_id, row.view.level, row.view.name, *numbers, *mean, *kept]


def _numbers(responses: ShownResponses | BandedResponses | SuppressedScore) -> list[str | float]:
    """How many answered, of how many, and between which per cent that lies."""
    numbers: list[str | float] = [""] * 4
    if not isinstance(responses, SuppressedScore):
        answered, rate = responses.responses, responses.rate
        numbers[0] = answered if isinstance(answered, int) else str(answered)
        if isinstance(rate, ShownRate):
            numbers[1:] = [rate.learners, rate.per_cent, rate.per_cent]
        elif isinstance(rate, BandedRate):
            numbers[2:] = [rate.low, rate.high]
    return numbers
