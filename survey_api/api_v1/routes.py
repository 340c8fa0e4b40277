"""Everything under ``/v1``."""

from fastapi import APIRouter

from survey_api.api_v1 import (
    campaigns,
    flags,
    organisations,
    questionnaires,
    release_risks,
    releases,
    responses,
    scores,
)

router = APIRouter(prefix="/v1")
for _room in (questionnaires, responses, campaigns, releases, organisations, scores, flags, release_risks):
    router.include_router(_room.router)
