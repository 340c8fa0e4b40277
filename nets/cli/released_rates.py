"""``nets released-rates``: how many answered at the places of a release, of how many, as a role reads it."""

import json
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from nets.access.roles import Role
from nets.answered import COLUMNS, RateRow, answered_numbers, rate_line, rate_rows
from nets.campaign import AccessMode
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.listing import as_csv
from nets.cli.reader import RoleOption, ScopeOption, reader_here
from nets.cli.releases import Output, find_release
from nets.cli.rosters import CAUTION
from nets.cli.scores import ScoredLevel, views_asked
from nets.disclosure.banded import BandedRate
from nets.disclosure.shown import NoRate, SuppressedScore
from nets.errors import NotFound
from nets.reading import reader_of
from nets.releases.release import ReleaseHeader


def released_rates(
    name: Annotated[
        str, typer.Argument(help="A campaign (its newest release is read) or a release, such as nets-2026-r1.")
    ],
    level: Annotated[ScoredLevel, typer.Option(help="Of which places.")] = ScoredLevel.PLACEMENT,
    scale: Annotated[
        str, typer.Option(help="A scale, such as supervision: between what its mean of all learners lies.")
    ] = "",
    under: Annotated[str, typer.Option(help="Only places below this place, such as T001, and itself.")] = "",
    role: RoleOption = Role.NATIONAL,
    scope: ScopeOption = "",
    output: Annotated[Output, typer.Option(help="table for people, csv or json for machines.")] = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print how many answered at each place of a release, of how many.

    Frozen with the release, hidden where too few answered, and in bands for every role but the national one: what the pages and
    /v1 tell. With a scale, for the national role, its mean with its worst and best case. The live numbers, which are the survey
    manager's alone, are those of nets response-rates.

    Example: nets released-rates nets-2026 --level provider --scale supervision

    Example: nets released-rates nets-2026 --role provider --scope T001 --output csv
    """
    with open_database(database).read() as connection:
        header = find_release(connection, name)
        if scale and scale not in header.scales:
            raise NotFound(f"{header.id} has no scale '{scale}'; it has {', '.join(header.scales)}")
        release = reader_of(connection, reader_here(connection, role, scope), header)
        rows = rate_rows(views_asked(release, level, under), scale)
    match output:
        case Output.TABLE:
            typer.echo("\n".join(_table(header, role, rows, scale)))
        case Output.CSV:
            typer.echo(as_csv(COLUMNS, map(rate_line, rows)), nl=False)
        case Output.JSON:
            typer.echo(json.dumps(_document(header, role, rows), ensure_ascii=False))


def _table(header: ReleaseHeader, role: Role, rows: Sequence[RateRow], scale: str) -> Iterator[str]:
    yield (
        f"{header.campaign_title}: release {header.id} of {header.released_on}, as the role {role.replace('_', ' ')} sees it; "
        f"{CAUTION[AccessMode(header.access_mode)]}"
    )
    bounds = f" {'mean':>5} {'worst to best':>13}" if scale else ""
    yield f"{'place':<34} {'responses':>14} {'learners':>8} {'rate':>16}{bounds}"
    for row in rows:
        place, responses, found = f"{row.view.place_id} {row.view.name}"[:34], row.view.record.responses, row.bounds
        if isinstance(responses, SuppressedScore):
            yield f"{place:<34} {'-':>14} not shown, to protect the learners"
            continue
        answered, learners, low, high = answered_numbers(responses)
        told = f"{low} to {high} %" if isinstance(responses.rate, BandedRate) else f"{low} %"
        rate = "no response rate" if isinstance(responses.rate, NoRate) else told
        line = f"{place:<34} {answered:>14} {learners or '-':>8} {rate:>16}"
        yield (
            f"{line} {found.mean:>5.1f} {f'{found.worst:.1f}-{found.best:.1f}':>13}" if found.kind == "bounds" else line
        )


def _document(header: ReleaseHeader, role: Role, rows: Sequence[RateRow]) -> dict[str, object]:
    lines = [dict(zip(COLUMNS, rate_line(row), strict=True)) for row in rows]
    return {
        "release": header.id,
        "campaign": header.campaign_id,
        "access_mode": header.access_mode,
        "role": role,
        "rates": [{name: None if value == "" else value for name, value in line.items()} for line in lines],
    }
