"""``nets evidence``: what is known of a place from outside the survey."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from nets.cli.accounts import who_is_here
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.day import read_day
from nets.cli.listing import as_csv
from nets.cli.releases import Output
from nets.risk.entering import enter_evidence, take_back_evidence
from nets.risk.external_evidence import Bearing, Source
from nets.store.evidence import EvidenceOnRecord, list_evidence
from nets.store.organisations import get_organisation

app = typer.Typer(name="evidence", help="Enter, withdraw and list evidence from outside the survey.")


@app.command("add")
def add(
    place_id: Annotated[str, typer.Argument(help="A place of any level, such as P0001 or R2.")],
    sentence: Annotated[
        str, typer.Argument(help="What was found, in one sentence that names no person: all who see the place read it.")
    ],
    dated: Annotated[date, typer.Option(help="The day of the visit or report.", parser=read_day, metavar="DAY")],
    source: Annotated[Source, typer.Option(help="Where it comes from.")],
    about: Annotated[
        str, typer.Option(help="Its subject: a scale such as supervision, or relationship, governance ...")
    ],
    by: Annotated[str, typer.Option(help="Who enters it.")],
    bearing: Annotated[
        Bearing, typer.Option(help="adverse points to a risk, context explains, reassuring speaks against one.")
    ] = Bearing.ADVERSE,
    programme: Annotated[str, typer.Option(help="One programme there, such as 'Diagnostic radiography'.")] = "",
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Enter a piece of evidence.

    It counts in suggested risks from today on, for as long as the rule says, and is never overwritten.

    Example: nets evidence add T001 "The trust and the university no longer meet." --dated 2026-05-03 --source meeting --about
    relationship --by "A. Example"
    """
    piece = enter_evidence(
        open_database(database),
        place_id,
        sentence,
        programme=programme,
        dated_on=dated,
        source=source,
        bearing=bearing,
        about=about,
        by=by,
        on=date.today(),
        who=who_is_here(),
    )
    typer.echo(f"{piece.id}: entered for {place_id}")


@app.command("withdraw")
def withdraw(
    evidence_id: Annotated[str, typer.Argument(help="The evidence's code, such as ev-3f9a2c1b.")],
    reason: Annotated[str, typer.Option(help="Why it should not count.")],
    by: Annotated[str, typer.Option(help="Who withdraws it.")],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Take a piece of evidence back.

    It counts no more from today on, and stays on record with the reason.

    Example: nets evidence withdraw ev-3f9a2c1b --reason "It was another ward." --by "A. Example"
    """
    take_back_evidence(open_database(database), evidence_id, reason=reason, by=by, on=date.today(), who=who_is_here())
    typer.echo(f"{evidence_id} counts no more")


@app.command("list")
def list_all(
    place_id: Annotated[str, typer.Argument(help="Of one place; of all where left out.")] = "",
    output: Annotated[Output, typer.Option(help="table for people, csv or json for machines.")] = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """List evidence, the newest first, withdrawn pieces too.

    Example: nets evidence list P0001
    """
    with open_database(database).read() as connection:
        if place_id:
            get_organisation(connection, place_id)
        found = list_evidence(connection, place_id=place_id or None)
    match output:
        case Output.TABLE:
            typer.echo("\n".join(_table(found)))
        case Output.CSV:
            typer.echo(as_csv(_COLUMNS, map(_row, found)), nl=False)
        case Output.JSON:
            typer.echo(json.dumps([dict(zip(_COLUMNS, _row(kept), strict=True)) for kept in found], default=str))


_COLUMNS = (
    "id", "place_id", "programme", "dated_on", "source", "bearing", "about", "sentence", "entered_by", "entered_on",
    "withdrawn_on", "withdrawn_by", "reason",
)  # fmt: skip


def _row(kept: EvidenceOnRecord) -> Sequence[object]:
    taken_back = kept.withdrawals[0] if kept.withdrawals else None
    end = (taken_back.withdrawn_on, taken_back.withdrawn_by, taken_back.reason) if taken_back else ("", "", "")
    return (*asdict(kept.evidence).values(), *end)


def _table(found: Sequence[EvidenceOnRecord]) -> Iterator[str]:
    if not found:
        yield "there is no evidence yet; nets evidence add enters some"
    for kept in found:
        piece = kept.evidence
        where = f"{piece.place_id} ({piece.programme})" if piece.programme else piece.place_id
        yield (
            f"{piece.id}  {piece.dated_on}  {where}  {piece.source.words}, {piece.bearing}, {piece.about}: {piece.sentence} "
            f"(entered by {piece.entered_by} on {piece.entered_on})"
        )
        for taken_back in kept.withdrawals:
            yield f"  withdrawn by {taken_back.withdrawn_by} on {taken_back.withdrawn_on}: {taken_back.reason}"
