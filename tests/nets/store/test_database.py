"""What the door promises on both engines: all or nothing, readers that cannot write, errors without a row in them."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from nets.errors import InvalidSetting, NetsError, NotFound, StoreUnavailable
from nets.store.campaigns import get_campaign
from nets.store.comments import Comment, add_comments
from nets.store.database import Connection, Database
from nets.store.organisations import get_organisation, search_placements
from nets.store.responses import count_responses
from nets.store.submissions import submit

KEY = "5f1c0e8a-3f63-4b52-9a58-6a5e3b1f9f10"


def test_a_broken_transaction_leaves_nothing(filled: Database, small: Any) -> None:
    def submit_and_break() -> None:
        with filled.begin() as connection:
            submit(connection, small.campaign.id, small.response, KEY)
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="the power went"):
        submit_and_break()
    with filled.read() as connection:
        assert count_responses(connection, small.campaign.id) == 0
        assert connection.execute(text("SELECT count(*) FROM submission_keys")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM comments")).scalar() == 0


def test_a_reader_cannot_write(filled: Database, small: Any) -> None:
    with pytest.raises(NetsError), filled.read() as connection:
        submit(connection, small.campaign.id, small.response, KEY)
    with filled.read() as connection:
        assert count_responses(connection, small.campaign.id) == 0


def test_a_writer_can_write_after_a_reader_had_its_connection(filled: Database, small: Any) -> None:
    for number in range(3):
        with filled.read() as connection:
            assert count_responses(connection, small.campaign.id) == number
        with filled.begin() as connection:
            submit(connection, small.campaign.id, small.response, f"{KEY}-{number}")


def test_a_reader_sees_one_state_to_the_end(filled: Database, small: Any) -> None:
    with filled.read() as reader:
        before = count_responses(reader, small.campaign.id)
        with filled.begin() as connection:
            submit(connection, small.campaign.id, small.response, KEY)
        assert count_responses(reader, small.campaign.id) == before == 0


def test_writers_that_first_read_wait_for_each_other(filled: Database, small: Any) -> None:
    first_has_read, errors = threading.Event(), list[Exception]()

    def write(key: str) -> None:
        try:
            with filled.begin() as connection:
                count_responses(connection, small.campaign.id)
                first_has_read.set()
                submit(connection, small.campaign.id, small.response, key)
        except Exception as error:  # noqa: BLE001 - reported by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=write, args=(f"{KEY}-{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with filled.read() as connection:
        assert count_responses(connection, small.campaign.id) == 8


def test_no_answer_or_comment_stands_in_an_error(filled: Database) -> None:
    marked = "marked-answer-4711"

    def break_a_foreign_key(connection: Connection) -> None:
        add_comments(connection, "no-such-campaign", [Comment("W-1", "SAY01", marked)])

    def break_a_check(connection: Connection) -> None:
        connection.execute(
            text("INSERT INTO questionnaire_versions VALUES ('x', '1', 'short', :document)"),
            {"document": marked.encode()},
        )

    def send_a_nul(connection: Connection) -> None:
        connection.execute(text("UPDATE organisations SET name = :name, level = 'x'"), {"name": f"{marked}\x00"})

    def send_half_a_surrogate(connection: Connection) -> None:
        connection.execute(text("UPDATE organisations SET name = :name"), {"name": f"{marked}\ud800"})

    for break_something in (break_a_foreign_key, break_a_check, send_a_nul, send_half_a_surrogate):
        with pytest.raises(NetsError) as caught, filled.begin() as connection:
            break_something(connection)
        assert marked not in str(caught.value)
        # or a logged traceback would print the driver's error, which quotes the row, above ours
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


@pytest.mark.parametrize("identifier", ["nowhere\x00", "nowhere\ud800", "'; DROP TABLE responses; --"])
def test_an_odd_identifier_is_the_askers_mistake(filled: Database, identifier: str) -> None:
    for look_up in (get_organisation, get_campaign):
        with pytest.raises((NotFound, InvalidSetting)), filled.read() as connection:
            look_up(connection, identifier)


def test_an_odd_search_is_the_searchers_mistake(filled: Database) -> None:
    with pytest.raises(InvalidSetting, match="cannot be stored or looked up"), filled.read() as connection:
        search_placements(connection, "ward \ud800")


def test_it_tells_whether_it_can_be_written(filled: Database) -> None:
    filled.check_writable()
    with filled.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM drafts")).scalar() == 0


def test_a_database_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    for url in (
        f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite3'}",
        f"postgresql://postgres@/nets?host={tmp_path}",
    ):
        with pytest.raises(StoreUnavailable):
            Database(url).check_writable()


def test_a_read_only_file_is_said_to_be_unwritable(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "test.sqlite3"
    with sqlite_database.read() as connection:
        connection.execute(text("SELECT 1"))
    sqlite_database.dispose()
    read_only = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(StoreUnavailable, match="readonly"):
        read_only.check_writable()
    read_only.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "survey.sqlite",
        "mysql://localhost/nets",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///survey.sqlite?mode=ro",
        "sqlite:///survey.sqlite?timeout=soon",
        "sqlite:///survey.sqlite?timeout=nan",
        "postgresql://host:port/name",
        "postgresql+asyncpg://host/name",
    ],
)
def test_it_refuses_an_address_it_cannot_keep_answers_at(url: str) -> None:
    with pytest.raises(InvalidSetting):
        Database(url)


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("DELETE FROM alembic_version", "no tables of this program yet"),
        ("UPDATE alembic_version SET version_num = '9999'", r"those of a newer program \(migration 9999\)"),
    ],
)
def test_tables_of_another_program_are_refused_with_the_way_out(database: Database, version: str, words: str) -> None:
    database.require_current()
    with database.begin() as connection:
        newest = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text(version))
    try:
        with pytest.raises(InvalidSetting, match=words):
            database.require_current()
    finally:
        with database.begin() as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest})


def test_tables_of_an_older_program_are_refused_with_the_way_out(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sqlite_database.__dict__, "_newest", {"9999"})  # as if one more migration had been written
    with pytest.raises(InvalidSetting, match="those of an older program: bring them up to date with 'nets upgrade'"):
        sqlite_database.require_current()


def test_a_database_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match=r"there is no database .*missing\.sqlite3: make it with 'nets upgrade'"):
        Database(f"sqlite:///{tmp_path / 'missing.sqlite3'}").require_current()
    assert not list(tmp_path.iterdir())


def test_an_upgrade_names_the_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match=r"there is no folder .*nowhere to make the database in"):
        Database(f"sqlite:///{tmp_path / 'nowhere' / 'nets.sqlite3'}").upgrade()


def test_a_fault_of_the_connection_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as raised:
        Database("postgresql://127.0.0.1:1/nets").check_writable()
    assert "\n" not in str(raised.value)


def test_sqlite_is_set_to_lose_nothing(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.begin() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_a_busy_sqlite_file_is_unavailable_not_broken(sqlite_database: Database, tmp_path: Path) -> None:
    impatient = Database(f"sqlite:///{tmp_path / 'test.sqlite3'}?timeout=0.05")
    other = sqlite3.connect(tmp_path / "test.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        impatient.check_writable()
    other.close()
    impatient.check_writable()
    impatient.dispose()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_runs_alone_may_write_though_the_connection_was_a_readers(database: Database) -> None:
    with database.read() as one, database.begin() as other:
        assert one is not other
    with database.read():
        pass
    database.run_alone("VACUUM")
