"""What comes after evidence and concerns were entered: evidence is withdrawn, and what was done about a concern written down.

Neither changes what is there. Withdrawn evidence stays on record with the reason; steps follow each other.
"""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from nets.errors import InvalidSetting, NetsError, NotFound, Problem, Refused
from nets.reading import PlaceView, ReleaseReader
from nets.risk import read_rule
from nets.risk.concern import LONGEST_CONCERN, ConcernStatus
from nets.risk.entering import take_back_evidence, write_about_concern
from nets.risk.external_evidence import LONGEST_SENTENCE
from nets.store.concerns import ConcernOnRecord, get_concern
from nets.store.evidence import EvidenceOnRecord, get_evidence
from survey_api.dependencies import Service, ServiceHere
from survey_api.errors import status_of
from survey_api.learner.form import Fields, Form
from survey_api.quality.risk import assessable
from survey_api.released import released
from survey_api.staff.filled_form import FilledForm, as_called
from survey_api.staff.principal import ConcernFollower, RiskAssessor, require_form_token
from survey_api.staff.session_cookie import form_token, read_token

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)

_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "withdraw": {"reason": "why it should not count"},
    "step": {"status": "how far it has come", "note": "what was done"},
}
"""The fields of each form in their order, by what a problem calls them."""
_CAME_BEFORE: Final = {
    "withdraw": "it was withdrawn before, as you see above; nothing is stored",
    "step": "somebody has written about it since you opened this page; look at what is new above, and send yours again",
}


@router.get("/evidence/{evidence_id}/withdraw")
def withdrawal_page(
    request: Request, service: ServiceHere, assessor: RiskAssessor, release_id: str, place_id: str, evidence_id: str
) -> HTMLResponse:
    """Ask why a piece of evidence should not count."""
    with released(service, assessor, release_id) as release:
        view = assessable(release, place_id)
        kept = get_evidence(release.connection, evidence_id, place_id)
        return _page(request, service, release, view, "withdraw", kept, {}, None)


@router.post("/evidence/{evidence_id}/withdraw", dependencies=[Depends(require_form_token)])
def withdraw(
    request: Request,
    service: ServiceHere,
    assessor: RiskAssessor,
    release_id: str,
    place_id: str,
    evidence_id: str,
    form: Form,
) -> Response:
    """Withdraw it, once, in the name of who signed in; it stays on record with the reason."""
    with released(service, assessor, release_id) as release:
        view = assessable(release, place_id)
        get_evidence(release.connection, evidence_id, place_id)
    reason = FilledForm(form).line("reason")
    try:
        take_back_evidence(
            service.database.within(assessor.scope),
            evidence_id,
            reason=reason,
            by=assessor.who,
            on=service.today(),
            who=assessor.who,
        )
    except (InvalidSetting, Refused) as refused:
        with released(service, assessor, release_id) as release:
            kept = get_evidence(release.connection, evidence_id, place_id)
            made = [(one.reason, one.withdrawn_by) for one in kept.withdrawals]
            if isinstance(refused, InvalidSetting) or made != [(reason, assessor.who)]:
                return _page(request, service, release, view, "withdraw", kept, form, refused)
    return RedirectResponse(f"{_risk_address(request)}?withdrawn={evidence_id}", 303)


@router.get("/concern/{concern_id}/step")
def step_page(
    request: Request, service: ServiceHere, follower: ConcernFollower, release_id: str, place_id: str, concern_id: str
) -> HTMLResponse:
    """A concern with what was done about it so far, and ask what was done now."""
    with released(service, follower, release_id) as release:
        view = assessable(release, place_id)
        return _page(request, service, release, view, "step", _concern(release, place_id, concern_id), {}, None)


@router.post("/concern/{concern_id}/step", dependencies=[Depends(require_form_token)])
def write_step(
    request: Request,
    service: ServiceHere,
    follower: ConcernFollower,
    release_id: str,
    place_id: str,
    concern_id: str,
    form: Form,
) -> Response:
    """Write a step down, once, behind those that its writer has seen."""
    with released(service, follower, release_id) as release:
        view = assessable(release, place_id)
        _concern(release, place_id, concern_id)
    filled = FilledForm(form)
    seen = filled.read("seen", int, -1)
    status, note = filled.read("status", ConcernStatus, ConcernStatus.OPEN), filled.line("note")
    try:
        write_about_concern(
            service.database.within(follower.scope),
            concern_id,
            status,
            note=note,
            by=follower.who,
            on=service.today(),
            who=follower.who,
            seen=seen,
            beside=filled.wrong,
        )
    except (InvalidSetting, Refused) as refused:
        with released(service, follower, release_id) as release:
            kept = _concern(release, place_id, concern_id)
            made = [(one.number, one.status, one.note, one.taken_by) for one in kept.steps[-1:]]
            if isinstance(refused, InvalidSetting) or made != [(seen + 1, status, note, follower.who)]:
                return _page(request, service, release, view, "step", kept, form, refused)
    return RedirectResponse(f"{_risk_address(request)}?followed={concern_id}", 303)


def _concern(release: ReleaseReader, place_id: str, concern_id: str) -> ConcernOnRecord:
    """A concern about a place; NotFound for one about another place."""
    kept = get_concern(release.connection, concern_id)
    if kept.concern.place_id != place_id:
        raise NotFound(f"there is no concern {concern_id} about {place_id}")
    return kept


def _page(
    request: Request,
    service: Service,
    release: ReleaseReader,
    view: PlaceView,
    kind: str,
    kept: EvidenceOnRecord | ConcernOnRecord,
    fields: Fields,
    refused: NetsError | None,
) -> HTMLResponse:
    """The form about one piece of evidence or one concern, with what is wrong with what was sent, if anything is."""
    problems = list[Problem]()
    if isinstance(refused, InvalidSetting):
        problems = as_called(refused.problems, _FIELDS[kind])
    elif refused is not None:
        problems = [Problem(list(_FIELDS[kind])[-1], _CAME_BEFORE[kind])]
    return service.pages.render(
        f"quality/{kind}.html",
        status=200 if refused is None else status_of(refused),
        principal=release.principal,
        release=release.header,
        view=view,
        further="/".join(request.url.path.rsplit("/", 3)[1:]),
        kept=kept,
        rule=read_rule(),
        fields=fields,
        problems=problems,
        longest=LONGEST_SENTENCE if kind == "withdraw" else LONGEST_CONCERN,
        today=service.today(),
        token=form_token(read_token(request, service.settings)),
    )


def _risk_address(request: Request) -> str:
    """Of the place's risk, from that of a form about what is known of it."""
    return f"{request.url.path.rsplit('/', 3)[0]}/risk"
