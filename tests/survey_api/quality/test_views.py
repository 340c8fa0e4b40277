"""The views of a place: every number on them is the release's, every picture has its table, and what is hidden stays hidden."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.releases.document import record_from_json
from nets.releases.place_record import PlaceRecord
from nets.store.releases import read_place
from survey_api.quality import heat

RELEASE = "/quality/paddle-2025-r1"


@pytest.fixture
def client(reader: TestClient) -> TestClient:
    """Somebody of the national role."""
    return reader


@pytest.fixture
def record(paddle: Any) -> Callable[[str], PlaceRecord]:
    """A place as the release has it."""

    def read(place_id: str) -> PlaceRecord:
        with paddle.database.within(()).read() as connection:
            document = read_place(connection, paddle.release_id, place_id)
        assert document is not None
        return record_from_json(document)

    return read


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1])).split())


def table(client: TestClient, address: str) -> list[dict[str, str]]:
    answer = client.get(f"{RELEASE}/places/{address}")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_heat_table_has_the_scores_of_the_release(client: TestClient, record: Callable[[str], PlaceRecord]) -> None:
    rows = {row["placement_id"]: row for row in table(client, "P-1/heat.csv?kind=scale") if row["measure"] == "tea"}
    for place_id in ("W-1", "W-3"):
        score: Any = record(place_id).score("tea")
        assert (float(rows[place_id]["mean"]), float(rows[place_id]["shrunken"])) == (score.mean, score.shrunken)
    assert rows["W-1"]["standing"] == "far below"
    assert (rows["W-6"]["standing"], rows["W-6"]["n"]) == ("not shown", "")
    assert rows["W-7"]["standing"] == "not shown"


def test_every_cell_of_the_heat_table_says_in_words_what_its_colour_says(client: TestClient) -> None:
    page = client.get(f"{RELEASE}/places/P-1/heat?kind=scale").text
    cells = re.findall(r'class="app-heat app-heat--([a-z-]+)"><span[^>]*>[^<]*</span> <span[^>]*>([a-z ]+)<', page)
    assert len(cells) == 4 * 2  # four wards by two scales
    assert page.count("– not shown, to protect the learners") == 3  # the other three of which no scale is shown
    assert [standing for standing, _ in cells] == [word.replace(" ", "-") for _, word in cells]
    assert page.count("app-heat--far-below") == 2  # the key, and ward 1


def test_placements_may_be_put_in_the_order_of_their_standing_and_stay_in_that_of_names_within_it(
    client: TestClient,
) -> None:
    text = words(client.get(f"{RELEASE}/places/P-1/heat?kind=scale&by=tea").text)
    wards = re.findall(r"Placement Ward (\d)", text)
    assert wards[0] == "1"
    assert wards[-2:] == ["6", "7"]


@pytest.mark.parametrize("order", ["", "&by=tea"])
def test_a_long_heat_table_is_read_page_by_page_in_one_order(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    address = f"{RELEASE}/places/P-1/heat?kind=scale{order}"
    whole = re.findall(r"Placement Ward (\d)", words(client.get(address).text))
    monkeypatch.setattr(heat, "ROWS_ON_A_PAGE", 3)
    found, told = [], []
    onwards: list[str] = [address]
    while onwards:
        page = client.get(onwards[0]).text
        found += re.findall(r"Placement Ward (\d)", words(page))
        told += re.findall(r"Page (\d of \d)", words(page))
        onwards = [unescape(link) for link in re.findall(r'<a href="([^"]+)">Next page', page)]
    assert found == whole
    assert told == ["1 of 3", "2 of 3", "3 of 3"]


def test_an_order_by_what_is_not_there_is_the_order_of_names(client: TestClient) -> None:
    page = words(client.get(f"{RELEASE}/places/P-1/heat?kind=scale&by=coffee").text)
    assert re.findall(r"Placement Ward (\d)", page) == list("1234567")


def test_the_funnel_plot_has_a_dot_a_placement_and_the_table_behind_it(
    client: TestClient, record: Callable[[str], PlaceRecord]
) -> None:
    page = client.get(f"{RELEASE}/places/nation/funnel?measure=tea").text
    rows = table(client, "nation/funnel.csv?measure=tea")
    assert len(re.findall(r"M[\d.]+ [\d.]+h0", page.split("<svg", 1)[1].split("</svg>")[0])) == len(rows)
    score: Any = record("W-3").score("tea")
    found = next(row for row in rows if row["placement_id"] == "W-3")
    assert (float(found["n"]), float(found["mean"])) == (score.n, score.mean)


def test_a_measure_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get(f"{RELEASE}/places/P-1/funnel?measure=coffee").status_code == 404


def test_the_answers_are_those_of_the_release_in_per_cent(
    client: TestClient, record: Callable[[str], PlaceRecord]
) -> None:
    score: Any = record("W-3").score("item:TEA01")
    counts = score.distribution.counts
    rows = [row for row in table(client, "W-3/answers.csv") if row["item"] == "TEA01"]
    assert [row["option"] for row in rows] == [
        "Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree", "no answer",
    ]  # fmt: skip
    shares = [float(row["per_cent"]) for row in rows[:5]]
    assert shares == pytest.approx([100 * count / sum(counts) for count in counts], abs=0.05)


def test_answers_that_may_not_be_shown_are_not_in_the_page_nor_in_its_table(client: TestClient) -> None:
    assert table(client, "W-6/answers.csv") == []
    page = client.get(f"{RELEASE}/places/W-6/answers").text
    assert "app-opinion--" not in page
    assert re.search(r"None of the \d+ questions is shown, to protect the learners", page)


def test_what_may_not_be_shown_is_named_in_one_place_and_has_no_rows(client: TestClient) -> None:
    page = client.get(f"{RELEASE}/places/W-3/answers").text
    table_of_answers, _, left_out = page.split("<main", 1)[1].partition("</table>")
    hidden = re.search(r"(\d+) of (\d+) questions are not shown", left_out)
    assert hidden is not None
    assert left_out.split("</details>")[0].count("<li>") == int(hidden[1]) > 0
    assert table_of_answers.count('scope="row"') == int(hidden[2]) - int(hidden[1]) > 0


def test_what_is_left_out_of_a_row_on_a_narrow_screen_is_counted(client: TestClient) -> None:
    text = words(client.get(f"{RELEASE}/places/P-1/heat?kind=scale").text)
    assert re.findall(r"Ward (\d) (?:[A-Z][a-z]+ )+1 of 2 not shown", text) == ["1", "2", "3", "5"]


@pytest.mark.parametrize(("place_id", "columns"), [("nation", 3), ("W-3", 7)])
def test_scores_that_are_held_against_no_others_have_no_columns_for_it(
    client: TestClient, place_id: str, columns: int
) -> None:
    table_of_scores = client.get(f"{RELEASE}/places/{place_id}").text.split("how far they can be trusted", 1)[1]
    assert table_of_scores.split("</thead>")[0].count("<th") - 1 == columns  # <thead is one more


def test_a_learner_group_of_which_nothing_is_shown_is_named_and_has_no_column(client: TestClient) -> None:
    page = client.get(f"{RELEASE}/places/W-4/groups").text
    named = re.search(r"Not shown: ([^<]*)\.</p>", page)
    assert named is not None
    columns = re.findall(r'scope="col"[^>]*>([^<]*)<', page)
    assert columns[:2] == ["Scale", "All learners"]
    assert not set(named[1].split(", ")) & set(columns)


def test_learner_groups_have_the_scores_of_the_release(
    client: TestClient, record: Callable[[str], PlaceRecord]
) -> None:
    rows = table(client, "W-3/groups.csv")
    for row in rows:
        score: Any = record("W-3").score(row["scale"], row["learner_group"])
        assert (float(row["n"]), float(row["mean"])) == (score.n, score.mean)
    assert table(client, "W-4/groups.csv") == []


@pytest.mark.parametrize("view", ["heat", "funnel", "flags"])
def test_what_lists_other_places_is_not_there_for_comparison(sign_in: Callable[..., TestClient], view: str) -> None:
    provider = sign_in(Role.PROVIDER)
    assert provider.get(f"{RELEASE}/places/P-1/{view}").status_code == 200
    for outside in ("nation", "R-1", "P-2"):
        assert provider.get(f"{RELEASE}/places/{outside}/{view}").status_code == 404


@pytest.mark.parametrize("view", ["", "/heat", "/funnel", "/answers", "/groups", "/flags"])
def test_a_place_that_nobody_answered_about_has_every_page(client: TestClient, view: str) -> None:
    assert client.get(f"{RELEASE}/places/P-2{view}").status_code == 200
    assert client.get(f"{RELEASE}/places/W-7{view}").status_code == 200
