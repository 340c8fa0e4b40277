"""Trends are joined over the same questions alone, and say of a change no more than the two shown scores carry."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis import unit_scores
from nets.disclosure.shown import Shown, ShownMean, ShownScore, SuppressedDistribution, SuppressedScore
from nets.placement import Verdict
from nets.releases.measure import Measure, MeasureKind
from nets.releases.release import ReleaseHeader
from nets.releases.trend import (
    Asked,
    CampaignScore,
    MeanChange,
    NoChange,
    ScoreChange,
    asked_beside,
    earlier_measure,
    trend_of,
)


def header(year: int) -> ReleaseHeader:
    return ReleaseHeader(
        f"tea-{year}-r1", f"tea-{year}", f"Tea {year}", 1, "tea", "1", "risk-2026.2", date(year, 4, 1), "open_link", 90,
        {}, (), {},
    )  # fmt: skip


def score(mean: float, half: float = 4.0, shrunken: float | None = None, shrunken_half: float = 3.0) -> ShownScore:
    middle = mean if shrunken is None else shrunken
    return ShownScore(
        20, mean, 15.0, (mean - half, mean + half), 20.0, 0.7, middle, (middle - shrunken_half, middle + shrunken_half),
        0.1, SuppressedDistribution(), Verdict.REPORTABLE,
    )  # fmt: skip


def campaigns(*shown: Shown, items: tuple[tuple[str, ...], ...] = ()) -> list[CampaignScore]:
    return [
        CampaignScore(
            header(2020 + i),
            date(2020 + i, 2, 1),
            Measure("tea", MeasureKind.SCALE, "Tea", items[i] if items else ("T1", "T2"), 5, sensitive=False),
            cell,
            "",
        )
        for i, cell in enumerate(shown)
    ]


@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [
        (("T1", "T2"), ("T2", "T1"), Asked.AS_BEFORE),
        (("T1", "T2"), ("T1", "T2B"), Asked.REWORDED),
        (("T1", "T2"), ("T1", "T2C"), Asked.REWORDED),  # by way of T2B, which nobody was asked
        (("T1", "T2"), ("T1", "T2", "T3"), Asked.OTHER_ITEMS),
        (("T1", "T2", "T3"), ("T1", "T2"), Asked.OTHER_ITEMS),
        (("T1", "T2"), ("T3", "T4"), None),
    ],
    ids=["same", "reworded", "reworded twice", "one more", "one less", "others"],
)
def test_items_are_linked_by_their_codes_and_by_what_the_version_says(
    before: tuple[str, ...], now: tuple[str, ...], asked: Asked | None
) -> None:
    assert asked_beside(before, now, {"T2B": "T2", "T2C": "T2B"}) is asked


def test_links_in_a_circle_lead_nowhere() -> None:
    assert asked_beside(("T1",), ("T2",), {"T2": "T3", "T3": "T2"}) is None


def test_an_item_that_was_reworded_is_found_under_its_former_code() -> None:
    def item(code: str) -> Measure:
        return Measure(f"item:{code}", MeasureKind.ITEM, code, (code,), 5, sensitive=False)

    found = earlier_measure([item("T1"), item("T2")], item("T2B"), {"T2B": "T2"})
    assert found == item("T2")
    assert earlier_measure([item("T1")], item("T3"), {}) is None


def test_the_change_has_the_interval_of_the_difference_of_two_means() -> None:
    """Against the normal theory of two independent means, which the formula comes down to for even intervals."""
    change = trend_of(campaigns(score(70, 3.0), score(64, 4.0)), (), {}, 0.0).change
    assert isinstance(change, ScoreChange)
    assert (change.since, change.change) == ("Tea 2020", -6.0)
    assert (change.low, change.high) == (-11.0, -1.0)


def test_an_interval_that_the_end_of_the_scale_cut_off_counts_with_its_longer_half() -> None:
    cut = ShownMean(20, 98.0, 6.0, (93.0, 100.0), 20.0, SuppressedDistribution())
    change = trend_of(campaigns(cut, cut), (), {}, 0.0).change
    assert isinstance(change, MeanChange)
    assert (change.low, change.high) == (-7.1, 7.1)


def test_probabilities_are_those_of_two_posteriors() -> None:
    """Against posteriors drawn at random from what `unit_scores` says of both campaigns."""
    chance = np.random.default_rng(3)
    true = chance.normal(70, 8, size=40)
    units = np.repeat(np.arange(40), 25)
    before, now = (unit_scores(mean[units] + chance.normal(0, 16, size=units.size), units) for mean in (true, true - 2))
    at = int(np.argmin(np.abs(now.shrunken - before.shrunken + 3)))

    def shown(found: Any) -> ShownScore:
        low, high = found.shrunken_interval[at]
        half = (high - low) / 2
        return score(float(found.mean[at]), 6.0, float(found.shrunken[at]), float(half))

    change = trend_of(campaigns(shown(before), shown(now)), (), {}, 0.0).change
    assert isinstance(change, ScoreChange)
    drawn = [
        stats.t.ppf(chance.random(200_000), 39) * found.posterior.sd[at] + found.posterior.mean[at]
        for found in (before, now)
    ]
    assert change.fallen == pytest.approx(float((drawn[1] < drawn[0]).mean()), abs=0.015)
    assert change.risen == pytest.approx(1 - change.fallen, abs=0.011)


def test_with_a_margin_a_score_that_stayed_has_neither_fallen_nor_risen() -> None:
    change = trend_of(campaigns(score(70, 3.0, 70, 2.0), score(70, 3.0, 70, 2.0)), (), {}, 5.0).change
    assert isinstance(change, ScoreChange)
    assert change.fallen < 0.01
    assert change.risen < 0.01


def test_what_is_not_shown_has_no_change_and_stays_a_gap() -> None:
    trend = trend_of(campaigns(score(70), SuppressedScore()), (), {}, 0.0)
    assert isinstance(trend.change, NoChange)
    assert isinstance(trend.points[1].score, SuppressedScore)


def test_no_change_is_told_across_other_wording() -> None:
    trend = trend_of(campaigns(score(70), score(60), items=(("T1", "T2"), ("T1", "T2B"))), (), {"T2B": "T2"}, 0.0)
    assert isinstance(trend.change, NoChange)
    assert [point.asked for point in trend.points] == [Asked.FIRST, Asked.REWORDED]


def test_a_trend_begins_where_anything_of_it_was_asked_first() -> None:
    trend = trend_of(
        campaigns(score(70), score(60), score(62), items=(("T8", "T9"), ("T1", "T2"), ("T1", "T2"))),
        ("Tea 2019",),
        {},
        0.0,
    )
    assert [point.title for point in trend.points] == ["Tea 2021", "Tea 2022"]
    assert trend.left_out == ("Tea 2019", "Tea 2020")


def test_the_first_campaign_has_nothing_to_change_from() -> None:
    assert isinstance(trend_of(campaigns(score(70)), (), {}, 0.0).change, NoChange)
