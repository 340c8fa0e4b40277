from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role

TRENDS = "/v1/releases/paddle-2025-r1/trends"


def test_a_trend_ends_with_the_score_of_the_release(program: Callable[[Role], TestClient]) -> None:
    for role in (Role.NATIONAL, Role.PROVIDER):
        client = program(role)
        (trend,) = client.get(f"{TRENDS}?place=W-1&measure=tea").json()["items"]
        (score,) = client.get("/v1/scores?place=W-1&measure=tea").json()["items"]
        assert trend["points"][-1]["score"] == score["score"]
        assert trend["change"] == {"kind": "none", "reason": "No earlier campaign asked this and has a release."}


def test_without_a_measure_every_scale_is_told(national: TestClient) -> None:
    assert [trend["measure"] for trend in national.get(f"{TRENDS}?place=nation").json()["items"]] == ["tea", "respect"]


@pytest.mark.parametrize(("query", "status"), [("place=W-99", 404), ("", 422), ("place=W-1&measure=coffee", 422)])
def test_what_is_not_there_is_said_in_words(national: TestClient, query: str, status: int) -> None:
    assert national.get(f"{TRENDS}?{query}").status_code == status
