"""What a learner has answered so far, as it is sealed in the store under the token that only her cookie or her code yields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from nets.break_off import BEGUN
from nets.errors import InvalidSetting
from nets.questionnaire.version import QuestionnaireVersion
from nets.store import drafts
from nets.store.database import Connection
from nets.store.invitations import OpenInvitation, OpenSecondInvitation
from survey_api.learner.remembered import mark_of


@dataclass(frozen=True, slots=True)
class Draft:
    """One learner's way through one campaign.

    Attributes
    ----------
    submission_key
        Made with the draft, so that every attempt to send it is the same submission.
    answers
        By item code: option values as integers, non-response codes and comments as strings.
    skipped
        Codes of the interruption pages at which the learner chose to go round.
    refused
        What was posted but cannot stand, by item code and as it was typed, so that it can be shown with what is wrong.
    code
        What the learner types to go on elsewhere; the token is derived from it, and outside this seal it is kept nowhere.
    invitation
        What the ledger knows her invitation by, in hexadecimal digits; empty where she came by an open link.
    at
        The page that she comes back to, as its address goes on after the campaign's: ``"p/induction-2"``.
    furthest
        The last step of the path that she has come to, however far she went back since; by it each step is counted once.
    used_at
        When a shared device last saved something, in seconds; 0 where the device is the learner's own.
    receipt
        Empty until the store has committed the response; from then on the answers are no longer kept here.
    mark
        Of the placement that was sent about, for the device to remember it by (``remembered``); empty until then.
    agreed
        Whether she agreed to be asked once more when she sent (``nets.retest``).
    until
        The last day on which a second answer is taken, as ``2026-11-26``; empty where she is here for the first time.
    change
        What she says of the placement since her first answer; empty where she has not said.
    """

    campaign_id: str
    submission_key: str
    placement_id: str = ""
    learner_group: str = ""
    answers: Mapping[str, int | str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    invitation: str = ""
    at: str = ""
    furthest: str = ""
    used_at: int = 0
    receipt: str = ""
    mark: str = ""
    agreed: bool = False
    until: str = ""
    change: str = ""

    @property
    def is_sent(self) -> bool:
        """Whether the response is in the store."""
        return bool(self.receipt)

    @property
    def is_again(self) -> bool:
        """Whether she is asked once more."""
        return bool(self.until)

    def sent(self, receipt: str, *, agreed: bool = False) -> "Draft":
        """The same draft after sending: the receipt, a mark of the placement and nothing of the answers."""
        return Draft(
            self.campaign_id,
            self.submission_key,
            used_at=self.used_at,
            receipt=receipt,
            mark=mark_of(self.campaign_id, self.placement_id),
            agreed=agreed,
            until=self.until,
        )

    def advanced(self, path: Sequence[str]) -> "Draft":
        """The same draft with where it is noted as the furthest step, if it is; ``path`` holds all steps in order."""
        steps = [step for step in (self.furthest, self.at) if step in path]
        return replace(self, furthest=max(steps, key=path.index, default=""))

    def used(self, now: float, *, is_shared: bool) -> "Draft":
        """The same draft with the time noted, where it is needed: only a shared device is closed by it."""
        return replace(self, used_at=int(now)) if is_shared else self

    def fitted(self, version: QuestionnaireVersion) -> "Draft":
        """The same draft without what the version does not ask: before its first response a campaign may be given another.

        Item codes are permanent, so what both versions ask stands.
        """
        if all(code in version.item for code in (*self.answers, *self.refused)):
            return self
        answers = {code: answer for code, answer in self.answers.items() if code in version.item}
        return replace(self, answers=answers, refused={c: t for c, t in self.refused.items() if c in version.item})


_DRAFT: Final = TypeAdapter(Draft)


def new_draft(campaign_id: str, placement_id: str, code: str) -> Draft:
    """An empty draft with a submission key of its own."""
    return Draft(campaign_id, str(uuid4()), placement_id=placement_id, code=code, furthest=BEGUN)


def invited_draft(invitation: OpenInvitation) -> Draft:
    """A draft that is not begun yet, with what the invitation fills in. It has no code: the link in the message opens it."""
    return Draft(
        invitation.campaign_id,
        str(uuid4()),
        placement_id=invitation.placement_id,
        learner_group=invitation.learner_group,
        invitation=invitation.token_hash.hex(),
    )


def second_draft(invitation: OpenSecondInvitation) -> Draft:
    """A draft that is not begun yet, of who is asked once more: for the same placement and group."""
    return Draft(
        invitation.campaign_id,
        str(uuid4()),
        placement_id=invitation.placement_id,
        learner_group=invitation.learner_group,
        invitation=invitation.token_hash.hex(),
        until=invitation.until.isoformat(),
    )


def load(connection: Connection, token: str, campaign_id: str, version: QuestionnaireVersion) -> Draft | None:
    """The draft behind a token, or None: unknown token, expired, or of another campaign."""
    try:
        content = drafts.load_draft(connection, token)
    except InvalidSetting:
        return None  # too short to be a token of ours
    if content is None:
        return None
    try:
        draft = _DRAFT.validate_json(content)
    except ValidationError:
        # Written by another release of the service. The error quotes the content, so it must go no further.
        return None
    return draft.fitted(version) if draft.campaign_id == campaign_id else None


def save(connection: Connection, token: str, draft: Draft, today: date, days: int) -> None:
    """Seal a draft under its token."""
    drafts.save_draft(connection, token, _DRAFT.dump_json(draft), today + timedelta(days=days))


Change = Callable[[Draft], Draft]


def answered(given: Mapping[str, int | str], refused: Mapping[str, str], shown: tuple[str, ...]) -> Change:
    """A change that puts what a page posted in place of what the draft held for the items shown there."""

    def change(draft: Draft) -> Draft:
        answers = {code: answer for code, answer in draft.answers.items() if code not in shown}
        kept = {code: text for code, text in draft.refused.items() if code not in shown}
        return replace(draft, answers={**answers, **given}, refused={**kept, **refused})

    return change
