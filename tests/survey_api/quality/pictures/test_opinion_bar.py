import pytest

from survey_api.quality.pictures.opinion_bar import opinion_bar


def test_the_bar_is_as_long_as_its_answers_and_in_the_order_of_the_options() -> None:
    bar = opinion_bar([10, 20, 30, 25, 15], 0)
    assert sum(segment.width for segment in bar.segments) == pytest.approx(100)
    assert [segment.step for segment in bar.segments] == [0, 1, 2, 3, 4]
    for left, right in zip(bar.segments, bar.segments[1:], strict=False):
        assert left.x + left.width == pytest.approx(right.x)


def test_the_middle_of_the_neutral_answers_stands_in_the_middle() -> None:
    bar = opinion_bar([10, 20, 30, 25, 15], 0)
    neutral = bar.segments[2]
    assert neutral.x + neutral.width / 2 == pytest.approx(bar.middle)


def test_with_an_even_number_of_options_the_middle_lies_between_the_two_halves() -> None:
    bar = opinion_bar([10, 20, 40, 30], 0)
    assert bar.segments[2].x == pytest.approx(bar.middle)
    assert [segment.step for segment in bar.segments] == [0, 1, 3, 4]


@pytest.mark.parametrize("shares", [[100, 0, 0, 0, 0], [0, 0, 0, 0, 100], [0, 0, 100, 0, 0]])
def test_a_bar_stays_out_of_the_lane_of_those_without_an_answer(shares: list[float]) -> None:
    bar = opinion_bar(shares, 40)
    assert all(segment.x >= 0 and segment.x + segment.width <= bar.lane for segment in bar.segments)
    assert bar.without_answer == pytest.approx(20)
