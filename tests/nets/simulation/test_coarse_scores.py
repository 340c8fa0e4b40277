"""Scores on a scale with steps and ends have the mean, spread and likeness that were asked for."""

import numpy as np
import pytest

from analysis import unit_reliability
from nets.errors import InvalidSetting
from nets.simulation.coarse_scores import CoarseScores

SETTINGS = [(78.0, 18.0, 0.10, 20), (60.0, 25.0, 0.30, 8), (90.0, 12.0, 0.05, 24), (50.0, 20.0, 0.02, 4)]


@pytest.mark.parametrize(("mean", "sd", "icc", "n_steps"), SETTINGS)
def test_what_is_seen_is_what_was_asked_for(mean: float, sd: float, icc: float, n_steps: int) -> None:
    scores = CoarseScores.matching(mean, sd, icc, n_steps)
    assert (scores.seen.mean, scores.seen.sd, scores.seen.icc) == pytest.approx((mean, sd, icc), abs=1e-5)
    n_places, n_learners = 6_000, 10
    random = np.random.default_rng(1)
    positions = random.standard_normal(n_places)
    drawn = scores.learners(positions, np.full(n_places, n_learners), random)
    found = unit_reliability(drawn, np.repeat(np.arange(n_places), n_learners), method="anova")
    assert drawn.mean() == pytest.approx(mean, abs=4 * sd * (icc / n_places) ** 0.5 + 0.1)
    assert drawn.std() == pytest.approx(sd, rel=0.02)
    assert found.icc1 == pytest.approx(icc, abs=0.012)


def test_scores_keep_to_the_steps_and_ends() -> None:
    scores = CoarseScores.matching(78, 18, 0.1, 20)
    drawn = scores.learners(np.array([-2.0, 0.0, 2.0]), np.array([4_000, 4_000, 4_000]), np.random.default_rng(2))
    assert set(np.unique(drawn)) <= set(np.arange(0.0, 101.0, 5.0))
    assert drawn.max() == 100.0


def test_the_true_score_is_what_learners_of_a_place_score_on_average() -> None:
    scores = CoarseScores.matching(78, 18, 0.2, 20)
    positions = np.array([-2.5, -1.0, 0.0, 1.5, 3.0])
    drawn = scores.learners(positions, np.full(5, 40_000), np.random.default_rng(3)).reshape(5, -1)
    np.testing.assert_allclose(scores.true_scores(positions), drawn.mean(axis=1), atol=0.5)
    assert (np.diff(scores.true_scores(positions)) > 0).all()


def test_a_scale_without_ends_in_reach_changes_nothing() -> None:
    seen = CoarseScores(50.0, 1.0, 3.0, 200).seen
    assert (seen.mean, seen.icc) == pytest.approx((50.0, 0.1), abs=0.002)
    assert seen.sd == pytest.approx((10 + 0.5**2 / 12) ** 0.5, rel=1e-6)  # Sheppard's correction for steps of a half


@pytest.mark.parametrize(
    ("mean", "sd", "icc"), [(78, 60, 0.1), (78, 18, 0.0), (100, 5, 0.1), (78, 0, 0.1), (78, 18, 0.9999)]
)
def test_what_no_normal_truth_looks_like_is_refused(mean: float, sd: float, icc: float) -> None:
    with pytest.raises(InvalidSetting, match="no "):
        CoarseScores.matching(mean, sd, icc, 20)
