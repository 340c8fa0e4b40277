"""A release: the scores of a campaign, frozen. Pages, API, exports and the command line read releases, never live answers.

It is built (``freezing.py``) from responses, questionnaire version and rule version alone, so the same three give the same bytes
again, and it holds only what ``disclosure.py`` lets through.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Final

from pydantic import TypeAdapter

from nets.disclosure.shown import ShownBenchmark, SuppressedScore
from nets.disclosure.shown_beside import PooledOver
from nets.flags.place_flags import NOTHING_FLAGGED, FlagSummary
from nets.organisation import Level
from nets.releases.document import record_to_json
from nets.releases.frozen_sums import FrozenSums
from nets.releases.measure import Measure
from nets.releases.place_record import PlaceRecord

_SUPPRESSED: Final = SuppressedScore()


@dataclass(frozen=True, slots=True)
class ReleaseHeader:
    """What a release was made of.

    Attributes
    ----------
    n_responses
        To the ten.
    scales
        Codes of the scales and their titles in the first language.
    measures
        Everything that is scored; empty in releases that had scales alone.
    benchmarks
        What the places of a level are held against, by level and code of the measure; single items have none.
    flags
        How many places are on every list, and the share of them that is expected to be there falsely.
    disclosure_version
        The rule by which cells are hidden, and numbers banded for everybody but the national role.
    case_mix_version, pooling_version
        The rules by which scores are adjusted, and pooled over campaigns; empty in releases that have none of it.
    pooled_over
        What the pooled scores are made of, by code of the scale; scales that were not asked before are not in it.
    """

    id: str
    campaign_id: str
    campaign_title: str
    number: int
    questionnaire_id: str
    questionnaire_version: str
    rule_version: str
    released_on: date
    access_mode: str
    n_responses: int
    scales: Mapping[str, str]
    measures: tuple[Measure, ...]
    benchmarks: Mapping[str, Mapping[str, ShownBenchmark | SuppressedScore]]
    flags: FlagSummary = NOTHING_FLAGGED
    disclosure_version: str = "disclosure-2026.1"
    case_mix_version: str = ""
    pooling_version: str = ""
    pooled_over: Mapping[str, PooledOver] = field(default_factory=dict)

    def benchmark(self, measure: str, level: str = Level.PLACEMENT) -> ShownBenchmark | SuppressedScore:
        """What the places of a level, placements where none is named, are held against on one measure."""
        return self.benchmarks.get(level, {}).get(measure, _SUPPRESSED)


@dataclass(frozen=True)
class Release:
    """Header, nation and places, as records and as the bytes that are kept.

    ``sums`` is for later releases of the campaign alone: it is kept apart, and no part of what is released.
    """

    header: ReleaseHeader
    nation: PlaceRecord
    places: Mapping[str, PlaceRecord]
    sums: FrozenSums = field(compare=False, repr=False)

    @property
    def placements(self) -> Mapping[str, PlaceRecord]:
        """The placements among the places."""
        return {place_id: record for place_id, record in self.places.items() if record.level == Level.PLACEMENT}

    @cached_property
    def documents(self) -> Mapping[str, bytes]:
        """The bytes of every place, in the order of their ids."""
        return {place_id: record_to_json(self.places[place_id]) for place_id in sorted(self.places)}

    @cached_property
    def digest(self) -> str:
        """sha256 over the bytes of header, nation and places, the places in the order of their ids."""
        digest = hashlib.sha256(header_to_json(self.header))
        for document in (record_to_json(self.nation), *self.documents.values()):
            digest.update(b"\n" + document)
        return digest.hexdigest()


_HEADER: Final = TypeAdapter(ReleaseHeader)


def header_to_json(header: ReleaseHeader) -> bytes:
    """Canonical bytes of a header."""
    return _HEADER.dump_json(header)


@lru_cache(maxsize=64)
def header_from_json(document: bytes | str) -> ReleaseHeader:
    """The header behind its bytes; one of a release of placements and scales alone has no list of measures.

    Every page of a release begins with it, and a national one has thousands of numbers.
    """
    data = json.loads(document)
    if "measures" not in data:
        data |= {"measures": (), "benchmarks": {Level.PLACEMENT: data["benchmarks"]}}
    return _HEADER.validate_python(data)
