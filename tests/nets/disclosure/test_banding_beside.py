"""What stands beside a banded score tells nothing that banded scores do not, and covers whatever they leave open."""

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.disclosure.banded import Band, BandedMean, BandedScore
from nets.disclosure.banded_record import BandedRecord, BandedView
from nets.disclosure.banding_beside import BandedYear, banded_pooled
from nets.disclosure.rule import read_disclosure_rule
from nets.disclosure.shown import (
    NoRate,
    ShownBenchmark,
    ShownMean,
    ShownResponses,
    ShownScore,
    SuppressedDistribution,
    SuppressedScore,
)
from nets.disclosure.shown_beside import PooledBenchmark, ShownAdjusted
from nets.placement import Verdict
from nets.releases.measure import Measure, MeasureKind
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.releases.release import ReleaseHeader

CAMPAIGN = Campaign(
    "tea-2026", "Tea", "tea", "1.0", date(2026, 1, 1), date(2026, 2, 1), AccessMode.OPEN_LINK, AnonymityMode.ANONYMOUS
)
TEA = Measure("tea", MeasureKind.SCALE, "Tea", ("TEA01", "TEA02", "TEA03", "TEA04"), 5, False)
HEADER = ReleaseHeader(
    "tea-2026-r1", "tea-2026", "Tea", 1, "tea", "1.0", "risk", date(2026, 3, 1), "open_link", 900, {"tea": "Tea"}, (TEA,),
    {"placement": {"tea": ShownBenchmark(74.0, 5.2, 17.9, 0.08)}},
)  # fmt: skip
BENCHMARK = PooledBenchmark(74.0, 5.0, 3.0, 18.0)
points = st.floats(0, 100).map(lambda value: round(value, 1))


def score(n: int, mean: float) -> ShownScore:
    return ShownScore(
        n, mean, 16.2, (60.0, 80.0), n, 0.5, 72.0, (65.0, 79.0), 0.2, SuppressedDistribution(), Verdict.INDICATIVE
    )


def seen(n: int, mean: float, distance: float, *, learners: int = 0, campaign: Campaign = CAMPAIGN) -> BandedRecord:
    """A placement of so many learners whose score would be as far away with its case-mix taken out."""
    record = PlaceRecord(
        "W-1", "placement", ShownResponses(learners or n, NoRate()), {"tea": score(n, mean)}, {}, NotAssessed(),
        adjusted={"tea": ShownAdjusted(round(mean + distance, 1), 71.0, (64.0, 78.0), 0.5)} if n >= 10 else {},
    )  # fmt: skip
    return BandedView.of(HEADER, campaign, read_disclosure_rule()).record(record)


@given(st.sampled_from([(20, 49), (50, 99), (100, 199)]), st.data(), points, st.integers(-20, 20))
def test_the_distance_of_the_adjusted_score_is_all_that_is_told_of_it(
    band: tuple[int, int], data: st.DataObject, mean: float, steps: int
) -> None:
    """Two numbers of one band, and two means that are seen as one, lead to the same."""
    found = []
    for _ in range(2):
        n = data.draw(st.integers(*band))
        near = min(max(round(mean) + data.draw(st.floats(-0.4, 0.4)), 0.0), 100.0)
        step = 100 // band[0]
        found.append(seen(n, near, steps * step + data.draw(st.floats(-0.4, 0.4)) * step).adjusted.get("tea"))
    assert found[0] == found[1] is not None


@pytest.mark.parametrize(("n", "step"), [(20, 5), (49, 5), (50, 2), (99, 2), (100, 1)])
def test_the_more_learners_the_finer_is_the_distance(n: int, step: int) -> None:
    told = seen(n, 70.0, 2.4 * step).adjusted["tea"]
    assert (told.mean, told.step) == (70 + 2 * step, step)
    beside = seen(n, 70.0, 0.0).score("tea")
    assert isinstance(beside, BandedScore)
    assert told.interval[1] - told.interval[0] >= beside.interval[1] - beside.interval[0] + step


@pytest.mark.parametrize(("n", "learners"), [(8, 11), (9, 19), (10, 10), (19, 19), (12, 40)])
def test_where_the_band_leaves_open_whether_enough_answered_no_adjusted_score_is_told(n: int, learners: int) -> None:
    """Whether there is one would else say on which side of ten a measure lies."""
    assert dict(seen(n, 70.0, 3.0, learners=learners).adjusted) == {}


def test_a_campaign_that_protects_groups_more_tells_it_of_more_learners_alone() -> None:
    strict = replace(CAMPAIGN, breakdown_floor=30)
    assert "tea" not in seen(45, 70.0, 3.0, campaign=strict).adjusted
    assert "tea" in seen(60, 70.0, 3.0, campaign=strict).adjusted


def test_a_score_that_is_held_against_nothing_has_none() -> None:
    record = PlaceRecord(
        "W-1", "placement", SuppressedScore(), {"tea": ShownMean(40, 70.0, 9.0, (67.0, 73.0), 40.0, SuppressedDistribution())},
        {}, NotAssessed(), adjusted={"tea": ShownAdjusted(71.0, 71.0, (64.0, 78.0), 0.5)},
    )  # fmt: skip
    assert dict(BandedView.of(HEADER, CAMPAIGN, read_disclosure_rule()).record(record).adjusted) == {}


def year(band: tuple[int, int], mean: int, fewest: int, step: int = 1) -> BandedYear:
    return BandedYear(BandedMean(Band(*band), mean, step, 16, (0, 100), SuppressedDistribution()), fewest)


ONE_YEAR = st.tuples(st.sampled_from([(5, 9), (10, 19), (20, 49), (50, 99)]), st.integers(0, 100))


@given(st.lists(ONE_YEAR, min_size=2, max_size=3), st.data())
def test_a_pooled_score_covers_every_division_of_the_learners(
    years: list[tuple[tuple[int, int], int]], data: st.DataObject
) -> None:
    """The formula itself, with any number of learners that the bands leave open and any mean that is rounded so."""
    made_of = [year(band, mean, max(5, -(-4 * band[0] // 5))) for band, mean in years]
    found = banded_pooled("a b", made_of, BENCHMARK)
    n = np.array([data.draw(st.integers(one.fewest, one.score.learners.high)) for one in made_of], dtype=float)
    means = np.array([one.score.mean + data.draw(st.floats(-0.5, 0.5)) for one in made_of])
    mean = float(n @ means / n.sum())
    variance = BENCHMARK.omega**2 * float(((n / n.sum()) ** 2).sum()) + BENCHMARK.sigma**2 / n.sum()
    half = 1.96 * np.sqrt(variance)
    assert found.interval[0] <= max(mean - half, 0) + 1e-9
    assert found.interval[1] >= min(mean + half, 100) - 1e-9
    reliability = BENCHMARK.tau**2 / (BENCHMARK.tau**2 + variance)
    assert found.reliability <= reliability + 0.005
    assert (found.learners.low, found.learners.high) == (sum(b[0] for b, _ in years), sum(b[1] for b, _ in years))


def test_a_pooled_score_of_like_years_lies_between_them_and_is_drawn_to_the_benchmark() -> None:
    found = banded_pooled("a b", [year((10, 19), 60, 8), year((10, 19), 66, 8)], BENCHMARK)
    assert found.mean == 63
    assert (found.campaigns, found.step, found.kind) == ("a b", 1, "banded_pooled")
    variance = max(9.0 * (x * x + y * y) / (x + y) ** 2 + 18.0**2 / (x + y) for x in (8, 19) for y in (8, 19))
    reliability = 25 / (25 + variance)
    assert found.reliability == round(reliability, 2)
    assert found.shrunken == round(74 + reliability * (63 - 74))
    assert found.verdict is Verdict.INDICATIVE


@pytest.mark.parametrize(
    ("bands", "means", "steps"),
    [
        (((5, 9), (20, 49)), (40, 80), (10, 5)),
        (((10, 19), (10, 19)), (70, 70), (5, 5)),
        (((5, 9), (10, 19), (50, 99)), (90, 60, 30), (10, 5, 2)),
    ],
    ids=["two unlike years", "two like years", "three years"],
)
def test_the_pooled_shrunken_interval_is_as_wide_as_rounding_and_every_division_of_the_learners_ask_for(
    bands: tuple[tuple[int, int], ...], means: tuple[int, ...], steps: tuple[int, ...]
) -> None:
    """Every number of every band is tried, and the worst is told: to the whole point, not narrower and not wider."""
    made_of = [year(band, mean, band[0], step) for band, mean, step in zip(bands, means, steps, strict=True)]
    found = banded_pooled("a b", made_of, BENCHMARK)
    divisions = np.array(list(product(*(range(low, high + 1) for low, high in bands))), dtype=float)
    total = divisions.sum(axis=1)
    pooled = divisions @ np.array(means, dtype=float) / total
    variance = 3.0**2 * (divisions**2).sum(axis=1) / total**2 + 18.0**2 / total
    reliability = 25 / (25 + variance.max())
    middles = np.array([np.sqrt(low * high) for low, high in bands])
    middle = 74 + reliability * (float(middles @ np.array(means)) / middles.sum() - 74)
    away = np.abs(74 + reliability * (pooled - 74) - middle).max() + reliability * max(steps) / 2
    half = 1.959964 * 5 * np.sqrt(1 - reliability) + away
    wanted = max(int(np.floor(middle - half)), 0), min(int(np.ceil(middle + half)), 100)
    assert found.shrunken_interval == wanted
    assert found.shrunken == round(middle)
