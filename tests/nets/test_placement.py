"""Placement scores against numbers worked out by other means."""

from math import isclose

import numpy as np
import pytest

from nets.placement import Verdict, low_placements, score_placements, verdict_on
from nets.questionnaire.version import Scale
from nets.scoring import ScaleAnswers, half_rule_mean

SCALE = Scale("s", "theme", {"en": "S"}, ("S1", "S2"))


def answers_of(steps: list[list[int]]) -> ScaleAnswers:
    positions = np.array(steps, dtype=np.int64)
    keyed = np.where(positions > 0, (positions - 1) * 25.0, np.nan)
    return ScaleAnswers(SCALE, keyed, positions, 5, half_rule_mean(keyed))


def places(*ids: str) -> np.ndarray:
    return np.array(ids, dtype=object)


STEPS = [[5, 4], [4, 4], [3, 0], [2, 1], [1, 2], [2, 3], [0, 0], [5, 5]]
PLACES = places("elm", "elm", "elm", "oak", "oak", "oak", "oak", "elm")


def test_mean_and_spread_are_over_learners_not_answers() -> None:
    result = score_placements(answers_of(STEPS), PLACES)
    assert result is not None
    elm = result.placements["elm"]
    assert elm.n == 4
    assert elm.mean == pytest.approx((87.5 + 75 + 50 + 100) / 4)
    assert elm.sd == pytest.approx(np.std([87.5, 75, 50, 100], ddof=1))


def test_a_learner_without_a_score_does_not_count() -> None:
    result = score_placements(answers_of(STEPS), PLACES)
    assert result is not None
    assert result.placements["oak"].n == 3
    assert result.benchmark.n == 7


def test_the_distribution_counts_answers_from_worst_to_best() -> None:
    result = score_placements(answers_of(STEPS), PLACES)
    assert result is not None
    assert result.placements["elm"].distribution == (0, 0, 1, 3, 3)
    assert result.placements["oak"].distribution == (2, 3, 1, 0, 0)
    assert isclose(result.placements["elm"].per_cent_positive, 100 * 6 / 7)


def test_shrinkage_and_reliability_follow_the_variances() -> None:
    result = score_placements(answers_of(STEPS), PLACES)
    assert result is not None
    benchmark, oak = result.benchmark, result.placements["oak"]
    reliability = benchmark.tau**2 / (benchmark.tau**2 + benchmark.sigma**2 / oak.n)
    assert oak.reliability == pytest.approx(reliability)
    assert oak.shrunken == pytest.approx(benchmark.mean + reliability * (oak.mean - benchmark.mean))
    assert benchmark.icc1 == pytest.approx(benchmark.tau**2 / (benchmark.tau**2 + benchmark.sigma**2))


def test_no_interval_leaves_the_scale() -> None:
    top, low = [[5, 5], [5, 5], [5, 4], [5, 5]], [[1, 1], [2, 1], [1, 1]]
    result = score_placements(answers_of(top + low), places(*["elm"] * 4, *["oak"] * 3))
    assert result is not None
    elm, oak = result.placements["elm"], result.placements["oak"]
    assert elm.interval[1] == elm.shrunken_interval[1] == 100
    assert oak.interval[0] == 0
    half = 3.182446 * elm.sd / 2  # the 97.5 % quantile of t with 3 degrees of freedom, from a printed table
    assert elm.interval[0] == pytest.approx(elm.mean - half, abs=1e-4)


def test_the_low_placement_is_more_likely_low() -> None:
    result = score_placements(answers_of(STEPS), PLACES)
    assert result is not None
    assert result.placements["oak"].probability_low > result.placements["elm"].probability_low


def test_without_differences_between_placements_nobody_is_low() -> None:
    result = score_placements(answers_of([[1, 1], [5, 5], [1, 1], [5, 5]]), places("elm", "elm", "oak", "oak"))
    assert result is not None
    assert result.benchmark.tau == 0
    assert {score.probability_low for score in result.placements.values()} == {0.0}


@pytest.mark.parametrize(("least", "probability"), [(1, 0.0), (3, 0.2), (4, 0.2), (4, 0.9), (5, 0.0)])
def test_low_placements_are_those_of_the_whole_scores(least: int, probability: float) -> None:
    result = score_placements(answers_of(STEPS), PLACES)
    assert result is not None
    assert set(low_placements(answers_of(STEPS), PLACES, least=least, probability=probability)) == {
        place for place, score in result.placements.items() if score.n >= least and score.probability_low >= probability
    }


@pytest.mark.parametrize("steps", [[[5, 4], [4, 4], [3, 1]], [[5, 5]] * 3, [[0, 0]] * 3])
def test_no_placement_is_low_where_none_can_be_scored(steps: list[list[int]]) -> None:
    assert low_placements(answers_of(steps), places("elm", "oak", "oak")[: len(steps)], least=1, probability=0.9) == ()


@pytest.mark.parametrize("ids", [("elm", "elm", "elm"), ("elm", "oak", "ash")])
def test_one_placement_or_one_learner_each_cannot_be_scored(ids: tuple[str, ...]) -> None:
    assert score_placements(answers_of([[5, 4], [4, 4], [3, 1]]), places(*ids)) is None


def test_a_scale_on_which_everyone_agrees_tells_no_placement_from_another() -> None:
    assert score_placements(answers_of([[5, 5]] * 4), places("elm", "elm", "oak", "oak")) is None


def test_nobody_answered() -> None:
    assert score_placements(answers_of([[0, 0], [0, 0]]), places("elm", "oak")) is None


@pytest.mark.parametrize(
    ("reliability", "verdict"),
    [(1.0, Verdict.REPORTABLE), (0.7, Verdict.REPORTABLE), (0.699, Verdict.INDICATIVE), (0.5, Verdict.INDICATIVE),
     (0.499, Verdict.INSUFFICIENT), (0.0, Verdict.INSUFFICIENT)],
)  # fmt: skip
def test_the_verdict_follows_the_reliability(reliability: float, verdict: Verdict) -> None:
    assert verdict_on(reliability) == verdict
