"""Reading a release as somebody may see it: the one room that pages, JSON interface and command line ask.

Scope and view are settled here and nowhere else: what lies outside of the scope is not found, as if it were not there, and the
numbers are exact ones for the national role, and bands for everybody else. A place that nobody answered about looks like one with
too few learners.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from nets.access.roles import Principal, may_see, may_see_as_context
from nets.disclosure.banded import Seen
from nets.disclosure.banded_record import BandedRecord, BandedView
from nets.disclosure.rule import read_disclosure_rule
from nets.disclosure.shown import SuppressedScore
from nets.errors import NotFound
from nets.kept import KeptOfReleases
from nets.organisation import Level, Organisation
from nets.releases.document import record_from_json
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.releases.place_tree import NATION
from nets.releases.release import ReleaseHeader
from nets.risk import Evidence, Suggestion, SurveyEvidence, read_rule, suggest_risk
from nets.store.campaigns import get_campaign
from nets.store.database import Connection
from nets.store.organisations import read_tree
from nets.store.released_records import read_records
from nets.store.releases import get_release, read_nation, read_places, release_digest, released_ids
from nets.tree import THE_NATION, NamedPlace

SeenRecord: TypeAlias = PlaceRecord | BandedRecord
"""The first is the national role's."""

_banded: Final[KeptOfReleases[BandedRecord]] = KeptOfReleases()
_columns: Final[KeptOfReleases[Seen]] = KeptOfReleases(most=16)
"""Scores on one measure each, of one release, exact or in bands."""

_SUPPRESSED: Final = SuppressedScore()


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One place of a release as its reader may see it: where it stands, and in ``record`` what is shown of it."""

    place: NamedPlace
    record: SeenRecord

    @property
    def place_id(self) -> str:
        """Of the place."""
        return self.place.place_id

    @property
    def name(self) -> str:
        """Of the place."""
        return self.place.name

    @property
    def level(self) -> str:
        """Of the place."""
        return self.place.level

    @property
    def above(self) -> tuple[Organisation, ...]:
        """The places above it, from its region down."""
        return self.place.above

    @property
    def path(self) -> tuple[str, ...]:
        """The names from its region down to itself."""
        return (*(place.name for place in self.above), self.name)


@dataclass(frozen=True, slots=True)
class ReleaseReader:
    """One release in the hands of one reader; it lives as long as the connection.

    ``banded`` makes bands of the numbers of a place, whoever reads; for whom, this room decides.
    """

    connection: Connection
    principal: Principal
    header: ReleaseHeader
    banded: BandedView

    def place(self, place_id: str, level: Level | None = None) -> PlaceView:
        """A place within the reader's scope, or one that she sees as context: the nation and her own region.

        Parameters
        ----------
        level
            What the place must be, where it matters.

        Raises
        ------
        NotFound
            In the same words for a place that is not there and for one that is not the reader's to see.
        """
        (view,) = self.views([self.named(place_id, level)])
        return view

    def named(self, place_id: str, level: Level | None = None) -> NamedPlace:
        """The same place, with nothing of the release; NotFound as for ``place``."""
        found = place_seen(self.connection, self.principal, place_id)
        if level not in {None, found.level}:
            raise NotFound(_unknown(place_id))
        return found

    def places(self, level: str | None = None, under: str | None = None) -> tuple[NamedPlace, ...]:
        """Places of the reader's scope, level by level from the top, each level in the order of the tree and of names.

        Parameters
        ----------
        level
            Of this level alone.
        under
            Below this place alone, without itself.

        Raises
        ------
        NotFound
            For a place that is not in the reader's scope.
        """
        found = places_within(self.connection, self.principal, level, under)
        if self.principal.scope or under not in {None, NATION}:
            return found
        # whole regions without an answer are another campaign's; a release holds every place above one that it holds
        regions = {region.place_id for region in read_tree(self.connection).of_level[Level.REGION]}
        silent = regions - released_ids(self.connection, self.header.id)
        return tuple(place for place in found if place.region_id not in silent) if silent else found

    def views(self, places: Sequence[NamedPlace]) -> tuple[PlaceView, ...]:
        """What the release says of places, each of them the reader's to see; one query, however many."""
        documents: dict[str, str | None] = {}
        ids = [place.place_id for place in places if place.level != NATION]
        if ids:
            documents.update(read_places(self.connection, self.header.id, ids))
        if len(ids) < len(places):
            documents[NATION] = read_nation(self.connection, self.header.id)
        records = {
            place_id: self._seen(record_from_json(document)) for place_id, document in documents.items() if document
        }
        return self._views(places, records)

    def outlines(self, places: Sequence[NamedPlace]) -> tuple[PlaceView, ...]:
        """The same of thousands of places of which one thing each is wanted; their records are kept from one reader to the next.

        Which of them the release holds, the database says each time anew, within the reader's scope.
        """
        records = self._outlined([place.place_id for place in places])
        if THE_NATION in places[:1]:
            records[NATION] = self.place(NATION).record
        return self._views(places, records)

    def column(self, views: Sequence[PlaceView], measure: str) -> list[Seen]:
        """What is shown of thousands of places on one measure, in their order: kept once read, as their records are.

        Only what a place's own record holds is taken from what is kept.
        """
        view = "exact" if self.principal.is_national else "banded"
        kept = _columns.of(f"{release_digest(self.connection, self.header.id)} {view} {measure}")
        found: list[Seen] = []
        for one in views:
            if measure not in one.record.scores:
                found.append(_SUPPRESSED)
                continue
            if one.place_id not in kept:
                kept[one.place_id] = one.record.score(measure)
            found.append(kept[one.place_id])
        return found

    def below(self, top: PlaceView, level: Level) -> tuple[PlaceView, ...]:
        """Every place of one level below a place, in the order of the tree and of names, whether or not anybody answered.

        Raises
        ------
        NotFound
            For a place that is not in the reader's scope; as context nobody sees what is below.
        """
        if not self.has(top.place):
            raise NotFound(_unknown(top.place_id))
        return self.outlines(self.places(level, top.place_id))

    def has(self, place: NamedPlace) -> bool:
        """Whether a place lies within the reader's scope, so that what is below it is hers to see; context does not."""
        return may_see(self.principal, place.ids)

    def top(self) -> PlaceView:
        """The highest place of the reader's scope: the nation where her scope is the whole survey."""
        return self.place(self._top_id)

    def is_top(self, view: PlaceView) -> bool:
        """Whether a place is the highest of the reader's scope."""
        return view.place_id == self._top_id

    @property
    def _top_id(self) -> str:
        return _top_id(self.principal)

    def context(self) -> tuple[PlaceView, ...]:
        """What lies above the reader's scope and may stand beside her own places: her region and the nation."""
        above: Iterable[str] = (*self.principal.scope[:1], NATION) if self.principal.scope else ()
        return tuple(self.place(place_id) for place_id in above if place_id != self._top_id)

    def beside(self, header: ReleaseHeader) -> "ReleaseReader":
        """Another release in the hands of the same reader."""
        return reader_of(self.connection, self.principal, header)

    def _outlined(self, place_ids: Sequence[str]) -> dict[str, SeenRecord]:
        records = read_records(self.connection, self.header.id, place_ids)
        if self.principal.is_national:
            return {**records}
        kept = _banded.of(release_digest(self.connection, self.header.id))
        kept |= {place_id: self.banded.record(record) for place_id, record in records.items() if place_id not in kept}
        return {place_id: kept[place_id] for place_id in records}

    def _seen(self, record: PlaceRecord) -> SeenRecord:
        return record if self.principal.is_national else self.banded.record(record)

    def _views(self, places: Sequence[NamedPlace], records: Mapping[str, SeenRecord]) -> tuple[PlaceView, ...]:
        unsaid = {level: self._unsaid(level) for level in (NATION, *Level)}
        return tuple([PlaceView(place, records.get(place.place_id) or unsaid[place.level]) for place in places])

    def _unsaid(self, level: str) -> SeenRecord:
        """Of a place that is not in the release: as of one with too few learners, so that the two cannot be told apart."""
        risk = _nothing_said(self.header.id, self.header.rule_version) if level == Level.PLACEMENT else NotAssessed()
        return self._seen(PlaceRecord("", level, SuppressedScore(), {}, {}, risk))


def open_release(connection: Connection, principal: Principal, release_id: str) -> ReleaseReader:
    """A release for one reader, or NotFound."""
    return reader_of(connection, principal, get_release(connection, release_id))


def reader_of(connection: Connection, principal: Principal, header: ReleaseHeader) -> ReleaseReader:
    """A release for one reader, by its header."""
    rule = read_disclosure_rule(header.disclosure_version)
    return ReleaseReader(
        connection, principal, header, BandedView.of(header, get_campaign(connection, header.campaign_id), rule)
    )


@cache
def _nothing_said(release_id: str, rule_version: str) -> Suggestion:
    """What the rule makes of no evidence; the same for every placement of a release, and hundreds of them may be on one page."""
    return suggest_risk(Evidence(SurveyEvidence(release_id)), read_rule(rule_version))


def place_seen(connection: Connection, principal: Principal, place_id: str) -> NamedPlace:
    """A place of somebody's scope or one that she sees as context, whatever a release says of it; errors as those of ``place``."""
    found = _find(connection, place_id)
    if found is None or not (may_see(principal, found.ids) or may_see_as_context(principal, found.ids)):
        raise NotFound(_unknown(place_id))
    return found


def place_within(connection: Connection, principal: Principal, place_id: str) -> NamedPlace:
    """A place of the tree within somebody's scope; NotFound for the nation and what she sees as context too."""
    found = place_seen(connection, principal, place_id)
    if found.level == NATION or not may_see(principal, found.ids):
        raise NotFound(_unknown(place_id))
    return found


def places_within(
    connection: Connection, principal: Principal, level: str | None = None, under: str | None = None
) -> tuple[NamedPlace, ...]:
    """Places of somebody's scope, whatever a release says of them; parameters, order and errors as ``ReleaseReader.places``."""
    top = place_seen(connection, principal, _top_id(principal) if under is None else under)
    if not may_see(principal, top.ids):
        raise NotFound(_unknown(top.place_id))
    itself = [top] if under is None and level in {None, top.level} else []
    return (*itself, *read_tree(connection).below(top, level))


def _top_id(principal: Principal) -> str:
    return principal.scope[-1] if principal.scope else NATION


def _find(connection: Connection, place_id: str) -> NamedPlace | None:
    return THE_NATION if place_id == NATION else read_tree(connection).places.get(place_id)


def _unknown(place_id: str) -> str:
    return f"there is no place {place_id}"
