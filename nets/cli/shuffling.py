"""``nets shuffle``: what the service does every night, for whoever wants it done now."""

from datetime import date

import typer

from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.store.shuffling import shuffle as shuffle_database


def shuffle(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Forget what has had its time, and draw the order of what learners sent anew.

    Old drafts and submission keys are deleted. Afterwards nothing in the database or its files tells who came when, or which
    response was written beside which draft. The service does it when it starts and every night; before a copy of the database
    is given away, do it once more.

    Example: nets shuffle
    """
    shuffle_database(open_database(database), date.today())
    typer.echo("shuffled")
