"""The pages of the questionnaire: one route for all, made from the version's own list of pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from nets.errors import InvalidResponse, NotFound
from nets.questionnaire.version import Item, Page, ResponseOption, Section
from nets.response import bind_response
from survey_api.languages import Language
from survey_api.learner.draft import Change, Draft, answered
from survey_api.learner.form import Fields, Form, raw_answer
from survey_api.learner.visit import DraftHere, DraftToFill, TimedOut, Visit, VisitHere, see_other

router = APIRouter()

_CLEAR: Final = "clear"
_SKIP: Final = "skip"


@dataclass(frozen=True, slots=True)
class Question:
    """One item as it stands on a page: its options, what was given before, what is wrong with it."""

    item: Item
    options: tuple[ResponseOption, ...]
    given: str
    problem: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Section ``number`` of ``total``: sections are counted, because pages differ from branch to branch.

    Within the section ``page`` of ``pages``, as many as the answers so far lead to.
    """

    number: int
    total: int
    section: Section
    page: int
    pages: int


@router.get("/{campaign_id}/p/{page_code}")
def question_page(visit: VisitHere, draft: DraftHere, page_code: str, change: bool = False) -> Response:
    """One page of questions or an interruption, with the answers given before."""
    page = _page(visit, page_code)
    pages = visit.pages(draft)
    if not draft.learner_group:
        return see_other(visit.url("group"))
    if page not in pages:
        return see_other(visit.url("check"))
    return _rendered(visit, draft, page, pages, change=change)


@router.post("/{campaign_id}/p/{page_code}")
def answer_page(
    visit: VisitHere, draft: DraftToFill, page_code: str, form: Form, change: bool = False
) -> RedirectResponse:
    """Keep what was posted and go on; what cannot stand is kept too, and the page comes back to say why."""
    page = _page(visit, page_code)
    if not draft.learner_group:
        return see_other(visit.url("group"))
    here = visit.url("p", page.code) + ("?change=1" if change else "")
    if page.kind == "interruption":
        # Whoever comes back here from the check page and now wants the questions is led through them.
        skips = _SKIP in form
        apply, returns, problems, cleared = _skipping(page, skips=skips), change and skips, {}, None
    else:
        posted = {code: form[code] for code in page.items if form.get(code, "").strip() and form.get(_CLEAR) != code}
        problems = problems_with(visit, draft, posted)
        given = {code: raw_answer(text) for code, text in posted.items() if code not in problems}
        refused = {code: text for code, text in posted.items() if code in problems}
        apply, returns, cleared = answered(given, refused, page.items), change, form.get(_CLEAR)

    def change_and_go_on(draft: Draft) -> Draft:
        changed = apply(draft)
        stays = problems or cleared in page.items
        return changed if stays else replace(changed, at=_next(visit, changed, page, returns=returns))

    changed = visit.change(change_and_go_on)
    if visit.has_timed_out:
        raise TimedOut
    if cleared in page.items:
        return see_other(f"{here}#{place_on_page(cleared)}")
    return see_other(here if problems else visit.url(changed.at))


def place_on_page(item_code: str) -> str:
    """The fragment that leads to a question: to its words, not to its first option, which would leave them out of sight."""
    return f"q-{item_code}"


def problems_with(visit: Visit, draft: Draft, posted: Fields) -> dict[str, str]:
    """What ``nets`` has against the posted answers, as a sentence by item code."""
    problems = {}
    for code, text in posted.items():
        item = visit.version.item[code]
        try:
            bind_response(
                visit.version,
                {code: text if item.kind == "comment" else raw_answer(text)},
                placement_id=draft.placement_id,
                learner_group=draft.learner_group,
                answered_on=visit.answering_day,
            )
        except InvalidResponse:
            problems[code] = _in_words(visit.language, item, text)
    return problems


def _in_words(language: Language, item: Item, text: str) -> str:
    if item.kind != "comment":
        return language.text("question.choose")
    if len(text) > item.max_length:
        return language.text("question.too-long", most=item.max_length, has=len(text))
    return language.text("question.unreadable")


def progress(visit: Visit, page: Page, pages: Sequence[Page]) -> Progress:
    """Where the page stands among the sections that this learner sees."""
    codes = list(dict.fromkeys(shown.section for shown in pages))
    section = next(section for section in visit.version.sections if section.code == page.section)
    here = [shown.code for shown in pages if shown.section == page.section]
    return Progress(codes.index(page.section) + 1, len(codes), section, here.index(page.code) + 1, len(here))


def _page(visit: Visit, code: str) -> Page:
    page = visit.version.screen.get(code)
    if page is None:
        raise NotFound("there is no such page")
    return page


def _skipping(page: Page, *, skips: bool) -> Change:
    def change(draft: Draft) -> Draft:
        others = tuple(code for code in draft.skipped if code != page.code)
        return replace(draft, skipped=(*others, page.code) if skips else others)

    return change


def _next(visit: Visit, draft: Draft, page: Page, *, returns: bool) -> str:
    """After this page: the next one of the branch; the check page at the end and for who came from there.

    Who is asked once more is asked at the end whether the placement has changed: the question colours no other.
    """
    pages = visit.pages(draft)
    if returns or page not in pages:
        return "check"
    if page == pages[-1]:
        return "change" if draft.is_again else "check"
    return f"p/{pages[pages.index(page) + 1].code}"


def _rendered(visit: Visit, draft: Draft, page: Page, pages: Sequence[Page], *, change: bool) -> HTMLResponse:
    refused = {code: text for code, text in draft.refused.items() if code in page.items}
    problems = problems_with(visit, draft, refused)
    questions = [
        Question(
            item := visit.version.item[code],
            visit.version.options(item),
            refused.get(code) or str(draft.answers.get(code, "")),
            problems.get(code, ""),
        )
        for code in page.items
    ]
    position = pages.index(page)
    first = visit.url() if draft.is_again else visit.url("group")
    before = visit.url("p", pages[position - 1].code) if position else first
    return visit.render(
        "learner/interruption.html" if page.kind == "interruption" else "learner/questions.html",
        page=page,
        questions=questions,
        problems=problems,
        progress=progress(visit, page, pages),
        back=visit.url("check") if change else before,
        action=visit.url("p", page.code) + ("?change=1" if change else ""),
    )
