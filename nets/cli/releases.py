"""``nets release``: freeze a campaign's scores; and what the commands that read releases share."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from nets.cli.accounts import who_is_here
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.errors import NotFound
from nets.releases.release import ReleaseHeader
from nets.releases.releasing import make_release
from nets.store.campaigns import list_campaigns
from nets.store.database import Connection
from nets.store.releases import get_release, latest_release


class Output(StrEnum):
    """How scores are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def release(
    campaign_id: Annotated[str, typer.Argument(help="The campaign's code.")],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Freeze a campaign's scores as they stand.

    Pages, API and nets scores read releases only, so nothing shows before there is one. A later release does not change an earlier.

    Example: nets release nets-2026
    """
    made = make_release(
        open_database(database),
        campaign_id,
        date.today(),
        lambda step: typer.echo(f"  {step}", err=True),
        by=who_is_here(),
    )
    typer.echo(
        f"{made.header.id}: {len(made.placements):,} placements, about {made.header.n_responses:,} responses, sha256 {made.digest}"
    )


def find_release(connection: Connection, name: str) -> ReleaseHeader:
    """The header of a release by its id, or of a campaign's newest.

    Raises
    ------
    NotFound
        If there is no such campaign or release, or the campaign has none yet.
    """
    newest = latest_release(connection, name)
    if newest is not None:
        return newest
    if any(campaign.id == name for campaign in list_campaigns(connection)):
        raise NotFound(f"campaign {name} has no release yet; make one with: nets release {name}")
    try:
        return get_release(connection, name)
    except NotFound:
        raise NotFound(f"there is no campaign and no release {name}") from None
