"""Sending invitations and reminders, one after the other: none twice, none lost, and one that cannot be sent stops no other."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from nets.campaign import Campaign
from nets.invitation import InvitationKey, State, stop_token
from nets.organisation import Level
from nets.sending.message import Accepted, AddressRefused, NotSent, Outcome, Sender, SenderUnavailable
from nets.sending.wording import Wording
from nets.store import mailings
from nets.store.database import Database
from nets.store.mailings import Due
from nets.store.organisations import ancestors, get_organisation

_MOST_IN_A_ROW: Final = 5
"""So many messages that could not be sent one after the other are the sender's fault and not the addresses'."""

_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class SendingRun:
    """What became of the messages of one run.

    Attributes
    ----------
    sent, refused, unknown
        Taken for delivery; to addresses that nothing can be delivered to; of which nobody knows whether they went out.
    not_sent
        Certainly not sent, and due as before.
    passed_over
        No longer due when their turn came: answered, stopped, or taken by another run.
    stopped_by
        Why the run ended before its end; empty where it did not.
    """

    sent: int
    refused: int
    unknown: int
    not_sent: int
    passed_over: int
    stopped_by: str


class Pace:
    """Holds a run to so many messages a minute; ``sleep`` and ``clock`` are the machine's."""

    def __init__(
        self,
        a_minute: int,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gap = _MINUTE / a_minute
        self._sleep, self._clock = sleep, clock
        self._next = clock()

    def wait(self) -> None:
        """Wait until the next message may be sent."""
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._gap


@dataclass(frozen=True, slots=True)
class Mailing:
    """What is sent, and by what: the same for all messages of a run. ``closes`` is the last day on which answers are taken."""

    campaign: Campaign
    key: InvitationKey
    wording: Wording
    sender: Sender
    origin: str
    pace: Pace
    closes: date


def send_all(database: Database, mailing: Mailing, due: Sequence[Due], today: date) -> SendingRun:
    """Send to all who are due.

    Raises
    ------
    InvalidSetting
        If the ledger was sealed with another key; nothing was sent.
    """
    addressed = [(one, *mailing.key.open(one.sealed, one.token_hash)) for one in due]
    places = placement_names(database, {one.placement_id for one in due})
    counts = dict.fromkeys(("sent", "refused", "unknown", "not_sent", "passed_over"), 0)
    in_a_row, stopped_by = 0, ""
    for one, token, address in addressed:
        mailing.pace.wait()  # before it is marked, so that who stops the run now leaves no doubt
        with database.begin() as connection:
            if not mailings.claim(connection, one):
                counts["passed_over"] += 1
                continue
        message = mailing.wording.message(address, fields_of(mailing, token, places[one.placement_id]))
        try:
            outcome: Outcome = mailing.sender.send(message)
        except SenderUnavailable as fault:
            outcome, stopped_by = NotSent(str(fault)), str(fault)
        counts[_settle(database, one, outcome, today)] += 1
        in_a_row = in_a_row + 1 if isinstance(outcome, NotSent) else 0
        if isinstance(outcome, NotSent) and in_a_row == _MOST_IN_A_ROW:
            stopped_by = f"{in_a_row} messages in a row could not be sent; the last time: {outcome.why}"
        if stopped_by:
            break
    return SendingRun(**counts, stopped_by=stopped_by)


def fields_of(mailing: Mailing, token: str, placement: str) -> dict[str, str]:
    """What one learner's message is filled in with."""
    return {
        "title": mailing.campaign.title,
        "placement": placement,
        "closes": f"{mailing.closes.day} {mailing.closes:%B %Y}",
        "link": f"{mailing.origin}/i/{token}",
        "stop": f"{mailing.origin}/stop/{stop_token(token)}",
    }


def placement_names(database: Database, placement_ids: set[str]) -> dict[str, str]:
    """Placements with their site and provider, as learners read them."""
    with database.read() as connection:
        return {
            one: ", ".join(
                [
                    get_organisation(connection, one).name,
                    *(
                        place.name
                        for place in reversed(ancestors(connection, one))
                        if place.level in {Level.SITE, Level.PROVIDER}
                    ),
                ]
            )
            for one in placement_ids
        }


def count_unknown(database: Database, campaign_id: str, *, again: bool = False) -> int:
    """How many messages were being sent when an earlier run ended."""
    with database.read() as connection:
        return mailings.count_states(connection, campaign_id, again=again)[State.SENDING]


def _settle(database: Database, one: Due, outcome: Outcome, today: date) -> str:
    """Note what became of a message; returns what it counts as."""
    with database.begin() as connection:
        if isinstance(outcome, Accepted):
            mailings.settle_sent(connection, one, today)
            return "sent"
        if isinstance(outcome, AddressRefused):
            mailings.settle_bounced(connection, one, today)
            return "refused"
        if isinstance(outcome, NotSent):
            mailings.settle_not_sent(connection, one)
            return "not_sent"
    return "unknown"  # it stays marked as being sent, until a person decides
