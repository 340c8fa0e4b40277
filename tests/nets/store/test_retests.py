"""A retest on both engines: who is asked again, what the database alone can link, and what is left without the key."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from nets.access.audit import Act
from nets.campaign import AccessMode, AnonymityMode
from nets.errors import InvalidSetting, NotFound, Refused
from nets.invitation import RETENTION, InvitationKey, Invited, stop_token, token_hash
from nets.packing import pack
from nets.retest import ConsentState, PlacementChange, SecondAnswers
from nets.retesting import Draw, draw, in_their_window
from nets.store import mailings
from nets.store.audit import newest_audit
from nets.store.campaigns import add_campaign, close_campaign
from nets.store.database import Database
from nets.store.invitations import (
    add_invitations,
    find_invitation,
    opt_out,
    read_invited,
    spend_invitation,
    spend_second_invitation,
)
from nets.store.mailings import due_invitations
from nets.store.retest_consents import count_consents, keep_consent
from nets.store.retests import (
    DestroyedRetest,
    OpenRetest,
    RetestCounts,
    count_retest,
    destroy_retest,
    find_retest,
    get_open_retest,
    open_retest,
)
from nets.store.second_answers import first_answers, keep_answers, second_answers
from nets.store.shuffling import shuffle
from nets.store.submissions import submit
from nets.store.withdrawals import response_of, withdraw

KEY = InvitationKey("k" * 32)
CAMPAIGN = "again-2026"
FIRST = date(2026, 2, 10)
LEARNERS = 12
SECRETS = ("retests", "retest_consents", "retest_answers", "invitations", "answered_invitations", "receipts")


@pytest.fixture
def asked(filled: Database, small: Any) -> Database:
    """A confidential campaign by invitation with a retest for everybody who agrees."""
    with filled.begin() as connection:
        campaign = replace(
            small.campaign,
            id=CAMPAIGN,
            access_mode=AccessMode.INVITATION,
            anonymity_mode=AnonymityMode.CONFIDENTIAL,
        )
        add_campaign(connection, campaign)
        open_retest(connection, KEY, CAMPAIGN, 100, FIRST)
    return filled


def answer(database: Database, small: Any, number: int, *, agrees: bool = True, on: date = FIRST) -> tuple[str, str]:
    """One learner is invited and answers; her token and her receipt."""
    with database.begin() as connection:
        person = Invited(f"learner{number}@example.org", "W-1", "nursing")
        add_invitations(connection, KEY, CAMPAIGN, [person], on)
        (due,) = due_invitations(connection, CAMPAIGN)
        token, _ = KEY.open(due.sealed, due.token_hash)
        rating = dict.fromkeys(("TEA01", "TEA02", "TEA03"), 1 + number % 5)
        response = small.response_with(answers=rating, comments={}, answered_on=on)
        receipt = submit(connection, CAMPAIGN, response, f"{number:030}").receipt
        spent = spend_invitation(connection, token_hash(token))
        assert spent
        if agrees:
            retest = get_open_retest(connection, CAMPAIGN)
            keep_consent(
                connection, CAMPAIGN, retest.public_key, spent, response_id=response_of(connection, receipt),
                placement_id="W-2", learner_group="midwifery",
            )  # fmt: skip
    return token, receipt


def drawn(database: Database, today: date, **options: Any) -> Draw:
    with database.begin() as connection:
        return draw(connection, KEY, get_open_retest(connection, CAMPAIGN), today, **options)


def invited_again(database: Database) -> dict[str, str]:
    """Tokens of second invitations that were not sent yet, by address."""
    with database.read() as connection:
        due = due_invitations(connection, CAMPAIGN, again=True)
    opened = [KEY.open(one.sealed, one.token_hash) for one in due]
    return {address: token for token, address in opened}


def answer_again(database: Database, small: Any, token: str, change: PlacementChange = PlacementChange.STABLE) -> str:
    with database.begin() as connection:
        link = spend_second_invitation(connection, token_hash(token))
        assert link
        packed = pack(small.version, dict.fromkeys(("TEA01", "TEA02", "TEA03"), 4))
        answers = SecondAnswers(FIRST + timedelta(14), packed)
        return keep_answers(connection, get_open_retest(connection, CAMPAIGN), link, answers, change, token)


def counts(database: Database) -> RetestCounts:
    with database.read() as connection:
        return count_retest(connection, CAMPAIGN)


def states(database: Database) -> dict[ConsentState, int]:
    with database.read() as connection:
        return {state: n for state, n in count_consents(connection, CAMPAIGN).items() if n}


def rows_of(database: Database, table: str) -> list[dict[str, Any]]:
    with database.read() as connection:
        return [
            {name: _plain(value) for name, value in row.items()}
            for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()
        ]


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.bytes
    return bytes(value) if isinstance(value, memoryview) else value


def pairs(database: Database) -> list[tuple[UUID, SecondAnswers]]:
    """First responses with what was answered the second time, as the key links them."""
    with database.read() as connection:
        key = get_open_retest(connection, CAMPAIGN).key(KEY)
        again = second_answers(connection, CAMPAIGN)
        return [
            (response_id, key.open_answers(again[key.link(response_id)][1]))
            for response_id in first_answers(connection, CAMPAIGN)
            if key.link(response_id) in again
        ]


def test_only_a_confidential_campaign_by_invitation_that_is_not_over_has_a_retest(asked: Database, small: Any) -> None:
    with pytest.raises(Refused, match="small-2026 is anonymous: nothing may link"), asked.begin() as connection:
        open_retest(connection, KEY, small.campaign.id, 50, FIRST)
    with asked.begin() as connection:
        add_campaign(connection, replace(small.campaign, id="open-2026", anonymity_mode=AnonymityMode.CONFIDENTIAL))
    with pytest.raises(Refused, match="by open link, not by invitation"), asked.begin() as connection:
        open_retest(connection, KEY, "open-2026", 50, FIRST)
    with pytest.raises(Refused, match="opened already"), asked.begin() as connection:
        open_retest(connection, KEY, CAMPAIGN, 50, FIRST)
    with pytest.raises(Refused, match="its last day was 2026-03-31"), asked.begin() as connection:
        open_retest(connection, KEY, CAMPAIGN, 50, date(2026, 4, 1))
    with pytest.raises(NotFound, match="nets retest open small-2026"), asked.read() as connection:
        get_open_retest(connection, small.campaign.id)


def test_learners_are_drawn_in_their_window_once_and_for_where_they_answered(asked: Database, small: Any) -> None:
    for number in range(4):
        answer(asked, small, number, agrees=number != 3)
    assert drawn(asked, FIRST + timedelta(9)) == Draw(3, 0, 0, 0, 0, 0)
    assert invited_again(asked) == {}
    assert drawn(asked, FIRST + timedelta(10)) == Draw(0, 3, 0, 0, 0, 0)
    assert drawn(asked, FIRST + timedelta(11)) == Draw(0, 0, 0, 0, 0, 0)
    found = invited_again(asked)
    assert set(found) == {f"learner{number}@example.org" for number in range(3)}
    with asked.read() as connection:
        invitation: Any = find_invitation(connection, token_hash(found["learner0@example.org"]))
        assert due_invitations(connection, CAMPAIGN) == ()
        assert sum(mailings.count_states(connection, CAMPAIGN).values()) == 0
        assert sum(read_invited(connection, CAMPAIGN).invited.values()) == 4
    assert (invitation.placement_id, invitation.learner_group) == ("W-2", "midwifery")
    assert invitation.until == FIRST + timedelta(10 + 7)
    assert counts(asked) == RetestCounts(agreed=3, drawn=3, invited=0, answered=0, stable=0)


def test_whose_time_has_passed_is_not_asked_and_her_address_forgotten(asked: Database, small: Any) -> None:
    answer(asked, small, 1)
    assert drawn(asked, FIRST + timedelta(22)) == Draw(0, 0, 0, 1, 0, 0)
    assert states(asked) == {ConsentState.TOO_LATE: 1}
    (row,) = rows_of(asked, "retest_consents")
    assert (row["sealed"], row["person"]) == (b"", b"")
    assert len(row["link"]) == 32


def test_a_share_of_those_who_agreed_is_drawn_and_each_decided_once(asked: Database, small: Any) -> None:
    for number in range(6):
        answer(asked, small, number)
    chances = itertools.cycle([True, False, False])
    assert drawn(asked, FIRST + timedelta(12), is_drawn=lambda share: next(chances)) == Draw(0, 2, 4, 0, 0, 0)
    assert drawn(asked, FIRST + timedelta(13), is_drawn=lambda share: True) == Draw(0, 0, 0, 0, 0, 0)
    assert len(invited_again(asked)) == 2


def test_a_second_answer_is_given_once_and_in_no_rate_or_score(asked: Database, small: Any) -> None:
    answer(asked, small, 1)
    drawn(asked, FIRST + timedelta(14))
    ((_, token),) = invited_again(asked).items()
    answer_again(asked, small, token)
    with asked.begin() as connection:
        assert spend_second_invitation(connection, token_hash(token)) is None
        assert spend_invitation(connection, token_hash(token)) is None
        assert sum(read_invited(connection, CAMPAIGN).answered.values()) == 1
    assert len(rows_of(asked, "responses")) == 1
    assert counts(asked) == RetestCounts(agreed=1, drawn=1, invited=1, answered=1, stable=1)
    ((_, again),) = pairs(asked)
    assert again.answered_on == FIRST + timedelta(14)


def test_who_wants_no_more_messages_is_not_asked_again(asked: Database, small: Any) -> None:
    before, _ = answer(asked, small, 1)
    after, _ = answer(asked, small, 2)
    answer(asked, small, 3)
    with asked.begin() as connection:
        opt_out(connection, stop_token(before), FIRST)
    assert drawn(asked, FIRST + timedelta(14)) == Draw(0, 2, 0, 0, 0, 0)
    assert states(asked)[ConsentState.STOPPED] == 1
    with asked.begin() as connection:
        opt_out(connection, stop_token(after), FIRST + timedelta(14))
    assert set(invited_again(asked)) == {"learner3@example.org"}


def test_who_takes_her_first_response_back_is_not_asked_again(asked: Database, small: Any) -> None:
    _, early = answer(asked, small, 1)
    _, late = answer(asked, small, 2)
    answer(asked, small, 3)
    with asked.begin() as connection:
        assert withdraw(connection, early)
    assert drawn(asked, FIRST + timedelta(14)) == Draw(0, 2, 0, 0, 0, 1)
    with asked.begin() as connection:
        assert withdraw(connection, late)
    with asked.begin() as connection:
        key = get_open_retest(connection, CAMPAIGN).key(KEY)
        assert len(in_their_window(connection, key, CAMPAIGN, FIRST + timedelta(21))) == 1
    assert set(invited_again(asked)) == {"learner3@example.org"}
    with asked.begin() as connection:
        assert in_their_window(connection, key, CAMPAIGN, FIRST + timedelta(22)) == frozenset()


def test_either_answer_can_be_taken_back_and_the_other_stays(asked: Database, small: Any) -> None:
    receipts = [answer(asked, small, number)[1] for number in range(2)]
    drawn(asked, FIRST + timedelta(14))
    again = [answer_again(asked, small, token) for _, token in sorted(invited_again(asked).items())]
    assert len(pairs(asked)) == 2
    with asked.begin() as connection:
        assert withdraw(connection, again[0])
        assert not withdraw(connection, again[0])
        assert withdraw(connection, receipts[1])
    assert pairs(asked) == []
    assert (len(rows_of(asked, "responses")), len(rows_of(asked, "retest_answers"))) == (1, 1)


def _shared(database: Database, known: str, wanted: str) -> Iterator[tuple[str, str]]:
    """Columns of two tables of which a value of the one stands in the other and tells rows apart."""
    one, other = rows_of(database, known), rows_of(database, wanted)
    for a, b in itertools.product(one[0], other[0]):
        left, right = [row[a] for row in one], [row[b] for row in other]
        told_apart = len(set(left)) > 1 and len(set(right)) > 1
        if told_apart and {str(value) for value in left if value} & {str(value) for value in right if value}:
            yield f"{known}.{a}", f"{wanted}.{b}"


def test_without_the_key_nothing_leads_from_a_person_or_a_second_answer_to_a_response(
    asked: Database, small: Any
) -> None:
    for number in range(LEARNERS):
        answer(asked, small, number, on=FIRST + timedelta(number % 3))
    drawn(asked, FIRST + timedelta(11))  # of a third of them it is too early to decide
    tokens = invited_again(asked)
    for address in sorted(tokens)[:4]:
        answer_again(asked, small, tokens[address], PlacementChange.CHANGED)
    assert states(asked) == {ConsentState.WAITING: 4, ConsentState.DRAWN: 8}
    known = ("invitations", "answered_invitations", "retest_consents", "retest_answers")
    led = [(one, "responses") for one in known] + [("answered_invitations", "retest_answers")]
    assert [found for one, wanted in led for found in _shared(asked, one, wanted)] == []
    stored = b"".join(
        value if isinstance(value, bytes) else str(value).encode()
        for table in SECRETS
        if table != "receipts"
        for row in rows_of(asked, table)
        for value in row.values()
    )
    for row in rows_of(asked, "responses"):
        assert row["id"] not in stored
        assert row["id"].hex().encode() not in stored
    assert b"example.org" not in stored
    with pytest.raises(InvalidSetting), asked.begin() as connection:
        draw(connection, InvitationKey("j" * 32), get_open_retest(connection, CAMPAIGN), FIRST + timedelta(12))
    assert len(pairs(asked)) == 4  # and with it everything does


def test_after_destruction_no_column_links_anything_and_the_numbers_stay(asked: Database, small: Any) -> None:
    for number in range(LEARNERS):
        answer(asked, small, number)
    drawn(asked, FIRST + timedelta(14))
    tokens = invited_again(asked)
    for address in sorted(tokens)[:5]:
        answer_again(asked, small, tokens[address])
    with asked.read() as connection:
        retest = get_open_retest(connection, CAMPAIGN)
    key = retest.key(KEY)
    links = {key.link(response_id) for response_id, _ in pairs(asked)}
    again = {row["id"] for row in rows_of(asked, "retest_answers")}
    with asked.begin() as connection:
        told = destroy_retest(connection, CAMPAIGN, FIRST + timedelta(20))
    assert told == RetestCounts(agreed=12, drawn=12, invited=5, answered=5, stable=5)
    with asked.read() as connection:
        assert find_retest(connection, CAMPAIGN) == DestroyedRetest(CAMPAIGN, FIRST + timedelta(20), told)
    for table in ("retest_consents", "retest_answers", "invitations"):
        assert rows_of(asked, table) == []
    (left,) = rows_of(asked, "retests")
    assert (left["public_key"], left["sealed_key"]) == (b"", b"")
    everything = [value for table in (*SECRETS, "responses") for row in rows_of(asked, table) for value in row.values()]
    assert not {value for value in everything if isinstance(value, bytes)} & (links | again)
    assert len(rows_of(asked, "receipts")) == LEARNERS
    for act in (destroy_retest, lambda connection, *_: get_open_retest(connection, CAMPAIGN)):
        with pytest.raises(Refused, match="was destroyed on 2026-03-02"), asked.begin() as connection:
            act(connection, CAMPAIGN, FIRST)
    with asked.begin() as connection:
        assert spend_second_invitation(connection, token_hash(tokens["learner9@example.org"])) is None


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_files_hold_nothing_of_a_key_that_was_destroyed(asked: Database, small: Any) -> None:
    answer(asked, small, 1)
    with asked.read() as connection:
        retest = get_open_retest(connection, CAMPAIGN)
    file = Path(str(asked._file))
    shuffle(asked, FIRST)
    assert retest.sealed_key in file.read_bytes()
    with asked.begin() as connection:
        destroy_retest(connection, CAMPAIGN, FIRST)
    shuffle(asked, FIRST)
    assert retest.sealed_key not in file.read_bytes()


def test_the_key_is_destroyed_when_its_time_is_over_also_of_a_campaign_that_was_closed_early(
    asked: Database, small: Any
) -> None:
    answer(asked, small, 1)
    with asked.begin() as connection:
        close_campaign(connection, CAMPAIGN, FIRST + timedelta(1))
    assert (
        drawn(asked, FIRST + timedelta(21)).drawn == 1
    )  # it closed while they waited, and they are asked all the same
    shuffle(asked, FIRST + RETENTION)
    assert isinstance(_retest(asked), OpenRetest)
    ((_, token),) = invited_again(asked).items()
    answer_again(asked, small, token)
    shuffle(asked, FIRST + RETENTION + timedelta(1))
    found = _retest(asked)
    assert isinstance(found, DestroyedRetest)
    assert found.counts == RetestCounts(agreed=1, drawn=1, invited=1, answered=1, stable=1)
    with asked.read() as connection:
        (row,) = newest_audit(connection, 1)
    assert (row.who, row.act, row.about) == ("schedule", Act.RETEST_DESTROYED, CAMPAIGN)
    shuffle(asked, FIRST + RETENTION + timedelta(2))
    with asked.read() as connection:
        assert newest_audit(connection, 1) == (row,)


def _retest(database: Database) -> Any:
    with database.read() as connection:
        return find_retest(connection, CAMPAIGN)
