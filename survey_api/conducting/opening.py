"""Opening a campaign, and closing it before its last day."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.conducting import begin_campaign, end_campaign
from nets.errors import InvalidSetting, Problem, Refused
from nets.questionnaire.version import QuestionnaireVersion
from nets.store.campaigns import get_campaign
from survey_api.dependencies import Service, ServiceHere
from survey_api.learner.form import Fields, Form
from survey_api.staff.filled_form import FilledForm, as_called
from survey_api.staff.principal import Conductor, require_form_token
from survey_api.staff.session_cookie import form_token, read_token

router = APIRouter(prefix="/campaigns", include_in_schema=False)

WAYS_IN: Final = (AccessMode.OPEN_LINK, AccessMode.PLACEMENT_QR, AccessMode.INVITATION)
"""What is imported brings its own campaign."""
_DEFAULTS: Final = {
    "access": AccessMode.INVITATION.value,
    "anonymity": AnonymityMode.ANONYMOUS.value,
    "place_floor": "5",
    "breakdown_floor": "10",
}
_FIELDS: Final = {
    "title": "title",
    "id": "code",
    "questionnaire": "questionnaire",
    "opens": "first day",
    "closes": "last day",
    "access": "how learners come in",
    "anonymity": "what they are promised",
    "place_floor": "fewest learners in a score",
    "breakdown_floor": "fewest learners in a breakdown",
}
"""The form's fields in their order, by what a problem calls them."""


@router.get("/open")
def opening_page(request: Request, service: ServiceHere, conductor: Conductor) -> HTMLResponse:
    """Ask for everything that a campaign fixes."""
    return _opening_page(request, service, conductor, _DEFAULTS)


@router.post("/open", dependencies=[Depends(require_form_token)])
def open_campaign(request: Request, service: ServiceHere, conductor: Conductor, form: Form) -> Response:
    """Set a campaign up, or say everything that is wrong with it at once."""
    try:
        version, campaign = _asked_for(service, form)
        service.writer.write(lambda connection: begin_campaign(connection, version, campaign, by=conductor.who))
    except InvalidSetting as refused:
        return _opening_page(request, service, conductor, form, refused.problems)
    except Refused as refused:
        problems = [Problem("id", problem.what) for problem in refused.problems]
        return _opening_page(request, service, conductor, form, problems)
    return RedirectResponse(f"/campaigns/{campaign.id}", 303)


@router.get("/{campaign_id}/close")
def closing_page(request: Request, service: ServiceHere, conductor: Conductor, campaign_id: str) -> Response:
    """Ask whether it is meant: a campaign that was closed cannot be opened again. One that is over is shown instead."""
    today = service.today()
    with service.database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
    if today > campaign.last_day:
        return RedirectResponse(f"/campaigns/{campaign_id}", 303)
    return service.pages.render(
        "conducting/close.html",
        principal=conductor,
        campaign=campaign,
        today=today,
        token=form_token(read_token(request, service.settings)),
    )


@router.post("/{campaign_id}/close", dependencies=[Depends(require_form_token)])
def close_campaign(service: ServiceHere, conductor: Conductor, campaign_id: str) -> Response:
    """Take no more answers from today on."""
    today = service.today()
    service.writer.write(lambda connection: end_campaign(connection, campaign_id, today, by=conductor.who))
    return RedirectResponse(f"/campaigns/{campaign_id}", 303)


def _asked_for(service: Service, form: Fields) -> tuple[QuestionnaireVersion, Campaign]:
    """The campaign that a form describes; InvalidSetting with every problem, each at the field that it stands in."""
    filled, problems = FilledForm(form), []
    version = filled.read("questionnaire", lambda text: service.folder.read(*_halves(text)), None)
    opens, closes = filled.day("opens"), filled.day("closes")
    any_day = opens or closes or service.today()
    campaign = None
    try:
        campaign = Campaign(
            id=form.get("id", "").strip(),
            title=form.get("title", "").strip(),
            questionnaire_id=version.id if version else "",
            questionnaire_version=version.version if version else "",
            opens_on=opens or any_day,
            closes_on=closes or any_day,
            access_mode=filled.read("access", _way_in, AccessMode.INVITATION),
            anonymity_mode=filled.read("anonymity", AnonymityMode, AnonymityMode.ANONYMOUS),
            place_floor=filled.read("place_floor", _number, 5, "write a whole number"),
            breakdown_floor=filled.read("breakdown_floor", _number, 10, "write a whole number"),
        )
    except InvalidSetting as refused:
        problems = [Problem({"closes_on": "closes"}.get(one.where, one.where), one.what) for one in refused.problems]
    if filled.wrong or campaign is None or version is None:
        raise InvalidSetting(as_called([*filled.wrong, *problems], _FIELDS))
    return version, campaign


def _opening_page(
    request: Request,
    service: Service,
    conductor: Conductor,
    form: Fields,
    problems: Sequence[Problem] = (),
) -> HTMLResponse:
    return service.pages.render(
        "conducting/open.html",
        status=422 if problems else 200,
        principal=conductor,
        form=form,
        problems=problems,
        versions=[f"{one}/{version}" for one, version in reversed(service.folder.versions())],
        token=form_token(read_token(request, service.settings)),
    )


def _halves(text: str) -> tuple[str, str]:
    one, slash, version = text.partition("/")
    if not slash:
        raise ValueError(text)
    return one, version


def _way_in(text: str) -> AccessMode:
    mode = AccessMode(text)
    if mode not in WAYS_IN:
        raise ValueError(text)
    return mode


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise ValueError(text)
    return int(text)
