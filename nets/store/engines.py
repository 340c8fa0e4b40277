"""Engines that keep the store's promises: what is acknowledged is on the disk, and one who writes waits for the other.

SQLite by default, PostgreSQL for a service; which it is, an address says.
"""

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from nets.errors import InvalidSetting

_DRIVERS: Final = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
_BUSY_SECONDS: Final = 10
_LONGEST_WAIT: Final = 3_600
_KEPT_STATEMENTS: Final = 512
READ_ONLY: Final = "nets_read_only"
"""Under which a connection remembers whether it can write; SQLite's own setting outlives a transaction."""

_SQLITE_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    # NORMAL lost acknowledged rows in most simulated power losses; FULL in none.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # 64 MiB: rows land at random places of the table, and the default of 2 MiB writes every page many times over.
    "PRAGMA cache_size = -65536",
)

_POSTGRESQL_OPTIONS: Final = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "synchronous_commit": "on",
        "statement_timeout": "60s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "60s",
    }.items()
)


def parsed_address(url: str) -> URL:
    """A database address, or InvalidSetting in the words of whoever wrote it."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise InvalidSetting("the database address cannot be read; one looks like sqlite:///survey.sqlite") from None
    if parsed.drivername not in _DRIVERS:
        raise InvalidSetting(
            f"'{parsed.drivername}' is not supported; the database is sqlite:///... or postgresql://..."
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise InvalidSetting("a database in memory would lose every answer; name a file: sqlite:///survey.sqlite")
    if parsed.get_backend_name() == "sqlite" and not _are_options_known(parsed):
        raise InvalidSetting("after the ? of an sqlite:/// address stands timeout=SECONDS or nothing")
    return parsed


def sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite database; None for PostgreSQL, and where SQLite itself reads an address of a file."""
    is_sqlite = url.get_backend_name() == "sqlite"
    return Path(url.database or "") if is_sqlite and not _is_file_uri(url) else None


def open_engine(url: URL, *, sees_releases: bool) -> Engine:
    """An engine that keeps the store's promises, whichever database it is."""
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url, sees_releases=sees_releases)


def _is_file_uri(url: URL) -> bool:
    """Whether it is SQLite's own way of writing a file with options: ``sqlite:///file:PATH?mode=ro&uri=true``."""
    return url.database is not None and url.database.startswith("file:")


def _are_options_known(url: URL) -> bool:
    try:
        patient = 0 <= float(str(url.query.get("timeout", 0))) <= _LONGEST_WAIT
    except ValueError:
        return False
    return patient and (_is_file_uri(url) or set(url.query) <= {"timeout"})


def _sqlite(url: URL) -> Engine:
    patience = {} if "timeout" in url.query else {"timeout": _BUSY_SECONDS}
    # the statements of ``plain_sql`` differ by how many rows they have, and the driver's own number would not hold them all
    engine = create_engine(url, hide_parameters=True, connect_args={**patience, "cached_statements": _KEPT_STATEMENTS})

    @event.listens_for(engine, "connect")
    def _prepare(driver_connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transactions begin only at the first write, after reads that they then do not cover.
        driver_connection.isolation_level = None
        for pragma in _SQLITE_PRAGMAS:
            driver_connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = bool(connection.get_execution_options().get(READ_ONLY))
        if connection.info.get(READ_ONLY) is not read_only:
            connection.exec_driver_sql(f"PRAGMA query_only = {int(read_only)}")
            connection.info[READ_ONLY] = read_only
        # A writer takes its lock at once: one that first reads and then wants to write fails without waiting.
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL, *, sees_releases: bool) -> Engine:
    whole = "yes" if sees_releases else "no"
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,  # a server that was restarted costs nobody an answer
        connect_args={"connect_timeout": _BUSY_SECONDS, "options": f"{_POSTGRESQL_OPTIONS} -c nets.whole={whole}"},
    )
