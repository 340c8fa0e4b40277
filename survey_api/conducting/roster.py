"""Taking in a roster, how many learners of each group each placement has, and giving it out again."""

import tempfile
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from nets.conducting import take_roster
from nets.errors import InvalidFile, Problem
from nets.organisation import Level
from nets.response_rate import MOST_LEARNERS
from nets.store.campaigns import get_campaign
from nets.store.database import Connection
from nets.store.organisations import list_organisations
from nets.store.questionnaires import get_version
from nets.store.rosters import read_roster
from nets.transfer.roster import COLUMNS, WRITTEN_COLUMNS, empty_rows, read_roster_file, roster_rows
from survey_api.dependencies import Service, ServiceHere
from survey_api.errors import ForeignForm
from survey_api.quality.table_file import csv_answer
from survey_api.staff.principal import Conductor
from survey_api.staff.session_cookie import form_token, is_own_form, read_token

router = APIRouter(prefix="/campaigns/{campaign_id}/roster", include_in_schema=False)

LONGEST_FILE: Final = 2 * 1024 * 1024
"""Twenty thousand placements with three groups each; the service reads no longer body at this address."""


@router.get("")
def roster_page(request: Request, service: ServiceHere, conductor: Conductor, campaign_id: str) -> HTMLResponse:
    """What the file must look like, and a field for it."""
    return _page(request, service, conductor, campaign_id)


@router.get(".csv")
def roster_file(service: ServiceHere, conductor: Conductor, campaign_id: str) -> Response:
    """The roster as it is stored; taken in again it is the same."""
    with service.database.read() as connection:
        get_campaign(connection, campaign_id)
        rows = roster_rows(read_roster(connection, campaign_id), _placement_names(connection))
    return csv_answer(f"{campaign_id}-roster.csv", WRITTEN_COLUMNS, rows)


@router.get("/empty.csv")
def empty_roster_file(service: ServiceHere, conductor: Conductor, campaign_id: str) -> Response:
    """A roster to be filled in: a row for each learner group at each placement; rows that stay empty are passed over."""
    with service.database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        rows = empty_rows((group.code for group in version.learner_groups), _placement_names(connection))
    return csv_answer(f"{campaign_id}-roster-to-fill-in.csv", WRITTEN_COLUMNS, rows)


@router.post("")
async def upload_roster(request: Request, service: ServiceHere, conductor: Conductor, campaign_id: str) -> Response:
    """Store a roster in the place of an earlier one, or say what is wrong with it by row and column and store nothing."""
    token, content = await _posted(request)
    if not is_own_form(read_token(request, service.settings), token):
        raise ForeignForm
    return await run_in_threadpool(_take, request, service, conductor, campaign_id, content)


def _take(request: Request, service: Service, conductor: Conductor, campaign_id: str, content: bytes) -> Response:
    with service.database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        placements = _placement_names(connection)
    if problem := _unreadable(content):
        return _page(request, service, conductor, campaign_id, (Problem("file", problem),))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.csv"
        path.write_bytes(content)
        header = content.partition(b"\n")[0]
        delimiter = next((sign for sign in ";\t" if sign.encode() in header), ",")
        try:
            roster = read_roster_file(path, version, placements, encoding="utf-8-sig", delimiter=delimiter)
        except InvalidFile as refused:
            problems = tuple(
                Problem("file", f"the file {problem.what}" if problem.where == path.name else str(problem))
                for problem in refused.problems
            )
            return _page(request, service, conductor, campaign_id, problems)
    entries = roster.entries
    service.writer.write(lambda connection: take_roster(connection, campaign_id, entries, by=conductor.who))
    return RedirectResponse(f"/campaigns/{campaign_id}/response-rates?uploaded=1&empty={roster.n_without_number}", 303)


def _placement_names(connection: Connection) -> dict[str, str]:
    return {place.id: place.name for place in list_organisations(connection, level=Level.PLACEMENT)}


def _unreadable(content: bytes) -> str:
    """Why these bytes are no text to read rows from; empty if they are."""
    if not content.strip():
        return "choose a CSV file; nothing was stored"
    try:
        content.decode()
    except UnicodeDecodeError as fault:
        row = content.count(b"\n", 0, fault.start) + 1
        return f"row {row} is not in UTF-8: save the file as CSV UTF-8; nothing was stored"
    return ""


async def _posted(request: Request) -> tuple[str, bytes]:
    """The token of the form and the bytes of its file; empty where there is none."""
    try:
        async with request.form(max_files=1, max_fields=2) as form:
            token, file = form.get("token"), form.get("file")
            content = await file.read() if isinstance(file, UploadFile) else b""
    except HTTPException:
        raise ForeignForm from None
    return token if isinstance(token, str) else "", content


def _page(
    request: Request, service: Service, conductor: Conductor, campaign_id: str, problems: tuple[Problem, ...] = ()
) -> HTMLResponse:
    with service.database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        has_roster = bool(read_roster(connection, campaign_id))
        example = next(iter(_placement_names(connection)), "P0001")
    return service.pages.render(
        "conducting/roster.html",
        status=422 if problems else 200,
        principal=conductor,
        campaign=campaign,
        columns=COLUMNS,
        has_roster=has_roster,
        example=example,
        groups=version.learner_groups,
        most_learners=MOST_LEARNERS,
        problems=problems,
        token=form_token(read_token(request, service.settings)),
    )
