"""Who comes to a page of the path: the campaign, its version, and the draft that the cookie opens."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from nets.break_off import BEGUN, path_of
from nets.campaign import GRACE, AccessMode, Campaign
from nets.errors import NotFound
from nets.questionnaire.routing import routed_pages
from nets.questionnaire.version import Page, QuestionnaireVersion, Wording
from nets.retest import asked_again
from nets.store import campaigns
from nets.store.database import Connection
from nets.store.questionnaires import get_version
from survey_api.dependencies import Service, ServiceHere
from survey_api.errors import SurveyNotOpen
from survey_api.languages import Language, chosen_language, offered_languages
from survey_api.learner import draft as drafts
from survey_api.learner.device import IDLE_MINUTES, clear_device, read_cookie
from survey_api.learner.draft import Change, Draft
from survey_api.learner.outbox import SENT_FROM_OUTBOX
from survey_api.learner.remembered import mark_of, read_marks, remember

TAKES_VISITORS = frozenset({AccessMode.OPEN_LINK, AccessMode.PLACEMENT_QR})
"""Access modes in which a bare link is enough. Who is invited comes with a draft (``invited``), imported campaigns take no answers.
"""


class NoDraft(Exception):
    """The page needs a draft and the cookie opens none; the way on is the start page."""


class TimedOut(Exception):
    """A shared device stood idle for so long that whoever is there now need not be the learner."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request on the learner's path.

    ``token`` and ``draft`` are None for somebody who has no cookie, or whose draft has expired. ``offered`` are the languages of
    the questionnaire that the pages speak too. ``marks`` are of what this device has sent (``remembered``).
    """

    service: Service
    campaign: Campaign
    version: QuestionnaireVersion
    language: Language
    offered: tuple[Language, ...]
    path: str
    token: str | None
    draft: Draft | None
    is_shared: bool
    marks: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether a learner can begin today."""
        return self.campaign.is_open(self.service.today())

    @property
    def by_invitation(self) -> bool:
        """Whether learners come by the link in a message of their own."""
        return self.campaign.access_mode is AccessMode.INVITATION

    @property
    def is_again(self) -> bool:
        """Whether the learner is asked once more (``nets.retest``)."""
        return self.draft is not None and self.draft.is_again

    @property
    def answering_day(self) -> date:
        """The day that a response is given: in the days of grace after the campaign the last one of it."""
        today = self.service.today()
        return today if self.is_again else min(today, self.campaign.last_day)

    @property
    def has_timed_out(self) -> bool:
        """Whether a shared device was idle for too long to show what the draft holds."""
        if self.draft is None or not self.is_shared:
            return False
        return self.service.now() - self.draft.used_at > IDLE_MINUTES * 60

    def has_answered(self, placement_id: str) -> bool:
        """Whether this device, if it is one learner's own, has sent a response about a placement.

        An invitation is for one response anyway.
        """
        return not (self.is_shared or self.by_invitation) and mark_of(self.campaign.id, placement_id) in self.marks

    def remember(self, answer: Response, mark: str) -> None:
        """Let the device remember what was sent, if it is one learner's own."""
        if mark and not (self.is_shared or self.by_invitation):
            remember(answer, self.marks, mark, self.campaign, self.service.today(), self.service.settings)

    def url(self, *parts: str) -> str:
        """An address on this campaign's path."""
        return "/".join(("/c", self.campaign.id, *parts))

    def pages(self, draft: Draft) -> tuple[Page, ...]:
        """What this learner is led through, in order, one screen after the other."""
        routed = routed_pages(self.version, draft.learner_group, draft.answers, draft.skipped)
        # who is asked once more is asked for no comments, which may have been all that there was on a page
        shown = (page for page in routed if page.items or page.kind == "interruption")
        return tuple(screen for page in shown for screen in self.version.screens(page))

    def step_to_go_on(self, draft: Draft) -> str:
        """Where a learner goes on, or begins: placement and group of who is asked once more are those of the first time."""
        if draft.at or not draft.is_again:
            return draft.at or BEGUN
        pages = self.pages(draft)
        return f"p/{pages[0].code}" if pages else "change"

    def words(self, wording: Wording) -> str:
        """A text of the version in the language of the page, or in the version's first."""
        return wording.get(self.language.code) or wording[self.version.languages[0]]

    def render(self, template: str, **context: Any) -> HTMLResponse:
        """A page of the path."""
        context = {
            "visit": self,
            "draft": self.draft,
            "offered": self.offered,
            "path": self.path,
            "idle_minutes": IDLE_MINUTES,
            **context,
        }
        return self.service.pages.render(template, language=self.language, **context)

    def change(self, change: Change) -> Draft:
        """Apply a change to the draft as it is now in the store; one that was sent meanwhile stays as it is."""
        token = self.token
        if token is None:
            raise NoDraft

        def apply(connection: Connection) -> tuple[Draft, Draft]:
            draft = drafts.load(connection, token, self.campaign.id, self.version)
            if draft is None:
                raise NoDraft
            if draft.is_sent:
                return draft, draft
            changed = change(draft).advanced(path_of(self.version))
            changed = changed.used(self.service.now(), is_shared=self.is_shared and not self.has_timed_out)
            drafts.save(connection, token, changed, self.service.today(), self.service.settings.draft_days)
            return draft, changed

        before, after = self.service.writer.write(apply)
        if not after.is_again:
            self.service.break_offs.advance(self.campaign.id, before.furthest, after.furthest)
        return after


def the_visit(campaign_id: str, request: Request, service: ServiceHere) -> Visit:
    """Find campaign and draft.

    A campaign that is closed, not yet open or unknown is one and the same to a visitor; only a receipt can still be read, and
    for two days what was begun before the close can be finished.

    Raises
    ------
    SurveyNotOpen
        Where nothing is to be had at this address.
    """
    token, is_shared = read_cookie(request)
    with service.database.read() as connection:
        try:
            # a link that was typed on a phone begins with a capital
            campaign = campaigns.get_campaign(connection, campaign_id.lower())
        except NotFound:
            raise SurveyNotOpen from None
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        draft = drafts.load(connection, token, campaign.id, version) if token else None
    waited = request.headers.get(SENT_FROM_OUTBOX)
    if waited and draft and draft.submission_key != waited:
        draft = None  # it waited on the phone for a draft that is no longer the one of this browser
    today = service.today()
    may_come = campaign.access_mode in TAKES_VISITORS or (
        campaign.access_mode is AccessMode.INVITATION and draft is not None
    )
    is_open = may_come and _takes_answers(campaign, draft, today)
    if draft and draft.is_again:
        version = asked_again(version)
    if not is_open and not (draft and draft.is_sent):
        raise SurveyNotOpen
    offered = offered_languages(service.pages.languages, version.languages)
    language = chosen_language(request, offered)
    known = token if draft else None
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Visit(service, campaign, version, language, offered, path, known, draft, is_shared, read_marks(request))


def _takes_answers(campaign: Campaign, draft: Draft | None, today: date) -> bool:
    if draft is not None and draft.is_again:
        return today <= date.fromisoformat(draft.until) + GRACE
    return campaign.is_open(today) or (draft is not None and campaign.takes_late(today))


VisitHere = Annotated[Visit, Depends(the_visit)]


def the_unsent_draft(visit: VisitHere) -> Draft:
    """The draft of a page that shows what is in one.

    Raises
    ------
    NoDraft
        Where there is none, or where it has been sent: the start page says what then.
    TimedOut
        Where a shared device stood idle.
    """
    draft = the_draft_to_fill(visit)
    if visit.has_timed_out:
        raise TimedOut
    return draft


def the_draft_to_fill(visit: VisitHere) -> Draft:
    """The draft of a form. What a learner wrote on a shared device for longer than it stays open is saved before it closes."""
    if visit.draft is None or visit.draft.is_sent:
        raise NoDraft
    return visit.draft


DraftHere = Annotated[Draft, Depends(the_unsent_draft)]
DraftToFill = Annotated[Draft, Depends(the_draft_to_fill)]


def see_other(address: str) -> RedirectResponse:
    """The redirect after a post, so that refresh and Back repeat nothing."""
    return RedirectResponse(address, status_code=303)


def on_no_draft(request: Request, _: Exception) -> Response:
    """Lead to the receipt, if the cookie opens one, else to the start with a word about what happened."""
    visit = _visit_again(request)
    return see_other(
        visit.url("sent") + "?already=1" if visit.draft and visit.draft.is_sent else visit.url() + "?lost=1"
    )


def on_timed_out(request: Request, _: Exception) -> Response:
    """Close the survey on this device, and ask for the code or for the link in the message."""
    visit = _visit_again(request)
    answer = see_other("/i?paused=1" if visit.by_invitation else visit.url("resume") + "?paused=1")
    clear_device(answer, visit.url())
    return answer


def _visit_again(request: Request) -> Visit:
    return the_visit(request.path_params["campaign_id"], request, request.app.state.service)
