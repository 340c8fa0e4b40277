from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from nets.store.campaigns import close_campaign
from survey_api.app import create_app

Words = Callable[[Response], str]


def test_it_says_what_an_anonymous_learner_should_know(client: TestClient, text_of: Words) -> None:
    words = text_of(client.get("/c/paddle-2026"))
    assert "Your response is anonymous" in words
    assert "cannot be changed or taken back" in words
    assert "at least 5 learners" in words
    assert "You can leave out any question" in words


def test_it_never_calls_a_confidential_campaign_anonymous(client: TestClient, text_of: Words) -> None:
    words = text_of(client.get("/c/paddle-secret"))
    assert "confidential, not anonymous. It can be found again with its receipt" in words
    assert "second response" not in words  # whoever comes by an open link has no address to be asked at once more
    assert "is anonymous" not in words


@pytest.mark.parametrize(
    "campaign", ["paddle-2025", "paddle-2027", "paddle-import", "paddle-invited", "nothing", "N0-SUCH"]
)
def test_it_shows_one_page_for_closed_future_uninvited_and_unknown(client: TestClient, campaign: str) -> None:
    unknown = client.get("/c/unknown")
    answer = client.get(f"/c/{campaign}")
    assert answer.status_code == 404
    assert answer.content == unknown.content
    assert "This survey is not open" in answer.text


def test_it_closes_every_page_of_the_path_when_the_campaign_closes(learner: Any, paddle: Any) -> None:
    learner.begin()
    with paddle.database.begin() as connection:
        close_campaign(connection, "paddle-2026", date(2026, 3, 8))
    for page in ("", "placement", "group", "p/tea", "check"):
        assert learner.get(page).status_code == 404
    assert learner.post("send").status_code == 404


def test_it_sets_a_cookie_that_scripts_and_other_sites_cannot_use(learner: Any) -> None:
    answer = learner.post("start")
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/c/paddle-2026" in cookie
    assert "Secure" not in cookie


def test_it_holds_the_cookie_to_https_where_learners_come_by_https(paddle: Any) -> None:
    settings = paddle.settings.model_copy(update={"public_origin": "https://survey.example.org"})
    app = create_app(settings, today=lambda: date(2026, 3, 10))
    client = TestClient(app, headers={"Origin": "https://survey.example.org"}, follow_redirects=False)
    answer = client.post("/c/paddle-2026/start")
    app.state.service.database.dispose()
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


def test_it_prefills_the_placement_of_a_qr_link(learner: Any, text_of: Words) -> None:
    words = text_of(learner.get("/c/paddle-2026?placement=W-3"))
    assert "You are answering about Ward 3, Ysbyty Enghraifft, Ffynnon Example Hospitals . You can change this" in words
    learner.post("start", placement="W-3")
    assert "Is this your placement? Ward 3 Ysbyty Enghraifft, Ffynnon Example Hospitals" in text_of(
        learner.get("placement")
    )


@pytest.mark.parametrize("placement", ["W-99", "P-1", "", "x" * 5000])
def test_it_ignores_a_qr_link_that_names_no_placement(learner: Any, text_of: Words, placement: str) -> None:
    assert learner.get(f"/c/paddle-2026?placement={placement}").status_code == 200
    learner.post("start", placement=placement)
    assert "Find your placement" in text_of(learner.get("placement"))


def test_it_goes_on_with_unsent_answers_when_start_is_pressed_again(learner: Any, text_of: Words) -> None:
    learner.begin().post("p/tea", TEA01="4")
    words = text_of(learner.get())
    assert "not sent yet. They are about Ward 1" in words
    assert words.index("Carry on") < words.index("Who sees what")
    answer = learner.post("start")
    assert "set-cookie" not in answer.headers
    assert 'value="4" checked' in learner.get("p/tea").text


def test_it_names_the_placement_of_unsent_answers_and_not_that_of_the_poster_scanned_now(
    learner: Any, text_of: Words
) -> None:
    learner.begin(placement="W-1").post("p/tea", TEA01="4")
    words = text_of(learner.get("/c/paddle-2026?placement=W-3"))
    assert "They are about Ward 1" in words
    assert "Ward 3" not in words
    learner.post("start", again="1", placement="W-3")
    assert "Is this your placement? Ward 3" in text_of(learner.get("placement"))


def test_it_deletes_unsent_answers_when_asked_to_start_again(learner: Any) -> None:
    learner.begin().post("p/tea", TEA01="4")
    old = learner.client.cookies["draft"]
    learner.post("start", again="1")
    assert learner.client.cookies["draft"] != old
    learner.post("placement", placement="W-1")
    learner.post("group", group="nursing")
    assert "checked" not in learner.get("p/tea").text


@pytest.mark.parametrize("cookie", ["", "short", "x" * 43])
@pytest.mark.parametrize("page", ["placement", "group", "p/tea", "check", "sent"])
def test_it_leads_who_has_no_draft_to_the_start(learner: Any, text_of: Words, page: str, cookie: str) -> None:
    learner.client.cookies.set("draft", cookie)
    answer = learner.get(page)
    assert answer.headers["location"] == "/c/paddle-2026?lost=1"
    assert "We could not find your answers" in text_of(learner.get(answer.headers["location"]))


def test_it_does_not_open_a_draft_of_another_campaign(learner: Any) -> None:
    learner.begin()
    token = learner.client.cookies["draft"]
    answer = learner.client.get("/c/paddle-secret/p/tea", headers={"Cookie": f"draft={token}"})
    assert answer.headers["location"] == "/c/paddle-secret?lost=1"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.elsewhere.example"},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
        {"Origin": ""},
    ],
)
def test_it_refuses_a_form_of_another_site(learner: Any, headers: dict[str, str]) -> None:
    learner.begin()
    answer = learner.client.post("/c/paddle-2026/p/tea", data={"TEA01": "1"}, headers=headers)
    assert answer.status_code == 403
    assert "checked" not in learner.get("p/tea").text


@pytest.mark.parametrize("address", ["/c/Paddle-2026", "/c/PADDLE-2026?placement=W-3"])
def test_a_link_that_was_typed_with_capitals_leads_there(client: TestClient, text_of: Words, address: str) -> None:
    answer = client.get(address)
    assert "Tell us about your placement" in text_of(answer)
    assert 'action="/c/paddle-2026/start"' in answer.text


def test_a_slash_at_the_end_of_the_link_leads_there_too(client: TestClient) -> None:
    assert client.get("/c/paddle-2026/").headers["location"] == "/c/paddle-2026"
    assert client.get("/c/paddle-2026/?placement=W-3").headers["location"] == "/c/paddle-2026?placement=W-3"
    assert client.get("/c/unknown/").content == client.get("/c/unknown").content
