"""Who sends a request: a session or a key, each with an end, and neither more often than it may."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.api_key import ApiKey, new_key_id
from nets.access.roles import Role
from nets.store.api_keys import add_key, list_keys, revoke_key
from nets.store.tables import sessions

RELEASES = "/v1/releases"


@pytest.fixture
def new_key(paddle: Any) -> Callable[..., str]:
    def make(scope_id: str = "P-1", requests_a_minute: int = 60) -> str:
        today = paddle.app.state.service.today()
        key = ApiKey(
            new_key_id(), "test", Role.PROVIDER, scope_id, requests_a_minute, today, today + timedelta(days=30)
        )
        with paddle.database.begin() as connection:
            return add_key(connection, key, by="test")

    return make


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def at(paddle: Any, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Put the service's clock forward."""
    service = paddle.app.state.service
    then = service.now() + seconds
    monkeypatch.setattr(type(service), "now", property(lambda _: lambda: then), raising=True)


def test_a_program_without_a_key_is_told_so(client: TestClient) -> None:
    answer = client.get(RELEASES)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:nets:problem:not-signed-in"


def test_a_key_reads_what_lies_in_its_scope(client: TestClient, new_key: Callable[..., str]) -> None:
    key = new_key("P-2")
    scores = f"{RELEASES}/paddle-2025-r1/scores"
    assert client.get(f"{scores}?place=W-8", headers=bearer(key)).status_code == 200
    assert client.get(f"{scores}?place=W-1", headers=bearer(key)).status_code == 404
    assert client.get("/quality", headers=bearer(key)).status_code == 200
    assert client.get("/account", headers=bearer(key)).status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nets_k7qmt4xd_" + "a" * 43, "Basic YTpi"])
def test_what_is_no_key_opens_nothing_even_beside_a_session(
    reader: TestClient, new_key: Callable[..., str], header: str
) -> None:
    new_key()
    assert reader.get(RELEASES).status_code == 200
    assert reader.get(RELEASES, headers={"Authorization": header}).status_code == 401


def test_a_revoked_key_opens_nothing_any_more(client: TestClient, new_key: Callable[..., str], paddle: Any) -> None:
    key = new_key()
    assert client.get(RELEASES, headers=bearer(key)).status_code == 200
    with paddle.database.begin() as connection:
        (listed,) = list_keys(connection)
        revoke_key(connection, listed.id, by="test", today=paddle.app.state.service.today())
    assert client.get(RELEASES, headers=bearer(key)).status_code == 401


def test_who_asks_too_often_is_told_when_to_come_back(client: TestClient, new_key: Callable[..., str]) -> None:
    busy, other = new_key(requests_a_minute=3), new_key(requests_a_minute=3)
    assert [client.get(RELEASES, headers=bearer(busy)).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = client.get(RELEASES, headers=bearer(busy))
    assert answer.headers["content-type"] == "application/problem+json"
    assert 1 <= int(answer.headers["retry-after"]) <= 20
    assert client.get(RELEASES, headers=bearer(other)).status_code == 200


def test_a_person_who_asks_too_often_gets_a_page(
    reader: TestClient, paddle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle.app.state.service.rate, "seconds_to_wait", lambda *_: 7)
    answer = reader.get("/quality")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "7"
    assert "Too many pages at once" in answer.text


def test_a_session_that_is_not_used_ends(reader: TestClient, paddle: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    minutes = paddle.settings.session_idle_minutes
    at(paddle, monkeypatch, minutes * 60 - 5)
    assert reader.get("/quality").status_code == 200
    paddle.app.state.service.writer.write(lambda connection: None)
    at(paddle, monkeypatch, minutes * 60 - 5)
    assert reader.get("/quality").status_code == 200
    paddle.app.state.service.writer.write(lambda connection: None)
    at(paddle, monkeypatch, minutes * 60)
    assert reader.get("/quality").status_code == 303


def test_a_page_that_is_only_read_writes_nothing_for_a_minute(reader: TestClient, paddle: Any) -> None:
    def last_use() -> int:
        with paddle.database.read() as connection:
            return int(connection.execute(sessions.select()).one().used_at)

    before = last_use()
    for _ in range(3):
        reader.get("/quality")
    paddle.app.state.service.writer.write(lambda connection: None)
    assert last_use() == before


def test_a_session_changes_nothing_for_another_site(reader: TestClient) -> None:
    headers = {"Origin": "https://outside.example"}
    assert reader.post("/sign-out", headers=headers).status_code == 403
    assert reader.get("/quality").status_code == 200
