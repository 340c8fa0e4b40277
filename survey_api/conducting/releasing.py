"""Making a release of a campaign."""

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from nets.errors import Problem, Refused
from survey_api.conducting.campaigns import render_campaign
from survey_api.dependencies import ServiceHere
from survey_api.staff.principal import Conductor, require_form_token

router = APIRouter(prefix="/campaigns/{campaign_id}", include_in_schema=False)


@router.post("/release", dependencies=[Depends(require_form_token)])
async def release_campaign(request: Request, service: ServiceHere, conductor: Conductor, campaign_id: str) -> Response:
    """Freeze the campaign's scores as they stand, and show the campaign with its new release."""
    try:
        made = await service.releases.make(campaign_id, service.today(), conductor.who)
    except Refused as refused:
        problems = [Problem("release", problem.what) for problem in refused.problems]
        return await run_in_threadpool(render_campaign, request, service, conductor, campaign_id, problems=problems)
    return RedirectResponse(f"/campaigns/{campaign_id}?released={made}", 303)
