from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

LIMIT = 16_384


def test_a_body_over_the_limit_is_turned_away(client: TestClient) -> None:
    answer = client.post("/v1/campaigns/paddle-2026/responses", content=b"x" * (LIMIT + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_does_not_say_how_long_it_is_is_turned_away_too(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 1024

    answer = client.post("/v1/campaigns/paddle-2026/responses", content=chunks())
    assert answer.status_code == 413


def test_a_body_that_lies_about_its_length_is_measured(client: TestClient) -> None:
    headers = {"Content-Length": "5"}
    answer = client.post("/v1/campaigns/paddle-2026/responses", content=b"x" * (LIMIT + 1), headers=headers)
    assert answer.status_code == 413


def test_a_body_of_just_the_limit_is_read(client: TestClient) -> None:
    assert client.post("/v1/campaigns/paddle-2026/responses", content=b"x" * LIMIT).status_code == 400


def test_a_learner_who_wrote_too_much_is_told_that_the_rest_is_saved(client: TestClient) -> None:
    answer = client.post("/c/paddle-2026/p/words", data={"COM01": "x" * LIMIT})
    assert answer.status_code == 413
    assert "Your other answers are saved" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/c/paddle%00-2026",
        "/c/paddle-2026?placement=%00",
        "/quality/%0a",
        "/v1/releases/%7f",
        "/c/paddle-2026/placement?q=a%1fb",
    ],
)
def test_an_address_with_control_characters_is_turned_away(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 400


@pytest.mark.parametrize(
    "address", ["/c/%ff%fe", "/v1/releases/%ed%a0%80", "/quality/%F0%9F%98%80/placements/W-1", "/c/" + "x" * 4000]
)
def test_an_address_of_strange_letters_is_not_found(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_limit_is_a_setting(paddle: Any) -> None:
    assert paddle.settings.body_limit == LIMIT
