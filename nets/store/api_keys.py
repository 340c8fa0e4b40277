"""API keys. What is kept of a key's secret is its hash; the key itself is shown once, when it is made."""

import hmac
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select, update

from nets.access.api_key import ApiKey, new_secret, parts_of, whole_key
from nets.access.audit import Act
from nets.access.password import fingerprint
from nets.access.roles import Door, Principal, Role
from nets.errors import NotFound, Refused
from nets.store.accounts import scope_of
from nets.store.audit import write_audit
from nets.store.tables import api_keys


def add_key(connection: Connection, key: ApiKey, *, by: str) -> str:
    """Store a new key and give the whole of it, which cannot be had again.

    Raises
    ------
    NotFound, InvalidSetting
        If its scope is no place, or one of another level than its role has.
    """
    scope_of(connection, key.role, key.scope_id)
    secret = new_secret()
    connection.execute(
        api_keys.insert(),
        {
            "id": key.id,
            "secret_hash": fingerprint(secret),
            "title": key.title,
            "role": key.role.value,
            "scope_id": key.scope_id,
            "requests_a_minute": key.requests_a_minute,
            "added_on": key.added_on,
            "expires_on": key.expires_on,
            "revoked_on": key.revoked_on,
        },
    )
    write_audit(
        connection,
        by,
        Act.KEY_ADDED,
        key.id,
        title=key.title,
        role=key.role.value,
        scope=key.scope_id,
        expires=key.expires_on.isoformat(),
    )
    return whole_key(key.id, secret)


def find_key(connection: Connection, sent: str, today: date) -> ApiKey | None:
    """The key that a program sent, if it is one and still opens."""
    parts = parts_of(sent)
    if parts is None:
        return None
    key_id, secret = parts
    row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).one_or_none()
    if row is None or not hmac.compare_digest(row.secret_hash, fingerprint(secret)):
        return None
    key = _key(row)
    return key if key.opens(today) else None


def list_keys(connection: Connection) -> tuple[ApiKey, ...]:
    """Every key, the newest first; those that open no more too."""
    keys = map(_key, connection.execute(select(api_keys)))
    return tuple(sorted(keys, key=lambda key: (key.added_on, key.id), reverse=True))


def revoke_key(connection: Connection, key_id: str, *, by: str, today: date) -> None:
    """Let a key open no more, from now on.

    Raises
    ------
    NotFound
        If there is no such key.
    Refused
        If it is revoked already.
    """
    row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no key {key_id}")
    if row.revoked_on is not None:
        raise Refused(f"the key {key_id} is revoked already")
    connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(revoked_on=today))
    write_audit(connection, by, Act.KEY_REVOKED, key_id)


def principal_of_key(connection: Connection, key: ApiKey) -> Principal:
    """What a program with this key may do and see."""
    return Principal(f"key {key.id}", key.role, scope_of(connection, key.role, key.scope_id), Door.API_KEY)


def _key(row: Row[*tuple[Any, ...]]) -> ApiKey:
    return ApiKey(
        row.id,
        row.title,
        Role(row.role),
        row.scope_id,
        row.requests_a_minute,
        row.added_on,
        row.expires_on,
        row.revoked_on,
    )
