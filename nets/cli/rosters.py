"""``nets roster`` and ``nets response-rates``: how many learners could have answered, and how many of them did."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from nets.campaign import AccessMode, Campaign
from nets.cli.accounts import who_is_here
from nets.cli.data_file import DelimiterOption, EncodingOption
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.listing import as_csv
from nets.cli.releases import Output
from nets.conducting import take_roster
from nets.disclosure.shown import Shown, ShownScore
from nets.errors import NotFound
from nets.organisation import Level
from nets.releases.document import record_from_json
from nets.response_rate import (
    ALL_GROUPS,
    COLUMNS,
    CampaignRates,
    NoResponseRate,
    Rate,
    ResponseRate,
    RosterTooSmall,
    bounds_of_mean,
    rate_values,
    rates_by_group,
)
from nets.store.campaigns import get_campaign
from nets.store.database import Connection
from nets.store.organisations import list_organisations
from nets.store.questionnaires import get_version
from nets.store.releases import latest_release, read_places
from nets.store.rosters import read_rates, read_roster
from nets.transfer.answers import quoted
from nets.transfer.roster import WRITTEN_COLUMNS, empty_rows, read_roster_file, roster_rows

app = typer.Typer(name="roster", help="State how many learners each placement has.")

CAUTION: Final = {
    AccessMode.OPEN_LINK: "learners came by open link, by which one can answer more than once and others can too",
    AccessMode.PLACEMENT_QR: "learners came by QR code, by which one can answer more than once and others can too",
    AccessMode.INVITATION: "they were invited one by one, and each counts where she was invited",
    AccessMode.IMPORTED: "the responses were imported",
}


@app.command("upload")
def upload(
    campaign_id: Annotated[str, typer.Argument(help="The campaign's code.")],
    file: Annotated[
        Path,
        typer.Argument(
            help="A CSV file with the columns placement_id, learner_group and learners.", exists=True, dir_okay=False
        ),
    ],
    encoding: EncodingOption = "utf-8",
    delimiter: DelimiterOption = ",",
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Take in how many learners of each group each placement has.

    A row for each learner group at each placement: the placement's id, the group's code, the number of learners. A row whose number
    is left empty is passed over. It replaces the campaign's whole roster. Where anything is wrong, it is named by row and column
    and nothing is stored.

    Example: nets roster upload nets-2026 roster.csv
    """
    opened = open_database(database)
    with opened.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        placements = {place.id for place in list_organisations(connection, level=Level.PLACEMENT)}
    roster = read_roster_file(
        file,
        version,
        placements,
        encoding="utf-8-sig" if encoding == "utf-8" else encoding,
        delimiter="\t" if delimiter == "tab" else delimiter,
    )
    with opened.begin() as connection:
        n_gone = take_roster(connection, campaign_id, roster.entries, by=who_is_here())
    learners = sum(entry.learners for entry in roster.entries)
    n_placements = len({entry.placement_id for entry in roster.entries})
    typer.echo(f"{campaign_id}: {learners:,} learners of {n_placements:,} placements")
    if n_gone:
        typer.echo(f"  in the place of an earlier roster of {n_gone:,} rows")
    if roster.n_without_number:
        typer.echo(f"  {roster.n_without_number:,} rows without a number are passed over")
    if roster.unused_columns:
        typer.echo(f"  columns not used: {', '.join(map(quoted, roster.unused_columns))}")


@app.command("show")
def show(
    campaign_id: Annotated[str, typer.Argument(help="The campaign's code.")],
    empty: Annotated[
        bool,
        typer.Option("--empty", help="Every placement with every learner group, without numbers, to be filled in."),
    ] = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print the roster as a CSV file that can be taken in again.

    Example: nets roster show nets-2026
    """
    with open_database(database).read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        names = {place.id: place.name for place in list_organisations(connection, level=Level.PLACEMENT)}
        roster = read_roster(connection, campaign_id)
    if not roster and not empty:
        raise NotFound(f"{campaign_id} has no roster; one to be filled in is printed with --empty")
    rows: Iterable[Sequence[str | float]] = roster_rows(roster, names)
    if empty:
        rows = empty_rows((group.code for group in version.learner_groups), names)
    typer.echo(as_csv(WRITTEN_COLUMNS, rows), nl=False)


def response_rates(
    campaign_id: Annotated[str, typer.Argument(help="The campaign's code.")],
    scale: Annotated[
        str, typer.Option(help="A scale, such as supervision: between what its mean of all learners lies.")
    ] = "",
    output: Annotated[Output, typer.Option(help="table for people, csv or json for machines.")] = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print who answered, of how many.

    For every placement and learner group: responses, learners of the roster, exact response rate, and by how many points of 0-100
    the mean of all learners stays open because some did not answer. With a scale, the mean in the newest release with its worst and
    best case. Where the roster says nothing there is no response rate. In a campaign by invitation the learners are those who were
    invited, and the responses those of whom the ledger says that they have answered.

    The numbers are exact and for the survey manager alone: with them, scores that are not shown could be worked out, so they go
    neither to quality teams nor to providers.

    Example: nets response-rates nets-2026 --scale supervision
    """
    with open_database(database).read() as connection:
        campaign = get_campaign(connection, campaign_id)
        rates = read_rates(connection, campaign)
        shown = _shown_scores(connection, campaign_id, scale) if scale else {}
        names = {place.id: place.name for place in list_organisations(connection, level=Level.PLACEMENT)}
    rows = list(_rows(rates, shown))
    match output:
        case Output.TABLE:
            typer.echo("\n".join(_table(campaign, rates, rows, names, scale)))
        case Output.CSV:
            typer.echo(as_csv(_COLUMNS, _lines(rows, names)), nl=False)
        case Output.JSON:
            typer.echo(json.dumps(_json(campaign, rates, rows, names), ensure_ascii=False))


def _shown_scores(connection: Connection, campaign_id: str, scale: str) -> dict[str, Shown]:
    """A scale's scores as anybody may see them: what is not shown there has no bounds here either."""
    header = latest_release(connection, campaign_id)
    if header is None:
        raise NotFound(f"campaign {campaign_id} has no release yet; make one with: nets release {campaign_id}")
    if scale not in header.scales:
        raise NotFound(f"{header.id} has no scale '{scale}'; it has {', '.join(header.scales)}")
    records = map(record_from_json, read_places(connection, header.id, level=Level.PLACEMENT).values())
    return {record.place_id: record.score(scale) for record in records}


_Bounds: TypeAlias = tuple[float, float, float]
_Row: TypeAlias = tuple[str, str, Rate, _Bounds | None]
"""Placement id, learner group, rate; mean with its worst and best case, where there are any."""


def _rows(rates: CampaignRates, shown: Mapping[str, Shown]) -> Iterator[_Row]:
    for placement_id, group, rate in rates_by_group(rates):
        yield placement_id, group, rate, _bounds(rate, shown.get(placement_id)) if group == ALL_GROUPS else None


def _bounds(rate: Rate, score: Shown | None) -> _Bounds | None:
    if not isinstance(rate, ResponseRate) or not isinstance(score, ShownScore) or score.n > rate.learners:
        return None
    worst, best = bounds_of_mean(score.mean, score.n, rate.learners)
    return score.mean, round(worst, 1), round(best, 1)


def _table(
    campaign: Campaign, rates: CampaignRates, rows: list[_Row], names: Mapping[str, str], scale: str
) -> Iterator[str]:
    yield f"{campaign.title}: {_in_words(rates.together)}; {CAUTION[campaign.access_mode]}"
    if rates.outside and not isinstance(rates.together, NoResponseRate):
        yield f"{rates.outside:,} responses are from where the roster has nobody: they are in no rate"
    if rates.too_small:
        where = (
            "1 learner group at a placement: its"
            if rates.too_small == 1
            else f"{rates.too_small:,} learner groups: their"
        )
        yield f"the roster is too small for {where} responses are in no rate"
    bounds = f" {'mean':>5} {'worst to best':>13}" if scale else ""
    yield f"{'placement':<34} {'learner group':<28} {'responses':>9} {'learners':>8} {'rate':>7} {'open':>5}{bounds}"
    for placement_id, group, rate, found in rows:
        place = f"{placement_id} {names[placement_id]}"[:34]
        start = f"{place:<34} {group[:28]:<28} {rate.responses:>9}"
        match rate:
            case ResponseRate():
                line = f"{start} {rate.learners:>8} {rate.per_cent:>5.1f} % {rate.open_points:>5.1f}"
            case RosterTooSmall():
                line = f"{start} {rate.learners:>8}  roster too small"
            case NoResponseRate():
                line = f"{start} {'-':>8}  no response rate"
        yield f"{line} {found[0]:>5.1f} {f'{found[1]:.1f}-{found[2]:.1f}':>13}" if found else line


def _in_words(rate: Rate) -> str:
    if isinstance(rate, ResponseRate):
        return f"{rate.responses:,} of {rate.learners:,} learners answered, {rate.per_cent:.1f} %"
    return "no response rate"


_COLUMNS: Final = (*COLUMNS, "mean", "worst", "best")


def _lines(rows: list[_Row], names: Mapping[str, str]) -> Iterator[tuple[object, ...]]:
    for placement_id, group, rate, found in rows:
        yield placement_id, names[placement_id], group, *rate_values(rate), *(found or (None,) * 3)


def _json(campaign: Campaign, rates: CampaignRates, rows: list[_Row], names: Mapping[str, str]) -> dict[str, object]:
    together = dict(zip(_COLUMNS[3:8], rate_values(rates.together), strict=True))
    return {
        "campaign": campaign.id,
        "access_mode": campaign.access_mode,
        "together": together,
        "responses_outside_the_roster": rates.outside,
        "groups_with_too_small_a_roster": rates.too_small,
        "rates": [dict(zip(_COLUMNS, line, strict=True)) for line in _lines(rows, names)],
    }
