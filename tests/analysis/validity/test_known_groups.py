import math
from typing import Any

import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.oneway import anova_oneway

from analysis import AnalysisError, known_groups
from analysis.item_responses import FloatArray
from analysis.validity.effect_size import noncentral_t_limits

GROUPS = ["nursing"] * 12 + ["medical"] * 20 + ["pharmacy"] * 9


def _scores(seed: int = 1) -> FloatArray:
    random = np.random.default_rng(seed)
    return np.concatenate([random.normal(60, 8, 12), random.normal(66, 12, 20), random.normal(72, 5, 9)])


def _parts(scores: FloatArray) -> list[FloatArray]:
    return [scores[:12], scores[12:32], scores[32:]]


@given(st.integers(0, 500))
@settings(max_examples=20, deadline=None)
def test_welchs_test_agrees_with_statsmodels(seed: int) -> None:
    found, theirs = known_groups(_scores(seed), GROUPS), anova_oneway(_parts(_scores(seed)), use_var="unequal")
    assert found.welch_f == pytest.approx(theirs.statistic, rel=1e-10)
    assert found.df_within == pytest.approx(theirs.df_denom, rel=1e-10)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)


@pytest.mark.parametrize("seed", [1, 7, 40])  # the same formulas at any seed, and pingouin takes its time
def test_each_pair_agrees_with_pingouin_and_scipy(seed: int) -> None:
    parts = _parts(_scores(seed))
    found = known_groups(_scores(seed), GROUPS)
    assert [(pair.first, pair.second) for pair in found.pairs] == [
        ("medical", "nursing"),
        ("pharmacy", "nursing"),
        ("pharmacy", "medical"),
    ]
    raw = []
    for pair, (later, earlier) in zip(found.pairs, ((1, 0), (2, 0), (2, 1)), strict=True):
        x, y = parts[later], parts[earlier]
        difference = pair.difference
        assert difference.cohen_d == pytest.approx(pingouin.compute_effsize(x, y, eftype="cohen"), rel=1e-10)
        # pingouin corrects by 1 - 3 / (4 df - 1), the approximation of the exact factor used here.
        assert difference.hedges_g == pytest.approx(pingouin.compute_effsize(x, y, eftype="hedges"), rel=1e-3)
        welch = stats.ttest_ind(x, y, equal_var=False)
        assert difference.p == pytest.approx(welch.pvalue, rel=1e-9)
        ends = welch.confidence_interval(0.95)
        assert [difference.difference_interval.low, difference.difference_interval.high] == pytest.approx(
            [ends.low, ends.high], rel=1e-9
        )
        raw.append(difference.p)
    assert [pair.p_holm for pair in found.pairs] == pytest.approx(multipletests(raw, method="holm")[1], rel=1e-10)


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # pingouin calls pandas in a way that pandas 4 drops
def test_shares_of_variance_agree_with_their_definition_and_with_pingouin() -> None:
    scores = _scores()
    found = known_groups(scores, GROUPS)
    table = pingouin.anova(data=pd.DataFrame({"y": scores, "g": GROUPS}), dv="y", between="g", effsize="n2")
    assert found.eta_squared == pytest.approx(float(table["n2"][0]), rel=1e-10)
    between = sum(len(part) * (part.mean() - scores.mean()) ** 2 for part in _parts(scores))
    within = sum(((part - part.mean()) ** 2).sum() for part in _parts(scores))
    error = within / 38
    assert found.omega_squared == pytest.approx((between - 2 * error) / (between + within + error), rel=1e-12)


def test_the_ends_of_the_interval_of_eta_squared_are_where_f_lies_in_the_tails() -> None:
    scores = _scores() + np.repeat([0.0, 3.0, 6.0], [12, 20, 9])
    found = known_groups(scores, GROUPS)
    f = stats.f_oneway(*_parts(scores)).statistic
    for end, tail in ((found.eta_squared_interval.low, 0.025), (found.eta_squared_interval.high, 0.975)):
        noncentrality = 41 * end / (1 - end)
        assert stats.ncf.sf(f, 2, 38, noncentrality) == pytest.approx(tail, rel=1e-6)


@pytest.mark.parametrize(("t", "df"), [(0.0, 8), (2.3, 5), (-4.1, 30), (12.0, 60), (40.0, 500)])
def test_the_ends_for_a_standardised_difference_are_where_t_lies_in_the_tails(t: float, df: int) -> None:
    low, high = noncentral_t_limits(t, df, 0.95)
    assert stats.nct.sf(t, df, low) == pytest.approx(0.025, rel=1e-6)
    assert stats.nct.cdf(t, df, high) == pytest.approx(0.025, rel=1e-6)


def test_the_interval_of_the_standardised_difference_holds_its_level() -> None:
    random = np.random.default_rng(6)
    n_draws, labels = 400, ["a"] * 12 + ["b"] * 18
    held, estimates = 0, []
    for _ in range(n_draws):
        scores = np.concatenate([random.normal(0, 2, 12), random.normal(1.6, 2, 18)])
        difference = known_groups(scores, labels).pairs[0].difference
        estimates.append(difference.hedges_g)
        held += 0.8 in difference.interval
    assert np.mean(estimates) == pytest.approx(0.8, abs=4 * float(np.std(estimates)) / math.sqrt(n_draws))
    # g's interval is d's times the small-sample factor, which moves it a little.
    assert held / n_draws == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / n_draws))


def test_the_expected_order_is_held_against_the_means() -> None:
    rising = known_groups(_scores(), GROUPS, expected=["nursing", "medical", "pharmacy"])
    assert rising.in_expected_order
    assert rising.group == ("nursing", "medical", "pharmacy")
    falling = known_groups(_scores(), GROUPS, expected=["pharmacy", "medical", "nursing"])
    assert not falling.in_expected_order
    assert "means not in the expected order" in str(falling)


def test_those_who_prefer_not_to_say_are_a_group_of_their_own() -> None:
    found = known_groups([3, 4, 5, 4, 1, 2], ["yes", "yes", "no", "no", "prefer not to say", "prefer not to say"])
    assert "prefer not to say" in found.group
    assert "prefer not to say - yes" in str(found.pair_table())


def test_groups_of_equal_scores_are_said_and_left_without_a_test() -> None:
    found = known_groups([3, 3, 5, 5], ["a", "a", "b", "b"])
    assert math.isnan(found.welch_f)
    assert math.isnan(found.pairs[0].p_holm)
    assert (found.eta_squared, found.omega_squared) == (1.0, 1.0)
    assert "scores are all equal" in str(found)


def test_missing_scores_are_left_out_and_counted() -> None:
    found = known_groups([3, 4, np.nan, 5, 6], ["a", "a", "a", "b", "b"])
    assert found.n_people.tolist() == [2, 2]
    assert "1 person of 5 left out" in str(found)


@pytest.mark.parametrize(
    ("score", "group", "options", "problem"),
    [
        ([1, 2, 3], ["a", "a", "a"], {}, "at least two groups with scores needed, got 1"),
        ([1, 2, 3], ["a", "a", "b"], {}, "group b has a single score: at least two needed"),
        ([1, 2, 3, 4], ["a", "a", "b"], {}, "4 people came with 3 groups"),
        ([1, 2, 3, 4], ["a", None, "b", "b"], {}, "1 person has no group: first in row 2"),
        ([2, 2, 2, 2], ["a", "a", "b", "b"], {}, "every score is 2"),
        (
            [1, 2, 3, 4],
            ["a", "a", "b", "b"],
            {"expected": ["a", "c"]},
            "the expected order names a, c; the groups are a, b",
        ),
        ([np.nan] * 3, ["a", "a", "b"], {}, "at least two groups with scores needed, got 0"),
        (["high", 2], ["a", "b"], {}, "score has 1 value that is not a number"),
    ],
)
def test_it_says_what_is_wrong(score: Any, group: Any, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        known_groups(score, group, **options)


def test_a_small_difference_has_an_interval_of_eta_squared_from_0() -> None:
    assert known_groups([1, 2, 3, 4, 1, 2, 3, 5], ["a"] * 4 + ["b"] * 4).eta_squared_interval.low == 0.0


def test_the_interval_of_each_groups_mean_is_students() -> None:
    found = known_groups(_scores(), GROUPS)
    for name, part in zip(("nursing", "medical", "pharmacy"), _parts(_scores()), strict=True):
        low, high = stats.t.interval(0.95, len(part) - 1, part.mean(), stats.sem(part))
        assert found.interval[found.group.index(name)] == pytest.approx([low, high], rel=1e-12)
