import pytest

from survey_api.quality.pictures.ruler import Ruler, ruler_over


def test_the_ends_of_a_ruler_stand_at_its_ends() -> None:
    ruler = Ruler(0, 100, 34, 394)
    assert [ruler.at(value) for value in (0, 50, 100)] == [34, 214, 394]


def test_what_lies_beyond_an_end_stands_at_the_end() -> None:
    ruler = Ruler(40, 80, 238, 8)
    assert (ruler.at(20), ruler.at(99)) == (238, 8)


def test_marks_are_round_numbers_inside_the_ruler() -> None:
    assert [mark.value for mark in Ruler(0, 100, 0, 1).marks()] == [0, 20, 40, 60, 80, 100]
    assert [mark.value for mark in Ruler(63, 87, 0, 1).marks()] == [65, 70, 75, 80, 85]
    assert [mark.label for mark in Ruler(0, 10, 0, 1).marks(4)] == ["0", "2.5", "5", "7.5", "10"]


@pytest.mark.parametrize(
    ("values", "ends"),
    [([62, 71], (60, 75)), ([70, 70], (65, 75)), ([1, 2], (0, 10)), ([99, 100], (90, 100)), ([], (0, 100))],
)
def test_a_ruler_over_scores_leaves_air_and_stays_on_the_scale(values: list[float], ends: tuple[float, float]) -> None:
    ruler = ruler_over(values, start=0, end=1)
    low, high = ends
    assert ruler.low <= low
    assert ruler.high >= high
    assert 0 <= ruler.low < ruler.high <= 100
