from typing import Any

import pytest
from fastapi.testclient import TestClient

from survey_api.assets import read_assets

PAGES = [
    "/c/paddle-2026",
    "/c/unknown",
    "/quality",
    "/quality/unknown",
    "/sign-in",
    "/nothing",
    "/docs",
    "/v1/questionnaires",
    "/v1/releases/unknown",
    "/health",
    "/static/unknown.css",
]


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_allows_nothing_from_outside_and_nothing_inline(client: TestClient, address: str) -> None:
    policy = client.get(address).headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("address", PAGES)
def test_no_answer_is_kept_by_a_browser_unless_it_never_changes(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_an_unforeseen_error_carries_the_headers_too(
    reader: TestClient, paddle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle.database, "read", None)
    answer = reader.get("/quality")
    assert answer.status_code == 500
    assert "content-security-policy" in answer.headers
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["app.css", "page.js", "icon.svg"])
def test_built_files_may_be_kept_for_ever(client: TestClient, name: str) -> None:
    answer = client.get(read_assets().url(name))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("address", ["/c/paddle-2026", "/quality", "/account", "/sign-in", "/docs", "/c/unknown"])
def test_no_page_has_an_inline_script_an_inline_style_or_an_outside_address(reader: TestClient, address: str) -> None:
    page = reader.get(address).text
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert "<script>" not in page
    assert "//" not in page.replace("<!DOCTYPE html>", "").replace("http://www.w3.org/2000/svg", "")


def test_pages_are_sent_compressed(client: TestClient) -> None:
    assert client.get("/c/paddle-2026").headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    "address", [*PAGES, "/c/paddle-2026/", "/", "/withdraw", "/i", "/stop", "/privacy", "/ready", "/v1/openapi.json"]
)
def test_every_page_answers_head_as_it_answers_get_without_the_body(reader: TestClient, address: str) -> None:
    whole, alone = reader.get(address), reader.head(address)
    assert (alone.status_code, alone.content) == (whole.status_code, b"")
    assert dict(alone.headers) == dict(whole.headers)


def test_what_only_takes_forms_answers_no_head(client: TestClient) -> None:
    assert client.head("/c/paddle-2026/start").status_code == 405
