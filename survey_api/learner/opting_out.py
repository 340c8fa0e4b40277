"""The link at the end of every message: no more of them. It shows a page, and only its button, or a mail program's own, acts.

Its token is not the invitation's: it opens no survey and no draft. A mail program sends the form without ever showing the page (RFC
8058) and states no origin; whoever holds the token may do what it does, so none is asked for.
"""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from nets.invitation import is_token
from nets.store.invitations import opt_out
from survey_api.dependencies import ServiceHere
from survey_api.learner.visit import see_other

router = APIRouter(prefix="/stop", include_in_schema=False)


@router.get("")
def stopped_page(request: Request, service: ServiceHere) -> HTMLResponse:
    """Say that there will be no more messages, whether or not there would have been any."""
    return service.pages.render_anywhere(request, "learner/stop.html", token="")


@router.get("/{token}")
def stop_page(request: Request, service: ServiceHere, token: str) -> HTMLResponse:
    """Ask whether messages about this survey should end: the same page for every token."""
    known_form = token if is_token(token) else "0" * 32
    return service.pages.render_anywhere(request, "learner/stop.html", token=known_form, offered=())


@router.post("/{token}")
def stop(request: Request, service: ServiceHere, token: str, page: bool = False) -> Response:
    """Send no more invitations and reminders of this campaign to the address that this link was sent to.

    ``page`` is in the page's own form; a mail program gets no redirect, which it would not follow.
    """
    if is_token(token):
        today = service.today()
        service.writer.write(lambda connection: opt_out(connection, token, today))
    return see_other("/stop") if page else stopped_page(request, service)
