"""Evidence and concerns about a place, entered on pages by those who may assess its risk."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from nets.access.roles import Principal
from nets.errors import InvalidSetting, Problem, Refused
from nets.organisation import Organisation
from nets.reading import PlaceView
from nets.releases.release import ReleaseHeader
from nets.risk import read_rule
from nets.risk.concern import LONGEST_CONCERN, NATIONAL, Lead, not_outside_the_provider
from nets.risk.entering import enter_concern, enter_evidence, known_subjects
from nets.risk.external_evidence import LONGEST_SENTENCE, Bearing, Source
from survey_api.dependencies import Service, ServiceHere
from survey_api.learner.form import Fields, Form
from survey_api.quality.risk import assessable
from survey_api.released import released
from survey_api.staff.filled_form import FilledForm, as_called
from survey_api.staff.principal import RiskAssessor, require_form_token
from survey_api.staff.session_cookie import form_token, read_token

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)

_ONCE: Final = re.compile(r"[0-9a-f]{8}\Z")
_SENT_BEFORE: Final = (
    "this form was sent before with other words, which are stored; send it again to store these beside them"
)
_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "evidence": {
        "dated_on": "day of the visit, the report, the meeting",
        "source": "where it comes from",
        "about": "subject",
        "bearing": "what it says about the risk",
        "sentence": "what was found",
        "programme": "programme",
    },
    "concern": {
        "raised_on": "day on which it was raised",
        "is_safety": "whether learners or patients may come to harm",
        "about": "subject",
        "sentence": "what the concern is",
        "programme": "programme",
        "lead": "name of the lead",
        "lead_role": "what the lead is",
        "lead_at": "where the lead sits",
    },
}
"""The fields of each form in their order, by what a problem calls them."""


@dataclass(frozen=True, slots=True)
class _Place:
    """The place that a form is about, and what there is to choose from."""

    header: ReleaseHeader
    view: PlaceView
    subjects: tuple[str, ...]

    @property
    def seats(self) -> list[Organisation]:
        """The local office and the region, the nearest first, where a lead can sit."""
        places = self.view.place.organisation, *reversed(self.view.above)
        return [place for place in places if not not_outside_the_provider(place.id, place.level)]


@router.get("/evidence")
def evidence_page(
    request: Request, service: ServiceHere, assessor: RiskAssessor, release_id: str, place_id: str
) -> HTMLResponse:
    """Ask for a piece of evidence."""
    return _page(request, service, assessor, _place(service, assessor, release_id, place_id), {})


@router.get("/concern")
def concern_page(
    request: Request, service: ServiceHere, assessor: RiskAssessor, release_id: str, place_id: str
) -> HTMLResponse:
    """Ask for a concern and whom it goes to."""
    return _page(request, service, assessor, _place(service, assessor, release_id, place_id), {})


@router.post("/evidence", dependencies=[Depends(require_form_token)])
def store_evidence(
    request: Request, service: ServiceHere, assessor: RiskAssessor, release_id: str, place_id: str, form: Form
) -> Response:
    """Store a piece of evidence, once; or say everything that is wrong with it."""
    place, filled = _place(service, assessor, release_id, place_id), FilledForm(form)

    def store(once: str) -> str:
        return enter_evidence(
            service.database.within(assessor.scope),
            place_id,
            filled.line("sentence"),
            programme=filled.line("programme"),
            dated_on=filled.day("dated_on") or service.today(),
            source=filled.read("source", Source, Source.OTHER),
            bearing=filled.read("bearing", Bearing, Bearing.CONTEXT),
            about=filled.one_of("about", place.subjects, place.subjects[0]),
            by=assessor.who,
            on=service.today(),
            who=assessor.who,
            once=once,
            beside=filled.wrong,
        ).id

    return _stored(request, service, assessor, place, form, store)


@router.post("/concern", dependencies=[Depends(require_form_token)])
def store_concern(
    request: Request, service: ServiceHere, assessor: RiskAssessor, release_id: str, place_id: str, form: Form
) -> Response:
    """Store a concern, once, which goes to its lead; or say everything that is wrong with it."""
    place, filled = _place(service, assessor, release_id, place_id), FilledForm(form)
    seats = (NATIONAL, *(seat.id for seat in place.seats))

    def store(once: str) -> str:
        return enter_concern(
            service.database.within(assessor.scope),
            place_id,
            filled.line("sentence"),
            programme=filled.line("programme"),
            raised_on=filled.day("raised_on") or service.today(),
            is_safety=filled.one_of("is_safety", ("yes", "no"), "yes") == "yes",
            about=filled.one_of("about", place.subjects, place.subjects[0]),
            lead=Lead(filled.line("lead"), filled.line("lead_role"), filled.one_of("lead_at", seats, NATIONAL)),
            by=assessor.who,
            on=service.today(),
            who=assessor.who,
            once=once,
            beside=filled.wrong,
        ).id

    return _stored(request, service, assessor, place, form, store)


def _place(service: Service, assessor: Principal, release_id: str, place_id: str) -> _Place:
    with released(service, assessor, release_id) as release:
        return _Place(release.header, assessable(release, place_id), known_subjects(release.connection))


def _stored(
    request: Request, service: Service, assessor: Principal, place: _Place, form: Fields, store: Callable[[str], str]
) -> Response:
    """The answer to a form: to the risk of the place with what was stored, or back to the form with what is wrong."""
    once = form.get("once", "")
    try:
        code = store(once if _ONCE.match(once) else secrets.token_hex(4))
    except InvalidSetting as refused:
        return _page(request, service, assessor, place, form, refused.problems)
    except Refused:
        fields = {name: value for name, value in form.items() if name != "once"}
        return _page(request, service, assessor, place, fields, [Problem("sentence", _SENT_BEFORE)], 409)
    return RedirectResponse(f"{request.url.path.rpartition('/')[0]}/risk?entered={code}", 303)


def _page(
    request: Request,
    service: Service,
    assessor: Principal,
    place: _Place,
    fields: Fields,
    problems: Sequence[Problem] = (),
    status: int = 422,
) -> HTMLResponse:
    kind = request.url.path.rpartition("/")[2]
    rule, once = read_rule(), fields.get("once", "")
    return service.pages.render(
        f"quality/{kind}.html",
        status=status if problems else 200,
        principal=assessor,
        release=place.header,
        view=place.view,
        further=kind,
        fields=fields,
        problems=as_called(problems, _FIELDS[kind]),
        subjects=sorted((rule.title(code), code) for code in place.subjects),
        sources=list(Source),
        bearings=list(Bearing),
        seats=place.seats,
        national=NATIONAL,
        longest=LONGEST_SENTENCE if kind == "evidence" else LONGEST_CONCERN,
        once=once if _ONCE.match(once) else secrets.token_hex(4),
        today=service.today(),
        token=form_token(read_token(request, service.settings)),
    )
