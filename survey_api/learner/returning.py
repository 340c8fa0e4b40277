"""Stopping and coming back: the code that opens a draft on another device, and a device that is cleared."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from nets.store.database import Connection
from nets.store.drafts import delete_draft
from survey_api.learner import draft as drafts
from survey_api.learner.device import clear_device, set_cookie, token_of, typed_code
from survey_api.learner.draft import Draft
from survey_api.learner.form import Form
from survey_api.learner.visit import DraftHere, VisitHere, see_other

router = APIRouter()

_EXAMPLE = "K7QM-4TXD-9PWR"


@router.get("/{campaign_id}/resume")
def resume_page(visit: VisitHere, unknown: bool = False, paused: bool = False, wait: int = 0) -> Response:
    """Ask for the code; ``paused`` says why where a shared device was closed, ``wait`` for how many seconds none is taken."""
    if visit.by_invitation:  # there is no code: the link in the message does it
        return see_other("/i")
    return visit.render(
        "learner/resume.html", draft=None, unknown=unknown, paused=paused, wait=max(wait, 0), example=_EXAMPLE
    )


@router.post("/{campaign_id}/resume")
def resume(visit: VisitHere, form: Form) -> RedirectResponse:
    """Open the draft behind a code on this device, and go on where it was left."""
    service, code = visit.service, typed_code(form.get("code", ""))
    is_shared = form.get("device") != "own"
    if code and (seconds := service.code_tries.begin(visit.campaign.id, service.now())):
        return see_other(visit.url("resume") + f"?wait={seconds}")
    token = token_of(code, visit.campaign.id) if code else ""

    def open_again(connection: Connection) -> Draft | None:
        draft = drafts.load(connection, token, visit.campaign.id, visit.version)
        if draft is None or draft.is_sent:
            return None
        draft = draft.used(service.now(), is_shared=is_shared)
        drafts.save(connection, token, draft, service.today(), service.settings.draft_days)
        return draft

    draft = service.writer.write(open_again) if token else None
    if draft is None:
        return see_other(visit.url("resume") + "?unknown=1")
    service.code_tries.was_right(visit.campaign.id, service.now())
    answer = see_other(visit.url(draft.at or "placement"))
    set_cookie(answer, token, visit.url(), service.settings, is_shared=is_shared)
    return answer


@router.post("/{campaign_id}/stay")
def stay(visit: VisitHere, _: DraftHere) -> Response:
    """Keep a shared device open for somebody who is still there."""
    visit.change(lambda draft: draft)
    return Response(status_code=204)


@router.get("/{campaign_id}/leave")
def leave_page(visit: VisitHere, draft: DraftHere) -> HTMLResponse:
    """How to come back, and what can be cleared or deleted instead."""
    return visit.render("learner/leave.html", back=visit.url(visit.step_to_go_on(draft)))


@router.post("/{campaign_id}/leave")
def leave(visit: VisitHere, form: Form) -> RedirectResponse:
    """Take the draft out of this browser; out of the database too where the learner asked for that."""
    token = visit.token if "delete" in form and not visit.has_timed_out else None
    deletes = token is not None and visit.draft is not None and not visit.draft.is_sent
    if token and deletes:
        visit.service.writer.write(lambda connection: delete_draft(connection, token))
    if visit.by_invitation:
        answer = see_other("/i?deleted=1" if deletes else "/i?left=1")
    else:
        answer = see_other(visit.url("left") + ("?deleted=1" if deletes else ""))
    clear_device(answer, visit.url())
    return answer


@router.get("/{campaign_id}/left")
def left_page(visit: VisitHere, deleted: bool = False) -> HTMLResponse:
    """Say that the device holds nothing any more."""
    return visit.render("learner/left.html", deleted=deleted)
