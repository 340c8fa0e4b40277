"""Existing survey data becomes a campaign: all of it in one transaction, or nothing.

The file is checked to its end before anything is stored, and what was checked waits in a nameless file on disk: memory stays
bounded, a faulty file never touches the database, and learners who are answering meanwhile wait for the storing alone.
"""

import pickle
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from nets.access.audit import Act
from nets.errors import InvalidFile, NotFound, Problem, Refused
from nets.questionnaire.difference import changes_since
from nets.questionnaire.document import read_version
from nets.questionnaire.publishing import QuestionnaireFolder
from nets.questionnaire.version import QuestionnaireVersion
from nets.store.audit import write_audit
from nets.store.campaigns import add_campaign, list_campaigns
from nets.store.comments import add_comments
from nets.store.database import Connection, Database
from nets.store.organisations import add_organisations, list_organisations
from nets.store.questionnaires import add_version, get_version, list_versions
from nets.store.responses import add_responses
from nets.transfer.checking import CheckedBlock, Checker
from nets.transfer.layout import Layout
from nets.transfer.mapping import QuestionnaireSource
from nets.transfer.mapping_file import read_mapping
from nets.transfer.rows import open_rows

_PUBLISHED: Final = QuestionnaireFolder()


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Attributes
    ----------
    n_places
        Places that were new to the database, those above the placements included.
    n_not_routed
        Answers left out because the questionnaire's branches do not lead to them.
    unused_columns
        Columns of the file that the mapping does not use.
    """

    campaign_id: str
    n_responses: int
    n_placements: int
    n_places: int
    n_comments: int
    n_not_routed: int
    unused_columns: tuple[str, ...]


def import_responses(
    database: Database,
    data: Path,
    mapping: Path,
    progress: Callable[[str], None] = lambda step: None,
    published: QuestionnaireFolder = _PUBLISHED,
    *,
    by: str,
) -> Imported:
    """Make a campaign of a CSV file as a mapping file says (docs/importing.md).

    A questionnaire that lies beside the mapping must not contradict those of the database, nor those ``published``.
    The audit trail says that ``by`` imported it.

    Raises
    ------
    InvalidFile
        Naming the first problems of mapping or data by place, and the count of all. Nothing is stored then.
    NotFound
        If the mapping asks for a published questionnaire that the database does not have.
    Refused
        If there is such a campaign already, or the mapping's questionnaire would give item codes another meaning.
    """
    settings = read_mapping(mapping)
    size = max(data.stat().st_size, 1)
    with open_rows(data, settings.encoding, settings.delimiter) as reader, tempfile.TemporaryFile() as waiting:
        with database.read() as connection:
            if settings.campaign.id in {campaign.id for campaign in list_campaigns(connection)}:
                raise Refused(f"there is already a campaign {settings.campaign.id}; an import makes a new one")
            version = _questionnaire(connection, settings.questionnaire, mapping, published)
            places = list_organisations(connection)
        layout = Layout(reader.header, settings, version, places, mapping.name)
        checker = Checker(reader, layout, places)
        for block in reader.blocks():
            pickle.dump(checker.check(block), waiting)
            progress(f"checked {checker.n_rows:,} rows, {reader.bytes_read / size:.0%} of the file")
        checker.raise_if_faulty()

        n_stored = n_comments = n_not_routed = 0
        campaign = settings.campaign.campaign(version.id, version.version)
        with database.begin() as connection:
            add_version(connection, version)
            add_campaign(connection, campaign)
            n_places = add_organisations(connection, checker.book.new.values())
            for checked in _checked_blocks(waiting):
                n_stored += add_responses(connection, campaign.id, checked.responses)
                # so that no engine's own order of rows leads from a comment to the response beside it in the file
                comments = random.SystemRandom().sample(checked.comments, len(checked.comments))
                add_comments(connection, campaign.id, comments)
                n_comments += len(comments)
                n_not_routed += checked.n_not_routed
                progress(f"stored {n_stored:,} of {checker.n_rows:,} responses")
            write_audit(connection, by, Act.DATA_IMPORTED, campaign.id, responses=n_stored)
    return Imported(
        campaign.id, n_stored, len(checker.book.used), n_places, n_comments, n_not_routed, layout.unused_columns
    )


def _checked_blocks(waiting: IO[bytes]) -> Iterator[CheckedBlock]:
    waiting.seek(0)
    while True:
        try:
            yield pickle.load(waiting)  # noqa: S301 - a file without a name, which this process wrote a moment ago
        except EOFError:
            return


def _questionnaire(
    connection: Connection, source: QuestionnaireSource, mapping: Path, published: QuestionnaireFolder
) -> QuestionnaireVersion:
    if source.file is None:
        try:
            return get_version(connection, source.id or "", source.version or "")
        except NotFound as error:
            raise NotFound(
                [Problem(f"{mapping.name}: questionnaire", f"{error}; 'nets publish' brings one into the database")]
            ) from None
    try:
        document = (mapping.parent / source.file).read_bytes()
    except OSError as error:
        raise InvalidFile(
            [Problem(f"{mapping.name}: questionnaire.file", f"{source.file} cannot be read: {error.strerror}")]
        ) from None
    version = read_version(document, source.file)
    _check_against_earlier(connection, version, source.file, published)
    return version


def _check_against_earlier(
    connection: Connection, version: QuestionnaireVersion, source: str, published: QuestionnaireFolder
) -> None:
    """Hold a questionnaire that comes with the data to those that are there: what is published stays, a code keeps its meaning."""
    listed = {
        number: published.read(name, number).digest for name, number in published.versions() if name == version.id
    }
    if listed and listed.get(version.version) != version.digest:
        what = f"{version.id} is published: name it by 'id' and 'version' in the mapping, or give this one an id of its own"
        raise Refused([Problem(source, what)])
    earlier = []
    for questionnaire_id, number, digest in list_versions(connection):
        if (questionnaire_id, number) == (version.id, version.version):
            if digest != version.digest:
                what = f"{version.id} {number} is in the database with other content: give this one another version"
                raise Refused([Problem(source, what)])
        elif questionnaire_id == version.id:
            earlier.append(get_version(connection, questionnaire_id, number))
    refused = [change for change in changes_since(earlier, version) if change.refused]
    if refused:
        raise Refused(Problem(f"{source}: {change.where}", f"{change.what}; {change.refused}") for change in refused)
