from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from survey_api.languages import read_languages
from survey_api.notices import read_statement


@pytest.mark.parametrize("address", ["/privacy", "/cookies", "/accessibility"])
def test_every_page_leads_to_the_notices(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 200
    for page in ("/c/paddle-2026", "/c/unknown", "/nothing", "/privacy"):
        assert f'href="{address}"' in client.get(page).text


def test_the_accessibility_statement_is_dated_from_its_file(client: TestClient) -> None:
    statement = read_statement()
    page = client.get("/accessibility").text
    english = read_languages()["en"]
    assert (
        f"Prepared on {english.day(statement.prepared_on)}. Last tested on {english.day(statement.tested_on)}." in page
    )


def test_notices_name_the_operator_and_whom_to_write_to(paddle: Any, app_with: Callable[..., Any]) -> None:
    settings = paddle.settings.model_copy(update={"operator": "Example Deanery", "contact": "help@example.org"})
    client = TestClient(app_with(settings))
    assert "Example Deanery runs this survey" in client.get("/privacy").text
    for page in ("/privacy", "/accessibility"):
        assert 'href="mailto:help@example.org"' in client.get(page).text


def test_the_cookies_page_names_every_cookie_that_is_set(client: TestClient, new_client: Callable[[], Any]) -> None:
    page = client.get("/cookies").text
    set_cookies = [
        client.post("/c/paddle-2026/start").headers["set-cookie"],
        new_client().get("/language/en?back=/cookies").headers["set-cookie"],
    ]
    for cookie in set_cookies:
        assert f">{cookie.split('=')[0]}</strong>" in page


def test_the_switch_of_the_language_leads_back(client: TestClient) -> None:
    answer = client.get("/language/en?back=/c/paddle-2026/p/tea")
    assert answer.headers["location"] == "/c/paddle-2026/p/tea"
    assert answer.headers["set-cookie"].startswith("language=en; HttpOnly; Path=/; SameSite=lax")


@pytest.mark.parametrize(
    ("code", "back"),
    [("tlh", "/privacy"), ("en", "//outside.example"), ("en", "https://outside.example"), ("en", "/\\outside.example")],
)
def test_it_leads_nowhere_else(client: TestClient, code: str, back: str) -> None:
    assert client.get(f"/language/{code}", params={"back": back}).status_code == 404
