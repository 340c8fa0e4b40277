"""How uncertain a cell can be made is held to the uncertainty of the table with everything hidden that may be."""

import numpy as np
import pytest

from nets.disclosure.suppression import Cells, uncertainty
from nets.disclosure.suppression.reach import reach

ABOVE = np.array([3, 3, 4, 5, 5, -1])
WARDS = [0, 1, 2]


def table(seed: int) -> Cells:
    """Two sites of three wards, three groups, with means near the end of the scale."""
    rng = np.random.default_rng(seed)
    n = np.zeros((6, 4))
    t = np.zeros((6, 4))
    for ward in WARDS:
        n[ward, 1:] = rng.choice([0, 1, 2, 3, 8], 3)
        t[ward, 1:] = n[ward, 1:] * rng.choice([100.0, 97.5, 60.0], 3)
        place = int(ABOVE[ward])
        while place >= 0:
            n[place] += n[ward]
            t[place] += t[ward]
            place = int(ABOVE[place])
    n[:, 0], t[:, 0] = n[:, 1:].sum(axis=1), t[:, 1:].sum(axis=1)
    return Cells(n.astype(np.int64), t, np.full(n.shape, 1e12), ABOVE)


@pytest.mark.parametrize("seed", range(20))
def test_no_cell_is_asked_for_more_than_it_has_with_every_group_hidden(seed: int) -> None:
    cells = table(seed)
    rng = np.random.default_rng(seed)
    fixed = np.zeros((6, 4), dtype=bool)
    fixed[:, 0] = True
    hidden = np.zeros((6, 4), dtype=bool)
    hidden[:, 0] = rng.random(6) < 0.3
    counts, totals = reach(cells, hidden, fixed)
    everything = (hidden | ~fixed) & cells.live
    widest_counts, widest_means = uncertainty(cells, everything)
    assert (counts[everything] >= np.minimum(widest_counts[everything], 5)).all()
    assert (totals >= widest_means * cells.counts - 1e-6)[everything].all()
    # Where no place's own cell is hidden the bound is the least there is.
    if not hidden.any():
        assert totals[everything] == pytest.approx((widest_means * cells.counts)[everything])


def test_three_among_fourteen_with_a_mean_near_the_end_reach_little() -> None:
    n = np.array([[14, 3, 11]])
    t = np.array([[1391.6, 300.0, 1091.6]])
    cells = Cells(n, t, np.full(n.shape, 1e12), np.array([-1]))
    fixed = np.array([[True, False, False]])
    _, totals = reach(cells, np.zeros((1, 3), dtype=bool), fixed)
    assert totals[0] == pytest.approx([0.0, 8.4, 8.4])
