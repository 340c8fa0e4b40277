"""The door to the database: SQLite by default, PostgreSQL for a service, the same promises on both.

``begin`` writes, ``read`` reads one consistent state. Neither lets a driver's error out: PostgreSQL quotes the failing row in
its message, and a learner's answers must never reach a log.
"""

import shutil
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager
from copy import copy
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import uuid4
from weakref import WeakKeyDictionary

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text

from nets.access.roles import Scope
from nets.errors import InvalidSetting
from nets.store.driver_errors import errors_in_our_words
from nets.store.engines import READ_ONLY, open_engine, parsed_address, sqlite_file
from nets.store.tables import drafts

__all__ = [
    "Connection",
    "Database",
    "count_of_writes",
    "note_write",
    "once",
    "only_reads",
    "reaching_every_scope",
    "require_scope",
]

MIGRATIONS: Final = Path(__file__).parents[2] / "migrations"
_WRITES: Final = "nets_writes"
_SEES_RELEASES: Final = "nets_sees_releases"
_Found = TypeVar("_Found")
_found: Final[WeakKeyDictionary[Connection, dict[Hashable, Any]]] = WeakKeyDictionary()
_SET_SCOPE: Final = text(
    "SELECT set_config('nets.whole', :whole, true), set_config('nets.scope', :scope, true), "
    "set_config('nets.region', :region, true)"
)
_UPGRADE_LOCK: Final = 0x6E657473  # any number, so long as every process takes the same one


class Database:
    """One database, opened lazily; safe to share between threads.

    Parameters
    ----------
    url
        ``sqlite:///survey.sqlite`` or ``postgresql://user@host/name``. On SQLite ``?timeout=2`` says how many seconds a writer
        waits for another, instead of 10.
    sees_releases
        Whether released scores can be read by it wherever they are of; where not, ``within`` says which can. PostgreSQL sees to
        it (row-level security); on SQLite what is asked for is all that says what is read.

    Raises
    ------
    InvalidSetting
        For an address that is neither.
    """

    def __init__(self, url: str, *, sees_releases: bool = True) -> None:
        parsed = parsed_address(url)
        self._file = sqlite_file(parsed)
        self._engine = open_engine(parsed, sees_releases=sees_releases)
        self._sees_releases = sees_releases
        self._scope: Scope | None = None
        event.listen(self._engine, "before_cursor_execute", _count_writes)
        # A page is made of several SELECTs; they must see one state, and a page that only shows must not be able to write.
        self._reader = self._engine.execution_options(
            **{READ_ONLY: True},
            **({"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if self.is_postgresql else {}),
        )

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that writes: committed at the end of the block, undone as a whole if the block raises."""
        with errors_in_our_words(), self._engine.begin() as connection:
            self._set_scope(connection)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and cannot write."""
        with errors_in_our_words(), self._reader.begin() as connection:
            self._set_scope(connection)
            yield connection

    def within(self, scope: Scope) -> "Database":
        """The same database, by which the released scores of this scope can be read, and of its region for comparison."""
        other = copy(self)
        other._scope = scope
        return other

    def heeds_scopes(self) -> bool:
        """Whether the database itself keeps to scopes; a superuser of PostgreSQL passes by them, and SQLite knows none."""
        if not self.is_postgresql:
            return False
        with self.read() as connection:
            passes = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            return not connection.execute(passes).scalar_one()

    def _set_scope(self, connection: Connection) -> None:
        connection.info[_SEES_RELEASES] = self._sees_releases or self._scope is not None
        if self._scope is not None and self.is_postgresql:
            connection.execute(_SET_SCOPE, _scope_settings(self._scope))

    def run_alone(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements that cannot stand within a transaction; return the rows of the last one, if it gives any."""
        with errors_in_our_words(), closing(self._engine.raw_connection()) as pooled:
            connection: Any = pooled.driver_connection
            if self.is_postgresql:
                connection.autocommit = True
            else:
                connection.execute("PRAGMA query_only = 0")  # a reader may have had it last
                pooled.info[READ_ONLY] = False
            try:
                for statement in statements:
                    cursor = connection.execute(statement)
                return cursor.fetchall() if cursor.description else []
            finally:
                if self.is_postgresql:
                    connection.autocommit = False

    def upgrade(self) -> None:
        """Bring the tables to the newest migration: all of the missing ones or, if one fails, none.

        Raises
        ------
        InvalidSetting
            If they are those of a newer program, or the folder of a file that is to be made is not there.
        """
        if self._file is not None and not self._file.parent.is_dir():
            raise InvalidSetting(f"there is no folder {self._file.parent} to make the database in")
        with self.begin() as connection:
            self._refuse_newer(_heads(connection))
            if self.is_postgresql:  # two processes that start together; on SQLite BEGIN IMMEDIATE sees to it
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            config = _alembic(MIGRATIONS)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def is_current(self) -> bool:
        """Whether every migration this program knows has been applied, and no other."""
        with self.read() as connection:
            return _heads(connection) == self._newest

    def require_current(self) -> None:
        """Refuse to work on tables that are not those of this program; a file that is not there is not made.

        Raises
        ------
        InvalidSetting
            Saying whether there is no database, or its tables are missing, older or newer, and the way out.
        """
        if self._file is not None and not self._file.exists():
            raise InvalidSetting(
                f"there is no database {self._file}: make it with 'nets upgrade', or name another with NETS_DATABASE_URL"
            )
        with self.read() as connection:
            heads = _heads(connection)
        self._refuse_newer(heads)
        if not heads:
            raise InvalidSetting("the database has no tables of this program yet: make them with 'nets upgrade'")
        if heads != self._newest:
            raise InvalidSetting(
                "the database's tables are those of an older program: bring them up to date with 'nets upgrade'"
            )

    def _refuse_newer(self, heads: set[str]) -> None:
        unknown = heads - {script.revision for script in _scripts(MIGRATIONS).walk_revisions()}
        if unknown:
            raise InvalidSetting(
                f"the database's tables are those of a newer program (migration {', '.join(sorted(unknown))}): "
                "use that version of the program"
            )

    def check_writable(self) -> None:
        """Write a row and take it back.

        Raises
        ------
        NetsError
            Saying why the database cannot be written.
        """
        with self.begin() as connection:
            row = {"id": uuid4().bytes * 2, "sealed": b"", "expires_on": date.min}
            savepoint = connection.begin_nested()
            connection.execute(drafts.insert(), row)
            savepoint.rollback()

    def free_bytes(self) -> int | None:
        """How much room is left beside the file; None where the database is a server, which looks after its own disk."""
        return None if self._file is None else shutil.disk_usage(self._file.parent.absolute()).free

    def dispose(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @property
    def is_postgresql(self) -> bool:
        """Whether it is PostgreSQL and not SQLite."""
        return self._engine.dialect.name == "postgresql"

    @cached_property
    def _newest(self) -> set[str]:
        return set(_scripts(MIGRATIONS).get_heads())


def _alembic(folder: Path) -> Config:
    if not (folder / "env.py").is_file():
        raise InvalidSetting(
            f"the migrations are missing: there is no {folder / 'env.py'}; "
            "commands and service run from a checkout, or installed from one with pip install --editable '.[web]'"
        )
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


@cache
def _scripts(folder: Path) -> ScriptDirectory:
    """The migrations, read once: a program that runs has those that it was started with."""
    return ScriptDirectory.from_config(_alembic(folder))


def require_scope(connection: Connection) -> None:
    """Fail aloud where PostgreSQL would find nothing of what was released, and look as if nobody had answered."""
    if not connection.info.get(_SEES_RELEASES):
        raise LookupError("the service reads what was released for somebody: database.within(reader.scope).read()")


@contextmanager
def reaching_every_scope(connection: Connection) -> Iterator[None]:
    """Let a transaction of the service delete what lies in any scope, where somebody takes her own words back.

    What fails within undoes the setting with the transaction, or the savepoint, that it fails.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    before = connection.execute(text("SELECT coalesce(current_setting('nets.whole', true), '')")).scalar_one()
    change = text("SELECT set_config('nets.whole', :whole, true)")
    connection.execute(change, {"whole": "yes"})
    yield
    connection.execute(change, {"whole": before})


def only_reads(connection: Connection) -> bool:
    """Whether this is a transaction that cannot write."""
    return bool(connection.get_execution_options().get(READ_ONLY))


def once(connection: Connection, what: Hashable, find: Callable[[], _Found]) -> _Found:
    """What a transaction finds: one that only reads sees one state, so that it need not ask twice."""
    if not only_reads(connection):
        return find()
    found = _found.setdefault(connection, {})
    if what not in found:
        found[what] = find()
    return found[what]  # type: ignore[no-any-return] # it is what was found


def count_of_writes(connection: Connection) -> int:
    """How many statements that write have been run on this connection: a difference tells whether something was written."""
    return int(connection.info.get(_WRITES, 0))


def note_write(connection: Connection) -> None:
    """Count a statement that writes and is run past SQLAlchemy, which counts its own."""
    connection.info[_WRITES] = connection.info.get(_WRITES, 0) + 1


def _count_writes(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if not statement.startswith("SELECT"):
        note_write(connection)


def _heads(connection: Connection) -> set[str]:
    """The migrations that the database says it is at."""
    return set(MigrationContext.configure(connection).get_current_heads())


def _scope_settings(scope: Scope) -> dict[str, str]:
    """What the policy of ``release_places`` asks for (migration 0010): the place of a scope, and its region for comparison."""
    return {
        "whole": "no" if scope else "yes",
        "scope": scope[-1] if scope else "",
        "region": scope[0] if scope else "",
    }
