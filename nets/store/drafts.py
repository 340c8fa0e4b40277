"""Half-filled surveys, sealed with a key that only the learner's token yields: the database alone opens none.

The token is random (at least 128 bits) and never stored. The row is found by one value derived from it and sealed with another
(HKDF, RFC 5869), so neither the row's id nor a stolen copy of the table leads to the content.
"""

import secrets
from datetime import date
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from nets.errors import InvalidSetting, NetsError
from nets.store.database import only_reads
from nets.store.tables import drafts

_NONCE_BYTES: Final = 12
_SHORTEST_TOKEN: Final = 22
"""Characters of 128 random bits in URL-safe base 64 (``secrets.token_urlsafe(16)``); fewer could be guessed from a stolen table."""


def save_draft(connection: Connection, token: str, content: bytes, expires_on: date) -> None:
    """Seal a draft under its token, in place of what was there."""
    row_id = _derived(token, "row")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + AESGCM(_derived(token, "seal")).encrypt(nonce, content, row_id)
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(
        insert(drafts)
        .values(id=row_id, sealed=sealed, expires_on=expires_on)
        .on_conflict_do_update(index_elements=["id"], set_={"sealed": sealed, "expires_on": expires_on})
    )


def load_draft(connection: Connection, token: str) -> bytes | None:
    """The draft under this token, or None if there is none (any more).

    In a transaction that writes, others that want to change it wait until this one ends: of two tabs that are sent at once the
    second must see what the first left, or it would bring a draft back that has been sent.

    Raises
    ------
    NetsError
        If what is stored was damaged.
    """
    row_id = _derived(token, "row")
    query = select(drafts.c.sealed).where(drafts.c.id == row_id)
    if not only_reads(connection):
        query = query.with_for_update()  # SQLite has one writer at a time and no such words
    sealed = connection.execute(query).scalar()
    if sealed is None:
        return None
    try:
        return AESGCM(_derived(token, "seal")).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], row_id)
    except InvalidTag:
        raise NetsError("the saved answers are damaged and cannot be opened") from None


def delete_draft(connection: Connection, token: str) -> None:
    """Forget the draft under this token; nothing happens if there is none."""
    connection.execute(drafts.delete().where(drafts.c.id == _derived(token, "row")))


def purge_drafts(connection: Connection, today: date) -> int:
    """Forget every draft whose last day has passed. Returns how many there were."""
    gone = connection.execute(drafts.delete().where(drafts.c.expires_on < today).returning(drafts.c.id))
    return len(gone.all())


def _derived(token: str, purpose: str) -> bytes:
    if len(token) < _SHORTEST_TOKEN:
        raise InvalidSetting(f"a draft's token needs at least {_SHORTEST_TOKEN} random characters")
    return HKDF(SHA256(), length=32, salt=None, info=f"nets draft {purpose}".encode()).derive(token.encode())
