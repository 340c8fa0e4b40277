"""Signing in as a person does, with and without scripts: by name and password, with a mistake first, and out again."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from nets.access.account import Account
from nets.access.password import hash_password
from nets.access.roles import Role
from nets.store.accounts import add_account, find_account

Visitors = Callable[..., Any]
NAME, PASSWORD = "pia@example.org", "nine grey kettles"


@pytest.mark.parametrize(("width", "javascript"), [(320, True), (1280, False)])
def test_somebody_signs_in_looks_at_her_account_and_signs_out(
    new_visitor: Visitors, width: int, javascript: bool
) -> None:
    visitor = new_visitor(width, javascript=javascript)
    page = visitor.page
    with visitor.site.database.begin() as connection:
        if find_account(connection, NAME) is None:
            account = Account(NAME, Role.PROVIDER, "T001", hash_password(PASSWORD))
            add_account(connection, account, by="test", today=date(2026, 11, 24))

    visitor.open("/quality")
    visitor.look("staff-1-sign-in")
    for password in ("wrong", PASSWORD):
        page.get_by_label("Name").fill(NAME)
        page.get_by_label("Password").fill(password)
        with page.expect_navigation():
            page.get_by_role("button", name="Sign in").click()
        if password == "wrong":
            expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
            visitor.complaints.clear()  # the browser notes the status of the refusal
            visitor.look("staff-2-sign-in-refused")
    assert visitor.path == "/quality"
    assert page.get_by_role("link", name="Alderwick Community").count() == 0
    with page.expect_navigation():
        page.get_by_role("link", name="Your account").click()
    visitor.look("staff-3-account")
    with page.expect_navigation():
        page.get_by_role("button", name="Change password").click()
    visitor.complaints.clear()
    visitor.look("staff-4-account-refused")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    visitor.look("staff-5-signed-out")
    visitor.open("/quality")
    assert visitor.path == "/sign-in?back=%2Fquality"
