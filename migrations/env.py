"""How alembic reaches the tables.

``Database.upgrade`` hands its connection in; the ``alembic`` command names a database with ``-x url=postgresql://...`` or,
without one, works on a fresh temporary SQLite database brought to the newest migration.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic import context

from nets.store.database import Connection, Database
from nets.store.tables import metadata


def _number_in_sequence(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Migrations are called 0001, 0002, ... so that a listing of the folder is their history."""
    newest = context.script.get_current_head()
    directives[0].rev_id = f"{int(newest or 0) + 1:04}"


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_server_default=True,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite cannot alter most of a table in place
        process_revision_directives=_number_in_sequence,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run_on(url: str) -> None:
    database = Database(url)
    with database.begin() as connection:
        _run(connection)
    database.dispose()


if context.is_offline_mode():
    sys.exit("Migrations are run against a database, not printed as SQL: the triggers differ from engine to engine.")
handed_in = context.config.attributes.get("connection")
url = context.get_x_argument(as_dictionary=True).get("url")
if handed_in is not None:
    _run(handed_in)
elif url is not None:
    _run_on(str(url))
else:
    print("No -x url=...: working on a temporary SQLite database.", file=sys.stderr)  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        temporary = f"sqlite:///{Path(folder) / 'temporary.sqlite'}"
        # In a process of its own: alembic has one environment at a time, and this file is already running in it.
        upgrade = "import sys; from nets.store.database import Database; Database(sys.argv[1]).upgrade()"
        subprocess.run([sys.executable, "-c", upgrade, temporary], check=True)  # noqa: S603
        _run_on(temporary)
