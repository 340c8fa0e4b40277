"""Modification indices: what they promise is about what freeing brings."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from analysis import AnalysisError, confirm_factors
from analysis.item_responses import FloatArray

Draw = Callable[..., FloatArray]
TEXT = "Team =~ item_1 + item_2 + item_3 + item_4; Space =~ item_5 + item_6 + item_7 + item_8"


@pytest.fixture(scope="module")
def doubled(draw: Draw) -> FloatArray:
    """Answers in which two items of different factors share something more."""
    answers = draw(1_500, 1)
    copied = np.random.default_rng(2).random(1_500) < 0.2
    answers[copied, 1] = answers[copied, 5]
    return answers


@pytest.mark.parametrize("estimator", ["ML", "WLSMV", "ULSMV"])
def test_the_largest_names_what_was_done_and_says_what_freeing_it_brings(doubled: FloatArray, estimator: str) -> None:
    fit = confirm_factors(TEXT, doubled, estimator)  # type: ignore[arg-type]
    found = fit.modification_indices()
    assert (found.left[0], found.operator[0], found.right[0]) == ("item_2", "~~", "item_6")
    freed = confirm_factors(f"{TEXT}; item_2 ~~ item_6", doubled, estimator)  # type: ignore[arg-type]
    fall = fit.fit.naive.chi_square - freed.fit.naive.chi_square
    assert found.index[0] == pytest.approx(fall, rel=0.1)
    names = list(zip(freed.estimates.left, freed.estimates.operator, freed.estimates.right, strict=True))
    place = names.index(("item_2", "~~", "item_6"))
    assert found.expected_change[0] == pytest.approx(freed.estimates.estimate[place], rel=0.1)
    assert found.standardized_change[0] == pytest.approx(freed.estimates.standardized[place], rel=0.2)


def test_with_gaps_they_are_about_the_same(doubled: FloatArray) -> None:
    gaps = doubled.copy()
    gaps[np.random.default_rng(3).random(gaps.shape) < 0.02] = np.nan
    whole = confirm_factors(TEXT, doubled, "ML").modification_indices(largest=1)
    part = confirm_factors(TEXT, gaps, "ML").modification_indices(largest=1)
    assert part.right == whole.right
    assert part.index[0] == pytest.approx(whole.index[0], rel=0.2)


def test_they_are_sorted_and_as_many_as_asked_for(doubled: FloatArray) -> None:
    fit = confirm_factors(TEXT, doubled, "ML")
    everything = fit.modification_indices(minimum=0.0)
    # 8 cross-loadings and 28 residual covariances
    assert len(everything.index) == 36
    assert (np.diff(everything.index) <= 0).all()
    assert len(fit.modification_indices(minimum=0.0, largest=3).index) == 3
    assert (fit.modification_indices(minimum=5.0).index >= 5).all()
    assert "36 parameters looked at" in str(everything)
    assert everything.to_frame().shape == (36, 4)


def test_uncorrelated_factors_may_be_correlated(doubled: FloatArray) -> None:
    found = confirm_factors(TEXT, doubled, "ML", orthogonal=True).modification_indices(largest=1)
    assert {found.left[0], found.right[0]} == {"Team", "Space"}
    assert found.standardized_change[0] == pytest.approx(0.5, abs=0.15)


def test_groups_are_looked_at_each(doubled: FloatArray) -> None:
    fit = confirm_factors(TEXT, doubled, "ML", group=np.arange(1_500) % 2, equal=["loadings"])
    found = fit.modification_indices(minimum=0.0)
    assert set(found.group) == {"0", "1"}
    assert len(found.index) == 72
    assert "group" in found.table().columns


def test_what_cannot_be_asked_is_refused(draw: Draw, two_factors: Mapping[str, list[str]]) -> None:
    fit = confirm_factors(two_factors, draw(200, 4), "ML")
    with pytest.raises(AnalysisError, match="minimum is a number of 0 or more"):
        fit.modification_indices(minimum=-1.0)
    with pytest.raises(AnalysisError, match="largest is a whole number from 1 up"):
        fit.modification_indices(largest=0)
