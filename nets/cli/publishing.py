"""``nets publish`` and ``nets diff``: questionnaire versions."""

from pathlib import Path
from typing import Annotated

import typer

from nets.cli.database import DEFAULT_DATABASE, FOLDER_VARIABLE, DatabaseOption, open_database
from nets.errors import Refused
from nets.questionnaire.publishing import DEFAULT_FOLDER, Publication, QuestionnaireFolder
from nets.store.questionnaires import add_version

_File = Annotated[
    Path, typer.Argument(help="The version's file: questionnaires/nets/2026.2.json.", exists=True, dir_okay=False)
]
_Folder = Annotated[
    Path,
    typer.Option(
        envvar=FOLDER_VARIABLE,
        help="The folder of published questionnaires.",
        exists=True,
        file_okay=False,
        show_default="the program's own",
    ),
]


def publish(file: _File, folder: _Folder = DEFAULT_FOLDER, database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Publish a questionnaire version for ever.

    Shows what changed since the version before, each change classified as typo, wording, response scale or structure, and refuses
    what would give an item code another meaning. Then the version's line is added to PUBLISHED and the version to the database.
    Publishing the same bytes again only sees to it that this database has them too.

    Example: nets publish questionnaires/nets/2026.1.json
    """
    published = QuestionnaireFolder(folder)
    opened = open_database(database, published)
    publication = published.compare(file)
    _show(publication)
    with opened.begin() as connection:
        # first the database, which may refuse and is undone if PUBLISHED cannot be written
        add_version(connection, publication.version)
        published.add(publication)
    version = publication.version
    how = "was published already" if publication.is_published else "is published"
    typer.echo(f"{version.id} {version.version} {how}, sha256 {version.digest}")


def diff(file: _File, folder: _Folder = DEFAULT_FOLDER) -> None:
    """Show what publishing a version would change.

    The same report as that of publish, and nothing is published. Exit code 1 says that publishing would be refused.

    Example: nets diff questionnaires/nets/2026.2.json
    """
    _show(QuestionnaireFolder(folder).compare(file))


def _show(publication: Publication) -> None:
    if not publication.before:
        typer.echo(f"the first version of {publication.version.id}")
    elif not publication.changes:
        typer.echo(f"no change since {publication.before}")
    else:
        typer.echo(f"changes since {publication.before}:")
        for change in publication.changes:
            typer.echo(f"  {change}")
    if publication.refusals:
        raise Refused(publication.refusals)
