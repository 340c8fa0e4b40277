"""Trends: what the releases of several campaigns showed of a measure at one place, and what may be said of the change."""

from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from nets.errors import InvalidSetting, Problem
from nets.releases.measure import Measure, MeasureKind
from nets.releases.trend import Asked, MeanChange, NoChange, ScoreChange, Trend
from nets.store.campaigns import list_campaigns
from nets.store.releases import latest_release
from nets.trends import read_trends
from survey_api.api_v1.asked_cells import MeasureCode
from survey_api.api_v1.asked_places import PlaceId
from survey_api.api_v1.cells import ScoreCell, score_cell
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_release
from survey_api.api_v1.paging import Page, Paged, Pager
from survey_api.api_v1.releases import ReleaseId
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(tags=["trends"])


class AskedTrends(Paged):
    """Trends of one place by measure; without a filter, of its scales."""

    place: PlaceId = Field(
        description="The place, by its id. Your own region and `nation` may be asked for too, for comparison.",
        examples=["P0001"],
    )
    measure: list[MeasureCode] = Field(
        default_factory=list,
        max_length=200,
        description="These measures alone, by code; a release lists its measures.",
        examples=[["supervision"]],
    )


class PointOfTrend(BaseModel):
    """One campaign."""

    campaign_id: str = Field(examples=["nets-2026"])
    title: str = Field(examples=["National Education and Training Survey 2026"])
    release_id: str = Field(examples=["nets-2026-r1"])
    year: int = Field(description="The year in which the campaign opened.", examples=[2026])
    asked: Asked = Field(
        description="How it was asked beside the campaign before; across reworded and other questions nothing is compared.",
        examples=["as before"],
    )
    kept_from: str | None = Field(
        description="The earlier release of the campaign whose value this is, because too few have answered since; else null.",
        examples=[None],
    )
    score: ScoreCell


class _Change(BaseModel):
    since: str = Field(
        description="The title of the campaign before.", examples=["National Education and Training Survey 2025"]
    )
    change: float = Field(description="How far the mean lies above that of the campaign before.", examples=[-13.4])
    low: float = Field(description="Lower end of its 95 % interval.", examples=[-23.1])
    high: float = Field(description="Upper end of its 95 % interval.", examples=[-3.7])


class ChangeOfMean(_Change):
    """The change of a mean that no others are held against."""

    kind: Literal["mean"] = Field(examples=["mean"])


class ChangeOfScore(_Change):
    """The change of a score, and how probable it is that the true score has moved."""

    kind: Literal["score"] = Field(examples=["score"])
    margin: float = Field(description="Points by which a true score must differ to have moved.", examples=[5.0])
    fallen: float = Field(description="Probability that it has fallen by more than the margin, 0-1.", examples=[0.93])
    risen: float = Field(description="Probability that it has risen by more than the margin, 0-1.", examples=[0.0])


class NothingSaid(BaseModel):
    """Why nothing is said of a change."""

    kind: Literal["none"] = Field(examples=["none"])
    reason: str = Field(examples=["One of the two scores is not shown."])


ChangeTold: TypeAlias = Annotated[ChangeOfScore | ChangeOfMean | NothingSaid, Field(discriminator="kind")]


class TrendOfMeasure(BaseModel):
    """One measure at one place over the campaigns."""

    place_id: str = Field(examples=["P0001"])
    place: str = Field(description="The name of the place.", examples=["Emergency department"])
    measure: str = Field(examples=["supervision"])
    points: list[PointOfTrend] = Field(description="The oldest campaign first.")
    change: ChangeTold
    left_out: list[str] = Field(
        description="Titles of earlier campaigns that asked nothing of the kind.", examples=[[]]
    )


class Trends(Page[TrendOfMeasure]):
    """Trends in the order of the release's measures."""


@router.get(
    "/releases/{release_id}/trends",
    summary="Trends of a place up to a release",
    responses={**NOT_MODIFIED, **problem_responses(404, 422)},
)
def trends(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    release_id: ReleaseId,
    asked: Annotated[AskedTrends, Query()],
) -> Trends:
    """Every point is a cell of its own release, so that a trend tells nothing that was not shown."""
    with released(service, reader, release_id) as opened:
        newest = [latest_release(opened.connection, campaign.id) for campaign in list_campaigns(opened.connection)]
        made_of = [release_id, *(header.id for header in newest if header is not None)]
        tag_by_release(request, answer, reader, opened.connection, made_of)
        measures = _measures(opened.header.measures, asked)
        place = opened.named(asked.place)
        pager = Pager.of(request, reader, asked)
        keys = [(measure.code,) for measure in measures]
        span = pager.span(keys)
        found = read_trends(opened, place.place_id, measures[span.start : span.stop])
    items = [_told(place.place_id, place.name, trend) for trend in found]
    return Trends(items=items, next_cursor=pager.next_cursor(keys, span))


def _measures(measures: tuple[Measure, ...], asked: AskedTrends) -> list[Measure]:
    if not asked.measure:
        return [measure for measure in measures if measure.kind is MeasureKind.SCALE]
    if not set(asked.measure) <= {measure.code for measure in measures}:
        what = "this release has no measure of that code; GET /v1/releases/{release_id} lists them"
        raise InvalidSetting([Problem("query: measure", what)])
    return [measure for measure in measures if measure.code in asked.measure]


def _told(place_id: str, place: str, trend: Trend) -> TrendOfMeasure:
    return TrendOfMeasure(
        place_id=place_id,
        place=place,
        measure=trend.measure.code,
        points=[
            PointOfTrend(
                campaign_id=point.campaign_id,
                title=point.title,
                release_id=point.release_id,
                year=point.opens_on.year,
                asked=point.asked,
                kept_from=point.kept_from or None,
                score=score_cell(point.score),
            )
            for point in trend.points
        ],
        change=_change(trend),
        left_out=list(trend.left_out),
    )


def _change(trend: Trend) -> ChangeTold:
    change = trend.change
    if isinstance(change, NoChange):
        return NothingSaid(kind="none", reason=change.reason)
    told = {"since": change.since, "change": change.change, "low": change.low, "high": change.high}
    if isinstance(change, MeanChange):
        return ChangeOfMean.model_validate({**told, "kind": "mean"})
    return _of_score(change, told)


def _of_score(change: ScoreChange, told: dict[str, object]) -> ChangeOfScore:
    more = {"kind": "score", "margin": change.margin, "fallen": change.fallen, "risen": change.risen}
    return ChangeOfScore.model_validate({**told, **more})
