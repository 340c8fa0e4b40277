"""Coming in by name and password: a new token each time, nothing told to those who guess, and out again."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.account import Account
from nets.access.audit import Act
from nets.access.password import hash_password
from nets.access.roles import Role
from nets.store.accounts import add_account, disable_account
from nets.store.audit import read_audit
from survey_api.app import create_app

PASSWORD = "nine grey kettles"
HASH = hash_password(PASSWORD)
TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def accounts(paddle: Any) -> None:
    with paddle.database.begin() as connection:
        add_account(connection, Account("pia@example.org", Role.PROVIDER, "P-1", HASH), by="test", today=TODAY)
        add_account(connection, Account("max", Role.SURVEY_MANAGER, None, HASH), by="test", today=TODAY)


def enter(browser: TestClient, name: str = "pia@example.org", password: str = PASSWORD, back: str = "") -> Any:
    return browser.post("/sign-in", data={"name": name, "password": password, "back": back})


def acts(paddle: Any) -> list[tuple[str, str]]:
    paddle.app.state.service.writer.write(lambda connection: None)  # what was enqueued before is written then
    with paddle.database.read() as connection:
        rows = [row for row in read_audit(connection) if row.act not in {Act.RELEASE_MADE, Act.ACCOUNT_ADDED}]
    return [(row.act, row.about) for row in rows]


def test_who_is_right_gets_a_session_and_the_page_that_she_came_for(client: TestClient, paddle: Any) -> None:
    sent_away = client.get("/quality/paddle-2025-r1/places/P-1?sort=name")
    assert sent_away.status_code == 303
    page = client.get(sent_away.headers["location"]).text
    (back,) = re.findall(r'name="back" value="([^"]*)"', page)
    answer = enter(client, back=back)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/quality/paddle-2025-r1/places/P-1?sort=name"
    assert client.get(answer.headers["location"]).status_code == 200
    assert acts(paddle) == [(Act.SIGNED_IN, "pia@example.org")]


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: TestClient) -> None:
    cookie = enter(client).headers["set-cookie"]
    assert cookie.startswith("session=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Max-Age" not in cookie
    assert "Domain" not in cookie


def test_with_https_the_cookie_is_held_to_this_host(paddle: Any) -> None:
    settings = paddle.settings.model_copy(update={"public_origin": "https://survey.example.org"})
    app = create_app(settings)
    browser = TestClient(app, base_url="https://survey.example.org", follow_redirects=False)
    browser.headers["Origin"] = "https://survey.example.org"
    cookie = enter(browser).headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert browser.get("/quality").status_code == 200
    app.state.service.writer.close()
    app.state.service.database.dispose()


@pytest.mark.parametrize(
    ("name", "first"), [("pia@example.org", "/quality"), ("max", "/campaigns"), (" MAX ", "/campaigns")]
)
def test_who_came_for_nothing_begins_where_her_role_does(client: TestClient, name: str, first: str) -> None:
    assert enter(client, name).headers["location"] == first
    assert client.get(first).status_code == 200


@pytest.mark.parametrize("back", ["//outside.example", "https://outside.example", "/\\outside.example", "javascript:1"])
def test_nobody_is_sent_off_the_site(client: TestClient, back: str) -> None:
    assert "outside" not in client.get("/sign-in", params={"back": back}).text
    assert enter(client, back=back).headers["location"] == "/quality"


def test_unknown_names_wrong_passwords_and_disabled_accounts_are_answered_alike(
    client: TestClient, paddle: Any
) -> None:
    with paddle.database.begin() as connection:
        disable_account(connection, "max", by="test", today=TODAY)
    answers = [enter(client, "nobody", PASSWORD), enter(client, "pia@example.org", "wrong"), enter(client, "max")]
    assert {answer.status_code for answer in answers} == {422}
    pages = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert len(pages) == 1
    assert "set-cookie" not in answers[0].headers
    assert "wrong" not in answers[1].text.replace("wrong-", "")


def test_an_unknown_name_costs_the_same_check_of_a_password(
    client: TestClient, paddle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str | None] = []

    def check(password: str, kept: str | None) -> bool:
        checked.append(kept)
        return False

    monkeypatch.setattr(paddle.app.state.service.passwords, "_check", check)
    enter(client, "nobody")
    enter(client, "pia@example.org")
    assert checked == [None, HASH]


def test_failures_with_an_account_are_written_down_and_those_with_any_other_name_are_not(
    client: TestClient, paddle: Any
) -> None:
    enter(client, "my password by mistake")
    enter(client, password="wrong")
    assert acts(paddle) == [(Act.SIGN_IN_FAILED, "pia@example.org")]


@pytest.mark.parametrize("name", ["pia@example.org", "nobody"])
def test_after_some_failures_a_name_has_to_wait_from_whatever_address(
    new_client: Callable[[], TestClient], name: str, paddle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle.app.state.service.passwords, "_check", lambda *_: False)
    assert [enter(new_client(), name, "wrong").status_code for _ in range(6)] == [422] * 5 + [429]
    monkeypatch.undo()
    answer = enter(new_client(), name)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 30
    assert enter(new_client(), "max").status_code == 303


def test_a_session_that_somebody_slipped_in_is_not_the_one_that_opens(
    client: TestClient, new_client: Callable[[], TestClient]
) -> None:
    mallory = new_client()
    enter(mallory, "max")
    slipped = mallory.cookies["session"]
    client.cookies.set("session", slipped, domain="testserver.local")
    enter(client)
    assert client.cookies["session"] != slipped
    assert mallory.get("/account").status_code == 303
    client.cookies.clear()
    client.cookies.set("session", "a-token-of-ones-own-choice", domain="testserver.local")
    enter(client)
    assert "choice" not in client.cookies["session"]


def test_a_form_of_another_site_signs_nobody_in(client: TestClient) -> None:
    answer = client.post(
        "/sign-in", data={"name": "max", "password": PASSWORD}, headers={"Origin": "https://outside.example"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_signing_out_closes_the_session_for_good(client: TestClient, paddle: Any) -> None:
    enter(client)
    token = client.cookies["session"]
    (own,) = set(re.findall(r'name="token" value="(\w+)"', client.get("/account").text))
    assert client.post("/sign-out", data={"token": own[::-1]}).status_code == 403
    answer = client.post("/sign-out", data={"token": own})
    assert answer.headers["location"] == "/sign-in?out=1"
    assert "session" not in client.cookies
    assert "You have signed out" in client.get("/sign-in?out=1").text
    client.cookies.set("session", token)
    assert client.get("/quality").status_code == 303
    assert acts(paddle)[-1] == (Act.SIGNED_OUT, "pia@example.org")


def test_a_disabled_account_is_out_at_once(client: TestClient, paddle: Any) -> None:
    enter(client)
    assert client.get("/quality").status_code == 200
    with paddle.database.begin() as connection:
        disable_account(connection, "pia@example.org", by="test", today=TODAY)
    assert client.get("/quality").status_code == 303
