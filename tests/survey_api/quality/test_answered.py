import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets import reading
from nets.access.roles import Role
from nets.disclosure.shown import ShownRate, ShownResponses
from nets.releases.document import record_from_json

ADDRESS = "/quality/paddle-2025-r1/places/P-1/response-rates"


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1])).split())


def table(client: TestClient) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(client.get(f"{ADDRESS}.csv").text))
    return {row["place_id"]: row for row in rows}


@pytest.fixture
def with_a_roster(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that was made with a roster: half of ward 1 answered."""

    def read(document: str) -> Any:
        record = record_from_json(document)
        rate = ShownRate(30, 60, 50.0)
        return replace(record, responses=ShownResponses(30, rate)) if record.place_id == "W-1" else record

    monkeypatch.setattr(reading, "record_from_json", read)


def test_without_a_roster_there_is_no_rate_and_none_is_made_up(reader: TestClient) -> None:
    text = words(reader.get(ADDRESS).text)
    assert "no response rate" in text
    assert "Answers came in by open link." in text
    rows = table(reader)
    assert (rows["W-1"]["responses"], rows["W-1"]["per_cent"]) == ("30", "")
    assert rows["W-6"]["responses"] == ""
    assert list(rows) == ["P-1", *(f"W-{number}" for number in range(1, 8))]


@pytest.mark.usefixtures("with_a_roster")
def test_a_rate_is_exact_and_says_what_the_silent_leave_open(reader: TestClient) -> None:
    row = table(reader)["W-1"]
    mean = float(row["mean"])
    assert (row["learners"], row["per_cent"]) == ("60", "50.0")
    assert (float(row["worst"]), float(row["best"])) == pytest.approx((mean / 2, mean / 2 + 50), abs=0.1)
    text = words(reader.get(ADDRESS).text)
    assert "50.0% 30 of 60" in text
    assert "50 points" in text


def test_the_page_is_for_the_scope_alone(sign_in: Callable[..., TestClient]) -> None:
    provider = sign_in(Role.PROVIDER)
    assert provider.get(ADDRESS).status_code == 200
    for place in ("R-1", "nation", "P-2"):
        assert provider.get(ADDRESS.replace("P-1", place)).status_code == 404
    assert provider.get(f"{ADDRESS}?measure=coffee").status_code == 404


@pytest.mark.usefixtures("with_a_roster")
def test_who_sees_bands_gets_a_rate_between_two_and_no_bounds(sign_in: Callable[..., TestClient]) -> None:
    office = sign_in(Role.LOCAL_OFFICE)
    row = table(office)["W-1"]
    assert (row["responses"], row["learners"]) == ("20 to 49", "")
    assert int(row["per_cent"]) < 50 < int(row["per_cent_high"])
    assert (row["mean"], row["worst"]) == ("", "")
    assert f"{row['per_cent']} to {row['per_cent_high']}%" in words(office.get(ADDRESS).text)
