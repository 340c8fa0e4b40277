"""What a provider is shown: bands on pages, in tables and in the data interface alike, and nowhere an exact number."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.releases.document import record_from_json
from nets.risk.assessing import assess
from nets.risk.confirmation import Decision
from nets.risk.on_day import risk_on
from nets.store.releases import read_place

RELEASE = "/quality/paddle-2025-r1"


@pytest.fixture
def client(sign_in: Callable[..., TestClient]) -> TestClient:
    """A browser of somebody of a provider."""
    return sign_in(Role.PROVIDER)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1])).split())


def table(client: TestClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"{RELEASE}/places/{address}").text)))


def test_page_table_and_data_interface_have_the_same_bands(client: TestClient, paddle: Any) -> None:
    with paddle.database.within(()).read() as connection:
        document = read_place(connection, paddle.release_id, "W-1")
    assert document is not None
    exact: Any = record_from_json(document).score("tea")
    (item,) = client.get("/v1/releases/paddle-2025-r1/scores?place=W-1&measure=tea").json()["items"]
    tea = item["score"]
    assert (tea["kind"], tea["n_low"], tea["n_high"]) == ("banded", 20, 49)
    assert abs(tea["mean"] - exact.mean) <= tea["step"] / 2
    heat = next(row for row in table(client, "P-1/heat.csv?kind=scale") if row["placement_id"] == "W-1")
    assert (heat["n"], heat["mean"], heat["shrunken"]) == ("20 to 49", str(tea["mean"]), str(tea["shrunken"]))
    funnel = next(row for row in table(client, "P-1/funnel.csv?measure=tea") if row["placement_id"] == "W-1")
    assert (funnel["n"], funnel["mean"]) == ("20 to 49", str(tea["mean"]))
    page = words(client.get(f"{RELEASE}/places/W-1").text)
    assert f"about {tea['mean']} 20 to 49 learners" in page
    assert f"{tea['low']} to {tea['high']}" in page
    assert f"{tea['reliability']:.2f}" in page
    assert f"{tea['shrunken']} ({tea['shrunken_low']} to {tea['shrunken_high']})" in page


@pytest.mark.parametrize(
    "address",
    [
        "P-1",
        "P-1/attention",
        "W-1",
        "W-1/trend?measure=tea",
        "W-3",
        "nation",
        "P-1/heat?kind=scale",
        "P-1/funnel",
        "W-3/answers",
        "W-3/groups",
    ],
)
def test_no_page_has_an_exact_number_and_each_says_why(client: TestClient, address: str) -> None:
    page = words(client.get(f"{RELEASE}/places/{address}").text)
    assert not re.search(r"\bn = \d", page)
    tenths = re.findall(r"(?<![-\d])\d{1,2}\.\d(?![\d ]*%)(?!\d)", page.split("Release paddle-2025-r1 of")[0])
    assert tenths == []  # a rule has a version with a point in it, and a limit of the funnel is told in per cent
    assert "numbers of learners stand in bands" in page


def test_the_national_role_is_told_nothing_of_bands(reader: TestClient) -> None:
    page = words(reader.get(f"{RELEASE}/places/W-1").text)
    assert "n = 30" in page
    assert "in bands" not in page


def test_answers_are_rounded_shares(client: TestClient) -> None:
    rows = table(client, "W-3/answers.csv")
    assert rows
    assert all(int(float(row["per_cent"])) % 10 == 0 for row in rows)  # thirty learners: steps of ten per cent


def test_how_many_answered_is_a_band_too(client: TestClient) -> None:
    assert "20 to 49 learners answered" in words(client.get(f"{RELEASE}/places/W-1").text)


def test_neither_a_risk_nor_its_history_tells_a_verdict_of_exact_numbers(
    paddle: Any, client: TestClient, reader: TestClient
) -> None:
    decision = Decision(None, None, "", ("triggered visit",), (), "Ann Example", date(2026, 3, 10))
    assess(paddle.database.within(()), "W-1", decision, campaign_id="paddle-2025", who="test")
    for address in ("risk", "risk.csv"):
        exact, seen = (browser.get(f"{RELEASE}/places/W-1/{address}").text for browser in (reader, client))
        assert "(reportable score)" in exact
        assert not re.search(r"\((reportable|indicative|insufficient) score\)|All carry a statement|left out", seen)
        assert "probability of" in seen


def test_the_state_that_a_form_carries_holds_no_number_that_could_be_found_by_trying(paddle: Any) -> None:
    with paddle.database.within(()).read() as connection:
        found = risk_on(connection, "W-1", date(2026, 3, 10))
    scales = tuple(replace(scale, n=scale.n + 1) for scale in found.evidence.survey.scales)
    other = replace(found, evidence=replace(found.evidence, survey=replace(found.evidence.survey, scales=scales)))
    assert scales
    assert other.state == found.state
