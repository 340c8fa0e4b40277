"""Taking back a confidential response: the pages promise it, the receipt does it, and an anonymous one stays."""

import re
from collections.abc import Callable
from typing import Any

from httpx2 import Response

from nets.store.responses import count_responses

SECRET = "/c/paddle-secret"
Words = Callable[[Response], str]


def _count(paddle: Any, campaign: str) -> int:
    with paddle.database.read() as connection:
        return count_responses(connection, campaign)


def test_a_learner_is_told_and_takes_her_response_back(learner: Any, paddle: Any, text_of: Words) -> None:
    visitor = type(learner)(learner.client, SECRET)
    assert "Afterwards you can take it back" in text_of(visitor.get())
    visitor.begin().answer_everything()
    assert "You can take it back with the receipt" in text_of(visitor.get("check"))
    visitor.post("send")
    page = visitor.get("sent")
    assert "with it you can take your response back" in text_of(page)
    (receipt,) = re.findall(r'class="app-receipt"[^>]*>([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})<', page.text)
    assert _count(paddle, "paddle-secret") == 1
    answer = visitor.post("/withdraw", receipt=receipt.lower().replace("-", " "))
    assert answer.headers["location"] == "/withdraw?done=1"
    assert "Your response is deleted" in text_of(visitor.get("/withdraw?done=1"))
    assert _count(paddle, "paddle-secret") == 0
    assert visitor.post("/withdraw", receipt=receipt).headers["location"] == "/withdraw?unknown=1"


def test_an_anonymous_response_cannot_be_taken_back(learner: Any, paddle: Any, text_of: Words) -> None:
    assert "take it back, with the receipt" not in text_of(learner.get())
    learner.begin().answer_everything().post("send")
    page = learner.get("sent")
    assert "take your response back" not in text_of(page)
    (receipt,) = re.findall(r'class="app-receipt"[^>]*>([A-Z0-9-]+)<', page.text)
    assert learner.post("/withdraw", receipt=receipt).headers["location"] == "/withdraw?unknown=1"
    assert "We found no response for this receipt" in text_of(learner.get("/withdraw?unknown=1"))
    assert _count(paddle, "paddle-2026") == 1


def test_a_form_of_another_site_takes_nothing_back(learner: Any) -> None:
    learner.client.headers["Origin"] = "https://elsewhere.example"
    assert learner.post("/withdraw", receipt="K7QM-4TXD-9PWR").status_code == 403


def test_wrong_receipts_are_counted_and_then_have_to_wait(learner: Any, paddle: Any, text_of: Words) -> None:
    service = paddle.app.state.service
    while not service.code_tries.begin("/withdraw", service.now()):
        pass
    answer = learner.post("/withdraw", receipt="K7QM-4TXD-9PWR")
    assert answer.headers["location"].startswith("/withdraw?wait=")
    assert "Too many wrong receipts" in text_of(learner.get(answer.headers["location"]))
    assert learner.post("/withdraw", receipt="no receipt").headers["location"] == "/withdraw?unknown=1"
