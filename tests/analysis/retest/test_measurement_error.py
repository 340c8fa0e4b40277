import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import AnalysisError, intraclass_correlation, measurement_error

pairs = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=4, max_size=40)


@given(pairs)
@settings(max_examples=50, deadline=None)
def test_agreement_is_consistency_and_the_shift_together(scores: list[tuple[int, int]]) -> None:
    first, second = np.array(scores, dtype=float).T
    found = measurement_error(first, second)
    n = len(scores)
    together = found.sem_consistency**2 * (n - 1) / n + found.bias**2 / 2
    assert found.sem_agreement**2 == pytest.approx(together, rel=1e-9, abs=1e-9)


@given(pairs)
@settings(max_examples=50, deadline=None)
def test_exchanging_the_occasions_turns_the_shift_round_and_nothing_else(scores: list[tuple[int, int]]) -> None:
    first, second = np.array(scores, dtype=float).T
    found, turned = measurement_error(first, second), measurement_error(second, first)
    assert turned.bias == -found.bias
    assert turned.sem_agreement == found.sem_agreement
    assert turned.limits_of_agreement.low == pytest.approx(-found.limits_of_agreement.high, abs=1e-9)


def test_it_is_the_mean_square_within_people() -> None:
    random = np.random.default_rng(2)
    first, second = random.normal(size=(2, 30))
    ms_within = intraclass_correlation(np.column_stack([first, second])).ms_within
    assert measurement_error(first, second).sem_agreement == pytest.approx(math.sqrt(ms_within), rel=1e-12)


def test_the_interval_of_sem_and_those_of_the_limits_hold_their_level() -> None:
    random = np.random.default_rng(5)
    n_draws, held = 800, np.zeros(4)
    for difference in random.normal(0.3, 2.0, size=(n_draws, 25)):
        found = measurement_error(np.zeros(25), difference)
        held += [
            2.0 / math.sqrt(2) in found.sem_consistency_interval,
            0.3 in found.bias_interval,
            0.3 - 1.96 * 2.0 in found.lower_limit_interval,
            0.3 + 1.96 * 2.0 in found.upper_limit_interval,
        ]
    np.testing.assert_allclose(held / n_draws, 0.95, atol=4 * math.sqrt(0.95 * 0.05 / n_draws))


def test_no_movement_at_all_is_no_error() -> None:
    found = measurement_error([50, 60, 70], [50, 60, 70])
    assert (found.sem_agreement, found.sdc_individual, found.bias) == (0.0, 0.0, 0.0)
    assert math.isnan(found.bias_p)


def test_the_change_to_detect_shrinks_with_the_root_of_the_group() -> None:
    found = measurement_error([50, 60, 70, 55], [55, 58, 75, 50])
    assert found.sdc_group == pytest.approx(found.sdc_individual / 2)
    assert found.sdc_individual == pytest.approx(1.96 * math.sqrt(2) * found.sem_agreement)


def test_it_says_who_is_left_out_and_refuses_too_few() -> None:
    found = measurement_error([50, 60, 70, math.nan], [50, 61, 72, 80])
    assert "1 person of 4 left out: a score is missing" in str(found)
    with pytest.raises(AnalysisError, match="at least 3 people with first and second needed, got 2"):
        measurement_error([50, 60, math.nan], [50, 61, 72])
    with pytest.raises(AnalysisError, match="share between 0 and 1"):
        measurement_error([50, 60, 70], [50, 61, 72], ci=95)


def test_the_intervals_of_the_limits_are_those_of_bland_and_altman() -> None:
    # 1999, sec. 2.3: the variance of a limit is s^2 (1 / n + z^2 / 2 (n - 1)).
    first, second = np.array([4.0, 7, 6, 9, 3, 8]), np.array([5.0, 6, 8, 9, 5, 7])
    found, gap = measurement_error(first, second), second - first
    half = stats.t.ppf(0.975, 5) * gap.std(ddof=1) * math.sqrt(1 / 6 + 1.96**2 / 10)
    limits = (found.lower_limit_interval, found.upper_limit_interval)
    ends = (found.limits_of_agreement.low, found.limits_of_agreement.high)
    for limit, interval in zip(ends, limits, strict=True):
        assert [interval.low, interval.high] == pytest.approx([limit - half, limit + half], rel=1e-4)
