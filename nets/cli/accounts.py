"""``nets accounts``: who may sign in."""

import getpass
import sys
from datetime import date
from typing import Annotated, Final

import typer

from nets.access.account import Account, Identity, typed_name
from nets.access.password import hash_password, invented_password, require_good
from nets.access.roles import Role
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.errors import InvalidSetting
from nets.store.accounts import add_account, disable_account, get_account, list_accounts, set_password

app = typer.Typer(name="accounts", help="Say who may sign in, and what she sees.")

ISSUER_VARIABLE: Final = "NETS_OIDC_ISSUER"

AskOption = Annotated[
    bool, typer.Option("--ask", help="Ask for a password (or read a line of standard input) instead of inventing one.")
]


def who_is_here() -> str:
    """What the audit trail calls somebody who works on the machine itself."""
    try:
        return f"command line ({getpass.getuser()})"
    except OSError:  # a user without a name, as in some containers
        return "command line"


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What she signs in with: an e-mail address or a short name.")],
    role: Annotated[Role, typer.Option(help="What she is to the survey.")],
    scope: Annotated[str, typer.Option(help="Id of the region, local office or provider that she sees.")] = "",
    subject: Annotated[
        str, typer.Option(help="What her OpenID Connect provider calls her (sub); then she has no password here.")
    ] = "",
    issuer: Annotated[str, typer.Option(envvar=ISSUER_VARIABLE, help="The address of that provider.")] = "",
    ask: AskOption = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Let somebody sign in.

    Prints the password that was invented for her; it cannot be shown again, and she can change it once she has signed in.

    Example: nets accounts add jo@example.org --role provider --scope T001
    """
    name = typed_name(name)
    if subject and not issuer:
        raise InvalidSetting(f"a subject needs the address of its provider: --issuer, or {ISSUER_VARIABLE}")
    identity = Identity(issuer, subject) if subject else None
    password = None if identity else _new_password(name, ask=ask)
    account = Account(name, role, scope or None, hash_password(password) if password else None, identity)
    with open_database(database).begin() as connection:
        add_account(connection, account, by=who_is_here(), today=date.today())
    typer.echo(f"{name} may sign in as {_seen(account)}")
    _tell_password(password, ask=ask)


@app.command("list")
def list_all(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """List accounts by name.

    A line each: name, role and place, how she signs in, and whether she is disabled.

    Example: nets accounts list
    """
    with open_database(database).read() as connection:
        accounts = list_accounts(connection)
    if not accounts:
        typer.echo("there are no accounts yet; nets accounts add makes one", err=True)
    for account in accounts:
        way = "by password" if account.identity is None else f"as {account.identity.subject}"
        typer.echo(f"{account.name:<32} {_seen(account):<24} {way}{'  disabled' if account.is_disabled else ''}")


@app.command("disable")
def disable(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Let somebody sign in no more.

    Her sessions end at once. The account stays, because the audit trail speaks of it.

    Example: nets accounts disable jo@example.org
    """
    name = typed_name(name)
    with open_database(database).begin() as connection:
        disable_account(connection, name, by=who_is_here(), today=date.today())
    typer.echo(f"{name} may not sign in any more")


@app.command("password")
def password(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    ask: AskOption = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Give somebody a new password who has forgotten hers.

    Her sessions end at once.

    Example: nets accounts password jo@example.org
    """
    name, opened = typed_name(name), open_database(database)
    with opened.read() as connection:
        account = get_account(connection, name)
    if account.identity is not None:
        raise InvalidSetting(f"{name} signs in elsewhere and has no password here")
    new = _new_password(name, ask=ask)
    with opened.begin() as connection:
        set_password(connection, name, hash_password(new), by=who_is_here())
    typer.echo(f"{name} has a new password")
    _tell_password(new, ask=ask)


def _new_password(name: str, *, ask: bool) -> str:
    if not ask:
        return invented_password()
    typed = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    require_good(typed, name)
    return typed


def _tell_password(password: str | None, *, ask: bool) -> None:
    if password and not ask:
        typer.echo(f"password: {password}")


def _seen(account: Account) -> str:
    place = f" of {account.scope_id}" if account.scope_id else ""
    return f"{account.role.replace('_', ' ')}{place}"
