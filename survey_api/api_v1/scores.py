"""Scores and distributions of releases, cell by cell: the numbers of the pages, from the same records."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from nets.reading import open_release
from nets.store.campaigns import list_campaigns
from nets.store.releases import latest_release
from survey_api.api_v1.asked_cells import AskedCells, AskedYears, CellOnPage, cells_asked
from survey_api.api_v1.cells import DistributionCell, ScoreCell, distribution_cell, score_cell
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_release
from survey_api.api_v1.paging import Page, Pager
from survey_api.api_v1.releases import ReleaseId
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(tags=["scores"])


class Cell(BaseModel):
    """Which cell of which release."""

    release_id: str = Field(examples=["nets-2026-r1"])
    campaign_id: str = Field(examples=["nets-2026"])
    year: int = Field(description="The year in which the campaign opened.", examples=[2026])
    place_id: str = Field(examples=["P0001"])
    place: str = Field(description="The name of the place.", examples=["Emergency department"])
    level: str = Field(examples=["placement"])
    learner_group: str | None = Field(description="null for all learners together.", examples=[None])
    measure: str = Field(
        description="A scale's code, or that of a quality standard, a domain, a single question.",
        examples=["supervision"],
    )
    kept_from: str | None = Field(
        description="The earlier release of the campaign whose value this is, because too few have answered since; else null.",
        examples=[None],
    )


class ReleasedScore(Cell):
    """One score, or the marker of one that may not be shown."""

    score: ScoreCell


class ReleasedDistribution(Cell):
    """The answers behind one score by option, or the marker of what may not be shown."""

    distribution: DistributionCell


class Scores(Page[ReleasedScore]):
    """Scores in the order of releases, places, learner groups and measures."""


class Distributions(Page[ReleasedDistribution]):
    """Distributions in the order of releases, places, learner groups and measures."""


_ANSWERS: dict[int | str, dict[str, Any]] = {**NOT_MODIFIED, **problem_responses(404, 422)}


@router.get("/releases/{release_id}/scores", summary="Scores of a release", responses=_ANSWERS)
def scores(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    release_id: ReleaseId,
    asked: Annotated[AskedCells, Query()],
) -> Scores:
    """The same numbers as on the pages; suppressed ones are there as such."""
    with released(service, reader, release_id) as opened:
        tag_by_release(request, answer, reader, opened.connection, [release_id])
        cells, next_cursor = cells_asked([opened], asked, Pager.of(request, reader, asked))
    return Scores(items=list(map(_score, cells)), next_cursor=next_cursor)


@router.get("/scores", summary="Scores over the years", responses=_ANSWERS)
def scores_by_year(
    request: Request, answer: Response, service: ServiceHere, reader: ScoreReader, asked: Annotated[AskedYears, Query()]
) -> Scores:
    """From the newest release of each campaign, the latest campaign first."""
    with service.database.within(reader.scope).read() as connection:
        headers = [
            latest_release(connection, campaign.id)
            for campaign in list_campaigns(connection)
            if (not asked.year or campaign.opens_on.year in asked.year)
            and (not asked.campaign or campaign.id in asked.campaign)
        ]
        ids = [header.id for header in headers if header is not None]
        tag_by_release(request, answer, reader, connection, ids)
        releases = [open_release(connection, reader, release_id) for release_id in ids]
        cells, next_cursor = cells_asked(releases, asked, Pager.of(request, reader, asked))
    return Scores(items=list(map(_score, cells)), next_cursor=next_cursor)


@router.get("/releases/{release_id}/distributions", summary="Answers by option of a release", responses=_ANSWERS)
def distributions(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    release_id: ReleaseId,
    asked: Annotated[AskedCells, Query()],
) -> Distributions:
    """How many chose each option, from the worst to the best, and why others have no answer."""
    with released(service, reader, release_id) as opened:
        tag_by_release(request, answer, reader, opened.connection, [release_id])
        cells, next_cursor = cells_asked([opened], asked, Pager.of(request, reader, asked))
    items = [ReleasedDistribution(**where(cell), distribution=distribution_cell(cell.shown)) for cell in cells]
    return Distributions(items=items, next_cursor=next_cursor)


def _score(cell: CellOnPage) -> ReleasedScore:
    return ReleasedScore(**where(cell), score=score_cell(cell.shown))


def where(cell: CellOnPage) -> dict[str, Any]:
    """Which cell it is, as ``Cell`` has it."""
    return {
        "release_id": cell.release.header.id,
        "campaign_id": cell.release.header.campaign_id,
        "year": cell.year,
        "place_id": cell.view.place_id,
        "place": cell.view.name,
        "level": cell.view.level,
        "learner_group": cell.learner_group,
        "measure": cell.measure,
        "kept_from": cell.kept_from,
    }
