"""Statements in plain SQL, straight to the driver, for the one place where many learners wait at once: ``submissions``.

SQLAlchemy takes several times as long to put together a statement, and to take apart what comes back, as SQLite takes to run it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from nets.store.database import note_write

_ON_SQLITE: Final[Mapping[type, Callable[[Any], Any]]] = {UUID: lambda value: value.bytes, date: date.isoformat}


def run(connection: Connection, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement that has a ``?`` for every value; the rows that it gives, as the driver gives them."""
    if not statement.startswith("SELECT"):
        note_write(connection)
    if connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    else:
        values = [_ON_SQLITE[type(value)](value) if type(value) in _ON_SQLITE else value for value in values]
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []
    finally:
        cursor.close()


def insert(
    connection: Connection, table: str, rows: Sequence[Mapping[str, Any]], and_then: str = ""
) -> list[tuple[Any, ...]]:
    """Insert rows of the same columns, some hundreds at most, in one statement."""
    columns = tuple(rows[0])
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([places(len(columns))] * len(rows))}"  # noqa: S608
    return run(connection, f"{statement} {and_then}", [row[column] for row in rows for column in columns])


def places(number: int) -> str:
    """``(?, ?, ?)``: a place for each of so many values."""
    return f"({', '.join('?' * number)})"


def day(value: Any) -> Any:
    """A day as Python has it, or None; SQLite has none and keeps its text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
