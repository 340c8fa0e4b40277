"""``nets bursts``: where one person may have answered many times."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Annotated, Final

import typer

from nets.bursts import Burst, DayBurst
from nets.campaign import Campaign
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.releases import Output
from nets.cli.rosters import CAUTION
from nets.finding_bursts import bursts_of
from nets.organisation import Level
from nets.store.campaigns import get_campaign
from nets.store.organisations import list_organisations
from nets.transfer.spreadsheet import safe_cell

_COLUMNS: Final = (
    "placement_id", "placement", "kind", "responses", "day", "at_placement", "expected", "compared", "items", "differing",
    "elsewhere", "compared_elsewhere",
)  # fmt: skip


def bursts(
    campaign_id: Annotated[str, typer.Argument(help="The campaign's code.")],
    output: Annotated[Output, typer.Option(help="table for people, csv or json for machines.")] = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print placements with more responses on one day, or more of them alike, than chance lets expect.

    An open link or a QR code does not stop anybody from answering many times. What is printed is a reason to ask, and nothing is
    deleted: a teaching session at which everybody answers looks the same by its day. Where nobody answered twice, one campaign in
    fifty has a placement here.

    The numbers are exact and for the survey manager alone.

    Example: nets bursts nets-2026
    """
    with open_database(database).read() as connection:
        campaign, looked_at = get_campaign(connection, campaign_id), bursts_of(connection, campaign_id)
        names = {place.id: place.name for place in list_organisations(connection, level=Level.PLACEMENT)}
    found, n_placements = looked_at.found, looked_at.n_placements
    match output:
        case Output.TABLE:
            typer.echo("\n".join(_table(campaign, found, n_placements, names)))
        case Output.CSV:
            typer.echo(_csv(found, names), nl=False)
        case Output.JSON:
            typer.echo(json.dumps(_json(campaign, found, n_placements, names), ensure_ascii=False, default=str))


def _table(
    campaign: Campaign, found: Mapping[str, tuple[Burst, ...]], n_placements: int, names: Mapping[str, str]
) -> Iterator[str]:
    many = f"{len(found):,} of {n_placements:,} placements with responses have a burst"
    yield f"{campaign.title}: {many if found else 'no bursts'}; {CAUTION[campaign.access_mode]}"
    for placement_id, those in found.items():
        for burst in those:
            yield f"{f'{placement_id} {names[placement_id]}'[:34]:<34} {_in_words(burst)}"


def _in_words(burst: Burst) -> str:
    if isinstance(burst, DayBurst):
        return (
            f"by day: {burst.responses} of its {burst.at_placement} responses are of {burst.day}, "
            f"where {burst.expected:.1f} were expected"
        )
    ratings = f"all {burst.items} ratings"
    if burst.differing:
        ratings = f"all but {burst.differing} of {burst.items} ratings"
    return (
        f"alike: {burst.responses} of {burst.compared} that rate about as high agree in {ratings}; "
        f"elsewhere {burst.elsewhere} of {burst.compared_elsewhere:,} do"
    )


def _row(burst: Burst, names: Mapping[str, str]) -> dict[str, object]:
    kind = "day" if isinstance(burst, DayBurst) else "alike"
    return {**asdict(burst), "placement": names[burst.placement_id], "kind": kind}


def _csv(found: Mapping[str, tuple[Burst, ...]], names: Mapping[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for those in found.values():
        for burst in those:
            row = _row(burst, names)
            cells = {name: safe_cell(str(row[name])) for name in ("placement_id", "placement")}
            writer.writerow({**row, **cells})
    return text.getvalue()


def _json(
    campaign: Campaign, found: Mapping[str, tuple[Burst, ...]], n_placements: int, names: Mapping[str, str]
) -> dict[str, object]:
    return {
        "campaign": campaign.id,
        "access_mode": campaign.access_mode,
        "placements_with_responses": n_placements,
        "bursts": [_row(burst, names) for those in found.values() for burst in those],
    }
