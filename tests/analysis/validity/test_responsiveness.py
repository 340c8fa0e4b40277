import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from analysis import AnalysisError, Correlation, NotEstimated, Responsiveness, RocCurve, responsiveness
from analysis.item_responses import FloatArray


def _people(seed: int, n: int = 60) -> tuple[FloatArray, FloatArray, FloatArray]:
    random = np.random.default_rng(seed)
    change = random.integers(-1, 3, size=n).astype(float)
    first = random.normal(60, 10, n)
    return first, first + 4 * change + random.normal(0, 6, n), change


def _found(seed: int) -> Responsiveness:
    return responsiveness(*_people(seed))


@given(st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_correlation_and_area_agree_with_scipy_and_scikit_learn(seed: int) -> None:
    first, second, change = _people(seed)
    found = _found(seed)
    moved = second - first
    assert isinstance(found.correlation, Correlation)
    assert found.correlation.coefficient == pytest.approx(stats.pearsonr(moved, change).statistic, rel=1e-10)
    assert isinstance(found.rank_correlation, Correlation)
    assert found.rank_correlation.coefficient == pytest.approx(stats.spearmanr(moved, change).statistic, rel=1e-10)
    assert isinstance(found.roc, RocCurve)
    kept = change >= 0
    assert found.roc.auc == pytest.approx(roc_auc_score(change[kept] > 0, moved[kept]), rel=1e-12)


def test_effect_sizes_are_those_of_their_definitions() -> None:
    first, second, change = _people(2)
    moved = second - first
    for group, those in zip(_found(2).groups, (change > -9, change > 0, change == 0, change < 0), strict=True):
        assert group.n == those.sum()
        assert group.mean_change == pytest.approx(moved[those].mean())
        assert group.standardized_response_mean == pytest.approx(moved[those].mean() / moved[those].std(ddof=1))
        assert group.effect_size == pytest.approx(moved[those].mean() / first[those].std(ddof=1))
    guyatt = moved[change > 0].mean() / moved[change == 0].std(ddof=1)
    assert _found(2).guyatt == pytest.approx(guyatt)


def test_the_interval_of_the_response_mean_is_where_t_lies_in_the_tails() -> None:
    group = _found(3).groups[0]
    t, root = group.standardized_response_mean * math.sqrt(60), math.sqrt(60)
    assert stats.nct.sf(t, 59, group.interval.low * root) == pytest.approx(0.025, rel=1e-6)
    assert stats.nct.cdf(t, 59, group.interval.high * root) == pytest.approx(0.025, rel=1e-6)


def test_a_score_that_does_not_move_with_the_anchor_is_shown_as_such() -> None:
    random = np.random.default_rng(4)
    first, second = random.normal(60, 10, (2, 200))
    found = responsiveness(first, second, random.integers(0, 2, 200))
    assert isinstance(found.roc, RocCurve)
    assert 0.5 in found.roc.interval
    assert isinstance(found.correlation, Correlation)
    assert 0.0 in found.correlation.interval


def test_without_an_unchanged_person_there_is_no_area() -> None:
    found = responsiveness([1, 2, 3, 4], [2, 4, 3, 5], [1, 2, 1, 1])
    assert found.roc == NotEstimated("nobody is unchanged")
    assert math.isnan(found.guyatt)
    assert "AUC not estimated: nobody is unchanged" in str(found)


def test_without_an_improved_person_or_a_varying_anchor_it_says_so() -> None:
    found = responsiveness([1, 2, 3, 4], [2, 4, 3, 5], [0, 0, 0, 0])
    assert found.roc == NotEstimated("nobody has improved")
    assert found.correlation == NotEstimated("the anchor is the same for everybody")
    assert responsiveness([1, 2, 3, 4], [2, 3, 4, 5], [0, 1, 0, 1]).correlation == NotEstimated(
        "the score's change is the same for everybody"
    )


def test_it_says_what_is_wrong() -> None:
    with pytest.raises(AnalysisError, match="first has 3, second has 2, change has 3"):
        responsiveness([1, 2, 3], [1, 2], [0, 1, 1])
    with pytest.raises(AnalysisError, match="at least 4 people with first and second and change needed, got 3"):
        responsiveness([1, 2, 3, 4], [1, 2, 3, np.nan], [0, 1, 1, 0])
    with pytest.raises(AnalysisError, match="change has 1 value that is not a number: first better in row 1"):
        responsiveness([1, 2, 3, 4], [1, 2, 3, 4], ["better", 0, 0, 0])  # type: ignore[arg-type]
