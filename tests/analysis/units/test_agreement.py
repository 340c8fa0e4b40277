"""Agreement within units, and within groups thrown together at random."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import AnalysisError, ResponseModel, simulate_responses, within_group_agreement

MODEL = ResponseModel.of({"Teamwork": {"a": 0.8, "b": 0.75, "c": 0.7, "d": 0.65, "e": 0.6}})


def test_random_groups_pass_the_customary_bound_more_often_than_not() -> None:
    # Nothing in common but a ceiling: yet most units "agree", which the band says.
    unit = np.repeat(np.arange(60), 10)
    drawn = simulate_responses(MODEL, 600, seed=3, unit=unit)
    found = within_group_agreement(drawn.responses, unit, categories=5, n_resamples=200)
    assert found.share_customary > 0.5
    assert found.random_share_customary == pytest.approx(found.share_customary, abs=0.15)
    outside = (found.rwg_j < found.random_band[:, 0]) | (found.rwg_j > found.random_band[:, 1])
    assert outside.mean() == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / 60))
    assert found.random_below.mean() == pytest.approx(0.5, abs=4 * math.sqrt(1 / 12 / 60))


def test_units_that_agree_stand_out_of_their_random_groups() -> None:
    unit = np.repeat(np.arange(40), 12)
    model = ResponseModel.of({"F": {"a": 0.9, "b": 0.85, "c": 0.8}}, latent_icc=0.7)
    drawn = simulate_responses(model, 480, seed=5, unit=unit)
    found = within_group_agreement(drawn.responses, unit, categories=5, n_resamples=200)
    assert np.mean(found.random_below > 0.95) > 0.2  # four times what chance gives


def test_random_groups_of_all_people_together_are_the_people() -> None:
    # One unit holds everybody: every deal is the unit itself, as much below it as above.
    answers = [[4, 5], [3, 3], [5, 4], [2, 4]]
    found = within_group_agreement(answers, ["only"] * 4, categories=5, n_resamples=20)
    np.testing.assert_allclose(found.random_band[0], found.rwg_j[0])
    assert found.random_below[0] == 0.5


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_order_of_people_and_items_and_reversal_change_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 6, size=(30, 4)).astype(float)
    x[rng.random(x.shape) < 0.1] = np.nan
    unit = rng.integers(0, 5, size=30)
    first = within_group_agreement(x, unit, categories=5, n_resamples=1)
    order = rng.permutation(30)
    second = within_group_agreement(6 - x[order][:, ::-1], unit[order], categories=5, n_resamples=1)
    place = [second.unit.index(label) for label in first.unit]
    for name in ("rwg_j", "lindell", "awg", "average_deviation", "n"):
        np.testing.assert_allclose(getattr(second, name)[place], getattr(first, name), rtol=1e-9, atol=1e-12)
    seen = first.rwg_j[~np.isnan(first.rwg_j)]
    assert ((seen >= 0) & (seen <= 1)).all()


def test_missing_answers_leave_the_others_of_the_item() -> None:
    x = np.array([[4, 2], [5, np.nan], [3, 4], [1, 1], [np.nan, np.nan]])
    found = within_group_agreement(x, list("aaabb"), categories=5, n_resamples=3)
    variance = np.mean([np.var([4, 5, 3], ddof=1), np.var([2, 4], ddof=1)])
    assert found.mean_variance[0] == pytest.approx(variance)
    assert found.n.tolist() == [3, 1]
    assert math.isnan(found.rwg_j[1])
    assert np.isnan(found.random_band[1]).all()


def test_perfect_agreement_is_1_and_beyond_blind_answers_0() -> None:
    found = within_group_agreement([[4, 4], [4, 4], [1, 5], [5, 1]], list("aabb"), categories=5, n_resamples=1)
    assert found.rwg_j.tolist() == [1.0, 0.0]
    assert found.lindell[1] < 0


def test_the_seed_decides_the_band() -> None:
    x = np.random.default_rng(1).integers(1, 6, size=(40, 3))
    unit = np.repeat(np.arange(8), 5)
    one, again, other = (within_group_agreement(x, unit, categories=5, n_resamples=50, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.random_band, again.random_band)
    assert (one.random_band != other.random_band).any()
    assert "random groups of the same sizes" in str(one)


@pytest.mark.parametrize(
    ("answers", "unit", "options", "problem"),
    [
        ([[1], [6]], ["a", "a"], {}, "not a whole number from 1 to 5"),
        ([[1], [2]], ["a"], {}, "2 people came with 1 unit"),
        ([[1], [2]], ["a", "b"], {}, "two people answered the same item"),
        ([[1], [2]], ["a", "a"], {"null_variance": 0.0}, "above 0"),
        ([[1], [2]], ["a", "a"], {"n_resamples": 0}, "n_resamples is a whole number from 1"),
    ],
)
def test_it_says_what_is_wrong(answers: Any, unit: Any, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        within_group_agreement(answers, unit, categories=5, **options)
