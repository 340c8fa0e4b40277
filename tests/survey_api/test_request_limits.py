from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

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


def test_a_body_that_was_cut_off_on_its_way_is_taken_for_nothing(
    client: TestClient, paddle: Any, run_apart: Any
) -> None:
    path = "/c/paddle-2026"
    client.post(f"{path}/start")
    client.post(f"{path}/placement", data={"placement": "W-1"})
    client.post(f"{path}/group", data={"group": "nursing"})
    client.post(f"{path}/p/tea", data={"TEA01": "4", "TEA02": "5"})
    arriving: list[Message] = [
        {"type": "http.request", "body": b"TEA01=1&TE", "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[Message] = []
    headers = {
        "host": "testserver",
        "origin": "http://testserver",
        "cookie": f"draft={client.cookies['draft']}",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": "15",
    }
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": f"{path}/p/tea",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> Message:
        return arriving.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    run_apart(paddle.app(scope, receive, send))
    assert not answered
    page = client.get(f"{path}/p/tea").text
    assert 'id="TEA01-4" name="TEA01" type="radio" value="4" checked' in page
    assert 'id="TEA02-5" name="TEA02" type="radio" value="5" checked' in page


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


@pytest.mark.parametrize("address", ["/c/%ff%fe", "/quality/%F0%9F%98%80/places/W-1", "/c/" + "x" * 4000])
def test_an_address_of_strange_letters_is_not_found(reader: TestClient, address: str) -> None:
    assert reader.get(address).status_code == 404


def test_a_program_is_told_that_such_letters_are_no_id(reader: TestClient) -> None:
    assert reader.get("/v1/releases/%ed%a0%80").status_code == 422


def test_the_limit_is_a_setting(paddle: Any) -> None:
    assert paddle.settings.body_limit == LIMIT
