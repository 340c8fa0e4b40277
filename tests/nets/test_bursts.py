"""Bursts: planted ones are found, learners who agree with everything are none, and false alarms stay as rare as is said."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from nets.bursts import FALSE_ALARM, ODDS, DayBurst, LikeAnswers, _company, _tail_of_day, _tail_of_likes, find_bursts
from nets.releases.tallying import CampaignAnswers

FIRST = date(2026, 10, 1)
STUFFED = "P0005"


def days_of(numbers: Sequence[int] | NDArray[np.int64]) -> list[date]:
    return [FIRST + timedelta(days=int(number)) for number in numbers]


def answered(unit: NDArray[np.int64], version: Any) -> CampaignAnswers:
    """Responses that say nothing, so that only their days can be a burst."""
    nothing = np.zeros((len(unit), len(version.closed_items)), dtype=np.uint8)
    return CampaignAnswers(
        np.array([f"P{one:04}" for one in unit], dtype=object), np.full(len(unit), "nursing"), nothing
    )


@pytest.fixture(scope="module")
def days(answers: CampaignAnswers) -> list[date]:
    """Days without a burst for the campaign of six hundred."""
    return days_of(np.random.default_rng(3).integers(0, 60, len(answers.matrix)))


@pytest.fixture(scope="module")
def ratings(nets_version: Any) -> Any:
    """Which columns are ratings, their options and whether they are reversed."""
    items = nets_version.closed_items
    return (
        np.array([item.kind == "rating" for item in items]),
        np.array([len(nets_version.options(item)) for item in items], dtype=np.uint8),
        np.array([item.reverse for item in items]),
    )


def with_likes(answers: CampaignAnswers, days: list[date], ratings: Any, n: int, changed: int, seed: int) -> Any:
    """The campaign with the response of one learner sent so many times more at one placement, each time a little changed."""
    is_rating, options, _ = ratings
    chance = np.random.default_rng(seed)
    model = answers.matrix[int(chance.integers(200, 600))]
    sheets = np.tile(model, (n, 1))
    for sheet in sheets:
        for column in chance.choice(np.flatnonzero(is_rating & (model > 0) & (model < 200)), changed, replace=False):
            sheet[column] = chance.integers(1, options[column] + 1)
    more = CampaignAnswers(
        np.append(answers.placement_ids, np.full(n, STUFFED, dtype=object)),
        np.append(answers.learner_groups, np.full(n, "nursing", dtype=object)),
        np.vstack([answers.matrix, sheets]),
    )
    return more, days + days_of(chance.integers(0, 60, n))


def test_a_campaign_as_it_comes_has_no_burst(nets_version: Any, answers: CampaignAnswers, days: list[date]) -> None:
    assert find_bursts(nets_version, answers, days) == {}
    nobody = CampaignAnswers(answers.placement_ids[:0], answers.learner_groups[:0], answers.matrix[:0])
    assert find_bursts(nets_version, nobody, []) == {}


@pytest.mark.parametrize("changed", [0, 2])
def test_a_response_that_was_sent_ten_times_is_found_though_it_was_changed(
    nets_version: Any, answers: CampaignAnswers, days: list[date], ratings: Any, changed: int
) -> None:
    for seed in range(3):
        found = find_bursts(nets_version, *with_likes(answers, days, ratings, 10, changed, seed))
        assert set(found) == {STUFFED}
        (burst,) = found[STUFFED]
        assert isinstance(burst, LikeAnswers)
        assert burst.responses >= 8
        assert burst.differing == (0 if changed == 0 else 4)
        assert burst.items == 43
        assert burst.compared_elsewhere >= 200 > burst.elsewhere


def test_the_order_of_responses_does_not_matter(
    nets_version: Any, answers: CampaignAnswers, days: list[date], ratings: Any
) -> None:
    stuffed, on = with_likes(answers, days, ratings, 12, 1, 0)
    order = np.random.default_rng(1).permutation(len(on))
    shuffled = CampaignAnswers(stuffed.placement_ids[order], stuffed.learner_groups[order], stuffed.matrix[order])
    assert find_bursts(nets_version, shuffled, [on[row] for row in order]) == find_bursts(nets_version, stuffed, on)


def test_learners_who_agree_with_everything_are_no_burst_even_at_an_excellent_placement(
    nets_version: Any, answers: CampaignAnswers, days: list[date], ratings: Any
) -> None:
    """Every thirtieth learner gives the best answer everywhere, every second one at P0001; every tenth one answer in a theme."""
    is_rating, options, reverse = ratings
    best = np.where(reverse, 1, options)
    column = {item.code: position for position, item in enumerate(nets_version.closed_items)}
    themes = [[column[code] for code in scale.items] for scale in nets_version.scales]
    for seed in range(8):
        chance = np.random.default_rng(seed)
        matrix = answers.matrix.copy()
        routed = is_rating & (matrix != 255)
        all_best = chance.random(len(matrix)) < np.where(answers.placement_ids == "P0001", 0.5, 1 / 30)
        matrix[all_best] = np.where(routed[all_best], best, matrix[all_best])
        for row in np.flatnonzero(~all_best & (chance.random(len(matrix)) < 0.1)):
            for theme in themes:
                matrix[row, theme] = np.where(routed[row, theme], matrix[row, theme[0]], matrix[row, theme])
        found = find_bursts(nets_version, replace(answers, matrix=matrix), days)
        assert found == {}, seed


def test_many_on_one_day_are_found_where_learners_come_one_by_one(nets_version: Any) -> None:
    chance = np.random.default_rng(5)
    unit, day = chance.integers(0, 40, 800), chance.integers(0, 60, 800)
    unit[:9], day[:9] = 7, 30
    found = find_bursts(nets_version, answered(unit, nets_version), days_of(day))
    assert set(found) == {"P0007"}
    (burst,) = found["P0007"]
    assert isinstance(burst, DayBurst)
    here = unit == 7
    assert (burst.day, burst.responses) == (FIRST + timedelta(days=30), int((here & (day == 30)).sum()))
    assert burst.at_placement == int(here.sum())
    assert burst.expected == pytest.approx(here.sum() * ((day[~here] == 30).sum() + 0.5) / ((~here).sum() + 30))


def test_a_day_on_which_everybody_was_reminded_is_no_burst(nets_version: Any) -> None:
    chance = np.random.default_rng(6)
    unit, day = chance.integers(0, 40, 800), chance.integers(0, 60, 800)
    day[chance.random(800) < 0.4] = 30
    assert find_bursts(nets_version, answered(unit, nets_version), days_of(day)) == {}


def test_where_learners_come_in_company_a_company_is_no_burst(nets_version: Any) -> None:
    chance = np.random.default_rng(7)
    unit = np.repeat(np.arange(40), 20)
    day = chance.integers(0, 60, 800)
    session = chance.integers(0, 60, 40)
    comes = chance.random(800) < 0.4
    day[comes] = session[unit[comes]]
    assert find_bursts(nets_version, answered(unit, nets_version), days_of(day)) == {}
    one_by_one = np.where((unit == 7) & comes, day, chance.integers(0, 60, 800))
    assert set(find_bursts(nets_version, answered(unit, nets_version), days_of(one_by_one))) == {"P0007"}


def test_false_alarms_by_day_are_as_rare_as_is_said(nets_version: Any) -> None:
    chance = np.random.default_rng(8)
    alarms = 0
    for _ in range(100):
        size = chance.lognormal(0, 0.8, 20)
        unit = chance.choice(20, 300, p=size / size.sum())
        busy = chance.gamma(1.0, 1.0, 20)
        day = chance.choice(20, 300, p=busy / busy.sum())
        alarms += bool(find_bursts(nets_version, answered(unit, nets_version), days_of(day)))
    assert alarms <= 100 * FALSE_ALARM + 1


def test_responses_of_one_day_or_one_placement_cannot_be_a_burst(nets_version: Any) -> None:
    assert find_bursts(nets_version, answered(np.repeat(np.arange(4), 9), nets_version), [FIRST] * 36) == {}
    alone = answered(np.zeros(30, dtype=np.int64), nets_version)
    assert find_bursts(nets_version, alone, days_of(np.arange(30))) == {}


def test_an_instrument_of_a_few_ratings_makes_no_burst_of_what_all_say(nets_version: Any) -> None:
    """With four items the same answers come again and again, and at a good placement the best ones more often."""
    chance = np.random.default_rng(9)
    matrix = np.full((600, len(nets_version.closed_items)), 255, dtype=np.uint8)
    few = [position for position, item in enumerate(nets_version.closed_items) if item.kind == "rating"][20:24]
    unit = np.repeat(np.arange(20), 30)
    good = np.where(unit == 3, 0.8, 0.3)[:, None]
    matrix[:, few] = np.where(chance.random((600, 4)) < good, 5, chance.integers(3, 6, (600, 4)))
    answers = replace(answered(unit, nets_version), matrix=matrix)
    assert find_bursts(nets_version, answers, days_of(chance.integers(0, 60, 600))) == {}


def test_company_is_the_share_of_pairs_beyond_chance_at_the_other_placements() -> None:
    counts = np.array([[3, 1, 0], [0, 2, 2], [1, 0, 0], [5, 0, 1]])
    people = [(place, day) for place, row in enumerate(counts) for day, n in enumerate(row) for _ in range(n)]
    between = [a[1] == b[1] for a, b in itertools.combinations(people, 2) if a[0] != b[0]]
    by_chance = np.mean(between)
    shares = {
        place: np.mean([a[1] == b[1] for a, b in itertools.combinations([p for p in people if p[0] == place], 2)])
        for place in (0, 1, 3)
    }
    for place, company in enumerate(_company(counts)):
        others = np.mean([share for other, share in shares.items() if other != place])
        assert company == pytest.approx(max(0.0, (others - by_chance) / (1 - by_chance)))


@pytest.mark.parametrize(("x", "n", "share", "correlation"), [(5, 9, 0.1, 1e-5), (8, 40, 0.02, 0.05), (6, 6, 0.3, 0.5)])
def test_the_chance_of_a_day_is_that_of_scipy(x: int, n: int, share: float, correlation: float) -> None:
    spread = (1 - correlation) / correlation
    expected = stats.betabinom(n, spread * share, spread * (1 - share)).sf(x - 1)
    assert _tail_of_day(x, n, share, correlation) == pytest.approx(expected, rel=1e-6)
    if correlation < 1e-4:
        assert _tail_of_day(x, n, share, correlation) == pytest.approx(stats.binom(n, share).sf(x - 1), rel=1e-3)


@pytest.mark.parametrize(
    ("like", "n", "elsewhere", "of"), [(4, 9, 3, 50), (6, 6, 0, 200), (2, 30, 40, 41), (0, 5, 0, 9)]
)
def test_the_chance_of_likes_is_that_of_scipy(like: int, n: int, elsewhere: int, of: int) -> None:
    expected = stats.nchypergeom_fisher(n + of, n, like + elsewhere, ODDS).sf(like - 1)
    assert _tail_of_likes(like, n, elsewhere, of) == pytest.approx(expected, rel=1e-8)
