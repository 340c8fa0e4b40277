"""Every page in every state, in a language that nobody speaks: a plain letter anywhere is a text that passed by the catalogue."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from nets.campaign import AccessMode, AnonymityMode
from nets.invitation import InvitationKey, Invited
from nets.questionnaire.publishing import QuestionnaireFolder
from nets.retesting import draw
from nets.store.campaigns import add_campaign, get_campaign
from nets.store.database import Database
from nets.store.invitations import add_invitations
from nets.store.mailings import due_invitations
from nets.store.organisations import add_organisations, list_organisations
from nets.store.questionnaires import add_version
from nets.store.retests import get_open_retest, open_retest
from survey_api.languages import FOLDER
from survey_api.settings import Settings

TODAY = date(2026, 3, 10)
KEY = InvitationKey("k" * 32)
DATA = (
    *("Paddle survey 2026", "Training Experience Survey", "Ysbyty Enghraifft", "Ffynnon Example Hospitals"),
    *(
        "Hilltop House",
        "Hilltop Example Care",
        "Day room",
        "K7QM-4TXD-9PWR",
        *(f"Ward {number}" for number in range(1, 8)),
    ),
)
SAID = ("aria-label", "title", "alt", "placeholder", "data-found")


class Plain(HTMLParser):
    """What a page says, aloud or on the screen, except what stands marked as data or as another language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.passed_over: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what attributes say; pass over what is not to be translated."""
        given = dict(attrs)
        self.said += [value or "" for name, value in attrs if name in SAID or name.startswith("data-i18n")]
        if "translate" in given or (tag == "a" and "lang" in given) or tag == "textarea":
            self.passed_over.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Listen again."""
        if self.passed_over and self.passed_over[-1] == tag:
            self.passed_over.pop()

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self.passed_over:
            self.said.append(data)


def _plain_words(page: str) -> list[str]:
    text = " ".join(Plain(page).said)
    for data in DATA:
        text = text.replace(data, "")
    return re.findall(r"[A-Za-z]{2,}", re.sub(r"%\{count\}", "", text))


@pytest.fixture
def pseudo(
    paddle: Any,
    app_with: Callable[..., Any],
    learner: Any,
    tmp_path: Path,
    in_pseudo_language: Callable[[Any], Any],
) -> Callable[[], Any]:
    """Learners who chose the pseudo-language."""
    languages = tmp_path / "languages"
    languages.mkdir()
    english = (FOLDER / "en.json").read_text("utf-8")
    (languages / "en.json").write_text(english, "utf-8")
    (languages / "en-xa.json").write_text(json.dumps(in_pseudo_language(json.loads(english))), "utf-8")
    source = tmp_path / "questionnaires" / "paddle" / "1.0.json"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(in_pseudo_language(json.loads(paddle.version.document))), "utf-8")
    folder = QuestionnaireFolder(source.parents[1])
    folder.publish(source)
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'pseudo.sqlite3'}",
        questionnaire_folder=source.parents[1],
        language_folder=languages,
        operator="",
    )
    database = Database(settings.database_url)
    database.upgrade()
    with paddle.database.read() as connection:
        places = list_organisations(connection)
        campaign = get_campaign(connection, "paddle-2026")
    with database.begin() as connection:
        add_version(connection, folder.read("paddle", "1.0"))
        add_organisations(connection, places)
        add_campaign(connection, campaign)
        add_campaign(connection, replace(campaign, id="paddle-c", anonymity_mode=AnonymityMode.CONFIDENTIAL))
        add_campaign(connection, replace(campaign, id="paddle-i", access_mode=AccessMode.INVITATION))
        add_invitations(connection, KEY, "paddle-i", [Invited("ash@example.org", "W-1", "nursing")], TODAY)
        again = replace(campaign, id="paddle-a", access_mode=AccessMode.INVITATION)
        add_campaign(connection, replace(again, anonymity_mode=AnonymityMode.CONFIDENTIAL))
        open_retest(connection, KEY, "paddle-a", 100, TODAY)
        add_invitations(connection, KEY, "paddle-a", [Invited("ash@example.org", "W-1", "nursing")], TODAY)
    database.dispose()
    app = app_with(settings, today=lambda: TODAY)

    def make() -> Any:
        client = TestClient(app, headers={"Origin": "http://testserver"}, follow_redirects=False)
        client.get("/language/en-xa?back=/c/paddle-2026")
        return type(learner)(client)

    return make


def _pages(make: Callable[[], Any]) -> Iterator[tuple[str, str]]:
    """Every page in every state, by a name."""
    visitor = make()
    for address in ("", "?lost=1", "?placement=W-1", "/resume", "/resume?unknown=1", "/resume?paused=1", "/left"):
        yield address, visitor.get(f"/c/paddle-2026{address}").text
    yield "deleted", visitor.get("left?deleted=1").text
    yield "confidential", visitor.get("/c/paddle-c").text
    for address in (
        "/withdraw",
        "/withdraw?unknown=1",
        "/withdraw?done=1",
        "/",
        "/privacy",
        "/cookies",
        "/accessibility",
        "/c/unknown",
        "/nothing",
    ):
        yield address, visitor.get(address).text
    for device in ("own", "shared"):
        visitor = make()
        visitor.post("start", device=device, placement="W-1")
        yield "unsent", visitor.get().text
        for address in ("", "?change=1", "?q=ward", "?q=zebra", "?missing=1", "?q=ward&part=1"):
            yield f"placement{address}", visitor.get(f"placement{address}").text
        visitor.post("placement", placement="W-1")
        yield "group", visitor.get("group").text
        yield "no group", visitor.get("group?missing=1").text
        visitor.post("group", group="nursing")
        for page in ("tea", "ward", "pause", "rude", "words"):
            yield page, visitor.get(f"p/{page}").text
        yield "nothing answered", visitor.get("check").text
        visitor.answer_everything()
        yield "answered", visitor.get("p/tea").text
        visitor.post("p/tea", TEA01="9")
        yield "no answer", visitor.get("p/tea").text
        visitor.post("p/tea", TEA01="do_not_know")
        for comment in ("x" * 99, "\x00"):
            visitor.post("p/words", COM01=comment)
            yield "no comment", visitor.get("p/words").text
        yield "too long", visitor.post("p/words", COM01="x" * 20_000).text
        yield "refused", visitor.client.post("/c/paddle-2026/p/words", headers={"Origin": "null"}).text
        visitor.post("p/words", COM01="1234")
        yield "check", visitor.get("check").text
        visitor.post("p/pause", skip="1")
        yield "skipped", visitor.get("check").text
        yield "leave", visitor.get("leave").text
        visitor.post("send")
        for address in ("sent", "sent?already=1", ""):
            yield f"after sending: {address}", visitor.get(address).text
        for address in ("?placement=W-1", "?placement=W-1&other=1"):
            yield f"after sending: {address}", visitor.get(f"/c/paddle-2026{address}").text
        visitor.post("start", device=device)
        yield "already", visitor.get("placement?already=W-1").text
    visitor = type(visitor)(make().client, "/c/paddle-c")
    visitor.begin().post("send")
    yield "confidential, sent", visitor.get("sent").text
    visitor = make()
    with visitor.client.app.state.service.database.read() as connection:
        (due,) = due_invitations(connection, "paddle-i")
    token, _ = KEY.open(due.sealed, due.token_hash)
    for address in (
        f"/i/{token}",
        "/i",
        "/i?left=1",
        "/i?deleted=1",
        "/i?paused=1",
        "/i?sent=1",
        f"/stop/{token}",
        "/stop",
    ):
        yield address, visitor.get(address).text
    visitor = type(visitor)(visitor.client, "/c/paddle-i")
    for device in ("own", "shared"):
        visitor.post("/i", token=token)
        yield f"invited, {device}", visitor.get().text
        visitor.post("start", device=device)
        for page in ("placement", "placement?change=1", "leave"):
            yield f"{page}, invited, {device}", visitor.get(page).text
        visitor.post("placement", placement="W-1")
        yield f"group, invited, {device}", visitor.get("group").text
    visitor.post("group", group="nursing")
    visitor.post("send")
    for address in ("sent", ""):
        yield f"invited, after sending: {address}", visitor.get(address).text
    yield from _pages_again(type(visitor)(make().client, "/c/paddle-a"))
    app = visitor.client.app
    app.state.service.database.read = None
    client = TestClient(app, raise_server_exceptions=False, cookies={"language": "en-xa"})
    yield "trouble", client.get("/c/paddle-2026").text


def _pages_again(visitor: Any) -> Iterator[tuple[str, str]]:
    """Of a learner who agrees to be asked once more, and then is."""
    database = visitor.client.app.state.service.database
    with database.read() as connection:
        (due,) = due_invitations(connection, "paddle-a")
    visitor.post("/i", token=KEY.open(due.sealed, due.token_hash)[0])
    visitor.begin()
    yield "agree", visitor.get("check").text
    visitor.post("send", again="yes")
    yield "agreed", visitor.get("sent").text
    with database.begin() as connection:
        long_before = {"answered_on": (TODAY - timedelta(days=14)).isoformat()}
        connection.execute(text("UPDATE responses SET answered_on = :answered_on"), long_before)
        draw(connection, KEY, get_open_retest(connection, "paddle-a"), TODAY)
        (due,) = due_invitations(connection, "paddle-a", again=True)
    visitor.post("/i", token=KEY.open(due.sealed, due.token_hash)[0])
    yield "again", visitor.get().text
    visitor.post("start", device="own")
    for page in ("p/tea", "change", "check", "leave"):
        yield f"again, {page}", visitor.get(page).text
    for change in ("stable", "changed", "cannot_say"):
        visitor.post("change", change=change)
        yield f"again, {change}", visitor.get("check").text
    visitor.post("send")
    for address in ("sent", ""):
        yield f"again, after sending: {address}", visitor.get(address).text


def test_no_text_of_any_page_is_hard_coded(pseudo: Callable[[], Any]) -> None:
    found = {}
    for name, page in _pages(pseudo):
        assert 'lang="en-xa"' in page or "part=1" in name, name
        if words := _plain_words(page):
            found[name] = words
    assert found == {}


def test_a_planted_text_is_found() -> None:
    assert _plain_words('<p>ñö</p><button aria-label="Ŕé">Send ñöŵ</button>') == ["Send"]
    assert _plain_words('<a aria-label="Close">ẋ</a>') == ["Close"]


def test_the_switch_leads_to_the_other_language_and_back_to_the_page(pseudo: Callable[[], Any]) -> None:
    visitor = pseudo()
    visitor.begin()
    page = visitor.get("p/tea").text
    assert '<a href="/language/en?back=/c/paddle-2026/p/tea" lang="en" hreflang="en">English</a>' in page
    visitor.get("/language/en?back=/c/paddle-2026/p/tea")
    page = visitor.get("p/tea").text
    assert '<html lang="en">' in page
    assert "The kettle works." in page


def test_the_switch_keeps_the_placement_of_a_qr_link(pseudo: Callable[[], Any]) -> None:
    visitor = pseudo()
    page = visitor.get("/c/paddle-2026?placement=W-3").text
    switch = re.search(r'href="(/language/en\?back=[^"]*)"', page)
    assert switch is not None
    answer = visitor.get(switch[1])
    assert answer.headers["location"] == "/c/paddle-2026?placement=W-3"


def test_a_version_of_one_language_shows_no_switch(learner: Any) -> None:
    assert "/language/" not in learner.get().text
