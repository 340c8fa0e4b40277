"""A day as people type it on the command line."""

from datetime import date, datetime

import typer


def read_day(text: str) -> date:
    """The day in ``2026-10-01``; for the ``parser`` of an option."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a day such as 2026-10-01") from None
