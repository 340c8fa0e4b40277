"""Who comes to a page of the path: the campaign, its version, and the draft that the cookie opens."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from nets.campaign import AccessMode, Campaign
from nets.errors import NotFound
from nets.questionnaire.routing import routed_pages
from nets.questionnaire.version import Page, QuestionnaireVersion
from nets.store import campaigns
from nets.store.database import Connection
from nets.store.questionnaires import get_version
from survey_api.dependencies import Service, ServiceHere
from survey_api.errors import SurveyNotOpen
from survey_api.learner import draft as drafts
from survey_api.learner.draft import COOKIE, Change, Draft

TAKES_VISITORS = frozenset({AccessMode.OPEN_LINK, AccessMode.PLACEMENT_QR})
"""Access modes in which a bare link is enough. Invitations have to be shown, imported campaigns take no answers."""


class NoDraft(Exception):
    """The page needs a draft and the cookie opens none; the way on is the start page."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request on the learner's path.

    ``token`` and ``draft`` are None for somebody who has no cookie, or whose draft has expired.
    """

    service: Service
    campaign: Campaign
    version: QuestionnaireVersion
    token: str | None
    draft: Draft | None

    def url(self, *parts: str) -> str:
        """An address on this campaign's path."""
        return "/".join(("/c", self.campaign.id, *parts))

    def pages(self, draft: Draft) -> tuple[Page, ...]:
        """The pages that this learner is led to, in order."""
        return routed_pages(self.version, draft.learner_group, draft.answers, draft.skipped)

    def change(self, change: Change) -> Draft:
        """Apply a change to the draft as it is now in the store; one that was sent meanwhile stays as it is."""
        token = self.token
        if token is None:
            raise NoDraft

        def apply(connection: Connection) -> Draft:
            draft = drafts.load(connection, token, self.campaign.id)
            if draft is None:
                raise NoDraft
            if draft.is_sent:
                return draft
            draft = change(draft)
            drafts.save(connection, token, draft, self.service.today(), self.service.settings.draft_days)
            return draft

        return self.service.writer.write(apply)


def the_visit(campaign_id: str, request: Request, service: ServiceHere) -> Visit:
    """Find campaign and draft.

    A campaign that is closed, not yet open or unknown is one and the same to a visitor; only a receipt can still be read.

    Raises
    ------
    SurveyNotOpen
        Where nothing is to be had at this address.
    """
    token = request.cookies.get(COOKIE)
    with service.database.read() as connection:
        try:
            campaign = campaigns.get_campaign(connection, campaign_id)
        except NotFound:
            raise SurveyNotOpen from None
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        draft = drafts.load(connection, token, campaign.id) if token else None
    is_open = campaign.is_open(service.today()) and campaign.access_mode in TAKES_VISITORS
    if not is_open and not (draft and draft.is_sent):
        raise SurveyNotOpen
    return Visit(service, campaign, version, token if draft else None, draft)


VisitHere = Annotated[Visit, Depends(the_visit)]


def the_unsent_draft(visit: VisitHere) -> Draft:
    """The draft of a page that fills one in.

    Raises
    ------
    NoDraft
        Where there is none, or where it has been sent: the start page says what then.
    """
    if visit.draft is None or visit.draft.is_sent:
        raise NoDraft
    return visit.draft


DraftHere = Annotated[Draft, Depends(the_unsent_draft)]


def see_other(address: str) -> RedirectResponse:
    """The redirect after a post, so that refresh and Back repeat nothing."""
    return RedirectResponse(address, status_code=303)


def on_no_draft(request: Request, _: Exception) -> Response:
    """Lead to the receipt, if the cookie opens one, else to the start with a word about what happened."""
    campaign_id = request.path_params["campaign_id"]
    visit = the_visit(campaign_id, request, request.app.state.service)
    return see_other(visit.url("sent") if visit.draft and visit.draft.is_sent else visit.url() + "?lost=1")
