"""The page that documents the interface, with its assets from this service instead of an outside host."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from survey_api.dependencies import ServiceHere

OPENAPI_ADDRESS = "/v1/openapi.json"

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def documentation_page(service: ServiceHere) -> HTMLResponse:
    """Swagger UI over the interface's own description."""
    return service.pages.render("documentation.html", openapi=OPENAPI_ADDRESS)
