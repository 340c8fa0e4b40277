"""A connection that goes, an answer that is lost on its way back, a server that is killed: nothing lost, nothing twice."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, Route, expect

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.questionnaire.publishing import DEFAULT_FOLDER, QuestionnaireFolder
from nets.simulation.places import invented_places
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version
from nets.store.responses import count_responses

Visitors = Callable[..., Any]
START = "/c/nets-2026"
PATIENCE_SECONDS = 90
WAITING = "Saved on this phone, not sent yet."
ENTRIES = """async () => {
  const databases = await indexedDB.databases()
  if (!databases.some((database) => database.name === "outbox")) return 0
  const opening = indexedDB.open("outbox")
  const database = await new Promise((resolve) => { opening.onsuccess = () => resolve(opening.result) })
  const counting = database.transaction("entries").objectStore("entries").count()
  return await new Promise((resolve) => { counting.onsuccess = () => { database.close(); resolve(counting.result) } })
}"""


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()


def _begin(visitor: Any, device: str = "Yes, start") -> Page:
    visitor.open(f"{START}?placement=P0003")
    page: Page = visitor.page
    _press(page, device)
    _press(page, "Yes, continue")
    page.get_by_label("Pharmacy", exact=True).check()
    _press(page, "Continue")
    page.wait_for_url("**/p/programme-pharmacy")
    visitor.open(f"{START}/p/induction-1")
    return page


def _count(site: Any) -> int:
    with site.database.read() as connection:
        return count_responses(connection, site.campaign_id)


def test_a_page_waits_on_the_phone_until_there_is_a_connection(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    page = _begin(visitor)
    page.get_by_role("radio", name="Agree", exact=True).first.check()
    page.context.set_offline(True)
    _press(page, "Continue")
    expect(page.get_by_text(WAITING)).to_be_visible()
    expect(page.get_by_text(WAITING)).to_be_in_viewport()
    visitor.look("outbox-waiting")
    assert page.evaluate(ENTRIES) == 1
    page.context.set_offline(False)
    page.wait_for_url("**/p/induction-2")
    assert page.evaluate(ENTRIES) == 0
    visitor.open(f"{START}/p/induction-1")
    assert page.locator("input:checked").count() == 1


def test_a_page_that_was_closed_without_a_connection_is_sent_by_the_next_visit(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    page = _begin(visitor)
    page.get_by_role("radio", name="Agree", exact=True).first.check()
    page.context.set_offline(True)
    _press(page, "Continue")
    expect(page.get_by_text(WAITING)).to_be_visible()
    context = page.context
    page.close()
    context.set_offline(False)
    visitor.page = context.new_page()
    visitor.open(START)
    visitor.page.wait_for_url("**/p/induction-2")
    visitor.open(f"{START}/p/induction-1")
    assert visitor.page.locator("input:checked").count() == 1


def test_a_slow_connection_is_told_where_the_learner_looks(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    visitor.page.clock.install()
    page = _begin(visitor)
    held: list[Route] = []
    page.route("**/p/induction-1", lambda route: held.append(route))
    _press(page, "Continue")
    page.clock.run_for(3_000)
    expect(page.get_by_text("This page is still being saved.")).to_be_in_viewport()
    held[0].continue_()
    page.wait_for_url("**/p/induction-2")


def test_an_answer_lost_on_its_way_back_is_one_response_and_one_receipt(new_visitor: Visitors, site: Any) -> None:
    before = _count(site)
    visitor = new_visitor()
    page = _begin(visitor)
    visitor.open(f"{START}/check")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/send", lose)
    _press(page, "Send my response")
    expect(page.get_by_text(WAITING)).to_be_visible()
    assert _count(site) == before + 1
    assert "Your response has been sent" not in page.content()
    page.unroute("**/send")
    _press(page, "Try now")
    expect(page.locator(".app-receipt")).to_be_visible()
    assert _count(site) == before + 1
    assert page.evaluate(ENTRIES) == 0


def test_a_shared_device_keeps_nothing_and_says_so(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    page = _begin(visitor, "No, it is shared: start")
    page.context.set_offline(True)
    _press(page, "Continue")
    expect(page.get_by_text("nothing is kept on a shared device")).to_be_visible()
    visitor.look("outbox-shared")
    assert page.evaluate(ENTRIES) == 0
    assert page.get_by_text(WAITING).count() == 0
    page.context.set_offline(False)
    page.wait_for_url("**/p/induction-2")


def test_a_shared_device_warns_and_then_closes(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    visitor.page.clock.install()
    page = _begin(visitor, "No, it is shared: start")
    page.clock.run_for(13 * 60_000 + 10_000)
    expect(page.get_by_text("Are you still there?")).to_be_visible()
    visitor.look("shared-idle", axe=False)
    _press(page, "I am still here")
    expect(page.get_by_text("Are you still there?")).to_be_hidden()
    page.clock.run_for(15 * 60_000 + 10_000)
    page.wait_for_url("**/resume?paused=1")
    visitor.look("shared-closed", axe=False)
    assert page.context.cookies() == []
    page.go_back()
    assert page.locator("input[type=radio]").count() == 0


def test_leaving_a_shared_device_leaves_nothing_behind(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    page = _begin(visitor, "No, it is shared: start")
    with page.expect_navigation():
        page.get_by_role("link", name="Stop and clear this device").click()
    visitor.look("leave-shared")
    code = page.locator(".app-receipt").inner_text()
    with page.expect_navigation():
        _press(page, "Clear this device and leave")
    visitor.look("left")
    assert page.context.cookies() == []
    page.go_back()
    page.go_back()
    assert page.locator("input[type=radio]").count() == 0
    visitor.open(f"{START}/resume")
    visitor.look("resume")
    page.get_by_label("Your code").fill("k7qm 4txd 9pwr")
    with page.expect_navigation():
        _press(page, "Go on, on my own device")
    visitor.look("resume-unknown")
    page.get_by_label("Your code").fill(code.lower())
    with page.expect_navigation():
        _press(page, "Go on, on my own device")
    assert "/p/" in visitor.path


@dataclass(slots=True)
class Server:
    """The service in a process of its own, which can be killed."""

    database: Database
    database_url: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        serve = [sys.executable, "-m", "uvicorn", "--factory", "survey_api.app:create_app", "--log-level", "error"]
        environment = {**os.environ, "NETS_DATABASE_URL": self.database_url}
        self.process = subprocess.Popen([*serve, "--port", str(self.port)], env=environment)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/health"):
                    return
            except OSError:
                time.sleep(0.1)
        self.kill()
        raise RuntimeError("the service did not start")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    address = f"sqlite:///{tmp_path / 'nets.sqlite3'}"
    database = Database(address)
    database.upgrade()
    campaign = Campaign(
        id="nets-2026",
        title="National Education and Training Survey",
        questionnaire_id="nets",
        questionnaire_version="2026.1",
        opens_on=date.today() - timedelta(days=1),
        closes_on=date.today() + timedelta(days=30),
        access_mode=AccessMode.OPEN_LINK,
        anonymity_mode=AnonymityMode.ANONYMOUS,
    )
    with database.begin() as connection:
        add_version(connection, QuestionnaireFolder(DEFAULT_FOLDER).read("nets", "2026.1"))
        add_organisations(connection, invented_places())
        add_campaign(connection, campaign)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(database, address, port)
    server.start()
    yield server
    server.kill()
    database.dispose()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_server_that_is_killed_at_the_sending_costs_nothing(
    new_visitor: Visitors, site: Any, server: Server, javascript: bool
) -> None:
    visitor = new_visitor(javascript=javascript)
    visitor.site = replace(site, address=f"http://127.0.0.1:{server.port}", database=server.database)
    page = _begin(visitor)
    page.get_by_role("radio", name="Agree", exact=True).first.check()
    _press(page, "Continue")
    page.wait_for_url("**/p/induction-2")
    visitor.open(f"{START}/check")
    server.kill()
    if javascript:
        _press(page, "Send my response")
        expect(page.get_by_text(WAITING)).to_be_visible()
        server.start()
        _press(page, "Try now")
    else:
        page.get_by_role("button", name="Send my response").click(no_wait_after=True)
        page.wait_for_timeout(200)
        server.start()
        visitor.open(START)
        _press(page, "Carry on")
        visitor.open(f"{START}/check")
        assert page.locator("main").inner_text().split().count("Agree") == 1
        _press(page, "Send my response")
    expect(page.locator(".app-receipt")).to_be_visible()
    assert _count(visitor.site) == 1
