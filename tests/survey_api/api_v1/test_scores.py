from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.releases.document import record_from_json
from nets.releases.place_record import PlaceRecord
from nets.store.database import Database
from nets.store.releases import read_nation, read_place

RELEASE = "/v1/releases/paddle-2025-r1"


def record(prepared: Path, place_id: str) -> PlaceRecord:
    database = Database(f"sqlite:///{prepared / 'paddle.sqlite3'}")
    with database.read() as connection:
        read = read_nation(connection, "paddle-2025-r1") if place_id == "nation" else None
        document = read or read_place(connection, "paddle-2025-r1", place_id)
    database.dispose()
    assert document is not None
    return record_from_json(document)


def asked(client: TestClient, query: str, what: str = "scores") -> list[Any]:
    answer = client.get(f"{RELEASE}/{what}?{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.parametrize("place_id", ["W-1", "P-1", "nation"])
def test_scores_are_those_of_the_release(national: TestClient, prepared: Path, place_id: str) -> None:
    released = record(prepared, place_id)
    items = asked(national, f"place={place_id}")
    assert len(items) > 5
    for item in items:
        score: Any = released.score(item["measure"])
        assert item["score"]["kind"] == score.kind
        if score.kind != "suppressed":
            told = item["score"]
            assert (told["n"], told["mean"], told["sd"]) == (score.n, score.mean, score.sd)
            assert (told["low"], told["high"]) == score.interval
        if score.kind == "shown":
            assert (told["shrunken_low"], told["shrunken_high"]) == score.shrunken_interval
            assert (told["reliability"], told["verdict"], told["shrunken"], told["probability_low"]) == (
                score.reliability, score.verdict, score.shrunken, score.probability_low,
            )  # fmt: skip


def test_without_filters_everything_in_sight_is_told_from_the_top_down(national: TestClient) -> None:
    items = asked(national, "kind=scale&limit=1000")
    levels = list(dict.fromkeys(item["level"] for item in items))
    assert levels == ["nation", "region", "local_office", "provider", "site", "placement"]
    assert len({(item["place_id"], item["measure"]) for item in items}) == len(items)
    assert {item["place_id"] for item in items} >= {"nation", "R-1", "P-2", "W-7", "W-8"}


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("level=placement&under=S-1", [f"W-{number}" for number in range(1, 8)]),
        ("level=site", ["S-1", "S-2"]),
        ("under=S-2", ["W-8"]),
        ("under=W-8", []),
        ("level=nation", ["nation"]),
        ("under=nation&level=region", ["R-1"]),
    ],
)
def test_places_are_chosen_by_level_and_by_what_they_are_below(
    national: TestClient, query: str, places: list[str]
) -> None:
    assert [item["place_id"] for item in asked(national, f"{query}&measure=tea")] == places


def test_measures_are_chosen_by_code_and_kind(national: TestClient) -> None:
    assert {item["measure"] for item in asked(national, "place=W-1&kind=item")} == {
        "item:TEA01", "item:TEA02", "item:NUR01", "item:SAF01",
    }  # fmt: skip
    both = asked(national, "place=W-1&measure=respect&measure=tea")
    assert [item["measure"] for item in both] == ["tea", "respect"]


def test_learner_groups_have_the_scores_of_the_release(national: TestClient, prepared: Path) -> None:
    items = asked(national, "place=W-3&learner_group=nursing&learner_group=pharmacy")
    assert [(item["learner_group"], item["measure"]) for item in items] == [
        ("nursing", "tea"), ("nursing", "respect"), ("pharmacy", "tea"), ("pharmacy", "respect"),
    ]  # fmt: skip
    score: Any = record(prepared, "W-3").score("tea", "nursing")
    assert (items[0]["score"]["n"], items[0]["score"]["mean"]) == (score.n, score.mean)


def test_too_few_and_nobody_look_alike_and_carry_nothing_else(national: TestClient) -> None:
    few, nobody = (asked(national, f"place={place}") for place in ("W-6", "W-7"))
    assert [item["score"] for item in few] == [item["score"] for item in nobody]
    assert {frozenset(item["score"]) for item in few} == {frozenset({"kind", "reason"})}


def test_scores_of_the_years_are_those_of_the_newest_release_of_each_campaign(national: TestClient) -> None:
    (one,) = asked(national, "place=W-1&measure=tea")
    for query in ("year=2025", "campaign=paddle-2025", "year=2025&year=2024", ""):
        answer = national.get(f"/v1/scores?place=W-1&measure=tea&{query}")
        assert answer.json()["items"] == [one]
    assert national.get("/v1/scores?year=2024").json() == {"items": [], "next_cursor": None}


def test_distributions_are_those_of_the_release(national: TestClient, prepared: Path) -> None:
    released = record(prepared, "W-3")
    for item in asked(national, "place=W-3&kind=item", "distributions"):
        distribution: Any = getattr(released.score(item["measure"]), "distribution", None)
        if item["distribution"]["kind"] == "suppressed":
            assert distribution is None or distribution.kind == "suppressed"
        else:
            assert tuple(item["distribution"]["counts"]) == distribution.counts
            told = tuple(n for n in item["distribution"]["without_answer"].values() if n is not None)
            assert told == distribution.without_value
    kinds = [item["distribution"]["kind"] for item in asked(national, "place=W-3&kind=item", "distributions")]
    assert "shown" in kinds


def test_a_reader_sees_her_own_region_and_the_nation_beside_her_own_places_and_no_more(
    program: Callable[[Role], TestClient],
) -> None:
    provider = program(Role.PROVIDER)
    for place_id in ("nation", "R-1", "P-1", "W-1"):
        assert asked(provider, f"place={place_id}&measure=tea")
    for query in ("place=L-1", "place=P-2", "under=R-1", "under=nation", "place=W-99"):
        assert provider.get(f"{RELEASE}/scores?{query}").status_code == 404
    assert {item["place_id"] for item in asked(provider, "measure=tea")} == {
        "P-1", "S-1", *(f"W-{number}" for number in range(1, 8)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("place=W-1&level=placement", ["query: level"]),
        ("place=W-1&under=P-1&measure=coffee", ["query: under", "query: measure"]),
        ("measure=coffee&learner_group=barista", ["query: measure", "query: learner_group"]),
        ("kind=item&learner_group=nursing", ["query: learner_group"]),
        ("mesure=tea", ["query"]),
        ("level=ward&limit=0&kind=song", ["query: limit", "query: level", "query: kind"]),
        ("limit=1001", ["query: limit"]),
        ("place=" + "x" * 65, ["query: place"]),
    ],
)
@pytest.mark.parametrize("address", [f"{RELEASE}/scores", f"{RELEASE}/distributions", "/v1/scores"])
def test_filters_that_make_no_sense_are_all_named_at_once(
    national: TestClient, address: str, query: str, where: list[str]
) -> None:
    answer = national.get(f"{address}?{query}")
    assert answer.status_code == 422
    assert [problem["where"] for problem in answer.json()["problems"]] == where
