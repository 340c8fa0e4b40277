"""``nets demo``: everything from nothing, then the service."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from nets.campaign import AnonymityMode
from nets.cli.database import open_database
from nets.cli.serve import require_free, start_service
from nets.questionnaire.publishing import QuestionnaireFolder
from nets.simulation.accounts import DemoAccount, give_demo_accounts
from nets.simulation.confidential import DEMO_KEY
from nets.simulation.demo import DECLINING, fill_demo
from nets.store.campaigns import list_campaigns
from nets.store.database import Database
from nets.store.organisations import list_organisations
from nets.store.releases import latest_release


def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo's database lives.")] = Path("demo"),
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = 8000,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Throw the demo's database away and simulate it anew.")
    ] = False,
    serve: Annotated[bool, typer.Option(help="Start the service when the survey is filled.")] = True,
) -> None:
    """Fill a survey with simulated learners and serve it.

    Three yearly campaigns of about 2,000 responses with their rosters and releases, with a declining, an excellent, a poorly
    equipped and two small placements planted, and a confidential campaign by invitation with a retest. A second run finds them and
    starts at once; nothing is thrown away unless --fresh says so. Every run prints accounts to sign in with, each with a new
    password.

    Example: nets demo --folder trial --port 8080
    """
    if serve:
        require_free(port)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "nets.sqlite3"
    if fresh:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
    url = f"sqlite:///{path.resolve()}"
    Database(url).upgrade()
    questionnaires = QuestionnaireFolder()
    database = open_database(url, questionnaires)
    version = questionnaires.read("nets", "2026.1")
    campaign_id = fill_demo(database, version, date.today(), lambda step: typer.echo(f"demo: {step}"))
    accounts = give_demo_accounts(database, date.today())
    typer.echo(_what_to_open(database, campaign_id, f"http://127.0.0.1:{port}", path, accounts))
    database.dispose()
    if serve:
        start_service(url, port)


def _what_to_open(
    database: Database, campaign_id: str, address: str, path: Path, accounts: Sequence[DemoAccount]
) -> str:
    with database.read() as connection:
        release, campaigns = latest_release(connection, campaign_id), list_campaigns(connection)
        called = {place.id: place.name for place in list_organisations(connection)}
    confidential_id = next(one.id for one in campaigns if one.anonymity_mode is AnonymityMode.CONFIDENTIAL)
    name = called.get(DECLINING, DECLINING)
    lines = [
        "",
        f"  a learner's link      {address}/c/{campaign_id}",
        f"  ... from a QR code    {address}/c/{campaign_id}?placement={DECLINING}",
        f"  the quality pages     {address}/quality",
    ]
    if release:
        lines.append(f"  ... a declining one   {address}/quality/{release.id}/places/{DECLINING}   ({name})")
    lines += [
        f"  the survey manager's  {address}/campaigns",
        f"  data protection's     {address}/protection",
        f"  the API               {address}/docs",
        "",
        "  To sign in            name       password                  sees",
        *(
            f"{'':24}{account.name:<10} {account.password:<25} {called.get(account.scope_id or '', 'the whole survey')}"
            for account in accounts
        ),
        "",
        "  A new response shows up after the next release:",
        f"    {_command()} release {campaign_id} --database sqlite:///{path}",
        f"  Invitations and the retest of {confidential_id} are done by command, with the key that its addresses are sealed with:",
        f"    NETS_INVITATION_KEY={DEMO_KEY} NETS_SENDER=console \\",
        f"    {_command()} invitations remind {confidential_id} --address {address} --database sqlite:///{path}",
        "  Ctrl-C stops the service.",
        "",
    ]
    return "\n".join(lines)


def _command() -> str:
    """How a person standing here would type this program."""
    command = Path(sys.executable).parent / "nets"
    return str(command.relative_to(Path.cwd())) if command.is_relative_to(Path.cwd()) else str(command)
