"""Flags: the lists that places are on, each with the question it answers and the share that is expected to be there falsely."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from nets.errors import InvalidSetting, Problem
from nets.flags.place_flags import LowFor, ScaleLists
from nets.flags.rule import FlagMethod, FlagQuestion, Side, flag_questions, read_flag_rule
from nets.organisation import Level
from nets.reading import PlaceView
from nets.releases.release import ReleaseHeader
from survey_api.api_v1.asked_cells import MeasureCode
from survey_api.api_v1.asked_places import AskedPlaces
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_release
from survey_api.api_v1.paging import Page, Paged, Pager
from survey_api.api_v1.releases import ReleaseId
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/releases/{release_id}", tags=["flags"])

_ListCode = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]


class AskedFlags(AskedPlaces):
    """Flags by place, scale and list."""

    scale: list[MeasureCode] = Field(
        default_factory=list, max_length=200, description="These scales alone, by code.", examples=[["supervision"]]
    )
    list_code: list[_ListCode] = Field(
        default_factory=list,
        alias="list",
        max_length=50,
        description="Places on any of these lists alone, by code.",
    )


class AskedLists(Paged):
    """Lists by level and scale."""

    level: Level | None = Field(
        default=None, description="Lists of places of this level alone.", examples=["placement"]
    )
    scale: list[MeasureCode] = Field(
        default_factory=list, max_length=200, description="These scales alone, by code.", examples=[["supervision"]]
    )


class FlaggedPlace(BaseModel):
    """One place and scale that is on a list, or of whose low score it can be said whose it is."""

    release_id: str = Field(examples=["nets-2026-r1"])
    place_id: str = Field(examples=["P0001"])
    place: str = Field(description="The name of the place.", examples=["Emergency department"])
    level: str = Field(examples=["placement"])
    scale: str = Field(examples=["supervision"])
    lists: list[str] = Field(
        description="Codes of the lists it is on.", examples=[["gmc_low", "funnel_low", "below_benchmark"]]
    )
    low_for: LowFor = Field(
        description="Whether a low score is one learner group's or everyone's.", examples=["cannot be told"]
    )
    groups: list[str] = Field(
        description="Codes of the learner groups for which it is low, where that is one or several.", examples=[[]]
    )


class FlagListOfRelease(BaseModel):
    """One list over all places of a level, with the question that it answers."""

    release_id: str = Field(examples=["nets-2026-r1"])
    level: str = Field(examples=["placement"])
    scale: str = Field(examples=["supervision"])
    code: str = Field(examples=["below_benchmark"])
    rule: FlagMethod = Field(description="The rule behind it.", examples=["posterior"])
    side: Side = Field(description="The end of the scale that it looks at.", examples=["low"])
    title: str = Field(examples=["Below the benchmark"])
    question: str = Field(examples=["Is it at least 80 % probable that the true score lies below the benchmark?"])
    n_listed: int = Field(description="Places of the whole survey that are on it.", examples=[3])
    false_share: float = Field(
        description="Share of them that the rule itself expects to be there falsely, 0-1.", examples=[0.05]
    )


class Flags(Page[FlaggedPlace]):
    """Places in the order of the tree and of names, whatever list they are on: it is no league table."""


class FlagLists(Page[FlagListOfRelease]):
    """Lists by level and scale, the questions about low scores first. A release made before there were flags has none."""


@router.get("/flags", summary="Flags of a release", responses={**NOT_MODIFIED, **problem_responses(404, 422)})
def flags(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    release_id: ReleaseId,
    asked: Annotated[AskedFlags, Query()],
) -> Flags:
    """Places whose score is not shown are on no list."""
    with released(service, reader, release_id) as opened:
        tag_by_release(request, answer, reader, opened.connection, [release_id])
        problems = [*asked.problems(), *_unknown_scales(opened.header, asked.scale)]
        if not set(asked.list_code) <= set(_questions(opened.header)):
            what = "this release has no list of that code; GET /v1/releases/{release_id}/flag-lists names those it has"
            problems.append(Problem("query: list", what))
        if problems:
            raise InvalidSetting(problems)
        pager = Pager.of(request, reader, asked)
        views = opened.outlines(asked.of(opened))
        found = [(view, scale) for view in views for scale in _flagged(opened.header, view, asked)]
    keys = [(view.place_id, scale) for view, scale in found]
    span = pager.span(keys)
    items = [_flagged_place(release_id, *found[at]) for at in span]
    return Flags(items=items, next_cursor=pager.next_cursor(keys, span))


@router.get(
    "/flag-lists",
    summary="The lists of a release and their questions",
    responses={**NOT_MODIFIED, **problem_responses(404, 422)},
)
def lists(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    release_id: ReleaseId,
    asked: Annotated[AskedLists, Query()],
) -> FlagLists:
    """Three rules side by side, each with the question it answers, at both ends of the scale."""
    with released(service, reader, release_id) as opened:
        tag_by_release(request, answer, reader, opened.connection, [release_id])
        header = opened.header
    if problems := _unknown_scales(header, asked.scale):
        raise InvalidSetting(problems)
    pager = Pager.of(request, reader, asked)
    found = [
        one
        for one in _lists(header)
        if asked.level in {None, one.level} and (not asked.scale or one.scale in asked.scale)
    ]
    keys = [(one.level, one.scale, one.code) for one in found]
    span = pager.span(keys)
    return FlagLists(items=found[span.start : span.stop], next_cursor=pager.next_cursor(keys, span))


def _questions(header: ReleaseHeader) -> dict[str, FlagQuestion]:
    rule_version = header.flags.rule_version
    return dict(flag_questions(read_flag_rule(rule_version))) if rule_version else {}


def _unknown_scales(header: ReleaseHeader, asked: list[str]) -> list[Problem]:
    if set(asked) <= set(header.scales):
        return []
    return [Problem("query: scale", "this release has no scale of that code; GET /v1/releases/{release_id} lists them")]


def _flagged(header: ReleaseHeader, view: PlaceView, asked: AskedFlags) -> list[str]:
    """The scales of a place of which something is told."""
    flagged = view.record.flags
    if not flagged:
        return []
    return [
        scale
        for scale in header.scales
        if (not asked.scale or scale in asked.scale)
        and (flags := flagged.get(scale))
        and (flags.lists or flags.low_for not in {LowFor.UNTOLD, LowFor.NO_GROUP})
        and (not asked.list_code or not set(asked.list_code).isdisjoint(flags.lists))
    ]


def _flagged_place(release_id: str, view: PlaceView, scale: str) -> FlaggedPlace:
    flags = view.record.flags_on(scale)
    return FlaggedPlace(
        release_id=release_id,
        place_id=view.place_id,
        place=view.name,
        level=view.level,
        scale=scale,
        lists=list(flags.lists),
        low_for=flags.low_for,
        groups=list(flags.groups),
    )


def _lists(header: ReleaseHeader) -> Iterator[FlagListOfRelease]:
    for level in reversed(Level):
        for scale in header.scales:
            summary = header.flags.levels.get(level, {}).get(scale)
            if isinstance(summary, ScaleLists):
                yield from _lists_of(header, level, scale, summary)


def _lists_of(header: ReleaseHeader, level: Level, scale: str, summary: ScaleLists) -> Iterator[FlagListOfRelease]:
    for code, question in _questions(header).items():
        if code in summary.lists:
            yield FlagListOfRelease(
                release_id=header.id,
                level=level,
                scale=scale,
                code=code,
                rule=question.method,
                side=question.side,
                title=question.title,
                question=question.question,
                n_listed=summary.lists[code].n_listed,
                false_share=summary.lists[code].false_share,
            )
