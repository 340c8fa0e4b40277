"""Drawing learners who are asked once more, at random and ten to twenty-one days after their answer; linking what they said.

What leads from a consent to a response is opened here, for a moment, by whoever holds the operator's key. What is left is an
invitation with a hash in place of the response.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from secrets import SystemRandom
from typing import Final
from uuid import UUID

from nets.invitation import InvitationKey, new_token, stop_hash, stop_token, token_hash
from nets.packing import answer_matrix
from nets.questionnaire.version import QuestionnaireVersion
from nets.retest import Consented, ConsentState, RetestKey, is_too_early, is_too_late
from nets.retest_comparison import AnsweredTwice
from nets.store.database import Connection
from nets.store.invitations import not_to_be_written_to
from nets.store.retest_consents import WaitingConsent, decide_consent, links_of_consents, waiting_consents
from nets.store.retests import OpenRetest
from nets.store.second_answers import (
    SecondInvitation,
    add_second_invitations,
    delete_second_invitations,
    first_answers,
    links_of_invitations,
    links_written_to,
    second_answers,
)

_PER_CENT: Final = 100


def drawn_at_random(share: int) -> bool:
    """Whether one learner is drawn, of ``share`` in a hundred."""
    return SystemRandom().randrange(_PER_CENT) < share


@dataclass(frozen=True, slots=True)
class Draw:
    """What became of the consents that were waiting.

    Attributes
    ----------
    too_early
        Answered less than ten days ago: they wait on.
    drawn, not_drawn
        By chance.
    too_late
        Answered more than twenty-one days ago, and nobody drew before.
    stopped, withdrawn
        Want no more messages or cannot be reached; took their first response back.
    """

    too_early: int
    drawn: int
    not_drawn: int
    too_late: int
    stopped: int
    withdrawn: int


def draw(
    connection: Connection,
    operators: InvitationKey,
    retest: OpenRetest,
    today: date,
    is_drawn: Callable[[int], bool] = drawn_at_random,
) -> Draw:
    """Decide about every consent whose time has come, and enter who is drawn in the ledger.

    Each is decided once, so that the chance of a learner does not depend on how often this is run.

    Raises
    ------
    InvalidSetting
        If the operator's key is not the one that the retest was opened with; nothing was decided.
    """
    key, campaign_id = retest.key(operators), retest.campaign_id
    days = _days(connection, campaign_id)
    silent = not_to_be_written_to(connection, campaign_id)
    counts = dict.fromkeys(ConsentState, 0)
    found = []
    for consent in waiting_consents(connection, campaign_id):
        consented = key.open_consent(consent.sealed)
        state = _state(consent, consented, days, silent, today)
        if state is ConsentState.DRAWN and not is_drawn(retest.share):
            state = ConsentState.NOT_DRAWN
        if state is not ConsentState.WAITING:
            gone = state is ConsentState.WITHDRAWN
            link = b"" if gone else key.link(consented.response_id)
            if not decide_consent(connection, consent, state, link):
                continue
            if state is ConsentState.DRAWN:
                found.append(_invitation(operators, campaign_id, consent, consented, link))
        counts[state] += 1
    add_second_invitations(connection, campaign_id, found, today)
    return Draw(
        too_early=counts[ConsentState.WAITING],
        drawn=counts[ConsentState.DRAWN],
        not_drawn=counts[ConsentState.NOT_DRAWN],
        too_late=counts[ConsentState.TOO_LATE],
        stopped=counts[ConsentState.STOPPED],
        withdrawn=counts[ConsentState.WITHDRAWN],
    )


def in_their_window(connection: Connection, key: RetestKey, campaign_id: str, today: date) -> frozenset[bytes]:
    """The hashes of the tokens of second invitations that may still be written about today.

    Not of those who answered more than twenty-one days ago; and the invitation of who took her first response back is forgotten.
    """
    links = links_of_invitations(connection, campaign_id)
    day_of = {key.link(response_id): day for response_id, day in _days(connection, campaign_id).items()}
    delete_second_invitations(connection, (hashed for hashed, link in links.items() if link not in day_of))
    return frozenset(
        hashed for hashed, link in links.items() if link in day_of and not is_too_late(day_of[link], today)
    )


def read_answered_twice(
    connection: Connection, key: RetestKey, retest: OpenRetest, version: QuestionnaireVersion
) -> AnsweredTwice:
    """Link first and second answers, for as long as it takes to compare them."""
    campaign_id = retest.campaign_id
    again = second_answers(connection, campaign_id)
    written_to = links_written_to(connection, campaign_id)
    decided = links_of_consents(connection, campaign_id)
    waiting = {key.open_consent(one.sealed).response_id for one in waiting_consents(connection, campaign_id)}
    packed: dict[str, list[bytes]] = {
        "first": [],
        "second": [],
        "did_not_agree": [],
        "did_not_answer": [],
        "others": [],
    }
    change, days = [], []
    for response_id, (day, answers) in first_answers(connection, campaign_id).items():
        link = key.link(response_id)
        if link in again:
            said, sealed = again[link]
            second = key.open_answers(sealed)
            packed["first"].append(answers)
            packed["second"].append(second.packed)
            change.append(said)
            days.append((second.answered_on - day).days)
        elif link in written_to:
            packed["did_not_answer"].append(answers)
        elif link in decided or response_id in waiting or day < retest.opened_on:
            packed["others"].append(answers)
        else:
            packed["did_not_agree"].append(answers)
    return AnsweredTwice(
        first=answer_matrix(version, packed["first"]),
        second=answer_matrix(version, packed["second"]),
        change=change,
        days=days,
        declined=answer_matrix(version, packed["did_not_agree"] + packed["did_not_answer"]),
        others=answer_matrix(version, packed["others"]),
        n_did_not_agree=len(packed["did_not_agree"]),
        n_did_not_answer=len(packed["did_not_answer"]),
    )


def _days(connection: Connection, campaign_id: str) -> dict[UUID, date]:
    return {response_id: day for response_id, (day, _) in first_answers(connection, campaign_id).items()}


def _state(
    consent: WaitingConsent,
    consented: Consented,
    days: Mapping[UUID, date],
    silent: Mapping[bytes, str],
    today: date,
) -> ConsentState:
    """What becomes of a consent, if she who gave it is drawn."""
    answered_on = days.get(consented.response_id)
    if answered_on is None:
        return ConsentState.WITHDRAWN
    if consent.person in silent:
        return ConsentState.STOPPED
    if is_too_early(answered_on, today):
        return ConsentState.WAITING
    return ConsentState.TOO_LATE if is_too_late(answered_on, today) else ConsentState.DRAWN


def _invitation(
    operators: InvitationKey, campaign_id: str, consent: WaitingConsent, consented: Consented, link: bytes
) -> SecondInvitation:
    _, address = operators.open(consented.address, consented.known_by)
    token = new_token()
    return SecondInvitation(
        token_hash=token_hash(token),
        stop_hash=stop_hash(stop_token(token)),
        person=consent.person,
        recipient=operators.again(campaign_id, link),
        placement_id=consented.placement_id,
        learner_group=consented.learner_group,
        sealed=operators.seal(token, address),
        link=link,
    )
