"""Item statistics: brute force and bad input; psych's figures are in tests/reference."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy import stats

from analysis import AnalysisError, PairwiseTables, describe_items, scale_scores


def _can_be_described(answers: NDArray[np.float64]) -> bool:
    """Every item has an answer and two people gave one: anything less is refused."""
    given = ~np.isnan(answers)
    return bool(given.any(axis=0).all() and given.any(axis=1).sum() >= 2)


ANSWERS = hnp.arrays(
    np.float64,
    st.tuples(st.integers(3, 40), st.integers(2, 4)),
    elements=st.one_of(st.just(math.nan), st.integers(1, 5).map(float)),
).filter(_can_be_described)


@given(ANSWERS)
def test_reversing_turns_floor_into_ceiling_and_reversing_twice_changes_nothing(answers: NDArray[np.float64]) -> None:
    found, turned = describe_items(answers, 5), describe_items(6 - answers, 5)
    assert (turned.floor == found.ceiling).all()
    assert (turned.frequencies == found.frequencies[:, ::-1]).all()
    np.testing.assert_allclose(turned.mean, 6 - found.mean, rtol=1e-12)
    for name, sign in (("sd", 1), ("skewness", -1), ("kurtosis", 1), ("item_total", 1), ("item_rest", 1)):
        np.testing.assert_allclose(getattr(turned, name), sign * getattr(found, name), rtol=0, atol=1e-9)
    back = describe_items(6 - (6 - answers), 5)
    for name in ("mean", "sd", "skewness", "kurtosis", "item_total", "item_rest"):
        np.testing.assert_array_equal(getattr(back, name), getattr(found, name))


@given(ANSWERS)
def test_each_item_is_described_as_by_a_loop_over_items(answers: NDArray[np.float64]) -> None:
    found = describe_items(answers, categories=5)
    for place, column in enumerate(answers.T):
        own = column[~np.isnan(column)]
        assert found.n_answers[place] == len(own)
        assert found.n_missing[place] == len(column) - len(own)
        assert found.mean[place] == pytest.approx(own.mean())
        assert found.median[place] == np.median(own)
        assert found.floor[place] == (own == 1).mean()
        assert found.ceiling[place] == (own == 5).mean()
        assert found.frequencies[place].tolist() == [(own == answer).sum() for answer in range(1, 6)]
        if len(own) > 1 and own.std() > 0:
            sd = own.std(ddof=1)
            assert found.sd[place] == pytest.approx(sd)
            assert found.standard_error[place] == pytest.approx(sd / math.sqrt(len(own)))
            shrink = ((len(own) - 1) / len(own)) ** 0.5  # b1 and b2 divide by the standard deviation with n - 1
            assert found.skewness[place] == pytest.approx(stats.skew(own) * shrink**3, abs=1e-10)
            assert found.kurtosis[place] == pytest.approx((stats.kurtosis(own) + 3) * shrink**4 - 3, abs=1e-10)


def test_numbers_off_the_scale_are_described_without_frequencies() -> None:
    found = describe_items([[0.5, 10], [1.5, 30], [4.0, 20], [math.nan, 60]])
    assert found.mean.tolist() == [2.0, 30.0]
    assert found.median.tolist() == [1.5, 25.0]
    assert found.frequencies.shape == (2, 0)
    assert np.isnan(found.floor).all()
    assert "answers are not whole numbers from 1 up" in str(found)


def test_a_constant_item_is_described_and_named() -> None:
    found = describe_items(pd.DataFrame({"q1": [4, 4, 4], "q2": [1, 2, 4], "q3": [2, 1, 5]}))
    assert found.sd[0] == 0
    assert np.isnan([found.item_rest[0], found.item_total[0], found.skewness[0]]).all()
    # A constant adds nothing to the total of the others.
    others = describe_items(pd.DataFrame({"q2": [1, 2, 4], "q3": [2, 1, 5]}))
    np.testing.assert_allclose(found.item_rest[1:], others.item_rest)
    assert "constant: q1" in str(found)


def test_the_ceiling_is_the_highest_option_even_where_nobody_chose_it() -> None:
    assert describe_items([[3], [4], [4]], categories=5).ceiling.tolist() == [0.0]
    assert describe_items([[3], [4], [4]]).ceiling.tolist() == [2 / 3]


def test_items_never_answered_together_have_no_total() -> None:
    found = describe_items([[1, None], [3, None], [None, 2], [None, 5]])
    assert np.isnan(found.item_total).all()
    assert "never answered by the same two respondents" in str(found)


def test_it_names_everything_that_is_wrong() -> None:
    frame = pd.DataFrame({"q1": [1, 9, 2.5], "q2": [math.nan] * 3, "q3": [0, 1, 2]})
    with pytest.raises(AnalysisError) as raised:
        describe_items(frame, categories=5)
    assert raised.value.problems == (
        "item q1 has 2 values that are not whole numbers from 1 to 5: first 9 in row 2",
        "item q3 has 1 value that is not a whole number from 1 to 5: first 0 in row 1",
        "item q2 has no answers",
    )
    with pytest.raises(AnalysisError, match="the state was made with 5 categories, not 7"):
        describe_items(PairwiseTables.from_responses([[1, 2], [5, 3]]), categories=7)
    with pytest.raises(AnalysisError, match="at least 2 respondents with an answer needed, got 1"):
        describe_items([[1, 2], [None, None]])


def test_a_score_needs_its_share_of_answers() -> None:
    answers = [[1, 2, 3, 4, 5], [1, 2, 3, None, None], [1, 2, None, None, None], [None] * 5]
    assert scale_scores(answers).tolist()[:2] == [3.0, 2.0]
    assert np.isnan(scale_scores(answers)[2:]).all()
    assert scale_scores(answers, minimum_share=0.4).tolist()[2] == 1.5
    assert math.isnan(scale_scores(answers, minimum_share=0)[3])
    assert scale_scores(answers, minimum_share=0.6).tolist()[1] == 2.0  # 0.6 of 5 is 3
    with pytest.raises(AnalysisError, match="minimum_share is a share from 0 to 1"):
        scale_scores(answers, minimum_share=50)
