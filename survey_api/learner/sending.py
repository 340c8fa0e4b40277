"""Check, send, receipt. A double tap, a refresh or two tabs are one response: the submission key is the draft's own."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from nets.break_off import SENT
from nets.packing import pack
from nets.questionnaire.version import Item, NonResponse, Page, Section
from nets.response import bind_response
from nets.store.database import Connection
from nets.store.invitations import spend_invitation
from nets.store.submissions import submit
from survey_api.errors import SurveyNotOpen
from survey_api.learner import draft as drafts
from survey_api.learner.again import agree, asks_to_ask_again, consent_words, store_again
from survey_api.learner.draft import Draft
from survey_api.learner.form import Form
from survey_api.learner.placement_and_group import already_answered, chosen_place
from survey_api.learner.questions import place_on_page
from survey_api.learner.visit import DraftHere, NoDraft, TimedOut, Visit, VisitHere, see_other

router = APIRouter()


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One item on the check page; ``answer`` is empty where it was left out."""

    item: Item
    answer: str
    change: str


@dataclass(frozen=True, slots=True)
class CheckSection:
    """The rows of one section, and the interruption pages at which the learner went round."""

    section: Section
    rows: tuple[CheckRow, ...]
    skipped: tuple[Page, ...]


@router.get("/{campaign_id}/check")
def check_page(visit: VisitHere, draft: DraftHere) -> Response:
    """Everything that will be sent, each with a link to change it."""
    unfinished = _unfinished(visit, draft)
    if unfinished:
        return see_other(unfinished)
    pages = visit.pages(draft)
    with visit.service.database.read() as connection:
        asks = asks_to_ask_again(connection, visit, draft)
    last = visit.url("p", pages[-1].code) if pages else visit.url("group")
    return visit.render(
        "learner/check.html",
        place=chosen_place(visit, draft.placement_id),
        group=next(group for group in visit.version.learner_groups if group.code == draft.learner_group),
        sections=[_section(visit, draft, section, pages) for section in visit.version.sections],
        back=visit.url("change") if draft.is_again else last,
        consent=consent_words(visit) if asks else None,
    )


@router.post("/{campaign_id}/send")
def send(visit: VisitHere, form: Form) -> RedirectResponse:
    """Store the response once; in the same transaction the draft forgets the answers, and the ledger whose invitation it was."""
    if visit.draft is None or visit.token is None:
        raise NoDraft
    if visit.has_timed_out:
        raise TimedOut
    if not visit.draft.is_sent:
        unfinished = _unfinished(visit, visit.draft)
        if unfinished:
            return see_other(unfinished)
    service, token = visit.service, visit.token

    def store(connection: Connection) -> tuple[str, Draft]:
        draft = drafts.load(connection, token, visit.campaign.id, visit.version)
        if draft is None:
            raise NoDraft
        if not draft.is_sent:
            sent = _stored(connection, visit, draft, agrees="again" in form and form["again"] == "yes")
            drafts.save(connection, token, sent, service.today(), service.settings.draft_days)
            return draft.furthest, sent
        return SENT, draft

    before, sent = service.writer.write(store)
    if not sent.is_again:
        service.break_offs.advance(visit.campaign.id, before, SENT)
    answer = see_other(visit.url("sent"))
    visit.remember(answer, sent.mark)
    return answer


@router.get("/{campaign_id}/sent")
def sent_page(visit: VisitHere, already: bool = False) -> Response:
    """The receipt, for as long as the cookie opens it; ``already`` is for who came from a page that is past."""
    if visit.draft is None:
        raise NoDraft
    if visit.has_timed_out:
        raise TimedOut
    if not visit.draft.is_sent:
        return see_other(visit.url("check"))
    answer = visit.render("learner/sent.html", already=already)
    visit.remember(answer, visit.draft.mark)  # the answer to the sending may have been lost on its way
    return answer


def _stored(connection: Connection, visit: Visit, draft: Draft, *, agrees: bool) -> Draft:
    """Store what the draft holds; the draft as it is after sending."""
    response = bind_response(
        visit.version,
        _answers_to_send(visit, draft),
        placement_id=draft.placement_id,
        learner_group=draft.learner_group,
        answered_on=visit.answering_day,
    )
    if draft.is_again:
        return draft.sent(store_again(connection, visit, draft, pack(visit.version, response.answers)))
    spent = spend_invitation(connection, bytes.fromhex(draft.invitation)) if draft.invitation else None
    if draft.invitation and spent is None:
        raise SurveyNotOpen  # its campaign's ledger is forgotten
    receipt = submit(connection, visit.campaign.id, response, draft.submission_key).receipt
    agreed = agrees and spent is not None and agree(connection, visit, draft, spent, receipt)
    return draft.sent(receipt, agreed=agreed)


def _unfinished(visit: Visit, draft: Draft) -> str:
    """The page that has to be seen to before anything can be sent; empty where there is none."""
    if not draft.placement_id:
        return visit.url("placement")
    if visit.has_answered(draft.placement_id):
        return already_answered(visit, draft.placement_id)
    if not draft.learner_group:
        return visit.url("group")
    refused = next((page for page in visit.pages(draft) if any(code in draft.refused for code in page.items)), None)
    return visit.url("p", refused.code) if refused else ""


def _answers_to_send(visit: Visit, draft: Draft) -> dict[str, int | str]:
    """What the check page shows: answers behind an interruption that the learner went round stay behind."""
    shown = {code for page in visit.pages(draft) for code in page.items}
    return {code: answer for code, answer in draft.answers.items() if code in shown}


def _section(visit: Visit, draft: Draft, section: Section, pages: tuple[Page, ...]) -> CheckSection:
    here = [page for page in pages if page.section == section.code]
    rows = tuple(
        CheckRow(
            item,
            _in_words(visit, item, draft.answers.get(code)),
            f"p/{page.code}?change=1#{place_on_page(code)}",
        )
        for page in here
        for code in page.items
        for item in [visit.version.item[code]]
    )
    return CheckSection(section, rows, tuple(page for page in here if page.code in draft.skipped))


def _in_words(visit: Visit, item: Item, answer: int | str | None) -> str:
    if answer is None:
        return ""
    if item.kind == "comment":
        return str(answer)
    if isinstance(answer, str):
        return visit.words(visit.version.non_response_labels[NonResponse(answer)])
    return visit.words(next(option.label for option in visit.version.options(item) if option.value == answer))
