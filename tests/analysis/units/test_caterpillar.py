"""Pictures of unit scores: a caterpillar, and a funnel."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest

from analysis import AnalysisError, UnitScores, funnel_limits, mixed_scores, unit_scores
from analysis.units.caterpillar import NAMED


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def _scores(n_units: int = 12) -> UnitScores:
    rng = np.random.default_rng(3)
    sizes = rng.integers(2, 30, n_units)
    unit = np.repeat([f"Ward {place}" for place in range(n_units)], sizes)
    return unit_scores(70 + np.repeat(8 * rng.normal(size=n_units), sizes) + 12 * rng.normal(size=unit.size), unit)


def test_a_caterpillar_goes_from_the_lowest_unit_to_the_highest_with_its_interval() -> None:
    scores = _scores()
    axes = scores.plot()
    order = np.argsort(scores.shrunken)
    assert [label.get_text() for label in axes.get_yticklabels()] == [scores.unit[i] for i in order]
    drawn = np.sort(np.vstack([line[:, 0] for lines in axes.collections for line in lines.get_segments()]), axis=0)
    np.testing.assert_allclose(drawn, np.sort(scores.shrunken_interval, axis=0))


def test_what_lies_below_and_above_the_grand_mean_has_a_mark_of_its_own() -> None:
    scores = _scores()
    marks = {line.get_label(): line.get_xdata() for line in scores.plot().get_lines()}
    below = scores.shrunken_interval[:, 1] < scores.grand_mean
    assert below.any()
    np.testing.assert_allclose(np.sort(marks["shrunken, 95 % interval, below"]), np.sort(scores.shrunken[below]))
    np.testing.assert_allclose(np.sort(marks["mean as it is"]), np.sort(scores.mean))


def test_many_units_are_counted_and_not_named() -> None:
    axes = _scores(NAMED + 1).plot()
    assert not axes.get_yticklabels()
    assert axes.get_ylabel() == f"{NAMED + 1} units, from the lowest to the highest"


def test_a_unit_without_scores_is_drawn_and_scores_that_are_all_equal_are_not() -> None:
    some = unit_scores([70.0, 75, 60, 66, np.nan], list("aabbc"))
    assert len(some.plot().get_yticks()) == 3
    with pytest.raises(AnalysisError, match="no intervals to draw"):
        unit_scores([70.0] * 4, list("aabb")).plot()


def test_adjusted_scores_are_drawn_with_their_own_intervals() -> None:
    rng = np.random.default_rng(1)
    unit = np.repeat(list("abcdef"), 8)
    found = mixed_scores(rng.normal(70, 10, 48), unit, {"age": rng.normal(size=48)})
    axes = found.plot()
    drawn = np.vstack([line[:, 0] for lines in axes.collections for line in lines.get_segments()])
    np.testing.assert_allclose(np.sort(drawn[:, 0]), np.sort(found.interval[:, 0]))
    assert any("adjusted" in line.get_label() for line in axes.get_lines())


def test_a_funnel_has_its_limits_and_names_the_units_outside_the_widest() -> None:
    limits = funnel_limits(_scores(40), overdispersion=False)
    axes = limits.plot()
    outside = {limits.unit[i] for i in np.flatnonzero(limits.below[:, 1] | limits.above[:, 1])}
    assert outside
    assert {text.get_text() for text in axes.texts} == outside
    lines = {line.get_label(): line for line in axes.get_lines()}
    sizes, high = lines["99.8 % limits"].get_data()
    np.testing.assert_allclose(high, limits.limits_at(sizes)[1][:, 1])
    np.testing.assert_array_equal(np.sort(lines["below"].get_xdata()), np.sort(limits.n[limits.below[:, 0]]))
