"""Signing in by an OpenID Connect provider: by the account of the subject, and with no token that is not sound."""

import json
import logging
import time
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from nets.access.account import Account, Identity
from nets.access.audit import Act
from nets.access.roles import Role
from nets.store.accounts import account_of, add_account, disable_account
from nets.store.audit import newest_audit
from survey_api.settings import Settings

TODAY = date(2026, 3, 10)
ROLES = {
    "claim": "groups",
    "values": {"nets-office": {"role": "local_office", "scope": "L-1"}, "nets-national": {"role": "national"}},
}


@pytest.fixture
def new_service(paddle: Any, app_with: Callable[..., Any], provider: Any) -> Callable[..., Any]:
    """Starts the service with the provider's settings and others."""

    def make(**changes: Any) -> Any:
        known = paddle.settings.model_dump()
        oidc = {
            "oidc_issuer": provider.issuer,
            "oidc_client_id": "nets",
            "oidc_client_secret": "a secret that two share",
        }
        return app_with(Settings(**{**known, **oidc, **changes}), today=lambda: TODAY)

    return make


@pytest.fixture
def ann(paddle: Any, provider: Any) -> Account:
    """Somebody whom the provider calls 0815."""
    account = Account("ann", Role.PROVIDER, "P-1", identity=Identity(provider.issuer, "0815"))
    with paddle.database.begin() as connection:
        add_account(connection, account, by="test", today=TODAY)
    return account


def browser_of(app: Any) -> TestClient:
    return TestClient(app, headers={"Origin": "http://testserver"}, follow_redirects=False)


def walk(browser: TestClient, provider: Any, back: str = "", **changes: str) -> Any:
    """Out to the provider and back with its code and state, or with others."""
    out = browser.get("/sign-in/openid", params={"back": back}).headers["location"]
    assert out.startswith(f"{provider.issuer}/authorize?")
    query = {"code": provider.code_for(out), "state": parse_qs(urlsplit(out).query)["state"][0], **changes}
    return browser.get("/sign-in/openid/back", params=query)


def was_refused(browser: TestClient, answer: Any) -> bool:
    return (
        answer.status_code == 303
        and answer.headers["location"] == "/sign-in?refused=1"
        and "session" not in browser.cookies
        and "You were not let in" in browser.get("/sign-in?refused=1").text
    )


def test_somebody_comes_in_by_the_account_of_her_subject_and_goes_where_she_wanted(
    new_service: Any, provider: Any, ann: Account, paddle: Any
) -> None:
    browser = browser_of(new_service())
    page = browser.get("/sign-in?back=/quality/paddle-2025-r1").text
    assert 'href="/sign-in/openid?back=/quality/paddle-2025-r1"' in page
    assert 'type="password"' not in page
    answer = walk(browser, provider, "/quality/paddle-2025-r1")
    assert answer.headers["location"] == "/quality/paddle-2025-r1"
    assert browser.get("/quality/paddle-2025-r1/places/P-1").status_code == 200
    assert browser.get("/quality/paddle-2025-r1/places/P-2").status_code == 404
    assert "Change your password" not in browser.get("/account").text
    assert "sign-in" not in browser.cookies
    with paddle.database.read() as connection:
        (row,) = newest_audit(connection, 1)
    assert (row.who, row.act, row.details) == ("ann", Act.SIGNED_IN, '{"by":"openid connect"}')


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
def test_the_secret_is_sent_as_the_provider_takes_it(
    new_service: Any, provider: Any, ann: Account, method: str
) -> None:
    provider.describes = {"token_endpoint_auth_methods_supported": [method]}
    assert walk(browser_of(new_service()), provider).headers["location"] == "/quality"


UNSOUND: tuple[dict[str, Any], ...] = (
    {"nonce": "of another browser"},
    {"nonce": None},
    {"aud": "somebody else"},
    {"aud": ["nets", "somebody else"], "azp": "somebody else"},
    {"iss": "https://id.example.org"},
    {"exp": int(time.time()) - 3_600},
    {"exp": None},
    {"sub": None},
)


def test_a_token_that_is_not_meant_for_this_sign_in_lets_nobody_in(
    new_service: Any, provider: Any, ann: Account
) -> None:
    browser = browser_of(new_service())
    for claims in UNSOUND:
        provider.claims = claims
        assert was_refused(browser, walk(browser, provider)), claims


def test_a_token_signed_with_another_key_lets_nobody_in(
    new_service: Any, provider: Any, ann: Account, other_key: Any
) -> None:
    provider.key = other_key
    browser = browser_of(new_service())
    assert was_refused(browser, walk(browser, provider))


STRANGE: tuple[dict[str, str], ...] = (
    {"state": "of another browser"},
    {"state": ""},
    {"code": "guessed"},
    {"code": ""},
    {"error": "access_denied"},
)


def test_what_was_not_asked_for_in_this_browser_lets_nobody_in(new_service: Any, provider: Any, ann: Account) -> None:
    browser = browser_of(new_service())
    for changes in STRANGE:
        assert was_refused(browser, walk(browser, provider, **changes)), changes


def test_a_code_that_was_caught_is_of_no_use_in_another_browser(new_service: Any, provider: Any, ann: Account) -> None:
    app = new_service()
    victim, mallory = browser_of(app), browser_of(app)
    out = victim.get("/sign-in/openid").headers["location"]
    caught = {"code": provider.code_for(out), "state": parse_qs(urlsplit(out).query)["state"][0]}
    own = mallory.get("/sign-in/openid").headers["location"]
    assert was_refused(mallory, mallory.get("/sign-in/openid/back", params=caught))
    mallory.get("/sign-in/openid")
    mine = {**caught, "state": parse_qs(urlsplit(own).query)["state"][0]}
    assert was_refused(mallory, mallory.get("/sign-in/openid/back", params=mine))


def test_a_subject_without_an_account_and_one_that_is_disabled_stay_outside(
    new_service: Any, provider: Any, ann: Account, paddle: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = new_service()
    provider.claims = {"sub": "4711", "email": "ann"}
    browser = browser_of(app)
    with caplog.at_level(logging.WARNING):
        assert was_refused(browser, walk(browser, provider))
    assert "no account belongs to the subject" in caplog.text
    provider.claims = {}
    with paddle.database.begin() as connection:
        disable_account(connection, "ann", by="test", today=TODAY)
    assert was_refused(browser, walk(browser, provider))


def test_what_the_provider_says_of_roles_counts_for_nothing_without_a_mapping(
    new_service: Any, provider: Any, ann: Account
) -> None:
    provider.claims = {"groups": ["nets-national"], "role": "national"}
    browser = browser_of(new_service())
    walk(browser, provider)
    assert browser.get("/quality/paddle-2025-r1/places/P-2").status_code == 404


def test_with_a_mapping_accounts_are_made_and_changed_by_what_the_provider_says(
    new_service: Any, provider: Any, paddle: Any
) -> None:
    app = new_service(oidc_roles=json.dumps(ROLES))
    browser = browser_of(app)
    provider.claims = {"groups": ["others"], "preferred_username": "Bea@Example.org"}
    assert was_refused(browser, walk(browser, provider))
    for groups, role, scope in ((["nets-office"], Role.LOCAL_OFFICE, "L-1"), ("nets-national", Role.NATIONAL, None)):
        provider.claims["groups"] = groups
        assert walk(browser, provider).headers["location"] == "/quality"
        with paddle.database.read() as connection:
            account = account_of(connection, Identity(provider.issuer, "0815"))
        assert account is not None
        assert (account.name, account.role, account.scope_id) == ("bea@example.org", role, scope)
    browser.cookies.clear()
    provider.claims["groups"] = []
    assert was_refused(browser, walk(browser, provider))


def test_a_name_that_is_taken_is_not_given_to_another(new_service: Any, provider: Any, paddle: Any) -> None:
    with paddle.database.begin() as connection:
        add_account(connection, Account("bea", Role.NATIONAL, None, "hash"), by="test", today=TODAY)
    app = new_service(oidc_roles=json.dumps(ROLES))
    provider.claims = {"groups": ["nets-office"], "preferred_username": "bea"}
    walk(browser_of(app), provider)
    with paddle.database.read() as connection:
        account = account_of(connection, Identity(provider.issuer, "0815"))
    assert account is not None
    assert account.name.startswith("oidc-")


def test_a_mapping_to_a_place_that_is_not_there_lets_nobody_in(new_service: Any, provider: Any) -> None:
    roles = {"claim": "groups", "values": {"nets": {"role": "region", "scope": "R-9"}}}
    provider.claims = {"groups": ["nets"]}
    browser = browser_of(new_service(oidc_roles=json.dumps(roles)))
    assert was_refused(browser, walk(browser, provider))


def test_a_provider_that_does_not_answer_is_no_fault_of_the_visitor(new_service: Any, provider: Any) -> None:
    browser = browser_of(new_service())
    provider.refuses = True
    assert browser.get("/sign-in/openid").status_code == 503
    provider.refuses = False
    provider.describes = {"issuer": "https://id.example.org"}
    assert browser.get("/sign-in/openid").status_code == 503


def test_there_are_no_passwords_beside_a_provider_and_no_provider_beside_passwords(
    new_service: Any, client: TestClient
) -> None:
    form = {"name": "ann", "password": "nine grey kettles"}
    assert browser_of(new_service()).post("/sign-in", data=form).status_code == 404
    assert client.get("/sign-in/openid").status_code == 404
    assert client.get("/sign-in/openid/back?code=a&state=b").status_code == 404


def test_nobody_is_sent_off_the_site(new_service: Any, provider: Any, ann: Account) -> None:
    assert walk(browser_of(new_service()), provider, "//outside.example").headers["location"] == "/quality"
