from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from survey_api.learner.draft import load

TEA = "/c/paddle-2026/p/tea"


def _key(learner: Any, paddle: Any) -> str:
    with paddle.database.read() as connection:
        draft = load(connection, learner.client.cookies["draft"], "paddle-2026", paddle.version)
    assert draft is not None
    return draft.submission_key


def _from_outbox(learner: Any, key: str, address: str, **fields: str) -> Response:
    answer: Response = learner.client.post(address, data=fields, headers={"X-Outbox": key})
    return answer


def test_the_script_is_told_where_to_go_on(learner: Any, paddle: Any) -> None:
    learner.begin()
    answer = _from_outbox(learner, _key(learner, paddle), TEA, TEA01="4")
    assert (answer.status_code, answer.headers["x-next"]) == (200, "/c/paddle-2026/p/ward")
    assert "location" not in answer.headers
    assert 'value="4" checked' in learner.get("p/tea").text


def test_a_replay_after_the_commit_leads_to_the_same_receipt(learner: Any, paddle: Any) -> None:
    learner.begin().answer_everything()
    key = _key(learner, paddle)
    pages = {_from_outbox(learner, key, "/c/paddle-2026/send").headers["x-next"] for _ in range(2)}
    assert pages == {"/c/paddle-2026/sent"}


def test_what_waited_for_another_draft_changes_nothing(learner: Any, paddle: Any) -> None:
    learner.begin()
    old = _key(learner, paddle)
    learner.post("start", again="1", device="own")
    learner.post("placement", placement="W-1")
    learner.post("group", group="nursing")
    answer = _from_outbox(learner, old, TEA, TEA01="4")
    assert answer.headers["x-next"] == "/c/paddle-2026?lost=1"
    assert "checked" not in learner.get("p/tea").text


def test_what_is_refused_comes_back_in_the_server_s_words(learner: Any, paddle: Any) -> None:
    learner.begin()
    answer = _from_outbox(learner, _key(learner, paddle), TEA, TEA01="x" * 20_000)
    assert answer.status_code == 413
    assert "too long to save" in answer.text


def test_forms_of_a_browser_are_redirected_as_ever(learner: Any) -> None:
    assert "x-next" not in learner.begin().post("p/tea").headers


@pytest.mark.parametrize(("device", "kept"), [("own", True), ("shared", False)])
def test_only_an_own_device_says_that_it_keeps_anything(
    new_client: Callable[[], TestClient], learner: Any, device: str, kept: bool
) -> None:
    page = learner.begin(device=device).get("p/tea").text
    assert f'data-device="{device}"' in page
    assert ("Saved on this phone, not sent yet" in page) is kept


def test_what_was_found_can_be_had_alone(learner: Any) -> None:
    learner.post("start")
    part = learner.get("placement?q=ward&part=1").text
    assert part.count('type="radio"') == 7
    assert "<html" not in part
