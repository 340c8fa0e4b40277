"""Comments of a release after review, each with the placement that it is about and with nothing else of who wrote it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from nets.commenting import ReadComment, read_comments
from nets.releases.place_tree import NATION
from survey_api.api_v1.asked_places import PlaceId
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_content
from survey_api.api_v1.paging import Page, Paged, Pager
from survey_api.api_v1.releases import ReleaseId
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.released import released
from survey_api.staff.principal import CommentReader

router = APIRouter(tags=["comments"])


class AskedComments(Paged):
    """Comments of one place; without a filter, of all that the reader may see."""

    place: PlaceId | None = Field(
        default=None,
        description="This placement alone, by its id, or the placements below this place.",
        examples=["P0001"],
    )


class ReleasedComment(BaseModel):
    """What a learner wrote in her own words, as far as a reviewer has let it through."""

    release_id: str = Field(examples=["nets-2026-r1"])
    comment_id: str = Field(
        description="Random; says nothing of when or by whom it was written.",
        examples=["3f9a2c1b5d7e4f60a1b2c3d4e5f60718"],
    )
    place_id: str = Field(description="The placement that it is about.", examples=["P0001"])
    place: str = Field(description="The name of the placement.", examples=["Emergency department"])
    item: str = Field(description="The question that it answers, by its code.", examples=["COM02"])
    words: str = Field(
        description="`[…]` stands where words were taken out.", examples=["More time with […] before the night shifts."]
    )
    as_written: bool = Field(description="Whether no words were taken out.", examples=[False])


class ReleasedComments(Page[ReleasedComment]):
    """Comments by question, then by placement in the order of the tree and of names, then at random."""


@router.get(
    "/releases/{release_id}/comments",
    summary="Comments of a release, after review",
    responses={**NOT_MODIFIED, **problem_responses(404, 422)},
)
def released_comments(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: CommentReader,
    release_id: ReleaseId,
    asked: Annotated[AskedComments, Query()],
) -> ReleasedComments:
    """Those that may be read today, of placements where enough learners answered; how many others there are is told nowhere."""
    with released(service, reader, release_id) as opened:
        place_id = asked.place or (reader.scope[-1] if reader.scope else NATION)
        comments = read_comments(opened, opened.named(place_id))
    pager, keys = Pager.of(request, reader, asked), [(one.id.hex,) for one in comments]
    span = pager.span(keys)
    items = [_told(release_id, comments[at]) for at in span]
    found = ReleasedComments(items=items, next_cursor=pager.next_cursor(keys, span))
    tag_by_content(request, answer, found)
    return found


def _told(release_id: str, one: ReadComment) -> ReleasedComment:
    return ReleasedComment(
        release_id=release_id,
        comment_id=one.id.hex,
        place_id=one.placement.place_id,
        place=one.placement.name,
        item=one.item_code,
        words=one.words,
        as_written=one.is_whole,
    )
