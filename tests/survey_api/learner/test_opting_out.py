"""The link that ends messages: for people a page with a button, for mail programs one form, for scanners nothing."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from nets.invitation import State, stop_token
from nets.store.mailings import count_states


def _stopped(paddle: Any) -> int:
    with paddle.database.read() as connection:
        return count_states(connection, "paddle-invited")[State.OPTED_OUT]


def test_the_page_acts_by_its_button_alone(client: TestClient, invite: Callable[..., str], paddle: Any) -> None:
    token, stop = (made := invite()), stop_token(made)
    page = client.get(f"/stop/{stop}")
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "strict-origin"
    assert token not in page.text
    assert client.get(f"/stop/{'1' * 32}").text.replace("1" * 32, stop) == page.text
    assert _stopped(paddle) == 0
    answer = client.post(f"/stop/{stop}?page=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/stop")
    assert "You will get no more messages" in client.get("/stop").text
    assert _stopped(paddle) == 1


def test_a_mail_program_needs_neither_page_nor_origin(paddle: Any, invite: Callable[..., str]) -> None:
    stop = stop_token(invite())
    program = TestClient(paddle.app, follow_redirects=False)
    answer = program.post(f"/stop/{stop}", files={"List-Unsubscribe": (None, "One-Click")})
    assert answer.status_code == 200
    assert "You will get no more messages" in answer.text
    assert _stopped(paddle) == 1


def test_an_unknown_link_is_answered_alike(client: TestClient, paddle: Any, invite: Callable[..., str]) -> None:
    invite()
    for unknown in ("1" * 32, "nothing"):
        assert client.post(f"/stop/{unknown}?page=1").headers["location"] == "/stop"
    assert _stopped(paddle) == 0


def test_whoever_stopped_messages_can_still_answer(client: TestClient, invite: Callable[..., str]) -> None:
    token = invite()
    client.post(f"/stop/{stop_token(token)}?page=1")
    assert client.post("/i", data={"token": token}).headers["location"] == "/c/paddle-invited"


def test_the_link_that_ends_messages_opens_no_survey(client: TestClient, invite: Callable[..., str]) -> None:
    assert client.post("/i", data={"token": stop_token(invite())}).status_code == 404
