"""A session is found by its token alone, ends by itself, and its token is nowhere in the database."""

from datetime import date

import pytest

from nets.access.account import Account
from nets.access.roles import Role
from nets.store.accounts import add_account
from nets.store.database import Database
from nets.store.sessions import (
    Session,
    SessionLimits,
    begin_session,
    end_session,
    find_session,
    purge_sessions,
    use_session,
)
from nets.store.tables import sessions

LIMITS = SessionLimits(idle=1_800, absolute=36_000)
BEGUN = 1_000_000.5


@pytest.fixture
def staffed(sqlite_database: Database) -> Database:
    with sqlite_database.begin() as connection:
        add_account(connection, Account("ann", Role.NATIONAL, None, "hash"), by="test", today=date(2026, 3, 10))
    return sqlite_database


@pytest.fixture
def token(staffed: Database) -> str:
    with staffed.begin() as connection:
        return begin_session(connection, "ann", BEGUN)


def found(database: Database, token: str, after: float) -> Session | None:
    with database.read() as connection:
        return find_session(connection, token, BEGUN + after, LIMITS)


def test_a_session_is_found_by_its_token(staffed: Database, token: str) -> None:
    assert found(staffed, token, 1) == Session("ann", is_stale=False)
    assert found(staffed, token + "x", 1) is None
    assert found(staffed, "", 1) is None


def test_tokens_are_random_and_not_kept(staffed: Database, token: str) -> None:
    with staffed.begin() as connection:
        assert begin_session(connection, "ann", BEGUN) != token
        kept = connection.execute(sessions.select()).all()
    assert len(kept) == 2
    assert token.encode() not in b"".join(row.token_hash for row in kept)


def test_an_idle_session_ends(staffed: Database, token: str) -> None:
    assert found(staffed, token, LIMITS.idle - 1)
    assert found(staffed, token, LIMITS.idle) is None


def test_a_used_session_goes_on_but_not_for_ever(staffed: Database, token: str) -> None:
    for after in range(0, LIMITS.absolute, LIMITS.idle - 100):
        with staffed.begin() as connection:
            assert find_session(connection, token, BEGUN + after, LIMITS)
            use_session(connection, token, BEGUN + after)
    assert found(staffed, token, LIMITS.absolute) is None


def test_last_use_is_written_anew_only_after_a_while(staffed: Database, token: str) -> None:
    early, late = found(staffed, token, 30), found(staffed, token, 90)
    assert early is not None
    assert late is not None
    assert (early.is_stale, late.is_stale) == (False, True)


def test_an_ended_session_is_gone_and_another_one_stays(staffed: Database, token: str) -> None:
    with staffed.begin() as connection:
        other = begin_session(connection, "ann", BEGUN)
        end_session(connection, token)
    assert found(staffed, token, 1) is None
    assert found(staffed, other, 1) is not None


def test_sessions_that_had_their_time_are_forgotten(staffed: Database, token: str) -> None:
    with staffed.begin() as connection:
        young = begin_session(connection, "ann", BEGUN + LIMITS.idle - 1)
        purge_sessions(connection, BEGUN + LIMITS.idle, LIMITS)
        assert len(connection.execute(sessions.select()).all()) == 1
    assert found(staffed, young, LIMITS.idle) is not None
