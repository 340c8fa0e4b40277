"""One service for all tests that only read: a program of each role, with a key of its own. And the demo, as a program sees it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.api_key import ApiKey
from nets.access.roles import Role
from nets.questionnaire.publishing import DEFAULT_FOLDER, QuestionnaireFolder
from nets.risk.entering import enter_evidence
from nets.risk.external_evidence import Bearing, Source
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


@pytest.fixture
def keyed(paddle: Any, new_client: Callable[[], TestClient]) -> Callable[[Role], TestClient]:
    """Gives a program with a key of a role, on a database of the test's own."""

    def make(role: Role = Role.LOCAL_OFFICE) -> TestClient:
        number = list(SCOPES).index(role)
        with paddle.database.begin() as connection:
            key = ApiKey(f"k7qmt4x{'abcd'[number]}", "tests", role, SCOPES[role], 10_000, TODAY, TODAY)
            sent = add_key(connection, key, by="test")
        client = new_client()
        client.headers["Authorization"] = f"Bearer {sent}"
        return client

    return make


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service on the demo's survey, with fewer learners, asked with a key that reads all of it."""
    address, today = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'nets.sqlite3'}", date(2026, 11, 24)
    database = Database(address)
    database.upgrade()
    fill_demo(database, QuestionnaireFolder(DEFAULT_FOLDER).read("nets", "2026.1"), today, lambda _: None, 300)
    enter_evidence(
        database, "P0001", "On two nights nobody senior was on the ward.", programme="", dated_on=date(2026, 11, 3),
        source=Source.VISIT, bearing=Bearing.ADVERSE, about="supervision", by="A. Example", on=today, who="A. Example",
        once="3f9a2c1b",
    )  # fmt: skip
    with database.begin() as connection:
        key = ApiKey("k7qmt4xd", "examples", Role.NATIONAL, None, 1_000_000, today, today)
        sent = add_key(connection, key, by="test")
    database.dispose()
    app = create_app(Settings(database_url=address), today=lambda: today)
    yield TestClient(app, headers={"Authorization": f"Bearer {sent}"})
    app.state.service.writer.close()
    app.state.service.database.dispose()
