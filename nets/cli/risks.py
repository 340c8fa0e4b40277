"""``nets risk``: what is suggested of which evidence, what a person makes of it, and how it came to be."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Final

import typer

from nets.access.roles import Principal, Role
from nets.cli.accounts import who_is_here
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.day import read_day
from nets.cli.listing import as_csv
from nets.cli.reader import RoleOption, ScopeOption, reader_here
from nets.cli.releases import Output
from nets.cli.risk_history import assessment_document, cell_in_words, chosen, history, no_cell_in_words
from nets.errors import NotFound
from nets.flags.calibration import ReleaseCalibration
from nets.organisation import Level
from nets.reading import place_within
from nets.risk import RiskRule, RiskSuggestion, Suggestion
from nets.risk.assessing import assess
from nets.risk.confirmation import Decision
from nets.risk.on_day import RiskOnDay, risk_on, risks_on
from nets.store.calibrations import read_calibration
from nets.store.campaigns import list_campaigns
from nets.store.database import Connection
from nets.told_risks import told_risks

app = typer.Typer(name="risk", help="Show, confirm and trace risks.")
app.command()(history)

_DayOption = Annotated[
    date | None,
    typer.Option("--on", help="As it stood on this day; today where left out.", parser=read_day, metavar="DAY"),
]
_ProgrammeOption = Annotated[str, typer.Option(help="One programme there, such as 'Diagnostic radiography'.")]
_CampaignOption = Annotated[str, typer.Option(help="The campaign whose newest release is read; the newest of all.")]
_AskOption = Annotated[bool, typer.Option("--ask", help="Suggest a cell even where nothing opens the gate.")]
_OutputOption = Annotated[Output, typer.Option(help="table for people, csv or json for machines.")]


@app.command("show")
def show(
    place_id: Annotated[str, typer.Argument(help="A place of any level, such as P0001 or R2.")],
    programme: _ProgrammeOption = "",
    campaign: _CampaignOption = "",
    on: _DayOption = None,
    ask: _AskOption = False,
    role: RoleOption = Role.NATIONAL,
    scope: ScopeOption = "",
    output: _OutputOption = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Show what is suggested for a place, why, and what is confirmed.

    The release's scores with the evidence and concerns that came since, in the words that the role reads on the place's page.

    Example: nets risk show P0001

    Example: nets risk show P0001 --role provider --scope T001
    """
    with open_database(database).read() as connection:
        reader = reader_here(connection, role, scope)
        place_within(connection, reader, place_id)
        known = risk_on(
            connection, place_id, on or date.today(), programme=programme, campaign_id=campaign, asked_for=ask
        )
        (found,) = told_risks(connection, reader, [known])
        calibration = read_calibration(connection, found.evidence.survey.release_id, found.place.level)
    match output:
        case Output.TABLE:
            typer.echo("\n".join(_shown(found, on or date.today(), calibration)))
        case Output.CSV:
            typer.echo(as_csv(_COLUMNS, [_row(found)]), nl=False)
        case Output.JSON:
            typer.echo(json.dumps(_document(found), ensure_ascii=False, default=str))


@app.command("confirm")
def confirm(
    place_id: Annotated[str, typer.Argument(help="A place of any level, such as P0001 or R2.")],
    by: Annotated[str, typer.Option(help="Who confirms.")],
    likelihood: Annotated[int | None, typer.Option(help="1 to 5; as suggested where left out.")] = None,
    impact: Annotated[int | None, typer.Option(help="1 to 5; as suggested where left out.")] = None,
    reason: Annotated[
        str, typer.Option(help="Why another cell than the suggested one; all who see the place read it.")
    ] = "",
    intervention: Annotated[
        list[str] | None, typer.Option(help="What is done, once for each; nets risk show says what is offered first.")
    ] = None,
    supportive: Annotated[list[str] | None, typer.Option(help="What goes beside it, once for each.")] = None,
    programme: _ProgrammeOption = "",
    campaign: _CampaignOption = "",
    on: _DayOption = None,
    ask: _AskOption = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Confirm the suggested risk of a place, or put another in its place with a reason.

    It supersedes the assessment before; none is ever changed.

    Example: nets risk confirm P0001 --by "A. Example" --intervention "triggered visit"
    """
    decision = Decision(
        likelihood, impact, reason, tuple(intervention or ()), tuple(supportive or ()), by, on or date.today()
    )
    made = assess(
        open_database(database),
        place_id,
        decision,
        programme=programme,
        campaign_id=campaign,
        asked_for=ask,
        who=who_is_here(),
    )
    typer.echo(f"{made.id}: {cell_in_words(made)}; {chosen(made)}")


@app.command("list")
def list_all(
    name: Annotated[str, typer.Argument(help="A campaign, or a place with everything below it.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Places without any suggested or confirmed cell too.")
    ] = False,
    on: _DayOption = None,
    role: RoleOption = Role.NATIONAL,
    scope: ScopeOption = "",
    output: _OutputOption = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """List suggested and confirmed risks, the most severe first.

    Example: nets risk list T001

    Example: nets risk list nets-2026 --role region --scope R2
    """
    with open_database(database).read() as connection:
        reader = reader_here(connection, role, scope)
        found = told_risks(connection, reader, _risks(connection, reader, name, on or date.today()))
    told = [risk for risk in found if everything or risk.history or isinstance(risk.suggestion, RiskSuggestion)]
    match output:
        case Output.TABLE:
            typer.echo("\n".join(_listed(told, len(found))))
        case Output.CSV:
            typer.echo(as_csv(_COLUMNS, map(_row, told)), nl=False)
        case Output.JSON:
            typer.echo(json.dumps([_document(risk) for risk in told], ensure_ascii=False, default=str))


def _risks(connection: Connection, reader: Principal, name: str, on: date) -> tuple[RiskOnDay, ...]:
    if any(campaign.id == name for campaign in list_campaigns(connection)):
        return risks_on(connection, on, campaign_id=name, under=reader.scope[-1] if reader.scope else None)
    try:
        place_within(connection, reader, name)
    except NotFound:
        raise NotFound(f"there is no campaign and no place {name}") from None
    return risks_on(connection, on, under=name)


def _where(risk: RiskOnDay) -> str:
    return f"{risk.place.id} {risk.place.name}" + (f" ({risk.programme})" if risk.programme else "")


def _says(suggestion: Suggestion) -> str:
    match suggestion:
        case RiskSuggestion():
            return cell_in_words(suggestion)
        case _:
            return no_cell_in_words(suggestion)


def _shown(risk: RiskOnDay, on: date, calibration: ReleaseCalibration | None) -> Iterator[str]:
    release = risk.evidence.survey.release_id
    yield f"{_where(risk)}, on {on}: {f'release {release}' if release else 'no release'}, rule {risk.rule.version}"
    yield f"suggested: {_says(risk.suggestion)}"
    yield from (f"  - {reason}" for reason in risk.suggestion.reasons)
    if isinstance(risk.suggestion, RiskSuggestion):
        yield f"  {risk.suggestion.robustness}"
        yield f"  offered first: {', '.join(risk.suggestion.interventions)}"
        yield f"  beside them: {', '.join(risk.rule.supportive)}"
    for made in risk.history[:1]:
        yield f"confirmed: {made.id} of {made.confirmed_on} by {made.confirmed_by}: {cell_in_words(made)}"
        yield f"  chosen: {chosen(made)}"
        if made.reason:
            yield f"  reason: {made.reason}"
    yield f"levels: {_levels(risk.rule)}"
    if release and risk.place.level is Level.PLACEMENT:
        known = calibration.gate_in_words if calibration else f"not simulated yet: nets calibrate {release}"
        yield f"how often the rule is wrong: {known}"


def _levels(rule: RiskRule) -> str:
    by_level: dict[str, list[str]] = {}
    for colour, level in rule.level_of_colour.items():
        by_level.setdefault(level, []).append(colour)
    return "; ".join(f"{level} is {', '.join(colours)}" for level, colours in by_level.items())


def _listed(told: Sequence[RiskOnDay], n: int) -> Iterator[str]:
    yield f"{len(told):,} of {n:,} places with a suggested or confirmed risk"
    yield f"{'place':<44} {'suggested':<22} {'confirmed':<22} by, and what is done"
    for risk in told:
        confirmed, done = "", ""
        for made in risk.history[:1]:
            confirmed = f"{made.colour:<3} {made.likelihood}x{made.impact} {made.level}"
            done = f"{made.confirmed_by}, {made.confirmed_on}: {chosen(made)}"
        cell = risk.suggestion
        suggested = (
            f"{cell.colour:<3} {cell.likelihood}x{cell.impact} {cell.level}"
            if isinstance(cell, RiskSuggestion)
            else no_cell_in_words(cell)
        )
        yield f"{_where(risk)[:44]:<44} {suggested:<22} {confirmed:<22} {done}".rstrip()


_COLUMNS: Final = (
    "place_id", "place", "level_of_place", "programme", "release", "rule", "suggestion", "suggested_likelihood", "suggested_impact",
    "suggested_colour", "suggested_level", "reasons", "assessment", "likelihood", "impact", "colour", "level", "interventions",
    "supportive", "reason", "confirmed_by", "confirmed_on",
)  # fmt: skip


def _row(risk: RiskOnDay) -> Sequence[object]:
    cell = risk.suggestion
    suggested: Sequence[object] = ("", "", "", "")
    if isinstance(cell, RiskSuggestion):
        suggested = (cell.likelihood, cell.impact, cell.colour, cell.level.value)
    confirmed: Sequence[object] = ("",) * 10
    for made in risk.history[:1]:
        confirmed = (
            made.id, made.likelihood, made.impact, made.colour, made.level.value, "; ".join(made.interventions),
            "; ".join(made.supportive), made.reason, made.confirmed_by, made.confirmed_on,
        )  # fmt: skip
    return (
        risk.place.id, risk.place.name, risk.place.level.value, risk.programme, risk.evidence.survey.release_id,
        risk.rule.version, _kind(cell), *suggested, " ".join(cell.reasons), *confirmed,
    )  # fmt: skip


def _kind(suggestion: Suggestion) -> str:
    return "suggested" if isinstance(suggestion, RiskSuggestion) else no_cell_in_words(suggestion)


def _document(risk: RiskOnDay) -> dict[str, object]:
    return {
        "place_id": risk.place.id,
        "place": risk.place.name,
        "level_of_place": risk.place.level,
        "programme": risk.programme,
        "release": risk.evidence.survey.release_id,
        "rule": risk.rule.version,
        "levels": dict(risk.rule.level_of_colour),
        "suggestion": _suggestion_document(risk.suggestion),
        "confirmed": [assessment_document(made) for made in risk.history[:1]],
    }


def _suggestion_document(suggestion: Suggestion) -> dict[str, object]:
    document: dict[str, object] = {"kind": _kind(suggestion), "reasons": suggestion.reasons}
    if isinstance(suggestion, RiskSuggestion):
        document |= {
            "likelihood": suggestion.likelihood,
            "impact": suggestion.impact,
            "colour": suggestion.colour,
            "level": suggestion.level,
            "about": suggestion.about,
            "interventions": suggestion.interventions,
            "robustness": suggestion.robustness,
        }
    return document
