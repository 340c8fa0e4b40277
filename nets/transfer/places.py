"""From cells that name a unit to a placement of the tree, with everything above it given or made up.

Ids are made of names, so that the same ward is the same placement when next year's data comes. Two units whose ids would be the
same are a problem of the data, not one place: a score of both together would be wrong without anybody noticing.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from nets.errors import InvalidFile, Problem
from nets.organisation import Level, Organisation
from nets.transfer.answers import quoted
from nets.transfer.mapping import Place, PlacementSource

MOST_PLACEMENTS: Final = 100_000
_LONGEST_NAME: Final = 200
_LONGEST_SLUG: Final = 60
_IMPORTED: Final = "Imported data"
_SLOT: Final = re.compile(r"\{([^{}]+)\}")


class CellProblem(Exception):
    """A row whose cells name no placement: the column to blame and why."""

    def __init__(self, column: str, what: str) -> None:
        super().__init__(what)
        self.column = column
        self.what = what


class PlacementBook:
    """Placements by the cells that name them; what the database does not have yet is collected in ``new``.

    Every place that ``source`` names by id must be among those ``stored``; ``unknown_places`` tells which are not.
    """

    def __init__(self, source: PlacementSource, stored: Iterable[Organisation]) -> None:
        self.columns = placement_columns(source)
        self.used: set[str] = set()
        self.new: dict[str, Organisation] = {}
        self._source = source
        self._stored = {place.id: place for place in stored}
        self._made: dict[str, Organisation] = {}
        self._unit_of: dict[str, tuple[str, ...]] = {}
        self._placement_of: dict[tuple[str, ...], str] = {}

    def placement_id(self, cells: tuple[str, ...]) -> str:
        """The id of the placement that these cells, one for each of ``columns``, name.

        Raises
        ------
        CellProblem
            If they name none.
        InvalidFile
            If there are more placements than any survey has.
        """
        known = self._placement_of.get(cells)
        if known is not None:
            return known
        if len(self._placement_of) >= MOST_PLACEMENTS:
            units = " and ".join(self._source.columns)
            raise InvalidFile(
                [
                    Problem(
                        f"column {units}",
                        f"names more than {MOST_PLACEMENTS:,} placements: is it the column of the unit?",
                    )
                ]
            )
        row = {column: cell.strip() for column, cell in zip(self.columns, cells, strict=True)}
        for column, cell in row.items():
            if not cell:
                raise CellProblem(column, "is empty, so the row belongs to no placement")
            if len(cell) > _LONGEST_NAME:
                raise CellProblem(column, f"{quoted(cell)} is longer than a name may be ({_LONGEST_NAME} characters)")
        placement_id = self._existing(row) if self._source.existing else self._made_up(row)
        self.used.add(placement_id)
        self._placement_of[cells] = placement_id
        return placement_id

    def _existing(self, row: Mapping[str, str]) -> str:
        column = self._source.columns[0]
        place = self._stored.get(row[column])
        if place is None or place.level is not Level.PLACEMENT:
            raise CellProblem(column, f"{quoted(row[column])} is not the id of a placement in this survey")
        return place.id

    def _made_up(self, row: Mapping[str, str]) -> str:
        source = self._source
        site_id, base = self._site(row)
        unit = tuple(row[column] for column in source.columns)
        placement = Organisation(
            id="-".join([base, *(slug(cell) for cell in unit)]),
            level=Level.PLACEMENT,
            name=self._placement_name(row, unit),
            parent_id=site_id,
        )
        other = self._unit_of.setdefault(placement.id, unit)
        if other != unit:
            both = f"{quoted(', '.join(unit))} and {quoted(', '.join(other))}"
            raise CellProblem(
                source.columns[0], f"{both} would be the same placement, {placement.id}: write them alike or more apart"
            )
        self._take(placement, source.columns[0])
        return placement.id

    def _placement_name(self, row: Mapping[str, str], unit: tuple[str, ...]) -> str:
        if self._source.name is not None:
            return _SLOT.sub(lambda slot: row[slot[1]], self._source.name)
        if len(unit) == 1 and not unit[0].isdigit():
            return unit[0]
        return ", ".join(f"{column} {cell}" for column, cell in zip(self._source.columns, unit, strict=True))

    def _site(self, row: Mapping[str, str]) -> tuple[str, str]:
        """The id of the row's site, with everything above it taken in, and what ids of its placements begin with."""
        source = self._source
        if source.site and source.site.id:
            return source.site.id, slug(source.site.id)
        provider = source.provider or Place(name=_IMPORTED)
        if provider.id:
            provider_id, base, provider_name = provider.id, slug(provider.id), self._stored[provider.id].name
        else:
            provider_name = _named(provider, row)
            base = slug(provider_name)
            provider_id = f"provider-{base}"
            self._take(
                Organisation(provider_id, Level.PROVIDER, provider_name, self._office_id(row)),
                provider.column or source.columns[0],
            )
        site_name, column = provider_name, source.columns[0]
        if source.site:
            site_name, column = _named(source.site, row), source.site.column or column
            base = f"{base}-{slug(site_name)}"
        site = Organisation(f"site-{base}", Level.SITE, site_name, provider_id)
        self._take(site, column)
        return site.id, base

    def _office_id(self, row: Mapping[str, str]) -> str:
        office, region = self._source.local_office, self._source.region
        if office and office.id:
            return office.id
        first = self._source.columns[0]
        if region and region.id:
            region_id, region_name = region.id, self._stored[region.id].name
        else:
            region_name = _named(region, row) if region else _IMPORTED
            region_id = f"region-{slug(region_name)}"
            self._take(Organisation(region_id, Level.REGION, region_name, None), (region and region.column) or first)
        office_name = _named(office, row) if office else region_name
        place = Organisation(f"office-{slug(office_name)}", Level.LOCAL_OFFICE, office_name, region_id)
        self._take(place, (office and office.column) or first)
        return place.id

    def _take(self, place: Organisation, column: str) -> None:
        """Note a place, which must be just what an earlier row or an earlier import took it for; a stored name stays."""
        stored = self._stored.get(place.id)
        if stored is not None:
            if (stored.level, stored.parent_id) != (place.level, place.parent_id):
                raise CellProblem(
                    column, f"{place.id} is already in the database, elsewhere in the tree (in {stored.parent_id})"
                )
            return
        earlier = self._made.setdefault(place.id, place)
        if earlier.parent_id != place.parent_id:
            raise CellProblem(
                column,
                f"{quoted(place.name)} is in {place.parent_id} here and in {earlier.parent_id} in an earlier row",
            )
        if earlier.name != place.name:
            raise CellProblem(column, f"{quoted(place.name)} is written {quoted(earlier.name)} in an earlier row")
        self.new.setdefault(place.id, place)


def placement_columns(source: PlacementSource) -> tuple[str, ...]:
    """Every column that says something about a row's placement, each once: those of the unit first."""
    levels = (source.site, source.provider, source.local_office, source.region)
    named = [place.column for place in levels if place and place.column]
    slots = _SLOT.findall(source.name) if source.name else []
    return tuple(dict.fromkeys([*source.columns, *named, *slots]))


def unknown_places(source: PlacementSource, stored: Iterable[Organisation]) -> Iterator[tuple[str, str]]:
    """Setting and fault of every place that is named by an id which the database does not have at that level."""
    levels = {place.id: place.level for place in stored}
    named = {
        Level.SITE: source.site,
        Level.PROVIDER: source.provider,
        Level.LOCAL_OFFICE: source.local_office,
        Level.REGION: source.region,
    }
    for level, place in named.items():
        if place and place.id and levels.get(place.id) is not level:
            yield level.value, f"'{place.id}' is not the id of a {level.replace('_', ' ')} in the database"


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens that stand for a name in an id; a hash follows where that loses a letter."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    short = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    loses = any(letter.isalnum() and not letter.isascii() for letter in letters)
    if loses or not short or len(short) > _LONGEST_SLUG:
        mark = hashlib.sha256(text.encode()).hexdigest()[:8]
        return f"{short[: _LONGEST_SLUG - 9].strip('-')}-{mark}".strip("-")
    return short


def _named(place: Place, row: Mapping[str, str]) -> str:
    return row[place.column] if place.column else place.name or ""
