"""Flags of units, and the share of them that is expected to be false."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis import AnalysisError, ScoreSums, UnitScores, gmc_flags, posterior_flags, unit_scores

Array = NDArray[np.float64]


def _data(seed: int, n_units: int = 40, tau: float = 4.0) -> tuple[Array, NDArray[np.intp], Array]:
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(n_units), rng.integers(3, 25, size=n_units))
    truth = 70 + tau * rng.normal(size=n_units)
    return truth[unit] + 12 * rng.normal(size=unit.size), unit, truth


def _scores(seed: int, **options: Any) -> tuple[UnitScores, Array]:
    y, unit, truth = _data(seed, **options)
    return unit_scores(y, unit), truth


def test_the_gmc_rule_is_what_its_sentence_says() -> None:
    y, unit, _ = _data(1, tau=9.0)
    found = gmc_flags(y, unit)
    first, third = np.quantile(y, [0.25, 0.75])
    error = 1.96 * y.std(ddof=1) / math.sqrt(y.size)
    for place, label in enumerate(found.unit):
        own = y[unit == label]
        half = 1.96 * own.std(ddof=1) / math.sqrt(own.size)
        if own.mean() <= first:
            expected = "below" if own.mean() + half < y.mean() - error else "bottom quarter"
        elif own.mean() >= third:
            expected = "above" if own.mean() - half > y.mean() + error else "top quarter"
        else:
            expected = "middle"
        assert found.outcome[place] == expected
    assert set(found.outcome) >= {"below", "middle", "above"}
    assert found.below.sum() == found.outcome.count("below")
    assert found.above.sum() == found.outcome.count("above")
    assert "below:" in str(found)


def test_fewer_than_three_respondents_have_no_outcome_by_the_gmc_rule() -> None:
    found = gmc_flags([0, 0, 100, 90, 100, 50, 50, 60], list("aabbbccc"))
    assert found.outcome[0] == "too few"
    assert found.outcome[1] != "too few"


def test_a_benchmark_group_of_others_decides_quartiles_and_mean() -> None:
    y, unit, _ = _data(2)
    found = gmc_flags(y, unit, benchmark=[10, 20, 30, 40, math.nan])
    assert found.quartiles == (17.5, 32.5)
    assert found.benchmark_mean == 25.0
    assert set(found.outcome) == {"above"}
    assert math.isnan(found.false_below)


def test_scores_of_units_and_their_sums_give_the_flags_of_their_rows() -> None:
    y, unit, _ = _data(3, tau=9.0)
    found = gmc_flags(y, unit)
    for units in (unit_scores(y, unit), unit_scores(y, unit, intervals=False), ScoreSums.from_scores(y, unit)):
        again = gmc_flags(units, benchmark=y)
        assert again.outcome == found.outcome
        assert (again.false_below, again.false_above) == (found.false_below, found.false_above)


def test_scores_of_units_have_their_units_and_no_quartiles_of_respondents() -> None:
    with pytest.raises(AnalysisError) as caught:
        gmc_flags(_scores(1)[0], ["a"])
    assert [problem.split(":")[0] for problem in map(str, caught.value.problems)] == [
        "scores of units already name their units",
        "scores of units have no quartiles of respondents",
    ]


def test_the_gmc_rule_is_oftener_wrong_than_it_seems_and_says_so() -> None:
    stated, wrong = [], []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        unit = np.repeat(np.arange(80), 4)
        truth = 70 + 2.5 * rng.normal(size=80)
        y = truth[unit] + 12 * rng.normal(size=unit.size)
        found = gmc_flags(y, unit)
        stated += [found.false_below] * int(found.below.sum())
        wrong += (truth[found.below] >= found.benchmark_mean).tolist()
    assert np.mean(wrong) > 0.15
    assert np.mean(stated) == pytest.approx(np.mean(wrong), abs=4 * float(np.std(wrong)) / math.sqrt(len(wrong)))


@pytest.mark.parametrize("question", ["below", "lowest"])
def test_the_expected_share_of_false_flags_comes_true(question: str) -> None:
    stated, wrong, missed, stated_missed = [], [], [], []
    for seed in range(150):
        scores, truth = _scores(seed)
        if question == "below":
            found, true = posterior_flags(scores, below=68.0, at_least=0.7), truth < 68.0
        else:
            found, true = posterior_flags(scores, lowest=0.2, at_least=0.6), truth < 70 - 0.8416212335729143 * 4
        stated += [found.false_share] * int(found.flagged.sum())
        wrong += (~true[found.flagged]).tolist()
        missed += (~found.flagged[true]).tolist()
        stated_missed.append(found.missed_share)
    assert np.mean(stated) == pytest.approx(np.mean(wrong), abs=4 * float(np.std(wrong)) / math.sqrt(len(wrong)) + 0.01)
    assert np.mean(stated_missed) == pytest.approx(np.mean(missed), abs=0.05)


def test_a_bounded_share_of_false_ones_is_kept_by_the_longest_list() -> None:
    for seed in range(20):
        scores, _ = _scores(seed)
        found = posterior_flags(scores, below=68.0, false_share_at_most=0.1)
        order = np.argsort(-found.probability)
        count = int(found.flagged.sum())
        assert found.flagged[order[:count]].all()
        assert count == 0 or found.false_share <= 0.1
        assert (1 - found.probability[order[: count + 1]]).mean() > 0.1


def test_a_fall_since_the_last_campaign_is_found_where_it_was_planted() -> None:
    found_in, found_out = [], []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        unit = np.repeat(np.arange(40), 25)
        truth = 70 + 4 * rng.normal(size=40)
        later = truth.copy()
        later[:4] -= 12
        before = unit_scores(truth[unit] + 12 * rng.normal(size=1000), unit)
        now = unit_scores(later[unit] + 12 * rng.normal(size=1000), unit)
        flags = posterior_flags(now, fallen_since=before, at_least=0.9)
        found_in.append(flags.flagged[:4].mean())
        found_out.append(flags.flagged[4:].mean())
    assert np.mean(found_in) > 0.8
    assert np.mean(found_out) < 0.1


def test_the_probability_of_a_fall_is_that_of_two_posteriors_drawn_apart() -> None:
    before, now = _scores(1)[0], _scores(2)[0]
    found = posterior_flags(now, fallen_since=before, margin=2.0)
    rng = np.random.default_rng(0)

    def draw(scores: UnitScores, place: int) -> Array:
        posterior = scores.posterior
        node = rng.choice(posterior.weight.size, size=100_000, p=posterior.weight)
        t = rng.standard_t(posterior.df, 100_000)
        return np.asarray(posterior.location[place, node] + posterior.scale[place, node] * t)

    for place in (0, 11, 30):
        expected = np.mean(draw(now, place) < draw(before, place) - 2.0)
        assert found.probability[place] == pytest.approx(expected, abs=0.01)
    assert found.question == "has fallen by more than 2"


def test_a_unit_that_is_new_cannot_have_fallen() -> None:
    y, unit, _ = _data(3)
    before = unit_scores(y[unit != 5], unit[unit != 5])
    found = posterior_flags(unit_scores(y, unit), fallen_since=before, at_least=0.01)
    assert math.isnan(found.probability[5])
    assert not found.flagged[5]


def test_the_list_prints_the_most_probable_first() -> None:
    scores, _ = _scores(4)
    lines = str(posterior_flags(scores, below=70.0, at_least=0.6)).splitlines()
    shown = [float(line.split()[1]) for line in lines[2:-2]]
    assert shown == sorted(shown, reverse=True)
    assert lines[0] == "Units whose true score is below 70"


def test_an_empty_list_says_so() -> None:
    found = posterior_flags(_scores(4)[0], below=0.0)
    assert not found.flagged.any()
    assert math.isnan(found.cut)
    assert math.isnan(found.false_share)
    assert "listed: no units" in str(found)


@given(st.integers(0, 10_000), st.floats(0.05, 0.95))
@settings(max_examples=25, deadline=None)
def test_a_lower_bar_lists_more_and_misses_less(seed: int, bar: float) -> None:
    scores, _ = _scores(seed, n_units=10)
    strict, loose = (posterior_flags(scores, below=68.0, at_least=p) for p in (bar, bar / 2))
    assert not (strict.flagged & ~loose.flagged).any()
    assert loose.missed_share <= strict.missed_share + 1e-12
    if strict.flagged.any():
        assert strict.false_share <= 1 - bar
        assert loose.false_share >= strict.false_share - 1e-12


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "one question is asked at a time .* not 0"),
        ({"below": 50.0, "lowest": 0.1}, "not 2"),
        ({"below": 50.0, "at_least": 1.0}, "between 0 and 1"),
        ({"below": 50.0, "false_share_at_most": 0.0}, "between 0 and 1"),
        ({"below": 50.0, "margin": -1.0}, "0 or more"),
        ({"lowest": 1.5}, "lowest is a number between 0 and 1"),
    ],
)
def test_it_refuses_questions_that_mean_nothing(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        posterior_flags(_scores(1)[0], **options)


def test_the_gmc_rule_refuses_an_empty_benchmark_and_a_minimum_of_one() -> None:
    with pytest.raises(AnalysisError) as caught:
        gmc_flags([1, 2, 3, 4], list("aabb"), benchmark=[50.0], minimum=1)
    assert len(caught.value.problems) == 2


def test_the_gmc_rule_takes_sums_of_units_beside_the_benchmarks_scores() -> None:
    rng = np.random.default_rng(12)
    units = np.repeat(np.arange(12), 15)
    scores = 70 + rng.normal(0, 8, 12)[units] + rng.normal(0, 10, 180)
    sums = ScoreSums.from_scores(scores, units)
    of_rows, of_sums = gmc_flags(scores, units), gmc_flags(sums, benchmark=scores)
    assert set(of_rows.outcome) > {"middle"}
    assert (of_sums.outcome, of_sums.quartiles) == (of_rows.outcome, of_rows.quartiles)
    np.testing.assert_allclose(of_sums.interval, of_rows.interval, rtol=1e-12)
    with pytest.raises(AnalysisError, match="sums of units have no quartiles of respondents"):
        gmc_flags(sums)
    with pytest.raises(AnalysisError, match="leave `unit` out"):
        gmc_flags(sums, units, benchmark=scores)
