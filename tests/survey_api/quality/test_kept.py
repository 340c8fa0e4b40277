"""A value that a second release has kept of the first says so wherever it is told."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.packing import pack
from nets.releases.releasing import make_release
from nets.store.database import Database
from nets.store.responses import add_responses

FIRST, SECOND = "paddle-2025-r1", "paddle-2025-r2"
WORD = f"kept from {FIRST}"
SENTENCE = "so few learners have answered, here or beside, that a new value would tell what they said"


@pytest.fixture
def corrected(paddle: Any) -> Any:
    """A second release: two more had answered at ward 1, nine at ward 5, which keep their values, and enough at ward 3."""
    rows = []
    for ward, learners in (("W-1", 2), ("W-5", 9), ("W-3", 24)):
        for learner in range(learners):
            group = "nursing" if learner % 2 else "pharmacy"
            answers = {"TEA01": 1 + learner % 5, "TEA02": 2, "NUR01": 3, "SAF01": 1}
            rows.append((ward, group, date(2025, 2, 4), pack(paddle.version, answers)))
    with paddle.database.begin() as connection:
        add_responses(connection, "paddle-2025", rows)
    database = Database(paddle.settings.database_url)
    make_release(database, "paddle-2025", date(2025, 5, 1))
    database.dispose()
    return paddle


@pytest.fixture(params=[Role.NATIONAL, Role.PROVIDER], ids=["national", "provider"])
def client(corrected: Any, sign_in: Callable[..., TestClient], request: pytest.FixtureRequest) -> TestClient:
    """Somebody's browser."""
    return sign_in(request.param)


def text(client: TestClient, address: str, release: str = SECOND) -> str:
    answer = client.get(f"/quality/{release}/places/{address}")
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def rows(client: TestClient, address: str) -> list[dict[str, str]]:
    answer = client.get(f"/quality/{SECOND}/places/{address}")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_page_has_a_word_beside_what_is_kept_and_says_why(client: TestClient) -> None:
    for page in ("W-1", "W-1/groups", "W-1/answers", "W-1/trend?measure=tea", "W-1/response-rates"):
        told = text(client, page)
        assert WORD in told, page
        assert SENTENCE in told, page
        before = text(client, page, FIRST)
        assert "kept from" not in before, page
        assert SENTENCE not in before, page


def test_two_places_beside_each_other_say_which_is_kept(client: TestClient) -> None:
    told = text(client, "W-1/compare?with=W-3")
    assert WORD in told
    assert SENTENCE in told
    (tea,) = (row for row in rows(client, "W-1/compare.csv?with=W-3") if row["scale"] == "tea")
    assert (tea["kept_from_1"], tea["kept_from_2"]) == (FIRST, "")


def test_how_many_answered_says_so_too(client: TestClient) -> None:
    assert f"This number is kept from {FIRST}" in text(client, "W-1")
    (row,) = (row for row in rows(client, "W-1/response-rates.csv?measure=tea") if row["place_id"] == "W-1")
    assert (row["responses_kept_from"], row["mean_kept_from"]) == (FIRST, FIRST)


def test_a_place_with_a_new_value_says_nothing(client: TestClient) -> None:
    told = text(client, "W-3")
    assert "kept" not in told
    assert SENTENCE not in told


def test_every_table_and_every_program_is_told(client: TestClient, corrected: Any) -> None:
    (last,) = rows(client, "W-1/trend.csv?measure=tea")
    assert last["kept_from"] == FIRST
    assert {row["kept_from"] for row in rows(client, "W-1/groups.csv")} == {FIRST}
    answers = rows(client, "W-1/answers.csv")
    for item in {row["item"] for row in answers}:
        assert {row["kept_from"] for row in answers if row["item"] == item} == {FIRST}, item
    heat = {
        row["placement_id"]: row["kept_from"]
        for row in rows(client, "P-1/heat.csv?kind=scale")
        if row["measure"] == "tea"
    }
    assert (heat["W-1"], heat["W-3"]) == (FIRST, "")
    scores = client.get(f"/v1/releases/{SECOND}/scores", params={"place": "W-1", "measure": "tea"}).json()["items"]
    points = client.get(f"/v1/releases/{SECOND}/trends", params={"place": "W-1", "measure": "tea"}).json()["items"]
    assert [one["kept_from"] for one in scores] == [FIRST]
    assert [one["kept_from"] for one in points[0]["points"]] == [FIRST]


def test_numbers_of_one_release_are_not_told_of_another_that_was_read_before(client: TestClient) -> None:
    def told(release: str) -> list[str]:
        return [
            client.get(f"/quality/{release}/places/P-1/{page}").text for page in ("funnel.csv", "heat.csv?kind=scale")
        ]

    first, second = told(FIRST), told(SECOND)
    assert told(FIRST) == first
    assert told(SECOND) == second
    assert all(one != other for one, other in zip(first, second, strict=True))
