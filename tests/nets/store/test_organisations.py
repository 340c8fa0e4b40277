"""The tree of places: added whole or not at all, walked up and down, searched the way people type."""

from typing import Any

import pytest

from nets.errors import NotFound, Refused
from nets.organisation import Level, Organisation
from nets.store.database import Database
from nets.store.organisations import (
    add_organisations,
    ancestors,
    get_organisation,
    list_organisations,
    read_tree,
    search_placements,
)


def ids(places: tuple[Organisation, ...]) -> list[str]:
    return [place.id for place in places]


def test_places_may_come_in_any_order(database: Database, small: Any) -> None:
    with database.begin() as connection:
        assert add_organisations(connection, reversed(small.places)) == len(small.places)
        assert get_organisation(connection, "W-1") == Organisation("W-1", Level.PLACEMENT, "Ward 1", "S-1")


def test_adding_the_same_places_again_does_nothing(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        assert add_organisations(connection, small.places) == 0


def test_every_bad_place_is_named_and_none_is_stored(filled: Database, small: Any) -> None:
    bad = [
        Organisation("W-4", Level.PLACEMENT, "Ward 4", "S-1"),
        Organisation("W-1", Level.PLACEMENT, "Ward One", "S-1"),
        Organisation("W-5", Level.PLACEMENT, "Ward 5", "S-9"),
        Organisation("W-6", Level.PLACEMENT, "Ward 6", "P-1"),
        Organisation("W-7", Level.PLACEMENT, "Ward 7", None),
        Organisation("R-2", Level.REGION, "Region 2", "R-1"),
    ]
    with pytest.raises(Refused) as caught, filled.begin() as connection:
        add_organisations(connection, bad)
    assert [str(problem) for problem in caught.value.problems] == [
        "organisation W-1: is already the placement 'Ward 1' in S-1",
        "organisation W-5: its parent S-9 is not there",
        "organisation W-6: its parent P-1 is a provider, not a site",
        "organisation W-7: is a placement and needs a site as its parent",
        "organisation R-2: is a region and can have no parent",
    ]
    with filled.read() as connection:
        assert len(list_organisations(connection)) == len(small.places)


def test_it_lists_a_level_a_branch_or_both(filled: Database) -> None:
    with filled.read() as connection:
        assert ids(list_organisations(connection, level=Level.PROVIDER)) == ["P-1", "P-2"]
        assert ids(list_organisations(connection, under="P-1")) == ["W-1", "W-2", "S-1"]
        assert ids(list_organisations(connection, level=Level.PLACEMENT, under="L-1")) == ["W-3", "W-1", "W-2"]
        assert list_organisations(connection, under="W-1") == ()


def test_ancestors_run_from_the_region_down(filled: Database) -> None:
    with filled.read() as connection:
        assert ids(ancestors(connection, "W-1")) == ["R-1", "L-1", "P-1", "S-1"]
        assert ancestors(connection, "R-1") == ()


def test_a_place_that_is_not_there_is_not_found(filled: Database) -> None:
    for look_up in (get_organisation, ancestors):
        with pytest.raises(NotFound, match="W-9"), filled.read() as connection:
            look_up(connection, "W-9")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ward 1", ["W-1"]),
        ("WARD", ["W-1", "W-2"]),
        ("enghraifft ty ward", ["W-1", "W-2"]),
        ("Tŷ 2", ["W-2"]),
        ("hilltop", ["W-3"]),
        ("w-3", ["W-3"]),
        ("100%", ["W-3"]),
        ("%", ["W-3"]),
        ("_", []),
        ("mercia", []),
        ("", ["W-3", "W-1", "W-2"]),
    ],
)
def test_a_search_needs_neither_case_nor_accents_nor_order(filled: Database, words: str, found: list[str]) -> None:
    with filled.read() as connection:
        assert ids(search_placements(connection, words, limit=10)) == found


def test_a_search_stops_at_its_limit(filled: Database) -> None:
    with filled.read() as connection:
        assert len(search_placements(connection, "", limit=2)) == 2


def test_the_tree_is_read_once_and_again_when_there_are_more_places(filled: Database, small: Any) -> None:
    with filled.read() as connection:
        tree = read_tree(connection)
        assert tree.places.keys() == {place.id for place in small.places}
    with filled.read() as connection:
        assert read_tree(connection) is tree
    with filled.begin() as connection:
        add_organisations(connection, [Organisation("W-4", Level.PLACEMENT, "Ward 4", "S-1")])
    with filled.read() as connection:
        assert read_tree(connection).places.keys() == tree.places.keys() | {"W-4"}


def test_who_adds_a_place_reads_a_tree_with_it(filled: Database) -> None:
    with filled.begin() as connection:
        assert "W-4" not in read_tree(connection).places
        add_organisations(connection, [Organisation("W-4", Level.PLACEMENT, "Ward 4", "S-1")])
        assert "W-4" in read_tree(connection).places


def test_a_tree_whose_last_place_was_undone_is_not_kept(filled: Database) -> None:
    for name in ("Ward 4", "Ward Four"):
        with filled.begin() as connection:
            add_organisations(connection, [Organisation("W-4", Level.PLACEMENT, name, "S-1")])
            assert read_tree(connection).places["W-4"].name == name
            if name == "Ward 4":
                connection.rollback()
