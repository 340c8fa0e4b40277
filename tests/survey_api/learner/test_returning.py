import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from nets.store.campaigns import close_campaign
from nets.store.responses import read_responses

Words = Callable[[Response], str]


def _code(page: Response) -> str:
    found = re.search(r'class="app-(?:code|receipt)"[^>]*>([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})<', page.text)
    assert found is not None
    return found[1]


class Clock:
    """A clock that is put forward by hand."""

    seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ward(learner: Any, app_with: Callable[..., Any], clock: Clock) -> Any:
    """A learner at the computer of a ward, where others work too."""
    app = app_with(today=lambda: date(2026, 3, 10), now=clock)
    return type(learner)(TestClient(app, headers={"Origin": "http://testserver"}, follow_redirects=False))


def test_every_page_shows_the_code(learner: Any) -> None:
    learner.begin()
    codes = {_code(learner.get(page)) for page in ("placement", "group", "p/tea", "p/pause", "check", "leave")}
    assert len(codes) == 1


def test_the_code_opens_the_answers_on_another_device_where_they_were_left(
    learner: Any, new_learner: Callable[[], Any]
) -> None:
    learner.begin().post("p/tea", TEA01="4")
    other = new_learner()
    answer = other.post("resume", code=_code(learner.get("check")).lower().replace("-", " "), device="own")
    assert answer.headers["location"] == "/c/paddle-2026/p/ward"
    assert 'value="4" checked' in other.get("p/tea").text
    other.post("send")
    assert learner.get("p/tea").headers["location"] == "/c/paddle-2026/sent?already=1"


@pytest.mark.parametrize("code", ["", "K7QM-4TXD-9PWR", "nonsense"])
def test_a_code_that_opens_nothing_is_answered_alike(learner: Any, text_of: Words, code: str) -> None:
    answer = learner.post("resume", code=code)
    assert answer.headers["location"] == "/c/paddle-2026/resume?unknown=1"
    assert "set-cookie" not in answer.headers
    assert "We found no answers for this code" in text_of(learner.get(answer.headers["location"]))


def test_wrong_codes_are_counted_and_then_even_the_right_one_has_to_wait(
    ward: Any, clock: Clock, text_of: Words
) -> None:
    code = _code(ward.begin().get("check"))
    tries = ward.client.app.state.service.code_tries
    while not tries.begin("paddle-2026", clock()):
        pass
    answer = ward.post("resume", code=code)
    assert answer.headers["location"] == "/c/paddle-2026/resume?wait=2"
    assert "try again in 2 seconds" in text_of(ward.get(answer.headers["location"]))
    assert ward.post("resume", code="no code").headers["location"].endswith("?unknown=1")
    clock.seconds += 2
    assert ward.post("resume", code=code).headers["location"] == "/c/paddle-2026/p/tea"


def test_a_wrong_code_counts_and_a_right_one_does_not(ward: Any, clock: Clock) -> None:
    code = _code(ward.begin().get("check"))
    tries = ward.client.app.state.service.code_tries
    for _ in range(59):
        tries.begin("paddle-2026", clock())
    for _ in range(3):
        ward.post("resume", code=code)
    ward.post("resume", code="K7QM-4TXD-9PWR")
    assert tries.begin("paddle-2026", clock()) == 2


def test_a_code_of_another_campaign_opens_nothing(learner: Any) -> None:
    code = _code(learner.begin().get("check"))
    assert learner.post("/c/paddle-secret/resume", code=code).headers["location"].endswith("?unknown=1")


def test_a_code_does_not_open_what_was_sent(learner: Any, new_learner: Callable[[], Any]) -> None:
    code = _code(learner.begin().answer_everything().get("check"))
    learner.post("send")
    assert new_learner().post("resume", code=code).headers["location"].endswith("?unknown=1")


def test_carrying_on_leads_to_where_it_was_left(learner: Any) -> None:
    learner.begin().post("p/tea", TEA01="4")
    assert learner.post("start").headers["location"] == "/c/paddle-2026/p/ward"


def test_own_devices_keep_the_cookie_and_shared_ones_do_not(new_learner: Callable[[], Any]) -> None:
    assert "Max-Age=1209600" in new_learner().post("start", device="own").headers["set-cookie"]
    shared = new_learner().post("start", device="shared").headers["set-cookie"]
    assert "Max-Age" not in shared
    assert "expires" not in shared.lower()


def test_a_shared_device_is_the_answer_of_who_gave_none(learner: Any, text_of: Words) -> None:
    learner.post("start")
    assert "You are on a shared device" in text_of(learner.get("placement"))


def test_a_shared_device_shows_nothing_after_a_quarter_of_an_hour(ward: Any, clock: Clock, text_of: Words) -> None:
    ward.begin(device="shared").post("p/tea", TEA01="4")
    code = _code(ward.get("check"))
    clock.seconds += 15 * 60
    assert ward.get("check").status_code == 200
    clock.seconds += 1
    answer = ward.get("check")
    assert answer.headers["location"] == "/c/paddle-2026/resume?paused=1"
    assert answer.headers["clear-site-data"] == '"storage"'
    assert "draft" not in ward.client.cookies
    assert "Nothing happened here for 15 minutes" in text_of(ward.get(answer.headers["location"]))
    assert ward.post("resume", code=code, device="shared").headers["location"] == "/c/paddle-2026/p/ward"
    assert 'value="4" checked' in ward.get("p/tea").text


def test_a_shared_device_sends_nothing_for_whoever_comes_next(ward: Any, clock: Clock, paddle: Any) -> None:
    ward.begin(device="shared").answer_everything()
    clock.seconds += 15 * 60 + 1
    assert ward.post("send").headers["location"] == "/c/paddle-2026/resume?paused=1"
    with paddle.database.read() as connection:
        assert read_responses(connection, "paddle-2026").placement_ids == ()


def test_whoever_comes_next_cannot_go_on_delete_or_see_the_receipt(ward: Any, clock: Clock) -> None:
    ward.begin(device="shared").answer_everything()
    cookie, code = ward.client.cookies["draft"], _code(ward.get("check"))
    clock.seconds += 15 * 60 + 1
    assert ward.post("start", device="own").headers["location"].endswith("/placement")
    ward.client.cookies.clear()
    ward.client.cookies.set("draft", cookie)
    ward.post("leave", delete="1")
    assert ward.post("resume", code=code, device="shared").headers["location"].endswith("/check")
    ward.post("send")
    clock.seconds += 15 * 60 + 1
    assert ward.get("sent").headers["location"].endswith("?paused=1")


def test_what_was_written_for_longer_than_a_shared_device_stays_open_is_saved(ward: Any, clock: Clock) -> None:
    code = _code(ward.begin(device="shared").get("check"))
    clock.seconds += 20 * 60
    assert ward.post("p/words", COM01="Slowly.").headers["location"].endswith("?paused=1")
    ward.post("resume", code=code, device="shared")
    assert "Slowly." in ward.get("p/words").text


def test_a_shared_device_stays_open_for_who_is_still_there(ward: Any, clock: Clock) -> None:
    ward.begin(device="shared")
    clock.seconds += 10 * 60
    assert ward.post("stay").status_code == 204
    clock.seconds += 10 * 60
    assert ward.get("check").status_code == 200


def test_an_own_device_is_not_closed(ward: Any, clock: Clock) -> None:
    ward.begin(device="own")
    clock.seconds += 9 * 86_400
    assert ward.get("check").status_code == 200


def test_leaving_clears_the_device_and_keeps_the_answers(ward: Any, text_of: Words) -> None:
    code = _code(ward.begin(device="shared").answer_everything().get("leave"))
    answer = ward.post("leave")
    assert answer.headers["clear-site-data"] == '"storage"'
    assert "This device is clear" in text_of(ward.get(answer.headers["location"]))
    assert ward.get("check").headers["location"].endswith("?lost=1")
    assert ward.post("resume", code=code).headers["location"].endswith("/check")


def test_leaving_can_delete_the_answers(learner: Any, text_of: Words) -> None:
    code = _code(learner.begin().answer_everything().get("leave"))
    answer = learner.post("leave", delete="1")
    assert "Your answers are deleted" in text_of(learner.get(answer.headers["location"]))
    assert learner.post("resume", code=code).headers["location"].endswith("?unknown=1")


@pytest.fixture
def on_day(learner: Any, app_with: Callable[..., Any]) -> Callable[[date], Any]:
    """The same browser on another day."""

    def visit(day: date) -> Any:
        app = app_with(today=lambda: day)
        client = TestClient(app, headers={"Origin": "http://testserver"}, follow_redirects=False)
        client.cookies.set("draft", learner.client.cookies["draft"])
        return type(learner)(client)

    return visit


def test_what_was_begun_before_the_close_can_be_sent_for_two_days_and_counts_on_the_last_day(
    learner: Any, paddle: Any, new_learner: Callable[[], Any], on_day: Callable[..., Any]
) -> None:
    learner.begin().answer_everything()
    with paddle.database.begin() as connection:
        close_campaign(connection, "paddle-2026", date(2026, 3, 10))
    learner.post("p/tea", TEA01="1")
    assert new_learner().get().status_code == 404
    late = on_day(date(2026, 3, 11))
    assert late.post("send").headers["location"] == "/c/paddle-2026/sent"
    with paddle.database.read() as connection:
        assert read_responses(connection, "paddle-2026").answered_on == (date(2026, 3, 9),)


def test_nothing_new_is_begun_after_the_close(learner: Any, on_day: Callable[..., Any]) -> None:
    learner.begin()
    late = on_day(date(2026, 4, 1))
    assert late.get().status_code == 200
    assert late.post("start", again="1").status_code == 404
    assert late.get("check").status_code == 200


def test_two_days_after_the_close_nothing_is_taken(learner: Any, on_day: Callable[..., Any]) -> None:
    learner.begin()
    late = on_day(date(2026, 4, 3))
    assert late.post("send").status_code == 404
