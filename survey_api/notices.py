"""What every visitor may read of the service itself: privacy, cookies, accessibility; and the switch of the language."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import TypeAdapter

from nets.errors import NotFound
from nets.invitation import RETENTION
from nets.store.submissions import RETRY_WINDOW
from survey_api.dependencies import ServiceHere
from survey_api.languages import COOKIE
from survey_api.learner.device import IDLE_MINUTES
from survey_api.staff.session_cookie import cookie_name
from survey_api.way_back import leads_back

router = APIRouter(include_in_schema=False)

_STATEMENT: Final = Path(__file__).parent / "accessibility.json"


@dataclass(frozen=True, slots=True)
class AccessibilityStatement:
    """What ``accessibility.json`` states: two days, and codes of texts that every language has."""

    prepared_on: date
    tested_on: date
    status: str
    tests: tuple[str, ...]
    known: tuple[str, ...]


@router.get("/privacy")
def privacy(request: Request, service: ServiceHere) -> HTMLResponse:
    """Who keeps what, for how long, and what can be asked of them."""
    return service.pages.render_anywhere(
        request,
        "notice/privacy.html",
        settings=service.settings,
        retry_days=RETRY_WINDOW.days,
        invitation_weeks=RETENTION.days // 7,
    )


@router.get("/cookies")
def cookies(request: Request, service: ServiceHere) -> HTMLResponse:
    """Every cookie, what it is for and how long it lasts."""
    return service.pages.render_anywhere(
        request,
        "notice/cookies.html",
        settings=service.settings,
        minutes=IDLE_MINUTES,
        session_cookie=cookie_name(service.settings),
    )


@router.get("/accessibility")
def accessibility(request: Request, service: ServiceHere) -> HTMLResponse:
    """How accessible the pages are, how that is known, and what is not good enough."""
    return service.pages.render_anywhere(
        request,
        "notice/accessibility.html",
        settings=service.settings,
        statement=read_statement(),
        minutes=IDLE_MINUTES,
    )


@router.get("/language/{code}")
def switch(code: str, service: ServiceHere, back: str = "/") -> RedirectResponse:
    """Show the pages in another language from now on; ``back`` is where the visitor was.

    Raises
    ------
    NotFound
        For a language that there is not, and for a way back that leads off the service.
    """
    if code not in service.pages.languages or not leads_back(back):
        raise NotFound("there is no such language")
    answer = RedirectResponse(back, status_code=303)
    answer.set_cookie(COOKIE, code, httponly=True, samesite="lax", secure=service.settings.is_https)
    return answer


def read_statement() -> AccessibilityStatement:
    """The statement as it is kept."""
    return TypeAdapter(AccessibilityStatement).validate_python(json.loads(_STATEMENT.read_text("utf-8")))
