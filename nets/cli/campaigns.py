"""``nets campaign``: open, close and list collection windows."""

from datetime import date, datetime
from typing import Annotated

import typer

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.errors import InvalidSetting
from nets.store.campaigns import add_campaign, close_campaign, list_campaigns
from nets.store.responses import count_responses

app = typer.Typer(name="campaign", help="Open, close and list campaigns.", no_args_is_help=True)
_Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


@app.command("open")
def open_campaign(
    campaign_id: Annotated[str, typer.Argument(help="A short permanent code that stands in links: nets-2026.")],
    questionnaire: Annotated[str, typer.Option(help="A published version, id/version: nets/2026.1.")],
    title: Annotated[str, typer.Option(help="What learners and pages call it.")],
    opens: _Day,
    closes: _Day,
    access: Annotated[AccessMode, typer.Option(help="How learners come in.")] = AccessMode.OPEN_LINK,
    anonymity: Annotated[AnonymityMode, typer.Option(help="What learners are promised.")] = AnonymityMode.ANONYMOUS,
    place_floor: Annotated[int, typer.Option(help="Fewest learners in a place's score that may be shown.")] = 5,
    breakdown_floor: Annotated[int, typer.Option(help="Fewest learners in a breakdown or distribution.")] = 10,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Set up a campaign. None of this can change after the first response.

    Example: nets campaign open nets-2026 --questionnaire nets/2026.1 --title "NETS 2026" --opens 2026-10-01 --closes 2026-11-30
    """
    questionnaire_id, _, version = questionnaire.partition("/")
    if not version:
        raise InvalidSetting(f"--questionnaire: '{questionnaire}' is not id/version, such as nets/2026.1")
    campaign = Campaign(
        id=campaign_id,
        title=title,
        questionnaire_id=questionnaire_id,
        questionnaire_version=version,
        opens_on=opens.date(),
        closes_on=closes.date(),
        access_mode=access,
        anonymity_mode=anonymity,
        place_floor=place_floor,
        breakdown_floor=breakdown_floor,
    )
    with open_database(database).begin() as connection:
        add_campaign(connection, campaign)
    typer.echo(f"{campaign.id} takes answers from {campaign.opens_on} to {campaign.closes_on} at /c/{campaign.id}")


@app.command("close")
def close(
    campaign_id: Annotated[str, typer.Argument(help="The campaign's code.")],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """End a campaign today; from now on it takes no answers.

    Example: nets campaign close nets-2026
    """
    with open_database(database).begin() as connection:
        close_campaign(connection, campaign_id, date.today())
    typer.echo(f"{campaign_id} is closed")


@app.command("list")
def list_all(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """List campaigns, the newest first, with the number of responses.

    Example: nets campaign list
    """
    with open_database(database).read() as connection:
        for campaign in list_campaigns(connection):
            state = "open" if campaign.is_open(date.today()) else "not open"
            typer.echo(
                f"{campaign.id:<24} {campaign.opens_on} to {campaign.closes_on}  {state:<8}  "
                f"{count_responses(connection, campaign.id):>8,} responses  "
                f"{campaign.questionnaire_id} {campaign.questionnaire_version}  {campaign.title}"
            )
