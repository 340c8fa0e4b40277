"""Is a unit low for everyone in it, or for one group? The statements are wrong as often as they say."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2, multivariate_normal

from analysis import AnalysisError, GroupSpread, UnitGroupInteraction, unit_group_interaction

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

BENCHMARKS = np.array([80.0, 75.0, 70.0, 78.0])
TAU, SIGMA = 5.7, 17.0
Omega = Callable[[np.random.Generator, int], Array]

ALIKE: Omega = lambda rng, n: np.zeros(n)  # noqa: E731
SOMEWHAT: Omega = lambda rng, n: np.full(n, 3.0)  # noqa: E731
FEW_WHOLLY: Omega = lambda rng, n: np.where(rng.random(n) < 0.1, 15.0, 0.0)  # noqa: E731


def answered(theta: Array, n: NDArray[np.int64], rng: np.random.Generator) -> tuple[Array, Any, Any]:
    cell = np.repeat(np.arange(n.size), n.ravel())
    y = (BENCHMARKS + theta).ravel()[cell] + SIGMA * rng.normal(size=cell.size)
    return y, cell // n.shape[1], cell % n.shape[1]


def drawn(
    seed: int, omega: Omega, n_units: int = 300, mean_n: float = 25
) -> tuple[UnitGroupInteraction, Array, np.random.Generator]:
    """Fitted, and the true deviations in the order of the fit."""
    rng = np.random.default_rng(seed)
    theta = TAU * rng.normal(size=(n_units, 1)) + omega(rng, n_units)[:, None] * rng.normal(size=(n_units, 4))
    n = rng.poisson(mean_n, size=theta.shape) * (rng.random(theta.shape) < 0.7)
    found = unit_group_interaction(*answered(theta, n, rng))
    return found, theta[np.ix_(np.array(found.unit), np.array(found.group))], rng


def truth_of(theta: Array, spread: GroupSpread, spoken_of: Mask) -> tuple[list[str], Mask]:
    low = (theta < -spread.low_from) & spoken_of
    count, of = low.sum(axis=1), spoken_of.sum(axis=1)
    words = np.select([count == 0, count == of, count == 1], ["no group", "everyone", "one group"], "several groups")
    return words.tolist(), low


def test_benchmarks_and_variances_are_recovered() -> None:
    fits = [drawn(seed, SOMEWHAT)[0] for seed in range(12)]
    order = [[fit.group.index(g) for g in range(4)] for fit in fits]
    np.testing.assert_allclose(
        np.mean([fit.benchmark[o] for fit, o in zip(fits, order, strict=True)], axis=0), BENCHMARKS, atol=0.5
    )
    assert np.mean([fit.sigma2 for fit in fits]) == pytest.approx(SIGMA**2, rel=0.02)
    assert np.mean([fit.tau2 for fit in fits]) == pytest.approx(TAU**2, rel=0.1)
    assert np.mean([fit.total for fit in fits]) == pytest.approx(TAU**2 + 9.0, rel=0.1)
    assert np.mean([fit.weight @ fit.omega**2 for fit in fits]) == pytest.approx(9.0, rel=0.4)


def test_cells_hold_counts_and_deviations_from_the_groups_benchmark() -> None:
    found, _, _ = drawn(1, ALIKE, n_units=20)
    rng = np.random.default_rng(1)
    theta = TAU * rng.normal(size=(20, 1)) + np.zeros(20)[:, None] * rng.normal(size=(20, 4))
    n = rng.poisson(25, size=theta.shape) * (rng.random(theta.shape) < 0.7)
    y, unit, group = answered(theta, n, rng)
    for i, u in enumerate(found.unit):
        for k, g in enumerate(found.group):
            own = y[(unit == u) & (group == g)]
            assert found.n[i, k] == own.size
            if own.size:
                assert found.deviation[i, k] == pytest.approx(own.mean() - found.benchmark[k])
            else:
                assert math.isnan(found.deviation[i, k])


def test_cochrans_test_is_that_of_the_formula() -> None:
    found, _, _ = drawn(2, SOMEWHAT, n_units=40)
    spread = found.spread()
    tested = 0
    for i in range(40):
        some = found.n[i] >= 10
        if some.sum() < 2:
            assert math.isnan(spread.q[i])
            continue
        w, d = found.n[i, some] / found.sigma2, found.deviation[i, some]
        q = (w * (d - (w * d).sum() / w.sum()) ** 2).sum()
        assert spread.q[i] == pytest.approx(q)
        assert spread.p[i] == pytest.approx(chi2.sf(q, some.sum() - 1))
        tested += 1
    assert tested > 20


def test_the_probabilities_are_those_of_draws_from_the_posterior() -> None:
    found, _, rng = drawn(3, FEW_WHOLLY, n_units=150)
    spread = found.spread()
    most = np.argsort(-spread.probability[:, 1:].max(axis=1, initial=0, where=~np.isnan(spread.probability[:, 1:])))
    for i in most[:6]:
        some = found.n[i] >= 10
        d, error = found.deviation[i, some], np.diag(found.sigma2 / found.n[i, some])
        priors = [found.tau2 + np.eye(d.size) * omega**2 for omega in found.omega]
        density = np.array([multivariate_normal.pdf(d, cov=prior + error) for prior in priors]) * found.weight
        patterns = np.zeros(4)
        for prior, share in zip(priors, density / density.sum(), strict=True):
            gain = prior @ np.linalg.inv(prior + error)
            theta = rng.multivariate_normal(gain @ d, prior - gain @ prior, size=20_000, check_valid="ignore")
            count = (theta < -spread.low_from).sum(axis=1)
            kind = np.select([count == 0, count == d.size, count == 1], [0, 3, 1], 2)
            patterns += share * np.bincount(kind, minlength=4) / len(kind)
        np.testing.assert_allclose(spread.probability[i], patterns, atol=0.015)
        np.testing.assert_allclose(spread.probability[i].sum(), 1.0)


@pytest.mark.parametrize("omega", [ALIKE, SOMEWHAT, FEW_WHOLLY], ids=["alike", "somewhat", "few wholly"])
def test_as_many_statements_are_wrong_as_is_expected_of_them(omega: Omega) -> None:
    stated, wrong = [], []
    for seed in range(10):
        found, theta, _ = drawn(seed, omega)
        spread = found.spread()
        truth, low = truth_of(theta, spread, found.n >= 10)
        for i, outcome in enumerate(spread.outcome):
            if outcome == "cannot be told":
                continue
            stated.append(spread.false_share)
            named = outcome not in ("one group", "several groups") or bool((low[i] == spread.named[i]).all())
            wrong.append(truth[i] != outcome or not named)
    assert np.mean(wrong) == pytest.approx(np.mean(stated), abs=0.02 + 4 * math.sqrt(0.05 / len(wrong)))
    assert np.mean(wrong) < 0.1


def planted(seed: int, theta: Array) -> tuple[UnitGroupInteraction, list[int]]:
    """Forty units of which the first ten are as they are told, thirty people a cell; and where these ten are in the fit."""
    rng = np.random.default_rng(seed)
    everywhere = TAU * rng.normal(size=(60, 1)) + np.zeros((60, 4))
    everywhere[:10] = theta
    found = unit_group_interaction(*answered(everywhere, np.full((60, 4), 30), rng))
    return found, [found.unit.index(i) for i in range(10)]


def test_a_unit_that_is_poor_for_all_is_seldom_said_to_be_so_for_some() -> None:
    outcomes = []
    for seed in range(12):
        found, where = planted(seed, np.array([-14.0] * 4))
        outcomes += [found.spread().outcome[i] for i in where]
    naming = np.mean([outcome in ("one group", "several groups") for outcome in outcomes])
    assert naming <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / len(outcomes))
    assert np.mean([outcome == "everyone" for outcome in outcomes]) > 0.8


def test_the_one_group_that_has_it_worse_is_found_and_no_other_is_named() -> None:
    outcomes, named = [], []
    for seed in range(12):
        found, where = planted(seed, np.array([0.0, 0.0, -25.0, 0.0]))
        spread = found.spread()
        for i in where:
            outcomes.append(spread.outcome[i])
            named += [found.group[g] for g in np.flatnonzero(spread.named[i])]
    assert np.mean([outcome == "one group" for outcome in outcomes]) > 0.6
    assert "everyone" not in outcomes
    assert np.mean([group == 2 for group in named]) > 0.98


def test_two_of_four_groups_are_several() -> None:
    found, where = planted(1, np.array([-25.0, 2.0, -25.0, 2.0]))
    spread = found.spread()
    assert {spread.outcome[i] for i in where} == {"several groups"}
    assert {frozenset(found.group[g] for g in np.flatnonzero(spread.named[i])) for i in where} == {frozenset({0, 2})}
    assert "several groups" in str(spread)
    assert "0, 2" in str(spread)


def test_a_group_too_small_or_not_to_be_named_is_not_spoken_of() -> None:
    found, _, _ = drawn(5, FEW_WHOLLY)
    spread = found.spread(least=20)
    assert not spread.named[found.n < 20].any()
    np.testing.assert_array_equal(np.isnan(spread.probability_low[found.n < 20]), True)
    few = (found.n >= 20).sum(axis=1) < 2
    assert {spread.outcome[i] for i in np.flatnonzero(few)} == {"cannot be told"}
    mask = np.zeros(found.n.shape, dtype=bool)
    mask[:, :2] = True
    masked = found.spread(mask)
    assert not masked.named[:, 2:].any()
    assert np.isnan(masked.probability_low[:, 2:]).all()


def test_units_that_do_not_differ_leave_nothing_to_tell() -> None:
    rng = np.random.default_rng(0)
    found = unit_group_interaction(*answered(np.zeros((30, 4)), np.full((30, 4), 12), rng))
    if found.total == 0:
        assert set(found.spread().outcome) == {"cannot be told"}
    assert not found.spread().named.any()


def test_missing_scores_are_dropped_and_counted() -> None:
    y, unit, group = answered(np.zeros((5, 4)), np.full((5, 4), 6), np.random.default_rng(7))
    found = unit_group_interaction(np.append(y, [math.nan] * 2), np.append(unit, [0, 0]), np.append(group, [0, 9]))
    assert found.n_missing == 2
    assert 9 not in found.group
    assert found.n.sum() == y.size
    assert "variance between units" in str(found)


def test_cells_added_up_elsewhere_give_the_same() -> None:
    rng = np.random.default_rng(8)
    theta, n = TAU * rng.normal(size=(40, 1)) + np.zeros((40, 4)), rng.poisson(12, size=(40, 4))
    y, unit, group = answered(theta, n, rng)
    whole = unit_group_interaction(y, unit, group)
    mean, within = np.full(whole.n.shape, np.nan), 0.0
    for i, u in enumerate(whole.unit):
        for k, g in enumerate(whole.group):
            own = y[(unit == u) & (group == g)]
            mean[i, k] = own.mean() if own.size else math.nan
            within += float(((own - own.mean()) ** 2).sum()) if own.size else 0.0
    cells = UnitGroupInteraction.from_cells(whole.unit, whole.group, whole.n, mean, within)
    np.testing.assert_allclose(cells.deviation, whole.deviation)
    np.testing.assert_allclose(cells.spread().probability, whole.spread().probability, atol=1e-9)
    assert cells.spread().outcome == whole.spread().outcome


def test_cells_that_cannot_be_are_all_named() -> None:
    with pytest.raises(AnalysisError) as caught:
        UnitGroupInteraction.from_cells("aa", "xy", [[1, 2]], [[1.0, 2.0]], -1.0, n_missing=-1)
    assert len(caught.value.problems) == 4
    for n, mean in (([[1, -2], [1, 2]], [[1.0] * 2] * 2), ([[1, 2], [1, 2]], [[math.nan, 1.0], [1.0, 1.0]])):
        with pytest.raises(AnalysisError, match=r"negative|finite"):
            UnitGroupInteraction.from_cells("ab", "xy", n, mean, 1.0)
    with pytest.raises(AnalysisError, match="'z' has no scores"):
        UnitGroupInteraction.from_cells("ab", "xyz", [[2, 2, 0]] * 2, [[1.0] * 3] * 2, 1.0)


@pytest.mark.parametrize(
    ("unit", "group", "problem"),
    [
        (list("aabb"), list("xxyy"), "no unit has scores of two groups"),
        (list("aabb"), list("xyxy"), "do not differ within"),
        (list("aabb"), list("xyx"), "3 groups"),
        (list("aabb"), ["x", "y", None, "y"], "no group"),
    ],
)
def test_what_cannot_be_compared_is_told(unit: list[str], group: list[Any], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        unit_group_interaction([1.0, 2.0, 3.0, 4.0], unit, group)


def test_all_wrong_options_are_named_at_once() -> None:
    found, _, _ = drawn(1, ALIKE, n_units=20)
    with pytest.raises(AnalysisError) as caught:
        found.spread(np.ones((2, 2), dtype=bool), least=0, at_least=0.2, alpha=1.5)
    assert len(caught.value.problems) == 4
