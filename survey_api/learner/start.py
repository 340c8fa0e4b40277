"""The first page: what this is, who sees what, what cannot be undone; and the draft that begins here."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from nets.errors import NotFound
from nets.organisation import Level, Organisation
from nets.store.database import Connection
from nets.store.drafts import delete_draft
from nets.store.organisations import get_organisation
from survey_api.errors import SurveyNotOpen
from survey_api.learner import draft as drafts
from survey_api.learner.form import Form, short_text
from survey_api.learner.visit import VisitHere, see_other

router = APIRouter()

_SECONDS_A_DAY = 86_400


@router.get("/{campaign_id}")
def start_page(visit: VisitHere, placement: Annotated[str | None, Query()] = None, lost: bool = False) -> HTMLResponse:
    """What the survey is; ``placement`` comes from a QR code on a ward's wall and prefills the next page."""
    with visit.service.database.read() as connection:
        prefilled = placement_named(connection, placement)
    return visit.service.pages.render(
        "learner/start.html", visit=visit, draft=visit.draft, prefilled=prefilled, lost=lost and visit.draft is None
    )


@router.post("/{campaign_id}/start")
def start(visit: VisitHere, form: Form) -> RedirectResponse:
    """Begin a draft, or go on with the one that is there unless the learner asked to begin again.

    Raises
    ------
    SurveyNotOpen
        Where only a receipt can be read any more: a new draft would take its cookie and could not be sent.
    """
    service = visit.service
    if not visit.campaign.is_open(service.today()):
        raise SurveyNotOpen
    unsent = visit.draft is not None and not visit.draft.is_sent
    if unsent and "again" not in form:
        return see_other(visit.url("placement"))
    token = drafts.new_token()

    def begin(connection: Connection) -> None:
        if unsent and visit.token:
            delete_draft(connection, visit.token)
        placement = placement_named(connection, form.get("placement"))
        draft = drafts.new_draft(visit.campaign.id, placement.id if placement else "")
        drafts.save(connection, token, draft, service.today(), service.settings.draft_days)

    service.writer.write(begin)
    answer = see_other(visit.url("placement"))
    answer.set_cookie(
        drafts.COOKIE,
        token,
        max_age=service.settings.draft_days * _SECONDS_A_DAY,
        path=visit.url(),
        httponly=True,
        samesite="lax",
        secure=service.settings.is_https,
    )
    return answer


def placement_named(connection: Connection, placement_id: str | None) -> Organisation | None:
    """The placement of this id; None for anything that is not one, since a worn QR code must not stop anybody."""
    placement_id = short_text(placement_id)
    if not placement_id:
        return None
    try:
        place = get_organisation(connection, placement_id)
    except NotFound:
        return None
    return place if place.level is Level.PLACEMENT else None
