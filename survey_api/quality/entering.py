"""Evidence and concerns about a place, entered on pages by those who may assess its risk."""

import re
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from nets.access.roles import Principal
from nets.errors import InvalidSetting, Problem, Refused
from nets.organisation import Level, Organisation
from nets.reading import PlaceView
from nets.risk import read_rule
from nets.risk.concern import LONGEST_CONCERN, NATIONAL, Concern, Lead
from nets.risk.entering import enter_concern, enter_evidence, known_subjects
from nets.risk.external_evidence import LONGEST_SENTENCE, Bearing, ExternalEvidence, Source
from survey_api.dependencies import Service, ServiceHere
from survey_api.learner.form import Fields, Form
from survey_api.quality.risk import assessable
from survey_api.released import released
from survey_api.staff.principal import RiskAssessor, require_form_token
from survey_api.staff.session_cookie import form_token, read_token

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)

_ONCE: Final = re.compile(r"[0-9a-f]{8}\Z")
_SENT_BEFORE: Final = (
    "this form was sent before with other words, which are stored; send it again to store these beside them"
)
_LEADS_SIT_AT: Final = (Level.LOCAL_OFFICE, Level.REGION)
_CALLED: Final[Mapping[str, str]] = {
    "dated_on": "day",
    "raised_on": "day",
    "source": "where it comes from",
    "is_safety": "safety",
    "about": "subject",
    "bearing": "what it says",
    "sentence": "words",
    "programme": "programme",
    "lead": "name of the lead",
    "lead_role": "what the lead is",
    "lead_at": "where the lead sits",
}
"""The fields of both forms in their order, by what a problem calls them."""
_WRITTEN: Final = ("sentence", "lead", "lead_role")
"""Those that are typed and may not be left out."""
_Value = TypeVar("_Value")


@router.get("/evidence")
def evidence_page(
    request: Request, service: ServiceHere, assessor: RiskAssessor, release_id: str, place_id: str
) -> HTMLResponse:
    """Ask for a piece of evidence."""
    return _page(request, service, assessor, release_id, place_id, {})


@router.get("/concern")
def concern_page(
    request: Request, service: ServiceHere, assessor: RiskAssessor, release_id: str, place_id: str
) -> HTMLResponse:
    """Ask for a concern and whom it goes to."""
    return _page(request, service, assessor, release_id, place_id, {})


@router.post("/evidence", dependencies=[Depends(require_form_token)])
def store_evidence(
    request: Request, service: ServiceHere, assessor: RiskAssessor, release_id: str, place_id: str, form: Form
) -> Response:
    """Store a piece of evidence, once; or say everything that is wrong with it."""

    def store(taken: "_Taken", once: str) -> str:
        piece = taken.whole(
            lambda: ExternalEvidence(
                id=f"ev-{once}",
                place_id=place_id,
                programme=taken.line("programme"),
                dated_on=taken.read("dated_on", _day, service.today(), "write it like 2026-10-01"),
                source=taken.read("source", Source, Source.OTHER, "choose one"),
                bearing=taken.read("bearing", Bearing, Bearing.CONTEXT, "choose one"),
                about=taken.read("about", taken.subject, "", "choose one"),
                sentence=taken.line("sentence"),
                entered_by=assessor.who,
                entered_on=service.today(),
            )
        )
        return enter_evidence(
            service.database.within(assessor.scope),
            place_id,
            piece.sentence,
            programme=piece.programme,
            dated_on=piece.dated_on,
            source=piece.source,
            bearing=piece.bearing,
            about=piece.about,
            by=assessor.who,
            on=piece.entered_on,
            who=assessor.who,
            once=once,
        ).id

    return _stored(request, service, assessor, release_id, place_id, form, store)


@router.post("/concern", dependencies=[Depends(require_form_token)])
def store_concern(
    request: Request, service: ServiceHere, assessor: RiskAssessor, release_id: str, place_id: str, form: Form
) -> Response:
    """Store a concern, once, which goes to its lead; or say everything that is wrong with it."""

    def store(taken: "_Taken", once: str) -> str:
        concern = taken.whole(
            lambda: Concern(
                id=f"co-{once}",
                place_id=place_id,
                programme=taken.line("programme"),
                raised_on=taken.read("raised_on", _day, service.today(), "write it like 2026-10-01"),
                is_safety=taken.read("is_safety", {"yes": True, "no": False}.__getitem__, True, "choose one"),
                about=taken.read("about", taken.subject, "", "choose one"),
                sentence=taken.line("sentence"),
                lead=Lead(
                    taken.line("lead"), taken.line("lead_role"), taken.read("lead_at", taken.seat, "", "choose one")
                ),
                entered_by=assessor.who,
                entered_on=service.today(),
            )
        )
        return enter_concern(
            service.database.within(assessor.scope),
            place_id,
            concern.sentence,
            programme=concern.programme,
            raised_on=concern.raised_on,
            is_safety=concern.is_safety,
            about=concern.about,
            lead=concern.lead,
            by=assessor.who,
            on=concern.entered_on,
            who=assessor.who,
            once=once,
        ).id

    return _stored(request, service, assessor, release_id, place_id, form, store)


class _Taken:
    """What a form holds, read field by field; ``whole`` raises everything that is wrong at once, in the order of the form."""

    def __init__(self, form: Fields, subjects: Collection[str], seats: Collection[str]) -> None:
        self._form, self._subjects, self._seats = form, subjects, seats
        self._problems: list[Problem] = []

    def read(self, name: str, read: Callable[[str], _Value], instead: _Value, what: str) -> _Value:
        """A field's value; another instead where it is none, with what is wrong noted."""
        try:
            return read(self._form.get(name, "").strip())
        except (ValueError, KeyError):
            self._problems.append(Problem(name, what))
            return instead

    def line(self, name: str) -> str:
        """A field as one line: line ends become spaces."""
        return " ".join(self._form.get(name, "").split())

    def subject(self, text: str) -> str:
        """One of the known subjects."""
        return _among(text, self._subjects)

    def seat(self, text: str) -> str:
        """One of the places outside of the provider where a lead can sit."""
        return _among(text, self._seats)

    def whole(self, make: Callable[[], _Value]) -> _Value:
        """The record that the fields make, or InvalidSetting."""
        try:
            made = make()
        except InvalidSetting as refused:
            self._problems += refused.problems
            made = None
        if self._problems or made is None:
            fields = list(_CALLED)
            self._problems.sort(key=lambda one: fields.index(one.where))
            raise InvalidSetting(Problem(one.where, self._told(one)) for one in self._problems)
        return made

    def _told(self, problem: Problem) -> str:
        is_missing = problem.where in _WRITTEN and not self.line(problem.where)
        return f"{_CALLED[problem.where]}: {'is missing' if is_missing else problem.what}"


def _stored(
    request: Request,
    service: Service,
    assessor: Principal,
    release_id: str,
    place_id: str,
    form: Fields,
    store: Callable[[_Taken, str], str],
) -> Response:
    """The answer to a form: to the risk of the place with what was stored, or back to the form with what is wrong."""
    with released(service, assessor, release_id) as release:
        view = assessable(release, place_id)
        seats = [NATIONAL, *(place.id for place in _seats(view))]
        taken = _Taken(form, known_subjects(release.connection), seats)
    once = form.get("once", "")
    try:
        code = store(taken, once if _ONCE.match(once) else secrets.token_hex(4))
    except InvalidSetting as refused:
        return _page(request, service, assessor, release_id, place_id, form, refused.problems)
    except Refused:
        fields = {name: value for name, value in form.items() if name != "once"}
        return _page(request, service, assessor, release_id, place_id, fields, [Problem("sentence", _SENT_BEFORE)], 409)
    return RedirectResponse(f"{request.url.path.rpartition('/')[0]}/risk?entered={code}", 303)


def _page(
    request: Request,
    service: Service,
    assessor: Principal,
    release_id: str,
    place_id: str,
    fields: Fields,
    problems: Sequence[Problem] = (),
    status: int = 422,
) -> HTMLResponse:
    kind = request.url.path.rpartition("/")[2]
    with released(service, assessor, release_id) as release:
        view = assessable(release, place_id)
        subjects = known_subjects(release.connection)
        header = release.header
    rule, once = read_rule(), fields.get("once", "")
    context: dict[str, Any] = {
        "principal": assessor,
        "release": header,
        "view": view,
        "further": kind,
        "fields": fields,
        "problems": problems,
        "subjects": sorted((rule.title(code), code) for code in subjects),
        "sources": list(Source),
        "bearings": list(Bearing),
        "seats": _seats(view),
        "national": NATIONAL,
        "longest": LONGEST_SENTENCE if kind == "evidence" else LONGEST_CONCERN,
        "once": once if _ONCE.match(once) else secrets.token_hex(4),
        "today": service.today(),
        "token": form_token(read_token(request, service.settings)),
    }
    return service.pages.render(f"quality/{kind}.html", status=status if problems else 200, **context)


def _seats(view: PlaceView) -> list[Organisation]:
    """The local office and the region of a place, the nearest first, where a lead can sit."""
    own = Organisation(view.place_id, Level(view.level), view.name, view.above[-1].id if view.above else None)
    return [place for place in (own, *reversed(view.above)) if place.level in _LEADS_SIT_AT]


def _among(text: str, known: Collection[str]) -> str:
    if text not in known:
        raise ValueError(text)
    return text


def _day(text: str) -> date:
    if len(text) != len("2026-10-01") or not text.isascii():
        raise ValueError(text)
    return date.fromisoformat(text)
