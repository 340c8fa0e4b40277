from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role


def names(client: TestClient, query: str = "") -> list[str]:
    return [item["id"] for item in client.get(f"/v1/organisations?{query}").json()["items"]]


def test_the_tree_is_told_from_the_top_down(national: TestClient) -> None:
    assert names(national) == ["R-1", "L-1", "P-1", "P-2", "S-1", "S-2", *(f"W-{n}" for n in range(1, 9))]
    (ward,) = (one for one in national.get("/v1/organisations").json()["items"] if one["id"] == "W-1")
    assert ward["name"] == "Ward 1"
    assert [place["id"] for place in ward["above"]] == ["R-1", "L-1", "P-1", "S-1"]
    assert national.get("/v1/organisations/W-1").json() == ward


@pytest.mark.parametrize(
    ("query", "found"),
    [("level=provider", ["P-1", "P-2"]), ("under=P-2", ["S-2", "W-8"]), ("level=site&under=P-1", ["S-1"])],
)
def test_places_are_chosen_by_level_and_by_what_they_are_below(
    national: TestClient, query: str, found: list[str]
) -> None:
    assert names(national, query) == found


def test_a_reader_finds_her_own_places_and_her_region(program: Callable[[Role], TestClient]) -> None:
    provider = program(Role.PROVIDER)
    assert names(provider) == ["P-1", "S-1", *(f"W-{number}" for number in range(1, 8))]
    assert provider.get("/v1/organisations/R-1").status_code == 200
    for place_id in ("P-2", "L-1", "W-8", "W-99", "nation"):
        assert provider.get(f"/v1/organisations/{place_id}").status_code == 404
    assert provider.get("/v1/organisations?under=P-2").status_code == 404
