"""The campaigns there are, and one of them: what it fixed, how it goes, and what can be done."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from nets.access.roles import Principal
from nets.break_off import campaign_break_offs
from nets.campaign import GRACE, AccessMode, AnonymityMode, Campaign
from nets.errors import Problem
from nets.invitation import STATE_WORDS
from nets.retest import CONSENT_WORDS, WANTED, WINDOW, key_is_kept_until, last_day_to_invite
from nets.store.break_offs import read_step_counts
from nets.store.campaigns import get_campaign, list_campaigns
from nets.store.database import Connection
from nets.store.mailings import count_reminders, count_states
from nets.store.questionnaires import get_version
from nets.store.releases import list_releases
from nets.store.responses import count_responses
from nets.store.retest_consents import count_consents
from nets.store.retests import DestroyedRetest, count_retest, find_retest
from nets.store.rosters import read_rates, read_roster
from survey_api.dependencies import Service, ServiceHere
from survey_api.staff.principal import Conductor
from survey_api.staff.session_cookie import form_token, read_token

router = APIRouter(prefix="/campaigns", include_in_schema=False)


@router.get("")
def campaigns_page(service: ServiceHere, conductor: Conductor) -> HTMLResponse:
    """Every campaign, the newest first."""
    with service.database.read() as connection:
        newest = {header.campaign_id: header for header in reversed(list_releases(connection))}
        rows = [
            (campaign, count_responses(connection, campaign.id), newest.get(campaign.id))
            for campaign in list_campaigns(connection)
        ]
    return service.pages.render("conducting/campaigns.html", principal=conductor, rows=rows, today=service.today())


@router.get("/{campaign_id}")
def campaign_page(
    request: Request, service: ServiceHere, conductor: Conductor, campaign_id: str, released: str = ""
) -> HTMLResponse:
    """One campaign; ``released`` is the release that was made just now."""
    return render_campaign(request, service, conductor, campaign_id, released=released)


def render_campaign(
    request: Request,
    service: Service,
    conductor: Principal,
    campaign_id: str,
    *,
    released: str = "",
    problems: Sequence[Problem] = (),
) -> HTMLResponse:
    """A campaign's page, with what stood in the way of what was asked there."""
    return service.pages.render(
        "conducting/campaign.html",
        status=409 if problems else 200,
        principal=conductor,
        is_overview=True,
        released=released,
        problems=problems,
        token=form_token(read_token(request, service.settings)),
        **_known_of(service, campaign_id),
    )


def _known_of(service: Service, campaign_id: str) -> dict[str, Any]:
    with service.database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        by_invitation = campaign.access_mode is AccessMode.INVITATION
        states = count_states(connection, campaign_id) if by_invitation else {}
        today = service.today()
        return {
            "campaign": campaign,
            "today": today,
            "takes_answers": campaign.is_open(today),
            "is_over": today > campaign.last_day,
            "grace": GRACE,
            "link": f"{service.settings.public_origin or ''}/c/{campaign_id}",
            "version": version,
            "n_responses": count_responses(connection, campaign_id),
            "roster": read_roster(connection, campaign_id),
            "rates": read_rates(connection, campaign),
            **_retest_of(connection, campaign, takes_answers=campaign.is_open(today)),
            "reminders": count_reminders(connection, campaign_id) if by_invitation else {},
            "states": [(state, STATE_WORDS[state], n) for state, n in states.items() if n],
            "break_offs": campaign_break_offs(version, read_step_counts(connection, campaign_id)),
            "releases": list_releases(connection, campaign_id),
        }


def _retest_of(connection: Connection, campaign: Campaign, *, takes_answers: bool) -> dict[str, Any]:
    """How far the retest has come, of a campaign that has one or can still have one; else nothing."""
    retest = find_retest(connection, campaign.id)
    can_have_one = (
        takes_answers
        and campaign.access_mode is AccessMode.INVITATION
        and campaign.anonymity_mode is AnonymityMode.CONFIDENTIAL
    )
    if retest is None:
        return {"can_have_retest": can_have_one}
    consents = count_consents(connection, campaign.id)
    return {
        "retest": retest,
        "asked_again": retest.counts if isinstance(retest, DestroyedRetest) else count_retest(connection, campaign.id),
        "consents": [(words, consents[state]) for state, words in CONSENT_WORDS.items() if consents[state]],
        "wanted": WANTED,
        "window": WINDOW,
        "last_day_to_invite": last_day_to_invite(campaign),
        "key_until": key_is_kept_until(campaign),
    }
