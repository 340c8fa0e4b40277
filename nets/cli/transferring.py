"""``nets import`` and ``nets export``: existing survey data in, a campaign's data out."""

from pathlib import Path
from typing import Annotated

import typer

from nets.access.audit import Act
from nets.cli.accounts import who_is_here
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database, questionnaire_folder
from nets.store.audit import write_audit
from nets.transfer.answers import quoted
from nets.transfer.exporting import export_campaign
from nets.transfer.importing import import_responses


def import_data(
    data: Annotated[Path, typer.Argument(help="The CSV file, with a header.", exists=True, dir_okay=False)],
    mapping: Annotated[
        Path,
        typer.Option(
            help="A JSON file: the questionnaire, the new campaign, and what each column means.",
            exists=True,
            dir_okay=False,
        ),
    ],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Turn existing survey data into a campaign of its own.

    Columns become items, the unit becomes the placement, codes become missing answers; docs/importing.md explains the mapping with
    an example. A file with faults is read to its end: the first of them are named by row and column, with the count of all, and
    nothing is stored.

    Example: nets import responses.csv --mapping mapping.json
    """
    published = questionnaire_folder()
    done = import_responses(
        open_database(database, published),
        data,
        mapping,
        lambda step: typer.echo(f"  {step}", err=True),
        published,
        by=who_is_here(),
    )
    typer.echo(f"{done.campaign_id}: {done.n_responses:,} responses about {done.n_placements:,} placements imported")
    if done.n_places:
        typer.echo(f"  {done.n_places:,} places are new")
    if done.n_comments:
        typer.echo(f"  {done.n_comments:,} comments")
    if done.n_not_routed:
        typer.echo(f"  {done.n_not_routed:,} answers left out: the questionnaire's branches do not lead to them")
    if done.unused_columns:
        typer.echo(f"  columns not used: {', '.join(map(quoted, done.unused_columns))}")
    typer.echo(f"to score it: nets release {done.campaign_id}")


def export_data(
    campaign_id: Annotated[str, typer.Argument(help="The campaign's code.")],
    out: Annotated[Path, typer.Option(help="The folder to write to; nothing in it is overwritten.", file_okay=False)],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Write a campaign's responses as CSV with their codebook.

    Single responses are for the data controller's own researchers: no floor protects them. Comments are not among them, and the
    order of rows tells nothing of who answered when. docs/importing.md says what is in each file.

    Example: nets export nets-2026 --out nets-2026-data
    """
    opened = open_database(database)
    done = export_campaign(opened, campaign_id, out)
    with opened.begin() as connection:
        write_audit(connection, who_is_here(), Act.DATA_EXPORTED, campaign_id, responses=done.n_responses)
    typer.echo(f"{campaign_id}: {done.n_responses:,} responses")
    for file in done.files:
        typer.echo(f"  {file}")
