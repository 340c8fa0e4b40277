from typing import Any

from fastapi.testclient import TestClient

RISKS = "/v1/releases/paddle-2025-r1/risks"


def risk(client: TestClient, place_id: str) -> Any:
    (item,) = client.get(f"{RISKS}?place={place_id}").json()["items"]
    assert item["place_id"] == place_id
    return item["risk"]


def test_a_suggested_risk_comes_with_its_reasons(national: TestClient) -> None:
    found = risk(national, "W-1")
    assert found["outcome"] == "suggested"
    assert found["colour"] in {"G", "G/A", "A", "A/R", "R"}
    assert any(reason.startswith("Tea: probability") for reason in found["reasons"])
    assert "Robustness" in found["robustness"]


def test_no_concern_is_said_as_such(national: TestClient) -> None:
    assert risk(national, "W-3")["outcome"] == "no_concern"


def test_too_few_and_nobody_look_alike(national: TestClient) -> None:
    assert risk(national, "W-6") == risk(national, "W-7")
    assert risk(national, "W-6")["outcome"] == "insufficient_evidence"


def test_placements_stand_in_the_order_of_the_tree_and_no_other_place_among_them(national: TestClient) -> None:
    items = national.get(RISKS).json()["items"]
    assert [item["place_id"] for item in items] == [f"W-{number}" for number in range(1, 9)]
    assert national.get(f"{RISKS}?place=P-1").json()["items"] == []
