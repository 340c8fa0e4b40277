from typing import Any

import pytest

from nets.disclosure.shown import Distribution, ShownMean, SuppressedDistribution
from survey_api.api_v1.cells import distribution_cell


def cell(distribution: Distribution | SuppressedDistribution) -> Any:
    mean = ShownMean(12, 70.0, 10.0, (60.0, 80.0), 12.0, distribution)
    return distribution_cell(mean).model_dump()


@pytest.mark.parametrize(
    ("without_value", "told"),
    [
        ((1, 2, 3, 4, 5), [1, 2, 3, 4, 5]),
        ((1, 2, 3, 4), [1, 2, 3, 4, None]),  # not asked of all
    ],
    ids=["asked of all", "not asked of all"],
)
def test_answers_without_a_value_are_told_by_why(without_value: tuple[int, ...], told: list[int | None]) -> None:
    found = cell(Distribution((1, 2, 3, 4, 2), 50.0, without_value))
    assert list(found["without_answer"].values()) == told
    assert found["counts"] == [1, 2, 3, 4, 2]


def test_an_old_release_tells_no_reasons() -> None:
    assert cell(Distribution((1, 2, 3, 4, 2), 50.0, ()))["without_answer"] is None


def test_a_distribution_that_needs_more_learners_is_suppressed() -> None:
    assert cell(SuppressedDistribution())["kind"] == "suppressed"
