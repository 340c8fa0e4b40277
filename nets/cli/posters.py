"""``nets poster``: a QR code for a placement's wall, as a page and as PDF."""

from datetime import date
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.origin import OriginOption
from nets.poster import placement_link, render_poster
from nets.printing import BROWSERS, find_browser, print_to_pdf
from nets.store.campaigns import get_campaign
from nets.store.organisations import ancestors, get_organisation


def poster(
    campaign_id: Annotated[str, typer.Argument(help="The campaign's code.")],
    placement_id: Annotated[str, typer.Argument(help="The placement's id, such as P0001.")],
    out: Annotated[Path, typer.Option(help="The folder to write to; made if it is not there.", file_okay=False)],
    address: OriginOption,
    pdf: Annotated[bool, typer.Option(help="Print it to PDF too, where there is a browser that can.")] = True,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Make a placement's poster with its QR code.

    A5, to be printed from the PDF or from any browser. The code opens the survey with the placement filled in, and is the same for
    everybody who scans it.

    Example: nets poster nets-2026 P0001 --out posters --address https://survey.example.org
    """
    with open_database(database).read() as connection:
        campaign = get_campaign(connection, campaign_id)
        placement = get_organisation(connection, placement_id)
        page = render_poster(campaign, placement, ancestors(connection, placement_id), address, date.today())
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{campaign_id}-{quote(placement_id, safe='')}.html"
    file.write_text(page, "utf-8")
    files = [file]
    browser = find_browser() if pdf else None
    if browser:
        print_to_pdf(file, file.with_suffix(".pdf"), browser)
        files.append(file.with_suffix(".pdf"))
    elif pdf:
        typer.echo(
            f"  no PDF: none of {', '.join(BROWSERS)} is on the path; the page prints from any browser", err=True
        )
    typer.echo(f"{placement.name}: {placement_link(address, campaign, placement)}")
    for written in files:
        typer.echo(f"  {written}")
