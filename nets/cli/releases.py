"""``nets release``: freeze a campaign's scores; and what the commands that read releases share."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from nets.campaign import AccessMode
from nets.cli.accounts import who_is_here
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.errors import NotFound
from nets.finding_bursts import bursts_of
from nets.releases.release import ReleaseHeader
from nets.releases.releasing import make_release
from nets.store.campaigns import get_campaign, list_campaigns
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
    Where one person may have answered many times, it says so and leaves nothing out: nets bursts says where.

    Example: nets release nets-2026
    """
    opened = open_database(database)
    made = make_release(
        opened,
        campaign_id,
        date.today(),
        lambda step: typer.echo(f"  {step}", err=True),
        by=who_is_here(),
    )
    typer.echo(
        f"{made.header.id}: {len(made.placements):,} placements, about {made.header.n_responses:,} responses, sha256 {made.digest}"
    )
    with opened.read() as connection:
        # who is invited answers once, so that many on one day are many learners
        is_invited = get_campaign(connection, campaign_id).access_mode is AccessMode.INVITATION
        n_bursts = 0 if is_invited else len(bursts_of(connection, campaign_id).found)
    if n_bursts:
        placements = "1 placement has" if n_bursts == 1 else f"{n_bursts:,} placements have"
        typer.echo(f"  {placements} a burst of responses, which count as all others do: nets bursts {campaign_id}")


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
