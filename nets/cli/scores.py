"""``nets scores``: the scores of a release, at any level, of any measure and learner group, over the campaigns."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from nets.access.roles import Role
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.reader import RoleOption, ScopeOption, reader_here
from nets.cli.releases import Output, find_release
from nets.cli.score_table import ScoreRow, ScoreView, scores_as_csv, scores_as_json, scores_table
from nets.errors import NotFound, Refused
from nets.organisation import Level
from nets.pooled import read_pooled
from nets.reading import PlaceView, ReleaseReader, reader_of
from nets.releases.measure import Measure, MeasureKind
from nets.releases.place_tree import NATION
from nets.releases.release import ReleaseHeader
from nets.releases.trend import Asked, belonging, earlier_measure
from nets.store.database import Connection
from nets.store.questionnaires import get_version
from nets.trends import ReleasesUntil, releases_until


class ScoredLevel(StrEnum):
    """Of which places scores are printed."""

    NATION = NATION
    REGION = Level.REGION.value
    LOCAL_OFFICE = Level.LOCAL_OFFICE.value
    PROVIDER = Level.PROVIDER.value
    SITE = Level.SITE.value
    PLACEMENT = Level.PLACEMENT.value


def scores(
    name: Annotated[
        str, typer.Argument(help="A campaign (its newest release is read) or a release, such as nets-2026-r1.")
    ],
    level: Annotated[ScoredLevel, typer.Option(help="Of which places.")] = ScoredLevel.PLACEMENT,
    measure: Annotated[
        str,
        typer.Option(
            "--measure",
            "--scale",
            help="One measure, such as supervision, standard:3.4, domain:3 or item:SUP01, or all of a kind: scale, standard, "
            "domain, item. All scales where left out.",
        ),
    ] = "",
    group: Annotated[str, typer.Option(help="One learner group, such as nursing; each has them all.")] = "",
    under: Annotated[str, typer.Option(help="Only places below this place, such as T001, and itself.")] = "",
    years: Annotated[
        bool, typer.Option("--years", help="A line for every earlier campaign with a release too, the oldest first.")
    ] = False,
    role: RoleOption = Role.NATIONAL,
    scope: ScopeOption = "",
    output: Annotated[Output, typer.Option(help="table for people, csv or json for machines.")] = Output.TABLE,
    as_csv: Annotated[bool, typer.Option("--csv", help="The same as --output csv.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --output json.")] = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print the scores of a release.

    For every place and measure: n, mean (0-100), 95 % interval, shrunken estimate, reliability and verdict; as csv and json also
    what case-mix and earlier campaigns make of it. What may not be shown, because too few learners answered, is marked. Whoever
    has the database has everything, so exact numbers are what is printed; before you pass a table on, name the role that it is
    for: every other role has numbers of learners in bands.

    Example: nets scores nets-2026 --scale supervision

    Example: nets scores nets-2026 --level provider --measure standard --group nursing --years --csv

    Example: nets scores nets-2026 --role provider --scope T001 --output csv
    """
    if as_csv and as_json:
        raise Refused("--csv and --json cannot be asked for together")
    with open_database(database).read() as connection:
        header = find_release(connection, name)
        measures = _measures(header, measure)
        groups = _groups(connection, header, measures, group)
        release = reader_of(connection, reader_here(connection, role, scope), header)
        until = releases_until(connection, header) if years else ReleasesUntil(((header.released_on, header),), {})
        asked = {one.code: _asked(until, one) for one in measures}
        readers = [release.beside(one) for _, one in until.releases]
        views = [{view.place_id: view for view in views_asked(reader, level, under)} for reader in readers]
        pooled = [read_pooled(reader, list(of.values())) for reader, of in zip(readers, views, strict=True)]
    rows = [
        ScoreRow(
            until.releases[at][1],
            view,
            of,
            code,
            view.record.score(of, code or None),
            how,
            pooled[at].get(place_id, {}),
        )
        for place_id in views[-1]
        for one in measures
        for code in groups
        for at, of, how in asked[one.code]
        if (view := views[at].get(place_id)) is not None
    ]
    printed = ScoreView(header, role, level, rows, by_group=bool(group), by_year=years)
    match Output.CSV if as_csv else Output.JSON if as_json else output:
        case Output.TABLE:
            typer.echo("\n".join(scores_table(printed)))
        case Output.CSV:
            typer.echo(scores_as_csv(printed), nl=False)
        case Output.JSON:
            typer.echo(scores_as_json(printed))


def _measures(header: ReleaseHeader, asked: str) -> list[Measure]:
    if asked in {"", *MeasureKind}:
        return [measure for measure in header.measures if measure.kind == (asked or MeasureKind.SCALE)]
    found = [measure for measure in header.measures if measure.code == asked]
    if not found:
        raise NotFound(
            f"{header.id} has no measure '{asked}'; it has the scales {', '.join(header.scales)}, and measures called like "
            "standard:3.4, domain:3 and item:SUP01"
        )
    return found


def _asked(until: ReleasesUntil, measure: Measure) -> list[tuple[int, str, Asked]]:
    """The releases that asked a measure, by position, each with its code there and how it was asked beside the one before."""
    there = [
        (at, its_own)
        for at, (_, header) in enumerate(until.releases)
        if (its_own := earlier_measure(header.measures, measure, until.links)) is not None
    ]
    belongs = belonging([its_own for _, its_own in there], until.links)
    return [(there[at][0], there[at][1].code, how) for at, how in belongs]


def _groups(connection: Connection, header: ReleaseHeader, measures: Sequence[Measure], asked: str) -> tuple[str, ...]:
    """Codes of the learner groups asked for; an empty one stands for all learners."""
    if not asked:
        return ("",)
    if any(measure.kind is not MeasureKind.SCALE for measure in measures):
        raise NotFound("learner groups have scores on scales alone")
    version = get_version(connection, header.questionnaire_id, header.questionnaire_version)
    codes = tuple(group.code for group in version.learner_groups)
    if asked == "each":
        return codes
    if asked not in codes:
        raise NotFound(f"{header.id} has no learner group '{asked}'; it has {', '.join(codes)}")
    return (asked,)


def views_asked(reader: ReleaseReader, level: ScoredLevel, under: str) -> list[PlaceView]:
    """Places of one level in the reader's scope: below a place and itself, or all of them."""
    if level is ScoredLevel.NATION:
        return [reader.place(NATION)]
    top = reader.place(under) if under else reader.top()
    itself = [top] if top.level == level else []
    return [*itself, *reader.views(reader.places(level.value, top.place_id))]
