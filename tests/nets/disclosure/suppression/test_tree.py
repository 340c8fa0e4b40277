"""Held to every table that agrees with what is shown: small trees whose hidden numbers are tried out one after the other."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nets.disclosure.suppression import Cells, Protection, hidden_cells, uncertainty
from nets.errors import InvalidSetting

STEP = 50.0
"""Scores of the small tables are 0, 50 or 100."""
WIDE = Protection(count_width=5, mean_width=10.0)
TREES = (
    (3, 3, 3, -1),  # three wards of a site
    (4, 4, 5, 5, 6, 6, -1),  # two sites of two wards
    (3, 3, 4, 5, 5, -1),  # a site of two wards beside one of one
    (2, 2, 3, -1),  # a site that is all of its provider
    (2, 2, -1, 5, 5, -1),  # two trees with nothing above both
)


def tree_of(parent: tuple[int, ...], scores: list[list[float]]) -> Cells:
    """A table of one column from the scores at its leaves."""
    above = np.array(parent)
    leaf = [row for row in range(len(parent)) if row not in parent]
    numbers = np.zeros((3, len(parent)))
    for row, those in zip(leaf, scores, strict=True):
        place = row
        while place >= 0:
            numbers[:, place] += [len(those), sum(those), sum(score**2 for score in those)]
            place = above[place]
    n, t, q = numbers[:, :, None]
    return Cells(n.astype(np.int64), t, q, above)


@st.composite
def tables(draw: st.DrawFn, least: int = 0) -> Cells:
    parent = draw(st.sampled_from(TREES))
    leaves = [row for row in range(len(parent)) if row not in parent]
    worst, middle, best = (
        draw(st.lists(st.integers(0, 2), min_size=len(leaves), max_size=len(leaves))) for _ in range(3)
    )
    scores = [[0.0] * a + [STEP] * b + [2 * STEP] * c for a, b, c in zip(worst, middle, best, strict=True)]
    return tree_of(parent, [(those * least)[:least] if 0 < len(those) < least else those for those in scores])


def every_table(
    cells: Cells, hidden: NDArray[np.bool_], numbers: NDArray[np.int64], most: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Numbers of all places in every table that has the shown numbers and, at hidden leaves, anything from 0 to the most."""
    leaves = np.flatnonzero(cells.leaf)
    free = [leaf for leaf in leaves if hidden[leaf] and numbers[leaf] + most[leaf] > 0]
    tried = np.array(list(itertools.product(*(range(most[leaf] + 1) for leaf in free))), dtype=np.int64)
    found = np.tile(np.where(cells.leaf, numbers, 0), (len(tried), 1))
    found[:, free] = tried
    for rows in cells.by_depth[:0:-1]:
        for row in rows:
            found[:, cells.parent[row]] += found[:, row]
    agrees = (found[:, ~hidden] == numbers[~hidden]).all(axis=1)
    return found[np.flatnonzero(agrees)]


def widths_by_trying(cells: Cells, hidden: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Widths of counts and of means; a count that can be more than there are learners at all is not bound."""
    n = cells.counts[:, 0]
    everybody = int(n[cells.leaf].sum())
    counts = every_table(cells, hidden, n, np.where(n > 0, everybody + 1, 0))
    count_width = np.where(counts.max(axis=0) > everybody, np.inf, np.ptp(counts, axis=0))
    totals = every_table(cells, hidden, (cells.totals[:, 0] / STEP).astype(np.int64), 2 * n)
    return count_width, np.ptp(totals, axis=0) * STEP / np.maximum(n, 1)


@settings(max_examples=80)
@given(tables(), st.data())
def test_the_uncertainty_is_that_of_all_tables_that_agree_with_what_is_shown(cells: Cells, data: st.DataObject) -> None:
    some = data.draw(st.lists(st.booleans(), min_size=len(cells.parent), max_size=len(cells.parent)))
    hidden = np.array(some) & cells.live[:, 0]
    assume((cells.leaf & hidden).sum() <= 3)
    # Enough spread that sums of squares, which the tables tried out do not keep, say nothing.
    loose = replace(cells, squares=np.full(cells.counts.shape, 1e12))
    counts, means = uncertainty(loose, hidden[:, None])
    tried_counts, tried_means = widths_by_trying(cells, hidden)
    assert counts[hidden, 0].tolist() == tried_counts[hidden].tolist()
    assert means[hidden, 0] == pytest.approx(tried_means[hidden])


@settings(max_examples=100)
@given(tables())
def test_what_is_hidden_stays_uncertain(cells: Cells) -> None:
    hidden = hidden_cells(cells, 5, WIDE)
    counts, means = uncertainty(cells, hidden)
    live = hidden & cells.live
    assert (counts[live] >= 5).all()
    assert (means[live] >= 10 - 1e-9).all()
    assert hidden[cells.counts < 5].all()


@settings(max_examples=50)
@given(tables(least=5))
def test_nothing_is_hidden_where_nobody_is_below_the_floor(cells: Cells) -> None:
    assert (hidden_cells(cells, 5, WIDE) == ~cells.live).all()


def test_the_cheapest_other_ward_is_hidden_with_a_small_one() -> None:
    cells = tree_of((4, 4, 4, 4, -1), [[0, 50, 100], [50, 100] * 6, [0, 50, 50, 100] * 2, [0, 100] * 10])
    assert hidden_cells(cells, 5, WIDE).ravel().tolist() == [True, False, True, False, False]
    dear = np.array([[3], [1], [99], [99], [99]])
    assert hidden_cells(cells, 5, WIDE, cost=dear).ravel().tolist() == [True, True, False, False, False]


def test_two_small_wards_protect_each_other_only_if_together_they_reach_the_floor() -> None:
    shown = hidden_cells(tree_of((3, 3, 3, -1), [[0, 50], [100, 50, 50], [0, 100] * 4]), 5, WIDE)
    assert shown.ravel().tolist() == [True, True, False, False]
    more = hidden_cells(tree_of((3, 3, 3, -1), [[0, 50], [100, 50], [0, 100] * 4]), 5, WIDE)
    assert more.ravel().tolist() == [True, True, True, False]


def test_where_all_above_is_hidden_already_a_total_takes_in_what_is_below_it() -> None:
    cells = tree_of((2, 2, 3, -1), [[0, 50], [50, 100] * 40])
    hidden = hidden_cells(cells, 5, WIDE, never_shown=np.array([[False], [False], [True], [True]]))
    assert hidden.all()


def test_a_ward_of_nobody_protects_nothing() -> None:
    hidden = hidden_cells(tree_of((3, 3, 3, -1), [[], [0, 50, 100], [0, 100] * 4]), 5, WIDE)
    assert hidden.ravel().tolist() == [True, True, True, False]


def test_a_total_that_is_one_hidden_ward_and_shown_ones_is_hidden_or_gets_a_second_ward() -> None:
    cells = tree_of((4, 4, 5, 5, 6, 6, -1), [[0, 50, 100], [50, 100] * 9, [50, 100] * 9, [0, 50, 100] * 6])
    hidden = hidden_cells(cells, 5, WIDE, never_shown=np.arange(7)[:, None] == 4)
    counts, _ = uncertainty(cells, hidden)
    assert hidden[[4, 0]].all()
    assert (counts[hidden & cells.live] >= 5).all()


def test_everyone_at_the_top_of_the_scale_protects_nobody() -> None:
    """3 and 4 learners who all gave the best answer: their sum says so, and a third ward has to hide with them."""
    cells = tree_of((3, 3, 3, -1), [[100] * 3, [100] * 4, [0, 50, 50, 100, 0, 50]])
    assert hidden_cells(cells, 5, WIDE).ravel().tolist() == [True, True, True, False]


def test_answers_alike_are_seen_in_the_standard_deviation_and_protect_nobody() -> None:
    alike = tree_of((3, 3, 3, -1), [[50] * 3, [50] * 4, [0, 50, 50, 100, 0, 50]])
    assert hidden_cells(alike, 5, WIDE).ravel().tolist() == [True, True, True, False]
    spread = replace(alike, squares=alike.squares + np.array([[3000.0], [4000.0], [0.0], [7000.0]]))
    assert hidden_cells(spread, 5, WIDE).ravel().tolist() == [True, True, False, False]


@pytest.mark.parametrize(("low", "high"), [(40.0, 60.0), (30.0, 80.0)])
def test_sums_of_squares_bind_where_two_wards_each_agree_within_themselves(low: float, high: float) -> None:
    """Then the mean of either lies at an end of its interval, whose middle is the mean of both together."""
    cells = tree_of((2, 2, -1), [[low] * 4, [high] * 6])
    _, means = uncertainty(cells, np.array([[True], [True], [False]]))
    together = (4 * low + 6 * high) / 10
    assert means[:2, 0] == pytest.approx([2 * (together - low), 2 * (high - together)])


def test_a_large_ward_needs_no_width_of_its_own_where_none_is_asked() -> None:
    cells = tree_of((3, 3, 3, -1), [[0, 50], [50, 100] * 30, [0, 50] * 60])
    small = np.array([[True], [False], [False], [False]])
    assert hidden_cells(cells, 5, WIDE, mean_widths=10.0 * small).ravel().tolist() == [True, True, False, False]
    assert hidden_cells(cells, 5, WIDE).ravel().tolist() == [True, True, True, False]


def test_without_complementary_suppression_a_small_ward_can_be_worked_out() -> None:
    cells = tree_of((3, 3, 3, -1), [[0, 50, 100], [50, 100] * 6, [0, 100] * 10])
    hidden = hidden_cells(cells, 5, replace(WIDE, complementary=False))
    assert hidden.ravel().tolist() == [True, False, False, False]
    counts, means = uncertainty(cells, hidden)
    assert counts[0, 0] == means[0, 0] == 0


def test_every_fault_of_a_table_is_told() -> None:
    counts = np.array([[3], [3]])
    with pytest.raises(InvalidSetting) as caught:
        Cells(counts, np.zeros((2, 2)), np.zeros((2, 1)), np.array([5, -1]))
    assert [problem.where for problem in caught.value.problems] == ["totals", "parent"]
    with pytest.raises(InvalidSetting, match="scores from 0 to 100"):
        Cells(counts, np.full((2, 1), 301.0), np.zeros((2, 1)), np.array([1, -1]))
    with pytest.raises(InvalidSetting, match="below itself"):
        hidden_cells(Cells(counts, counts * 50.0, counts * 2500.0, np.array([1, 0])), 5, WIDE)


def test_a_provider_beside_a_small_one_is_hidden_with_a_ward_of_it_rather_than_what_is_above_both() -> None:
    """Provider 4 is one ward of three; hiding the office instead would need another office, and so on up to the nation."""
    parent = (4, 5, 5, 5, 6, 6, 7, -1, 9, 7)
    wards: list[list[float]] = [[0, 50, 100], [0, 50, 50, 100, 0, 100], [0, 100] * 20, [0, 50] * 20, [0, 50] * 40]
    cells = tree_of(parent, wards)
    hidden = hidden_cells(cells, 5, WIDE, mean_widths=10.0 * (cells.counts < 5)).ravel()
    assert np.flatnonzero(hidden).tolist() == [0, 1, 4, 5]
