import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.organisation import Level, Organisation
from nets.store.organisations import add_organisations

RELEASE = "/v1/releases/paddle-2025-r1"
LISTS = (
    "/v1/campaigns", "/v1/organisations", "/v1/releases", "/v1/scores", f"{RELEASE}/scores", f"{RELEASE}/distributions",
    f"{RELEASE}/scores-beside", f"{RELEASE}/flags", f"{RELEASE}/flag-lists", f"{RELEASE}/risks",
)  # fmt: skip


def pages(client: TestClient, address: str, limit: int) -> list[list[Any]]:
    found: list[list[Any]] = []
    cursor = None
    while (cursor is not None or not found) and len(found) < 100:
        sent = {"limit": limit} if cursor is None else {"limit": limit, "cursor": cursor}
        page = client.get(address, params=sent).json()
        found.append(page["items"])
        cursor = page["next_cursor"]
    return found


@pytest.mark.parametrize("address", LISTS)
def test_pages_hold_the_whole_list_once_and_in_its_order(national: TestClient, address: str) -> None:
    (whole,) = pages(national, address, 1000)
    for limit in (len(whole) // 3 + 1, len(whole) or 1):
        parts = pages(national, address, limit)
        assert [item for part in parts for item in part] == whole
        assert all(len(part) == limit for part in parts[:-1])


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    "cursor",
    ["x", "W10", "bnVsbA", "WyJhIl0", "WzEsMl0", "-_-_", "A" * 600, base64.urlsafe_b64encode(b"[" * 400).decode()],
)
def test_what_is_no_cursor_is_refused_in_words(national: TestClient, address: str, cursor: str) -> None:
    answer = national.get(address, params={"cursor": cursor.rstrip("=")})
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["where"] == "query: cursor"
    assert "leave it out to begin at the beginning" in problem["what"]


@pytest.mark.parametrize(
    "key", [[], ["", ""], ["paddle-2025-r1", "W-99", "", "tea"], ["paddle-2025-r1", "W-1", "", "x"]]
)
def test_a_cursor_that_leads_nowhere_is_refused(national: TestClient, key: list[str]) -> None:
    cursor = national.get(f"{RELEASE}/scores?limit=1").json()["next_cursor"]
    question = json.loads(base64.urlsafe_b64decode(cursor + "=="))[0]
    forged = base64.urlsafe_b64encode(json.dumps([question, *key]).encode()).decode().rstrip("=")
    assert national.get(f"{RELEASE}/scores", params={"cursor": forged}).status_code == 422


def test_a_cursor_belongs_to_its_question_and_its_reader(
    national: TestClient, program: Callable[[Role], TestClient]
) -> None:
    cursor = national.get(f"{RELEASE}/scores?kind=scale&limit=3").json()["next_cursor"]
    go_on = {"cursor": cursor, "kind": "scale"}
    assert national.get(f"{RELEASE}/scores", params=go_on).status_code == 200
    assert national.get(f"{RELEASE}/scores", params={**go_on, "limit": 5}).status_code == 200
    assert national.get(f"{RELEASE}/scores", params={**go_on, "kind": "item"}).status_code == 422
    assert national.get(f"{RELEASE}/distributions", params=go_on).status_code == 422
    assert program(Role.REGION).get(f"{RELEASE}/scores", params=go_on).status_code == 422


def test_a_place_that_is_added_meanwhile_shifts_nothing(reader: TestClient, paddle: Any) -> None:
    first = reader.get(f"{RELEASE}/scores?level=placement&under=S-1&measure=tea&limit=3").json()
    with paddle.database.begin() as connection:
        add_organisations(connection, [Organisation("W-0", Level.PLACEMENT, "A first ward", "S-1")])
    go_on = {"level": "placement", "under": "S-1", "measure": "tea", "cursor": first["next_cursor"]}
    rest = reader.get(f"{RELEASE}/scores", params=go_on).json()["items"]
    assert [item["place_id"] for item in (*first["items"], *rest)] == [f"W-{number}" for number in range(1, 8)]
