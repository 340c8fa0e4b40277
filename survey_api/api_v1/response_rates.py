"""Response rates of a release: how many answered at each place, of how many, and what the silent leave open of its scores."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from nets.campaign import AccessMode
from nets.disclosure.banded import BandedRate, BandedResponses
from nets.disclosure.shown import NoRate, ShownRate, ShownResponses, SuppressedScore
from nets.errors import InvalidSetting, Problem
from nets.non_response import MeanBounds, bounds_of
from nets.reading import PlaceView, ReleaseReader
from nets.releases.measure import MeasureKind
from survey_api.api_v1.asked_cells import MeasureCode, measures_of
from survey_api.api_v1.asked_places import AskedPlaces
from survey_api.api_v1.cells import Suppressed
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_release
from survey_api.api_v1.paging import Page, Pager
from survey_api.api_v1.releases import ReleaseId
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(tags=["scores"])


class AskedRates(AskedPlaces):
    """Places, and the scales whose bounds are told of each."""

    measure: list[MeasureCode] = Field(
        default_factory=list,
        max_length=200,
        description="Bounds of these scales alone, by code; left out, of all.",
        examples=[["supervision"]],
    )


class BoundsOfMean(BaseModel):
    """Between what a scale's mean of all learners lies, whatever those who did not answer would have said."""

    measure: str = Field(description="The scale's code.", examples=["supervision"])
    mean: float = Field(description="Mean of those who answered, 0-100.", examples=[41.8])
    worst: float = Field(description="What it would be if all others had given the worst answers.", examples=[16.7])
    best: float = Field(description="What it would be if all others had given the best ones.", examples=[76.7])
    kept_from: str | None = Field(
        description="The earlier release of the campaign whose mean this is; else null.", examples=[None]
    )


class ExactRate(BaseModel):
    """A response rate. The roster is no sample, so it has no interval."""

    kind: Literal["rate"] = Field(examples=["rate"])
    responses: int = Field(description="Those who answered from where the roster has learners.", examples=[38])
    learners: int = Field(description="Learners on the roster, or invited.", examples=[95])
    per_cent: float = Field(description="The one of a hundred of the other.", examples=[40.0])
    bounds: list[BoundsOfMean] = Field(
        description="Of the scales asked for that have a score which may be shown, where all who answered are on the roster."
    )


class RateInBands(BaseModel):
    """Between what the rate lies, for everybody but the national role: as far as the band of those who answered leaves it open."""

    kind: Literal["banded_rate"] = Field(examples=["banded_rate"])
    low: int = Field(description="Per cent, at least.", examples=[21])
    high: int = Field(description="Per cent, at most.", examples=[52])


class RateUnknown(BaseModel):
    """No response rate: no roster says how many learners there are, or it says fewer than answered. None is made up."""

    kind: Literal["no_rate"] = Field(examples=["no_rate"])


class CountOfAnswers(BaseModel):
    """How many answered."""

    kind: Literal["responses"] = Field(examples=["responses"])
    n: int = Field(description="All who answered about this place.", examples=[38])
    rate: Annotated[ExactRate | RateUnknown, Field(discriminator="kind")]


class CountInBands(BaseModel):
    """How many answered, for everybody but the national role."""

    kind: Literal["banded_responses"] = Field(examples=["banded_responses"])
    n_low: int = Field(description="At least so many answered,", examples=[20])
    n_high: int = Field(description="and at most so many.", examples=[49])
    rate: Annotated[RateInBands | RateUnknown, Field(discriminator="kind")]


AnsweredCell: TypeAlias = Annotated[CountOfAnswers | CountInBands | Suppressed, Field(discriminator="kind")]


class ResponseRateOfPlace(BaseModel):
    """How many answered at one place, of how many."""

    release_id: str = Field(examples=["nets-2026-r1"])
    campaign_id: str = Field(examples=["nets-2026"])
    access_mode: AccessMode = Field(
        description="How learners came in: rates of different ways in are not rates of the same thing, and an open link or a QR "
        "code keeps nobody from answering twice.",
        examples=["open_link"],
    )
    place_id: str = Field(examples=["P0001"])
    place: str = Field(description="The name of the place.", examples=["Emergency department"])
    level: str = Field(examples=["placement"])
    answered: AnsweredCell
    kept_from: str | None = Field(
        description="The earlier release of the campaign whose number of answers this is, because too few have answered since; "
        "else null.",
        examples=[None],
    )


class ResponseRates(Page[ResponseRateOfPlace]):
    """Places from the top down, each level in the order of the tree and of names."""


@router.get(
    "/releases/{release_id}/response-rates",
    summary="Response rates of a release",
    responses={**NOT_MODIFIED, **problem_responses(404, 422)},
)
def response_rates(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    release_id: ReleaseId,
    asked: Annotated[AskedRates, Query()],
) -> ResponseRates:
    """As they were when the release was made. Live numbers are the survey manager's alone, who reads no scores."""
    with released(service, reader, release_id) as opened:
        tag_by_release(request, answer, reader, opened.connection, [release_id])
        pager, scales = Pager.of(request, reader, asked), _scales(opened, asked)
        places = asked.of(opened)
        keys = [(place.place_id,) for place in places]
        span = pager.span(keys)
        views = opened.views(places[span.start : span.stop])
    items = [_rate_of_place(opened, view, scales) for view in views]
    return ResponseRates(items=items, next_cursor=pager.next_cursor(keys, span))


def _scales(release: ReleaseReader, asked: AskedRates) -> list[str]:
    """The scales whose bounds are asked for, in the order of the release; everything that is wrong with the filters at once."""
    scales = [code for code, kind in measures_of(release).items() if kind is MeasureKind.SCALE]
    problems = asked.problems()
    if not set(asked.measure) <= set(scales):
        problems.append(Problem("query: measure", f"bounds are told of scales: {', '.join(scales)}"))
    if problems:
        raise InvalidSetting(problems)
    return [code for code in scales if not asked.measure or code in asked.measure]


def _rate_of_place(release: ReleaseReader, view: PlaceView, scales: Sequence[str]) -> ResponseRateOfPlace:
    return ResponseRateOfPlace(
        release_id=release.header.id,
        campaign_id=release.header.campaign_id,
        access_mode=AccessMode(release.header.access_mode),
        place_id=view.place_id,
        place=view.name,
        level=view.level,
        answered=_answered(view, scales),
        kept_from=view.record.kept_from("") or None,
    )


def _answered(view: PlaceView, scales: Sequence[str]) -> AnsweredCell:
    responses = view.record.responses
    match responses:
        case SuppressedScore():
            return Suppressed(kind="suppressed", reason=responses.reason)
        case ShownResponses():
            return CountOfAnswers(kind="responses", n=responses.responses, rate=_exact(responses.rate, view, scales))
        case BandedResponses():
            band = responses.responses
            return CountInBands(
                kind="banded_responses", n_low=band.low, n_high=band.high, rate=_in_bands(responses.rate)
            )


def _exact(rate: ShownRate | NoRate, view: PlaceView, scales: Sequence[str]) -> ExactRate | RateUnknown:
    if isinstance(rate, NoRate):
        return RateUnknown(kind="no_rate")
    return ExactRate(
        kind="rate",
        responses=rate.responses,
        learners=rate.learners,
        per_cent=rate.per_cent,
        bounds=list(_bounds(view, scales)),
    )


def _bounds(view: PlaceView, scales: Sequence[str]) -> Iterator[BoundsOfMean]:
    for code in scales:
        found = bounds_of(view.record.responses, view.record.score(code))
        if isinstance(found, MeanBounds):
            yield BoundsOfMean(
                measure=code,
                mean=found.mean,
                worst=found.worst,
                best=found.best,
                kept_from=view.record.kept_from(code) or None,
            )


def _in_bands(rate: BandedRate | NoRate) -> RateInBands | RateUnknown:
    if isinstance(rate, NoRate):
        return RateUnknown(kind="no_rate")
    return RateInBands(kind="banded_rate", low=rate.low, high=rate.high)
