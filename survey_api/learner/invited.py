"""Who comes by personal invitation: the link in her message, shown by a GET and used by a POST alone.

Programs that scan mail open every link, so opening one changes nothing and says nothing: the page is the same for any token. The
button sends the token in a form; it is exchanged for the cookie of a draft, and from then on no address holds it.
"""

from dataclasses import replace
from datetime import date

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from nets.break_off import BEGUN
from nets.campaign import GRACE
from nets.invitation import draft_token, is_token, token_hash
from nets.store.campaigns import get_campaign
from nets.store.database import Connection
from nets.store.invitations import OpenSecondInvitation, campaign_answered_by, find_invitation
from nets.store.questionnaires import get_version
from survey_api.dependencies import Service, ServiceHere, require_own_form
from survey_api.errors import SurveyNotOpen
from survey_api.learner import draft as drafts
from survey_api.learner.device import IDLE_MINUTES, set_cookie
from survey_api.learner.draft import Draft
from survey_api.learner.form import Fields, Form
from survey_api.learner.visit import NoDraft, TimedOut, Visit, see_other

router = APIRouter(prefix="/i", include_in_schema=False, dependencies=[Depends(require_own_form)])


@router.get("")
def link_page(
    request: Request,
    service: ServiceHere,
    left: bool = False,
    deleted: bool = False,
    paused: bool = False,
    sent: bool = False,
) -> HTMLResponse:
    """Say that the link in the message leads on, to somebody whose survey is closed on this device or sent."""
    state = "sent" if sent else "paused" if paused else "deleted" if deleted else "left" if left else "link"
    return service.pages.render_anywhere(request, "learner/link.html", state=state, minutes=IDLE_MINUTES)


@router.get("/{token}")
def invitation_page(request: Request, service: ServiceHere, token: str) -> HTMLResponse:
    """The page behind the link in a message: the same for every token, with a button that uses it."""
    # without the switch of languages, whose address would hold the token; it is there from the next page on
    known_form = token if is_token(token) else ""
    return service.pages.render_anywhere(request, "learner/invitation.html", token=known_form, offered=())


@router.post("")
def open_invitation(service: ServiceHere, form: Form) -> RedirectResponse:
    """Exchange a token for the cookie of its draft, which begins here or goes on.

    Raises
    ------
    SurveyNotOpen
        For a token that is unknown and for one whose campaign takes no answers: the two look alike.
    """
    token = form.get("token", "")
    if not is_token(token):
        raise SurveyNotOpen
    hashed, sealing = token_hash(token), draft_token(token)
    with service.database.read() as connection:  # whoever guesses does not make the writer work
        if find_invitation(connection, hashed) is None and campaign_answered_by(connection, hashed) is None:
            raise SurveyNotOpen
    opened = service.writer.write(lambda connection: _open_draft(connection, service, hashed, sealing))
    if opened is None:
        return see_other("/i?sent=1")
    path = f"/c/{opened.campaign_id}"
    answer = see_other(f"{path}/sent?already=1" if opened.is_sent else path)
    # until she has said whose device it is, nothing stays on it
    set_cookie(answer, sealing, path, service.settings, is_shared=True)
    return answer


def begin_invited(visit: Visit, form: Fields) -> RedirectResponse:
    """Begin, or go on, once the learner has said whose device it is.

    Raises
    ------
    NoDraft
        Where the response has been sent; the receipt is shown then.
    TimedOut
        Where the page stood open for too long.
    """
    service, token = visit.service, visit.token
    if token is None or visit.draft is None or visit.draft.is_sent:
        raise NoDraft
    if visit.has_timed_out:
        raise TimedOut
    is_shared = form.get("device") != "own"

    def begin(connection: Connection) -> tuple[str, Draft]:
        draft = drafts.load(connection, token, visit.campaign.id, visit.version)
        if draft is None:
            raise NoDraft
        begun = replace(draft, furthest=draft.furthest or BEGUN).used(service.now(), is_shared=is_shared)
        if not draft.is_sent:
            drafts.save(connection, token, begun, service.today(), service.settings.draft_days)
        return draft.furthest, begun

    before, draft = service.writer.write(begin)
    if draft.is_sent:
        raise NoDraft
    if not draft.is_again:
        service.break_offs.advance(visit.campaign.id, before, draft.furthest)
    answer = see_other(visit.url(visit.step_to_go_on(draft)))
    set_cookie(answer, token, visit.url(), service.settings, is_shared=is_shared)
    return answer


def _open_draft(connection: Connection, service: Service, hashed: bytes, sealing: str) -> Draft | None:
    """The draft behind a token, begun if it is new; None where the response was sent so long ago that its receipt is gone."""
    invitation = find_invitation(connection, hashed)
    campaign_id = invitation.campaign_id if invitation else campaign_answered_by(connection, hashed)
    if campaign_id is None:
        raise SurveyNotOpen
    campaign, today = get_campaign(connection, campaign_id), service.today()
    version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
    draft = drafts.load(connection, sealing, campaign_id, version)
    if invitation is None:
        if draft is None:
            return None
    elif isinstance(invitation, OpenSecondInvitation):
        draft = _second_draft(invitation, draft, today)
    elif draft is None:
        if not campaign.is_open(today):
            raise SurveyNotOpen
        draft = drafts.invited_draft(invitation)
    elif not campaign.is_open(today) and not campaign.takes_late(today):
        raise SurveyNotOpen
    drafts.save(connection, sealing, draft.used(service.now(), is_shared=True), today, service.settings.draft_days)
    return draft


def _second_draft(invitation: OpenSecondInvitation, begun: Draft | None, today: date) -> Draft:
    """The draft of who is asked once more; a reminder gives one that was begun more time."""
    if today <= invitation.until:
        return replace(begun, until=invitation.until.isoformat()) if begun else drafts.second_draft(invitation)
    if begun is None or today > invitation.until + GRACE:
        raise SurveyNotOpen
    return begun
