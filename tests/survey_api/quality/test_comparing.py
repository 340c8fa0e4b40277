"""Two places side by side: numbers of the release, chosen by a plain form, within what the reader may see."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.reading import PlaceView
from nets.releases.document import record_from_json
from nets.store.releases import read_place
from survey_api.rendering import environment

RELEASE = "/quality/paddle-2025-r1/places"


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1])).split())


def choices(client: TestClient, address: str) -> list[str]:
    return re.findall(r"/compare\?with=([^\"]+)\">", client.get(address).text)


def test_two_placements_stand_side_by_side_with_their_difference(paddle: Any, reader: TestClient) -> None:
    with paddle.database.within(()).read() as connection:
        documents = [read_place(connection, paddle.release_id, place) for place in ("W-1", "W-3")]
    first, second = (record_from_json(document or "").score("tea") for document in documents)
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(reader.get(f"{RELEASE}/W-1/compare.csv?with=W-3").text))
        if row["scale"] == "tea"
    ]
    assert (float(row["mean_1"]), float(row["mean_2"])) == (first.mean, second.mean)  # type: ignore[union-attr]
    assert float(row["difference"]) == pytest.approx(first.mean - second.mean, abs=0.05)  # type: ignore[union-attr]
    assert (row["meaning"], row["place_2"]) == ("lower", "W-3")
    text = words(reader.get(f"{RELEASE}/W-1/compare?with=W-3").text)
    assert "Ward 1 beside Ward 3" in text
    assert "Ward 1 lies lower, by more than chance explains." in text
    assert f"{float(row['difference']):+.1f}" in text


def test_two_places_of_one_name_are_told_apart_by_where_they_lie(
    reader: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PlaceView, "name", property(lambda _: "Imaging"))
    text = words(reader.get(f"{RELEASE}/W-1/compare?with=W-3").text)
    assert "Imaging beside Imaging" not in text
    assert "Imaging, Ysbyty Enghraifft beside Imaging, Ysbyty Enghraifft" in text


def test_places_of_other_levels_can_be_compared_and_shared_learners_are_named(reader: TestClient) -> None:
    assert "share learners" in words(reader.get(f"{RELEASE}/W-1/compare?with=P-1").text)
    assert "share learners" not in words(reader.get(f"{RELEASE}/W-1/compare?with=W-2").text)


def test_what_is_not_shown_of_one_gives_no_difference(reader: TestClient) -> None:
    text = words(reader.get(f"{RELEASE}/W-1/compare?with=W-6").text)
    assert "There is no scale that both places show" in text
    rows = list(csv.DictReader(io.StringIO(reader.get(f"{RELEASE}/W-1/compare.csv?with=W-6").text)))
    assert {(row["mean_2"], row["difference"]) for row in rows} == {("", "")}


def test_a_place_beside_itself_is_told_so_kindly_and_is_no_table_of_nothing(reader: TestClient) -> None:
    page = reader.get(f"{RELEASE}/W-1/compare?with=W-1").text
    assert "A place beside itself shows no difference." in words(page)
    assert "<table" not in page
    assert choices(reader, f"{RELEASE}/W-1/compare?with=W-1")  # the way on
    assert reader.get(f"{RELEASE}/W-1/compare.csv?with=W-1").text.count("\n") == 1  # the heading


def test_the_other_place_is_found_by_part_of_its_name(reader: TestClient) -> None:
    assert choices(reader, f"{RELEASE}/W-1/compare?q=day") == ["W-8"]
    assert choices(reader, f"{RELEASE}/W-1/compare?q=W-4") == ["W-4"]
    assert "0 places found." in words(reader.get(f"{RELEASE}/W-1/compare?q=coffee").text)


def test_places_beside_and_above_are_offered_as_far_as_they_are_the_readers_own(
    reader: TestClient, sign_in: Callable[..., TestClient]
) -> None:
    wards = [f"W-{number}" for number in range(2, 8)]
    assert choices(reader, f"{RELEASE}/W-1/compare") == ["S-1", "P-1", "L-1", "R-1", *wards, "nation"]
    provider = sign_in(Role.PROVIDER)
    assert choices(provider, f"{RELEASE}/W-1/compare") == ["S-1", "P-1", *wards, "R-1", "nation"]
    assert choices(provider, f"{RELEASE}/P-1/compare") == ["R-1", "nation"]
    assert choices(provider, f"{RELEASE}/P-1/compare?q=day") == []


@pytest.mark.parametrize("other", ["P-2", "W-8", "unknown"])
def test_nothing_is_compared_with_what_the_reader_may_not_see(sign_in: Callable[..., TestClient], other: str) -> None:
    provider = sign_in(Role.PROVIDER)
    assert provider.get(f"{RELEASE}/W-1/compare?with={other}").status_code == 404
    assert provider.get(f"{RELEASE}/W-1/compare.csv?with={other}").status_code == 404
    assert provider.get(f"{RELEASE}/{other}/compare?with=W-1").status_code == 404


def test_who_sees_bands_gets_whole_points_and_no_number_of_learners(sign_in: Callable[..., TestClient]) -> None:
    office = sign_in(Role.LOCAL_OFFICE)
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(office.get(f"{RELEASE}/W-1/compare.csv?with=W-3").text))
        if row["scale"] == "tea"
    ]
    assert row["n_1"] == "20 to 49"
    assert float(row["difference"]) == int(float(row["difference"]))
    text = words(office.get(f"{RELEASE}/W-1/compare?with=W-3").text)
    assert "20 to 49 learners" in text
    assert "n = " not in text


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [(0.04, 1, "0.0"), (-0.4, 0, "0"), (0.0, 0, "0"), (-0.06, 1, "-0.1"), (12.0, 0, "+12"), (-10.0, 0, "-10")],
)
def test_a_difference_of_nothing_has_no_sign(value: float, decimals: int, written: str) -> None:
    numbers: Any = environment().get_template("quality/numbers.html").module
    assert numbers.change(value, decimals) == written


def test_a_place_above_a_scope_is_the_second_of_two_and_not_the_first(sign_in: Callable[..., TestClient]) -> None:
    provider = sign_in(Role.PROVIDER)
    assert provider.get(f"{RELEASE}/W-1/compare?with=R-1").status_code == 200
    assert provider.get(f"{RELEASE}/R-1/compare?with=W-1").status_code == 404
