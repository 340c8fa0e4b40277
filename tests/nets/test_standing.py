import pytest

from nets.placement import Verdict
from nets.standing import Standing, standing


@pytest.mark.parametrize(
    ("shrunken", "step"),
    [
        (65.0, Standing.FAR_BELOW),
        (65.1, Standing.BELOW),
        (67.5, Standing.BELOW),
        (67.6, Standing.ABOUT),
        (72.4, Standing.ABOUT),
        (72.5, Standing.ABOVE),
        (75.0, Standing.FAR_ABOVE),
    ],
)
def test_a_score_stands_by_its_distance_in_standard_deviations_of_true_scores(shrunken: float, step: Standing) -> None:
    assert standing(shrunken, Verdict.REPORTABLE, 70, 5) is step
    assert standing(shrunken, Verdict.INDICATIVE, 70, 5) is step


def test_a_score_that_carries_nothing_stands_nowhere_however_low_it_is() -> None:
    assert standing(20, Verdict.INSUFFICIENT, 70, 5) is Standing.UNCERTAIN


def test_where_places_do_not_differ_all_stand_at_the_benchmark() -> None:
    assert standing(60, Verdict.REPORTABLE, 70, 0) is Standing.ABOUT
