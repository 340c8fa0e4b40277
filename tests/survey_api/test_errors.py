import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.errors import NetsError, StoreUnavailable
from survey_api.errors import STATUS_OF, status_of

MARK = "Zanzibar-4711"


def _descendants(kind: type[NetsError]) -> Iterator[type[NetsError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def test_every_error_of_the_domain_has_a_status() -> None:
    assert {kind.__name__ for kind in _descendants(NetsError)} - {kind.__name__ for kind in STATUS_OF} == set()


def test_an_error_that_is_not_in_the_table_goes_by_its_ancestor() -> None:
    class LateAnswer(STATUS_OF_REFUSED):  # type: ignore[misc,valid-type]
        pass

    assert status_of(LateAnswer("too late")) == 409


STATUS_OF_REFUSED = next(kind for kind in STATUS_OF if kind.__name__ == "Refused")


@pytest.mark.parametrize("address", ["/nothing", "/quality/unknown", "/quality/unknown/places/P-1", "/c"])
def test_a_person_gets_a_page(reader: TestClient, address: str) -> None:
    answer = reader.get(address)
    assert answer.status_code == 404
    assert "Page not found" in answer.text


@pytest.mark.parametrize("address", ["/v1/nothing", "/v1/releases/unknown", "/v1/questionnaires/paddle/9.9"])
def test_a_program_gets_a_problem_document(reader: TestClient, address: str) -> None:
    answer = reader.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert answer.json()["type"].startswith("urn:nets:problem:")
    assert answer.json()["problems"]


def test_a_method_that_is_not_there_is_told_which_are(client: TestClient) -> None:
    allowed = {
        "/v1/questionnaires": "GET",
        "/v1/risks/W-1/assessments": "GET, POST",
        "/v1/openapi.json": "GET, HEAD",
        "/v1/campaigns/paddle-2026": "GET",
    }
    for address, methods in allowed.items():
        answer = client.delete(address)
        assert answer.status_code == 405
        assert ", ".join(sorted(answer.headers["allow"].split(", "))) == methods, address


@pytest.mark.parametrize("address", ["/quality", "/v1/releases"])
def test_nobody_sees_a_stack_trace(
    reader: TestClient, paddle: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(paddle.database, "read", None)
    answer = reader.get(address)
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "NoneType" not in answer.text


@pytest.mark.parametrize("address", ["/quality", "/v1/releases"])
def test_a_database_that_fails_is_503_and_its_words_stay_in_the_log(
    reader: TestClient, paddle: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    def fail() -> None:
        raise StoreUnavailable("disk on fire")

    monkeypatch.setattr(paddle.database, "read", fail)
    with caplog.at_level(logging.ERROR):
        answer = reader.get(address)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "fire" not in answer.text
    assert "disk on fire" in caplog.text


KEY = {"Idempotency-Key": "0b0e7a52-6c0f-4d52-9d3c-1f2f0a0e4c11"}
GOOD = {"placement_id": "W-1", "learner_group": "nursing", "answers": {"TEA01": 4}}


@pytest.mark.parametrize(
    "body",
    [
        {**GOOD, "answers": {"TEA01": MARK}},
        {**GOOD, "answers": {"TEA01": {"deep": MARK}}},
        {**GOOD, "answers": {"COM01": MARK * 5}},
        {**GOOD, "answers": {MARK: 1}},
        {**GOOD, "answers": MARK},
        {**GOOD, MARK: 1},
        {**GOOD, "learner_group": MARK},
        {**GOOD, "placement_id": [MARK]},
        {**GOOD, "answers": {"TEA01": 4711_4711}},
        MARK,
        [MARK],
    ],
)
def test_no_refusal_repeats_what_was_sent(client: TestClient, body: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/v1/campaigns/paddle-2026/responses", json=body, headers=KEY)
    assert answer.status_code == 422
    assert MARK not in answer.text
    assert "47114711" not in answer.text
    assert MARK not in caplog.text


@pytest.mark.parametrize("changes", [{"placement_id": MARK}, {"learner_group": MARK.lower().replace("-", "_")}])
def test_neither_place_nor_group_comes_back(client: TestClient, changes: Any) -> None:
    answer = client.post("/v1/campaigns/paddle-2026/responses", json={**GOOD, **changes}, headers=KEY)
    assert answer.status_code in {404, 422}
    assert [problem["where"] for problem in answer.json()["problems"]] == list(changes)
    assert "zanzibar" not in answer.text.lower()


def test_an_unforeseen_error_at_submission_repeats_nothing(
    client: TestClient, paddle: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(paddle.database, "begin", None)
    body = {**GOOD, "answers": {"COM01": MARK}}
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/v1/campaigns/paddle-2026/responses", json=body, headers=KEY)
    assert answer.status_code == 500
    assert MARK not in answer.text
    assert MARK not in caplog.text


def test_an_unforeseen_error_does_not_reach_the_servers_log_with_its_words(
    paddle: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble() -> None:
        raise KeyError(MARK)

    monkeypatch.setattr(paddle.database, "read", stumble)
    with caplog.at_level(logging.ERROR):
        answer = TestClient(paddle.app, raise_server_exceptions=True).get("/c/paddle-2026")
    assert answer.status_code == 500
    assert MARK not in caplog.text
    assert "KeyError at stumble (" in caplog.text
