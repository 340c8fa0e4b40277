"""``nets release`` and ``nets scores``: freeze a campaign's scores, and read them."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from nets.cli.accounts import who_is_here
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.disclosure.shown import Shown, ShownScore
from nets.errors import NotFound
from nets.organisation import Level
from nets.releases.document import record_from_json
from nets.releases.place_record import PlaceRecord
from nets.releases.release import ReleaseHeader
from nets.releases.releasing import make_release
from nets.store.campaigns import list_campaigns
from nets.store.database import Connection
from nets.store.organisations import get_organisation, list_organisations
from nets.store.releases import get_release, latest_release, read_places
from nets.transfer.spreadsheet import safe_cell


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


def scores(
    name: Annotated[
        str, typer.Argument(help="A campaign (its newest release is read) or a release, such as nets-2026-r1.")
    ],
    scale: Annotated[str, typer.Option(help="One scale, such as supervision; all where left out.")] = "",
    under: Annotated[str, typer.Option(help="Only placements below this place, such as T001.")] = "",
    output: Annotated[Output, typer.Option(help="table for people, csv or json for machines.")] = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print the scores of a release.

    For every placement and scale: n, mean (0-100), 95 % interval, shrunken estimate, reliability and verdict. What may not
    be shown, because too few learners answered, is marked.

    Example: nets scores nets-2026 --scale supervision
    """
    with open_database(database).read() as connection:
        header = find_release(connection, name)
        if scale and scale not in header.scales:
            raise NotFound(f"{header.id} has no scale '{scale}'; it has {', '.join(header.scales)}")
        if under:
            get_organisation(connection, under)
        documents = read_places(connection, header.id, level=Level.PLACEMENT, under=under or None)
        records = [record_from_json(document) for document in documents.values()]
        names = {place.id: place.name for place in list_organisations(connection, level=Level.PLACEMENT)}
    rows = [
        (record, code, record.score(code)) for record in records for code in header.scales if not scale or code == scale
    ]
    match output:
        case Output.TABLE:
            typer.echo("\n".join(_table(header, rows, names)))
        case Output.CSV:
            typer.echo(_csv(rows, names), nl=False)
        case Output.JSON:
            typer.echo(json.dumps(_json(header, rows, names), ensure_ascii=False, default=str))


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


_Row = tuple[PlaceRecord, str, Shown]


def _table(header: ReleaseHeader, rows: list[_Row], names: Mapping[str, str]) -> Iterator[str]:
    yield f"{header.campaign_title}: release {header.id} of {header.released_on}, rule {header.rule_version}"
    yield f"{'placement':<34} {'scale':<22} {'n':>4} {'mean':>5} {'95 %':>13} {'shrunken':>8} {'rel.':>5}  verdict"
    for record, code, shown in rows:
        place = f"{record.place_id} {names[record.place_id]}"[:34]
        if isinstance(shown, ShownScore):
            interval = f"{shown.interval[0]:.1f}-{shown.interval[1]:.1f}"
            yield (
                f"{place:<34} {code:<22} {shown.n:>4} {shown.mean:>5.1f} {interval:>13} "
                f"{shown.shrunken:>8.1f} {shown.reliability:>5.2f}  {shown.verdict}"
            )
        else:
            yield f"{place:<34} {code:<22}    - not shown, to protect the learners"


_COLUMNS = (
    "placement_id", "placement", "scale", "n", "mean", "sd", "low", "high", "reliability", "shrunken", "shrunken_low",
    "shrunken_high", "verdict",
)  # fmt: skip


def _csv(rows: list[_Row], names: Mapping[str, str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for record, code, shown in rows:
        start = (record.place_id, safe_cell(names[record.place_id]), code)
        if isinstance(shown, ShownScore):
            writer.writerow(
                (*start, shown.n, shown.mean, shown.sd, *shown.interval, shown.reliability, shown.shrunken,
                 *shown.shrunken_interval, shown.verdict)
            )  # fmt: skip
        else:
            writer.writerow((*start, *[""] * 9, "not shown"))
    return text.getvalue()


def _json(header: ReleaseHeader, rows: list[_Row], names: Mapping[str, str]) -> dict[str, object]:
    return {
        "release": header.id,
        "campaign": header.campaign_id,
        "released_on": header.released_on,
        "scores": [
            {"placement": record.place_id, "name": names[record.place_id], "scale": code, **asdict(shown)}
            for record, code, shown in rows
        ],
    }
