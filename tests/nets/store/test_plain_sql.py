from datetime import date
from uuid import uuid4

import pytest

from nets.errors import InvalidSetting, NetsError
from nets.store.database import Database, count_of_writes
from nets.store.plain_sql import day, insert, places, run
from nets.store.tables import submission_keys


def test_what_was_inserted_is_read_by_sqlalchemy_too(filled: Database) -> None:
    row = {"key_hash": b"k" * 32, "body_mac": b"m" * 32, "received_on": date(2026, 3, 1)}
    with filled.begin() as connection:
        claimed = insert(connection, "submission_keys", [row, row | {"key_hash": b"l" * 32}], "RETURNING key_hash")
        assert sorted(bytes(key) for (key,) in claimed) == [b"k" * 32, b"l" * 32]
    with filled.read() as connection:
        stored = connection.execute(submission_keys.select().order_by(submission_keys.c.key_hash)).all()
        ((plain,),) = run(
            connection, f"SELECT received_on FROM submission_keys WHERE key_hash IN {places(1)}", [b"k" * 32]
        )
    assert [(bytes(key), bytes(mac), day) for key, mac, day in stored] == [
        (b"k" * 32, b"m" * 32, date(2026, 3, 1)),
        (b"l" * 32, b"m" * 32, date(2026, 3, 1)),
    ]
    assert day(plain) == date(2026, 3, 1)
    assert day(None) is None


def test_what_writes_is_counted_and_what_reads_is_not(filled: Database) -> None:
    with filled.begin() as connection:
        before = count_of_writes(connection)
        run(connection, "SELECT id FROM organisations WHERE id = ?", ["W-1"])
        assert count_of_writes(connection) == before
        insert(
            connection, "comments",
            [{"campaign_id": "small-2026", "id": uuid4(), "placement_id": "W-1", "item_code": "SAY01", "content": "x"}],
        )  # fmt: skip
        assert count_of_writes(connection) == before + 1


def test_a_driver_s_error_comes_in_our_words_and_without_the_row(filled: Database) -> None:
    marked = "Marmalade-4711"
    row = {"campaign_id": "no-such", "id": uuid4(), "placement_id": "W-1", "item_code": "SAY01", "content": marked}
    with pytest.raises(NetsError) as raised, filled.begin() as connection:
        insert(connection, "comments", [row])
    assert marked not in str(raised.value)
    with pytest.raises(InvalidSetting), filled.begin() as connection:
        run(connection, "SELECT id FROM organisations WHERE id = ?", ["\ud800"])
