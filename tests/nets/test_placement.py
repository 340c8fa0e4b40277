"""Scores of places against numbers worked out by other means."""

from math import isclose

import numpy as np
import pytest

from analysis import UnitScores
from nets.measure import Measure, MeasureKind
from nets.placement import (
    PlaceMean,
    PlaceScore,
    Verdict,
    benchmark_of,
    compared,
    means_of,
    probability_low,
    scores_of,
    verdict_on,
)
from nets.scoring import half_rule_mean
from nets.tallying import Tally

MEASURE = Measure("s", MeasureKind.SCALE, "S", ("S1", "S2"), 5, sensitive=False)
STEPS = [[5, 4], [4, 4], [3, 0], [2, 1], [1, 2], [2, 3], [0, 0], [5, 5]]
PLACES = ["elm", "elm", "elm", "oak", "oak", "oak", "oak", "elm"]


def tally_of(steps: list[list[int]], places: list[str]) -> Tally:
    """Added up by hand, a row a place in the order of their names; a 0 is an answer left blank."""
    positions = np.array(steps)
    scores = half_rule_mean(np.where(positions > 0, (positions - 1) * 25.0, np.nan))
    names = sorted(set(places))
    here = [[i for i, place in enumerate(places) if place == name] for name in names]
    scored = [[scores[i] for i in rows if not np.isnan(scores[i])] for rows in here]
    options = [[sum(steps[i].count(option) for i in rows) for option in range(6)] for rows in here]
    return Tally(
        n=np.array([[len(own)] for own in scored], dtype=float),
        total=np.array([[sum(own)] for own in scored]),
        squares=np.array([[sum((score - 50) ** 2 for score in own)] for own in scored]),
        answers=np.array([[own[1:]] for own in options], dtype=float),
        positive=np.array([[own[4] + own[5]] for own in options], dtype=float),
        without_value=np.array([[[0, 0, 0, own[0], 0]] for own in options], dtype=float),
        responses=np.array([len(rows) for rows in here], dtype=float),
    )


def everything(steps: list[list[int]], places: list[str]) -> tuple[UnitScores, dict[str, PlaceScore]]:
    tally, rows = tally_of(steps, places), np.arange(len(set(places)))
    units = compared(tally, 0, rows)
    assert units is not None
    scores = scores_of(units, rows, means_of(tally, 0, MEASURE, rows))
    return units, dict(zip(sorted(set(places)), scores, strict=True))


def mean_at(place: str) -> PlaceMean:
    return everything(STEPS, PLACES)[1][place].answered


def test_mean_and_spread_are_over_learners_not_answers() -> None:
    elm = mean_at("elm")
    assert elm.n == 4
    assert elm.mean == pytest.approx((87.5 + 75 + 50 + 100) / 4)
    assert elm.sd == pytest.approx(np.std([87.5, 75, 50, 100], ddof=1))


def test_a_learner_without_a_score_does_not_count() -> None:
    assert mean_at("oak").n == 3
    assert benchmark_of(everything(STEPS, PLACES)[0]).n == 7


def test_the_distribution_counts_answers_from_worst_to_best_and_blanks_apart() -> None:
    elm, oak = mean_at("elm"), mean_at("oak")
    assert elm.distribution == (0, 0, 1, 3, 3)
    assert elm.without_value == (0, 0, 0, 1, 0)
    assert oak.distribution == (2, 3, 1, 0, 0)
    assert isclose(elm.per_cent_positive, 100 * 6 / 7)


def test_shrinkage_and_reliability_follow_the_variances() -> None:
    units, scores = everything(STEPS, PLACES)
    benchmark, oak = benchmark_of(units), scores["oak"]
    reliability = benchmark.tau**2 / (benchmark.tau**2 + benchmark.sigma**2 / oak.answered.n)
    assert oak.reliability == pytest.approx(reliability)
    assert oak.shrunken == pytest.approx(benchmark.mean + reliability * (oak.answered.mean - benchmark.mean))
    assert benchmark.icc1 == pytest.approx(benchmark.tau**2 / (benchmark.tau**2 + benchmark.sigma**2))
    assert benchmark.n_places == 2


def test_no_interval_leaves_the_scale() -> None:
    top, low = [[5, 5], [5, 5], [5, 4], [5, 5]], [[1, 1], [2, 1], [1, 1]]
    _, scores = everything(top + low, ["elm"] * 4 + ["oak"] * 3)
    elm, oak = scores["elm"], scores["oak"]
    assert elm.answered.interval[1] == elm.shrunken_interval[1] == 100
    assert oak.answered.interval[0] == 0
    half = 3.182446 * elm.answered.sd / 2  # the 97.5 % quantile of t with 3 degrees of freedom, from a printed table
    assert elm.answered.interval[0] == pytest.approx(elm.answered.mean - half, abs=1e-4)


def test_one_learner_has_a_mean_and_no_spread() -> None:
    tally = tally_of([[5, 4]], ["elm"])
    (elm,) = means_of(tally, 0, MEASURE, np.array([0]))
    assert (elm.n, elm.mean) == (1, 87.5)
    assert np.isnan([elm.sd, *elm.interval]).all()


def test_the_low_placement_is_more_likely_low() -> None:
    _, scores = everything(STEPS, PLACES)
    assert scores["oak"].probability_low > scores["elm"].probability_low


def test_without_differences_between_placements_nobody_is_low() -> None:
    units, _ = everything([[1, 1], [5, 5], [1, 1], [5, 5]], ["elm", "elm", "oak", "oak"])
    assert units.tau2 == 0
    assert set(probability_low(units)) == {0.0}


@pytest.mark.parametrize(
    ("steps", "places"),
    [
        ([[5, 4], [4, 4], [3, 1]], ["elm"] * 3),
        ([[5, 4], [4, 4], [3, 1]], ["elm", "oak", "ash"]),
        ([[5, 5]] * 4, ["elm", "elm", "oak", "oak"]),
        ([[0, 0], [0, 0]], ["elm", "oak"]),
    ],
    ids=["one place", "one learner each", "all alike", "nobody"],
)
def test_what_tells_no_place_from_another_is_not_compared(steps: list[list[int]], places: list[str]) -> None:
    assert compared(tally_of(steps, places), 0, np.arange(len(set(places)))) is None


@pytest.mark.parametrize(
    ("reliability", "verdict"),
    [(1.0, Verdict.REPORTABLE), (0.7, Verdict.REPORTABLE), (0.699, Verdict.INDICATIVE), (0.5, Verdict.INDICATIVE),
     (0.499, Verdict.INSUFFICIENT), (0.0, Verdict.INSUFFICIENT)],
)  # fmt: skip
def test_the_verdict_follows_the_reliability(reliability: float, verdict: Verdict) -> None:
    assert verdict_on(reliability) == verdict
