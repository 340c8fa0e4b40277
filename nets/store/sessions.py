"""Sessions of those who signed in. The browser holds a random token, the table its hash alone."""

import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, select, update

from nets.access.password import fingerprint
from nets.store.tables import sessions

_STALE_SECONDS: Final = 60
"""How far the moment of last use may lag behind: a page that only shows need not write each time."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts, in seconds: without being used, and at all."""

    idle: int
    absolute: int


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is open; ``is_stale`` where its moment of last use should be written anew."""

    account_name: str
    is_stale: bool


def begin_session(connection: Connection, account_name: str, now: float) -> str:
    """Open a session and give its token, which is new each time: one that somebody slipped in before opens nothing."""
    token = secrets.token_urlsafe(32)
    row = {"token_hash": fingerprint(token), "account_name": account_name, "begun_at": int(now), "used_at": int(now)}
    connection.execute(sessions.insert(), row)
    return token


def find_session(connection: Connection, token: str, now: float, limits: SessionLimits) -> Session | None:
    """The session of a token; None if there is none, or it has had its time."""
    row = connection.execute(select(sessions).where(sessions.c.token_hash == fingerprint(token))).one_or_none()
    if row is None or now >= row.used_at + limits.idle or now >= row.begun_at + limits.absolute:
        return None
    return Session(row.account_name, is_stale=now >= row.used_at + _STALE_SECONDS)


def use_session(connection: Connection, token: str, now: float) -> None:
    """Write down that a session was used just now."""
    mine = sessions.c.token_hash == fingerprint(token)
    connection.execute(update(sessions).where(mine).values(used_at=int(now)))


def end_session(connection: Connection, token: str) -> None:
    """Close one session; nothing happens if there is none."""
    connection.execute(delete(sessions).where(sessions.c.token_hash == fingerprint(token)))


def end_sessions(connection: Connection, account_name: str) -> None:
    """Close every session of an account."""
    connection.execute(delete(sessions).where(sessions.c.account_name == account_name))


def purge_sessions(connection: Connection, now: float, limits: SessionLimits) -> None:
    """Forget sessions that have had their time."""
    over = (sessions.c.used_at + limits.idle <= now) | (sessions.c.begun_at + limits.absolute <= now)
    connection.execute(delete(sessions).where(over))
