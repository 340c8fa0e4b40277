import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from nets.packing import unpack
from nets.questionnaire.version import NonResponse, Unanswered
from nets.store.campaigns import close_campaign
from nets.store.responses import count_responses, read_responses

ADDRESS = "/v1/campaigns/paddle-2026/responses"
GOOD = {
    "placement_id": "W-1",
    "learner_group": "pharmacy",
    "answers": {"TEA01": 4, "TEA02": "do_not_know", "COM01": "Tŷ bach twt."},
}


def send(client: TestClient, body: Any, key: str | None = None, address: str = ADDRESS) -> Response:
    return client.post(address, json=body, headers={"Idempotency-Key": key or str(uuid4())})


def _count(paddle: Any) -> int:
    with paddle.database.read() as connection:
        return count_responses(connection, "paddle-2026")


def test_a_response_is_stored_and_receipted(client: TestClient, paddle: Any) -> None:
    answer = send(client, GOOD)
    assert answer.status_code == 201
    assert answer.json()["replayed"] is False
    assert len(answer.json()["receipt"]) == 9
    with paddle.database.read() as connection:
        stored = read_responses(connection, "paddle-2026")
    assert unpack(paddle.version, stored.packed[0]) == {
        "TEA01": 4,
        "TEA02": NonResponse.DO_NOT_KNOW,
        "NUR01": Unanswered.NOT_ROUTED,
        "SAF01": Unanswered.BLANK,
    }


def test_a_retry_gets_the_same_receipt_and_stores_nothing(client: TestClient, paddle: Any) -> None:
    key = str(uuid4())
    first, second = send(client, GOOD, key), send(client, GOOD, key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {"receipt": first.json()["receipt"], "replayed": True}
    assert _count(paddle) == 1


def test_the_same_key_with_other_answers_is_refused(client: TestClient, paddle: Any) -> None:
    key = str(uuid4())
    send(client, GOOD, key)
    answer = send(client, {**GOOD, "answers": {"TEA01": 1}}, key)
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:nets:problem:replay-mismatch"
    assert _count(paddle) == 1


def test_many_sends_of_one_key_at_once_are_one_response(client: TestClient, paddle: Any) -> None:
    key = str(uuid4())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(client, GOOD, key), range(16)))
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [201]
    assert len({answer.json()["receipt"] for answer in answers}) == 1
    assert _count(paddle) == 1


@pytest.mark.parametrize("key", [None, "", "not-a-uuid", "12345678"])
def test_a_key_that_is_no_uuid_is_refused(client: TestClient, key: str | None) -> None:
    answer = client.post(ADDRESS, json=GOOD, headers={} if key is None else {"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == "header: idempotency-key"


@pytest.mark.parametrize("value", ["4", 4.0, True, None, [4], 6, 0, -1, "not_applicable", "", 10**30, "٣"])
def test_what_is_no_answer_is_refused_by_its_item(client: TestClient, paddle: Any, value: Any) -> None:
    answer = send(client, {**GOOD, "answers": {"TEA01": value}})
    assert answer.status_code == 422
    assert {problem["where"] for problem in answer.json()["problems"]} == {"item TEA01"}
    assert _count(paddle) == 0


def test_every_problem_is_named_at_once(client: TestClient) -> None:
    answers = {"TEA01": 6, "TEA02": "often", "XYZ01": 1, "COM01": "x" * 41}
    problems = send(client, {**GOOD, "answers": answers}).json()["problems"]
    assert [problem["where"] for problem in problems] == ["item XYZ01", "item TEA01", "item TEA02", "item COM01"]


@pytest.mark.parametrize(
    "body",
    [
        {**GOOD, "extra": 1},
        {"placement_id": "W-1"},
        {**GOOD, "learner_group": "sorcery"},
        {**GOOD, "learner_group": 3},
        {**GOOD, "placement_id": "W 1"},
        {**GOOD, "placement_id": "\u0000"},
        [],
        "text",
    ],
)
def test_a_body_of_another_shape_is_refused(client: TestClient, body: Any) -> None:
    assert send(client, body).status_code == 422


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "json", ""])
def test_a_body_that_is_not_called_json_is_refused_in_words(client: TestClient, paddle: Any, media_type: str) -> None:
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": media_type}
    answer = client.post(ADDRESS, content=json.dumps(GOOD), headers=headers)
    assert answer.status_code == 422
    assert [problem["what"] for problem in answer.json()["problems"]] == [
        "it should be a JSON object, sent as application/json"
    ]
    assert _count(paddle) == 0


@pytest.mark.parametrize(
    "body",
    [
        b'{"placement_id": "W-1", "learner_group": "pharmacy", "answers": {"TEA01": NaN}}',
        b'{"placement_id": "W-1", "learner_group": "pharmacy", "answers": {"TEA01": 1, "TEA01": 5}}',
        b'{"placement_id": "W-1", "placement_id": "W-2", "learner_group": "pharmacy", "answers": {}}',
        b'{"placement_id": "W-1", "learner_group": "pharmacy", "answers": {"COM01": "\\ud800"}}',
        b'{"placement_id": "W-1", "learner_group": "pharmacy", "answers": {"COM01": "\xff"}}',
        b'{"placement_id": "W-1", "learner_group": "pharmacy", "answers": {"COM01": "\\u0000"}}',
        b"[" * 16_000,
        b'{"placement_id": ' + b"9" * 10_000 + b"}",
        b"{",
        b"",
    ],
)
def test_json_that_parsers_read_differently_is_refused(client: TestClient, paddle: Any, body: bytes) -> None:
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    answer = client.post(ADDRESS, content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.content)["problems"]
    assert _count(paddle) == 0


@pytest.mark.parametrize("campaign", ["paddle-2025", "paddle-2027", "paddle-import", "paddle-invited", "unknown"])
def test_a_campaign_that_is_not_open_is_not_found(client: TestClient, campaign: str) -> None:
    answers = [send(client, GOOD, address=f"/v1/campaigns/{name}/responses") for name in (campaign, "no-such")]
    assert answers[0].status_code == 404
    assert answers[0].content == answers[1].content
    assert client.get(f"/v1/campaigns/{campaign}").status_code == 404


def test_a_retry_after_the_campaign_closed_gets_its_receipt(client: TestClient, paddle: Any) -> None:
    key = str(uuid4())
    receipt = send(client, GOOD, key).json()["receipt"]
    with paddle.database.begin() as connection:
        close_campaign(connection, "paddle-2026", date(2026, 3, 10))
    answer = send(client, GOOD, key)
    assert answer.status_code == 200
    assert answer.json() == {"receipt": receipt, "replayed": True}
    assert _count(paddle) == 1


@pytest.mark.parametrize("changes", [{}, {"answers": {"TEA01": 9}}, {"placement_id": "W-99"}])
def test_what_comes_late_and_is_no_retry_finds_no_campaign(client: TestClient, paddle: Any, changes: Any) -> None:
    with paddle.database.begin() as connection:
        close_campaign(connection, "paddle-2026", date(2026, 3, 10))
    answer = send(client, {**GOOD, **changes})
    assert answer.status_code == 404
    assert answer.content == send(client, GOOD, address="/v1/campaigns/no-such/responses").content
    assert _count(paddle) == 0


def test_a_placement_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert send(client, {**GOOD, "placement_id": "W-99"}).status_code == 404


def test_an_open_campaign_says_which_questionnaire_it_asks(client: TestClient) -> None:
    campaign = client.get("/v1/campaigns/paddle-2026").json()
    assert campaign["questionnaire"] == "/v1/questionnaires/paddle/1.0"
    assert campaign["closes_on"] == "2026-03-31"
    assert campaign["anonymity_mode"] == "anonymous"
