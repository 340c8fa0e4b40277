"""For whom a command prints: a role, and the place that it has for a scope."""

from typing import Annotated, TypeAlias

import typer

from nets.access.roles import PERMISSIONS, Door, Permission, Principal, Role
from nets.cli.accounts import who_is_here
from nets.errors import Refused
from nets.store.database import Connection
from nets.store.organisations import ancestors

RoleOption: TypeAlias = Annotated[
    Role, typer.Option(help="As this role sees it: exact numbers for the national one, bands for the others.")
]
ScopeOption: TypeAlias = Annotated[
    str, typer.Option(help="With a role that has a place of its own: which, such as T001.")
]


def reader_here(connection: Connection, role: Role, scope: str) -> Principal:
    """Somebody of a role who reads scores, with the path down to her place.

    Raises
    ------
    Refused
        For a role that reads none.
    NotFound, InvalidSetting
        For a place that is not there, or that is none of the role's.
    """
    if Permission.READ_SCORES not in PERMISSIONS[role]:
        raise Refused(f"the role {role.replace('_', ' ')} reads no scores")
    path = (*(place.id for place in ancestors(connection, scope)), scope) if scope else ()
    return Principal(who_is_here(), role, path, Door.SESSION)
