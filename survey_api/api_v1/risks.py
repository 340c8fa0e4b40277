"""Risks as they stand today: what is suggested of all that is known, what a person confirmed, and confirming it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from nets.access.roles import Principal
from nets.errors import InvalidSetting, Refused
from nets.reading import place_within
from nets.risk.as_released import risks_today
from nets.risk.assessing import assess
from nets.risk.assessment import Assessment
from nets.risk.confirmation import LONGEST_REASON, Decision
from nets.risk.external_evidence import LONGEST_NAME
from nets.risk.on_day import RiskOnDay, risk_on
from nets.store.assessments import list_assessments
from nets.store.database import Connection
from nets.told_risks import told_risks
from survey_api.api_v1.asked_places import PlaceId
from survey_api.api_v1.assessments import AssessedRisk, InForce, NotYetAssessed, assessed_risk
from survey_api.api_v1.by_whom import by_whom, problems_of_by
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_content
from survey_api.api_v1.organisations import PlaceInPath
from survey_api.api_v1.paging import Page, Paged, Pager
from survey_api.api_v1.responses import require_plain_json
from survey_api.api_v1.suggestions import Outcome, outcome_of
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.staff.principal import RiskAssessor, ScoreReader

router = APIRouter(prefix="/risks", tags=["risks"])

_Programme = Annotated[str, Field(max_length=LONGEST_NAME)]


class AskedRisks(Paged):
    """Risks of places in sight, or below one of them."""

    under: PlaceId | None = Field(
        default=None, description="This place and everything below it, by its id.", examples=["T001"]
    )


class AskedRisk(BaseModel):
    """Of the whole place or of one programme there."""

    model_config = ConfigDict(extra="forbid")

    programme: _Programme = Field(
        default="", description="One programme there, such as `Diagnostic radiography`; empty for the whole place."
    )
    ask: bool = Field(default=False, description="Whether a cell is wanted although nothing suggests one.")


class RiskToday(BaseModel):
    """The risk of a place, or of one programme there, as it stands today."""

    place_id: str = Field(examples=["P0001"])
    place: str = Field(description="The name of the place.", examples=["Emergency department"])
    level: str = Field(examples=["placement"])
    programme: str = Field(description="Empty for the whole place.", examples=[""])
    release_id: str = Field(description="The newest release; empty where there is none.", examples=["nets-2026-r1"])
    rule_version: str = Field(examples=["risk-2026.2"])
    suggestion: Outcome = Field(description="What the rule makes of the release and of all that came since.")
    assessment: InForce = Field(description="What a person confirmed last.")
    state: str = Field(
        description="Stands for all that is known now; send it as `seen` with an assessment of this risk.",
        examples=["8c2f6a0d9b1e4c7f5a3d2b1c0e9f8a7d6c5b4a39281706f5e4d3c2b1a0998877"],
    )


class Confirmation(BaseModel):
    """What a person decides of a suggested risk."""

    model_config = ConfigDict(extra="forbid")

    seen: Annotated[
        StrictStr, Field(max_length=64, description="`state` of the risk that was looked at.", examples=["8c2f6a0d"])
    ]
    likelihood: StrictInt | None = Field(
        default=None, ge=1, le=5, description="1 to 5; left out, as suggested.", examples=[4]
    )
    impact: StrictInt | None = Field(
        default=None, ge=1, le=5, description="1 to 5; left out, as suggested.", examples=[3]
    )
    reason: Annotated[StrictStr, Field(max_length=LONGEST_REASON)] = Field(
        default="",
        description="Why it is another cell than the suggested one. Everybody who may see the place reads it; name no learner.",
        examples=["Two learners left the placement since."],
    )
    interventions: list[Annotated[StrictStr, Field(max_length=100)]] = Field(
        default_factory=list,
        max_length=20,
        description="What is done, by the rule's names; the suggestion has what is offered first.",
        examples=[["triggered visit"]],
    )
    supportive: list[Annotated[StrictStr, Field(max_length=100)]] = Field(
        default_factory=list, max_length=20, description="What goes beside it.", examples=[["training"]]
    )
    programme: Annotated[StrictStr, Field(max_length=LONGEST_NAME)] = Field(
        default="", description="One programme there; empty for the whole place.", examples=[""]
    )
    ask: bool = Field(default=False, description="As it was asked for when it was looked at.", examples=[False])
    by: Annotated[StrictStr, Field(max_length=LONGEST_NAME)] = Field(
        default="",
        description="Who decided. A program with a key has to say it; somebody who has signed in confirms in her own name.",
        examples=["A. Example"],
    )


class Risks(Page[RiskToday]):
    """The most severe first: by the cell that a person confirmed, by the suggested one where nobody did."""


class Assessments(Page[AssessedRisk]):
    """Of the place and of the programmes there, the newest of each first: it is the one in force."""


@router.get("", summary="Risks today", responses={**NOT_MODIFIED, **problem_responses(404, 422)})
def risks(
    request: Request, answer: Response, service: ServiceHere, reader: ScoreReader, asked: Annotated[AskedRisks, Query()]
) -> Risks:
    """Placements of the newest release, and every place of which something else is known."""
    pager = Pager.of(request, reader, asked)
    with service.database.within(reader.scope).read() as connection:
        if asked.under is not None:
            place_within(connection, reader, asked.under)
        under = asked.under or (reader.scope[-1] if reader.scope else None)
        found = risks_today(connection, service.today(), under)
        keys = [(risk.place.id, risk.programme) for risk in found]
        span = pager.span(keys)
        items = _told(connection, reader, [found[at] for at in span])
    page = Risks(items=items, next_cursor=pager.next_cursor(keys, span))
    tag_by_content(request, answer, page)
    return page


@router.get(
    "/{place_id}", summary="The risk of a place today", responses={**NOT_MODIFIED, **problem_responses(404, 422)}
)
def risk(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    place_id: PlaceInPath,
    asked: Annotated[AskedRisk, Query()],
) -> RiskToday:
    """A place of any level, or one programme there."""
    with service.database.within(reader.scope).read() as connection:
        place_within(connection, reader, place_id)
        found = risk_on(connection, place_id, service.today(), programme=asked.programme, asked_for=asked.ask)
        (told,) = _told(connection, reader, [found])
    tag_by_content(request, answer, told)
    return told


@router.get(
    "/{place_id}/assessments",
    summary="How the risk of a place was assessed",
    responses={**NOT_MODIFIED, **problem_responses(404, 422)},
)
def assessments(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    place_id: PlaceInPath,
    asked: Annotated[Paged, Query()],
) -> Assessments:
    """Every assessment: the newest of the place and of each programme is in force, the others are superseded."""
    pager = Pager.of(request, reader, asked)
    with service.database.within(reader.scope).read() as connection:
        place_within(connection, reader, place_id)
        found = list_assessments(connection, place_id=place_id)
    keys = [(made.programme, str(made.number)) for made in found]
    span = pager.span(keys)
    items = [assessed_risk(made, reader) for made in found[span.start : span.stop]]
    page = Assessments(items=items, next_cursor=pager.next_cursor(keys, span))
    tag_by_content(request, answer, page)
    return page


@router.post(
    "/{place_id}/assessments",
    summary="Confirm or change the suggested risk of a place",
    status_code=201,
    dependencies=[Depends(require_plain_json)],
    responses={
        201: {"description": "Stored; it supersedes the assessment before."},
        200: {"description": "Stored already: the same was sent before.", "model": AssessedRisk},
        **problem_responses(403, 404, 409, 413, 422),
    },
)
def confirm_risk(
    answer: Response, service: ServiceHere, assessor: RiskAssessor, place_id: PlaceInPath, body: Confirmation
) -> AssessedRisk:
    """Stored where nothing has become known since it was looked at, and nobody has assessed it; otherwise 409, and nothing is.

    No assessment is ever changed. It stands in the audit trail under the name of the account or key.
    """
    if problems := problems_of_by(assessor, body.by):
        raise InvalidSetting(problems)
    decision = Decision(
        body.likelihood,
        body.impact,
        body.reason,
        tuple(body.interventions),
        tuple(body.supportive),
        by_whom(assessor, body.by),
        service.today(),
    )
    database = service.database.within(assessor.scope)
    with database.read() as connection:
        place_within(connection, assessor, place_id)
    try:
        made = assess(
            database,
            place_id,
            decision,
            programme=body.programme,
            asked_for=body.ask,
            seen=body.seen or "-",
            who=assessor.who,
        )
    except Refused:
        with database.read() as connection:
            stored = risk_on(connection, place_id, service.today(), programme=body.programme).history[:1]
        if not stored or not _is_made_by(decision, stored[0]):
            raise
        made, answer.status_code = stored[0], 200
    return assessed_risk(made, assessor)


def _is_made_by(decision: Decision, made: Assessment) -> bool:
    """Whether an assessment is what this decision led to, so that it was sent twice; what it left open was the suggestion."""
    cell = (made.likelihood, made.impact)
    wanted = (decision.likelihood or made.likelihood, decision.impact or made.impact)
    said = (decision.reason, decision.interventions, decision.supportive, decision.by, decision.on)
    return cell == wanted and said == (
        made.reason,
        made.interventions,
        made.supportive,
        made.confirmed_by,
        made.confirmed_on,
    )


def _told(connection: Connection, reader: Principal, risks: Sequence[RiskOnDay]) -> list[RiskToday]:
    """Risks in words for their reader."""
    return [
        RiskToday(
            place_id=risk.place.id,
            place=risk.place.name,
            level=risk.place.level,
            programme=risk.programme,
            release_id=risk.evidence.survey.release_id,
            rule_version=risk.rule.version,
            suggestion=outcome_of(risk.suggestion),
            assessment=(
                assessed_risk(risk.history[0], reader) if risk.history else NotYetAssessed(kind="not_assessed")
            ),
            state=risk.state,
        )
        for risk in told_risks(connection, reader, risks)
    ]
