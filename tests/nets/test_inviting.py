"""A run of messages: none twice, none lost, one that fails stops no other, and a run that dies leaves what it left in doubt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.errors import InvalidSetting
from nets.invitation import InvitationKey, Invited, State, stop_token
from nets.inviting import Mailing, Pace, SendingRun, count_unknown, send_all
from nets.organisation import Level, Organisation
from nets.questionnaire.version import QuestionnaireVersion
from nets.sending.message import Accepted, AddressRefused, Message, NotSent, Outcome, SenderUnavailable, Unknown
from nets.sending.wording import shipped_wording
from nets.store import mailings
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.invitations import add_invitations
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version

TODAY = date(2026, 10, 5)
KEY = InvitationKey("k" * 32)
ORIGIN = "https://survey.example.org"
N = 12
Act = Callable[[Message], Outcome]


@dataclass(slots=True)
class Post:
    """A sender that does as it is told, and remembers."""

    acts: dict[int, Act] = field(default_factory=dict)
    sent: list[Message] = field(default_factory=list)
    asked: int = 0

    def send(self, message: Message) -> Outcome:
        self.asked += 1
        outcome = self.acts[self.asked](message) if self.asked in self.acts else Accepted("1")
        if isinstance(outcome, Accepted):
            self.sent.append(message)
        return outcome

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def engine_name() -> str:
    """The run is the same on both engines; what it is made of is tested on both."""
    return "sqlite"


@pytest.fixture
def campaign(nets_version: QuestionnaireVersion) -> Campaign:
    return Campaign(
        "autumn", "Autumn survey", nets_version.id, nets_version.version, date(2026, 10, 1), date(2026, 11, 30),
        AccessMode.INVITATION, AnonymityMode.ANONYMOUS,
    )  # fmt: skip


@pytest.fixture
def ready(database: Database, nets_version: QuestionnaireVersion, campaign: Campaign) -> Database:
    """Twelve learners of one ward are invited, and nothing is sent."""
    places = (
        Organisation("R", Level.REGION, "Region", None),
        Organisation("L", Level.LOCAL_OFFICE, "Office", "R"),
        Organisation("P", Level.PROVIDER, "Trust", "L"),
        Organisation("S", Level.SITE, "Infirmary", "P"),
        Organisation("W", Level.PLACEMENT, "Ward 1", "S"),
    )
    with database.begin() as connection:
        add_version(connection, nets_version)
        add_organisations(connection, places)
        add_campaign(connection, campaign)
        people = [Invited(f"learner{number}@example.org", "W", "nursing") for number in range(N)]
        add_invitations(connection, KEY, campaign.id, people, TODAY)
    return database


@pytest.fixture
def run(ready: Database, campaign: Campaign) -> Callable[..., SendingRun]:
    """One run of invitations, or of reminders, by a sender."""

    def make(post: Post, *, reminders: bool = False, key: InvitationKey = KEY) -> SendingRun:
        with ready.read() as connection:
            due = (
                mailings.due_reminders(connection, campaign.id, TODAY, most=1, days_apart=0)
                if reminders
                else mailings.due_invitations(connection, campaign.id)
            )
        wording = shipped_wording("reminder" if reminders else "invitation")
        return send_all(
            ready, Mailing(campaign, key, wording, post, ORIGIN, Pace(10**9), campaign.last_day), due, TODAY
        )

    return make


def addresses(messages: Sequence[Message]) -> list[str]:
    return sorted(message.address for message in messages)


def states(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {state.value: n for state, n in mailings.count_states(connection, "autumn").items() if n}


def test_everybody_gets_one_message_with_a_link_of_her_own(run: Any, ready: Database) -> None:
    post = Post()
    assert run(post) == SendingRun(N, 0, 0, 0, 0, "")
    assert len(set(addresses(post.sent))) == N
    message = post.sent[0]
    assert message.subject == "Tell us about your placement: Autumn survey"
    assert "Ward 1, Infirmary, Trust" in message.body
    assert "30 November 2026" in message.body
    links = {message.fields["link"] for message in post.sent}
    assert len(links) == N
    for message in post.sent:
        token = message.fields["link"].removeprefix(f"{ORIGIN}/i/")
        assert message.stop == f"{ORIGIN}/stop/{stop_token(token)}"
        assert f"\n{message.fields['link']}\n" in message.body
    assert run(post) == SendingRun(0, 0, 0, 0, 0, "")


def test_a_reminder_holds_the_same_link(run: Any) -> None:
    first, second = Post(), Post()
    run(first)
    run(second, reminders=True)
    assert {(one.address, one.fields["link"]) for one in first.sent} == {
        (one.address, one.fields["link"]) for one in second.sent
    }
    assert {one.kind for one in second.sent} == {"reminder"}


def test_one_that_fails_stops_no_other(run: Any, ready: Database) -> None:
    acts: dict[int, Act] = {2: lambda _: AddressRefused(), 5: lambda _: NotSent("later"), 8: lambda _: Unknown()}
    post = Post(acts)
    assert run(post) == SendingRun(N - 3, 1, 1, 1, 0, "")
    assert states(ready) == {"sent": N - 3, "bounced": 1, "sending": 1, "new": 1}
    again = Post()
    assert run(again).sent == 1
    assert len(set(addresses(post.sent) + addresses(again.sent))) == N - 2


def test_a_run_that_dies_repeats_nobody_and_loses_nobody(run: Any, ready: Database) -> None:
    def die(_: Message) -> Outcome:
        raise KeyboardInterrupt

    first, second = Post({5: die}), Post()
    with pytest.raises(KeyboardInterrupt):
        run(first)
    assert count_unknown(ready, "autumn") == 1
    run(second)
    assert len(first.sent) == 4
    assert len(second.sent) == N - 5
    both = addresses(first.sent) + addresses(second.sent)
    assert len(set(both)) == len(both) == N - 1
    with ready.begin() as connection:
        mailings.resolve_unknown(connection, "autumn", TODAY, as_sent=False)
    last = Post()
    run(last)
    assert sorted(both + addresses(last.sent)) == sorted(f"learner{number}@example.org" for number in range(N))


def test_a_sender_that_takes_nothing_ends_the_run_and_leaves_all_due(run: Any, ready: Database) -> None:
    def refuse(_: Message) -> Outcome:
        raise SenderUnavailable("the mail server is down")

    post = Post({3: refuse})
    assert run(post) == SendingRun(2, 0, 0, 1, 0, "the mail server is down")
    assert states(ready) == {"sent": 2, "new": N - 2}


def test_many_in_a_row_that_cannot_be_sent_are_the_senders_fault(run: Any, ready: Database) -> None:
    post = Post({number: lambda _: NotSent("451") for number in range(3, N + 1)})
    found = run(post)
    assert (found.sent, found.not_sent) == (2, 5)
    assert found.stopped_by == "5 messages in a row could not be sent; the last time: 451"
    assert states(ready) == {"sent": 2, "new": N - 2}


def test_two_runs_at_once_send_to_everybody_once(run: Any, ready: Database) -> None:
    second = Post()

    def let_the_other_run(_: Message) -> Outcome:
        run(second)
        return Accepted("1")

    first = Post({3: let_the_other_run})
    assert run(first) == SendingRun(3, 0, 0, 0, N - 3, "")
    assert sorted(addresses(first.sent) + addresses(second.sent)) == sorted(
        f"learner{number}@example.org" for number in range(N)
    )


def test_another_key_sends_nothing(run: Any, ready: Database) -> None:
    post = Post()
    with pytest.raises(InvalidSetting, match="another NETS_INVITATION_KEY"):
        run(post, key=InvitationKey("x" * 32))
    assert post.asked == 0
    assert states(ready) == {State.NEW.value: N}


def test_the_pace_is_kept_whatever_sending_takes() -> None:
    now = 0.0
    at: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    pace = Pace(30, sleep, lambda: now)
    for seconds in (0.1, 0.1, 5.0, 0.1, 0.1):
        pace.wait()
        at.append(now)
        now += seconds
    assert at[0] == 0.0
    assert all(later - earlier >= 2.0 - 1e-9 for earlier, later in pairwise(at))
    assert at[-1] == pytest.approx(4.0 + 5.0 + 2.0)
