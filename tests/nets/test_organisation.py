"""The levels of the tree, from region to placement."""

from nets.organisation import Level


def test_the_levels_stand_in_the_order_of_the_tree() -> None:
    assert [level.value for level in Level] == ["region", "local_office", "provider", "site", "placement"]


def test_every_level_hangs_below_the_one_before() -> None:
    assert Level.REGION.parent is None
    assert [level.parent for level in Level][1:] == list(Level)[:-1]
