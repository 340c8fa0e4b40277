"""``nets concern``: what a learner or a member of staff fears, and the named lead outside the provider whom it goes to."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated

import typer

from nets.access.roles import PERMISSIONS, Permission, Role
from nets.cli.accounts import who_is_here
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.day import read_day
from nets.cli.listing import as_csv
from nets.cli.releases import Output
from nets.errors import Refused
from nets.risk.concern import ConcernStatus, Lead
from nets.risk.entering import enter_concern, write_about_concern
from nets.store.concerns import ConcernOnRecord, list_concerns
from nets.store.organisations import get_organisation

app = typer.Typer(name="concern", help="Enter, follow and list concerns.")


@app.command("add")
def add(
    place_id: Annotated[str, typer.Argument(help="A place of any level, such as P0044.")],
    sentence: Annotated[str, typer.Argument(help="The concern. Only its lead, the local office and above read it.")],
    about: Annotated[str, typer.Option(help="Its subject: a scale such as unsupervised_practice, or relationship ...")],
    lead: Annotated[str, typer.Option(help="The name of the person whom it goes to.")],
    lead_role: Annotated[str, typer.Option(help="What she is, such as 'postgraduate dean'.")],
    lead_at: Annotated[
        str, typer.Option(help="Where she sits, outside the provider: a local office, a region, or national.")
    ],
    by: Annotated[str, typer.Option(help="Who enters it; 'learner' where nobody need know.")],
    raised: Annotated[date, typer.Option(help="The day it was raised.", parser=read_day, metavar="DAY")],
    safety: Annotated[
        bool, typer.Option("--safety/--no-safety", help="Whether learners or patients may come to harm.")
    ] = True,
    programme: Annotated[str, typer.Option(help="One programme there, such as 'Foundation'.")] = "",
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Enter a concern.

    One is enough: a safety concern makes a high risk, however few learners answered. It is joined to no response. Whoever sees the
    place's risk reads that there is a concern, and nothing of what it says.

    Example: nets concern add P0044 "I was alone on nights." --about unsupervised_practice --lead "Jo Example" --lead-role dean
    --lead-at L05 --raised 2026-05-03 --by learner
    """
    concern = enter_concern(
        open_database(database),
        place_id,
        sentence,
        programme=programme,
        raised_on=raised,
        is_safety=safety,
        about=about,
        lead=Lead(lead, lead_role, lead_at),
        by=by,
        on=date.today(),
        who=who_is_here(),
    )
    typer.echo(f"{concern.id}: goes to {lead}, {lead_role}, at {lead_at}")


@app.command("step")
def step(
    concern_id: Annotated[str, typer.Argument(help="The concern's code, such as co-3f9a2c1b.")],
    status: Annotated[ConcernStatus, typer.Option(help="How far the lead has got; a closed concern counts no more.")],
    note: Annotated[str, typer.Option(help="What was done, in one sentence.")],
    by: Annotated[str, typer.Option(help="Who did it.")],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Write down how far the lead has got.

    Steps follow each other, and none is changed.

    Example: nets concern step co-3f9a2c1b --status closed --note "Two seniors a night since Monday." --by "Jo Example"
    """
    taken = write_about_concern(
        open_database(database), concern_id, status, note=note, by=by, on=date.today(), who=who_is_here()
    )
    typer.echo(f"{concern_id}: {taken.status.replace('_', ' ')} since {taken.taken_on}")


@app.command("list")
def list_all(
    place_id: Annotated[str, typer.Argument(help="Of one place; of all where left out.")] = "",
    role: Annotated[Role, typer.Option(help="For whom the list is made.")] = Role.LOCAL_OFFICE,
    output: Annotated[Output, typer.Option(help="table for people, csv or json for machines.")] = Output.TABLE,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """List concerns, the newest first, closed ones too.

    For roles that may not read concerns there is no list.

    Example: nets concern list --role national
    """
    if Permission.READ_CONCERNS not in PERMISSIONS[role]:
        raise Refused(f"the role {role.replace('_', ' ')} may not read concerns")
    with open_database(database).read() as connection:
        if place_id:
            get_organisation(connection, place_id)
        found = list_concerns(connection, place_id=place_id or None)
    match output:
        case Output.TABLE:
            typer.echo("\n".join(_table(found)))
        case Output.CSV:
            typer.echo(as_csv(_COLUMNS, map(_row, found)), nl=False)
        case Output.JSON:
            typer.echo(json.dumps([_document(kept) for kept in found], ensure_ascii=False, default=str))


_COLUMNS = (
    "id", "place_id", "programme", "raised_on", "is_safety", "about", "sentence", "lead", "lead_role", "lead_at", "entered_by",
    "entered_on", "status",
)  # fmt: skip


def _row(kept: ConcernOnRecord) -> Sequence[object]:
    concern, lead = kept.concern, kept.concern.lead
    return (
        concern.id, concern.place_id, concern.programme, concern.raised_on, concern.is_safety, concern.about, concern.sentence,
        lead.name, lead.role, lead.sits_at, concern.entered_by, concern.entered_on, kept.status(date.today()),
    )  # fmt: skip


def _document(kept: ConcernOnRecord) -> dict[str, object]:
    steps = [
        {"status": step.status, "note": step.note, "by": step.taken_by, "on": step.taken_on} for step in kept.steps
    ]
    return {**dict(zip(_COLUMNS, _row(kept), strict=True)), "steps": steps}


def _table(found: Sequence[ConcernOnRecord]) -> Iterator[str]:
    if not found:
        yield "there are no concerns; nets concern add enters one"
    for kept in found:
        concern = kept.concern
        where = f"{concern.place_id} ({concern.programme})" if concern.programme else concern.place_id
        kind = "safety" if concern.is_safety else "no safety"
        yield (
            f"{concern.id}  {concern.raised_on}  {where}  {kind}, {concern.about}, {kept.status(date.today())}: "
            f"{concern.sentence} (lead: {concern.lead.name}, {concern.lead.role}, at {concern.lead.sits_at})"
        )
        for step in kept.steps:
            yield f"  {step.taken_on} {step.status.replace('_', ' ')} ({step.taken_by}): {step.note}"
