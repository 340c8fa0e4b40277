"""One's own account says who one is, and takes another password from the one who knows the old one."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.account import Account
from nets.access.password import hash_password, is_right
from nets.access.roles import Role
from nets.store.accounts import add_account, get_account

OLD, NEW = "nine grey kettles", "seven blue teapots"
HASH = hash_password(OLD)


@pytest.fixture
def holder(client: TestClient, paddle: Any) -> TestClient:
    with paddle.database.begin() as connection:
        add_account(connection, Account("pia", Role.PROVIDER, "P-1", HASH), by="test", today=date(2026, 3, 10))
    client.post("/sign-in", data={"name": "pia", "password": OLD})
    return client


def change(browser: TestClient, **fields: str) -> Any:
    (token,) = set(re.findall(r'name="token" value="(\w+)"', browser.get("/account").text))
    return browser.post("/account/password", data={"token": token, "old": OLD, "new": NEW, "again": NEW, **fields})


def test_the_page_says_who_one_is_and_what_one_sees(holder: TestClient) -> None:
    page = unescape(holder.get("/account").text)
    for words in ("pia", "Provider", "Ffynnon Example Hospitals and everything in it", "read released scores"):
        assert words in page
    assert "read concerns" not in page


def test_another_password_is_taken_and_every_other_session_ends(
    holder: TestClient, new_client: Callable[[], TestClient], paddle: Any
) -> None:
    other = new_client()
    other.post("/sign-in", data={"name": "pia", "password": OLD})
    before = holder.cookies["session"]
    answer = change(holder)
    assert answer.headers["location"] == "/account?changed=1"
    assert "Your password is changed" in holder.get("/account?changed=1").text
    assert holder.cookies["session"] != before
    assert other.get("/account").status_code == 303
    with paddle.database.read() as connection:
        assert is_right(NEW, get_account(connection, "pia").password_hash)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"old": "wrong"}, ["This is not the password of this account"]),
        ({"new": "short", "again": "short"}, ["It needs 12 to 200 characters"]),
        ({"again": "something else"}, ["This is not the same as the new password"]),
        ({"old": "", "new": "pia", "again": "x"}, ["12 to 200", "must not hold the name", "not the same"]),
    ],
)
def test_everything_that_is_wrong_is_named_at_once_and_nothing_changes(
    holder: TestClient, paddle: Any, fields: dict[str, str], said: list[str]
) -> None:
    answer = change(holder, **fields)
    assert answer.status_code == 422
    for words in said:
        assert words in answer.text
    assert NEW not in answer.text
    with paddle.database.read() as connection:
        assert get_account(connection, "pia").password_hash == HASH


def test_without_the_sessions_own_token_nothing_changes(holder: TestClient, paddle: Any) -> None:
    for token in ("", "0" * 64, "ü"):
        assert change(holder, token=token).status_code == 403
    with paddle.database.read() as connection:
        assert get_account(connection, "pia").password_hash == HASH


def test_who_borrows_a_session_does_not_guess_the_password_with_it(
    holder: TestClient, paddle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle.app.state.service.passwords, "_check", lambda *_: False)
    for _ in range(5):
        change(holder)
    assert "Too many tries" in change(holder).text
