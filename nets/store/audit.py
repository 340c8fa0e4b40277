"""The audit trail as it is kept: one more row in the transaction of the act itself, and none is ever changed (migration 0004)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, select, text

from nets.access.audit import Act, AuditRow, next_row
from nets.store.tables import audit_rows

_BATCH: Final = 1_000


def write_audit(
    connection: Connection,
    who: str,
    act: Act,
    about: str,
    *,
    at: datetime | None = None,
    **details: str | int | None,
) -> AuditRow:
    """Write down an act; it is there if the act is, and gone if the act is undone.

    Others that want to write wait until this transaction ends: two rows must not follow the same one.
    """
    if connection.dialect.name == "postgresql":  # on SQLite there is one writer at a time
        connection.execute(text("LOCK TABLE audit_rows IN SHARE ROW EXCLUSIVE MODE"))
    newest = connection.execute(select(audit_rows).order_by(audit_rows.c.number.desc()).limit(1)).one_or_none()
    before = AuditRow(*newest) if newest else None
    row = next_row(before, at or datetime.now(UTC), who, act, about, details)
    connection.execute(
        audit_rows.insert(),
        {
            "number": row.number,
            "at": row.at,
            "who": row.who,
            "act": row.act,
            "about": row.about,
            "details": row.details,
            "hash": row.hash,
        },
    )
    return row


def read_audit(connection: Connection) -> Iterator[AuditRow]:
    """Every row, the oldest first."""
    last = 0
    while True:
        query = select(audit_rows).where(audit_rows.c.number > last).order_by(audit_rows.c.number).limit(_BATCH)
        rows = connection.execute(query).all()
        yield from (AuditRow(*row) for row in rows)
        if len(rows) < _BATCH:
            return
        last = rows[-1].number


def newest_audit(connection: Connection, limit: int, *, before: int | None = None) -> tuple[AuditRow, ...]:
    """The newest rows, or the newest of those below a number; the newest first."""
    query = select(audit_rows).order_by(audit_rows.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(audit_rows.c.number < before)
    return tuple(AuditRow(*row) for row in connection.execute(query))
