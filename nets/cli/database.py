"""The database a command works on, and bringing its tables up to date."""

from typing import Annotated, TypeAlias

import typer

from nets.errors import InvalidSetting
from nets.store.database import Database

DatabaseOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="NETS_DATABASE_URL",
        help="Where everything is kept: sqlite:///FILE or postgresql://USER@HOST/NAME.",
        show_envvar=True,
    ),
]
DEFAULT_DATABASE = "sqlite:///nets.sqlite3"


def open_database(url: str) -> Database:
    """The database, if its tables are those of this program.

    Raises
    ------
    InvalidSetting
        If they are older or newer, or there are none.
    """
    database = Database(url)
    if not database.is_current():
        raise InvalidSetting(
            "the database's tables are not those of this program; bring them up to date with: nets upgrade"
        )
    return database


def upgrade(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Make the database's tables, or bring them up to date; what is in them stays.

    Example: nets upgrade --database sqlite:///survey.sqlite3
    """
    opened = Database(database)
    opened.upgrade()
    typer.echo("the database is up to date")
