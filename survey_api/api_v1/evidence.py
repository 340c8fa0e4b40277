"""Evidence about a place from outside the survey: read, entered and withdrawn. What was entered is never changed.

Concerns are not here, and at no other address under ``/v1`` (docs/decisions/0014).
"""

import hashlib
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from nets.access.roles import Principal
from nets.errors import InvalidSetting, Problem, Refused
from nets.reading import place_within
from nets.risk.entering import enter_evidence, take_back_evidence
from nets.risk.external_evidence import LONGEST_NAME, LONGEST_SENTENCE, Bearing, Source
from nets.risk.on_day import risk_on
from nets.store.evidence import EvidenceOnRecord, get_evidence, list_evidence
from survey_api.api_v1.by_whom import by_whom, problems_of_by
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_content
from survey_api.api_v1.organisations import PlaceInPath
from survey_api.api_v1.paging import Page, Paged, Pager
from survey_api.api_v1.responses import require_plain_json
from survey_api.dependencies import Service, ServiceHere
from survey_api.errors import problem_responses
from survey_api.staff.principal import RiskAssessor, ScoreReader

router = APIRouter(prefix="/risks/{place_id}/evidence", tags=["risks"])

_SENT_BEFORE: Final = "something else was stored under this key, or the same on another day; nothing is stored now"
_CALLED: Final = {"entered_by": "by", "withdrawn_by": "by"}

EvidenceId = Annotated[
    str,
    Path(
        pattern=r"^ev-[0-9a-f]{8}$",
        description="Code of the piece of evidence.",
        openapi_examples={"demo": {"value": "ev-3f9a2c1b"}},
    ),
]
_By = Annotated[
    StrictStr,
    Field(
        max_length=LONGEST_NAME,
        description="In whose name. A program with a key has to say it; somebody who has signed in leaves it out.",
        examples=["A. Example"],
    ),
]


class Counting(BaseModel):
    """It counts in the risk that is suggested today."""

    kind: Literal["counts"] = Field(examples=["counts"])


class TooOld(BaseModel):
    """It is dated too long ago to count."""

    kind: Literal["too_old"] = Field(examples=["too_old"])


class WithdrawnEvidence(BaseModel):
    """It was withdrawn, stays on record, and counts no more."""

    kind: Literal["withdrawn"] = Field(examples=["withdrawn"])
    reason: str = Field(description="Why it should not count.", examples=["It was another ward."])
    withdrawn_by: str = Field(examples=["A. Example"])
    withdrawn_on: date = Field(examples=["2026-11-24"])


Standing: TypeAlias = Annotated[Counting | TooOld | WithdrawnEvidence, Field(discriminator="kind")]


class EvidenceAboutPlace(BaseModel):
    """One piece of evidence, and whether it counts today."""

    id: str = Field(examples=["ev-3f9a2c1b"])
    place_id: str = Field(examples=["P0001"])
    programme: str = Field(description="Empty for the whole place.", examples=[""])
    dated_on: date = Field(description="The day of the visit, the report, the meeting.", examples=["2026-11-03"])
    source: Source = Field(description="Where it comes from.", examples=["visit"])
    bearing: Bearing = Field(
        description="adverse points to a risk; context explains what is found; reassuring speaks against one and lowers nothing.",
        examples=["adverse"],
    )
    about: str = Field(description="Code of its subject.", examples=["supervision"])
    sentence: str = Field(description="What was found.", examples=["On two nights nobody senior was on the ward."])
    entered_by: str = Field(examples=["A. Example"])
    entered_on: date = Field(examples=["2026-11-24"])
    standing: Standing


class EvidenceList(Page[EvidenceAboutPlace]):
    """The newest first, by its day; withdrawn evidence too."""


class NewEvidence(BaseModel):
    """A piece of evidence to be stored."""

    model_config = ConfigDict(extra="forbid")

    dated_on: Annotated[StrictStr, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] = Field(
        description="The day of the visit, the report, the meeting; not one that is still to come.",
        examples=["2026-11-03"],
    )
    source: Source = Field(description="Where it comes from.", examples=["visit"])
    bearing: Bearing = Field(
        description="adverse points to a risk; context explains what is found; reassuring speaks against one and lowers nothing.",
        examples=["adverse"],
    )
    about: Annotated[StrictStr, Field(max_length=80)] = Field(
        description="Code of its subject: a scale, or one of the rule's other subjects such as `relationship`.",
        examples=["supervision"],
    )
    sentence: Annotated[StrictStr, Field(max_length=LONGEST_SENTENCE)] = Field(
        description="What was found, in one line. Everybody who may see the place reads it; name no learner and no patient.",
        examples=["On two nights nobody senior was on the ward."],
    )
    programme: Annotated[StrictStr, Field(max_length=LONGEST_NAME)] = Field(
        default="", description="One programme there; empty for the whole place.", examples=[""]
    )
    by: _By = ""


class NewWithdrawal(BaseModel):
    """Why a piece of evidence should not count."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[StrictStr, Field(max_length=LONGEST_SENTENCE)] = Field(
        description="In one line. Everybody who may see the place reads it; name no learner and no patient.",
        examples=["It was another ward."],
    )
    by: _By = ""


@router.get("", summary="Evidence about a place", responses={**NOT_MODIFIED, **problem_responses(404, 422)})
def evidence_about_place(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    place_id: PlaceInPath,
    asked: Annotated[Paged, Query()],
) -> EvidenceList:
    """Of the place itself and of its programmes, as on the page of its risk."""
    pager = Pager.of(request, reader, asked)
    with service.database.within(reader.scope).read() as connection:
        place_within(connection, reader, place_id)
        days = risk_on(connection, place_id, service.today()).rule.evidence_days
        found = list_evidence(connection, place_id=place_id)
    keys = [(kept.evidence.id,) for kept in found]
    span = pager.span(keys)
    items = [_told(kept, service.today(), days) for kept in found[span.start : span.stop]]
    page = EvidenceList(items=items, next_cursor=pager.next_cursor(keys, span))
    tag_by_content(request, answer, page)
    return page


@router.post(
    "",
    summary="Enter evidence about a place",
    status_code=201,
    dependencies=[Depends(require_plain_json)],
    responses={
        201: {"description": "Stored; it counts from now on."},
        200: {"description": "Stored already, under this key.", "model": EvidenceAboutPlace},
        **problem_responses(403, 404, 409, 413, 422),
    },
)
def enter(
    answer: Response,
    service: ServiceHere,
    assessor: RiskAssessor,
    place_id: PlaceInPath,
    body: NewEvidence,
    idempotency_key: Annotated[
        UUID,
        Header(
            description="A random UUID of the client's own, the same for every attempt to send this piece.",
            openapi_examples={"demo": {"value": "5d9a7f06-41c8-4b7b-a3f2-90be6c21d874"}},
        ),
    ],
) -> EvidenceAboutPlace:
    """Stored once for each key. It is never changed, and stands in the audit trail under the name of the account or key."""
    database, today = service.database.within(assessor.scope), service.today()
    with database.read() as connection:
        place_within(connection, assessor, place_id)
        before = {kept.evidence.id for kept in list_evidence(connection, place_id=place_id)}
    problems = problems_of_by(assessor, body.by)
    try:
        dated_on = date.fromisoformat(body.dated_on)
    except ValueError:
        dated_on = today
        problems.append(Problem("dated_on", "there is no such day"))
    try:
        piece = enter_evidence(
            database,
            place_id,
            body.sentence,
            programme=body.programme,
            dated_on=dated_on,
            source=body.source,
            bearing=body.bearing,
            about=body.about,
            by=by_whom(assessor, body.by),
            on=today,
            who=assessor.who,
            once=hashlib.sha256(idempotency_key.bytes).hexdigest()[:8],
            beside=problems,
        )
    except InvalidSetting as invalid:
        raise _as_sent(invalid) from None
    except Refused:
        raise Refused(_SENT_BEFORE) from None
    answer.status_code = 200 if piece.id in before else 201
    return _read(service, assessor, place_id, piece.id)


@router.post(
    "/{evidence_id}/withdrawal",
    summary="Withdraw evidence",
    status_code=201,
    dependencies=[Depends(require_plain_json)],
    responses={
        201: {"description": "Withdrawn: it stays on record, and counts no more."},
        200: {"description": "Withdrawn already, for the same reason by the same person.", "model": EvidenceAboutPlace},
        **problem_responses(403, 404, 409, 413, 422),
    },
)
def withdraw(
    answer: Response,
    service: ServiceHere,
    assessor: RiskAssessor,
    place_id: PlaceInPath,
    evidence_id: EvidenceId,
    body: NewWithdrawal,
) -> EvidenceAboutPlace:
    """It cannot be taken back; assessments that were made with the evidence stay as they are."""
    database, by = service.database.within(assessor.scope), by_whom(assessor, body.by)
    with database.read() as connection:
        place_within(connection, assessor, place_id)
        get_evidence(connection, evidence_id, place_id)
    try:
        take_back_evidence(
            database,
            evidence_id,
            reason=body.reason,
            by=by,
            on=service.today(),
            who=assessor.who,
            beside=problems_of_by(assessor, body.by),
        )
    except InvalidSetting as invalid:
        raise _as_sent(invalid) from None
    except Refused:
        with database.read() as connection:
            kept = get_evidence(connection, evidence_id, place_id)
        if (body.reason, by) not in ((one.reason, one.withdrawn_by) for one in kept.withdrawals):
            raise Refused(f"evidence {evidence_id} was withdrawn before; look at it again") from None
        answer.status_code = 200
    return _read(service, assessor, place_id, evidence_id)


def _as_sent(invalid: InvalidSetting) -> InvalidSetting:
    """The same problems by the names of the fields that were sent."""
    return InvalidSetting([Problem(_CALLED.get(one.where, one.where), one.what) for one in invalid.problems])


def _read(service: Service, reader: Principal, place_id: str, evidence_id: str) -> EvidenceAboutPlace:
    today = service.today()
    with service.database.within(reader.scope).read() as connection:
        days = risk_on(connection, place_id, today).rule.evidence_days
        return _told(get_evidence(connection, evidence_id, place_id), today, days)


def _told(kept: EvidenceOnRecord, today: date, days: int) -> EvidenceAboutPlace:
    piece = kept.evidence
    standing: Standing = Counting(kind="counts") if kept.counts(today, days) else TooOld(kind="too_old")
    for gone in kept.withdrawals:
        standing = WithdrawnEvidence(
            kind="withdrawn", reason=gone.reason, withdrawn_by=gone.withdrawn_by, withdrawn_on=gone.withdrawn_on
        )
    return EvidenceAboutPlace(
        id=piece.id,
        place_id=piece.place_id,
        programme=piece.programme,
        dated_on=piece.dated_on,
        source=piece.source,
        bearing=piece.bearing,
        about=piece.about,
        sentence=piece.sentence,
        entered_by=piece.entered_by,
        entered_on=piece.entered_on,
        standing=standing,
    )
