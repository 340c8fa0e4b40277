"""``nets keys``: API keys, with which programs read scores."""

from datetime import date, timedelta
from typing import Annotated

import typer

from nets.access.api_key import ApiKey, new_key_id
from nets.access.roles import Role
from nets.cli.accounts import who_is_here
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.store.api_keys import add_key, list_keys, revoke_key

app = typer.Typer(name="keys", help="Make and revoke API keys, with which programs read scores.")


@app.command("add")
def add(
    title: Annotated[str, typer.Argument(help="What it is for: 'dashboard of Alderwick'.")],
    role: Annotated[Role, typer.Option(help="national, region, local_office or provider.")],
    scope: Annotated[str, typer.Option(help="Id of the region, local office or provider that it reads.")] = "",
    days: Annotated[int, typer.Option(help="For how many days it opens.", min=1, max=366)] = 90,
    requests: Annotated[int, typer.Option(help="How often it may ask in a minute.", min=1)] = 60,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Make a key.

    Prints the whole key, which cannot be shown again: the database keeps its hash alone.

    Example: nets keys add "dashboard of Alderwick" --role provider --scope T001
    """
    today = date.today()
    key = ApiKey(new_key_id(), title, role, scope or None, requests, today, today + timedelta(days=days))
    with open_database(database).begin() as connection:
        sent = add_key(connection, key, by=who_is_here())
    typer.echo(f"{key.id} opens until {key.expires_on}")
    typer.echo(f"key: {sent}")


@app.command("list")
def list_all(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """List keys, the newest first.

    A line each: id, role and place, requests a minute, last day, whether it opens, title.

    Example: nets keys list
    """
    with open_database(database).read() as connection:
        keys = list_keys(connection)
    if not keys:
        typer.echo("there are no keys yet; nets keys add makes one", err=True)
    for key in keys:
        seen = key.role.replace("_", " ") + (f" of {key.scope_id}" if key.scope_id else "")
        state = "opens" if key.opens(date.today()) else f"revoked {key.revoked_on}" if key.revoked_on else "expired"
        typer.echo(f"{key.id}  {seen:<24} {key.requests_a_minute:>5}/min  until {key.expires_on}  {state}  {key.title}")


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, its second part: k7qmt4xd of nets_k7qmt4xd_...")],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Let a key open no more, at once.

    Example: nets keys revoke k7qmt4xd
    """
    with open_database(database).begin() as connection:
        revoke_key(connection, key_id, by=who_is_here(), today=date.today())
    typer.echo(f"{key_id} opens no more")
