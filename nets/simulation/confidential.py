"""A small confidential campaign by personal invitation: written to, reminded, answered, and some of its learners asked once more.

All of it goes through what the commands and the service use, a week at a time, in one transaction. Nothing is sent to anybody.
"""

import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from nets.access.audit import Act
from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.conducting import begin_campaign
from nets.invitation import InvitationKey, Invited, stop_token
from nets.organisation import Organisation
from nets.packing import pack
from nets.questionnaire.version import QuestionnaireVersion
from nets.response import Response
from nets.retest import PlacementChange, SecondAnswers
from nets.retesting import draw
from nets.simulation.learners import simulate_learners
from nets.simulation.rosters import invented_roster
from nets.store import mailings
from nets.store.audit import write_audit
from nets.store.database import Connection
from nets.store.invitations import add_invitations, opt_out, spend_invitation, spend_second_invitation
from nets.store.mailings import Due
from nets.store.retest_consents import keep_consent
from nets.store.retests import get_open_retest, open_retest
from nets.store.second_answers import keep_answers
from nets.store.submissions import submit
from nets.store.withdrawals import response_of

DEMO_KEY: Final = "invented-learners-need-no-secret-key"
"""What the addresses are sealed with. It may be read here because nobody has these addresses."""

_PLACEMENTS: Final = slice(30, 42)
_WEEK: Final = timedelta(days=7)
_WEEKS_AGO: Final = 8
_WEEKS_TO_COME: Final = 3
_REMINDED_IN: Final = (2, 4)
_LATE_IN: Final = 6
_SHARE_DRAWN: Final = 50
_ONE_IN_BOUNCES, _ONE_IN_STOPS, _ONE_IN_COMES_LATE = 40, 25, 12
_AGREE, _ANSWER_AGAIN, _RATE_ANEW = 0.7, 0.65, 0.45
_CHANGES: Final = {
    PlacementChange.STABLE: 0.84,
    PlacementChange.CHANGED: 0.08,
    PlacementChange.CANNOT_SAY: 0.05,
    PlacementChange.NOT_SAID: 0.03,
}


def confidential_campaign(version: QuestionnaireVersion, today: date) -> Campaign:
    """The campaign, which has been open for eight weeks."""
    opens_on = today - _WEEKS_AGO * _WEEK
    return Campaign(
        id=f"pilot-{today.year}",
        title=f"Confidential pilot {today.year}",
        questionnaire_id=version.id,
        questionnaire_version=version.version,
        opens_on=opens_on,
        closes_on=today + _WEEKS_TO_COME * _WEEK,
        access_mode=AccessMode.INVITATION,
        anonymity_mode=AnonymityMode.CONFIDENTIAL,
    )


@dataclass(slots=True, eq=False)
class _Pilot:
    """The campaign as it goes on.

    Attributes
    ----------
    hash_of
        The hash of a token by the address that it went to.
    first_of
        First responses by what stands for them in the retest.
    asked_again
        Whom the latest draw found.
    """

    connection: Connection
    version: QuestionnaireVersion
    campaign: Campaign
    chance: np.random.Generator
    by: str
    hash_of: dict[str, bytes] = field(default_factory=dict)
    first_of: dict[bytes, Response] = field(default_factory=dict)
    asked_again: Sequence[Due] = ()
    key: InvitationKey = field(default_factory=lambda: InvitationKey(DEMO_KEY))

    def invite(self, people: Sequence[Invited], silent: Sequence[Invited]) -> None:
        """Enter them all, open the retest and write to them; some of the silent cannot be reached, and some want no messages."""
        connection, campaign_id, day = self.connection, self.campaign.id, self.campaign.opens_on
        added = add_invitations(connection, self.key, campaign_id, [*people, *silent], day)
        write_audit(connection, self.by, Act.INVITATIONS_ADDED, campaign_id, rows=added.new)
        open_retest(connection, self.key, campaign_id, _SHARE_DRAWN, day)
        write_audit(connection, self.by, Act.RETEST_OPENED, campaign_id, share=_SHARE_DRAWN)
        due = mailings.due_invitations(connection, campaign_id)
        tokens = {}
        for one in due:
            token, address = self.key.open(one.sealed, one.token_hash)
            tokens[address], self.hash_of[address] = token, one.token_hash
        lost = {self.hash_of[one.address] for one in silent[::_ONE_IN_BOUNCES]}
        write_audit(connection, self.by, Act.INVITATIONS_SENT, campaign_id, due=len(due))
        self._write(due, day, lost)
        for tired in silent[1::_ONE_IN_STOPS]:
            opt_out(connection, stop_token(tokens[tired.address]), day)

    def invite_late(self, people: Sequence[Invited], day: date, *, written_to: bool) -> None:
        """Enter whom a longer list names, and write to them or leave that to who conducts the demo."""
        connection, campaign_id = self.connection, self.campaign.id
        added = add_invitations(connection, self.key, campaign_id, people, day)
        write_audit(connection, self.by, Act.INVITATIONS_ADDED, campaign_id, rows=added.new)
        if written_to:
            due = mailings.due_invitations(connection, campaign_id)
            write_audit(connection, self.by, Act.INVITATIONS_SENT, campaign_id, due=len(due))
            self._write(due, day)

    def remind(self, day: date) -> None:
        """Write to those who have not answered."""
        connection, campaign_id = self.connection, self.campaign.id
        due = mailings.due_reminders(connection, campaign_id, day, most=2, days_apart=_WEEK.days)
        write_audit(connection, self.by, Act.REMINDERS_SENT, campaign_id, due=len(due))
        self._write(due, day)

    def answer(self, address: str, response: Response) -> None:
        """Store a response, spend its invitation, and keep the consent of who agrees to be asked once more."""
        connection, campaign_id = self.connection, self.campaign.id
        receipt = submit(connection, campaign_id, response, secrets.token_urlsafe(24)).receipt
        spent = spend_invitation(connection, self.hash_of[address])
        if spent is None or self.chance.random() >= _AGREE:
            return
        retest, response_id = get_open_retest(connection, campaign_id), response_of(connection, receipt)
        self.first_of[retest.key(self.key).link(response_id)] = response
        keep_consent(
            connection,
            campaign_id,
            retest.public_key,
            spent,
            response_id=response_id,
            placement_id=response.placement_id,
            learner_group=response.learner_group,
        )

    def ask_again(self, day: date) -> None:
        """Let those answer once more who were asked a week ago, then draw from those whose time has come and write to them."""
        connection, campaign_id = self.connection, self.campaign.id
        retest = get_open_retest(connection, campaign_id)
        for asked in self.asked_again:
            if self.chance.random() < _ANSWER_AGAIN:
                link = spend_second_invitation(connection, asked.token_hash)
                if link is not None:
                    answers = SecondAnswers(day, pack(self.version, self._anew(self.first_of[link]).answers))
                    keep_answers(connection, retest, link, answers, self._change(), secrets.token_urlsafe(24))
        drawn = draw(connection, self.key, retest, day, lambda share: bool(100 * self.chance.random() < share))
        write_audit(connection, self.by, Act.RETEST_DRAWN, campaign_id, drawn=drawn.drawn)
        due = mailings.due_invitations(connection, campaign_id, again=True)
        write_audit(connection, self.by, Act.RETEST_SENT, campaign_id, due=len(due))
        self._write(due, day, again=True)
        self.asked_again = due

    def _write(self, due: Sequence[Due], day: date, lost: Collection[bytes] = (), *, again: bool = False) -> None:
        """Note what sending to all of them would have noted."""
        for one in due:
            if mailings.claim(self.connection, one) and one.token_hash in lost:
                mailings.settle_bounced(self.connection, one, day)
        mailings.resolve_unknown(self.connection, self.campaign.id, day, as_sent=True, again=again)

    def _anew(self, first: Response) -> Response:
        """The answers of some weeks later: most ratings as they were, some one step beside."""
        answers = dict(first.answers)
        for item in self.version.items:
            value = answers.get(item.code)
            if item.kind == "rating" and isinstance(value, int) and self.chance.random() < _RATE_ANEW:
                step = 1 if self.chance.random() < 0.5 else -1
                answers[item.code] = min(max(value + step, 1), len(self.version.options(item)))
        return replace(first, answers=answers)

    def _change(self) -> PlacementChange:
        return PlacementChange(str(self.chance.choice([one.value for one in _CHANGES], p=list(_CHANGES.values()))))


def fill_confidential(
    connection: Connection,
    version: QuestionnaireVersion,
    placements: Sequence[Organisation],
    today: date,
    seed: int,
    *,
    by: str,
    answers: int,
) -> tuple[Response, ...]:
    """Put in the campaign with all that has happened in it; returns the responses to it.

    Parameters
    ----------
    by
        Who conducts it, for the audit trail.
    answers
        How many answer; about twice as many are invited.
    """
    campaign = confidential_campaign(version, today)
    begin_campaign(connection, version, campaign, by=by)
    learners = tuple(
        simulate_learners(version, placements[_PLACEMENTS], answers, days=(campaign.opens_on, today), seed=seed)
    )
    people = [
        Invited(f"learner{n:04}@example.org", one.placement_id, one.learner_group) for n, one in enumerate(learners)
    ]
    pilot = _Pilot(connection, version, campaign, np.random.default_rng(seed), by)
    silent = _silent(learners, seed)
    late = silent[len(silent) - len(silent) // _ONE_IN_COMES_LATE :]
    pilot.invite(people, silent[: len(silent) - len(late)])
    for week in range(1, _WEEKS_AGO + 1):
        day = campaign.opens_on + week * _WEEK
        for invited, learner in zip(people, learners, strict=True):
            if day - _WEEK <= learner.answered_on < day or (learner.answered_on == day == today):
                pilot.answer(invited.address, learner)
        if week in _REMINDED_IN:
            pilot.remind(day)
        if week == _LATE_IN:
            pilot.invite_late(late[::2], day, written_to=True)
        if week == _WEEKS_AGO:
            pilot.invite_late(late[1::2], day, written_to=False)
        pilot.ask_again(day)
    return learners


def _silent(learners: Sequence[Response], seed: int) -> list[Invited]:
    """Those who were invited and do not answer."""
    answered = Counter((one.placement_id, one.learner_group) for one in learners)
    cells = [
        (entry.placement_id, entry.learner_group)
        for entry in invented_roster(learners, seed)
        for _ in range(entry.learners - answered[entry.placement_id, entry.learner_group])
    ]
    return [Invited(f"silent{n:04}@example.org", *cell) for n, cell in enumerate(cells)]
