"""A real service with the shipped instrument, and real Chromium in front of it.

``pytest tests/journeys --screenshots FOLDER`` keeps a picture of every page that is looked at (``make screenshots``).
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import text

from nets.access.roles import Role
from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.invitation import InvitationKey, Invited
from nets.organisation import Level
from nets.packing import pack
from nets.questionnaire.publishing import DEFAULT_FOLDER, QuestionnaireFolder
from nets.releases.releasing import make_release
from nets.retesting import draw
from nets.simulation.learners import Story, simulate_learners
from nets.simulation.places import invented_places
from nets.store.campaigns import add_campaign
from nets.store.comments import Comment, add_comments
from nets.store.database import Database
from nets.store.invitations import add_invitations
from nets.store.mailings import due_invitations
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version
from nets.store.responses import add_responses
from nets.store.retests import get_open_retest, open_retest
from survey_api.app import create_app
from survey_api.frontend.build import NODE_MODULES
from survey_api.languages import FOLDER as LANGUAGE_FOLDER
from survey_api.settings import Settings

TODAY = date(2026, 11, 24)
INVITED = "nets-invited"
CONFIDENTIAL = "nets-confidential"
RETESTED = "nets-again"
OPERATORS = InvitationKey("k" * 32)
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let pictures be kept."""
    parser.addoption("--screenshots", metavar="FOLDER", help="keep a picture of every page that is looked at")


@dataclass(frozen=True, slots=True)
class Site:
    """The running service and the database behind it."""

    address: str
    database: Database
    campaign_id: str
    release_id: str
    new_session: Callable[..., str]
    app: FastAPI
    today: date


def _campaign(year: int, campaign_id: str = "", questionnaire_id: str = "nets") -> Campaign:
    return Campaign(
        id=campaign_id or f"nets-{year}",
        title=f"National Education and Training Survey {year}",
        questionnaire_id=questionnaire_id,
        questionnaire_version="2026.1",
        opens_on=date(year, 10, 1),
        closes_on=date(year, 12, 31),
        access_mode=AccessMode.OPEN_LINK,
        anonymity_mode=AnonymityMode.ANONYMOUS,
    )


@pytest.fixture(scope="session")
def pseudo(
    tmp_path_factory: pytest.TempPathFactory, in_pseudo_language: Callable[[Any], Any]
) -> tuple[QuestionnaireFolder, Path]:
    """The shipped questionnaires with NETS in the pseudo-language beside them, and the texts of the pages in it."""
    folder = tmp_path_factory.mktemp("pseudo")
    shutil.copytree(DEFAULT_FOLDER, folder / "questionnaires")
    shutil.copytree(LANGUAGE_FOLDER, folder / "languages")
    texts = in_pseudo_language(json.loads((LANGUAGE_FOLDER / "en.json").read_text("utf-8")))
    (folder / "languages" / "en-xa.json").write_text(json.dumps(texts), "utf-8")
    document = in_pseudo_language(json.loads((DEFAULT_FOLDER / "nets" / "2026.1.json").read_text("utf-8")))
    source = folder / "questionnaires" / "nets-pseudo" / "2026.1.json"
    source.parent.mkdir()
    source.write_text(json.dumps({**document, "id": "nets-pseudo"}), "utf-8")
    questionnaires = QuestionnaireFolder(folder / "questionnaires")
    questionnaires.publish(source)
    return questionnaires, folder / "languages"


@pytest.fixture(scope="session")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    pseudo: tuple[QuestionnaireFolder, Path],
    new_session: Callable[..., str],
    served: Callable[..., AbstractContextManager[str]],
) -> Iterator[Site]:
    """The shipped NETS over the invented places, last year's campaign released and this year's open, in two languages too."""
    questionnaires, languages = pseudo
    address = f"sqlite:///{tmp_path_factory.mktemp('site') / 'nets.sqlite3'}"
    filling = Database(address)
    filling.upgrade()
    version = QuestionnaireFolder(DEFAULT_FOLDER).read("nets", "2026.1")
    places = invented_places()
    placements = [place for place in places if place.level is Level.PLACEMENT][:24]
    learners = simulate_learners(
        version,
        placements,
        500,
        days=(date(2025, 10, 1), date(2025, 12, 1)),
        seed=7,
        stories={
            placements[0].id: Story(38, {"supervision": -1.5, "unsupervised_practice": -1.5}),
            placements[1].id: Story(3),
        },
    )
    with filling.begin() as connection:
        add_version(connection, version)
        add_organisations(connection, places)
        add_campaign(connection, _campaign(2025))
        add_campaign(connection, _campaign(2026))
        add_version(connection, questionnaires.read("nets-pseudo", "2026.1"))
        add_campaign(connection, _campaign(2026, "nets-pseudo", "nets-pseudo"))
        add_campaign(connection, replace(_campaign(2026, INVITED), access_mode=AccessMode.INVITATION))
        confidential = replace(_campaign(2026, CONFIDENTIAL), anonymity_mode=AnonymityMode.CONFIDENTIAL)
        add_campaign(connection, confidential)
        retested = replace(_campaign(2026, RETESTED), anonymity_mode=AnonymityMode.CONFIDENTIAL)
        add_campaign(connection, replace(retested, access_mode=AccessMode.INVITATION))
        open_retest(connection, OPERATORS, RETESTED, 100, TODAY)
        rows = ((one.placement_id, one.learner_group, one.answered_on, pack(version, one.answers)) for one in learners)
        add_responses(connection, "nets-2025", rows)
        said = [Comment(place, "COM02", f"Time to read. {'Word' * 40}") for place in ("P0001", "P0003", "P0004")]
        add_comments(connection, "nets-2025", said)
    release = make_release(filling, "nets-2025", date(2026, 1, 15))
    filling.dispose()

    settings = Settings(database_url=address, questionnaire_folder=questionnaires.path, language_folder=languages)
    app = create_app(settings, today=lambda: TODAY)
    with served(app, lifespan="on") as origin:
        yield Site(origin, app.state.service.database, "nets-2026", release.header.id, new_session, app, TODAY)


@pytest.fixture
def invite(site: Site) -> Callable[..., str]:
    """Enters a learner in the ledger of a campaign by invitation; returns the token of her link."""
    key = OPERATORS

    def make(campaign_id: str = INVITED) -> str:
        address = f"{uuid4()}@example.org"
        with site.database.begin() as connection:
            add_invitations(connection, key, campaign_id, [Invited(address, "P0016", "nursing")], TODAY)
        with site.database.read() as connection:
            opened = [key.open(one.sealed, one.token_hash) for one in due_invitations(connection, campaign_id)]
        return next(token for token, found in opened if found == address)

    return make


@pytest.fixture
def draw_again(site: Site) -> Callable[[], str]:
    """Lets a fortnight pass for who agreed to be asked once more, and draws her; returns the token of her second link."""

    def make() -> str:
        with site.database.begin() as connection:
            earlier = {"day": (TODAY - timedelta(days=14)).isoformat(), "campaign": RETESTED}
            connection.execute(text("UPDATE responses SET answered_on = :day WHERE campaign_id = :campaign"), earlier)
            draw(connection, OPERATORS, get_open_retest(connection, RETESTED), TODAY)
            (due,) = due_invitations(connection, RETESTED, again=True)
        return OPERATORS.open(due.sealed, due.token_hash)[0]

    return make


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as it is on this machine, with a fresh profile and no networking of its own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        message = "there is no Chromium here; `make browser` installs one, or CHROMIUM names one"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass(slots=True)
class Visitor:
    """Somebody with a browser window; ``look`` holds the page on show to what every page must keep."""

    page: Page
    site: Site
    width: int
    has_javascript: bool
    screenshots: Path | None
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to an address of the service."""
        self.page.goto(self.site.address + path)

    def sign_in(self, role: Role = Role.NATIONAL, scope_id: str | None = None) -> None:
        """Have the session of somebody of a role, as if she had signed in in this window."""
        token = self.site.new_session(self.site.database, role, scope_id)
        self.page.context.add_cookies([{"name": "session", "value": token, "url": self.site.address}])

    @property
    def path(self) -> str:
        """Where the window is, without the service's own address."""
        return self.page.url.removeprefix(self.site.address)

    def look(self, name: str, *, axe: bool = True, own_colours: bool = True) -> None:
        """Nothing scrolls sideways, nothing was refused or fetched outside, axe finds nothing; keep a picture if asked.

        Where colours are forced they are the learner's, and axe takes them to be on white.
        """
        wide = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide[0] <= wide[1], f"{name} scrolls sideways: {wide[0]} of {wide[1]} px"
        assert self.complaints == [], f"{name}: {self.complaints}"
        if axe and self.has_javascript:
            assert _violations(self.page, own_colours=own_colours) == [], name
        if self.screenshots and self.has_javascript:
            self.page.screenshot(path=self.screenshots / f"{self.width}" / f"{name}.png", full_page=True)


_AXE = (NODE_MODULES / "axe-core" / "axe.min.js").read_text("utf-8") if NODE_MODULES.is_dir() else ""


def _violations(page: Page, *, own_colours: bool) -> list[str]:
    # Evaluated by the debugger, which the page's policy against inline scripts does not bind.
    page.evaluate(_AXE)
    # Swagger UI's own markup is its makers' business.
    found: Any = page.evaluate(
        "(contrast) => axe.run({exclude: [['#swagger-ui']]}, {rules: {'color-contrast': {enabled: contrast}}})",
        own_colours,
    )
    return [
        f"{violation['id']}: {violation['help']}: {[node['html'][:160] for node in violation['nodes']]}"
        for violation in found["violations"]
    ]


@pytest.fixture
def new_visitor(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Opens windows with cookies of their own; closes them after the test."""
    contexts: list[BrowserContext] = []
    # The option is known only where pytest was started on this folder.
    folder = request.config.getoption("--screenshots", default=None)

    def make(width: int = 375, *, height: int = 740, javascript: bool = True) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=javascript)
        context.set_default_timeout(10_000)
        contexts.append(context)
        visitor = Visitor(context.new_page(), site, width, javascript, Path(folder) if folder else None)
        _listen(visitor)
        return visitor

    yield make
    for context in contexts:
        context.close()


def _is_meant(said: str) -> bool:
    """Whether a failed load on the console is one that a test brought about: a page that is not there, a connection cut."""
    return "404" in said or "413" in said or "net::ERR_" in said


def _listen(visitor: Visitor) -> None:
    complaints, page = visitor.complaints, visitor.page
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" and not _is_meant(said.text) else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            complaints.append(f"outside: {request.url}")
            if not request.url.startswith((visitor.site.address, "data:"))
            else None
        ),
    )
