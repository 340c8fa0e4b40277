"""Many responses at once are stored whole and come back whole, in an order that says nothing of how they came."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from nets.errors import InvalidFile
from nets.store.database import Database
from nets.store.responses import PackedResponse, add_responses, count_responses, read_responses
from nets.store.tables import responses


def count(database: Database, small: Any) -> int:
    with database.read() as connection:
        return count_responses(connection, small.campaign.id)


def packed_responses(n: int) -> Iterator[PackedResponse]:
    for number in range(n):
        yield (
            f"W-{number % 3 + 1}",
            "nursing",
            date(2026, 2, 2) + timedelta(days=number % 28),
            bytes([number % 5 + 1] * 3),
        )


def test_many_responses_come_back_whole_and_in_another_order(filled: Database, small: Any) -> None:
    sent = list(packed_responses(1000))
    with filled.begin() as connection:
        assert add_responses(connection, small.campaign.id, sent) == 1000
    with filled.read() as connection:
        stored = read_responses(connection, small.campaign.id)
        again = read_responses(connection, small.campaign.id)
    rows = list(zip(stored.placement_ids, stored.learner_groups, stored.answered_on, stored.packed, strict=True))
    assert sorted(rows) == sorted(sent)
    assert rows != sent
    assert stored.packed == again.packed
    assert {type(packed) for packed in stored.packed} == {bytes}


def test_responses_are_read_in_the_order_of_their_ids(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        for _ in range(2):  # a batch is written in the order of its ids, two are not
            add_responses(connection, small.campaign.id, packed_responses(50))
    with filled.read() as connection:
        stored = read_responses(connection, small.campaign.id)
        by_id = sorted(connection.execute(responses.select()), key=lambda row: bytes(row.id.bytes))
    assert stored.placement_ids == tuple(row.placement_id for row in by_id)
    assert stored.answered_on == tuple(row.answered_on for row in by_id)


def test_a_campaign_without_responses_reads_as_none(filled: Database, small: Any) -> None:
    with filled.read() as connection:
        stored = read_responses(connection, small.campaign.id)
    assert (stored.placement_ids, stored.learner_groups, stored.answered_on, stored.packed) == ((), (), (), ())


def test_a_bad_batch_names_everything_wrong_with_it_and_stores_nothing(filled: Database, small: Any) -> None:
    batch = [
        ("W-1", "nursing", date(2026, 2, 2), b"\1\2\3"),
        ("W-8", "nursing", date(2026, 2, 2), b"\1\2\3"),
        ("S-1", "wizards", date(2026, 2, 2), b"\1\2"),
    ]
    with pytest.raises(InvalidFile) as caught, filled.begin() as connection:
        add_responses(connection, small.campaign.id, batch)
    assert [str(problem) for problem in caught.value.problems] == [
        "placement S-1: is not there",
        "placement W-8: is not there",
        "learner group wizards: is not in small 1.0",
        "answers: a response has 2 of them, but small 1.0 has 3",
    ]
    assert count(filled, small) == 0


def test_a_bulk_insert_holds_a_bounded_part_in_memory(filled: Database, small: Any) -> None:
    ahead = []
    with filled.begin() as connection:

        def watched() -> Iterator[PackedResponse]:
            for number, row in enumerate(packed_responses(50_000)):
                if number % 1000 == 999:
                    ahead.append(number - count_responses(connection, small.campaign.id))
                yield row

        assert add_responses(connection, small.campaign.id, watched()) == 50_000
    assert max(ahead) < 20_000


def test_response_ids_are_random_uuids_of_version_4(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        add_responses(connection, small.campaign.id, packed_responses(20))
    with filled.read() as connection:
        ids = connection.execute(responses.select().with_only_columns(responses.c.id)).scalars().all()
    assert len(ids) == 20
    assert {response_id.version for response_id in ids} == {4}
