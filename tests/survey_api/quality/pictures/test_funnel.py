import re

from nets.funnel import FunnelLimit
from survey_api.quality.pictures.funnel import FunnelPoint, funnel_picture

LIMITS = (FunnelLimit(5, 60, 90, 50, 100), FunnelLimit(50, 70, 80, 65, 85))


def point(name: str, n: float, mean: float, *, is_own: bool = False, is_outside: bool = False) -> FunnelPoint:
    return FunnelPoint(name, f"Ward {name}", n, mean, is_outside=is_outside, is_own=is_own)


def dots(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)h0", path)]


def test_more_learners_lie_further_right_and_higher_scores_higher_up() -> None:
    picture = funnel_picture([point("few", 5, 70), point("many", 40, 82)], LIMITS, 75)
    (few_x, few_y), (many_x, many_y) = dots(picture.inside)
    assert few_x < many_x
    assert few_y > many_y


def test_own_places_are_drawn_apart() -> None:
    picture = funnel_picture([point("ours", 5, 70, is_own=True), point("theirs", 9, 71)], LIMITS, 75)
    assert [dot.point.place_id for dot in picture.own] == ["ours"]
    assert len(dots(picture.inside)) == 1
    assert picture.outside == ""


def test_a_place_outside_the_limits_is_a_diamond_around_its_point() -> None:
    dot = funnel_picture([point("one", 9, 71)], LIMITS, 75)
    diamond = funnel_picture([point("one", 9, 71, is_outside=True)], LIMITS, 75)
    ((x, y),) = dots(dot.inside)
    assert (dot.outside, diamond.inside) == ("", "")
    assert diamond.outside == f"M{x} {y - 3.5:.1f}l3.5 3.5l-3.5 3.5l-3.5 -3.5z"


def test_limits_run_around_the_benchmark_and_close_in_on_it() -> None:
    picture = funnel_picture([point("one", 20, 75)], LIMITS, 75)
    low, high = ([float(pair.split(",")[1]) for pair in line.split()] for line in picture.inner)
    assert low[0] > low[1] > picture.benchmark > high[1] > high[0]


def test_outer_limits_do_not_stretch_the_picture_but_end_at_its_edge() -> None:
    near = funnel_picture([point("one", 20, 75)], LIMITS, 75)
    far = funnel_picture([point("one", 20, 75)], [FunnelLimit(5, 60, 90, 0, 100), LIMITS[1]], 75)
    assert near.score_marks == far.score_marks
    assert far.outer[0].startswith(f"{near.outer[0].split(',')[0]},238.0")
