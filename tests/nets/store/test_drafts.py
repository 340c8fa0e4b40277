"""A draft opens with its token alone: the database by itself tells neither whose it is nor what it says."""

import secrets
import threading
from datetime import date

import pytest
from sqlalchemy import text

from nets.errors import InvalidSetting, NetsError
from nets.store.database import Database
from nets.store.drafts import delete_draft, load_draft, purge_drafts, save_draft

TODAY = date(2026, 2, 2)
CONTENT = b'{"TEA01": 5, "SAY01": "marked-answer-4711"}'


@pytest.fixture
def token() -> str:
    return secrets.token_urlsafe(16)


def test_a_draft_opens_with_its_token_and_no_other(database: Database, token: str) -> None:
    with database.begin() as connection:
        save_draft(connection, token, CONTENT, TODAY)
    with database.read() as connection:
        assert load_draft(connection, token) == CONTENT
        assert load_draft(connection, secrets.token_urlsafe(16)) is None


def test_saving_again_takes_the_place_of_what_was_there(database: Database, token: str) -> None:
    with database.begin() as connection:
        save_draft(connection, token, CONTENT, TODAY)
        save_draft(connection, token, b"later", TODAY)
        assert load_draft(connection, token) == b"later"
        assert connection.execute(text("SELECT count(*) FROM drafts")).scalar() == 1


def test_of_two_changes_at_once_the_second_sees_what_the_first_left(database: Database, token: str) -> None:
    seen: list[bytes | None] = []

    def change_too() -> None:
        with database.begin() as connection:
            seen.append(load_draft(connection, token))

    with database.begin() as connection:
        save_draft(connection, token, CONTENT, TODAY)
    second = threading.Thread(target=change_too)
    with database.begin() as connection:
        load_draft(connection, token)
        second.start()
        second.join(timeout=0.3)
        assert second.is_alive(), "the second change did not wait for the first"
        with database.read() as meanwhile:
            assert load_draft(meanwhile, token) == CONTENT
        save_draft(connection, token, b"sent", TODAY)
    second.join()
    assert seen == [b"sent"]


def test_the_table_holds_neither_token_nor_content(database: Database, token: str) -> None:
    with database.begin() as connection:
        save_draft(connection, token, CONTENT, TODAY)
        row_id, sealed = connection.execute(text("SELECT id, sealed FROM drafts")).one()
    for stored in (bytes(row_id), bytes(sealed)):
        assert token.encode() not in stored
        assert b"marked-answer" not in stored


def test_the_same_content_is_never_sealed_the_same_way(database: Database, token: str) -> None:
    sealed = set()
    with database.begin() as connection:
        for _ in range(3):
            save_draft(connection, token, CONTENT, TODAY)
            sealed.add(bytes(connection.execute(text("SELECT sealed FROM drafts")).scalar_one()))
    assert len(sealed) == 3


def test_a_draft_moved_to_another_row_or_altered_does_not_open(database: Database, token: str) -> None:
    other = secrets.token_urlsafe(16)
    with database.begin() as connection:
        save_draft(connection, token, CONTENT, TODAY)
        sealed = bytes(connection.execute(text("SELECT sealed FROM drafts")).scalar_one())
        delete_draft(connection, token)
        save_draft(connection, other, b"other", TODAY)
        connection.execute(text("UPDATE drafts SET sealed = :sealed"), {"sealed": sealed})
        with pytest.raises(NetsError, match="damaged"):
            load_draft(connection, other)
        save_draft(connection, token, CONTENT, TODAY)
        connection.execute(
            text("UPDATE drafts SET sealed = :sealed"), {"sealed": sealed[:-1] + bytes([sealed[-1] ^ 1])}
        )
        with pytest.raises(NetsError, match="damaged"):
            load_draft(connection, token)


def test_a_deleted_draft_is_gone(database: Database, token: str) -> None:
    with database.begin() as connection:
        save_draft(connection, token, CONTENT, TODAY)
        delete_draft(connection, token)
        delete_draft(connection, token)
        assert load_draft(connection, token) is None


def test_drafts_are_purged_after_their_last_day_and_not_on_it(database: Database, token: str) -> None:
    with database.begin() as connection:
        save_draft(connection, token, CONTENT, TODAY)
        assert purge_drafts(connection, TODAY) == 0
        assert purge_drafts(connection, date(2026, 2, 3)) == 1
        assert load_draft(connection, token) is None


def test_a_token_that_could_be_guessed_is_refused(database: Database) -> None:
    with pytest.raises(InvalidSetting, match="22"), database.begin() as connection:
        save_draft(connection, "K7QM-4TXD", CONTENT, TODAY)
