from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.releases.document import record_from_json
from nets.store.releases import read_place

RELEASE = "/v1/releases/paddle-2025-r1"


@pytest.fixture
def client(reader: TestClient) -> TestClient:
    """A browser in which somebody of the national role has signed in."""
    return reader


def test_the_list_leads_to_every_release(client: TestClient) -> None:
    releases = client.get("/v1/releases").json()["releases"]
    assert [release["id"] for release in releases] == ["paddle-2025-r1"]
    assert client.get(RELEASE).json() == releases[0]


def test_scores_are_those_of_the_release(client: TestClient, paddle: Any) -> None:
    with paddle.database.within(()).read() as connection:
        document = read_place(connection, paddle.release_id, "W-1")
    assert document is not None
    released = record_from_json(document)
    got = client.get(f"{RELEASE}/scores?level=placement&id=W-1").json()
    tea = got["placements"][0]["scores"]["tea"]
    assert tea["mean"] == released.score("tea").mean  # type: ignore[union-attr]
    assert tea["n"] == 30
    assert got["rule_version"]
    assert got["questionnaire_version"] == "1.0"


def test_a_providers_scores_are_those_of_its_placements(client: TestClient) -> None:
    got = client.get(f"{RELEASE}/scores?level=provider&id=P-1").json()["placements"]
    assert [entry["placement"]["id"] for entry in got] == [f"W-{number}" for number in range(1, 8)]
    for entry in got:
        one = client.get(f"{RELEASE}/scores?level=placement&id={entry['placement']['id']}").json()
        assert one["placements"] == [entry]


def test_too_few_and_nobody_look_alike(client: TestClient) -> None:
    few, nobody = (
        client.get(f"{RELEASE}/scores?level=placement&id={place}").json()["placements"][0] for place in ("W-6", "W-7")
    )
    assert few["scores"] == nobody["scores"]
    assert set(few["scores"]["tea"]) == {"kind", "reason"}
    few_risk, nobody_risk = (
        client.get(f"{RELEASE}/risk?level=placement&id={place}").json()["placements"][0]["risk"]
        for place in ("W-6", "W-7")
    )
    assert few_risk == nobody_risk
    assert few_risk["outcome"] == "insufficient_evidence"


def test_a_suggested_risk_comes_with_its_reasons(client: TestClient) -> None:
    risk = client.get(f"{RELEASE}/risk?level=placement&id=W-1").json()["placements"][0]["risk"]
    assert risk["outcome"] == "suggested"
    assert risk["colour"] in {"G", "G/A", "A", "A/R", "R"}
    assert any(reason.startswith("Tea: probability") for reason in risk["reasons"])
    assert "Robustness" in risk["robustness"]


def test_no_concern_is_said_as_such(client: TestClient) -> None:
    risk = client.get(f"{RELEASE}/risk?level=placement&id=W-3").json()["placements"][0]["risk"]
    assert risk["outcome"] == "no_concern"


@pytest.mark.parametrize("part", ["scores", "risk"])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("level=placement&id=W-99", 404),
        ("level=placement&id=P-1", 404),
        ("level=provider&id=W-1", 404),
        ("level=site&id=S-1", 422),
        ("level=placement", 422),
        ("", 422),
        ("level=placement&id=" + "x" * 65, 422),
    ],
)
def test_what_is_not_there_is_said_to_be_not_there(client: TestClient, part: str, query: str, status: int) -> None:
    answer = client.get(f"{RELEASE}/{part}?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
