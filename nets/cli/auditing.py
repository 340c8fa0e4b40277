"""``nets audit``: who did what, and whether the trail is whole."""

import json
import re
from typing import Annotated, Final

import typer

from nets.access.audit import BrokenTrail, verify_trail
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.errors import Refused
from nets.store.audit import newest_audit, read_audit

app = typer.Typer(name="audit", help="Read the audit trail, and check that nobody touched it.")

_HEAD: Final = re.compile(r"([1-9][0-9]*):([0-9a-f]{64})")


@app.command("verify")
def verify(
    noted: Annotated[
        str, typer.Option(help="A head that was noted earlier, NUMBER:HASH; it must still stand in the trail.")
    ] = "",
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Check that no row was changed, taken out or put in between.

    Prints the trail's head, NUMBER:HASH. Note it somewhere else: with it the next check also finds a trail that was cut short or
    written anew. Where the chain is broken, the first bad row is named and the exit code is 1.

    Example: nets audit verify
    """
    match = _HEAD.fullmatch(noted)
    if noted and not match:
        raise typer.BadParameter(f"'{noted}' is not NUMBER:HASH, as nets audit verify prints it")
    with open_database(database).read() as connection:
        verdict = verify_trail(read_audit(connection), (int(match[1]), match[2]) if match else None)
    if isinstance(verdict, BrokenTrail):
        raise Refused(f"the audit trail is broken at row {verdict.number}: {verdict.why}")
    typer.echo(f"the audit trail is whole: {verdict.n:,} rows, head {verdict.n}:{verdict.head}")


@app.command("show")
def show(
    last: Annotated[int, typer.Option(help="So many of the newest rows.", min=1)] = 20,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print the newest rows, the newest first.

    A line each: number, moment (UTC), who, what, about what, details.

    Example: nets audit show --last 50
    """
    with open_database(database).read() as connection:
        rows = newest_audit(connection, last)
    for row in rows:
        details = "  ".join(f"{name}={value}" for name, value in json.loads(row.details).items() if value is not None)
        typer.echo(f"{row.number:>6}  {row.at}  {row.who}: {row.act} {row.about}  {details}".rstrip())
