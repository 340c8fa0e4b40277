"""Learner groups at one place: is it one group, or everyone?"""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from nets.disclosure.banded import learners_of
from nets.disclosure.shown import SuppressedScore
from nets.store.questionnaires import get_version
from survey_api.dependencies import ServiceHere
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)


@router.get("/groups")
def groups_page(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> HTMLResponse:
    """Scales by learner group; a group that is too small, or that would give another away, is not shown."""
    with released(service, reader, release_id) as release:
        view, header = release.place(place_id), release.header
        version = get_version(release.connection, header.questionnaire_id, header.questionnaire_version)
    return service.pages.render(
        "quality/groups.html",
        principal=reader,
        release=header,
        view=view,
        further="groups",
        groups={group.code: group.label[version.languages[0]] for group in version.learner_groups},
    )


@router.get("/groups.csv")
def groups_file(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> Response:
    """The table as a file: a line a scale and learner group that may be shown."""
    with released(service, reader, release_id) as release:
        view = release.place(place_id)
    lines: list[list[str | float]] = [
        [scale, group, learners_of(score), score.mean, view.record.kept_from(scale, group)]
        for group in sorted(view.record.groups)
        for scale in release.header.scales
        if not isinstance(score := view.record.score(scale, group), SuppressedScore)
    ]
    return csv_answer(
        f"{release_id}-{place_id}-groups.csv", ("scale", "learner_group", "n", "mean", "kept_from"), lines
    )
