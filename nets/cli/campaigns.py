"""``nets campaign``: open, close and list collection windows."""

from datetime import date
from typing import Annotated, Literal

import typer

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.cli.accounts import who_is_here
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database, questionnaire_folder
from nets.cli.day import read_day
from nets.conducting import begin_campaign, end_campaign
from nets.store.campaigns import list_campaigns
from nets.store.responses import count_responses

app = typer.Typer(name="campaign", help="Open, close and list campaigns.")


def _id_and_version(text: str) -> str:
    if not all(text.partition("/")):
        raise typer.BadParameter(f"'{text}' is not id/version, such as nets/2026.1")
    return text


@app.command("open")
def open_campaign(
    campaign_id: Annotated[str, typer.Argument(help="A short permanent code that stands in links: nets-2026.")],
    questionnaire: Annotated[
        str, typer.Option(help="A published version, id/version: nets/2026.1.", callback=_id_and_version)
    ],
    title: Annotated[str, typer.Option(help="What learners and pages call it.")],
    opens: Annotated[date, typer.Option(help="First day on which answers are taken.", parser=read_day, metavar="DAY")],
    closes: Annotated[date, typer.Option(help="Last day on which answers are taken.", parser=read_day, metavar="DAY")],
    # what is imported brings its own campaign
    access: Annotated[
        Literal["open_link", "placement_qr", "invitation"], typer.Option(help="How learners come in.")
    ] = "open_link",
    anonymity: Annotated[AnonymityMode, typer.Option(help="What learners are promised.")] = AnonymityMode.ANONYMOUS,
    place_floor: Annotated[int, typer.Option(help="Fewest learners in a place's score that may be shown.")] = 5,
    breakdown_floor: Annotated[
        int, typer.Option(help="Fewest learners in a breakdown or distribution that may be shown.")
    ] = 10,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Set up a campaign.

    Nothing of it can change once a learner has answered. Days are written like 2026-10-01.

    Example: nets campaign open nets-2026 --questionnaire nets/2026.1 --title "NETS 2026" --opens 2026-10-01 --closes 2026-11-30
    """
    folder = questionnaire_folder()
    opened = open_database(database, folder)
    version = folder.read(*questionnaire.split("/", 1))
    campaign = Campaign(
        id=campaign_id,
        title=title,
        questionnaire_id=version.id,
        questionnaire_version=version.version,
        opens_on=opens,
        closes_on=closes,
        access_mode=AccessMode(access),
        anonymity_mode=anonymity,
        place_floor=place_floor,
        breakdown_floor=breakdown_floor,
    )
    with opened.begin() as connection:
        begin_campaign(connection, version, campaign, by=who_is_here())
    days = f"{campaign.id} takes answers from {campaign.opens_on} to {campaign.closes_on}"
    if campaign.access_mode is AccessMode.INVITATION:
        typer.echo(f"{days} from those who are entered with: nets invitations add {campaign.id}")
    else:
        typer.echo(f"{days} at /c/{campaign.id}")


@app.command("close")
def close(
    campaign_id: Annotated[str, typer.Argument(help="The campaign's code.")],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """End a campaign today.

    From now on it takes no answers, and it cannot be opened again.

    Example: nets campaign close nets-2026
    """
    with open_database(database).begin() as connection:
        end_campaign(connection, campaign_id, date.today(), by=who_is_here())
    typer.echo(f"{campaign_id} is closed")


@app.command("list")
def list_all(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """List campaigns, the newest first.

    A line each: code, first and last day, whether answers are taken today, responses, questionnaire, title.

    Example: nets campaign list
    """
    with open_database(database).read() as connection:
        campaigns = [(campaign, count_responses(connection, campaign.id)) for campaign in list_campaigns(connection)]
    if not campaigns:
        typer.echo("there are no campaigns yet; nets campaign open sets one up", err=True)
    for campaign, n_responses in campaigns:
        state = "open" if campaign.is_open(date.today()) else "not open"
        typer.echo(
            f"{campaign.id:<24} {campaign.opens_on} to {campaign.closes_on}  {state:<8}  {n_responses:>8,} responses  "
            f"{campaign.questionnaire_id} {campaign.questionnaire_version}  {campaign.title}"
        )
