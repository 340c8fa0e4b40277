import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from nets.packing import unpack
from nets.questionnaire.version import NonResponse, Unanswered
from nets.store.campaigns import close_campaign
from nets.store.responses import count_responses, read_responses

Words = Callable[[Response], str]


def _receipt(page: Response) -> str:
    found = re.search(r'class="app-receipt"[^>]*>([A-Z0-9-]+)<', page.text)
    assert found is not None
    return found[1]


def _count(paddle: Any) -> int:
    with paddle.database.read() as connection:
        return count_responses(connection, "paddle-2026")


def test_it_shows_every_answer_before_sending(learner: Any, text_of: Words) -> None:
    words = text_of(learner.begin().answer_everything().get("check"))
    assert "Nothing has been sent yet" in words
    assert "Ward 1, Ysbyty Enghraifft, Ffynnon Example Hospitals" in words
    assert "The kettle works. Change Agree" in words
    assert "I do not know" in words
    assert "Somebody was rude about my tea. Change Disagree" in words
    assert "Warm the pot." in words


def test_it_says_which_questions_were_left_out(learner: Any, text_of: Words) -> None:
    assert "The kettle works. Answer No answer" in text_of(learner.begin().get("check"))


def test_it_stores_what_was_shown_and_gives_a_receipt(learner: Any, paddle: Any) -> None:
    learner.begin().answer_everything()
    answer = learner.post("send")
    assert answer.headers["location"] == "/c/paddle-2026/sent"
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", _receipt(learner.get("sent")))
    with paddle.database.read() as connection:
        stored = read_responses(connection, "paddle-2026")
    assert stored.placement_ids == ("W-1",)
    assert stored.learner_groups == ("nursing",)
    assert unpack(paddle.version, stored.packed[0]) == {
        "TEA01": 4,
        "TEA02": NonResponse.DO_NOT_KNOW,
        "NUR01": 5,
        "SAF01": 2,
    }


def test_it_sends_nothing_from_behind_a_skipped_interruption(learner: Any, paddle: Any) -> None:
    learner.begin().answer_everything().post("p/pause", skip="1")
    learner.post("send")
    with paddle.database.read() as connection:
        stored = read_responses(connection, "paddle-2026")
    assert unpack(paddle.version, stored.packed[0])["SAF01"] is Unanswered.BLANK


def test_it_makes_one_response_of_many_sends(learner: Any, paddle: Any) -> None:
    learner.begin().answer_everything()
    learner.post("send")
    first = _receipt(learner.get("sent"))
    for _ in range(3):
        assert learner.post("send").headers["location"] == "/c/paddle-2026/sent"
    assert _receipt(learner.get("sent")) == first
    assert _count(paddle) == 1


def test_it_makes_one_response_of_two_sends_at_once(learner: Any, paddle: Any, new_learner: Callable[[], Any]) -> None:
    learner.begin().answer_everything()
    token = learner.client.cookies["draft"]

    def send(_: int) -> tuple[int, str]:
        other = new_learner()
        other.client.cookies.set("draft", token)
        return other.post("send").status_code, _receipt(other.get("sent"))

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    assert len(answers) == 1
    assert answers.pop()[0] == 303
    assert _count(paddle) == 1


def test_it_makes_two_responses_of_two_learners(new_learner: Callable[[], Any], paddle: Any) -> None:
    receipts = set()
    for learner in (new_learner(), new_learner()):
        learner.begin().answer_everything().post("send")
        receipts.add(_receipt(learner.get("sent")))
    assert len(receipts) == 2
    assert _count(paddle) == 2


def test_it_leads_from_every_page_to_the_receipt_once_sent(learner: Any, paddle: Any) -> None:
    learner.begin().answer_everything().post("send")
    for page in ("placement", "group", "p/tea", "check"):
        assert learner.get(page).headers["location"] == "/c/paddle-2026/sent?already=1"
    answer = learner.post("p/tea", TEA01="1")
    assert answer.headers["location"] == "/c/paddle-2026/sent?already=1"
    assert "You have already sent your response" in learner.get(answer.headers["location"]).text
    assert _count(paddle) == 1


def test_it_forgets_the_answers_once_sent(learner: Any, paddle: Any) -> None:
    learner.begin().answer_everything().post("send")
    assert "Warm the pot" not in learner.get("sent").text
    with paddle.database.read() as connection:
        from survey_api.learner.draft import load

        draft = load(connection, learner.client.cookies["draft"], "paddle-2026", paddle.version)
    assert draft is not None
    assert not draft.answers
    assert not draft.placement_id


def test_it_keeps_the_receipt_readable_when_the_campaign_closes(learner: Any, paddle: Any) -> None:
    learner.begin().answer_everything().post("send")
    receipt = _receipt(learner.get("sent"))
    with paddle.database.begin() as connection:
        close_campaign(connection, "paddle-2026", date(2026, 3, 10))
    assert _receipt(learner.get("sent")) == receipt


def test_it_does_not_take_a_receipt_away_for_a_draft_that_can_no_longer_be_sent(learner: Any, paddle: Any) -> None:
    learner.begin().answer_everything().post("send")
    receipt = _receipt(learner.get("sent"))
    with paddle.database.begin() as connection:
        close_campaign(connection, "paddle-2026", date(2026, 3, 10))
    answer = learner.post("start")  # from a page that was loaded before
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers
    assert _receipt(learner.get("sent")) == receipt


def test_it_lets_a_learner_answer_about_another_placement(learner: Any, paddle: Any, text_of: Words) -> None:
    learner.begin().answer_everything().post("send")
    assert "already sent a response" in text_of(learner.get())
    learner.begin(placement="W-2").answer_everything().post("send")
    with paddle.database.read() as connection:
        assert sorted(read_responses(connection, "paddle-2026").placement_ids) == ["W-1", "W-2"]


def test_it_never_says_sent_before_the_response_is_stored(learner: Any) -> None:
    learner.begin().answer_everything()
    assert learner.get("sent").headers["location"] == "/c/paddle-2026/check"


def test_it_asks_for_placement_and_group_before_it_sends(learner: Any) -> None:
    learner.post("start")
    assert learner.post("send").headers["location"] == "/c/paddle-2026/placement"
    learner.post("placement", placement="W-1")
    assert learner.post("send").headers["location"] == "/c/paddle-2026/group"


def test_it_forgets_a_draft_after_its_last_day(learner: Any, app_with: Callable[..., Any]) -> None:
    learner.begin().answer_everything()
    later = app_with(today=lambda: date(2026, 3, 25))
    with TestClient(later):  # what has had its time is forgotten when the service starts, and every night
        pass
    assert learner.get("p/tea").headers["location"] == "/c/paddle-2026?lost=1"
