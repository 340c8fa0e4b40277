"""Intervals."""

from typing import Any

import pytest

from analysis import AnalysisError, Interval
from analysis.interval import check_level


def test_it_holds_what_lies_between_its_ends() -> None:
    interval = Interval(0.2, 0.4, 0.95)
    assert 0.2 in interval
    assert 0.4 in interval
    assert 0.41 not in interval


def test_it_prints_its_level() -> None:
    assert str(Interval(-0.12345, 0.9, 0.9)) == "-0.123 to 0.900 (90 %)"


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, float("nan"), "0.95", None])
def test_a_level_outside_0_to_1_is_refused(level: Any) -> None:
    with pytest.raises(AnalysisError, match="between 0 and 1"):
        check_level(level)
