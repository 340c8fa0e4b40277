"""What learners wrote about a place in their own words, as far as a reviewer has let it through."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from nets.commenting import ReadComment, read_comments
from nets.disclosure.comments import fewest_for_comments
from nets.disclosure.rule import read_disclosure_rule
from nets.store.campaigns import get_campaign
from survey_api.dependencies import ServiceHere
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.principal import CommentReader
from survey_api.table_pages import AskedPage, TablePage

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)


@router.get("/comments")
def comments_page(
    service: ServiceHere, reader: CommentReader, release_id: str, place_id: str, page: AskedPage = 1
) -> HTMLResponse:
    """Comments by question; of a place above the placements, with the placement of each."""
    with released(service, reader, release_id) as release:
        view = release.place(place_id)
        comments = read_comments(release, release.named(place_id))
        campaign = get_campaign(release.connection, release.header.campaign_id)
    here = TablePage.of(page, len(comments))
    return service.pages.render(
        "quality/comments.html",
        principal=reader,
        release=release.header,
        view=view,
        further="comments",
        questions=_by_question(here.rows(comments)),
        fewest=fewest_for_comments(campaign, read_disclosure_rule(release.header.disclosure_version)),
        page=here,
    )


@router.get("/comments.csv")
def comments_file(service: ServiceHere, reader: CommentReader, release_id: str, place_id: str) -> Response:
    """The same as a file: a line a comment."""
    with released(service, reader, release_id) as release:
        comments = read_comments(release, release.named(place_id))
    names = ("comment", "placement_id", "placement", "item", "question", "words", "as_written")
    lines: list[list[str | float]] = [
        [
            one.id.hex,
            one.placement.place_id,
            one.placement.name,
            one.item_code,
            one.question,
            one.words,
            "yes" if one.is_whole else "no",
        ]
        for one in comments
    ]
    return csv_answer(f"{release_id}-{place_id}-comments.csv", names, lines)


def _by_question(comments: Sequence[ReadComment]) -> dict[str, list[ReadComment]]:
    found: dict[str, list[ReadComment]] = {}
    for one in comments:
        found.setdefault(one.question, []).append(one)
    return found
