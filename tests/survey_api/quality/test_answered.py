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

from nets import reading
from nets.access.roles import Role
from nets.campaign import AccessMode
from nets.disclosure.shown import ShownRate, ShownResponses
from nets.packing import pack
from nets.releases.document import record_from_json
from nets.releases.releasing import make_release
from nets.store.campaigns import add_campaign, get_campaign
from nets.store.responses import add_responses

ADDRESS = "/quality/paddle-2025-r1/places/P-1/response-rates"
WARD = ADDRESS.replace("P-1", "W-1")


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1])).split())


def table(client: TestClient, address: str = ADDRESS) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(client.get(f"{address}.csv").text))
    return {row["place_id"]: row for row in rows}


@pytest.fixture
def with_a_roster(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that was made with a roster: half of ward 1 answered, on the ward's own page."""

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
    row = table(reader, WARD)["W-1"]
    mean = float(row["mean"])
    assert (row["learners"], row["per_cent"]) == ("60", "50.0")
    assert (float(row["worst"]), float(row["best"])) == pytest.approx((mean / 2, mean / 2 + 50), abs=0.1)
    text = words(reader.get(WARD).text)
    assert "50.0% 30 of 60" in text
    assert "50 points" in text
    assert "Place Answered Response rate Stays open Tea Place Ward 1" in text
    assert "The last column" in text


def test_the_page_is_for_the_scope_alone(sign_in: Callable[..., TestClient]) -> None:
    provider = sign_in(Role.PROVIDER)
    assert provider.get(ADDRESS).status_code == 200
    for place in ("R-1", "nation", "P-2"):
        assert provider.get(ADDRESS.replace("P-1", place)).status_code == 404
    assert provider.get(f"{ADDRESS}?measure=coffee").status_code == 404


@pytest.mark.usefixtures("with_a_roster")
def test_who_sees_bands_gets_a_rate_between_two_and_no_bounds(sign_in: Callable[..., TestClient]) -> None:
    office = sign_in(Role.LOCAL_OFFICE)
    row = table(office, WARD)["W-1"]
    assert (row["responses"], row["learners"]) == ("20 to 49", "")
    assert int(row["per_cent"]) < 50 < int(row["per_cent_high"])
    assert (row["mean"], row["worst"]) == ("", "")
    text = words(office.get(WARD).text)
    assert f"{row['per_cent']} to {row['per_cent_high']}%" in text
    # a column that could hold dashes alone is left out, with the choice of its measure
    assert "Place Answered Response rate Stays open Place Ward 1" in text
    assert "The last column" not in text
    assert "measure=" in office.get(WARD).text


CAMPAIGNS = f"{ADDRESS}/campaigns.csv"


@pytest.fixture
def asked_before(paddle: Any) -> str:
    """A campaign of the year before, to which everybody of ward 1 and three of ward 2 came by another way; its release."""
    with paddle.database.begin() as connection:
        campaign = get_campaign(connection, "paddle-2025")
        before = replace(campaign, id="paddle-2024", opens_on=date(2024, 2, 1), closes_on=date(2024, 3, 31))
        add_campaign(connection, replace(before, access_mode=AccessMode.PLACEMENT_QR))
        answers = pack(paddle.version, {"TEA01": 4, "TEA02": 4, "NUR01": 4, "SAF01": 1})
        rows = [("W-1", "nursing")] * 12 + [("W-2", "nursing")] * 3
        add_responses(connection, "paddle-2024", [(place, group, date(2024, 2, 3), answers) for place, group in rows])
    return make_release(paddle.database, "paddle-2024", date(2024, 4, 1)).header.id


def test_a_place_stands_over_the_campaigns_each_as_its_own_release_shows_it(
    asked_before: str, reader: TestClient, sign_in: Callable[..., TestClient]
) -> None:
    for client, ours in ((reader, "30"), (sign_in(Role.PROVIDER), "20 to 49")):
        rows = csv.DictReader(io.StringIO(client.get(f"{WARD}/campaigns.csv").text))
        told = [(row["release_id"], row["access_mode"], row["responses"], row["per_cent"]) for row in rows]
        assert [row[0] for row in told] == [asked_before, "paddle-2025-r1"]
        assert told[1] == ("paddle-2025-r1", "open_link", ours, "")
        assert told[0][1] == "placement_qr"
        small = csv.DictReader(io.StringIO(client.get(CAMPAIGNS.replace("P-1", "W-2")).text))
        assert [row["responses"] == "" for row in small] == [True, False]
    text = words(reader.get(ADDRESS).text)
    assert "over the campaigns, the oldest first" in text
    assert text.index("paddle-2024-r1") < text.rindex("paddle-2025-r1")


def test_of_one_campaign_alone_there_is_no_such_table_and_of_a_place_beside_ones_own_none(
    reader: TestClient, sign_in: Callable[..., TestClient]
) -> None:
    assert "over the campaigns, the oldest first" not in words(reader.get(ADDRESS).text)
    assert len(reader.get(CAMPAIGNS).text.splitlines()) == 2
    assert sign_in(Role.PROVIDER).get(CAMPAIGNS.replace("P-1", "nation")).status_code == 404
