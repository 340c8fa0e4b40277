"""The bare address leads everybody on, and the name in the header leads staff back to where they begin."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role

FIRST = {Role.SURVEY_MANAGER: "/campaigns", Role.DATA_PROTECTION: "/protection"}


def test_who_has_not_signed_in_is_told_where_learners_and_where_staff_go(client: TestClient) -> None:
    page = client.get("/").text
    assert "Open the link in the message you got, or scan the code on the poster" in page
    assert '<a href="/sign-in">Sign in</a>' in page


def test_a_session_that_has_ended_opens_the_same_page(client: TestClient) -> None:
    client.cookies.set("session", "never-was-one")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("role", Role)
def test_who_has_signed_in_is_led_to_where_her_role_begins(sign_in: Callable[..., Any], role: Role) -> None:
    browser, first = sign_in(role), FIRST.get(role, "/quality")
    assert browser.get("/").headers["location"] == first
    for page in (first, "/account"):
        assert f'<span class="app-header__name"><a href="{first}">' in browser.get(page).text


def test_a_page_that_is_not_there_leads_to_it(client: TestClient) -> None:
    assert '<a href="/">' in client.get("/nothing").text
