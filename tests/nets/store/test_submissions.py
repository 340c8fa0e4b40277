"""One submission is one row on both engines, and comes back as it was sent."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from nets.errors import CampaignNotOpen, InvalidResponse, NoSuchCampaign, NotFound, Refused, ReplayMismatch
from nets.packing import unpack
from nets.response import Response
from nets.store.campaigns import add_campaign, close_campaign
from nets.store.comments import Comment, read_comments
from nets.store.database import Database, count_of_writes
from nets.store.responses import count_responses, read_responses
from nets.store.submissions import RETRY_WINDOW, Attempt, Submission, purge_submission_keys, submit, submit_all
from nets.store.tables import responses

KEY = "5f1c0e8a-3f63-4b52-9a58-6a5e3b1f9f10"
OTHER_KEY = "0b7e2c52-7f0c-4a6e-8f2e-2f6f3c1f4d11"


def send(database: Database, small: Any, key: str = KEY, **changes: Any) -> Submission:
    with database.begin() as connection:
        return submit(connection, small.campaign.id, small.response_with(**changes), key)


def count(database: Database, small: Any) -> int:
    with database.read() as connection:
        return count_responses(connection, small.campaign.id)


def test_a_response_comes_back_as_it_was_sent(filled: Database, small: Any) -> None:
    submission = send(filled, small)
    assert not submission.replayed
    with filled.read() as connection:
        stored = read_responses(connection, small.campaign.id)
        assert read_comments(connection, small.campaign.id) == (Comment("W-1", "SAY01", "The kettle is slow."),)
    assert stored.placement_ids == ("W-1",)
    assert stored.learner_groups == ("nursing",)
    assert stored.answered_on == (date(2026, 2, 2),)
    assert unpack(small.version, stored.packed[0]) == small.response.answers


def test_a_replay_gets_the_same_receipt_and_stores_nothing(filled: Database, small: Any) -> None:
    first, second = send(filled, small), send(filled, small)
    assert second == Submission(first.receipt, replayed=True)
    assert count(filled, small) == 1
    with filled.read() as connection:
        assert len(read_comments(connection, small.campaign.id)) == 1


def test_a_replay_in_the_same_transaction_is_one_row(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        tries = [submit(connection, small.campaign.id, small.response, KEY) for _ in range(2)]
    assert [submission.replayed for submission in tries] == [False, True]
    assert count(filled, small) == 1


def test_a_replay_after_midnight_or_after_closing_is_still_a_replay(filled: Database, small: Any) -> None:
    first = send(filled, small)
    with filled.begin() as connection:
        close_campaign(connection, small.campaign.id, small.response.answered_on)
    assert send(filled, small, answered_on=small.response.answered_on + timedelta(days=1)).receipt == first.receipt
    assert count(filled, small) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"placement_id": "W-2"},
        {"learner_group": "midwifery"},
        {"answers": {"TEA01": 4, "TEA02": 4, "TEA03": 4}},
        {"comments": {"SAY01": "The kettle is quick."}},
        {"comments": {}},
    ],
)
def test_a_key_used_for_other_answers_is_refused(filled: Database, small: Any, changes: dict[str, Any]) -> None:
    send(filled, small)
    with pytest.raises(ReplayMismatch, match="differ"):
        send(filled, small, **changes)
    assert count(filled, small) == 1


def test_other_keys_are_other_responses_with_other_receipts(filled: Database, small: Any) -> None:
    assert send(filled, small).receipt != send(filled, small, OTHER_KEY).receipt
    assert count(filled, small) == 2


def test_a_receipt_can_be_read_out_over_the_telephone(filled: Database, small: Any) -> None:
    receipts = [send(filled, small, f"{KEY}-{number}").receipt for number in range(50)]
    assert len(set(receipts)) == 50
    assert all(len(receipt) == 9 and receipt[4] == "-" for receipt in receipts)
    assert not set("".join(receipts)) & set("01ILOU")


def test_sixty_four_simultaneous_submits_of_one_key_are_one_row(filled: Database, small: Any) -> None:
    start, outcomes = threading.Barrier(64), list[Submission | Exception]()

    def tap() -> None:
        start.wait()
        try:
            outcomes.append(send(filled, small))
        except Exception as error:  # noqa: BLE001 - reported by the assertion below
            outcomes.append(error)

    threads = [threading.Thread(target=tap) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(filled, small) == 1
    assert [o for o in outcomes if not isinstance(o, Submission)] == []
    assert sorted(o.replayed for o in outcomes if isinstance(o, Submission)) == [False] + [True] * 63
    assert len({o.receipt for o in outcomes if isinstance(o, Submission)}) == 1


def attempt(small: Any, key: str = KEY, campaign_id: str = "small-2026", **changes: Any) -> Attempt:
    return Attempt(campaign_id, key, lambda *_: small.response_with(**changes))


def told(filled: Database, *attempts: Attempt) -> list[bool | type[Exception]]:
    """What each of a group is told: whether it is a replay, or its error."""
    with filled.begin() as connection:
        outcomes = submit_all(connection, attempts)
    return [type(told) if isinstance(told, Exception) else told.replayed for told in outcomes]


def test_everybody_of_a_group_is_told_their_own(filled: Database, small: Any) -> None:
    def misread(*_: object) -> Response:
        raise KeyError("a fault of the program")

    other = replace(small.campaign, id="small-again")
    with filled.begin() as connection:
        add_campaign(connection, other)
    send(filled, small, f"{KEY}-before")
    with filled.begin() as connection:
        close_campaign(connection, small.campaign.id, date(2026, 2, 10))
    assert told(
        filled,
        attempt(small),
        attempt(small, placement_id="W-9"),
        attempt(small, OTHER_KEY, campaign_id=other.id),
        attempt(small),
        attempt(small, learner_group="midwifery"),
        attempt(small, f"{KEY}-2", placement_id="W-9"),
        attempt(small, f"{KEY}-3", campaign_id="no-such"),
        attempt(small, f"{KEY}-4", answered_on=date(2026, 2, 10)),
        attempt(small, f"{KEY}-before", answered_on=date(2026, 2, 10)),
        attempt(small, f"{KEY}-5", questionnaire_version="2.0"),
        Attempt("small-2026", f"{KEY}-6", misread),
        attempt(small, "short"),
    ) == [
        False,
        ReplayMismatch,
        False,
        True,
        ReplayMismatch,
        NotFound,
        NoSuchCampaign,
        CampaignNotOpen,
        True,
        Refused,
        KeyError,
        InvalidResponse,
    ]
    assert count(filled, small) == 2
    with filled.read() as connection:
        assert count_responses(connection, other.id) == 1
        assert len(read_comments(connection, small.campaign.id)) == 2
        assert len(read_comments(connection, other.id)) == 1


def test_a_refused_attempt_leaves_its_key_to_the_next_one_of_the_group(filled: Database, small: Any) -> None:
    assert told(filled, attempt(small, placement_id="W-9"), attempt(small)) == [ReplayMismatch, False]


def test_nobody_and_none_that_fits_write_nothing(filled: Database, small: Any) -> None:
    assert told(filled) == []
    assert told(filled, attempt(small, "short"), attempt(small, campaign_id="no-such")) == [
        InvalidResponse,
        NoSuchCampaign,
    ]
    assert count(filled, small) == 0


def test_a_group_takes_as_many_statements_as_one(filled: Database, small: Any) -> None:
    def statements(n_attempts: int) -> int:
        with filled.begin() as connection:
            before = count_of_writes(connection)
            submit_all(connection, [attempt(small, f"{KEY}-{n_attempts}-{number}") for number in range(n_attempts)])
            return count_of_writes(connection) - before

    assert statements(1) == statements(50) == 3


def test_rows_of_a_group_do_not_lie_in_the_order_they_came_in(filled: Database, small: Any) -> None:
    keys = [f"{KEY}-{number:02}" for number in range(40)]
    placements = [("W-1", "W-2")[number % 2 if number < 20 else 0] for number in range(40)]
    told(filled, *(attempt(small, key, placement_id=place) for key, place in zip(keys, placements, strict=True)))
    system_order = "ctid" if filled.is_postgresql else "id"
    with filled.read() as connection:
        stored = connection.execute(text(f"SELECT placement_id FROM responses ORDER BY {system_order}")).scalars().all()
    assert list(stored) != placements
    assert sorted(stored) == sorted(placements)


def test_a_claim_that_loses_the_race_waits_and_then_is_a_replay(filled: Database, small: Any, engine_name: str) -> None:
    outcome: list[Submission] = []
    with filled.begin() as connection:
        first = submit(connection, small.campaign.id, small.response, KEY)
        losing = threading.Thread(target=lambda: outcome.append(send(filled, small)))
        losing.start()
        losing.join(timeout=0.3)
        assert losing.is_alive(), "the second did not wait for the first"
    losing.join()
    assert outcome == [Submission(first.receipt, replayed=True)]


def test_a_claim_whose_winner_breaks_stores_the_response_after_all(filled: Database, small: Any) -> None:
    outcome: list[Submission] = []

    def submit_and_break() -> None:
        with filled.begin() as connection:
            submit(connection, small.campaign.id, small.response, KEY)
            waiting.start()
            waiting.join(timeout=0.3)
            raise RuntimeError("the power went")

    waiting = threading.Thread(target=lambda: outcome.append(send(filled, small)))
    with pytest.raises(RuntimeError):
        submit_and_break()
    waiting.join()
    assert [submission.replayed for submission in outcome] == [False]
    assert count(filled, small) == 1


def test_a_key_used_in_another_campaign_is_refused_and_loses_nothing(filled: Database, small: Any) -> None:
    other = replace(small.campaign, id="small-again")
    with filled.begin() as connection:
        add_campaign(connection, other)
    send(filled, small)
    with pytest.raises(ReplayMismatch), filled.begin() as connection:
        submit(connection, other.id, small.response, KEY)


def test_what_is_kept_of_a_body_cannot_be_compared_without_its_key(filled: Database, small: Any) -> None:
    """A plain hash would let the database's holder try out which comment came with which answers."""
    send(filled, small)
    send(filled, small, OTHER_KEY)
    with filled.read() as connection:
        kept = [bytes(mac) for mac in connection.execute(text("SELECT body_mac FROM submission_keys")).scalars()]
    assert len(set(kept)) == 2


def test_neither_key_nor_receipt_is_stored(filled: Database, small: Any) -> None:
    receipt = send(filled, small).receipt
    with filled.read() as connection:
        everything = " ".join(
            str([bytes(value) if isinstance(value, memoryview) else value for value in row])
            for table in ("responses", "submission_keys", "comments")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        )
    assert KEY not in everything
    assert receipt not in everything
    assert "nursing" in everything


def test_a_comment_has_no_column_in_common_with_its_response_but_campaign_and_placement(
    filled: Database, small: Any
) -> None:
    send(filled, small)
    with filled.read() as connection:
        response = set(connection.execute(text("SELECT * FROM responses")).one())
        comment = set(connection.execute(text("SELECT * FROM comments")).one())
    assert response & comment == {"small-2026", "W-1"}


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("table", ["responses", "comments", "submission_keys", "drafts"])
def test_sqlite_keeps_no_counting_row_number_beside_what_learners_wrote(
    filled: Database, engine_name: str, table: str
) -> None:
    with pytest.raises(Exception, match="no such column: rowid"), filled.read() as connection:
        connection.execute(text(f"SELECT rowid FROM {table}"))


@pytest.mark.parametrize("day", [date(2026, 2, 1), date(2026, 4, 1)])
def test_a_campaign_takes_answers_only_in_its_window(filled: Database, small: Any, day: date) -> None:
    with pytest.raises(Refused, match="takes no answers on"):
        send(filled, small, answered_on=day)
    assert count(filled, small) == 0


def test_a_refused_submission_does_not_use_up_its_key(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        with pytest.raises(Refused):
            submit(connection, small.campaign.id, small.response_with(answered_on=date(2026, 2, 1)), KEY)
        with pytest.raises(NotFound):
            submit(connection, small.campaign.id, small.response_with(placement_id="W-9"), KEY)
    assert not send(filled, small).replayed


def test_a_closed_campaign_takes_no_answers(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        close_campaign(connection, small.campaign.id, date(2026, 2, 10))
    send(filled, small, answered_on=date(2026, 2, 9))
    with pytest.raises(Refused, match="takes no answers"):
        send(filled, small, OTHER_KEY, answered_on=date(2026, 2, 10))


@pytest.mark.parametrize("placement", ["W-9", "S-1", "P-1"])
def test_only_a_placement_can_be_answered_about(filled: Database, small: Any, placement: str) -> None:
    with pytest.raises(NotFound, match="placement_id: there is no such placement"):
        send(filled, small, placement_id=placement)


def test_an_unknown_campaign_is_not_found(filled: Database, small: Any) -> None:
    with pytest.raises(NotFound, match="no-such"), filled.begin() as connection:
        submit(connection, "no-such", small.response, KEY)


def test_answers_to_another_version_are_refused(filled: Database, small: Any) -> None:
    with pytest.raises(Refused, match=r"asks small 1\.0, not small 2\.0"):
        send(filled, small, questionnaire_version="2.0")


@pytest.mark.parametrize("key", ["", "short", "k" * 101, "schlüssel-aus-zu-vielen-zeichen"])
def test_a_key_that_could_be_guessed_is_refused(filled: Database, small: Any, key: str) -> None:
    with pytest.raises(InvalidResponse, match="submission_key"):
        send(filled, small, key)


def test_keys_are_forgotten_after_the_retry_window_and_not_before(filled: Database, small: Any) -> None:
    send(filled, small)
    last_day = small.response.answered_on + RETRY_WINDOW
    with filled.begin() as connection:
        assert purge_submission_keys(connection, last_day) == 0
        assert purge_submission_keys(connection, last_day + timedelta(days=1)) == 1
        assert purge_submission_keys(connection, last_day + timedelta(days=1)) == 0
    assert count(filled, small) == 1


def test_a_response_gets_a_random_uuid_of_version_4(filled: Database, small: Any) -> None:
    send(filled, small)
    with filled.read() as connection:
        ids = connection.execute(responses.select().with_only_columns(responses.c.id)).scalars().all()
    assert len(ids) == 1
    assert {response_id.version for response_id in ids} == {4}
