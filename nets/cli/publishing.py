"""``nets publish`` and ``nets diff``: questionnaire versions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.questionnaire.difference import Change
from nets.questionnaire.publishing import DEFAULT_FOLDER, QuestionnaireFolder
from nets.store.questionnaires import add_version

_File = Annotated[
    Path, typer.Argument(help="The version's file: questionnaires/nets/2026.2.json.", exists=True, dir_okay=False)
]
_Folder = Annotated[Path, typer.Option(help="The folder of published questionnaires.", exists=True, file_okay=False)]


def publish(file: _File, folder: _Folder = DEFAULT_FOLDER, database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Publish a questionnaire version for ever: into PUBLISHED and into the database.

    Shows what changed since the version before, classified as typo, wording, response scale or structure, and refuses what would
    give an item code another meaning. Publishing the same bytes again does nothing.

    Example: nets publish questionnaires/nets/2026.1.json
    """
    opened = open_database(database)
    publication = QuestionnaireFolder(folder).publish(file)
    _show(publication.before, publication.changes)
    with opened.begin() as connection:
        add_version(connection, publication.version)
    version = publication.version
    typer.echo(f"published {version.id} {version.version}, sha256 {version.digest}")


def diff(file: _File, folder: _Folder = DEFAULT_FOLDER) -> None:
    """Show what a version changes against the version published before it; nothing is published.

    Exit code 1 says that publishing would be refused.

    Example: nets diff questionnaires/nets/2026.2.json
    """
    publication = QuestionnaireFolder(folder).compare(file)
    _show(publication.before, publication.changes)
    if any(change.refused for change in publication.changes):
        raise typer.Exit(1)


def _show(before: str, changes: Sequence[Change]) -> None:
    if not before:
        typer.echo("the first version")
    elif not changes:
        typer.echo(f"no change since {before}")
    else:
        typer.echo(f"changes since {before}:")
        for change in changes:
            typer.echo(f"  {change}")
