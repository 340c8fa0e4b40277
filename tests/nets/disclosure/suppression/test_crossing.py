"""Places crossed by learner groups, held to linear programmes that know nothing of networks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from nets.disclosure.suppression import Cells, CountsKnown, Protection, hidden_cells, uncertainty

WIDE = Protection(count_width=5, mean_width=10.0)
TREES = (
    (2, 2, -1),
    (3, 3, 3, -1),
    (3, 3, 4, 5, 5, -1),
    (4, 4, 5, 5, 6, 6, -1),
    (5, 5, 5, 6, 6, 7, 7, -1),
)


def crossed(parent: tuple[int, ...], counts: NDArray[np.int64], means: NDArray[np.float64]) -> Cells:
    """A table from counts and means at its leaves, one row a leaf and one column a group; scores spread by 20 points."""
    above = np.array(parent)
    leaf = [row for row in range(len(parent)) if row not in parent]
    numbers = np.zeros((3, len(parent), counts.shape[1]))
    for row, n, mean in zip(leaf, counts, means, strict=True):
        place = row
        while place >= 0:
            numbers[:, place] += [n, n * mean, n * (mean**2 + 400.0)]
            place = above[place]
    n, t, q = np.concatenate([numbers.sum(axis=2, keepdims=True), numbers], axis=2)
    return Cells(n.astype(np.int64), t, q, above)


@st.composite
def tables(draw: st.DrawFn) -> Cells:
    parent = draw(st.sampled_from(TREES))
    shape = len(parent) - len(set(parent) - {-1}), draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    counts = rng.choice([0, 1, 2, 3, 4, 6, 9, 11, 14, 25], size=shape)
    return crossed(parent, counts, rng.choice([0.0, 25.0, 60.0, 75.0, 90.0, 100.0], size=shape))


def guard_of(cells: Cells) -> NDArray[np.bool_]:
    floors = np.full(cells.counts.shape[1], 10)
    floors[0] = 5
    return cells.counts < floors


def widths_by_programmes(
    cells: Cells, hidden: NDArray[np.bool_], amount: NDArray[np.float64], most: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The least and the largest amount of every hidden cell, given the shown ones and every sum of the table."""
    live = hidden & cells.live
    shape = cells.counts.shape
    number = np.arange(amount.size).reshape(shape)
    rows = []
    for place in range(shape[0]):
        row = np.zeros(amount.size)
        row[number[place]] = [-1] + [1] * (shape[1] - 1)
        rows.append(row)
        below = np.flatnonzero(cells.parent == place)
        for column in range(shape[1] if len(below) else 0):
            row = np.zeros(amount.size)
            row[number[place, column]], row[number[below, column]] = -1, 1
            rows.append(row)
    equations = np.array(rows)
    free = np.flatnonzero(live)
    known = equations @ np.where(live, 0.0, amount).ravel()
    bounds = [(0, top) for top in most[live]]

    def end(place: int, sign: float) -> float:
        objective = np.where(np.arange(len(free)) == place, sign, 0.0)
        found = linprog(objective, A_eq=equations[:, free], b_eq=-known, bounds=bounds)
        if found.status == 3:
            return -sign * np.inf
        assert found.x is not None
        return float(found.x[place])

    return np.array([end(place, -1.0) - end(place, 1.0) for place in range(len(free))])


@settings(max_examples=6)
@given(tables(), st.data())
def test_the_uncertainty_is_that_of_the_linear_programmes(cells: Cells, data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 2**32 - 1))
    hidden = cells.live & (np.random.default_rng(seed).random(cells.counts.shape) < 0.6)
    counts, means = uncertainty(cells, hidden)
    n = cells.counts.astype(np.float64)
    if hidden.any():
        assert counts[hidden] == pytest.approx(widths_by_programmes(cells, hidden, n, np.full(n.shape, np.inf)))
        totals = widths_by_programmes(cells, hidden, cells.totals, 100 * n)
        assert means[hidden] == pytest.approx(totals / n[hidden], abs=1e-6)


@settings(max_examples=40)
@given(tables())
def test_what_is_hidden_stays_uncertain_unless_its_places_own_cell_says_it(cells: Cells) -> None:
    guarded = guard_of(cells)
    hidden = hidden_cells(cells, [5] + [10] * (cells.counts.shape[1] - 1), WIDE, mean_widths=10.0 * guarded)
    assert hidden[guarded].all()
    counts, means = uncertainty(cells, hidden)
    every_group = cells.live.copy()
    every_group[:, 0] = hidden[:, 0] & cells.live[:, 0]
    least_counts, least_means = uncertainty(cells, every_group)
    live = hidden & cells.live
    # With every group hidden all that is left to know is what the places' own cells say.
    assert ((counts[live] >= 5) | (counts[live] >= least_counts[live] - 1e-6)).all()
    live &= guarded
    assert ((means[live] >= 10 - 1e-6) | (means[live] >= least_means[live] - 1e-6)).all()


def test_a_cell_that_joins_two_blocks_of_hidden_ones_is_found() -> None:
    """Every sum has two hidden cells; the rows of one block less the columns of the other give the cell that joins them."""
    counts = np.array([[6, 8, 30, 30], [9, 7, 30, 30], [6, 30, 8, 9], [30, 30, 7, 8]])
    cells = crossed((4, 4, 4, 4, -1), counts, np.full(counts.shape, 60.0))
    hidden = (cells.counts < 10) & cells.live
    counts_width, means_width = uncertainty(cells, hidden)
    assert hidden[2, 1]
    assert counts_width[2, 1] == means_width[2, 1] == 0
    assert (counts_width[:2, 1:3] > 0).all()
    protected = hidden_cells(cells, [5, 10, 10, 10, 10], WIDE, mean_widths=10.0 * guard_of(cells))
    counts_width, means_width = uncertainty(cells, protected)
    assert counts_width[2, 1] >= 5
    assert means_width[2, 1] >= 10


def test_a_group_is_hidden_with_the_small_one_beside_it_and_again_at_another_ward() -> None:
    """Ward 1 has a small group: a second group hides with it there, and each of the two needs a second ward."""
    counts = np.array([[4, 14, 20], [15, 16, 30], [30, 40, 50]])
    cells = crossed((3, 3, 3, -1), counts, np.full(counts.shape, 60.0))
    hidden = hidden_cells(cells, [5, 10, 10, 10], WIDE, mean_widths=10.0 * guard_of(cells))
    assert hidden.astype(int).tolist() == [[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    alone = hidden_cells(cells, [5, 10, 10, 10], replace(WIDE, complementary=False))
    assert alone.sum() == 1
    assert uncertainty(cells, alone)[1][0, 1] == 0


TEN = Protection(count_width=10, mean_width=0.0)


def groups_hidden(cells: Cells) -> NDArray[np.bool_]:
    """What is hidden of groups of fewer than ten where every place shows how many it has."""
    fixed = np.zeros(cells.counts.shape, dtype=bool)
    fixed[:, 0] = True
    return cells.live & hidden_cells(cells, [0] + [10] * (cells.counts.shape[1] - 1), TEN, fixed=fixed)


def test_a_group_beside_a_small_place_is_not_held_to_the_few_learners_there() -> None:
    """Ward 1 shows that it has five: its groups can move by no more. Were they alone hidden, those of ward 2 would by as little."""
    cells = crossed((2, 2, -1), np.array([[3, 2], [9, 8]]), np.full((2, 2), 60.0))
    wards = cells.live & ~np.isin(np.arange(3), 2)[:, None]
    wards[:, 0] = False
    assert uncertainty(cells, wards)[0][:2, 1:].tolist() == [[5, 5], [5, 5]]
    assert uncertainty(cells, groups_hidden(cells))[0][:2, 1:].tolist() == [[5, 5], [17, 17]]


@settings(max_examples=40)
@given(tables())
def test_every_group_that_can_be_ten_learners_wide_is(cells: Cells) -> None:
    hidden = groups_hidden(cells)
    every_group = cells.live.copy()
    every_group[:, 0] = False
    possible, _ = uncertainty(cells, every_group)
    counts, _ = uncertainty(cells, hidden)
    assert (counts[hidden] >= np.minimum(possible[hidden], 10)).all()


def test_groups_of_a_hidden_place_are_hidden() -> None:
    counts = np.array([[2, 2], [12, 0], [40, 40], [45, 45]])
    cells = crossed((4, 4, 4, 4, -1), counts, np.full(counts.shape, 60.0))
    hidden = hidden_cells(cells, [5, 10, 10], WIDE, mean_widths=10.0 * guard_of(cells))
    assert hidden[0].all()
    assert hidden[1].all()


def test_the_only_group_of_a_shown_place_is_below_its_floor_and_nothing_else_is_hidden_for_it() -> None:
    counts = np.array([[7, 0], [20, 30], [30, 40]])
    cells = crossed((3, 3, 3, -1), counts, np.full(counts.shape, 60.0))
    hidden = hidden_cells(cells, [5, 10, 10], WIDE, mean_widths=10.0 * guard_of(cells))
    assert (hidden & cells.live).sum() == 1
    assert hidden[0, 1]


def test_a_year_that_was_hidden_keeps_the_sum_of_the_years_hidden() -> None:
    """Columns: both years together, this year, last year. The years are settled, only their sum is not."""
    counts = np.array([[20, 3], [20, 14], [20, 24]])
    cells = crossed((3, 3, 3, -1), counts, np.full(counts.shape, 60.0))
    fixed = np.array([False, True, True])
    hidden_last_year = np.zeros((4, 3), dtype=bool)
    hidden_last_year[:2, 2] = True
    hidden = hidden_cells(
        cells, 0, WIDE, never_shown=hidden_last_year, fixed=fixed, mean_widths=10.0 * (cells.counts < 5)
    )
    assert hidden[:, 0].tolist() == [True, True, False, False]
    assert (hidden[:, 1:] == hidden_last_year[:, 1:]).all()


def test_two_small_years_together_may_be_shown() -> None:
    counts = np.array([[4, 4], [4, 3], [20, 24]])
    cells = crossed((3, 3, 3, -1), counts, np.full(counts.shape, 60.0))
    small = np.array([[False, True, True], [False, True, True], [False, False, False], [False, False, False]])
    fixed = np.array([False, True, True])
    hidden = hidden_cells(cells, 0, WIDE, never_shown=small, fixed=fixed, mean_widths=10.0 * (cells.counts < 5))
    assert not hidden[:, 0].any()


@settings(max_examples=15)
@given(tables(), st.data())
def test_what_is_known_of_a_smaller_table_holds_of_a_larger_one(cells: Cells, data: st.DataObject) -> None:
    guarded = guard_of(cells)
    hidden = cells.live & hidden_cells(cells, [5] + [10] * (cells.counts.shape[1] - 1), WIDE, mean_widths=0.0)
    known = CountsKnown.of(cells, hidden, np.zeros(hidden.shape, dtype=bool), WIDE)
    # What falls short gives others away; it is not known to be wide enough, and whoever asks hides more for it.
    assume((known.widths[hidden & guarded] > 0).all())
    chance = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    larger = replace(cells, counts=cells.counts + (chance.random(hidden.shape) < 0.1))
    more = hidden | (cells.live & (chance.random(hidden.shape) < 0.2))
    widths = known.widths_in(larger.counts, more)
    exact, _ = uncertainty(larger, more)
    assert (widths == known.widths).all()
    assert (exact[widths > 0] >= widths[widths > 0]).all()


def test_nothing_is_known_of_a_table_with_fewer_learners_or_that_shows_more() -> None:
    counts = np.array([[6, 8, 30, 30], [9, 7, 30, 30], [6, 8, 30, 30], [9, 7, 30, 30]])
    cells = crossed((4, 4, 4, 4, -1), counts, np.full(counts.shape, 60.0))
    hidden = (cells.counts < 10) & cells.live
    known = CountsKnown.of(cells, hidden, np.zeros(hidden.shape, dtype=bool), WIDE)
    assert known.widths_in(cells.counts, hidden)[hidden].min() == 5
    less = cells.counts.copy()
    less[0, 1] -= 1
    assert not known.widths_in(less, hidden).any()
    shown = hidden.copy()
    shown[0, 1] = False
    assert not known.widths_in(cells.counts, shown).any()


def test_a_cell_that_falls_short_is_not_known_to_be_wide_enough() -> None:
    counts = np.array([[6, 8, 30, 30], [9, 7, 30, 30]])
    cells = crossed((2, 2, -1), counts, np.full(counts.shape, 60.0))
    hidden = (cells.counts < 10) & cells.live
    hidden[0, 1] = False
    assert not CountsKnown.of(cells, hidden, np.zeros(hidden.shape, dtype=bool), WIDE).widths.any()
