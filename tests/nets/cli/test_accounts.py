"""``nets accounts``: somebody may sign in, with a password that is printed once, and no more."""

import io
from pathlib import Path
from typing import Any

import pytest

from nets.access.account import Account, Identity
from nets.access.password import is_right
from nets.access.roles import Role
from nets.organisation import Level, Organisation
from nets.store.accounts import get_account
from nets.store.database import Database
from nets.store.organisations import add_organisations

REGION = Organisation("R-1", Level.REGION, "Mercia Example", None)


@pytest.fixture
def stored(database_file: Path) -> Database:
    database = Database(f"sqlite:///{database_file}")
    with database.begin() as connection:
        add_organisations(connection, [REGION])
    return database


def account(database: Database, name: str) -> Account:
    with database.read() as connection:
        return get_account(connection, name)


def printed_password(said: Any) -> str:
    return str(said.out.split("password: ")[1].strip())


def test_an_account_gets_a_password_that_is_printed_once(nets: Any, stored: Database) -> None:
    said = nets("accounts", "add", "Jo@Example.org", "--role", "region", "--scope", "R-1")
    assert said.code == 0, said.errors
    assert said.out.startswith("jo@example.org may sign in as region of R-1\n")
    kept = account(stored, "jo@example.org")
    assert (kept.role, kept.scope_id) == (Role.REGION, "R-1")
    assert is_right(printed_password(said), kept.password_hash)
    listed = nets("accounts", "list").out
    assert "jo@example.org" in listed
    assert "region of R-1" in listed
    assert printed_password(said) not in listed


def test_a_password_may_be_typed_and_must_be_good(nets: Any, stored: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    refused = nets("accounts", "add", "ann", "--role", "national", "--ask")
    assert refused.code == 1
    assert "12 to 200 characters" in refused.errors[0]
    monkeypatch.setattr("sys.stdin", io.StringIO("nine grey kettles\n"))
    said = nets("accounts", "add", "ann", "--role", "national", "--ask")
    assert "password" not in said.out
    assert is_right("nine grey kettles", account(stored, "ann").password_hash)


def test_somebody_of_an_openid_provider_has_no_password_here(
    nets: Any, stored: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("accounts", "add", "ann", "--role", "national", "--subject", "0815")
    assert "needs the address of its provider" in nets(*arguments).errors[0]
    monkeypatch.setenv("NETS_OIDC_ISSUER", "https://id.example.org")
    assert "password" not in nets(*arguments).out
    assert account(stored, "ann").identity == Identity("https://id.example.org", "0815")
    assert account(stored, "ann").password_hash is None
    assert "has no password here" in nets("accounts", "password", "ann").errors[0]
    assert "as 0815" in nets("accounts", "list").out


def test_a_forgotten_password_is_replaced(nets: Any, stored: Database) -> None:
    old = printed_password(nets("accounts", "add", "ann", "--role", "national"))
    new = printed_password(nets("accounts", "password", "ann"))
    kept = account(stored, "ann").password_hash
    assert is_right(new, kept)
    assert not is_right(old, kept)


def test_a_disabled_account_is_listed_as_such(nets: Any, stored: Database) -> None:
    nets("accounts", "add", "ann", "--role", "national")
    assert nets("accounts", "disable", "ann").out == "ann may not sign in any more\n"
    assert "disabled" in nets("accounts", "list").out
    assert nets("accounts", "disable", "ann").code == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("jo doe", "--role", "provider"), ["name", "scope"]),
        (("jo", "--role", "region", "--scope", "R-9"), ["no place R-9"]),
        (("jo", "--role", "provider", "--scope", "R-1"), ["R-1 is a region"]),
        (("jo", "--role", "national", "--scope", "R-1"), ["sees the whole survey"]),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    nets: Any, stored: Database, arguments: tuple[str, ...], error: list[str]
) -> None:
    said = nets("accounts", "add", *arguments)
    assert said.code == 1
    assert len(said.errors) == len(error)
    for line, words in zip(said.errors, error, strict=True):
        assert words in line


def test_without_accounts_the_list_says_how_to_make_one(nets: Any) -> None:
    assert nets("accounts", "list").errors == ["there are no accounts yet; nets accounts add makes one"]
