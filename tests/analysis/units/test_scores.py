"""Scores of units: as given, shrunken, and with the probabilities that go with them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr, stdtr, stdtrit

from analysis import AnalysisError, ScoreSums, UnitScores, unit_scores
from analysis.units.posterior import MANY, student_below, student_density

Array = NDArray[np.float64]


def _data(seed: int, sizes: list[int], tau: float = 1.0, sigma: float = 2.0) -> tuple[Array, NDArray[np.intp], Array]:
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(len(sizes)), sizes)
    truth = 50.0 + tau * rng.normal(size=len(sizes))
    return truth[unit] + sigma * rng.normal(size=unit.size), unit, truth


def _brute_force_below(y: Array, unit: NDArray[np.intp], threshold: float) -> Array:
    """Integrate over tau and sigma on a grid, with mu and the true scores solved as one Gaussian for each cell."""
    n = np.bincount(unit).astype(float)
    mean = np.bincount(unit, weights=y) / n
    within = float(((y - mean[unit]) ** 2).sum())
    taus, sigmas = np.linspace(0.004, 24, 3000), np.geomspace(0.6, 8, 160)
    below, total = np.zeros(n.size), 0.0
    for sigma in sigmas:
        variance = taus[:, None] ** 2 + sigma**2 / n
        w = 1 / variance
        mu, mu_variance = (w @ mean) / w.sum(axis=1), 1 / w.sum(axis=1)
        log_density = (
            -0.5 * np.log(variance).sum(axis=1)
            + 0.5 * np.log(mu_variance)
            - 0.5 * (w * (mean - mu[:, None]) ** 2).sum(axis=1)
            - (y.size - n.size) * math.log(sigma)
            - within / (2 * sigma**2)
        )
        # Flat on tau2 (2 tau d tau) and 1 / sigma2 on sigma2 (2 d sigma / sigma; the grid is even in log sigma).
        density = np.exp(log_density + 80.0) * taus
        residual = (sigma**2 / n) * w
        centre = mean - residual * (mean - mu[:, None])
        spread = np.sqrt(taus[:, None] ** 2 * residual + residual**2 * mu_variance[:, None])
        below += density @ ndtr((threshold - centre) / spread)
        total += density.sum()
    return below / total


def test_the_posterior_is_that_of_a_brute_force_integral() -> None:
    y, unit, _ = _data(4, [3, 8, 5, 12, 2, 4, 9])
    scores = unit_scores(y, unit)
    for threshold in (49.0, 50.5):
        np.testing.assert_allclose(
            scores.probability_below(threshold), _brute_force_below(y, unit, threshold), atol=2e-4
        )


@pytest.mark.parametrize("sizes", [[4, 6], [3, 5, 2], [2, 2, 3, 9], [5] * 30, [1, 1, 1, 1, 2]])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_the_probabilities_are_consistent_with_the_interval(sizes: list[int], level: float) -> None:
    y, unit, _ = _data(9, sizes)
    scores = unit_scores(y, unit, ci=level)
    tail = (1 - level) / 2
    np.testing.assert_allclose(scores.probability_below(scores.shrunken_interval[:, 0]), tail, atol=1e-10)
    np.testing.assert_allclose(scores.probability_above(scores.shrunken_interval[:, 1]), tail, atol=1e-10)


@pytest.mark.parametrize(("n_units", "tau"), [(2, 0.7), (3, 0.7), (5, 0.5), (5, 2.0), (12, 0.4), (12, 1.5), (40, 0.6)])
def test_the_shrunken_interval_covers_the_true_score(n_units: int, tau: float) -> None:
    rng = np.random.default_rng(7)
    covered = []
    for seed in range(160):
        sizes = (1 + rng.negative_binomial(2, 0.25, n_units)).tolist()
        sizes[0] += 1
        y, unit, truth = _data(seed, sizes, tau=tau)
        interval = unit_scores(y, unit).shrunken_interval
        covered.append(np.mean((interval[:, 0] <= truth) & (truth <= interval[:, 1])))
    error = np.std(covered) / math.sqrt(len(covered))
    # Never short of its level by more than chance; somewhat long where units hardly differ and are few.
    assert np.mean(covered) > 0.95 - 0.012 - 2 * error
    assert np.mean(covered) < 0.99


def test_it_holds_its_level_where_the_plug_in_interval_does_not() -> None:
    ours, plug_in = [], []
    for seed in range(200):
        y, unit, truth = _data(seed, [2, 3, 4, 6, 8, 10, 12, 3], tau=0.5)
        scores = unit_scores(y, unit)
        ours.append(np.mean((scores.shrunken_interval[:, 0] <= truth) & (truth <= scores.shrunken_interval[:, 1])))
        half = 1.96 * np.sqrt(scores.tau2 * (1 - scores.reliability))
        plug_in.append(np.mean(np.abs(scores.shrunken - truth) <= half))
    assert np.mean(plug_in) < 0.75
    assert np.mean(ours) == pytest.approx(0.96, abs=0.02)


def test_the_probabilities_come_true_as_often_as_they_say() -> None:
    stated, happened = [], []
    for seed in range(150):
        y, unit, truth = _data(seed, [3, 5, 7, 9, 12, 15, 20, 30] * 3, tau=0.8)
        stated.append(unit_scores(y, unit).probability_below(49.5))
        happened.append(truth < 49.5)
    probability, event = np.concatenate(stated), np.concatenate(happened)
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 0.9), (0.9, 1.0)):
        chosen = (probability >= low) & (probability <= high)
        error = math.sqrt(float((probability[chosen] * (1 - probability[chosen])).sum())) / chosen.sum()
        assert event[chosen].mean() == pytest.approx(probability[chosen].mean(), abs=4 * error + 0.01)


def test_the_probabilities_of_the_worst_tenth_come_true_and_add_up_to_a_tenth() -> None:
    stated, happened = [], []
    for seed in range(100):
        y, unit, truth = _data(seed, [5, 9, 14, 25, 40] * 8, tau=1.2)
        stated.append(unit_scores(y, unit).probability_in_lowest(0.1))
        happened.append(truth < 50.0 - 1.2815515655446004 * 1.2)
    probability, event = np.concatenate(stated), np.concatenate(happened)
    assert probability.mean() == pytest.approx(0.1, abs=0.01)
    chosen = probability > 0.5
    assert event[chosen].mean() == pytest.approx(probability[chosen].mean(), abs=0.08)


def test_units_differ_less_after_shrinking_and_small_ones_shrink_most() -> None:
    y, unit, _ = _data(2, [2, 40, 8, 15, 3])
    scores = unit_scores(y, unit)
    raw, drawn = scores.mean - scores.grand_mean, scores.shrunken - scores.grand_mean
    np.testing.assert_allclose(drawn, scores.reliability * raw, rtol=1e-12)
    assert np.argsort(scores.reliability).tolist() == np.argsort(scores.n, stable=True).tolist()
    assert np.all(np.abs(drawn) < np.abs(raw))


def test_the_own_interval_is_the_t_interval_and_missing_for_one_score() -> None:
    scores = unit_scores([1.0, 2.0, 6.0, 4.0, 3.0, 5.0], list("aaabcc"))
    own = np.array([1.0, 2.0, 6.0])
    half = stdtrit(2, 0.975) * own.std(ddof=1) / math.sqrt(3)
    np.testing.assert_allclose(scores.interval[0], [3 - half, 3 + half])
    assert scores.sd[0] == pytest.approx(own.std(ddof=1))
    assert math.isnan(scores.sd[1])
    assert np.isnan(scores.interval[1]).all()
    assert scores.unit == ("a", "b", "c")


def test_tau2_of_0_shrinks_every_score_to_the_mean_but_leaves_the_intervals_a_width() -> None:
    scores = unit_scores([1, 2, 3, 1, 2, 3, 1, 2, 3.1, 2, 2.2, 1.9], list("aaabbbcccddd"))
    assert scores.tau2 == 0.0
    np.testing.assert_allclose(scores.shrunken, scores.grand_mean)
    assert not scores.reliability.any()
    assert (np.diff(scores.shrunken_interval) > 0.3).all()
    # The unit with the highest mean is still the least likely to be below the middle.
    assert np.argmin(scores.probability_below(2.0)) == np.argmax(scores.mean)
    assert "(tau2 = 0)" in scores.notes[0]


def test_a_unit_without_scores_gets_the_interval_of_a_new_unit() -> None:
    y, unit, _ = _data(3, [6, 9, 12, 5, 8, 7])
    scores = unit_scores([*y, math.nan, math.nan], [*unit, 99, 99])
    assert scores.unit[-1] == 99
    assert (scores.n[-1], scores.reliability[-1], scores.n_missing) == (0, 0.0, 2)
    assert math.isnan(scores.mean[-1])
    assert scores.shrunken[-1] == scores.grand_mean
    width = np.diff(scores.shrunken_interval)[:, 0]
    assert width[-1] > width[:-1].max()
    np.testing.assert_array_equal(scores.shrunken[:-1], unit_scores(y, unit).shrunken)


def test_scores_that_do_not_differ_within_units_are_taken_as_they_are() -> None:
    scores = unit_scores([1, 1, 2, 2, 2, 6, math.nan], list("aabbbcd"))
    np.testing.assert_array_equal(scores.shrunken[:3], [1, 2, 6])
    np.testing.assert_array_equal(scores.shrunken_interval[:3], [[1, 1], [2, 2], [6, 6]])
    np.testing.assert_array_equal(scores.probability_below(2.0)[:3], [1.0, 0.5, 0.0])
    assert scores.shrunken_interval[3, 0] < 1 < 6 < scores.shrunken_interval[3, 1]


def test_scores_that_are_all_equal_have_no_interval_and_no_probability() -> None:
    scores = unit_scores([75.0] * 6, list("aabbcc"))
    np.testing.assert_array_equal(scores.shrunken, 75.0)
    np.testing.assert_array_equal(scores.reliability, 0.0)
    assert np.isnan(scores.shrunken_interval).all()
    assert np.isnan(scores.probability_below(50.0)).all()
    assert "All scores are equal" in scores.notes[0]


@given(st.integers(0, 10_000), st.floats(-1e3, 1e3), st.floats(0.01, 100), st.booleans())
@settings(max_examples=40, deadline=None)
def test_shift_scale_and_order_do_what_they_should(seed: int, shift: float, scale: float, negative: bool) -> None:
    rng = np.random.default_rng(seed)
    sizes = [*rng.integers(1, 9, size=int(rng.integers(1, 8))).tolist(), 3]
    y, unit, _ = _data(seed, sizes, tau=float(rng.uniform(0, 3)))
    factor = -scale if negative else scale
    order = rng.permutation(y.size)
    first, second = unit_scores(y, unit), unit_scores(factor * y[order] + shift, unit[order])
    place = [second.unit.index(label) for label in first.unit]
    expected = factor * first.shrunken + shift
    np.testing.assert_allclose(second.shrunken[place], expected, rtol=1e-6, atol=1e-6 * scale)
    ends = factor * first.shrunken_interval + shift
    ends = ends[:, ::-1] if negative else ends
    np.testing.assert_allclose(second.shrunken_interval[place], ends, rtol=1e-6, atol=1e-6 * scale)
    limit = float(first.grand_mean)
    below = first.probability_below(limit)
    again = second.probability_below(factor * limit + shift)[place]
    np.testing.assert_allclose(again, 1 - below if negative else below, atol=1e-6)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_probabilities_rise_with_the_threshold_and_intervals_with_the_level(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, unit, _ = _data(seed, rng.integers(2, 9, size=5).tolist())
    narrow, wide = unit_scores(y, unit, ci=0.8), unit_scores(y, unit, ci=0.95)
    rising = np.array([narrow.probability_below(limit) for limit in np.linspace(40, 60, 9)])
    assert (np.diff(rising, axis=0) >= 0).all()
    assert ((rising >= 0) & (rising <= 1 + 1e-12)).all()
    assert (wide.shrunken_interval[:, 0] < narrow.shrunken_interval[:, 0]).all()
    assert (wide.shrunken_interval[:, 1] > narrow.shrunken_interval[:, 1]).all()


def test_sums_give_what_rows_give() -> None:
    y, unit, _ = _data(8, [4, 7, 2, 9, 5])
    sums = ScoreSums.from_sums(
        range(5), np.bincount(unit), np.bincount(unit, weights=y), np.bincount(unit, weights=y**2)
    )
    by_rows, by_sums = unit_scores(y, unit), unit_scores(sums)
    np.testing.assert_allclose(by_sums.shrunken_interval, by_rows.shrunken_interval, rtol=1e-9)
    np.testing.assert_allclose(by_sums.sd, by_rows.sd, rtol=1e-9)


def test_posterior_moments_are_those_of_the_mixture() -> None:
    y, unit, _ = _data(6, [4, 7, 2, 9, 5, 6])
    posterior = unit_scores(y, unit).posterior
    rng = np.random.default_rng(0)
    node = rng.choice(posterior.weight.size, size=200_000, p=posterior.weight)
    draws = posterior.location[0, node] + posterior.scale[0, node] * rng.standard_t(posterior.df, size=node.size)
    assert posterior.mean[0] == pytest.approx(draws.mean(), abs=4 * draws.std() / math.sqrt(node.size))
    assert posterior.sd[0] == pytest.approx(draws.std(), rel=0.02)


def test_t_with_many_degrees_of_freedom_is_right_to_eleven_digits() -> None:
    z = np.linspace(-8, 8, 401)
    df = MANY + 1.0
    np.testing.assert_allclose(student_below(z, df), stdtr(df, z), atol=1e-11)
    expected = (
        np.exp(gammaln((df + 1) / 2) - gammaln(df / 2)) / math.sqrt(df * math.pi) * (1 + z**2 / df) ** (-(df + 1) / 2)
    )
    np.testing.assert_allclose(student_density(z, df), expected, rtol=1e-10)


def test_its_arrays_cannot_be_changed_and_it_prints_its_table() -> None:
    y, unit, _ = _data(6, [4, 7])
    scores: UnitScores = unit_scores(y, unit)
    for array in (scores.n, scores.mean, scores.shrunken, scores.shrunken_interval, scores.posterior.location):
        assert not array.flags.writeable
    assert str(scores).splitlines()[0] == "Unit scores"
    assert "grand mean" in str(scores)


@pytest.mark.parametrize("threshold", [math.nan, math.inf, [1.0, 2.0, 3.0]])
def test_it_refuses_thresholds_that_mean_nothing(threshold: float | list[float]) -> None:
    scores = unit_scores([1, 2, 3, 4], list("aabb"))
    with pytest.raises(AnalysisError, match="a threshold"):
        scores.probability_below(threshold)


def test_it_refuses_levels_and_shares_off_the_scale() -> None:
    with pytest.raises(AnalysisError, match="level"):
        unit_scores([1, 2, 3, 4], list("aabb"), ci=95)
    with pytest.raises(AnalysisError, match="share"):
        unit_scores([1, 2, 3, 4], list("aabb")).probability_in_lowest(1.0)


def test_intervals_can_be_left_out_and_nothing_else_changes() -> None:
    y, unit, _ = _data(4, [3, 8, 5, 12, 2, 4, 9])
    whole, short = unit_scores(y, unit), unit_scores(y, unit, intervals=False)
    assert np.isnan(short.interval).all()
    assert np.isnan(short.shrunken_interval).all()
    np.testing.assert_array_equal(short.shrunken, whole.shrunken)
    np.testing.assert_array_equal(short.probability_below(50.0), whole.probability_below(50.0))
