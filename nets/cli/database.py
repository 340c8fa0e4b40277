"""The database and the questionnaires that a command works on, and bringing the database's tables up to date."""

import os
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from nets.questionnaire.publishing import DEFAULT_FOLDER, QuestionnaireFolder
from nets.store.database import Database
from nets.store.questionnaires import asked_versions

DatabaseOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="NETS_DATABASE_URL",
        help="Where everything is kept: sqlite:///FILE or postgresql://USER@HOST/NAME.",
    ),
]
DEFAULT_DATABASE: Final = "sqlite:///nets.sqlite3"
FOLDER_VARIABLE: Final = "NETS_QUESTIONNAIRE_FOLDER"


def questionnaire_folder() -> QuestionnaireFolder:
    """The questionnaires that commands and service share: the repository's, or those an operator names in the environment."""
    return QuestionnaireFolder(Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER))


def open_database(url: str, folder: QuestionnaireFolder | None = None) -> Database:
    """The database, if its tables are those of this program and what was published is as it was.

    Raises
    ------
    InvalidSetting
        If the tables are older or newer, or there are none.
    InvalidQuestionnaire
        If a published questionnaire was edited, or a line of PUBLISHED is wrong or gone.
    """
    database = Database(url)
    database.require_current()
    with database.read() as connection:
        asked = asked_versions(connection)
    (folder or questionnaire_folder()).verify(asked)
    return database


def upgrade(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Make the database, or bring its tables up to date.

    What is in it stays. Other commands and the service refuse to work on tables that are not those of this program.

    Example: nets upgrade --database sqlite:///survey.sqlite3
    """
    Database(database).upgrade()
    typer.echo("the database is up to date")
