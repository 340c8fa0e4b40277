"""The page at the bare address: whoever comes here is told which way is theirs."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from survey_api.dependencies import ServiceHere
from survey_api.staff.principal import whoever_signed_in
from survey_api.staff.sections import first_page

router = APIRouter(include_in_schema=False)


@router.get("/")
def front_page(request: Request, service: ServiceHere) -> Response:
    """Say to learners that they need their link, and to staff where to sign in; lead who has signed in to her first page."""
    principal = whoever_signed_in(request, service)
    if principal is not None:
        return RedirectResponse(first_page(principal), 303)
    return service.pages.render_anywhere(request, "notice/front.html")
