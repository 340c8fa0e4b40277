"""The tree of places: region, local office, provider, site, placement."""

import unicodedata
from collections.abc import Iterable
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Row, Select, collate, func, literal, select

from nets.errors import NotFound, Problem, Refused
from nets.organisation import Level, Organisation
from nets.store.database import once, only_reads
from nets.store.tables import organisations
from nets.tree import Tree

_trees: Final[WeakKeyDictionary[Engine, tuple[int, Tree]]] = WeakKeyDictionary()


def add_organisations(connection: Connection, places: Iterable[Organisation]) -> int:
    """Store places, in any order; one that is already stored just so is passed over. Returns how many are new.

    Raises
    ------
    Refused
        Naming every place whose parent is missing or of the wrong level, and every id that already means another place.
    """
    stored = {place.id: place for place in map(_organisation, connection.execute(select(organisations)))}
    known, problems = dict(stored), []
    new: dict[str, Organisation] = {}
    for place in places:
        if place.id not in known:
            known[place.id] = new[place.id] = place
        elif known[place.id] != place:
            problems.append(Problem(f"organisation {place.id}", f"is already the {_described(known[place.id])}"))
    for place in new.values():
        problem = _parent_problem(place, known)
        if problem:
            problems.append(Problem(f"organisation {place.id}", problem))
    if problems:
        raise Refused(problems)
    for level in Level:
        rows = [
            {
                "id": place.id,
                "level": place.level.value,
                "name": place.name,
                "parent_id": place.parent_id,
                "searched_as": _searched_as(place, known),
            }
            for place in new.values()
            if place.level is level
        ]
        if rows:
            connection.execute(organisations.insert(), rows)
    return len(new)


def get_organisation(connection: Connection, organisation_id: str) -> Organisation:
    """One place by its id, or NotFound."""
    row = connection.execute(select(organisations).where(organisations.c.id == organisation_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no place {organisation_id}")
    return _organisation(row)


def list_organisations(
    connection: Connection, level: Level | None = None, under: str | None = None
) -> tuple[Organisation, ...]:
    """Places in the order of their names: of one level, or below one place (itself not included), or both."""
    query = select(organisations)
    if level is not None:
        query = query.where(organisations.c.level == level.value)
    if under is not None:
        query = query.where(organisations.c.id.in_(ids_below(under)))
    # Sorted here, because the engines' own orders of letters differ.
    return tuple(
        sorted(map(_organisation, connection.execute(query)), key=lambda place: (_plain(place.name), place.id))
    )


def count_organisations(connection: Connection) -> int:
    """How many places there are. Places are only ever added, so the tree is the same for as long as this is."""
    return int(connection.execute(select(func.count()).select_from(organisations)).scalar_one())


def read_tree(connection: Connection) -> Tree:
    """All places in their order: read once a process, and again when there are more of them.

    In a transaction that writes it is read each time: what is added there may yet be undone.
    """
    return once(connection, read_tree, lambda: _tree(connection))


def ancestors(connection: Connection, organisation_id: str) -> tuple[Organisation, ...]:
    """The places above one place, from its region down to its parent; NotFound if there is no such place."""
    above = (
        select(organisations.c.id, organisations.c.parent_id, literal(0).label("steps"))
        .where(organisations.c.id == organisation_id)
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(organisations.c.id, organisations.c.parent_id, above.c.steps + 1).join(
            above, organisations.c.id == above.c.parent_id
        )
    )
    rows = connection.execute(
        select(organisations).join(above, organisations.c.id == above.c.id).order_by(above.c.steps.desc())
    ).all()
    if not rows:
        raise NotFound(f"there is no place {organisation_id}")
    return tuple(map(_organisation, rows[:-1]))


def search_placements(connection: Connection, text: str, limit: int = 20) -> tuple[Organisation, ...]:
    """Placements whose own name, site, provider or id hold every word of ``text``, whatever its case and accents."""
    query = select(organisations).where(organisations.c.level == Level.PLACEMENT.value)
    for word in _plain(text).split():
        query = query.where(organisations.c.searched_as.contains(word, autoescape=True))
    # In the order of code points, because the engines' own orders of letters differ.
    order = collate(organisations.c.searched_as, "C" if connection.dialect.name == "postgresql" else "BINARY")
    rows = connection.execute(query.order_by(order, organisations.c.id).limit(limit))
    return tuple(map(_organisation, rows))


def ids_below(organisation_id: str) -> Select[tuple[str]]:
    """The question for the ids of everything below one place, for use inside other questions of the store."""
    below = select(organisations.c.id).where(organisations.c.parent_id == organisation_id).cte("below", recursive=True)
    below = below.union_all(select(organisations.c.id).join(below, organisations.c.parent_id == below.c.id))
    return select(below.c.id)


def _organisation(row: Row[*tuple[Any, ...]]) -> Organisation:
    return Organisation(row.id, Level(row.level), row.name, row.parent_id)


def _described(place: Organisation) -> str:
    above = f" in {place.parent_id}" if place.parent_id else ""
    return f"{place.level.replace('_', ' ')} '{place.name}'{above}"


def _parent_problem(place: Organisation, known: dict[str, Organisation]) -> str | None:
    wanted = place.level.parent
    if wanted is None:
        return "is a region and can have no parent" if place.parent_id is not None else None
    if place.parent_id is None:
        return f"is a {place.level.replace('_', ' ')} and needs a {wanted.replace('_', ' ')} as its parent"
    parent = known.get(place.parent_id)
    if parent is None:
        return f"its parent {place.parent_id} is not there"
    if parent.level is not wanted:
        return f"its parent {parent.id} is a {parent.level.replace('_', ' ')}, not a {wanted.replace('_', ' ')}"
    return None


def _searched_as(place: Organisation, known: dict[str, Organisation]) -> str:
    words = [place.name]
    above = known.get(place.parent_id) if place.parent_id else None
    while above is not None and above.level in (Level.SITE, Level.PROVIDER):
        words.append(above.name)
        above = known.get(above.parent_id) if above.parent_id else None
    return _plain(" ".join([*words, place.id]))


def _plain(text: str) -> str:
    """Without case and accents: 'Ysbyty Glan Tŷ' is found by someone whose keyboard has no circumflex."""
    if text.isascii():
        return text.casefold()
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _tree(connection: Connection) -> Tree:
    n_places = count_organisations(connection)
    n_kept, tree = _trees.get(connection.engine, (-1, None))
    if tree is None or n_kept != n_places:
        tree = Tree.of(map(_organisation, connection.execute(select(organisations))))
        if only_reads(connection):
            _trees[connection.engine] = n_places, tree
    return tree
