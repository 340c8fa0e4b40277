"""Comments before anybody else reads them: one at a time, without the placement that it is about, and what was decided so far."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from nets.access.roles import Principal
from nets.comment_review import GAP, Decision, WithheldBecause
from nets.errors import InvalidSetting, NotFound, Problem, Refused
from nets.reviewing import review_comment
from nets.store.comment_reviews import ReviewedComment, count_reviews, get_comment, list_reviews, list_waiting
from nets.store.database import Connection
from nets.store.questionnaires import get_version
from survey_api.dependencies import Service, ServiceHere
from survey_api.learner.form import Fields, Form, raw_answer
from survey_api.staff.principal import CommentReviewer, require_form_token
from survey_api.staff.session_cookie import form_token, read_token
from survey_api.table_pages import AskedPage, TablePage

router = APIRouter(prefix="/protection/comments", include_in_schema=False)

SOMEBODY_ELSE: Final = (
    "Somebody has decided about this comment since you opened it. What you entered is still here: "
    "look at what they decided."
)


@router.get("")
def comments_page(
    request: Request,
    service: ServiceHere,
    reviewer: CommentReviewer,
    after: Annotated[UUID | None, Query()] = None,
    stored: bool = False,
) -> HTMLResponse:
    """The next comment that waits, in an order of the reviewer's own, so that two who review at once seldom meet."""
    with service.database.within(reviewer.scope).read() as connection:
        found = _next(list_waiting(connection), after or _start_of(reviewer))
        comment = None if found is None else get_comment(connection, found)[0]
        return _page(request, service, connection, reviewer, comment, {}, in_turn=True, stored=stored)


@router.get("/decided")
def decided_page(service: ServiceHere, reviewer: CommentReviewer, page: AskedPage = 1, code: str = "") -> Response:
    """What was decided last about each comment; ``code`` begins the code of one of them."""
    with service.database.within(reviewer.scope).read() as connection:
        reviews = list_reviews(connection)
    asked = code.strip().lower()
    found = [made for made in reviews if made.comment_id.hex.startswith(asked)] if asked else list(reviews)
    here = TablePage.of(page, len(found))
    return service.pages.render(
        "protection/decided.html",
        principal=reviewer,
        rows=here.rows(found),
        n_all=len(reviews),
        code=code,
        page=here,
        reasons=WithheldBecause,
    )


@router.get("/{comment_id}")
def comment_page(
    request: Request, service: ServiceHere, reviewer: CommentReviewer, comment_id: UUID, stored: bool = False
) -> HTMLResponse:
    """One comment with everything that was decided about it."""
    with service.database.within(reviewer.scope).read() as connection:
        comment, _ = get_comment(connection, comment_id)
        return _page(request, service, connection, reviewer, comment, _fields_of(comment), stored=stored)


@router.post("/{comment_id}", dependencies=[Depends(require_form_token)])
def decide(request: Request, service: ServiceHere, reviewer: CommentReviewer, comment_id: UUID, form: Form) -> Response:
    """Store a decision; what cannot stand comes back with what is wrong and nothing lost."""
    seen = raw_answer(form.get("seen", ""))
    try:
        made = review_comment(
            service.database,
            comment_id,
            seen=seen if isinstance(seen, int) else 0,
            decision=form.get("decision", ""),
            words=form.get("words", ""),
            reason=form.get("reason", ""),
            by=reviewer.who,
            on=service.today(),
        )
    except (InvalidSetting, Refused) as refused:
        is_invalid = isinstance(refused, InvalidSetting)
        problems = list(refused.problems) if is_invalid else [Problem("known", SOMEBODY_ELSE)]
        with service.database.within(reviewer.scope).read() as connection:
            comment, _ = get_comment(connection, comment_id)
            status = 422 if is_invalid else 409
            return _page(request, service, connection, reviewer, comment, form, problems=problems, status=status)
    first = f"/protection/comments?after={comment_id}&stored=1"
    return RedirectResponse(first if made.number == 1 else f"/protection/comments/{comment_id}?stored=1", 303)


def _page(
    request: Request,
    service: Service,
    connection: Connection,
    reviewer: Principal,
    comment: ReviewedComment | None,
    fields: Fields,
    *,
    in_turn: bool = False,
    stored: bool = False,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HTMLResponse:
    return service.pages.render(
        "protection/comments.html",
        status=status,
        principal=reviewer,
        comment=comment,
        question=_question(connection, comment) if comment else "",
        counts=count_reviews(connection),
        decisions=Decision,
        reasons=WithheldBecause,
        gap=GAP,
        fields=fields,
        in_turn=in_turn,
        stored=stored,
        problems=problems or (),
        token=form_token(read_token(request, service.settings)),
    )


def _question(connection: Connection, comment: ReviewedComment) -> str:
    version = get_version(connection, *comment.questionnaire)
    if comment.item_code not in version.item:
        raise NotFound("there is no comment to review at this address")
    return version.item[comment.item_code].text[version.languages[0]]


def _fields_of(comment: ReviewedComment) -> dict[str, str]:
    """What the form holds when a comment is opened that was decided about: that decision."""
    return {
        name: value
        for made in comment.reviews[:1]
        for name, value in (("decision", made.decision.value), ("words", made.words), ("reason", made.reason))
        if value
    }


def _next(waiting: Sequence[UUID], after: UUID) -> UUID | None:
    """The first of those that wait behind an id, or the first of all behind the last."""
    return next((one for one in waiting if one > after), next(iter(waiting), None))


def _start_of(reviewer: Principal) -> UUID:
    """Where a reviewer begins among random ids."""
    return UUID(bytes=hashlib.sha256(reviewer.who.encode()).digest()[:16])
