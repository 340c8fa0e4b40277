from nets.organisation import Level, Organisation
from nets.tree import THE_NATION, Tree

NORTH = Organisation("R-1", Level.REGION, "North", None)
OFFICE = Organisation("L-1", Level.LOCAL_OFFICE, "Office", "R-1")
SOUTH = Organisation("R-2", Level.REGION, "Downland", None)
OTHER = Organisation("L-2", Level.LOCAL_OFFICE, "Another office", "R-2")
FIRST = Organisation("L-3", Level.LOCAL_OFFICE, "A first office", "R-1")
TREE = Tree.of([OTHER, FIRST, OFFICE, NORTH, SOUTH])


def test_places_stand_level_by_level_in_the_order_of_what_is_above_them_and_of_names() -> None:
    assert list(TREE.places) == ["R-2", "R-1", "L-2", "L-3", "L-1"]
    assert [place.ids for place in TREE.below(THE_NATION)] == [
        ("R-2",),
        ("R-1",),
        ("R-2", "L-2"),
        ("R-1", "L-3"),
        ("R-1", "L-1"),
    ]


def test_below_a_place_stand_its_own_without_itself() -> None:
    assert [place.place_id for place in TREE.below(TREE.places["R-1"])] == ["L-3", "L-1"]
    assert list(TREE.below(TREE.places["L-1"])) == []


def test_of_one_level_alone_they_stand_in_the_same_order() -> None:
    assert [place.place_id for place in TREE.below(THE_NATION, Level.LOCAL_OFFICE)] == ["L-2", "L-3", "L-1"]
    assert [place.place_id for place in TREE.below(TREE.places["R-1"], Level.LOCAL_OFFICE)] == ["L-3", "L-1"]
    assert list(TREE.below(TREE.places["R-1"], Level.PLACEMENT)) == []


def test_a_place_knows_those_above_it() -> None:
    assert TREE.places["L-1"].above == (NORTH,)
    assert TREE.places["L-1"].organisation == OFFICE
    assert TREE.places["R-1"].organisation == NORTH
    assert [TREE.places[one].region_id for one in ("R-1", "L-1")] == ["R-1", "R-1"]
    assert THE_NATION.ids == ()
