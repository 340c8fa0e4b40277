"""Releases: what was shown of a campaign, as bytes that are never changed (triggers on either engine see to it)."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, func, select

from nets.errors import NotFound, Refused
from nets.organisation import Level
from nets.releases.document import record_to_json
from nets.releases.frozen_sums import FrozenSums
from nets.releases.release import Release, ReleaseHeader, header_from_json, header_to_json
from nets.store.database import once, require_scope
from nets.store.organisations import ids_below
from nets.store.tables import organisations, release_places, release_sums, releases

_BATCH: Final = 1_000
_BETWEEN_IDS: Final = "\x1e"
"""The record separator, which no id holds. Thousands of ids in one row are read in a fifth of the time of as many rows."""


def add_release(connection: Connection, release: Release) -> None:
    """Store a release.

    Raises
    ------
    Refused
        If there is a release of this id or number: a correction is a new release.
    """
    header = release.header
    taken = connection.execute(
        select(releases.c.id).where(
            (releases.c.id == header.id)
            | ((releases.c.campaign_id == header.campaign_id) & (releases.c.number == header.number))
        )
    ).scalar()
    if taken is not None:
        raise Refused(f"there is already a release {taken}; a correction is a new release")
    rows = [
        {"release_id": header.id, "place_id": place_id, "document": document.decode()}
        for place_id, document in release.documents.items()
    ]
    # Places first: the header closes the release, and after it the database takes no more of them.
    for start in range(0, len(rows), _BATCH):
        connection.execute(release_places.insert(), rows[start : start + _BATCH])
    connection.execute(
        releases.insert(),
        {
            "id": header.id,
            "campaign_id": header.campaign_id,
            "number": header.number,
            "questionnaire_id": header.questionnaire_id,
            "questionnaire_version": header.questionnaire_version,
            "rule_version": header.rule_version,
            "released_on": header.released_on,
            "n_responses": header.n_responses,
            "digest": release.digest,
            "header": header_to_json(header).decode(),
            "nation": record_to_json(release.nation).decode(),
        },
    )
    connection.execute(release_sums.insert(), {"release_id": header.id, "document": release.sums.to_bytes()})


def get_release(connection: Connection, release_id: str) -> ReleaseHeader:
    """The header of one release by its id, or NotFound."""
    header = connection.execute(select(releases.c.header).where(releases.c.id == release_id)).scalar()
    if header is None:
        raise NotFound(f"there is no release {release_id}")
    return header_from_json(header)


def release_digest(connection: Connection, release_id: str) -> str:
    """The sha256 a release was stored with, or NotFound; ``Release.digest`` of the same scores is the same."""
    query = select(releases.c.digest).where(releases.c.id == release_id)
    digest = once(connection, (release_digest, release_id), lambda: connection.execute(query).scalar())
    if digest is None:
        raise NotFound(f"there is no release {release_id}")
    return str(digest)


def latest_release(connection: Connection, campaign_id: str) -> ReleaseHeader | None:
    """The newest release of a campaign, or None before the first."""
    query = select(releases.c.header).where(releases.c.campaign_id == campaign_id).order_by(releases.c.number.desc())
    header = connection.execute(query.limit(1)).scalar()
    return None if header is None else header_from_json(header)


def list_releases(connection: Connection, campaign_id: str | None = None) -> tuple[ReleaseHeader, ...]:
    """Every release, or those of one campaign, the newest first."""
    query = select(releases.c.header, releases.c.released_on, releases.c.campaign_id, releases.c.number)
    if campaign_id is not None:
        query = query.where(releases.c.campaign_id == campaign_id)
    rows = sorted(
        connection.execute(query), key=lambda row: (row.released_on, row.campaign_id, row.number), reverse=True
    )
    return tuple(header_from_json(row.header) for row in rows)


def read_sums(connection: Connection, campaign_id: str) -> tuple[FrozenSums, ...]:
    """The sums behind a campaign's releases, the oldest first; those of before sums were kept have none."""
    require_scope(connection)
    query = (
        select(release_sums.c.document)
        .join(releases, releases.c.id == release_sums.c.release_id)
        .where(releases.c.campaign_id == campaign_id)
        .order_by(releases.c.number)
    )
    return tuple(FrozenSums.from_bytes(document) for document in connection.execute(query).scalars())


def read_nation(connection: Connection, release_id: str) -> str | None:
    """The canonical JSON of the nation in a release; None for a release made before there were places above placements."""
    return connection.execute(select(releases.c.nation).where(releases.c.id == release_id)).scalar() or None


def read_place(connection: Connection, release_id: str, place_id: str) -> str | None:
    """The canonical JSON of one place in a release; None if nobody answered about it."""
    require_scope(connection)
    return connection.execute(
        select(release_places.c.document).where(
            release_places.c.release_id == release_id, release_places.c.place_id == place_id
        )
    ).scalar()


def released_ids(connection: Connection, release_id: str) -> frozenset[str]:
    """The ids of all places of which a release holds something, without what it holds."""
    require_scope(connection)
    query = select(func.aggregate_strings(release_places.c.place_id, _BETWEEN_IDS)).where(
        release_places.c.release_id == release_id
    )

    def find() -> frozenset[str]:
        joined = connection.execute(query).scalar()
        return frozenset(joined.split(_BETWEEN_IDS)) if joined else frozenset()

    return once(connection, (released_ids, release_id), find)


def read_places(
    connection: Connection,
    release_id: str,
    place_ids: Iterable[str] | None = None,
    *,
    level: Level | None = None,
    under: str | None = None,
) -> dict[str, str]:
    """The canonical JSON of many places by id: those named, of one level, below one place of the tree, or all of the release."""
    require_scope(connection)
    query = select(release_places.c.place_id, release_places.c.document).where(
        release_places.c.release_id == release_id
    )
    if level is not None:
        query = query.join(organisations, organisations.c.id == release_places.c.place_id).where(
            organisations.c.level == level.value
        )
    if under is not None:
        query = query.where(release_places.c.place_id.in_(ids_below(under)))
    if place_ids is None:
        rows = connection.execute(query).all()
    else:
        named = sorted(set(place_ids))
        rows = [
            row
            for start in range(0, len(named), _BATCH)
            for row in connection.execute(query.where(release_places.c.place_id.in_(named[start : start + _BATCH])))
        ]
    return {row.place_id: row.document for row in sorted(rows, key=lambda row: str(row.place_id))}
