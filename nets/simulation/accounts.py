"""The demo's accounts: each with a new invented password every time the demo is started."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from nets.access.account import Account
from nets.access.password import hash_password, invented_password
from nets.access.roles import Role
from nets.store.accounts import add_account, find_account, set_password
from nets.store.database import Database

_BY: Final = "demo"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody invented, with a password that may be printed because the whole survey is invented."""

    name: str
    role: Role
    scope_id: str | None
    password: str


def give_demo_accounts(database: Database, today: date) -> tuple[DemoAccount, ...]:
    """Make the demo's accounts, or give those that are there new passwords: the old ones are kept as hashes and cannot be shown."""
    given = tuple(
        DemoAccount(name, role, scope_id, invented_password())
        for name, role, scope_id in (
            ("national", Role.NATIONAL, None),
            ("office", Role.LOCAL_OFFICE, "L01"),
            ("provider", Role.PROVIDER, "T001"),
            ("manager", Role.SURVEY_MANAGER, None),
            ("protection", Role.DATA_PROTECTION, None),
        )
    )
    with database.begin() as connection:
        for one in given:
            kept = hash_password(one.password)
            if find_account(connection, one.name) is None:
                add_account(connection, Account(one.name, one.role, one.scope_id, kept), by=_BY, today=today)
            else:
                set_password(connection, one.name, kept, by=_BY)
    return given
