"""Sending a response as JSON: stored once for each key, with every problem of the answers named at once."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from nets.campaign import Campaign
from nets.errors import CampaignNotOpen, InvalidResponse, NoSuchCampaign, NotFound
from nets.questionnaire.version import QuestionnaireVersion
from nets.response import Response as Bound
from nets.response import bind_response
from nets.store.campaigns import get_campaign
from nets.store.submissions import Attempt, submit_all
from survey_api.dependencies import ServiceHere
from survey_api.errors import MalformedRequest, SurveyNotOpen, problem_responses
from survey_api.learner.visit import TAKES_VISITORS

router = APIRouter(prefix="/campaigns", tags=["responses"])

ItemCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,19}$")]
CampaignId = Annotated[str, Path(openapi_examples={"demo": {"value": "nets-2026"}})]
Answer = StrictInt | Annotated[StrictStr, Field(max_length=10_000)]


class OpenCampaign(BaseModel):
    """What a client needs to know before it asks anything."""

    id: str = Field(examples=["nets-2026"])
    title: str = Field(examples=["National Education and Training Survey 2026"])
    questionnaire: str = Field(description="Where its questionnaire is.", examples=["/v1/questionnaires/nets/2026.1"])
    opens_on: str = Field(examples=["2026-10-01"])
    closes_on: str = Field(description="The last day on which answers are taken.", examples=["2026-11-30"])
    access_mode: str = Field(examples=["open_link"])
    anonymity_mode: str = Field(examples=["anonymous"])


class SubmittedResponse(BaseModel):
    """A learner's answers about one placement."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "placement_id": "P0001",
                    "learner_group": "nursing",
                    "answers": {"IND01": 4, "RES02": "prefer_not_to_say", "COM01": "The staff made time for us."},
                }
            ]
        },
    )

    placement_id: Annotated[StrictStr, Field(pattern=r"^[!-~]{1,64}$", description="Id of the placement.")]
    learner_group: Annotated[
        StrictStr, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="Code of the learner group.")
    ]
    answers: dict[ItemCode, Answer] = Field(
        description="By item code: the option's value as a whole number, a non-response code or a comment as a text. "
        "An item that is absent was left out.",
        json_schema_extra={"additionalProperties": False},
    )


class Receipt(BaseModel):
    """Proof that a response is in the store."""

    receipt: str = Field(examples=["K7QM-4TXD"])
    replayed: bool = Field(
        description="True where the same answers were already stored under this key.", examples=[False]
    )


async def require_plain_json(request: Request) -> None:
    """Refuse what JSON parsers read differently: repeated keys, NaN, half surrogates.

    Raises
    ------
    MalformedRequest
        Saying which of these it is, without repeating it.
    """
    try:
        document = json.loads(await request.body(), object_pairs_hook=_without_repeats, parse_constant=_no_constant)
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise MalformedRequest("a text holds half of a surrogate pair") from None
    except (ValueError, RecursionError):
        raise MalformedRequest("this is not a JSON document") from None


@router.get("/{campaign_id}", summary="A campaign that takes answers", responses=problem_responses(404))
def open_campaign(service: ServiceHere, campaign_id: CampaignId) -> OpenCampaign:
    """A campaign that is closed, not yet open or unknown is not found."""
    with service.database.read() as connection:
        try:
            campaign = get_campaign(connection, campaign_id)
        except NotFound:
            raise SurveyNotOpen from None
    if campaign.access_mode not in TAKES_VISITORS or not campaign.is_open(service.today()):
        raise SurveyNotOpen
    return OpenCampaign(
        id=campaign.id,
        title=campaign.title,
        questionnaire=f"/v1/questionnaires/{campaign.questionnaire_id}/{campaign.questionnaire_version}",
        opens_on=campaign.opens_on.isoformat(),
        closes_on=campaign.closes_on.isoformat(),
        access_mode=campaign.access_mode,
        anonymity_mode=campaign.anonymity_mode,
    )


@router.post(
    "/{campaign_id}/responses",
    summary="Send a response",
    status_code=201,
    dependencies=[Depends(require_plain_json)],
    responses={
        201: {"description": "Stored."},
        200: {"description": "Already stored under this key, with the same answers.", "model": Receipt},
        **problem_responses(404, 409, 413, 422),
    },
)
async def send_response(
    service: ServiceHere,
    campaign_id: CampaignId,
    body: SubmittedResponse,
    answer: Response,
    idempotency_key: Annotated[
        UUID,
        Header(
            description="A random UUID of the client's own, the same for every attempt to send this response.",
            openapi_examples={"demo": {"value": "0b8f3c1e-6a52-4d0e-9c77-2f5d1a90e4b3"}},
        ),
    ],
) -> Receipt:
    """Answered only after the commit. A retry with the same key and answers gets the same receipt; other answers get 409."""

    def bind(campaign: Campaign, version: QuestionnaireVersion) -> Bound:
        if campaign.access_mode not in TAKES_VISITORS:
            raise SurveyNotOpen
        try:
            return bind_response(
                version,
                body.answers,
                placement_id=body.placement_id,
                learner_group=body.learner_group,
                answered_on=service.today(),
            )
        except InvalidResponse:
            if campaign.is_open(service.today()):
                raise
            raise SurveyNotOpen from None

    try:
        submission = await service.writer.write_together(submit_all, Attempt(campaign_id, str(idempotency_key), bind))
    except (CampaignNotOpen, NoSuchCampaign):
        # A retry may come after the last day and still gets its receipt; to all others a closed campaign is unknown.
        raise SurveyNotOpen from None
    answer.status_code = 200 if submission.replayed else 201
    return Receipt(receipt=submission.receipt, replayed=submission.replayed)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise MalformedRequest("a field is given twice")
    return members


def _no_constant(name: str) -> None:
    raise MalformedRequest(f"{name} is not JSON")
