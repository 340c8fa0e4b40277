"""Merged vertices are held to every set of vertices that arcs only lead into: no small one lies between them."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.disclosure.suppression.joining import held, joined, on_a_round

WANTED = 5.0
Numbers = NDArray[np.int64]


def some_arcs(seed: int) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
    """Some arcs among seven vertices, most of few learners."""
    rng = np.random.default_rng(seed)
    pairs = np.array([pair for pair in itertools.permutations(range(7), 2) if pair[0] < pair[1] or rng.random() < 0.1])
    chosen = pairs[rng.choice(len(pairs), int(rng.integers(6, 16)))]
    return chosen[:, 0], chosen[:, 1], rng.choice([1.0, 2.0, 3.0, 4.0, 4.0, 7.0], len(chosen))


def smallest_between(tail: Numbers, head: Numbers, learners: NDArray[np.float64], one: int, other: int) -> float:
    """The fewest learners of arcs into a set that no arc leaves and that has the one vertex but not the other."""
    least = np.inf
    for inside in itertools.product([False, True], repeat=7):
        chosen = np.array(inside)
        if chosen[one] and not chosen[other] and not (chosen[tail] & ~chosen[head]).any():
            least = min(least, float(learners[chosen[head] & ~chosen[tail]].sum()))
    return least


@pytest.mark.parametrize("seed", range(25))
def test_no_small_sum_lies_between_vertices_that_are_merged(seed: int) -> None:
    tail, head, learners = some_arcs(seed)
    merged = joined(tail, head, learners, np.zeros(len(tail), dtype=bool), WANTED, 7)
    # An arc on no round is known whatever it holds, and joins nothing.
    tied = on_a_round(tail, head, 7)
    for one, other in itertools.permutations(range(7), 2):
        if merged[one] == merged[other]:
            assert smallest_between(tail[tied], head[tied], learners[tied], one, other) >= WANTED


def test_a_large_arc_that_alone_joins_two_parts_is_not_merged() -> None:
    nothing = np.zeros(1, dtype=bool)
    merged = joined(np.array([0]), np.array([1]), np.array([9.0]), nothing, WANTED, 2)
    assert merged[0] != merged[1]


def test_two_groups_at_two_wards_are_one_where_enough_of_each_can_be_exchanged() -> None:
    """Vertices 0 and 1 are the groups, 2 to 4 the wards, in which either group has two learners."""
    tail, head = np.array([0, 1, 0, 1, 0, 1]), np.array([2, 2, 3, 3, 4, 4])
    two = np.full(6, 2.0)
    proved = np.zeros(6, dtype=bool)
    merged = joined(tail, head, two, proved, WANTED, 5)
    assert merged[0] == merged[1]
    fewer = joined(tail[:4], head[:4], two[:4], proved[:4], WANTED, 5)
    assert len(set(fewer.tolist())) == 5


@pytest.mark.parametrize("seed", range(12))
def test_an_arc_is_on_a_round_if_its_ends_hang_together_without_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tail, head = rng.integers(0, 9, (2, 9))
    for arc, found in enumerate(on_a_round(tail, head, 9).tolist()):
        others = np.arange(len(tail)) != arc
        reached = {int(tail[arc])}
        for _ in range(9):
            for start, end in zip(tail[others].tolist(), head[others].tolist(), strict=True):
                if {start, end} & reached:
                    reached |= {start, end}
        assert found == (int(head[arc]) in reached)


def test_an_arc_is_held_by_those_of_which_as_much_is_wanted() -> None:
    """Two groups, 0 and 1, at three wards: of those of ward 2 less is wanted than of those of ward 3; at ward 5 one is alone."""
    tail, head = np.array([0, 1, 0, 1, 0]), np.array([2, 2, 3, 3, 5])
    assert held(tail, head, np.array([7.0, 7.0, 10.0, 10.0, 10.0]), 6).tolist() == [True, True, False, False, False]
    assert held(tail, head, np.full(5, 10.0), 6).tolist() == [True, True, True, True, False]
