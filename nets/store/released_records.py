"""The records of many places of a release, kept as long as the process lives (decision 12)."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from nets.kept import KeptOfReleases
from nets.releases.document import record_from_json
from nets.releases.place_record import PlaceRecord
from nets.releases.written_cells import PackedCells, WrittenCells
from nets.store.database import Connection
from nets.store.releases import read_places, release_digest, released_ids

_kept: Final[KeptOfReleases[PlaceRecord]] = KeptOfReleases()


def read_records(connection: Connection, release_id: str, place_ids: Collection[str]) -> dict[str, PlaceRecord]:
    """What a release holds of these places, by id.

    The database says each time which of them this connection may see, so that its scope and row-level security hold as if nothing
    were kept; and by its digest, which release it is.
    """
    wanted = set(place_ids)
    seen = wanted & released_ids(connection, release_id)
    kept = _kept.of(release_digest(connection, release_id))
    missing = seen - kept.keys()
    if missing:
        documents = read_places(connection, release_id, missing)
        kept |= {place_id: _packed(record_from_json(document)) for place_id, document in documents.items()}
    return {place_id: kept[place_id] for place_id in seen}


def _packed(record: PlaceRecord) -> PlaceRecord:
    cells = (record.scores, *record.groups.values())
    scores, *groups = (PackedCells(one.written) if isinstance(one, WrittenCells) else one for one in cells)
    return replace(record, scores=scores, groups=dict(zip(record.groups, groups, strict=True)))
