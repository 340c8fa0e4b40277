"""Arcs in series as one, held to flows through every single arc."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nets.disclosure.suppression.network import Flows
from nets.disclosure.suppression.series import Series, in_series


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(3, 9), st.integers(0, 4))
def test_what_arcs_in_series_reach_is_what_each_of_them_reaches(seed: int, n_vertices: int, more: int) -> None:
    chance = np.random.default_rng(seed)
    # A ring through all vertices, with few arcs across, has long rows of arcs in series; either way round.
    ends = np.stack([np.arange(n_vertices), np.roll(np.arange(n_vertices), 1)], axis=1)
    ends = np.vstack([ends, chance.permuted(np.tile(np.arange(n_vertices), (more, 1)), axis=1)[:, :2]])
    tail, head = chance.permuted(ends, axis=1).T
    takes, gives = chance.choice([0.0, 1.0, 3.0, 8.0], size=(2, len(tail)))
    flows, series = Flows(tail, head, takes, gives), Series(tail, head, takes, gives)
    widths = {arc: flows.spread(arc, 100.0).width for arc in range(len(tail))}
    for arc, width in sorted(widths.items(), key=lambda item: -item[1]):
        assert series.reaches(arc, width)
        assert not series.reaches(arc, width + 0.5)


def test_a_row_of_arcs_is_as_wide_as_its_narrowest() -> None:
    tail, head = np.array([0, 2, 2, 0, 0]), np.array([1, 1, 3, 3, 3])
    takes, gives = np.array([5.0, 9.0, 4.0, 9.0, 9.0]), np.array([6.0, 2.0, 9.0, 9.0, 9.0])
    # From 0 along the first, against the second, along the third: 5, 2 and 4; and back 6, 9 and 9.
    one_tail, one_head, takes, gives, chain = in_series(tail, head, takes, gives)
    assert len(set(chain[:3].tolist())) == 1
    row = chain[0]
    along, against = (takes, gives) if one_tail[row] == 0 else (gives, takes)
    assert {int(one_tail[row]), int(one_head[row])} == {0, 3}
    assert (along[row], against[row]) == (2.0, 6.0)
