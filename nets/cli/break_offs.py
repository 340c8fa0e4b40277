"""``nets break-offs``: at which page learners who began went no further."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer

from nets.break_off import COLUMNS, BreakOff, CampaignBreakOffs, NobodyBegan, campaign_break_offs, rows_of
from nets.campaign import Campaign
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.listing import as_csv
from nets.cli.releases import Output
from nets.store.break_offs import read_step_counts
from nets.store.campaigns import get_campaign
from nets.store.questionnaires import get_version


def break_offs(
    campaign_id: Annotated[str, typer.Argument(help="The campaign's code.")],
    output: Annotated[Output, typer.Option(help="table for people, csv or json for machines.")] = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print where learners who began went no further.

    For every page that somebody reached: how many did, how many of them never came to a later one, and their share with its 95 %
    interval. Sums over the whole campaign: they tell of no placement, no day and no learner.

    The service stores them once an hour and when it stops. The numbers are exact and for the survey manager alone.

    Example: nets break-offs nets-2026
    """
    with open_database(database).read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        found = campaign_break_offs(version, read_step_counts(connection, campaign_id))
    match output:
        case Output.TABLE:
            typer.echo("\n".join(_table(campaign, found)))
        case Output.CSV:
            typer.echo(as_csv(COLUMNS, rows_of(found)), nl=False)
        case Output.JSON:
            typer.echo(json.dumps(_json(campaign, found), ensure_ascii=False))


def _table(campaign: Campaign, found: CampaignBreakOffs | NobodyBegan) -> Iterator[str]:
    if isinstance(found, NobodyBegan):
        yield f"{campaign.title}: nobody has begun on the survey's pages, or the hour is not over that they began in"
        return
    began, sent = found.all.reached, found.all.reached - found.all.no_further
    yield f"{campaign.title}: {began:,} began, {sent:,} sent, {found.all.no_further:,} did not: {_in_words(found.all)}"
    if campaign.is_open(date.today()) or campaign.takes_late(date.today()):
        yield "answers are still taken: some of those who went no further may come back"
    yield f"{'page':<32} {'title':<34} {'reached':>7} {'no further':>10}  share of those who reached it"
    for step in found.steps:
        start = f"{step.page[:32]:<32} {step.title[:34]:<34} {step.left.reached:>7,} {step.left.no_further:>10,}"
        yield f"{start}  {_in_words(step.left)}"


def _in_words(left: BreakOff) -> str:
    return f"{left.per_cent:.1f} % (95 % {left.low:.1f} to {left.high:.1f})"


def _json(campaign: Campaign, found: CampaignBreakOffs | NobodyBegan) -> dict[str, object]:
    if isinstance(found, NobodyBegan):
        return {"campaign": campaign.id, "began": 0, "sent": 0, "pages": []}
    began = found.all.reached
    return {
        "campaign": campaign.id,
        "began": began,
        "sent": began - found.all.no_further,
        "pages": [dict(zip(COLUMNS, row, strict=True)) for row in rows_of(found)],
    }
