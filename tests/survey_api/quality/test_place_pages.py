import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.disclosure.shown import WITHHELD
from nets.releases.document import record_from_json
from nets.store.releases import read_place
from survey_api.quality.figures import COLOUR_WORDS

RELEASE = "/quality/paddle-2025-r1"


@pytest.fixture
def client(reader: TestClient) -> TestClient:
    """A browser in which somebody of the national role has signed in."""
    return reader


def words(page: str) -> str:
    body = page.split("<main", 1)[1]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def test_the_first_page_is_the_newest_release_at_the_top_of_what_its_reader_may_see(client: TestClient) -> None:
    page = client.get("/quality").text
    assert "All placements of the survey" in page
    assert f'href="{RELEASE}/places/R-1">' in page
    assert "Paddle survey 2025" in page


def test_a_release_has_its_own_page(client: TestClient) -> None:
    assert "All placements of the survey" in client.get(RELEASE).text


@pytest.mark.parametrize(
    ("place", "below"), [("nation", "R-1"), ("R-1", "L-1"), ("L-1", "P-1"), ("P-1", "W-1"), ("S-1", "W-1")]
)
def test_every_place_leads_one_level_down(client: TestClient, place: str, below: str) -> None:
    assert f'href="{RELEASE}/places/{below}">' in client.get(f"{RELEASE}/places/{place}").text


def test_a_page_leads_back_up_to_the_top_of_its_readers_scope_and_no_further(
    sign_in: Callable[..., TestClient],
) -> None:
    page = sign_in(Role.PROVIDER).get(f"{RELEASE}/places/W-1").text.split("<main")[0]
    assert f'href="{RELEASE}/places/S-1"' in page
    assert f"{RELEASE}/places/L-1" not in page


def test_what_lies_above_a_scope_is_shown_for_comparison_without_what_is_below_it(
    sign_in: Callable[..., TestClient],
) -> None:
    browser = sign_in(Role.PROVIDER)
    page = browser.get(f"{RELEASE}/places/nation").text
    assert "Shown for comparison with your own places" in page
    assert "Where to look first" not in page
    assert browser.get(f"{RELEASE}/places/nation/heat").status_code == 404


def test_a_providers_page_shows_every_placement_by_name_and_not_by_score(client: TestClient) -> None:
    _, text = words(client.get(f"{RELEASE}/places/P-1").text).split("Scores of the placements")
    places = [text.index(f"Ward {number} ") for number in range(1, 8)]
    assert places == sorted(places)
    assert "n = 30" in text


def test_a_providers_page_says_first_where_to_look_why_and_what_is_offered(client: TestClient, paddle: Any) -> None:
    text, _ = words(client.get(f"{RELEASE}/places/P-1").text).split("Scores of the placements")
    with paddle.database.within(()).read() as connection:
        document = read_place(connection, paddle.release_id, "W-1")
    assert document is not None
    risk: Any = record_from_json(document).risk
    assert "A risk is suggested for 1 of 7 placements." in text
    assert f"{risk.colour} {COLOUR_WORDS[risk.colour]} Ward 1 , Ysbyty Enghraifft {risk.reasons[0]}" in text
    assert f"Offered first: {', '.join(risk.interventions)}." in text
    assert "Ward 2" not in text


def test_a_providers_page_says_of_how_many_placements_nothing_can_be_said(client: TestClient) -> None:
    assert "For 3 the evidence is insufficient" in words(client.get(f"{RELEASE}/places/P-1").text)
    elsewhere = words(client.get(f"{RELEASE}/places/P-2").text)
    assert "A risk is suggested for 0 of 1 placements. For 1 the evidence is insufficient" in elsewhere


def test_every_verdict_stands_as_a_sign_and_a_word(client: TestClient) -> None:
    page = client.get(f"{RELEASE}/places/P-1").text
    assert re.search(r"[●◐○]</span> (reportable|indicative|insufficient)", page)


def test_a_suppressed_score_shows_nothing_of_the_number(client: TestClient) -> None:
    few, nobody = (client.get(f"{RELEASE}/places/{place}").text for place in ("W-6", "W-7"))
    assert WITHHELD in unescape(few)
    assert re.sub("(Ward |W-)6", "", words(few)) == re.sub("(Ward |W-)7", "", words(nobody))


def test_a_placement_page_shows_the_numbers_of_the_release(client: TestClient, paddle: Any) -> None:
    with paddle.database.within(()).read() as connection:
        document = read_place(connection, paddle.release_id, "W-1")
    assert document is not None
    tea: Any = record_from_json(document).score("tea")
    text = words(client.get(f"{RELEASE}/places/W-1").text)
    for number in (f"{tea.mean:.1f}", f"{tea.interval[0]:.1f} to {tea.interval[1]:.1f}", f"{tea.reliability:.2f}"):
        assert number in text
    assert f"{tea.shrunken:.1f} ( {tea.shrunken_interval[0]:.1f}".replace("( ", "(") in text


def test_the_suggested_cell_stands_in_the_matrix_by_colour_letters_and_words(client: TestClient, paddle: Any) -> None:
    with paddle.database.within(()).read() as connection:
        document = read_place(connection, paddle.release_id, "W-1")
    assert document is not None
    risk: Any = record_from_json(document).risk
    page = client.get(f"{RELEASE}/places/W-1").text
    here = re.findall(
        r'<td class="(app-risk--[a-z-]+) app-matrix__here">([A-Z/]+)<span[^>]*> ([A-Za-z-]+)</span>', page
    )
    assert len(here) == 1
    assert here[0][1] == risk.colour
    assert here[0][0] == "app-risk--" + risk.colour.lower().replace("/", "-")
    assert page.count('<td class="app-risk--') == 25
    for reason in risk.reasons:
        assert reason in unescape(page)


def test_the_matrix_is_the_printed_one(client: TestClient) -> None:
    page = client.get(f"{RELEASE}/places/W-1").text
    cells = re.findall(r'<td class="app-risk--[^"]*">([A-Z/]+)<', page)
    assert " ".join(cells) == "G A A/R R R G A A/R R R G G/A A A/R R G G/A A A A/R G G G/A G/A A"


@pytest.mark.parametrize("address", [f"{RELEASE}/places/P-1", f"{RELEASE}/places/W-1", "/quality"])
def test_every_page_says_what_its_numbers_were_made_of(client: TestClient, address: str) -> None:
    text = words(client.get(address).text)
    assert "Release paddle-2025-r1 of 1 April 2025" in text
    assert "Questionnaire paddle 1.0" in text
    assert "Risk rule risk-2026.2" in text
    assert "open link" in text


def test_an_unknown_place_is_not_found(client: TestClient) -> None:
    assert client.get(f"{RELEASE}/places/unknown").status_code == 404


def test_a_service_without_a_release_says_so(client: TestClient, paddle: Any) -> None:
    import sqlite3

    path = paddle.settings.database_url.removeprefix("sqlite:///")
    paddle.database.dispose()
    with sqlite3.connect(path) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        connection.execute("DELETE FROM release_places")
        connection.execute("DELETE FROM releases")
    connection.close()
    assert "No campaign has a release yet" in client.get("/quality").text
