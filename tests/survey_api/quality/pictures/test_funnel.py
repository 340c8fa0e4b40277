from nets.funnel import FunnelLimit
from survey_api.quality.pictures.funnel import FunnelPoint, funnel_picture

LIMITS = (FunnelLimit(5, 60, 90, 50, 100), FunnelLimit(50, 70, 80, 65, 85))


def point(name: str, n: float, mean: float, *, is_own: bool = False) -> FunnelPoint:
    return FunnelPoint(name, f"/quality/{name}", n, mean, is_outside=False, is_own=is_own)


def test_more_learners_lie_further_right_and_higher_scores_higher_up() -> None:
    picture = funnel_picture([point("few", 5, 70), point("many", 40, 82)], LIMITS, 75)
    few, many = picture.others
    assert few.x < many.x
    assert few.y > many.y


def test_own_places_are_drawn_apart() -> None:
    picture = funnel_picture([point("ours", 5, 70, is_own=True), point("theirs", 9, 71)], LIMITS, 75)
    assert [dot.point.name for dot in picture.own] == ["ours"]
    assert [dot.point.name for dot in picture.others] == ["theirs"]


def test_limits_run_around_the_benchmark_and_close_in_on_it() -> None:
    picture = funnel_picture([point("one", 20, 75)], LIMITS, 75)
    low, high = ([float(pair.split(",")[1]) for pair in line.split()] for line in picture.inner)
    assert low[0] > low[1] > picture.benchmark > high[1] > high[0]


def test_outer_limits_do_not_stretch_the_picture_but_end_at_its_edge() -> None:
    near = funnel_picture([point("one", 20, 75)], LIMITS, 75)
    far = funnel_picture([point("one", 20, 75)], [FunnelLimit(5, 60, 90, 0, 100), LIMITS[1]], 75)
    assert near.score_marks == far.score_marks
    assert far.outer[0].startswith(f"{near.outer[0].split(',')[0]},238.0")
