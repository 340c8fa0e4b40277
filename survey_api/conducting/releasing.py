"""Making a release of a campaign: asked about first, because a release is for ever."""

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from nets.campaign import GRACE
from nets.errors import Problem, Refused
from nets.store.campaigns import get_campaign
from nets.store.releases import latest_release
from nets.store.responses import count_responses
from nets.store.rosters import read_learners
from survey_api.conducting.campaigns import render_campaign
from survey_api.dependencies import Service, ServiceHere
from survey_api.learner.form import Form
from survey_api.staff.principal import Conductor, require_form_token
from survey_api.staff.session_cookie import form_token, read_token

router = APIRouter(prefix="/campaigns/{campaign_id}", include_in_schema=False)


@router.get("/release")
def releasing_page(request: Request, service: ServiceHere, conductor: Conductor, campaign_id: str) -> HTMLResponse:
    """Say what a release would freeze, and ask whether it is meant; where nobody has answered, say that there is nothing."""
    today = service.today()
    with service.database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        n_responses = count_responses(connection, campaign_id)
        has_rates = bool(read_learners(connection, campaign))
        before = latest_release(connection, campaign_id)
    return service.pages.render(
        "conducting/release.html",
        principal=conductor,
        campaign=campaign,
        n_responses=n_responses,
        has_rates=has_rates,
        before=before,
        takes_answers=campaign.is_open(today),
        takes_late=campaign.takes_late(today),
        is_over=today > campaign.last_day,
        sent_late_until=campaign.last_day + GRACE,
        token=form_token(read_token(request, service.settings)),
    )


@router.post("/release", dependencies=[Depends(require_form_token)])
async def release_campaign(
    request: Request, service: ServiceHere, conductor: Conductor, campaign_id: str, form: Form
) -> Response:
    """Freeze the campaign's scores as they stand, and show the campaign with its new release; once for a page that asked."""
    try:
        await run_in_threadpool(_refuse_another, service, campaign_id, form.get("after", ""))
        made = await service.releases.make(campaign_id, service.today(), conductor.who)
    except Refused as refused:
        problems = [Problem("release", problem.what) for problem in refused.problems]
        return await run_in_threadpool(render_campaign, request, service, conductor, campaign_id, problems=problems)
    return RedirectResponse(f"/campaigns/{campaign_id}?released={made}", 303)


def _refuse_another(service: Service, campaign_id: str, seen: str) -> None:
    """Refuse a form that was sent before, or while somebody else made a release: each is for ever."""
    with service.database.read() as connection:
        newest = latest_release(connection, campaign_id)
    if newest is not None and newest.id != seen:
        raise Refused(f"release {newest.id} was made since you opened the page that asks; no other one was made now")
