from survey_api.quality.pictures.trend import TrendGap, TrendPoint, trend_picture


def score(label: str, mean: float, *, is_broken: bool = False) -> TrendPoint:
    return TrendPoint(label, mean, mean - 4, mean + 4, is_broken)


def test_campaigns_stand_from_left_to_right_under_their_names() -> None:
    picture = trend_picture([score("2024", 70), score("2025", 72), score("2026", 68)])
    assert [label for _, label in picture.labels] == ["2024", "2025", "2026"]
    assert [whisker.x for whisker in picture.whiskers] == sorted(whisker.x for whisker in picture.whiskers)
    assert len(picture.lines) == 1


def test_a_score_that_is_not_shown_leaves_a_gap_that_no_line_crosses() -> None:
    picture = trend_picture([score("2023", 70), score("2024", 70), TrendGap("2025"), score("2026", 68)])
    assert len(picture.whiskers) == 3
    assert len(picture.gaps) == 1
    assert [len(line.split()) for line in picture.lines] == [2]


def test_no_line_joins_scores_of_questions_that_were_changed() -> None:
    picture = trend_picture([score("2024", 70), score("2025", 71), score("2026", 60, is_broken=True)])
    assert len(picture.breaks) == 1
    assert [len(line.split()) for line in picture.lines] == [2]
    assert picture.whiskers[1].x < picture.breaks[0] < picture.whiskers[2].x


def test_the_first_campaign_has_nothing_to_break_with() -> None:
    assert trend_picture([score("2026", 60, is_broken=True)]).breaks == ()


def test_an_interval_reaches_to_both_sides_of_its_score() -> None:
    (whisker,) = trend_picture([score("2026", 60)], benchmark=75).whiskers
    assert whisker.low > whisker.y > whisker.high


def test_the_benchmark_lies_above_a_lower_score() -> None:
    picture = trend_picture([score("2026", 60)], benchmark=75)
    assert picture.benchmark is not None
    assert picture.benchmark < picture.whiskers[0].y
    assert trend_picture([score("2026", 60)]).benchmark is None
