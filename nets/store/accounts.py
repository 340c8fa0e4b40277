"""Accounts, and the principal that each one is: the scope is read with everything above it, in one place."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select, update

from nets.access.account import Account, Identity
from nets.access.audit import Act
from nets.access.roles import WHOLE_SURVEY, Door, Principal, Role, Scope
from nets.errors import InvalidSetting, NotFound, Refused
from nets.store.audit import write_audit
from nets.store.organisations import ancestors, get_organisation
from nets.store.sessions import end_sessions
from nets.store.tables import accounts


def add_account(connection: Connection, account: Account, *, by: str, today: date) -> None:
    """Store a new account.

    Raises
    ------
    Refused
        If the name or the identity is taken.
    NotFound, InvalidSetting
        If its scope is no place, or one of another level than its role has.
    """
    if find_account(connection, account.name) is not None:
        raise Refused(f"there is already an account {account.name}")
    if account.identity is not None and account_of(connection, account.identity) is not None:
        raise Refused(f"there is already an account of the subject {account.identity.subject}")
    scope_of(connection, account.role, account.scope_id)
    connection.execute(
        accounts.insert(),
        {
            "name": account.name,
            "role": account.role.value,
            "scope_id": account.scope_id,
            "password_hash": account.password_hash,
            "issuer": account.identity.issuer if account.identity else None,
            "subject": account.identity.subject if account.identity else None,
            "added_on": today,
            "disabled_on": today if account.is_disabled else None,
        },
    )
    write_audit(connection, by, Act.ACCOUNT_ADDED, account.name, role=account.role.value, scope=account.scope_id)


def find_account(connection: Connection, name: str) -> Account | None:
    """The account of this name, or None."""
    return _account(connection.execute(select(accounts).where(accounts.c.name == name)).one_or_none())


def get_account(connection: Connection, name: str) -> Account:
    """The account of this name, or NotFound."""
    account = find_account(connection, name)
    if account is None:
        raise NotFound(f"there is no account {name}")
    return account


def account_of(connection: Connection, identity: Identity) -> Account | None:
    """The account of somebody whom an OpenID Connect provider names, or None."""
    query = select(accounts).where(accounts.c.issuer == identity.issuer, accounts.c.subject == identity.subject)
    return _account(connection.execute(query).one_or_none())


def list_accounts(connection: Connection) -> tuple[Account, ...]:
    """Every account by name; disabled ones too."""
    found = (_account(row) for row in connection.execute(select(accounts)))
    return tuple(sorted((account for account in found if account is not None), key=lambda account: account.name))


def disable_account(connection: Connection, name: str, *, by: str, today: date) -> None:
    """Let somebody sign in no more, and end her sessions at once.

    Raises
    ------
    NotFound
        If there is no such account.
    Refused
        If it is disabled already.
    """
    if get_account(connection, name).is_disabled:
        raise Refused(f"the account {name} is disabled already")
    connection.execute(update(accounts).where(accounts.c.name == name).values(disabled_on=today))
    end_sessions(connection, name)
    write_audit(connection, by, Act.ACCOUNT_DISABLED, name)


def set_password(connection: Connection, name: str, password_hash: str, *, by: str) -> None:
    """Give an account another password, and end every session that was begun with the old one."""
    get_account(connection, name)
    connection.execute(update(accounts).where(accounts.c.name == name).values(password_hash=password_hash))
    end_sessions(connection, name)
    write_audit(connection, by, Act.PASSWORD_CHANGED, name)


def change_role(connection: Connection, name: str, role: Role, scope_id: str | None, *, by: str) -> None:
    """Give somebody another role and scope; nothing happens, and nothing is written down, where she has them already."""
    account = get_account(connection, name)
    if (account.role, account.scope_id) == (role, scope_id):
        return
    scope_of(connection, role, scope_id)
    connection.execute(update(accounts).where(accounts.c.name == name).values(role=role.value, scope_id=scope_id))
    write_audit(connection, by, Act.ACCOUNT_CHANGED, name, role=role.value, scope=scope_id)


def principal_of(connection: Connection, account: Account) -> Principal:
    """What somebody who signed in to this account may do and see."""
    scope = scope_of(connection, account.role, account.scope_id)
    return Principal(account.name, account.role, scope, Door.SESSION)


def scope_of(connection: Connection, role: Role, scope_id: str | None) -> Scope:
    """The scope of a role at a place: the ids from its region down.

    Raises
    ------
    NotFound, InvalidSetting
        If there is no such place, or it is of another level than the role has.
    """
    if scope_id is None:
        return WHOLE_SURVEY
    place = get_organisation(connection, scope_id)
    if place.level is not role.scope_level:
        wanted = "no place" if role.scope_level is None else f"a {role.scope_level.replace('_', ' ')}"
        raise InvalidSetting(
            f"the scope of the role {role.replace('_', ' ')} is {wanted}; {scope_id} is a {place.level.replace('_', ' ')}"
        )
    return (*(above.id for above in ancestors(connection, scope_id)), scope_id)


def _account(row: Row[*tuple[Any, ...]] | None) -> Account | None:
    if row is None:
        return None
    identity = Identity(row.issuer, row.subject) if row.issuer is not None else None
    return Account(
        row.name, Role(row.role), row.scope_id, row.password_hash, identity, is_disabled=row.disabled_on is not None
    )
