"""Accounts are kept with their role and scope, and every change of one is written down with it."""

from datetime import date

import pytest
from sqlalchemy import text

from nets.access.account import Account, Identity
from nets.access.audit import Act
from nets.access.roles import Door, Principal, Role
from nets.errors import InvalidSetting, NetsError, NotFound, Refused
from nets.store.accounts import (
    account_of,
    add_account,
    change_role,
    disable_account,
    find_account,
    get_account,
    list_accounts,
    principal_of,
    set_password,
)
from nets.store.audit import read_audit
from nets.store.database import Database
from nets.store.sessions import SessionLimits, begin_session, find_session

TODAY = date(2026, 3, 10)
IDENTITY = Identity("https://id.example.org", "0815")
NATIONAL = Account("ann", Role.NATIONAL, None, "hash")
PROVIDER = Account("pia", Role.PROVIDER, "P-1", "hash", IDENTITY)
LIMITS = SessionLimits(idle=1_800, absolute=36_000)


@pytest.fixture
def staffed(filled: Database) -> Database:
    with filled.begin() as connection:
        for account in (PROVIDER, NATIONAL):
            add_account(connection, account, by="test", today=TODAY)
    return filled


def test_an_account_comes_back_as_it_was_added(staffed: Database) -> None:
    with staffed.read() as connection:
        assert find_account(connection, "pia") == PROVIDER
        assert account_of(connection, IDENTITY) == PROVIDER
        assert account_of(connection, Identity("https://elsewhere.example.org", "0815")) is None
        assert list_accounts(connection) == (NATIONAL, PROVIDER)
        with pytest.raises(NotFound, match="no account bob"):
            get_account(connection, "bob")


def test_a_principal_has_the_path_down_to_her_place(staffed: Database) -> None:
    with staffed.read() as connection:
        assert principal_of(connection, PROVIDER) == Principal(
            "pia", Role.PROVIDER, ("R-1", "L-1", "P-1"), Door.SESSION
        )
        assert principal_of(connection, NATIONAL).scope == ()


@pytest.mark.parametrize(
    ("account", "error", "match"),
    [
        (NATIONAL, Refused, "already an account ann"),
        (Account("bob", Role.NATIONAL, None, identity=IDENTITY), Refused, "already an account of the subject 0815"),
        (Account("bob", Role.PROVIDER, "L-1", "hash"), InvalidSetting, "is a provider; L-1 is a local office"),
        (Account("bob", Role.REGION, "nowhere", "hash"), NotFound, "no place nowhere"),
    ],
)
def test_an_account_that_cannot_be_is_not_added(
    staffed: Database, account: Account, error: type[NetsError], match: str
) -> None:
    with pytest.raises(error, match=match), staffed.begin() as connection:
        add_account(connection, account, by="test", today=TODAY)
    with staffed.read() as connection:
        assert len(list_accounts(connection)) == 2
        assert len(list(read_audit(connection))) == 2


def test_a_disabled_account_has_no_session_any_more(staffed: Database) -> None:
    with staffed.begin() as connection:
        token = begin_session(connection, "pia", 1_000)
        other = begin_session(connection, "ann", 1_000)
        disable_account(connection, "pia", by="ann", today=TODAY)
        with pytest.raises(Refused, match="disabled already"):
            disable_account(connection, "pia", by="ann", today=TODAY)
    with staffed.read() as connection:
        assert get_account(connection, "pia").is_disabled
        assert find_session(connection, token, 1_000, LIMITS) is None
        assert find_session(connection, other, 1_000, LIMITS) is not None


def test_a_new_password_ends_the_sessions_of_the_old_one(staffed: Database) -> None:
    with staffed.begin() as connection:
        token = begin_session(connection, "pia", 1_000)
        set_password(connection, "pia", "other hash", by="pia")
    with staffed.read() as connection:
        assert get_account(connection, "pia").password_hash == "other hash"
        assert find_session(connection, token, 1_000, LIMITS) is None


def test_a_role_is_changed_only_where_it_is_another(staffed: Database) -> None:
    with staffed.begin() as connection:
        change_role(connection, "pia", Role.PROVIDER, "P-1", by="directory")
        change_role(connection, "pia", Role.LOCAL_OFFICE, "L-1", by="directory")
        with pytest.raises(InvalidSetting):
            change_role(connection, "pia", Role.REGION, "P-1", by="directory")
    with staffed.read() as connection:
        assert principal_of(connection, get_account(connection, "pia")).scope == ("R-1", "L-1")
        assert [row.act for row in read_audit(connection)][2:] == [Act.ACCOUNT_CHANGED]


def test_every_act_is_written_down_with_who_did_it(staffed: Database) -> None:
    with staffed.begin() as connection:
        set_password(connection, "pia", "other hash", by="pia")
        disable_account(connection, "pia", by="ann", today=TODAY)
    with staffed.read() as connection:
        rows = [(row.who, row.act, row.about, row.details) for row in read_audit(connection)]
    assert rows == [
        ("test", Act.ACCOUNT_ADDED, "pia", '{"role":"provider","scope":"P-1"}'),
        ("test", Act.ACCOUNT_ADDED, "ann", '{"role":"national","scope":null}'),
        ("pia", Act.PASSWORD_CHANGED, "pia", "{}"),
        ("ann", Act.ACCOUNT_DISABLED, "pia", "{}"),
    ]


@pytest.mark.parametrize("change", ["role = 'national'", "scope_id = NULL", "role = 'king'", "issuer = NULL"])
def test_the_database_itself_refuses_an_account_that_cannot_be(staffed: Database, change: str) -> None:
    with pytest.raises(Refused), staffed.begin() as connection:
        connection.execute(text(f"UPDATE accounts SET {change} WHERE name = 'pia'"))
