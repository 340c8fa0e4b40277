"""What routes are given: the service's parts, and the check that a form came from this site."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Request

from nets.questionnaire.publishing import QuestionnaireFolder
from nets.store.database import Database
from nets.store.writer import Writer
from survey_api.conducting.release_maker import ReleaseMaker
from survey_api.errors import ForeignForm
from survey_api.learner.break_offs import BreakOffs
from survey_api.learner.code_tries import CodeTries
from survey_api.rendering import Pages
from survey_api.settings import Settings
from survey_api.staff.request_rate import RequestRate
from survey_api.staff.throttle import PasswordChecks, Throttle


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that every route shares."""

    settings: Settings
    database: Database
    folder: QuestionnaireFolder
    writer: Writer
    break_offs: BreakOffs
    pages: Pages
    today: Callable[[], date]
    now: Callable[[], float]
    throttle: Throttle
    passwords: PasswordChecks
    rate: RequestRate
    code_tries: CodeTries
    releases: ReleaseMaker


async def the_service(request: Request) -> Service:
    """The service that this request came to. It waits for nothing, so it needs no thread of the pool."""
    service: Service = request.app.state.service
    return service


ServiceHere = Annotated[Service, Depends(the_service)]


def require_own_form(request: Request, service: ServiceHere) -> None:
    """Refuse a form that another site sent. Browsers state the origin of every form; one that states none is refused."""
    if request.method in {"GET", "HEAD"}:
        return
    origin = request.headers.get("origin", "").lower()
    if origin:
        own = service.settings.public_origin or f"{request.url.scheme}://{request.headers.get('host', '').lower()}"
        if origin == own:
            return
    elif request.headers.get("sec-fetch-site") == "same-origin":
        return
    raise ForeignForm
