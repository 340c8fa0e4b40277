"""The risk of a place: what is suggested and why, what is known, what was decided before, and the form to confirm or change it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from nets.access.roles import Permission, Principal
from nets.attention import is_on_little
from nets.errors import InvalidSetting, NotFound, Problem, Refused
from nets.organisation import Level
from nets.reading import PlaceView, ReleaseReader
from nets.releases.place_tree import NATION
from nets.releases.release import ReleaseHeader
from nets.risk import IMPACTS, LIKELIHOODS, RiskSuggestion
from nets.risk.assessing import assess
from nets.risk.assessment import Assessment
from nets.risk.confirmation import LONGEST_REASON
from nets.risk.on_day import RiskOnDay, risk_on
from nets.store.assessments import list_assessments, newest_only
from nets.store.calibrations import read_calibration
from nets.store.campaigns import list_campaigns
from nets.store.concerns import list_concerns
from nets.store.evidence import list_evidence
from nets.store.releases import latest_release
from nets.told_risks import told_assessments
from survey_api.dependencies import Service, ServiceHere
from survey_api.learner.form import Fields, Form
from survey_api.quality.figures import COLOUR_WORDS, matrix_rows
from survey_api.quality.risk_form import CALLED, choices, decision_of, fields_of, is_made_by
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.filled_form import as_called
from survey_api.staff.principal import RiskAssessor, ScoreReader, require_form_token
from survey_api.staff.session_cookie import form_token, read_token

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)

SOMETHING_NEW: Final = (
    "Something has become known, or somebody has assessed this risk, since you opened this page. What you entered is still here: "
    "look at what is new and decide again."
)


@router.get("/risk")
def risk_page(
    request: Request,
    service: ServiceHere,
    reader: ScoreReader,
    release_id: str,
    place_id: str,
    ask: bool = False,
    stored: str = "",
    entered: str = "",
    withdrawn: str = "",
    followed: str = "",
) -> HTMLResponse:
    """The suggested risk as it stands today; ``ask`` wants a cell although nothing suggests one."""
    with released(service, reader, release_id) as release:
        view = assessable(release, place_id)
        found = _risk_today(service, release, place_id, asked_for=ask)
        done = {"entered": entered, "withdrawn": withdrawn, "followed": followed}
        return _page(request, service, release, view, found, fields_of(found), stored=stored, done=done)


@router.post("/risk", dependencies=[Depends(require_form_token)])
def confirm_risk(
    request: Request, service: ServiceHere, assessor: RiskAssessor, release_id: str, place_id: str, form: Form
) -> Response:
    """Store what the person makes of it; what cannot stand comes back with everything that is wrong and nothing lost."""
    with released(service, assessor, release_id) as release:
        view = assessable(release, place_id)
        rule = _risk_today(service, release, place_id, asked_for=False).rule
        if _to_assess_on(release).id != release.header.id:
            raise Refused("a risk is assessed on the newest release of the newest campaign")
    asked_for, decision = form.get("ask") == "1", decision_of(form, rule, assessor.who, service.today())
    try:
        made = assess(
            service.database.within(assessor.scope),
            place_id,
            decision,
            campaign_id=release.header.campaign_id,
            asked_for=asked_for,
            seen=form.get("seen", "-"),
            who=assessor.who,
        )
    except (InvalidSetting, Refused) as refused:
        with released(service, assessor, release_id) as release:
            found = _risk_today(service, release, place_id, asked_for=asked_for)
            if isinstance(refused, Refused) and found.history and is_made_by(decision, found.history[0]):
                made = found.history[0]  # the same form sent twice
            else:
                is_invalid = isinstance(refused, InvalidSetting)
                problems = as_called(refused.problems, CALLED) if is_invalid else [Problem("seen", SOMETHING_NEW)]
                status = 422 if is_invalid else 409
                return _page(request, service, release, view, found, form, problems=problems, status=status)
    return RedirectResponse(f"{request.url.path}?stored={made.id}", 303)


@router.get("/risk.csv")
def risk_file(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> Response:
    """Every assessment of the place and of its programmes, the newest first."""
    with released(service, reader, release_id) as release:
        assessable(release, place_id)
        found = _history(release, place_id)
    return csv_answer(f"{place_id}-assessments.csv", _COLUMNS, [_line(made) for made in found])


def assessable(release: ReleaseReader, place_id: str) -> PlaceView:
    """A place whose risk the reader may see: one in her scope, whatever its level; not the nation, which nobody visits."""
    view = release.place(place_id)
    if view.level == NATION or not release.has(view.place):
        raise NotFound(f"there is no place {place_id}")
    return view


def _risk_today(service: Service, release: ReleaseReader, place_id: str, *, asked_for: bool) -> RiskOnDay:
    return risk_on(release.connection, place_id, service.today(), header=release.header, asked_for=asked_for)


def _to_assess_on(release: ReleaseReader) -> ReleaseHeader:
    """The newest release of the newest campaign of the questionnaire that has one: what lies before it is history."""
    asked = release.header.questionnaire_id
    campaigns = (one for one in list_campaigns(release.connection) if one.questionnaire_id == asked)
    found = (latest_release(release.connection, one.id) for one in campaigns)
    return next(one for one in found if one is not None)


def _page(
    request: Request,
    service: Service,
    release: ReleaseReader,
    view: PlaceView,
    found: RiskOnDay,
    fields: Fields,
    *,
    stored: str = "",
    done: Mapping[str, str] = MappingProxyType({}),
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HTMLResponse:
    reader, connection = release.principal, release.connection
    history = _history(release, view.place_id)
    suggestion = view.record.told(found.suggestion)
    is_suggested = isinstance(suggestion, RiskSuggestion)
    evidence = list_evidence(connection, place_id=view.place_id)
    concerns = _concerns(release, reader, view)
    known = {
        "entered": {kept.evidence.id for kept in evidence} | {kept.concern.id for kept in concerns},
        "withdrawn": {kept.evidence.id for kept in evidence if kept.withdrawals},
        "followed": {kept.concern.id for kept in concerns if kept.steps},
    }
    may_assess, may_read_concerns = reader.may(Permission.ASSESS_RISK), reader.may(Permission.READ_CONCERNS)
    return service.pages.render(
        "quality/risk.html",
        status=status,
        principal=reader,
        release=release.header,
        view=view,
        further="risk",
        risk=suggestion,
        suggested=is_suggested,
        is_on_little=is_on_little(suggestion, view),
        asked_for=found.evidence.asked_for,
        matrix=matrix_rows(_marks(found)),
        impacts=IMPACTS,
        likelihoods=LIKELIHOODS,
        colour_words=COLOUR_WORDS,
        rule=found.rule,
        evidence=[(piece, piece.counts(service.today(), found.rule.evidence_days)) for piece in evidence],
        concerns=concerns,
        done={what: code for what, code in done.items() if code in known[what]},
        n_concerns=len(found.evidence.concerns),
        today=service.today(),
        history=history,
        in_force={made.id for made in newest_only(history)},
        may_assess=may_assess,
        may_read_concerns=may_read_concerns,
        may_follow=may_assess and may_read_concerns,
        newest=_to_assess_on(release),
        interventions=choices("intervention", found.rule.every_intervention, fields, found),
        supportive=choices("supportive", found.rule.supportive, fields, found),
        fields=fields,
        seen=found.state,
        token=form_token(read_token(request, service.settings)),
        problems=problems or (),
        stored=stored if any(made.id == stored for made in history[:1]) else "",
        longest_reason=LONGEST_REASON,
        calibration=read_calibration(connection, release.header.id, Level.PLACEMENT),
    )


def _history(release: ReleaseReader, place_id: str) -> tuple[Assessment, ...]:
    """Every assessment, the newest first, in words for its reader."""
    return told_assessments(release.principal, list_assessments(release.connection, place_id=place_id))


def _marks(found: RiskOnDay) -> dict[tuple[int, int], str]:
    """What stands in the cells of the matrix: the suggested one and the one in force."""
    marks: dict[tuple[int, int], str] = {}
    if isinstance(found.suggestion, RiskSuggestion):
        marks[found.suggestion.likelihood, found.suggestion.impact] = "here"
    for made in found.history[:1]:
        cell = made.likelihood, made.impact
        marks[cell] = "here, set" if cell in marks else "set"
    return marks


def _concerns(release: ReleaseReader, reader: Principal, view: PlaceView) -> Any:
    """What concerns say, for those who may read it; nothing for others."""
    if not reader.may(Permission.READ_CONCERNS):
        return ()
    return list_concerns(release.connection, place_id=view.place_id)


_COLUMNS: Final = (
    "assessment", "programme", "confirmed_on", "confirmed_by", "likelihood", "impact", "colour", "level", "as_suggested", "reason",
    "interventions", "supportive", "suggested_reasons", "robustness", "release", "rule",
)  # fmt: skip


def _line(made: Assessment) -> list[str | float]:
    return [
        made.id, made.programme, str(made.confirmed_on), made.confirmed_by, made.likelihood, made.impact, made.colour,
        made.level.value, "yes" if made.is_as_suggested else "no", made.reason, "; ".join(made.interventions),
        "; ".join(made.supportive), " ".join(made.suggestion.reasons), made.robustness, made.release_id, made.rule_version,
    ]  # fmt: skip
