"""One service for all tests that only read: a program of each role, with a key of its own. And the demo, as a program sees it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from nets.access.api_key import ApiKey
from nets.access.roles import Role
from nets.questionnaire.publishing import DEFAULT_FOLDER, QuestionnaireFolder
from nets.simulation.demo import fill_demo
from nets.store.api_keys import add_key
from nets.store.database import Database
from survey_api.app import create_app
from survey_api.settings import Settings

TODAY = date(2026, 3, 10)
SCOPES = {Role.NATIONAL: None, Role.REGION: "R-1", Role.LOCAL_OFFICE: "L-1", Role.PROVIDER: "P-1"}


@pytest.fixture(scope="session")
def program(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Role], TestClient]]:
    """Gives a client that sends the key of a role; nothing may be changed through it."""
    path = tmp_path_factory.mktemp("programs") / "paddle.sqlite3"
    shutil.copyfile(prepared / "paddle.sqlite3", path)
    database, keys = Database(f"sqlite:///{path}"), {}
    with database.begin() as connection:
        for number, (role, scope_id) in enumerate(SCOPES.items()):
            key = ApiKey(f"k7qmt4x{'abcd'[number]}", "tests", role, scope_id, 1_000_000, TODAY, TODAY)
            keys[role] = add_key(connection, key, by="test")
    database.dispose()
    settings = Settings(database_url=f"sqlite:///{path}", questionnaire_folder=prepared / "questionnaires")
    app = create_app(settings, today=lambda: TODAY)
    yield lambda role: TestClient(app, headers={"Authorization": f"Bearer {keys[role]}"}, raise_server_exceptions=False)
    app.state.service.writer.close()
    app.state.service.database.dispose()


@pytest.fixture(scope="session")
def national(program: Callable[[Role], TestClient]) -> TestClient:
    """A program that reads the whole survey."""
    return program(Role.NATIONAL)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service on the demo's survey, with fewer learners, asked with a key that reads all of it."""
    address, today = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'nets.sqlite3'}", date(2026, 11, 24)
    database = Database(address)
    database.upgrade()
    fill_demo(database, QuestionnaireFolder(DEFAULT_FOLDER).read("nets", "2026.1"), today, lambda _: None, 300)
    with database.begin() as connection:
        key = ApiKey("k7qmt4xd", "examples", Role.NATIONAL, None, 1_000_000, today, today)
        sent = add_key(connection, key, by="test")
    database.dispose()
    app = create_app(Settings(database_url=address), today=lambda: today)
    yield TestClient(app, headers={"Authorization": f"Bearer {sent}"})
    app.state.service.writer.close()
    app.state.service.database.dispose()
