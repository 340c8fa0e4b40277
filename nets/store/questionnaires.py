"""Published questionnaire versions: added once, served verbatim, never changed (a trigger on either engine sees to it)."""

from collections import OrderedDict
from threading import Lock
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from nets.campaign import AccessMode
from nets.errors import NetsError, NotFound, Refused
from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion
from nets.store.tables import campaigns, questionnaire_versions

_KEPT_IN_MEMORY: Final = 32
_read: Final[OrderedDict[str, QuestionnaireVersion]] = OrderedDict()
_read_lock: Final = Lock()


def add_version(connection: Connection, version: QuestionnaireVersion) -> None:
    """Store a published version; storing the same bytes again does nothing.

    Raises
    ------
    Refused
        If other bytes are already stored under this id and version.
    """
    table = questionnaire_versions
    stored = select(table.c.digest).where(table.c.id == version.id, table.c.version == version.version)
    digest = connection.execute(stored).scalar()
    if digest is None:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = {"id": version.id, "version": version.version, "digest": version.digest, "document": version.document}
        # Another process may have stored it since the SELECT; then nothing comes back.
        added = connection.execute(
            insert(table).values(row).on_conflict_do_nothing().returning(table.c.digest)
        ).scalar()
        digest = added or connection.execute(stored).scalar_one()
    if digest != version.digest:
        raise Refused(
            f"{version.id} {version.version} is already published with other content; what is published never changes, "
            "so publish the new wording as a new version"
        )


def get_version(connection: Connection, questionnaire_id: str, version: str) -> QuestionnaireVersion:
    """The version as it was published.

    Raises
    ------
    NotFound
        If it was never stored.
    """
    table = questionnaire_versions
    digest = connection.execute(
        select(table.c.digest).where(table.c.id == questionnaire_id, table.c.version == version)
    ).scalar()
    if digest is None:
        raise NotFound(f"there is no published questionnaire {questionnaire_id} {version}")
    return version_by_digest(connection, digest)


def version_by_digest(connection: Connection, digest: str) -> QuestionnaireVersion:
    """The version with this digest, which must be stored. Read and checked once a process: its bytes cannot change."""
    with _read_lock:
        if digest in _read:
            _read.move_to_end(digest)
            return _read[digest]
    table = questionnaire_versions
    row = connection.execute(
        select(table.c.id, table.c.version, table.c.document).where(table.c.digest == digest)
    ).one()
    version = read_version(row.document, f"{row.id} {row.version}")
    if version.digest != digest:
        raise NetsError(
            f"the stored {row.id} {row.version} is damaged: its bytes do not have the digest they were published with"
        )
    with _read_lock:
        _read[digest] = version
        while len(_read) > _KEPT_IN_MEMORY:
            _read.popitem(last=False)
    return version


def asked_versions(connection: Connection) -> tuple[tuple[str, str, str], ...]:
    """Id, version and digest of the versions that learners are asked here; imported campaigns were asked elsewhere."""
    table = questionnaire_versions
    query = (
        select(table.c.id, table.c.version, table.c.digest)
        .join(
            campaigns,
            (campaigns.c.questionnaire_id == table.c.id) & (campaigns.c.questionnaire_version == table.c.version),
        )
        .where(campaigns.c.access_mode != AccessMode.IMPORTED.value)
        .distinct()
    )
    return tuple(sorted((row.id, row.version, row.digest) for row in connection.execute(query)))


def list_versions(connection: Connection) -> tuple[tuple[str, str, str], ...]:
    """Id, version and digest of every published version, in the order of id and version."""
    table = questionnaire_versions
    rows = connection.execute(select(table.c.id, table.c.version, table.c.digest)).all()
    return tuple(sorted((row.id, row.version, row.digest) for row in rows))
