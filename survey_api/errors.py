"""What goes wrong, as an answer: one table from errors to HTTP status, a problem document for programs, a page for people.

No answer repeats what was sent in: a learner's words must not come back in an error, a log or somebody else's screen.
"""

import logging
import re
import traceback
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nets.errors import (
    CampaignNotOpen,
    InvalidFile,
    InvalidQuestionnaire,
    InvalidResponse,
    InvalidSetting,
    NetsError,
    NoSuchCampaign,
    NotFound,
    Problem,
    Refused,
    ReplayMismatch,
    StoreBusy,
    StoreUnavailable,
)
from nets.sending.message import SenderUnavailable
from survey_api.invalid_request import problems_of


class SurveyNotOpen(NetsError):
    """No campaign takes answers at this address: closed, not yet open and unknown are the same to a visitor."""

    def __init__(self) -> None:
        super().__init__("this survey is not open")


class BodyTooLong(NetsError):
    """A request body over the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"what was sent is longer than {limit} bytes")


class FileTooLong(BodyTooLong):
    """A file over the limit, from somebody of the staff."""


class StrangeAddress(NetsError):
    """An address with control characters in it."""

    def __init__(self) -> None:
        super().__init__("the address holds characters that no address here has")


class MalformedRequest(NetsError):
    """A form or a JSON document that is not well formed."""


class NotSignedIn(NetsError):
    """Something that only those may see who say who they are."""

    def __init__(self) -> None:
        super().__init__("sign in, or send a key that opens: Authorization: Bearer nets_...")


class SignInRefused(NetsError):
    """Somebody whom an OpenID Connect provider, or this service after it, does not let in."""


class ProviderUnavailable(NetsError):
    """The OpenID Connect provider does not answer, or not as one."""


class TooManyRequests(NetsError):
    """Somebody who asks more often than she may."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests; ask again in {seconds} seconds")
        self.seconds = seconds


class ForeignForm(NetsError):
    """A form that another site sent in the name of a learner, or of somebody who has signed in."""

    def __init__(self) -> None:
        super().__init__("this form did not come from this site")


STATUS_OF: Final[Mapping[type[NetsError], int]] = {
    NotFound: 404,
    NoSuchCampaign: 404,
    SurveyNotOpen: 404,
    Refused: 409,
    CampaignNotOpen: 409,
    ReplayMismatch: 409,
    InvalidResponse: 422,
    InvalidQuestionnaire: 422,
    InvalidSetting: 422,
    InvalidFile: 422,
    BodyTooLong: 413,
    FileTooLong: 413,
    StrangeAddress: 400,
    MalformedRequest: 400,
    ForeignForm: 403,
    NotSignedIn: 401,
    SignInRefused: 403,
    ProviderUnavailable: 503,
    TooManyRequests: 429,
    StoreBusy: 503,
    SenderUnavailable: 503,
    StoreUnavailable: 503,
}
"""The one table from errors to HTTP status. An error that is not in it goes by its nearest ancestor."""

_log = logging.getLogger(__name__)
_FOR_PROGRAMS: Final = ("/v1", "/health", "/ready")
_FOR_STAFF: Final = ("/quality", "/campaigns", "/protection", "/account", "/sign-")
_MEDIA_TYPE: Final = "application/problem+json"
_IN_WORDS: Final = {404: "there is nothing at this address", 405: "this address does not take this method"}


class ProblemPlace(BaseModel):
    """One thing wrong with a request."""

    where: str = Field(description="The place: a field, a header, an item.", examples=["item IND01"])
    what: str = Field(
        description="What is wrong, in a sentence.", examples=["this is not one of its answers (1, 2, 3, 4, 5)"]
    )


class ProblemDetails(BaseModel):
    """Why a request failed (RFC 9457). It never repeats what was sent."""

    type: str = Field(description="A name for this kind of problem.", examples=["urn:nets:problem:invalid-response"])
    title: str = Field(description="The kind of problem in words.", examples=["Unprocessable Content"])
    status: int = Field(description="The HTTP status.", examples=[422])
    problems: list[ProblemPlace] = Field(description="Everything that is wrong, all at once.")


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` argument of a route that may fail with these statuses."""
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {
        status: {"description": _phrase(status), "content": {_MEDIA_TYPE: {"schema": schema}}} for status in statuses
    }


def status_of(error: NetsError) -> int:
    """The HTTP status of an error, by the nearest class that the table knows."""
    return next((STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), 400)


def answer_to(error: NetsError, scope: Scope) -> Response:
    """The answer to an error: a problem document for programs, a page for people."""
    status = status_of(error)
    if isinstance(error, NotSignedIn) and not _is_for_programs(scope):
        return RedirectResponse(_sign_in_address(scope), 303)
    if status >= 500 and not isinstance(error, StoreBusy):  # the writer tells of a rush, once and not a line a visitor
        _log.error("%s: %s", type(error).__name__, error)
    answer = _answer(scope, status, _kind(type(error).__name__), error.problems)
    if status == 503:
        answer.headers["Retry-After"] = "5"
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.seconds)
    if isinstance(error, NotSignedIn):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def install_error_handlers(app: FastAPI) -> None:
    """Make every failure of the application end in one of the answers of this room."""

    @app.exception_handler(NetsError)
    def on_domain_error(request: Request, error: NetsError) -> Response:
        return answer_to(error, request.scope)

    @app.exception_handler(HTTPException)
    def on_http_error(request: Request, error: HTTPException) -> Response:
        phrase = _phrase(error.status_code)
        what = _IN_WORDS.get(error.status_code, phrase)
        answer = _answer(request.scope, error.status_code, _kind(phrase), [Problem("", what)])
        answer.headers.update(error.headers or {})
        if error.status_code == 405 and (methods := _methods_at(request)):
            answer.headers["Allow"] = ", ".join(sorted(methods))
        return answer

    @app.exception_handler(RequestValidationError)
    def on_invalid_request(request: Request, error: RequestValidationError) -> Response:
        return _answer(request.scope, 422, "invalid-request", problems_of(error))


class UnforeseenErrors:
    """Middleware that ends what nobody foresaw in an answer, and says in the log where it happened.

    Not what it says: an exception's own words quote what it stumbled over (``KeyError`` a key, pydantic the whole input), and
    servers log exceptions that reach them, words and all.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; if that fails before anything was answered, answer."""
        has_begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:  # noqa: BLE001 - whatever it is, its words must go no further
            _log.error("%s at %s", type(error).__name__, _where(error))
            if scope["type"] == "http" and not has_begun:
                await _answer(scope, 500, "internal-error", [])(scope, receive, send)


def _where(error: Exception) -> str:
    """The calls that led to an error, the innermost first and of the others our own: files, lines and functions, no values."""
    innermost, *others = reversed(traceback.extract_tb(error.__traceback__))
    calls = [innermost, *(call for call in others if "site-packages" not in call.filename)]
    return ", from ".join(f"{call.name} ({call.filename}:{call.lineno})" for call in calls)


def _answer(scope: Scope, status: int, kind: str, problems: Iterable[Problem]) -> Response:
    if status >= 500:
        # Why the database failed is for the log, not for whoever asked.
        problems = [Problem("", "the service could not do this just now; try again in a moment")]
    if _is_for_programs(scope):
        details = ProblemDetails(
            type=f"urn:nets:problem:{kind}",
            title=_phrase(status),
            status=status,
            problems=[ProblemPlace(where=problem.where, what=problem.what) for problem in problems],
        )
        return JSONResponse(details.model_dump(), status, media_type=_MEDIA_TYPE)
    pages = {404: "error/not_found.html", 429: "error/too_often.html"}
    if kind == "survey-not-open":
        page = "error/not_open.html"
    elif status in pages:
        page = pages[status]
    elif str(scope["path"]).startswith(_FOR_STAFF):
        page = "error/for_staff.html"
    elif status >= 500:
        page = "error/problem.html"
    else:
        page = "error/too_long.html" if status == 413 else "error/refused.html"
    pages_here = scope["app"].state.service.pages
    answer: Response = pages_here.render_anywhere(Request(scope), page, status=status, answered=status, kind=kind)
    return answer


def _methods_at(request: Request) -> set[str]:
    """What an address takes. The router tells of one route alone, and where one is read another may write."""
    routes = (route for route in iter_route_contexts(request.app.routes) if isinstance(route.original_route, APIRoute))
    return {
        method for route in routes if route.path_regex.match(request.scope["path"]) for method in route.methods or ()
    }


def _is_for_programs(scope: Scope) -> bool:
    return str(scope["path"]).startswith(_FOR_PROGRAMS)


def _sign_in_address(scope: Scope) -> str:
    """Where to sign in, and to come back from to the page that was asked for; a form that was sent cannot be sent again."""
    if scope["method"] not in {"GET", "HEAD"}:
        return "/sign-in"
    query = scope["query_string"].decode("latin-1")
    return "/sign-in?back=" + quote(scope["path"] + (f"?{query}" if query else ""), safe="")


def _phrase(status: int) -> str:
    """The status in the words of RFC 9110; Python's own were other ones before 3.13."""
    return {413: "Content Too Large", 422: "Unprocessable Content"}.get(status, HTTPStatus(status).phrase)


def _kind(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|\W+", "-", name).lower()
