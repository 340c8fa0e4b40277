"""The first page: what this is, who sees what, what cannot be undone; and the draft that begins here."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from nets.access.roles import WHOLE_SURVEY
from nets.break_off import BEGUN
from nets.store.database import Connection
from nets.store.drafts import delete_draft
from survey_api.errors import SurveyNotOpen
from survey_api.learner import draft as drafts
from survey_api.learner.again import again_page
from survey_api.learner.device import new_code, set_cookie, token_of
from survey_api.learner.form import Form, short_text
from survey_api.learner.invited import begin_invited
from survey_api.learner.places import place, placement_named, why_small
from survey_api.learner.visit import TimedOut, VisitHere, see_other

router = APIRouter()


@router.get("/{campaign_id}")
def start_page(
    visit: VisitHere, placement: Annotated[str | None, Query()] = None, lost: bool = False, other: bool = False
) -> HTMLResponse:
    """What the survey is; ``placement`` comes from a QR code on a ward's wall and prefills the next page.

    ``other`` is for another person than the one who has sent a response about the placement from this device.

    Raises
    ------
    TimedOut
        Where who comes by invitation has not said for too long whose device it is.
    """
    if visit.by_invitation and visit.has_timed_out:
        raise TimedOut
    other = other and not visit.by_invitation
    draft = None if visit.has_timed_out or other else visit.draft
    invited_to = visit.draft.placement_id if visit.by_invitation and visit.draft else None
    with visit.service.database.within(WHOLE_SURVEY).read() as connection:
        prefilled = placement_named(connection, invited_to or placement)
        has_answered = prefilled is not None and visit.has_answered(prefilled.id)
        # Unsent answers may be about another placement than the poster's that was scanned now.
        named = placement_named(connection, draft.placement_id) if draft and not draft.is_sent else prefilled
        about = place(connection, named) if named else None
        small = why_small(connection, visit.campaign, named.id) if named else None
    if visit.is_again:
        return again_page(visit, about)
    if has_answered and not other and (visit.draft is None or visit.draft.is_sent):
        return visit.render("learner/already.html", answered=about)
    return visit.render(
        "learner/start.html",
        draft=draft,
        prefilled=prefilled,
        about=about,
        small=small,
        lost=lost and visit.draft is None,
        other=other,
    )


@router.get("/{campaign_id}/")
def with_a_slash(visit: VisitHere, placement: Annotated[str | None, Query()] = None) -> RedirectResponse:
    """The same first page for an address with a slash at its end, as some programs write it."""
    named = short_text(placement)
    return see_other(visit.url() + ("?" + urlencode({"placement": named}) if named else ""))


@router.post("/{campaign_id}/start")
def start(visit: VisitHere, form: Form) -> RedirectResponse:
    """Begin a draft, or go on with the one that is there unless the learner asked to begin again.

    Raises
    ------
    SurveyNotOpen
        Where nothing can be begun any more: a new draft would take the place of a receipt and could not be sent.
    """
    if visit.by_invitation:
        return begin_invited(visit, form)
    service = visit.service
    # Another person on the same device leaves the answers of the first alone: they can be opened with her code.
    is_hers = "other" not in form and not visit.has_timed_out
    unsent = visit.draft if visit.draft and not visit.draft.is_sent and is_hers else None
    if unsent and "again" not in form:
        return see_other(visit.url(unsent.at or "placement"))
    if not visit.is_open:
        raise SurveyNotOpen
    code = new_code()
    token = token_of(code, visit.campaign.id)
    is_shared = form.get("device") != "own"

    def begin(connection: Connection) -> None:
        if unsent and visit.token:
            delete_draft(connection, visit.token)
        placement = placement_named(connection, form.get("placement"))
        draft = drafts.new_draft(visit.campaign.id, placement.id if placement else "", code)
        draft = draft.used(service.now(), is_shared=is_shared)
        drafts.save(connection, token, draft, service.today(), service.settings.draft_days)

    service.writer.write(begin)
    service.break_offs.advance(visit.campaign.id, "", BEGUN)
    answer = see_other(visit.url("placement"))
    set_cookie(answer, token, visit.url(), service.settings, is_shared=is_shared)
    return answer
