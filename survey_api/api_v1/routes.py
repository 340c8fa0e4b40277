"""Everything under ``/v1``."""

from fastapi import APIRouter

from survey_api.api_v1 import (
    campaigns,
    comments,
    evidence,
    flags,
    organisations,
    questionnaires,
    release_risks,
    releases,
    response_rates,
    responses,
    risks,
    scores,
    scores_beside,
    trends,
)

router = APIRouter(prefix="/v1")
for _room in (
    questionnaires,
    responses,
    campaigns,
    releases,
    organisations,
    scores,
    scores_beside,
    response_rates,
    trends,
    flags,
    comments,
    release_risks,
    risks,
    evidence,
):
    router.include_router(_room.router)
