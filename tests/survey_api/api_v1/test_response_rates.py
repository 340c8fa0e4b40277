"""Response rates of a release: what the page of response rates shows to the same reader, and nothing live."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets import reading
from nets.access.roles import Role
from nets.disclosure.shown import ShownRate, ShownResponses
from nets.releases.document import record_from_json
from nets.releases.releasing import make_release
from nets.response_rate import RosterEntry
from nets.store.database import Database
from nets.store.responses import add_responses, read_responses
from nets.store.rosters import replace_roster

RELEASED = "paddle-2025"
RATES = "/v1/releases/paddle-2025-r1/response-rates"


@pytest.fixture
def with_a_roster(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that was made with a roster: half of ward 1 answered."""

    def read(document: str) -> Any:
        record = record_from_json(document)
        rate = ShownRate(30, 60, 50.0)
        return replace(record, responses=ShownResponses(30, rate)) if record.place_id == "W-1" else record

    monkeypatch.setattr(reading, "record_from_json", read)


def rate(client: TestClient, place_id: str, further: str = "") -> Any:
    (item,) = client.get(f"{RATES}?place={place_id}{further}").json()["items"]
    assert item["place_id"] == place_id
    return item


@pytest.mark.usefixtures("with_a_roster")
def test_the_national_role_reads_the_rate_and_what_the_silent_leave_open(national: TestClient) -> None:
    found = rate(national, "W-1")
    bounds = found["answered"]["rate"].pop("bounds")
    assert found["answered"] == {
        "kind": "responses", "n": 30, "rate": {"kind": "rate", "responses": 30, "learners": 60, "per_cent": 50.0}
    }  # fmt: skip
    assert (found["access_mode"], found["level"], found["kept_from"]) == ("open_link", "placement", None)
    (score,) = national.get("/v1/releases/paddle-2025-r1/scores?place=W-1&measure=tea").json()["items"]
    (of_tea,) = (one for one in bounds if one["measure"] == "tea")
    mean = score["score"]["mean"]
    assert (of_tea["mean"], of_tea["kept_from"]) == (mean, None)
    assert (of_tea["worst"], of_tea["best"]) == pytest.approx((mean / 2, mean / 2 + 50), abs=0.1)
    assert rate(national, "W-1", "&measure=tea")["answered"]["rate"]["bounds"] == [of_tea]


@pytest.mark.usefixtures("with_a_roster")
def test_everybody_else_reads_it_in_bands_and_without_bounds(program: Callable[[Role], TestClient]) -> None:
    for role in (Role.REGION, Role.LOCAL_OFFICE, Role.PROVIDER):
        found = rate(program(role), "W-1")
        answered = found["answered"]
        assert (answered["kind"], answered["n_low"], answered["n_high"]) == ("banded_responses", 20, 49)
        told = answered["rate"]
        assert told["low"] < 50 < told["high"]
        assert told == {"kind": "banded_rate", "low": told["low"], "high": told["high"]}


def test_without_a_roster_there_is_none_and_too_few_and_nobody_look_alike(national: TestClient) -> None:
    assert rate(national, "W-1")["answered"] == {"kind": "responses", "n": 30, "rate": {"kind": "no_rate"}}
    assert rate(national, "W-6")["answered"] == rate(national, "W-7")["answered"]
    assert rate(national, "W-6")["answered"]["kind"] == "suppressed"


def test_filters_choose_places_of_the_scope_and_pages_go_on_where_one_ended(
    program: Callable[[Role], TestClient],
) -> None:
    provider = program(Role.PROVIDER)
    every = [one["place_id"] for one in provider.get(RATES).json()["items"]]
    assert every == ["P-1", "S-1", *(f"W-{number}" for number in range(1, 8))]
    wards = provider.get(f"{RATES}?level=placement&under=S-1").json()["items"]
    assert [one["place_id"] for one in wards] == every[2:]
    assert rate(provider, "R-1")["level"] == "region"
    for foreign in ("place=P-2", "under=P-2", "place=W-8", "under=R-1"):
        assert provider.get(f"{RATES}?{foreign}").status_code == 404
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = provider.get(RATES, params={"limit": 4, **({"cursor": cursor} if cursor else {})}).json()
        found += [one["place_id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert found == every


def test_what_is_wrong_with_filters_is_named_all_at_once(national: TestClient) -> None:
    answer = national.get(f"{RATES}?place=W-1&level=site&measure=coffee&measure=item:TEA01")
    assert answer.status_code == 422
    assert {one["where"] for one in answer.json()["problems"]} == {"query: level", "query: measure"}
    assert "tea" in str(answer.json()["problems"])


def test_an_answer_that_the_program_has_is_not_sent_again_and_each_view_has_its_own_tag(
    program: Callable[[Role], TestClient],
) -> None:
    tags = {role: program(role).get(RATES).headers["etag"] for role in (Role.NATIONAL, Role.REGION, Role.PROVIDER)}
    assert len(set(tags.values())) == 3
    for role, tag in tags.items():
        assert program(role).get(RATES, headers={"If-None-Match": tag}).status_code == 304
    assert (
        program(Role.NATIONAL).get(f"{RATES}?place=W-1", headers={"If-None-Match": tags[Role.NATIONAL]}).status_code
        == 200
    )


def test_the_rate_of_a_site_less_those_of_its_wards_tells_of_no_ward_that_is_hidden(
    keyed: Callable[[Role], TestClient], paddle: Any
) -> None:
    with paddle.database.begin() as connection:
        answers = read_responses(connection, RELEASED)
        columns = zip(answers.placement_ids, answers.learner_groups, answers.packed, strict=True)
        again = [(place_id, group, date(2027, 2, 3), packed) for place_id, group, packed in columns]
        add_responses(connection, "paddle-2027", again)
        known = set(answers.placement_ids) - {"W-4"}  # hidden beside ward 6, where two answered
        roster = [RosterEntry(place_id, group, 40) for place_id in sorted(known) for group in ("nursing", "pharmacy")]
        replace_roster(connection, "paddle-2027", roster)
    database = Database(paddle.settings.database_url)
    make_release(database, "paddle-2027", date(2027, 4, 1))
    database.dispose()
    items = keyed(Role.NATIONAL).get("/v1/releases/paddle-2027-r1/response-rates").json()["items"]
    told = {item["place_id"]: item["answered"] for item in items}
    assert told["W-4"]["kind"] == told["W-6"]["kind"] == "suppressed"
    wards = sum(told[place_id]["rate"]["responses"] for place_id in ("W-1", "W-2", "W-3", "W-5"))
    assert told["S-1"]["n"] - wards == 12 + 2
    assert told["S-1"]["rate"]["responses"] == wards
