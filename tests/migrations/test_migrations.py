"""The migrations are run for real: they make exactly the tables that the store uses."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from nets.errors import NetsError
from nets.store.database import Database
from nets.store.tables import metadata

REPOSITORY = Path(__file__).parents[2]


def shape(url: str) -> dict[str, object]:
    """Everything the engine knows of the tables: columns, keys, checks, indexes and, on SQLite, the statement itself."""
    engine = create_engine(url)
    found: dict[str, object] = {}
    inspector = inspect(engine)
    for table in inspector.get_table_names():
        if table != "alembic_version":
            found[table] = {
                "columns": [
                    (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(table)
                ],
                "primary key": inspector.get_pk_constraint(table),
                "foreign keys": sorted(map(str, inspector.get_foreign_keys(table))),
                "unique": sorted(map(str, inspector.get_unique_constraints(table))),
                "checks": sorted(map(str, inspector.get_check_constraints(table))),
                "indexes": sorted(map(str, inspector.get_indexes(table))),
                "options": inspector.get_table_options(table),
            }
    engine.dispose()
    return found


def test_migrations_make_exactly_the_tables_of_the_store(database: Database, empty_url: str) -> None:
    by_hand = create_engine(empty_url)
    metadata.create_all(by_hand)
    by_hand.dispose()
    with database.read() as connection:
        migrated_url = connection.engine.url.render_as_string(hide_password=False)
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []
    migrated = shape(migrated_url)
    assert set(migrated) == set(metadata.tables)
    assert migrated == shape(empty_url)


def test_a_database_is_current_after_the_upgrade_and_not_before(empty_url: str) -> None:
    database = Database(empty_url)
    assert not database.is_current()
    database.upgrade()
    assert database.is_current()
    database.dispose()


def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    database.upgrade()
    assert database.is_current()


def test_a_database_of_a_newer_program_is_not_current(empty_url: str) -> None:
    database = Database(empty_url)
    database.upgrade()
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not database.is_current()
    database.dispose()


def test_a_failing_migration_leaves_nothing_behind(empty_url: str) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE releases (in_the_way INTEGER)"))
    database = Database(empty_url)
    with pytest.raises(NetsError, match="releases"):
        database.upgrade()
    assert inspect(engine).get_table_names() == ["releases"]
    database.dispose()
    engine.dispose()


def test_migrations_are_numbered_without_a_gap() -> None:
    names = sorted(path.name for path in (REPOSITORY / "migrations" / "versions").glob("*.py"))
    assert [name[:5] for name in names] == [f"{number:04}_" for number in range(1, len(names) + 1)]


def test_the_check_command_needs_no_server() -> None:
    done = subprocess.run([sys.executable, "-m", "alembic", "check"], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "No new upgrade operations detected" in done.stdout
