"""``nets validate``: how well a questionnaire measured in a campaign, as one page with the figures behind it."""

from pathlib import Path
from typing import Annotated

import typer

from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.printing import BROWSERS, find_browser, print_to_pdf
from nets.validating import write_validation


def validate(
    campaign_id: Annotated[str, typer.Argument(help="The campaign's code.")],
    out: Annotated[Path, typer.Option(help="The folder to write to; made if it is not there.", file_okay=False)],
    pdf: Annotated[bool, typer.Option(help="Print the page to PDF too, where there is a browser that can.")] = True,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Report how well the questionnaire measured.

    One page for a screen and for A4, in the order of COSMIN: sample, missing answers, data quality, items, structure, consistency,
    retest, groups, criterion, placements. Every figure stands beside the convention it is held against. What may not be shown is
    not; what the answers do not carry has its section, which says why. A second run goes on where the first was interrupted, and
    computes only what has changed. docs/validation-report.md says how to read it.

    Example: nets validate nets-2026 --out nets-2026-validation
    """
    done = write_validation(open_database(database), campaign_id, out, lambda step: typer.echo(f"  {step}", err=True))
    files = list(done.files)
    if pdf:
        browser = find_browser()
        if browser:
            typer.echo("  Printing to PDF", err=True)
            print_to_pdf(files[0], out / "report.pdf", browser)
            files.append(out / "report.pdf")
        else:
            typer.echo(
                f"  no PDF: none of {', '.join(BROWSERS)} is on the path; the page prints from any browser", err=True
            )
    sections = done.report.sections
    outcomes = [verdict.outcome for section in sections for verdict in section.verdicts]
    judged = sum(outcome in {"met", "partly met", "not met"} for outcome in outcomes)
    typer.echo(
        f"{campaign_id}: {done.report.n:,} learners, {sum(section.computed for section in sections)} of {len(sections)} "
        "sections computed, "
        f"{outcomes.count('met')} of {judged} conventions met"
    )
    for file in files:
        typer.echo(f"  {file}")
