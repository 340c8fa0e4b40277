"""``nets flags`` and ``nets calibrate``: which places call for attention, by which rule, and how often each rule is wrong."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from nets.access.roles import Role
from nets.cli.calibration_table import calibration_as_csv, calibration_as_json, calibration_table
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.flag_table import FlagRow, FlagView, flags_as_csv, flags_as_json, flags_table
from nets.cli.outcomes_table import outcomes_as_csv, outcomes_as_json, outcomes_table
from nets.cli.reader import RoleOption, ScopeOption, reader_here
from nets.cli.releases import Output, find_release
from nets.errors import NotFound, Refused
from nets.flags.outcomes import indicator_validity
from nets.flags.place_flags import LowFor
from nets.flags.release_calibration import calibrate_release
from nets.flags.rule import FlagMethod, FlagQuestion, flag_questions, read_flag_rule
from nets.organisation import Level
from nets.questionnaire.version import QuestionnaireVersion
from nets.reading import PlaceView, reader_of
from nets.releases.place_record import PlaceRecord
from nets.releases.release import ReleaseHeader
from nets.store.calibrations import read_calibration
from nets.store.organisations import list_organisations
from nets.store.questionnaires import get_version
from nets.transfer.outcomes import read_outcomes_file

_NAME = typer.Argument(help="A campaign (its newest release is read) or a release, such as nets-2026-r1.")
_SCALE = typer.Option(help="One scale, such as supervision; all where left out.")
_OUTPUT = typer.Option(help="table for people, csv or json for machines.")


def flags(
    name: Annotated[str, _NAME],
    level: Annotated[Level, typer.Option(help="Of which places.")] = Level.PLACEMENT,
    scale: Annotated[str, _SCALE] = "",
    rule: Annotated[FlagMethod | None, typer.Option(help="One of the three rules; all where left out.")] = None,
    under: Annotated[str, typer.Option(help="Only places below this place, such as T001.")] = "",
    outcomes: Annotated[
        Path | None,
        typer.Option(
            help="A CSV file of known outcomes: how well the adverse-environment flag foretold them.", dir_okay=False
        ),
    ] = None,
    role: RoleOption = Role.NATIONAL,
    scope: ScopeOption = "",
    output: Annotated[Output, _OUTPUT] = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print which places a release flags.

    Three rules side by side, each with the question it answers: the GMC rule, funnel limits, posterior probabilities; poor places
    and excellent ones. Each list says what share of it is expected to be there falsely and, once nets calibrate has run, how often
    the rule was wrong in simulated campaigns like this one. For placements it is told whether a low score is one learner group's or
    everyone's. Places stand in the order of their ids: it is no league table. Of a place the same is said to every role; each
    sees the places of its scope.

    With --outcomes, a file with the columns placement and outcome (yes or no), sensitivity and specificity of the
    adverse-environment flag are printed instead, for the national role.

    Example: nets flags nets-2026 --scale supervision --rule funnel

    Example: nets flags nets-2026 --role provider --scope T001
    """
    with open_database(database).read() as connection:
        header = find_release(connection, name)
        _check_scale(header, scale)
        reader = reader_here(connection, role, scope)
        release = reader_of(connection, reader, header)
        top = release.place(under) if under else release.top()
        views = sorted(release.below(top, level), key=lambda view: view.place_id)
        if top.level == level:
            views.append(top)
        version = get_version(connection, header.questionnaire_id, header.questionnaire_version)
        calibration = read_calibration(connection, header.id, level)
        if outcomes is not None:
            if not reader.is_national:
                raise Refused("with --outcomes flags are counted over exact scores, for the national role alone")
            known = {place.id for place in list_organisations(connection, level=level)}
            records = [view.record for view in views if isinstance(view.record, PlaceRecord)]
            _print_outcomes(header, records, version, read_outcomes_file(outcomes, known), output)
            return
    wanted = _wanted(header, rule)
    scales = [code for code in header.scales if not scale or code == scale]
    group_titles = {group.code: group.label[version.languages[0]] for group in version.learner_groups}
    rows = [row for view in views for code in scales if (row := _row(view, code, wanted)) is not None]
    printed = FlagView(header, role, level, rows, wanted, scales, group_titles, calibration)
    match output:
        case Output.TABLE:
            typer.echo("\n".join(flags_table(printed)))
        case Output.CSV:
            typer.echo(flags_as_csv(printed), nl=False)
        case Output.JSON:
            typer.echo(flags_as_json(printed))


def _wanted(header: ReleaseHeader, rule: FlagMethod | None) -> dict[str, FlagQuestion]:
    """The lists asked for, by code; none of a release that has no flags."""
    if not header.flags.rule_version:
        return {}
    questions = flag_questions(read_flag_rule(header.flags.rule_version))
    return {code: question for code, question in questions.items() if rule is None or question.method is rule}


def _row(view: PlaceView, scale: str, wanted: Mapping[str, FlagQuestion]) -> FlagRow | None:
    """One place and scale, unless nothing of it is asked for."""
    flags_here = view.record.flags_on(scale)
    lists = tuple(code for code in flags_here.lists if code in wanted)
    if not lists and flags_here.low_for in (LowFor.UNTOLD, LowFor.NO_GROUP):
        return None
    return FlagRow(view.place_id, view.name, scale, lists, flags_here.low_for, flags_here.groups)


def _print_outcomes(
    header: ReleaseHeader,
    records: Sequence[PlaceRecord],
    version: QuestionnaireVersion,
    outcomes: Mapping[str, bool],
    output: Output,
) -> None:
    safety = {scale.code: scale.title[version.languages[0]] for scale in version.scales if scale.kind == "safety"}
    found = indicator_validity({record.place_id: record for record in records}, outcomes, safety)
    match output:
        case Output.TABLE:
            typer.echo("\n".join(outcomes_table(header, found)))
        case Output.CSV:
            typer.echo(outcomes_as_csv(found), nl=False)
        case Output.JSON:
            typer.echo(outcomes_as_json(header, found))


def calibrate(
    name: Annotated[str, _NAME],
    level: Annotated[Level, typer.Option(help="Of which places.")] = Level.PLACEMENT,
    scale: Annotated[str, _SCALE] = "",
    output: Annotated[Output, _OUTPUT] = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Say how often a release's flags are wrong.

    Campaigns with as many learners at as many places, the same mean, standard deviation, differences between places and steps of
    the scale are simulated, in which the truth is known: how many of the places on each list are in the better half in truth, how
    many of the worst tenth it misses, and the same for the gate of the risk rule. It is done once for a release and a level, and
    kept beside it; nets flags shows it too.

    Example: nets calibrate nets-2026 --scale supervision
    """
    opened = open_database(database)
    with opened.read() as connection:
        header = find_release(connection, name)
        _check_scale(header, scale)
    found = calibrate_release(opened, header, level, lambda step: typer.echo(f"  {step}", err=True))
    scales = [code for code in header.scales if not scale or code == scale]
    match output:
        case Output.TABLE:
            typer.echo("\n".join(calibration_table(header, found, scales)))
        case Output.CSV:
            typer.echo(calibration_as_csv(found, scales), nl=False)
        case Output.JSON:
            typer.echo(calibration_as_json(found, scales))


def _check_scale(header: ReleaseHeader, scale: str) -> None:
    if scale and scale not in header.scales:
        raise NotFound(f"{header.id} has no scale '{scale}'; it has {', '.join(header.scales)}")
