"""``nets release`` and ``nets scores``: freeze a campaign's scores, and read them."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from nets.access.roles import PERMISSIONS, Door, Permission, Principal, Role
from nets.cli.accounts import who_is_here
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.disclosure.banded import Seen, SeenScore, learners_of
from nets.errors import NotFound, Refused
from nets.organisation import Level
from nets.reading import PlaceView, reader_of
from nets.releases.release import ReleaseHeader
from nets.releases.releasing import make_release
from nets.store.campaigns import list_campaigns
from nets.store.database import Connection
from nets.store.organisations import ancestors
from nets.store.releases import get_release, latest_release
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
    role: Annotated[
        Role, typer.Option(help="As this role sees them: exact numbers for the national one, bands for the others.")
    ] = Role.NATIONAL,
    scope: Annotated[str, typer.Option(help="With a role that has a place of its own: which, such as T001.")] = "",
    output: Annotated[Output, typer.Option(help="table for people, csv or json for machines.")] = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print the scores of a release.

    For every placement and scale: n, mean (0-100), 95 % interval, shrunken estimate, reliability and verdict. What may not
    be shown, because too few learners answered, is marked. Whoever has the database has everything, so exact numbers are what is
    printed; before you pass a table on, name the role that it is for: every other role has numbers of learners in bands.

    Example: nets scores nets-2026 --scale supervision

    Example: nets scores nets-2026 --role provider --scope T001 --output csv
    """
    with open_database(database).read() as connection:
        header = find_release(connection, name)
        if scale and scale not in header.scales:
            raise NotFound(f"{header.id} has no scale '{scale}'; it has {', '.join(header.scales)}")
        release = reader_of(connection, _principal(connection, role, scope), header)
        views = release.below(release.place(under) if under else release.top(), Level.PLACEMENT)
    rows = [
        (view, code, view.record.score(code)) for view in views for code in header.scales if not scale or code == scale
    ]
    match output:
        case Output.TABLE:
            typer.echo("\n".join(_table(header, rows, role)))
        case Output.CSV:
            typer.echo(_csv(rows), nl=False)
        case Output.JSON:
            typer.echo(json.dumps(_json(header, rows, role), ensure_ascii=False, default=str))


def _principal(connection: Connection, role: Role, scope: str) -> Principal:
    """Somebody of a role, with the path down to her place."""
    if Permission.READ_SCORES not in PERMISSIONS[role]:
        raise Refused(f"the role {_word(role)} reads no scores")
    path = (*(place.id for place in ancestors(connection, scope)), scope) if scope else ()
    return Principal(who_is_here(), role, path, Door.SESSION)


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


_Row = tuple[PlaceView, str, Seen]


def _table(header: ReleaseHeader, rows: list[_Row], role: Role) -> Iterator[str]:
    made = f"{header.campaign_title}: release {header.id} of {header.released_on}, rule {header.rule_version}"
    yield f"{made}, as the role {_word(role)} sees it"
    wide = max([4, *(len(str(learners_of(shown))) for _, _, shown in rows if isinstance(shown, SeenScore))])
    yield f"{'placement':<34} {'scale':<22} {'n':>{wide}} {'mean':>5} {'95 %':>13} {'shrunken':>8} {'rel.':>5}  verdict"
    for view, code, shown in rows:
        place = f"{view.place_id} {view.name}"[:34]
        if isinstance(shown, SeenScore):
            low, high = map(_points, shown.interval)
            yield (
                f"{place:<34} {code:<22} {learners_of(shown):>{wide}} {_points(shown.mean):>5} {f'{low}-{high}':>13} "
                f"{_points(shown.shrunken):>8} {shown.reliability:>5.2f}  {shown.verdict}"
            )
        else:
            yield f"{place:<34} {code:<22} {'-':>{wide}} not shown, to protect the learners"


_COLUMNS = (
    "placement_id", "placement", "scale", "n", "mean", "sd", "low", "high", "reliability", "shrunken", "shrunken_low",
    "shrunken_high", "verdict",
)  # fmt: skip


def _csv(rows: list[_Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for view, code, shown in rows:
        start = (view.place_id, safe_cell(view.name), code)
        if isinstance(shown, SeenScore):
            writer.writerow(
                (*start, learners_of(shown), shown.mean, shown.sd, *shown.interval, shown.reliability, shown.shrunken,
                 *shown.shrunken_interval, shown.verdict)
            )  # fmt: skip
        else:
            writer.writerow((*start, *[""] * 9, "not shown"))
    return text.getvalue()


def _json(header: ReleaseHeader, rows: list[_Row], role: Role) -> dict[str, object]:
    return {
        "release": header.id,
        "campaign": header.campaign_id,
        "released_on": header.released_on,
        "role": role,
        "scores": [
            {"placement": view.place_id, "name": view.name, "scale": code, **asdict(shown)}
            for view, code, shown in rows
        ],
    }


def _points(value: float) -> str:
    """A score as its view has it: to the tenth, or whole."""
    return str(value) if isinstance(value, int) else f"{value:.1f}"


def _word(role: Role) -> str:
    return role.replace("_", " ")
