"""``nets simulate``: learners from a stated model, over invented places where there are none."""

from datetime import date
from typing import Annotated

import typer

from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.errors import Refused
from nets.organisation import Level
from nets.packing import pack
from nets.simulation.learners import simulate_learners
from nets.simulation.places import invented_places
from nets.store.campaigns import get_campaign
from nets.store.organisations import add_organisations, list_organisations
from nets.store.questionnaires import get_version
from nets.store.responses import add_responses, count_responses


def simulate(
    campaign_id: Annotated[str, typer.Argument(help="The campaign to fill.")],
    responses: Annotated[int, typer.Option(help="How many learners.", min=1, max=1_000_000)] = 2_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same learners.", min=0)] = 1,
    add: Annotated[bool, typer.Option("--add", help="Simulate even if the campaign has responses already.")] = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Fill a campaign with simulated learners, for trying it out.

    Simulated answers cannot be told from real ones later, so a campaign that has responses is refused unless --add says that they
    may be mixed. Where there are no places yet, over a hundred invented placements are made.

    Example: nets simulate trial --responses 500
    """
    opened = open_database(database)
    with opened.begin() as connection:
        campaign = get_campaign(connection, campaign_id)
        there = count_responses(connection, campaign_id)
        if there and not add:
            what = "simulated ones could never be told from them (--add mixes them all the same)"
            raise Refused(f"campaign {campaign_id} has {there:,} responses already, and {what}")
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        placements = list_organisations(connection, level=Level.PLACEMENT)
        if not placements:
            add_organisations(connection, invented_places())
            placements = list_organisations(connection, level=Level.PLACEMENT)
            typer.echo(f"there were no places; invented {len(placements)} placements")
        days = (campaign.opens_on, max(campaign.opens_on, min(campaign.closes_on, date.today())))
        learners = simulate_learners(version, placements, responses, days=days, seed=seed)
        packed = ((r.placement_id, r.learner_group, r.answered_on, pack(version, r.answers)) for r in learners)
        stored = add_responses(connection, campaign_id, packed)
    typer.echo(f"{stored:,} simulated learners answered {campaign_id}")
