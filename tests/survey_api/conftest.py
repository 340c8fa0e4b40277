"""A service on SQLite with a small invented instrument, one open campaign, one closed one with a release."""

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import make_url
from starlette.datastructures import State

from nets.access.roles import Role
from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.invitation import InvitationKey, Invited
from nets.organisation import Level, Organisation
from nets.packing import pack
from nets.questionnaire.publishing import QuestionnaireFolder
from nets.questionnaire.version import NonResponse, QuestionnaireVersion
from nets.releases.releasing import make_release
from nets.store.campaigns import add_campaign
from nets.store.comments import Comment, add_comments
from nets.store.database import Database
from nets.store.invitations import add_invitations
from nets.store.mailings import due_invitations
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version
from nets.store.responses import add_responses
from survey_api.app import create_app, open_service
from survey_api.settings import Settings

TODAY = date(2026, 3, 10)
OPEN = "paddle-2026"
RELEASED = "paddle-2025"
INVITED = "paddle-invited"
INVITATION_KEY = InvitationKey("k" * 32)


PLACES = (
    Organisation("R-1", Level.REGION, "Mercia Example", None),
    Organisation("L-1", Level.LOCAL_OFFICE, "Dale Example Office", "R-1"),
    Organisation("P-1", Level.PROVIDER, "Ffynnon Example Hospitals", "L-1"),
    Organisation("P-2", Level.PROVIDER, "Hilltop Example Care", "L-1"),
    Organisation("S-1", Level.SITE, "Ysbyty Enghraifft", "P-1"),
    Organisation("S-2", Level.SITE, "Hilltop House", "P-2"),
    *(Organisation(f"W-{number}", Level.PLACEMENT, f"Ward {number}", "S-1") for number in range(1, 8)),
    Organisation("W-8", Level.PLACEMENT, "Day room", "S-2"),
)
LEARNERS_AT = {"W-1": 30, "W-2": 24, "W-3": 30, "W-4": 12, "W-5": 18, "W-6": 2}
"""Ward 6 has too few for a score, ward 7 and the day room have none."""
TEA_AT = {"W-1": 1.4, "W-2": 4.2, "W-3": 4.6, "W-4": 3.9, "W-5": 4.1, "W-6": 4.0}

SAID_AT = {
    "W-1": ("The kettle hides.", "Sister Ash drinks it all.", "Tea <b>at last</b>."),
    "W-5": ("One cup for eighteen.",),
    "W-4": ("We are hidden beside ward 6.",),
    "W-6": ("There are two of us.",),
}
"""Comments; those of ward 6, with two learners, nobody is to read, nor those of ward 4, which is hidden for its sake."""


def _campaign(campaign_id: str, year: int, **changes: Any) -> Campaign:
    return Campaign(
        **{
            "id": campaign_id,
            "title": f"Paddle survey {year}",
            "questionnaire_id": "paddle",
            "questionnaire_version": "1.0",
            "opens_on": date(year, 2, 1),
            "closes_on": date(year, 3, 31),
            "access_mode": AccessMode.OPEN_LINK,
            "anonymity_mode": AnonymityMode.ANONYMOUS,
            **changes,
        }
    )


@dataclass(frozen=True, slots=True)
class Paddle:
    """The service under test with what stands behind it."""

    app: FastAPI
    database: Database
    version: QuestionnaireVersion
    release_id: str
    settings: Settings


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """Lets every request run on one event loop, as in the service: a thread and a loop for each is a third of what it costs."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "portal", portal)
        yield


@pytest.fixture
def run_apart() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a coroutine in a thread of its own: in this one the browser of other tests may have left a loop running."""

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, coroutine).result()

    return run


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published questionnaire and a filled database, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("prepared")
    source = folder / "questionnaires" / "paddle" / "1.0.json"
    source.parent.mkdir(parents=True)
    shutil.copyfile(Path(__file__).with_name("paddle-1.0.json"), source)
    published = QuestionnaireFolder(folder / "questionnaires")
    published.publish(source)
    version = published.read("paddle", "1.0")
    database = Database(f"sqlite:///{folder / 'paddle.sqlite3'}")
    _fill(database, version)
    database.dispose()
    return folder


@pytest.fixture(scope="session")
def prepared_postgresql(postgresql_server: str, prepared: Path) -> str:
    """The name of a database on PostgreSQL, filled in the same way; an ordinary user has the rights of docs/access.md there."""
    url = make_url(postgresql_server).set(database="paddle").render_as_string(False)
    with psycopg.connect(postgresql_server, autocommit=True) as admin:
        admin.execute("CREATE DATABASE paddle")
    database = Database(url)
    _fill(database, QuestionnaireFolder(prepared / "questionnaires").read("paddle", "1.0"))
    database.dispose()  # a database that somebody is connected to is not copied
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("CREATE ROLE paddler LOGIN")
        admin.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO paddler")
    return "paddle"


def _fill(database: Database, version: QuestionnaireVersion) -> None:
    database.upgrade()
    generator = np.random.default_rng(7)
    with database.begin() as connection:
        add_version(connection, version)
        add_organisations(connection, PLACES)
        for campaign in (
            _campaign(OPEN, 2026),
            _campaign(RELEASED, 2025),
            _campaign("paddle-2027", 2027),
            _campaign("paddle-secret", 2026, anonymity_mode=AnonymityMode.CONFIDENTIAL),
            _campaign("paddle-import", 2026, access_mode=AccessMode.IMPORTED),
            _campaign(INVITED, 2026, access_mode=AccessMode.INVITATION),
        ):
            add_campaign(connection, campaign)
        add_responses(
            connection,
            RELEASED,
            [
                (
                    placement,
                    "nursing" if learner % 2 else "pharmacy",
                    date(2025, 2, 3),
                    _tea(version, generator, TEA_AT[placement]),
                )
                for placement, learners in LEARNERS_AT.items()
                for learner in range(learners)
            ],
        )
        said = [Comment(place, "COM01", words) for place, every in SAID_AT.items() for words in every]
        add_comments(connection, RELEASED, said)
    make_release(database, RELEASED, date(2025, 4, 1))


def _tea(version: QuestionnaireVersion, generator: np.random.Generator, level: float) -> bytes:
    ratings = np.clip(np.rint(generator.normal(level, 0.7, size=3)), 1, 5).astype(int).tolist()
    answers = dict(zip(("TEA01", "TEA02", "NUR01"), ratings, strict=True))
    return pack(version, {**answers, "SAF01": NonResponse.PREFER_NOT_TO_SAY if level > 4 else 1})


@pytest.fixture
def copied_sqlite(prepared: Path, tmp_path: Path) -> str:
    """The address of a fresh copy of the database."""
    shutil.copyfile(prepared / "paddle.sqlite3", tmp_path / "paddle.sqlite3")
    return f"sqlite:///{tmp_path / 'paddle.sqlite3'}"


@pytest.fixture
def copied_postgresql(postgresql_server: str, prepared_postgresql: str) -> Iterator[str]:
    """The address of a fresh copy on PostgreSQL, for an ordinary user."""
    with psycopg.connect(postgresql_server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE copied TEMPLATE {prepared_postgresql}")
        yield make_url(postgresql_server).set(username="paddler", database="copied").render_as_string(False)
        admin.execute("DROP DATABASE copied WITH (FORCE)")


@pytest.fixture
def database_url(copied_sqlite: str) -> str:
    """Where the service finds its database; a test for which the engine makes a difference says it anew."""
    return copied_sqlite


@pytest.fixture(scope="session")
def application(prepared: Path) -> FastAPI:
    """The application, built once: that, and its first answer, would take a third of a second for each test.

    What stands behind it, and all that it remembers, is put in its place for each test by ``paddle``.
    """
    settings = Settings(
        database_url=f"sqlite:///{prepared / 'paddle.sqlite3'}", questionnaire_folder=prepared / "questionnaires"
    )
    app = create_app(settings, today=lambda: TODAY)
    app.state.service.writer.close()
    app.state.service.database.dispose()
    return app


@pytest.fixture
def paddle(application: FastAPI, prepared: Path, database_url: str) -> Iterator[Paddle]:
    """The service on a fresh copy of the database."""
    settings = Settings(database_url=database_url, questionnaire_folder=prepared / "questionnaires")
    service = open_service(settings, today=lambda: TODAY)
    application.state.service = service
    yield Paddle(application, service.database, service.folder.read("paddle", "1.0"), f"{RELEASED}-r1", settings)
    service.writer.close()
    service.database.dispose()


@pytest.fixture
def app_with(application: FastAPI, paddle: Paddle) -> Iterator[Callable[..., FastAPI]]:
    """Gives the application once more, on another day, by another clock or with other settings: a service of its own is behind it.

    What is read of the settings only where the application is built (https, its name, how much it takes) stays as it was.
    """
    made: list[FastAPI] = []

    def make(settings: Settings = paddle.settings, **clocks: Any) -> FastAPI:
        app = copy(application)
        app.state = State({"service": open_service(settings, **clocks)})
        made.append(app)
        return app

    yield make
    for app in made:
        app.state.service.writer.close()
        app.state.service.database.dispose()


@pytest.fixture
def invite(paddle: Paddle) -> Callable[..., str]:
    """Enters a learner in the ledger of the campaign by invitation; returns the token of her link."""

    def make(address: str = "ash@example.org", placement: str = "W-1", group: str = "nursing") -> str:
        person = Invited(address, placement, group)
        with paddle.database.begin() as connection:
            add_invitations(connection, INVITATION_KEY, INVITED, [person], TODAY)
        with paddle.database.read() as connection:
            opened = [INVITATION_KEY.open(one.sealed, one.token_hash) for one in due_invitations(connection, INVITED)]
        return next(token for token, found in opened if found == address)

    return make


@pytest.fixture
def new_client(paddle: Paddle) -> Callable[[], TestClient]:
    """A browser of one's own: it states the origin of its forms, keeps cookies and does not follow redirects by itself."""

    def make() -> TestClient:
        return TestClient(
            paddle.app, headers={"Origin": "http://testserver"}, follow_redirects=False, raise_server_exceptions=False
        )

    return make


@pytest.fixture
def client(new_client: Callable[[], TestClient]) -> TestClient:
    """One browser, in which nobody has signed in."""
    return new_client()


SCOPES = {Role.REGION: "R-1", Role.LOCAL_OFFICE: "L-1", Role.PROVIDER: "P-1"}


@pytest.fixture
def sign_in(
    paddle: Paddle, new_client: Callable[[], TestClient], new_session: Callable[..., str]
) -> Callable[..., TestClient]:
    """Opens a browser in which somebody of a role has signed in, with the first place of her level for a scope."""

    def enter(role: Role = Role.NATIONAL) -> TestClient:
        browser = new_client()
        browser.cookies.set("session", new_session(paddle.database, role, SCOPES.get(role)))
        return browser

    return enter


@pytest.fixture
def reader(sign_in: Callable[..., TestClient]) -> TestClient:
    """A browser of somebody of the national role."""
    return sign_in()
