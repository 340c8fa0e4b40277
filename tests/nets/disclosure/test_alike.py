"""What number, mean and spread tell of one learner is held against every way in which a few can have answered."""

from itertools import product

import numpy as np
import pytest

from nets.disclosure.alike import width_of_one

STEPS = (0.0, 25.0, 50.0, 75.0, 100.0)


def width(scores: tuple[float, ...]) -> float:
    values = np.array(scores)
    return float(width_of_one(np.array(len(values)), values.sum(), ((values - values.mean()) ** 2).sum()))


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_no_learner_lies_outside_of_what_is_said(n: int) -> None:
    """All who have the same number, mean and spread: the scores that any one of them has lie no farther apart."""
    alike: dict[tuple[float, float], set[float]] = {}
    for scores in product(STEPS, repeat=n):
        alike.setdefault((sum(scores), sum(score**2 for score in scores)), set()).update(scores)
    for scores in product(STEPS, repeat=n):
        seen = alike[sum(scores), sum(score**2 for score in scores)]
        assert width(scores) >= max(seen) - min(seen) - 1e-9


def test_of_answers_all_the_same_each_is_known() -> None:
    assert width((75.0,) * 12) == pytest.approx(0, abs=1e-6)


def test_near_the_end_of_the_scale_the_mean_alone_tells() -> None:
    assert width((100.0,) * 24 + (95.0,)) == pytest.approx(5.0)


def test_of_nobody_nothing_is_known() -> None:
    assert width_of_one(np.zeros(1), np.zeros(1), np.zeros(1)).tolist() == [100.0]
