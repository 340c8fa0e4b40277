"""Ordinal alpha: closed form, what it estimates by simulation, bad input; semTools' figures are in tests/reference."""

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import (
    AnalysisError,
    CorrelationMatrix,
    PairwiseTables,
    cronbach_alpha,
    ordinal_alpha,
    pearson_correlation,
    polychoric_correlation,
)

Answers = NDArray[np.float64]


def _underlying(n: int, seed: int) -> Answers:
    rng = np.random.default_rng(seed)
    found: Answers = np.sqrt(0.5) * (rng.standard_normal((n, 1)) + rng.standard_normal((n, 4)))
    return found


def _cut(underlying: Answers) -> Answers:
    return np.searchsorted((-1.5, -1.0, -0.2, 0.9), underlying).astype(np.float64) + 1


def test_it_is_the_formula_on_polychoric_correlations() -> None:
    answers = _cut(_underlying(500, 1))
    r = polychoric_correlation(answers).matrix
    alpha = ordinal_alpha(answers)
    assert alpha.coefficient == pytest.approx(4 / 3 * (1 - 4 / r.sum()), rel=1e-14)
    three = np.delete(np.delete(r, 1, axis=0), 1, axis=1)
    assert alpha.if_deleted[1] == pytest.approx(3 / 2 * (1 - 3 / three.sum()), rel=1e-14)
    rest = r[1].sum() - 1
    assert alpha.item_rest[1] == pytest.approx(rest / np.sqrt(three.sum()), rel=1e-14)
    assert alpha.average_correlation == pytest.approx(r[np.triu_indices(4, 1)].mean(), rel=1e-14)
    assert alpha.median_correlation == pytest.approx(np.median(r[np.triu_indices(4, 1)]), rel=1e-14)


def test_it_is_alpha_of_what_was_cut_and_above_that_of_the_answers() -> None:
    underlying = _underlying(50_000, 2)
    before, after = cronbach_alpha(underlying).coefficient, cronbach_alpha(_cut(underlying)).coefficient
    found = ordinal_alpha(_cut(underlying)).coefficient
    assert found == pytest.approx(0.8, abs=0.006)  # 4 * 0.5 / (1 + 3 * 0.5)
    assert found == pytest.approx(before, abs=0.006)
    assert found - after > 0.02


def test_answers_a_state_and_correlations_give_the_same() -> None:
    answers = _cut(_underlying(300, 3))
    answers[::5, 0] = np.nan
    found = ordinal_alpha(answers)
    assert ordinal_alpha(PairwiseTables.from_responses(answers)).coefficient == found.coefficient
    assert ordinal_alpha(polychoric_correlation(answers)).coefficient == found.coefficient
    complete = ordinal_alpha(answers, missing="listwise")
    assert (complete.n, complete.missing) == (240, "listwise")
    assert complete.coefficient != found.coefficient


def test_it_says_that_its_sum_is_not_observed_and_where_to_look() -> None:
    printed = str(ordinal_alpha(_cut(_underlying(300, 4))))
    assert printed.startswith("Ordinal alpha 0.")
    assert "(of what underlies the answers)" in printed.splitlines()[0]
    assert "which nobody observes" in printed
    assert 'mcdonald_omega with kind="categorical"' in printed


def test_an_item_keyed_the_other_way_is_pointed_out() -> None:
    answers = _cut(_underlying(300, 5))
    answers[:, 2] = 6 - answers[:, 2]
    assert "against the rest: item_3 (keyed the other way?)" in ordinal_alpha(answers).notes


def test_two_items_leave_nothing_to_delete() -> None:
    found = ordinal_alpha(_cut(_underlying(300, 6))[:, :2])
    assert np.isnan(found.if_deleted).all()
    assert list(found.to_frame().columns) == ["item-rest r", "alpha if deleted"]


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ([[1], [2], [3]], "at least 2 items needed, got 1"),
        ([[1, 1], [2, 1], [3, 1]], "item item_2 is constant: every answer is 1"),
        ([[1, 2.5], [2, 1], [3, 1]], "item item_2 has 1 value that is not a whole number"),
        ([[1, 3], [2, 2], [3, 1]], "the total of the items does not vary"),
    ],
)
def test_answers_that_it_cannot_use_are_named(answers: list[list[float]], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        ordinal_alpha(answers)


def test_other_correlations_than_polychoric_ones_are_refused() -> None:
    for given in (
        CorrelationMatrix.from_matrix([[1, 0.4], [0.4, 1]], n=50),
        pearson_correlation([[1, 2], [2, 1], [3, 3]]),
    ):
        with pytest.raises(AnalysisError, match="ordinal alpha is alpha of polychoric correlations; these are"):
            ordinal_alpha(given)
