"""Funnel limits with over-dispersion."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import AnalysisError, ScoreSums, UnitScores, funnel_limits, unit_scores

Array = NDArray[np.float64]


def _scores(seed: int, n_units: int = 60, tau: float = 1.0) -> tuple[UnitScores, Array]:
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(n_units), rng.integers(3, 40, size=n_units))
    truth = 70 + tau * rng.normal(size=n_units)
    return unit_scores(truth[unit] + 3 * rng.normal(size=unit.size), unit), truth


def test_the_limits_are_those_of_the_papers_formulas() -> None:
    scores, _ = _scores(1)
    found = funnel_limits(scores)
    # Spiegelhalter's steps, one unit at a time.
    s2 = scores.fit.anova.ms_within
    target = sum(n * m for n, m in zip(scores.n, scores.mean, strict=True)) / scores.n.sum()
    z = sorted((m - target) / math.sqrt(s2 / n) for n, m in zip(scores.n, scores.mean, strict=True))
    rank = 0.1 * 59
    low = z[int(rank)] + (rank - int(rank)) * (z[int(rank) + 1] - z[int(rank)])
    high = z[59 - int(rank)] - (rank - int(rank)) * (z[59 - int(rank)] - z[58 - int(rank)])
    phi = sum(min(max(value, low), high) ** 2 for value in z) / 60
    w = [n / s2 for n in scores.n]
    tau2 = (60 * phi - 59) / (sum(w) - sum(value**2 for value in w) / sum(w))
    assert found.target == pytest.approx(target, rel=1e-12)
    assert found.phi == pytest.approx(phi, rel=1e-10)
    assert found.tau2 == pytest.approx(tau2, rel=1e-10)
    for place in (0, 17):
        half = 1.959963984540054 * math.sqrt(s2 / scores.n[place] + tau2)
        assert found.low[place, 0] == pytest.approx(target - half)
        assert found.high[place, 0] == pytest.approx(target + half)
        half = 3.090232306167813 * math.sqrt(s2 / scores.n[place] + tau2)
        assert found.low[place, 1] == pytest.approx(target - half)


def test_units_outside_are_those_whose_z_is_beyond_the_quantile() -> None:
    found = funnel_limits(_scores(2, tau=3.0)[0], levels=(0.8,))
    np.testing.assert_array_equal(found.below[:, 0], found.z < -1.2815515655446004)
    np.testing.assert_array_equal(found.above[:, 0], found.z > 1.2815515655446004)
    assert found.below.any()
    assert found.above.any()


def test_without_overdispersion_units_that_truly_differ_are_nearly_all_outside() -> None:
    scores, _ = _scores(3, tau=3.0)
    strict = funnel_limits(scores, overdispersion=False)
    loose = funnel_limits(scores)
    assert strict.tau2 == 0.0
    outside_strict = (strict.below | strict.above)[:, 0].mean()
    outside_loose = (loose.below | loose.above)[:, 0].mean()
    assert outside_strict > 0.5
    assert outside_loose < 0.2


def test_limits_with_overdispersion_pass_about_as_many_as_they_say_when_no_unit_is_special() -> None:
    outside = [float((f.below | f.above)[:, 0].mean()) for f in (funnel_limits(_scores(s)[0]) for s in range(60))]
    # Winsorising takes some of the ordinary spread as special too, so somewhat more than 5 % are outside.
    assert 0.05 < np.mean(outside) < 0.14


def test_no_overdispersion_is_found_where_units_do_not_differ() -> None:
    found = funnel_limits(_scores(4, tau=0.0)[0])
    assert found.tau2 == 0.0
    assert found.phi < 1.0


def test_a_planted_unit_is_found_and_the_funnel_narrows_with_size() -> None:
    rng = np.random.default_rng(5)
    unit = np.repeat(np.arange(50), 20)
    y = 70 + rng.normal(size=50)[unit] + 3 * rng.normal(size=1000)
    y[unit == 7] -= 6
    found = funnel_limits(unit_scores(y, unit))
    assert found.below[7].all()
    assert "7" in str(found)
    low, high = found.limits_at([2, 5, 50])
    assert (np.diff(low, axis=0) > 0).all()
    assert (np.diff(high, axis=0) < 0).all()
    np.testing.assert_allclose((low + high) / 2, found.target)


def test_the_expected_share_of_false_flags_comes_true() -> None:
    stated, wrong = [], []
    for seed in range(80):
        scores, truth = _scores(seed, tau=1.0)
        found = funnel_limits(scores, levels=(0.6,), overdispersion=False, target=69.5)
        stated += [found.false_below[0]] * int(found.below.sum())
        wrong += (truth[found.below[:, 0]] >= 69.5).tolist()
    assert np.mean(stated) == pytest.approx(np.mean(wrong), abs=4 * float(np.std(wrong)) / math.sqrt(len(wrong)))
    assert np.mean(wrong) > 0.01


def test_a_given_target_moves_the_funnel() -> None:
    scores, _ = _scores(6)
    found = funnel_limits(scores, target=60.0, overdispersion=False)
    assert found.target == 60.0
    assert found.above[:, 0].all()
    assert not found.below.any()
    assert math.isnan(found.false_below[0])
    # Over-dispersion is measured about the target: a distance shared by all units is taken for spread.
    assert funnel_limits(scores, target=60.0).tau2 > 50 * funnel_limits(scores).tau2


def test_a_unit_without_scores_is_neither_below_nor_above() -> None:
    found = funnel_limits(unit_scores([1, 2, 3, 4, 2, 3, math.nan], list("aabbccd")))
    assert math.isnan(found.z[3])
    assert not found.below[3].any()
    assert not found.above[3].any()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"levels": ()}, "at least one level"),
        ({"levels": (95,)}, "level"),
        ({"winsorise": 0.5}, "below 0.5"),
        ({"target": math.nan}, "finite"),
    ],
)
def test_it_refuses_options_that_mean_nothing(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        funnel_limits(_scores(1)[0], **options)


def test_it_says_that_scores_without_spread_have_no_funnel() -> None:
    with pytest.raises(AnalysisError, match="no width"):
        funnel_limits(unit_scores([1, 1, 2, 2], list("aabb")))


def test_sums_of_units_give_the_funnel_of_their_scores() -> None:
    rng = np.random.default_rng(13)
    sums = ScoreSums.from_scores(rng.normal(70, 10, 120), np.repeat(np.arange(10), 12))
    np.testing.assert_array_equal(funnel_limits(sums).low, funnel_limits(unit_scores(sums)).low)
