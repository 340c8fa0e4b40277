"""The audit trail goes with the act it is of, is never changed, and stays one chain when many write at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from nets.access.audit import Act, BrokenTrail, SoundTrail, verify_trail
from nets.errors import Refused
from nets.store import audit
from nets.store.audit import newest_audit, read_audit, write_audit
from nets.store.database import Database
from nets.store.submissions import submit

KEY = "5f1c0e8a-3f63-4b52-9a58-6a5e3b1f9f10"


def write(database: Database, about: str) -> None:
    with database.begin() as connection:
        write_audit(connection, "ann", Act.RELEASE_MADE, about)


def verdict(database: Database) -> SoundTrail | BrokenTrail:
    with database.read() as connection:
        return verify_trail(read_audit(connection))


def test_rows_follow_each_other_and_the_newest_come_first(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_BATCH", 2)
    for number in range(1, 6):
        write(database, f"r{number}")
    with database.read() as connection:
        assert [row.about for row in read_audit(connection)] == ["r1", "r2", "r3", "r4", "r5"]
        assert [row.about for row in newest_audit(connection, 2)] == ["r5", "r4"]
        assert [row.about for row in newest_audit(connection, 2, before=4)] == ["r3", "r2"]
    assert isinstance(verdict(database), SoundTrail)


def test_a_row_is_gone_where_its_act_was_undone(database: Database) -> None:
    with database.begin() as connection:
        savepoint = connection.begin_nested()
        write_audit(connection, "ann", Act.RELEASE_MADE, "r1")
        savepoint.rollback()
    write(database, "r2")
    assert isinstance(verdict(database), SoundTrail)


@pytest.mark.parametrize("statement", ["UPDATE audit_rows SET who = 'bob'", "DELETE FROM audit_rows"])
def test_a_row_is_neither_changed_nor_deleted(database: Database, statement: str) -> None:
    write(database, "r1")
    with pytest.raises(Refused, match="never changed"), database.begin() as connection:
        connection.execute(text(statement))


def test_a_row_is_not_replaced_and_the_trail_not_emptied(database: Database, engine_name: str) -> None:
    write(database, "r1")
    replace = "INSERT OR REPLACE INTO audit_rows SELECT number, at, 'bob', act, about, details, hash FROM audit_rows"
    with pytest.raises(Refused, match="never changed"), database.begin() as connection:
        connection.execute(text(replace if engine_name == "sqlite" else "TRUNCATE audit_rows"))


def test_many_at_once_make_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: write(database, f"r{number}"), range(24)))
    sound = verdict(database)
    assert isinstance(sound, SoundTrail)
    assert sound.n == 24


def test_the_verifier_names_the_first_row_that_somebody_with_the_file_changed(sqlite_database: Database) -> None:
    for number in range(1, 6):
        write(sqlite_database, f"r{number}")
    with sqlite_database.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_rows_stay_on_update"))
        connection.execute(text("UPDATE audit_rows SET about = 'other' WHERE number = 3"))
    broken = verdict(sqlite_database)
    assert isinstance(broken, BrokenTrail)
    assert broken.number == 3


def test_what_a_learner_sends_is_not_written_down(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        submit(connection, small.campaign.id, small.response, KEY)
    with filled.read() as connection:
        assert list(read_audit(connection)) == []
