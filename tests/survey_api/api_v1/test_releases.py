from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.store.releases import get_release, release_digest

RELEASE = "/v1/releases/paddle-2025-r1"


def test_the_list_leads_to_every_release(national: TestClient, paddle: Any) -> None:
    (release,) = national.get("/v1/releases").json()["items"]
    assert (release["id"], release["year"], release["campaign_id"]) == ("paddle-2025-r1", 2025, "paddle-2025")
    whole = national.get(RELEASE).json()
    assert {name: whole[name] for name in release} == release
    assert national.get(release["questionnaire"]).json()["id"] == "paddle"
    with paddle.database.within(()).read() as connection:
        assert release["sha256"] == release_digest(connection, "paddle-2025-r1")


@pytest.mark.parametrize(
    ("query", "n"),
    [("year=2025", 1), ("year=2024", 0), ("campaign=paddle-2025&year=2025", 1), ("campaign=paddle-2026", 0)],
)
def test_releases_are_found_by_campaign_and_year(national: TestClient, query: str, n: int) -> None:
    assert len(national.get(f"/v1/releases?{query}").json()["items"]) == n


def test_a_release_says_what_it_has_numbers_for(national: TestClient, paddle: Any) -> None:
    whole = national.get(RELEASE).json()
    with paddle.database.read() as connection:
        header = get_release(connection, "paddle-2025-r1")
    assert [measure["code"] for measure in whole["measures"]] == [measure.code for measure in header.measures]
    kettle = next(measure for measure in whole["measures"] if measure["code"] == "item:TEA01")
    assert kettle["options"][0] == "Strongly disagree"
    assert [group["code"] for group in whole["learner_groups"]] == ["nursing", "pharmacy"]


def test_benchmarks_are_those_of_the_release(national: TestClient, paddle: Any) -> None:
    with paddle.database.read() as connection:
        header = get_release(connection, "paddle-2025-r1")
    told = national.get(RELEASE).json()["benchmarks"]
    assert len(told) == sum(map(len, header.benchmarks.values()))
    for one in told:
        benchmark: Any = header.benchmark(one["measure"], one["level"])
        assert one["benchmark"]["kind"] == benchmark.kind
        if benchmark.kind == "shown":
            assert one["benchmark"]["mean"] == benchmark.mean


@pytest.mark.parametrize(
    "address", ["/v1/releases/paddle-2025-r9", f"{RELEASE}/nothing", "/v1/releases/unknown/scores"]
)
def test_what_is_not_there_is_said_to_be_not_there(national: TestClient, address: str) -> None:
    answer = national.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
