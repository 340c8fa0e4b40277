"""A database that holds answers since the first migration is brought to the newest one and keeps every row."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from nets.errors import NetsError
from nets.store.database import Database

MIGRATIONS = Path(__file__).parents[2] / "migrations"
DAY = date(2026, 2, 2)
ROWS: dict[str, list[Any]] = {
    "questionnaire_versions": ["small", "1.0", "0" * 64, b"{}"],
    "organisations": ["R-1", "region", "Mercia Example", None, "mercia example r-1"],
    "campaigns": ["small-2026", "Small", "small", "1.0", DAY, DAY, None, "open_link", "anonymous", 5, 10],
    "responses": ["small-2026", uuid4(), "small", "1.0", "R-1", "nursing", DAY, b"\x05"],
    "comments": ["small-2026", uuid4(), "R-1", "SAY01", "The kettle is slow."],
    "submission_keys": [b"k" * 32, b"m" * 32, DAY],
    "drafts": [b"d" * 32, b"sealed", DAY],
    "release_placements": ["small-2026-r1", "R-1", "{}"],
    "releases": ["small-2026-r1", "small-2026", 1, "small", "1.0", "2026.1", DAY, 1, "0" * 64, "{}"],
}
"""One row of each table as the first migration made it; a release's placements come before their release."""


def at_first_migration(url: str) -> Database:
    database = Database(url)
    with database.begin() as connection:
        command.upgrade(_alembic(connection), "0001")
        for table, values in ROWS.items():
            named = {f"v{number}": _bound(connection, value) for number, value in enumerate(values)}
            connection.execute(text(f"INSERT INTO {table} VALUES ({', '.join(f':{name}' for name in named)})"), named)
    return database


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _bound(connection: Connection, value: Any) -> Any:
    if connection.dialect.name == "postgresql":
        return value
    if isinstance(value, date):
        return value.isoformat()
    return value.bytes if hasattr(value, "bytes") else value


def stored(database: Database) -> dict[str, list[Any]]:
    """What the first migration's columns hold; a release's placements are now among its places."""
    of_releases = "release_places" if database.is_current() else "release_placements"
    with database.read() as connection:
        return {
            table: [
                tuple(row)[: len(values)]
                for row in connection.execute(
                    text(f"SELECT * FROM {of_releases if table == 'release_placements' else table}")
                )
            ]
            for table, values in ROWS.items()
        }


def test_an_upgrade_keeps_every_row(empty_url: str) -> None:
    database = at_first_migration(empty_url)
    before = stored(database)
    assert all(len(rows) == 1 for rows in before.values())
    database.upgrade()
    assert database.is_current()
    assert stored(database) == before
    database.dispose()


def test_an_upgraded_campaign_keeps_what_it_fixes(empty_url: str, engine_name: str) -> None:
    database = at_first_migration(empty_url)
    database.upgrade()
    statements = ["UPDATE campaigns SET place_floor = 3", "DELETE FROM campaigns"]
    if engine_name == "sqlite":
        statements.append(
            "INSERT OR REPLACE INTO campaigns VALUES "
            "('small-2026', 'Small', 'small', '1.0', '2026-02-02', '2026-02-02', NULL, 'open_link', 'anonymous', 3, 3)"
        )
    for statement in statements:
        with pytest.raises(NetsError), database.begin() as connection:
            connection.execute(text(statement))
    database.dispose()


def test_a_downgrade_is_refused_and_changes_nothing(empty_url: str) -> None:
    database = at_first_migration(empty_url)
    database.upgrade()
    before = stored(database)
    with pytest.raises(RuntimeError, match="only go forward"), database.begin() as connection:
        command.downgrade(_alembic(connection), "0001")
    assert database.is_current()
    assert stored(database) == before
    database.dispose()
