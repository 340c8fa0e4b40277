"""Who is asked once more (``nets.retest``): her first page, whether the placement has changed since, and her consent to it all."""

from dataclasses import replace
from datetime import date

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from nets.errors import NotFound
from nets.invitation import SpentInvitation
from nets.retest import WINDOW, PlacementChange, SecondAnswers, key_is_kept_until
from nets.store.database import Connection
from nets.store.invitations import spend_second_invitation
from nets.store.retest_consents import keep_consent
from nets.store.retests import OpenRetest, find_retest
from nets.store.second_answers import keep_answers
from nets.store.withdrawals import response_of
from survey_api.errors import SurveyNotOpen
from survey_api.learner.draft import Draft
from survey_api.learner.form import Form
from survey_api.learner.places import Place
from survey_api.learner.visit import DraftHere, Visit, VisitHere, see_other

router = APIRouter()

_SAID = (PlacementChange.STABLE, PlacementChange.CHANGED, PlacementChange.CANNOT_SAY)


def again_page(visit: Visit, about: Place | None) -> HTMLResponse:
    """The first page of who is asked once more."""
    until = date.fromisoformat(visit.draft.until) if visit.draft else visit.service.today()
    destroyed = visit.language.day(key_is_kept_until(visit.campaign))
    return visit.render(
        "learner/again.html",
        draft=None if visit.has_timed_out else visit.draft,
        about=about,
        until=visit.language.day(until),
        destroyed=destroyed,
    )


@router.get("/{campaign_id}/change")
def change_page(visit: VisitHere, draft: DraftHere) -> HTMLResponse:
    """Whether the placement has changed since the first answer."""
    _require_second_time(draft)
    pages = visit.pages(draft)
    back = visit.url("p", pages[-1].code) if pages else visit.url()
    return visit.render("learner/change.html", back=back, options=_SAID)


@router.post("/{campaign_id}/change")
def say_change(visit: VisitHere, draft: DraftHere, form: Form) -> RedirectResponse:
    """Keep what she says, if anything, and go on to the check page."""
    _require_second_time(draft)
    said = form.get("change", "")
    change = said if said in set(_SAID) else ""
    return see_other(visit.url(visit.change(lambda draft: replace(draft, change=change, at="check")).at))


def asks_to_ask_again(connection: Connection, visit: Visit, draft: Draft) -> bool:
    """Whether the learner can agree to be asked once more when she sends."""
    may = visit.by_invitation and not draft.is_again
    return may and isinstance(find_retest(connection, visit.campaign.id), OpenRetest)


def consent_words(visit: Visit) -> dict[str, object]:
    """What the question for her consent is filled in with."""
    first, last = WINDOW
    return {"first": first, "last": last, "destroyed": visit.language.day(key_is_kept_until(visit.campaign))}


def agree(connection: Connection, visit: Visit, draft: Draft, spent: SpentInvitation, receipt: str) -> bool:
    """Keep her consent with the response that was stored just now. False where there is no retest (any more)."""
    retest = find_retest(connection, visit.campaign.id)
    if not isinstance(retest, OpenRetest):
        return False
    keep_consent(
        connection,
        visit.campaign.id,
        retest.public_key,
        spent,
        response_id=response_of(connection, receipt),
        placement_id=draft.placement_id,
        learner_group=draft.learner_group,
    )
    return True


def store_again(connection: Connection, visit: Visit, draft: Draft, packed: bytes) -> str:
    """Store a second answer and spend its invitation. Returns the receipt.

    Raises
    ------
    SurveyNotOpen
        Where the invitation or the key is gone.
    """
    link = spend_second_invitation(connection, bytes.fromhex(draft.invitation))
    retest = find_retest(connection, visit.campaign.id)
    if link is None or not isinstance(retest, OpenRetest):
        raise SurveyNotOpen
    answers = SecondAnswers(visit.answering_day, packed)
    change = PlacementChange(draft.change or PlacementChange.NOT_SAID)
    return keep_answers(connection, retest, link, answers, change, draft.submission_key)


def _require_second_time(draft: Draft) -> None:
    if not draft.is_again:
        raise NotFound("there is no such page")
