"""Releases: what each was made of, what it has numbers for, and what its places are held against."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.measure import Measure, MeasureKind
from nets.releases.release import ReleaseHeader
from nets.store.campaigns import list_campaigns
from nets.store.database import Connection
from nets.store.questionnaires import get_version
from nets.store.releases import get_release, list_releases, release_digest
from survey_api.api_v1.cells import BenchmarkCell, benchmark_cell
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_content, tag_by_release
from survey_api.api_v1.paging import Page, Paged, Pager
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/releases", tags=["releases"])

ReleaseId = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9-]{1,80}$",
        description="Id of the release.",
        openapi_examples={"demo": {"value": "nets-2026-r1"}},
    ),
]


class AskedReleases(Paged):
    """Releases by campaign or year."""

    campaign: str | None = Field(
        default=None, pattern=r"^[a-z0-9-]{1,60}$", description="Of this campaign alone.", examples=["nets-2026"]
    )
    year: int | None = Field(
        default=None, ge=1900, le=9999, description="Of campaigns that opened in this year alone.", examples=[2026]
    )


class ReleaseInList(BaseModel):
    """One release."""

    id: str = Field(examples=["nets-2026-r1"])
    campaign_id: str = Field(examples=["nets-2026"])
    campaign_title: str = Field(examples=["National Education and Training Survey 2026"])
    year: int = Field(description="The year in which the campaign opened.", examples=[2026])
    number: int = Field(
        description="Counts the releases of a campaign from 1; a correction is a new one.", examples=[1]
    )
    released_on: date = Field(examples=["2026-11-24"])
    questionnaire: str = Field(
        description="Where the questionnaire's document is.", examples=["/v1/questionnaires/nets/2026.1"]
    )
    rule_version: str = Field(description="The rule by which risks are suggested.", examples=["risk-2026.2"])
    access_mode: str = Field(description="How learners came in; an open link can be stuffed.", examples=["open_link"])
    about_responses: int = Field(description="About how many responses there were, to the ten.", examples=[2000])
    sha256: str = Field(
        description="Digest of the whole release; the same answers and rules give the same again.",
        examples=["0d5cd8eb05c3c37a6e5fdc6c17ef2a4bd4c8b1cc9f1f7d4f0a0e4a8f8a4c7d11"],
    )


class MeasureInRelease(BaseModel):
    """Something that a release has a number for."""

    code: str = Field(examples=["supervision"])
    kind: MeasureKind = Field(
        description="A scale, a quality standard, a domain, a single question.", examples=["scale"]
    )
    title: str = Field(
        description="Its title; the words of a standard and of a question.", examples=["Clinical supervision"]
    )
    items: list[str] = Field(
        description="Codes of the questions it is made of.", examples=[[f"SUP0{number}" for number in range(1, 9)]]
    )
    options: list[str] = Field(
        description="Of a single question, its options from the worst to the best; empty for everything else.",
        examples=[[]],
    )


class GroupInRelease(BaseModel):
    """A learner group that scales may be asked for."""

    code: str = Field(examples=["nursing"])
    title: str = Field(examples=["Nursing"])


class LevelBenchmark(BaseModel):
    """What the places of one level are held against on one measure."""

    level: str = Field(examples=["placement"])
    measure: str = Field(examples=["supervision"])
    benchmark: BenchmarkCell


class WholeRelease(ReleaseInList):
    """One release with what it has numbers for."""

    measures: list[MeasureInRelease]
    learner_groups: list[GroupInRelease]
    benchmarks: list[LevelBenchmark]


class Releases(Page[ReleaseInList]):
    """Releases, the newest first."""


@router.get("", summary="Releases", responses={**NOT_MODIFIED, **problem_responses(422)})
def all_releases(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    asked: Annotated[AskedReleases, Query()],
) -> Releases:
    """The newest first. A release never changes; a correction is a new one."""
    pager = Pager.of(request, reader, asked)
    with service.database.within(reader.scope).read() as connection:
        years = _years(connection)
        headers = [
            header
            for header in list_releases(connection, asked.campaign)
            if asked.year in {None, years[header.campaign_id]}
        ]
        keys = [(header.id,) for header in headers]
        span = pager.span(keys)
        items = [ReleaseInList(**_summary(connection, headers[at], years)) for at in span]
    page = Releases(items=items, next_cursor=pager.next_cursor(keys, span))
    tag_by_content(request, answer, page)
    return page


@router.get(
    "/{release_id}",
    summary="One release: what it was made of, its measures and its benchmarks",
    responses={**NOT_MODIFIED, **problem_responses(404)},
)
def one_release(
    request: Request, answer: Response, service: ServiceHere, reader: ScoreReader, release_id: ReleaseId
) -> WholeRelease:
    """As it was released."""
    with service.database.within(reader.scope).read() as connection:
        header = get_release(connection, release_id)
        tag_by_release(request, answer, reader, connection, [release_id])
        version = get_version(connection, header.questionnaire_id, header.questionnaire_version)
        summary = _summary(connection, header, _years(connection))
    language = version.languages[0]
    return WholeRelease(
        **summary,
        measures=[_measure(version, measure) for measure in header.measures or _scales(header, version)],
        learner_groups=[GroupInRelease(code=one.code, title=one.label[language]) for one in version.learner_groups],
        benchmarks=[
            LevelBenchmark(level=level, measure=code, benchmark=benchmark_cell(benchmark))
            for level, by_measure in header.benchmarks.items()
            for code, benchmark in by_measure.items()
        ],
    )


def _years(connection: Connection) -> dict[str, int]:
    return {campaign.id: campaign.opens_on.year for campaign in list_campaigns(connection)}


def _summary(connection: Connection, header: ReleaseHeader, years: dict[str, int]) -> dict[str, Any]:
    return {
        "id": header.id,
        "campaign_id": header.campaign_id,
        "campaign_title": header.campaign_title,
        "year": years[header.campaign_id],
        "number": header.number,
        "released_on": header.released_on,
        "questionnaire": f"/v1/questionnaires/{header.questionnaire_id}/{header.questionnaire_version}",
        "rule_version": header.rule_version,
        "access_mode": header.access_mode,
        "about_responses": header.n_responses,
        "sha256": release_digest(connection, header.id),
    }


def _scales(header: ReleaseHeader, version: QuestionnaireVersion) -> list[Measure]:
    """What a release had that was made before there were other measures."""
    return [
        Measure(code, MeasureKind.SCALE, title, version.scale[code].items, 0, sensitive=False)
        for code, title in header.scales.items()
    ]


def _measure(version: QuestionnaireVersion, measure: Measure) -> MeasureInRelease:
    options: list[str] = []
    if measure.kind is MeasureKind.ITEM:
        item = version.item[measure.items[0]]
        options = [option.label[version.languages[0]] for option in version.options(item)]
        if item.reverse:
            options.reverse()
    return MeasureInRelease(
        code=measure.code, kind=measure.kind, title=measure.title, items=list(measure.items), options=options
    )
