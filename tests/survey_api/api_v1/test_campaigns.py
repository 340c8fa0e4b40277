from collections.abc import Callable

from fastapi.testclient import TestClient

from nets.access.roles import Role


def test_campaigns_come_with_their_releases(national: TestClient) -> None:
    found = national.get("/v1/campaigns").json()["items"]
    by_id = {campaign["id"]: campaign for campaign in found}
    assert by_id["paddle-2025"]["releases"] == ["paddle-2025-r1"]
    assert by_id["paddle-2026"]["releases"] == []
    assert [campaign["year"] for campaign in found] == sorted((one["year"] for one in found), reverse=True)
    assert by_id["paddle-2025"]["breakdown_floor"] == 10


def test_campaigns_are_for_those_who_read_scores(client: TestClient, sign_in: Callable[..., TestClient]) -> None:
    assert client.get("/v1/campaigns").status_code == 401
    assert sign_in(Role.PROVIDER).get("/v1/campaigns").status_code == 200
    assert sign_in(Role.SURVEY_MANAGER).get("/v1/campaigns").status_code == 404
