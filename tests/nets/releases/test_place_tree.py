"""The tree over the placements that were answered about."""

import pytest

from nets.errors import InvalidFile
from nets.releases.place_tree import LEVELS, path_up, place_tree
from nets.simulation.places import invented_places

PLACES = {place.id: place for place in invented_places()}


def test_placements_come_first_and_the_nation_last() -> None:
    tree = place_tree(["P0009", "P0001", "P0002"], PLACES)
    assert tree.placements == ("P0001", "P0002", "P0009")
    assert tree.place_ids == ("P0001", "P0002", "P0009", "S001", "S002", "T001", "L01", "R1", "nation")
    assert tree.levels == (*["placement"] * 3, *["site"] * 2, "provider", "local_office", "region", "nation")


def test_every_placement_knows_its_places_above() -> None:
    tree = place_tree(["P0001", "P0009", "P0100"], PLACES)
    for column, placement in enumerate(tree.placements):
        path = tuple(tree.place_ids[row] for row in tree.above[:, column])
        assert path == path_up(PLACES, placement)
        assert tuple(tree.levels[row] for row in tree.above[:, column]) == LEVELS


def test_unknown_placements_are_named_at_once() -> None:
    with pytest.raises(InvalidFile) as error:
        place_tree(["P0001", "X1", "X2"], PLACES)
    assert [problem.where for problem in error.value.problems] == ["placement X1", "placement X2"]
