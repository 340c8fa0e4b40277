"""Scores of places against numbers worked out by other means."""

from math import isclose

import numpy as np
import pytest

from nets.placement import CellMeans, CellScores, LevelScores, Parts, Verdict, score_level, verdict_on
from nets.releases.measure import Measure, MeasureKind
from nets.releases.tallying import SUMMED, Tally
from nets.scoring import half_rule_mean

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


def level_of(steps: list[list[int]], places: list[str], parts: Parts | None = None) -> LevelScores:
    return score_level(tally_of(steps, places), 0, MEASURE, np.arange(len(set(places))), parts, compare=True)


def scores_of(steps: list[list[int]], places: list[str]) -> tuple[LevelScores, CellScores]:
    """Everything of every place with a score, in the order of names."""
    level = level_of(steps, places)
    cells = level.cells(np.ones(len(level.rows), dtype=bool))
    assert isinstance(cells, CellScores)
    return level, cells


ELM, OAK = 0, 1


def test_mean_and_spread_are_over_learners_not_answers() -> None:
    means = scores_of(STEPS, PLACES)[1].means
    assert means.n.tolist() == [4, 3]
    assert means.mean[ELM] == pytest.approx((87.5 + 75 + 50 + 100) / 4)
    assert means.sd[ELM] == pytest.approx(np.std([87.5, 75, 50, 100], ddof=1))


def test_a_learner_without_a_score_does_not_count() -> None:
    level, _ = scores_of(STEPS, PLACES)
    assert level.benchmark is not None
    assert (level.benchmark.n, level.benchmark.n_places) == (7, 2)


def test_the_distribution_counts_answers_from_worst_to_best_and_blanks_apart() -> None:
    means = scores_of(STEPS, PLACES)[1].means
    assert means.distribution.tolist() == [[0, 0, 1, 3, 3], [2, 3, 1, 0, 0]]
    assert means.without_value.tolist() == [[0, 0, 0, 1, 0], [0, 0, 0, 2, 0]]
    assert isclose(means.per_cent_positive[ELM], 100 * 6 / 7)


def test_shrinkage_and_reliability_follow_the_variances() -> None:
    level, cells = scores_of(STEPS, PLACES)
    benchmark = level.benchmark
    assert benchmark is not None
    reliability = benchmark.tau**2 / (benchmark.tau**2 + benchmark.sigma**2 / 3)
    assert cells.reliability[OAK] == pytest.approx(reliability)
    assert cells.shrunken[OAK] == pytest.approx(benchmark.mean + reliability * (cells.means.mean[OAK] - benchmark.mean))
    assert benchmark.icc1 == pytest.approx(benchmark.tau**2 / (benchmark.tau**2 + benchmark.sigma**2))


def test_no_interval_leaves_the_scale() -> None:
    top, low = [[5, 5], [5, 5], [5, 4], [5, 5]], [[1, 1], [2, 1], [1, 1]]
    _, cells = scores_of(top + low, ["elm"] * 4 + ["oak"] * 3)
    means = cells.means
    assert means.high[ELM] == cells.shrunken_high[ELM] == 100
    assert means.low[OAK] == 0
    half = 3.182446 * means.sd[ELM] / 2  # the 97.5 % quantile of t with 3 degrees of freedom, from a printed table
    assert means.low[ELM] == pytest.approx(means.mean[ELM] - half, abs=1e-4)


def test_only_the_cells_that_are_wanted_are_described() -> None:
    level, everything = scores_of(STEPS, PLACES)
    oak = level.cells(np.array([False, True]))
    assert isinstance(oak, CellScores)
    assert oak.means.n.tolist() == [3]
    for name in ("reliability", "shrunken", "shrunken_low", "shrunken_high", "probability_low"):
        assert getattr(oak, name).tolist() == pytest.approx(getattr(everything, name)[1:].tolist(), rel=1e-12)


def test_one_learner_has_a_mean_and_no_spread() -> None:
    elm = level_of([[5, 4]], ["elm"]).cells(np.array([True]))
    assert isinstance(elm, CellMeans)
    assert (elm.n[0], elm.mean[0]) == (1, 87.5)
    assert np.isnan([elm.sd[0], elm.low[0], elm.high[0]]).all()


def test_the_low_placement_is_more_likely_low() -> None:
    low = scores_of(STEPS, PLACES)[1].probability_low
    assert low[OAK] > low[ELM]


def test_without_differences_between_placements_nobody_is_low() -> None:
    level, cells = scores_of([[1, 1], [5, 5], [1, 1], [5, 5]], ["elm", "elm", "oak", "oak"])
    assert level.benchmark is not None
    assert level.benchmark.tau == 0
    assert set(cells.probability_low) == {0.0}


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
    level = level_of(steps, places)
    assert level.units is None
    assert level.benchmark is None


def test_a_place_above_is_worth_what_its_placements_leave_it() -> None:
    """Two providers of three placements each: the numbers of an analysis of variance by hand."""
    chance = np.random.default_rng(3)
    names = ["a1", "a2", "a3", "b1", "b2", "b3"]
    places = [name for name in names for _ in range(4)]
    steps = chance.integers(1, 6, (24, 2)).tolist()
    placements = tally_of(steps, places)
    above = placements.add_up(np.array([0, 0, 0, 1, 1, 1]), np.arange(6), 2)
    both = Tally(*(np.concatenate([getattr(placements, name), getattr(above, name)]) for name in SUMMED))
    parts = Parts(np.arange(6), np.array([6, 6, 6, 7, 7, 7]))
    level = score_level(both, 0, MEASURE, np.array([6, 7]), parts, compare=True)
    scores = (np.array(steps).mean(axis=1) - 1).reshape(2, 3, 4) * 25
    msp = 4 * scores.mean(axis=2).var(axis=1, ddof=1).mean()
    msw = scores.var(axis=2, ddof=1).mean()
    assert level.variance.tolist() == pytest.approx([max(msp, msw) / 12] * 2)
    assert level.effective_n.tolist() == pytest.approx([(max(msp - msw, 0) / 4 + msw) / (max(msp, msw) / 12)] * 2)
    cells = level.cells(np.array([True, True]))
    assert isinstance(cells, CellScores)
    assert cells.means.mean.tolist() == pytest.approx(scores.mean(axis=(1, 2)).tolist())
    assert cells.means.sd.tolist() == pytest.approx(scores.reshape(2, -1).std(axis=1, ddof=1).tolist())


def test_a_place_above_placements_of_one_learner_each_is_taken_learner_by_learner() -> None:
    placements = tally_of([[5, 4], [3, 2], [1, 1]], ["a1", "a2", "a3"])
    above = placements.add_up(np.zeros(3, dtype=np.int64), np.arange(3), 1)
    both = Tally(*(np.concatenate([getattr(placements, name), getattr(above, name)]) for name in SUMMED))
    level = score_level(both, 0, MEASURE, np.array([3]), Parts(np.arange(3), np.full(3, 3)), compare=False)
    assert level.effective_n.tolist() == [3]
    assert level.variance.tolist() == pytest.approx([np.var([87.5, 37.5, 0], ddof=1) / 3])


@pytest.mark.parametrize(
    ("reliability", "verdict"),
    [(1.0, Verdict.REPORTABLE), (0.7, Verdict.REPORTABLE), (0.699, Verdict.INDICATIVE), (0.5, Verdict.INDICATIVE),
     (0.499, Verdict.INSUFFICIENT), (0.0, Verdict.INSUFFICIENT)],
)  # fmt: skip
def test_the_verdict_follows_the_reliability(reliability: float, verdict: Verdict) -> None:
    assert verdict_on(reliability) == verdict
