import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize_scalar
from sklearn.metrics import roc_auc_score
from sklearn.metrics import roc_curve as sklearn_roc_curve

from analysis import AnalysisError, CriterionValidity, NotEstimated, PolyserialCorrelation, RocCurve, criterion_validity
from analysis.item_responses import FloatArray
from analysis.validity.roc_curve import Direction, roc_curve

people = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=5, max_size=40)


def _curve(found: CriterionValidity) -> RocCurve:
    assert isinstance(found.roc, RocCurve)
    return found.roc


def _polyserial(found: CriterionValidity) -> PolyserialCorrelation:
    assert isinstance(found.polyserial, PolyserialCorrelation)
    return found.polyserial


def _sides(data: list[tuple[int, bool]]) -> tuple[FloatArray, FloatArray]:
    score, outcome = np.array(data, dtype=float).T
    assume(len(set(score)) > 1 and min(outcome.sum(), (1 - outcome).sum()) > 1)
    return score, outcome


@given(people)
@settings(max_examples=60, deadline=None)
def test_the_area_and_its_error_are_those_of_all_pairs(data: list[tuple[int, bool]]) -> None:
    score, outcome = _sides(data)
    found = _curve(criterion_validity(score, outcome))
    x, y = score[outcome == 1], score[outcome == 0]
    wins = np.array([[(a > b) + 0.5 * (a == b) for b in y] for a in x])
    assert found.auc == pytest.approx(wins.mean(), abs=1e-12)
    assert found.auc == pytest.approx(roc_auc_score(outcome, score), abs=1e-12)
    variance = wins.mean(axis=1).var(ddof=1) / len(x) + wins.mean(axis=0).var(ddof=1) / len(y)
    assert found.standard_error == pytest.approx(math.sqrt(variance), abs=1e-12)


@given(people)
@settings(max_examples=60, deadline=None)
def test_every_cut_off_agrees_with_scikit_learn(data: list[tuple[int, bool]]) -> None:
    score, outcome = _sides(data)
    found = _curve(criterion_validity(score, outcome))
    false_rate, true_rate, cut_offs = sklearn_roc_curve(outcome, score, drop_intermediate=False)
    np.testing.assert_array_equal(found.cut_off, cut_offs[:0:-1])
    np.testing.assert_allclose(found.sensitivity, true_rate[:0:-1], atol=1e-12)
    np.testing.assert_allclose(1 - found.specificity, false_rate[:0:-1], atol=1e-12)
    assert found.youden[found.best] == pytest.approx(max(true_rate - false_rate), abs=1e-12)


@given(people)
@settings(max_examples=40, deadline=None)
def test_an_outcome_with_low_scores_is_the_same_curve_turned_round(data: list[tuple[int, bool]]) -> None:
    score, outcome = _sides(data)
    high = _curve(criterion_validity(-score, outcome))
    low = _curve(criterion_validity(score, outcome, outcome_when="low"))
    assert low.auc == pytest.approx(high.auc, abs=1e-12)
    np.testing.assert_allclose(low.cut_off, -high.cut_off[::-1])
    np.testing.assert_allclose(low.sensitivity, high.sensitivity[::-1])
    np.testing.assert_allclose(low.specificity, high.specificity[::-1])


@given(people)
@settings(max_examples=40, deadline=None)
def test_only_the_order_of_scores_matters_to_the_curve(data: list[tuple[int, bool]]) -> None:
    score, outcome = _sides(data)
    found, bent = (_curve(criterion_validity(values, outcome)) for values in (score, np.exp(score)))
    assert bent.auc == pytest.approx(found.auc, abs=1e-12)
    np.testing.assert_allclose(bent.youden, found.youden, atol=1e-12)


def test_delongs_interval_holds_its_level() -> None:
    random = np.random.default_rng(3)
    truth, held, n_draws = stats.norm.cdf(1 / math.sqrt(2)), 0, 600
    has = np.repeat([True, False], [60, 80])
    for _ in range(n_draws):
        score = np.concatenate([random.normal(1, 1, 60), random.normal(0, 1, 80)])
        held += truth in roc_curve(score, has, "high", 0.95).interval
    assert held / n_draws == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / n_draws))


def test_correlations_agree_with_scipy() -> None:
    random = np.random.default_rng(8)
    score = random.normal(size=40).round(1)
    outcome = (score + random.normal(size=40)).round(1)
    found = criterion_validity(score, outcome)
    pearson, spearman = stats.pearsonr(score, outcome), stats.spearmanr(score, outcome)
    assert found.pearson.coefficient == pytest.approx(pearson.statistic, rel=1e-12)
    assert found.pearson.p == pytest.approx(pearson.pvalue, rel=1e-10)
    ends = pearson.confidence_interval(0.95)
    assert [found.pearson.interval.low, found.pearson.interval.high] == pytest.approx([ends.low, ends.high], rel=1e-12)
    assert found.spearman.coefficient == pytest.approx(spearman.statistic, rel=1e-12)
    assert found.spearman.p == pytest.approx(spearman.pvalue, rel=1e-10)
    assert isinstance(found.polyserial, NotEstimated)
    assert "taken as continuous" in str(found)


@pytest.mark.parametrize("n_categories", [2, 3, 5])
def test_the_polyserial_correlation_is_at_the_top_of_its_likelihood(n_categories: int) -> None:
    random = np.random.default_rng(n_categories)
    score = random.normal(size=120)
    latent = 0.6 * score + 0.8 * random.normal(size=120)
    category = np.searchsorted(np.quantile(latent, np.arange(1, n_categories) / n_categories), latent)
    found = _polyserial(criterion_validity(score, category))
    z = (score - score.mean()) / score.std()
    ends = np.concatenate([[-np.inf], stats.norm.ppf(np.cumsum(np.bincount(category))[:-1] / 120), [np.inf]])

    def likelihood(rho: float) -> float:
        spread = math.sqrt(1 - rho**2)
        upper, lower = ((ends[category + place] - rho * z) / spread for place in (1, 0))
        return float(-np.log(stats.norm.cdf(upper) - stats.norm.cdf(lower)).sum())

    best = minimize_scalar(likelihood, bounds=(-0.99, 0.99), method="bounded", options={"xatol": 1e-9})
    assert found.coefficient == pytest.approx(best.x, abs=1e-6)


def test_the_polyserial_correlation_is_recovered_and_its_interval_holds_its_level() -> None:
    random = np.random.default_rng(21)
    n_draws, truth = 300, 0.5
    estimates, held = [], 0
    for _ in range(n_draws):
        score = random.normal(size=250)
        latent = truth * score + math.sqrt(1 - truth**2) * random.normal(size=250)
        found = _polyserial(criterion_validity(10 + 3 * score, np.searchsorted([-1.2, -0.3, 0.8], latent)))
        estimates.append(found.coefficient)
        held += truth in found.interval
    assert np.mean(estimates) == pytest.approx(truth, abs=4 * float(np.std(estimates)) / math.sqrt(n_draws) + 0.003)
    assert held / n_draws == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / n_draws))


def test_the_polyserial_standard_error_is_that_of_the_jackknife() -> None:
    random = np.random.default_rng(17)
    score = random.gamma(2.0, size=150)
    category = np.searchsorted([1.0, 2.5], score + random.normal(size=150))
    found = _polyserial(criterion_validity(score, category))
    without = [
        _polyserial(criterion_validity(np.delete(score, place), np.delete(category, place))).coefficient
        for place in range(150)
    ]
    jackknife = math.sqrt(149 / 150 * ((np.array(without) - np.mean(without)) ** 2).sum())
    assert found.standard_error == pytest.approx(jackknife, rel=0.05)


def test_a_score_that_separates_the_outcome_completely_has_no_polyserial_correlation() -> None:
    found = criterion_validity([1, 2, 3, 4, 5], [0, 0, 1, 1, 1])
    assert isinstance(found.polyserial, NotEstimated)
    assert _curve(found).auc == 1.0
    assert "separates" in str(found)


def test_an_ordered_outcome_needs_to_be_told_where_having_it_begins() -> None:
    score, outcome = [1, 3, 2, 5, 4, 6], [1, 1, 2, 2, 3, 3]
    assert "say with positive_from" in str(criterion_validity(score, outcome))
    assert _curve(criterion_validity(score, outcome, positive_from=3)).n_with == 2


def test_the_wrong_direction_is_said() -> None:
    found = criterion_validity([5, 4, 3, 2, 2, 1], [0, 0, 0, 1, 0, 1])
    assert "the outcome goes with scores on the other side" in str(found)


def test_one_person_on_a_side_gives_no_interval() -> None:
    curve = _curve(criterion_validity([5, 4, 3, 2], [1, 0, 0, 0]))
    assert math.isnan(curve.interval.low)
    assert "a single person on one side" in str(curve)


def test_who_is_left_out_is_said() -> None:
    found = criterion_validity([1, 2, 3, 4, np.nan, 5], [0, 1, 0, 1, 1, np.nan])
    assert found.n == 4
    assert "2 people of 6 left out" in str(found)


def test_a_masked_score_is_missing() -> None:
    masked = np.ma.masked_equal([1, 2, 3, 4, 99], 99)
    assert criterion_validity(masked, [0, 1, 0, 1, 1]).n == 4


@pytest.mark.parametrize(
    ("score", "outcome", "options", "problem"),
    [
        ([1, 2, 3, 4], [1, 0, 1], {}, "score has 4, outcome has 3"),
        ([1, 1, 1, 1], [1, 0, 1, 0], {}, "score is constant: every value is 1"),
        ([1, 2, 3, 4], [1, 1, 1, 1], {}, "outcome is constant: every value is 1"),
        ([1, 2, 3], [1, 0, 1], {}, "at least 4 people with score and outcome needed, got 3"),
        ([1, 2, np.inf, 4], [1, 0, 1, 0], {}, "score has 1 value that is infinite"),
        ([[1, 2], [3]], [1, 0], {}, "score must be one number a person, not rows of several lengths"),
        (["a", 2, 3, 4], [1, 0, "b", 0], {}, "score has 1 value that is not a number"),
        ([1, 2, 3, 4], [1, 0, 1, 0], {"positive_from": 0}, "everybody has an outcome from 0 on"),
        ([1, 2, 3, 4], [1, 0, 1, 0], {"positive_from": 2}, "nobody has an outcome from 2 on"),
        ([1, 2, 3, 4], [1, 0, 1, 0], {"outcome_when": "up"}, 'outcome_when is "high" or "low"'),
    ],
)
def test_it_says_what_is_wrong(
    score: list[float], outcome: list[float], options: dict[str, Direction], problem: str
) -> None:
    with pytest.raises(AnalysisError, match=problem):
        criterion_validity(score, outcome, **options)  # type: ignore[arg-type]


def test_both_columns_problems_are_told_at_once() -> None:
    with pytest.raises(AnalysisError) as caught:
        criterion_validity(["a", 2], [1, "b"])  # type: ignore[arg-type]
    assert len(caught.value.problems) == 2


def test_wilson_intervals_stand_beside_every_cut_off() -> None:
    curve = _curve(criterion_validity([1, 2, 3, 4, 5, 6], [0, 0, 1, 0, 1, 1]))
    for place, side in product(range(6), ("sensitivity", "specificity")):
        low, high = getattr(curve, f"{side}_interval")[place]
        share = getattr(curve, side)[place]
        theirs = stats.binomtest(round(share * 3), 3).proportion_ci(method="wilson")
        assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
