"""The banded view: nothing in it tells two numbers of learners of one band apart, and nothing in it is narrower than the truth."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from nets.disclosure.banded import Band, BandedDistribution, BandedMean, BandedRate, BandedResponses, BandedScore
from nets.disclosure.banding import Banding, banded, banded_responses
from nets.disclosure.rule import read_disclosure_rule
from nets.disclosure.shown import (
    Distribution,
    NoRate,
    ShownBenchmark,
    ShownMean,
    ShownRate,
    ShownResponses,
    ShownScore,
    SuppressedDistribution,
    SuppressedScore,
)
from nets.placement import Verdict
from nets.releases.measure import Measure, MeasureKind

RULE = read_disclosure_rule()
BANDING = Banding(RULE, 5)
BENCHMARK = ShownBenchmark(74.0, 5.2, 17.9, 0.08)
TEA = Measure("tea", MeasureKind.SCALE, "Tea", ("TEA01", "TEA02", "TEA03", "TEA04"), 5, False)
KETTLE = Measure("item:TEA01", MeasureKind.ITEM, "The kettle works.", ("TEA01",), 5, False)


def score(n: int, mean: float = 71.3, sd: float = 16.2, **changes: Any) -> ShownScore:
    """What a release has of a ward; interval, reliability and what follows are what they may be for any number of learners."""
    distribution = Distribution((1, 1, 2, 5, 3), 67, (0, 1, 0, 0, 4))
    return replace(
        ShownScore(n, mean, sd, (62.0, 80.6), n, 0.51, 72.6, (65.5, 79.7), 0.21, distribution, Verdict.INDICATIVE),
        **changes,
    )


bands = st.sampled_from([(5, 9), (10, 19), (20, 49), (50, 99), (100, 199), (1_000, 1_999)])
points = st.floats(0, 100).map(lambda value: round(value, 1))
shares = st.floats(0, 1).map(lambda value: round(value, 2))


@given(bands, st.data(), points, st.floats(0, 50), st.sampled_from([TEA, KETTLE]))
def test_no_field_tells_two_numbers_of_one_band_apart(
    band: tuple[int, int], data: st.DataObject, mean: float, sd: float, measure: Measure
) -> None:
    """Mean, standard deviation and shares are the same; all else that a release holds is what follows from each number."""
    seen = []
    for _ in range(2):
        n = data.draw(st.integers(*band))
        low, high = sorted((data.draw(points), data.draw(points)))
        cell = score(
            n, mean, round(sd, 1), interval=(low, high), shrunken=data.draw(points), shrunken_interval=(low, high),
            reliability=data.draw(shares), probability_low=data.draw(shares), verdict=data.draw(st.sampled_from(Verdict)),
            distribution=Distribution((n, n, 2 * n, 5 * n, 3 * n), 67, (0, n, 0, 0, 4 * n)),
        )  # fmt: skip
        seen.append((banded(cell, measure, BENCHMARK, BANDING), banded(cell, measure, SuppressedScore(), BANDING)))
    assert seen[0] == seen[1]
    assert seen[0][0].learners == Band(*band)  # type: ignore[union-attr]


@given(st.integers(5, 400), st.integers(5, 400), st.integers(5, 450))
def test_no_response_rate_tells_two_numbers_of_one_band_apart(one: int, other: int, learners: int) -> None:
    one, other = min(one, learners), min(other, learners)
    banding = Banding(RULE, 5, on_roster=learners)
    first, second = (
        banded_responses(ShownResponses(n, ShownRate(n, learners, round(100 * n / learners, 1))), banding)
        for n in (one, other)
    )
    same_band = banding.band_of(one) == banding.band_of(other)
    assert (first == second) == same_band


@given(st.integers(5, 60), st.integers(9, 60))
def test_whoever_knows_the_roster_is_left_with_a_floor_of_numbers_in_every_band(n: int, learners: int) -> None:
    band = Banding(RULE, 5, on_roster=learners).band_of(min(n, learners))
    assert min(band.high, learners) - band.low + 1 >= 5


def test_where_a_roster_of_ten_would_say_that_all_answered_the_band_begins_lower() -> None:
    assert [Banding(RULE, 5, on_roster=10).band_of(n) for n in (8, 10)] == [Band(5, 19)] * 2
    assert Banding(RULE, 5, on_roster=14).band_of(10) == Band(10, 19)


@given(bands, st.data(), points, st.floats(0, 40))
def test_an_interval_is_never_narrower_than_the_exact_one(
    band: tuple[int, int], data: st.DataObject, mean: float, sd: float
) -> None:
    n = data.draw(st.integers(*band))
    half = stdtrit(n - 1, 0.975) * sd / n**0.5
    low, high = max(0.0, mean - half), min(100.0, mean + half)
    seen = banded(score(n, mean, round(sd, 1)), TEA, BENCHMARK, BANDING)
    assert isinstance(seen, BandedScore)
    assert seen.interval[0] <= low + 0.2
    assert seen.interval[1] >= high - 0.2


@pytest.mark.parametrize(
    ("n", "measure", "step"),
    [(6, KETTLE, 5), (15, KETTLE, 5), (20, KETTLE, 2), (6, TEA, 2), (15, TEA, 1), (300, KETTLE, 1)],
)
def test_a_mean_is_rounded_to_no_less_than_what_one_answer_moves_it_by(n: int, measure: Measure, step: int) -> None:
    seen = banded(score(n), measure, BENCHMARK, BANDING)
    assert isinstance(seen, BandedScore)
    assert seen.step == step
    assert seen.mean % step == seen.sd % step == 0


def test_what_follows_from_the_number_of_learners_follows_from_the_fewest_of_the_band() -> None:
    """tau2 / (tau2 + sigma2 / n) at n = 10, and the posterior of a normal mean, worked out by hand."""
    seen = banded(score(17), TEA, BENCHMARK, BANDING)
    assert isinstance(seen, BandedScore)
    assert seen.learners == Band(10, 19)
    assert (seen.mean, seen.sd) == (71, 16)
    assert seen.reliability == pytest.approx(0.46)  # 27.04 / (27.04 + 320.41 / 10)
    assert seen.shrunken == 73  # 74 - 0.4577 * 3
    assert seen.shrunken_interval == (64, 81)  # 72.63 +- (1.96 * 5.2 * sqrt(0.5423) + 0.23)
    assert seen.probability_low == pytest.approx(0.16)  # Phi((68.8 - 72.63) / 3.829)
    assert seen.verdict is Verdict.INSUFFICIENT


def test_above_the_placement_a_mean_is_worth_what_the_effective_number_is() -> None:
    alone = banded(score(150, effective_n=150.0), TEA, BENCHMARK, BANDING)
    nested = banded(score(150, effective_n=12.4), TEA, BENCHMARK, BANDING)
    assert isinstance(alone, BandedScore)
    assert isinstance(nested, BandedScore)
    assert alone.learners == nested.learners == Band(100, 199)
    assert alone.reliability == pytest.approx(0.89)
    assert nested.reliability == pytest.approx(0.46)
    assert nested.interval[1] - nested.interval[0] > alone.interval[1] - alone.interval[0]


def test_a_mean_that_is_held_against_nothing_that_may_be_shown_stays_a_mean() -> None:
    mean = ShownMean(40, 71.3, 16.2, (66, 76), 40.0, SuppressedDistribution())
    for seen in (
        banded(mean, KETTLE, BENCHMARK, BANDING),
        banded(score(40), KETTLE, SuppressedScore(), BANDING),
    ):
        assert isinstance(seen, BandedMean)
        assert (seen.learners, seen.mean, seen.step) == (Band(20, 49), 72, 2)


def test_a_distribution_is_rounded_shares_and_those_who_were_not_asked_are_no_silent_ones() -> None:
    cell = score(20, distribution=Distribution((1, 2, 3, 8, 6), 70, (1, 2, 1, 0, 15)))
    seen = banded(cell, KETTLE, BENCHMARK, BANDING)
    assert isinstance(seen, BandedScore)
    assert seen.distribution == BandedDistribution((0, 10, 20, 40, 30), 70, 20)  # shares to the ten at twenty learners


def test_a_sensitive_distribution_that_rounding_would_make_unanimous_is_not_shown() -> None:
    cell = score(20, distribution=Distribution((0, 0, 0, 1, 19), 100, (0, 0, 0, 0, 0)))
    open_, sensitive = (banded(cell, replace(KETTLE, sensitive=kind), BENCHMARK, BANDING) for kind in (False, True))
    assert open_.distribution == BandedDistribution((0, 0, 0, 0, 100), 100, 0)  # type: ignore[union-attr]
    assert sensitive.distribution == SuppressedDistribution()  # type: ignore[union-attr]


def test_what_is_hidden_stays_the_same_marker() -> None:
    assert banded(SuppressedScore(), TEA, BENCHMARK, BANDING) == SuppressedScore()
    assert banded_responses(SuppressedScore(), BANDING) == SuppressedScore()


def test_a_number_of_responses_without_a_rate_has_a_band_alone() -> None:
    assert banded_responses(ShownResponses(17, NoRate()), BANDING) == BandedResponses(Band(10, 19), NoRate())
    seen = banded_responses(ShownResponses(17, ShownRate(17, 31, 54.8)), Banding(RULE, 5, on_roster=31))
    assert seen == BandedResponses(Band(10, 19), BandedRate(30, 65))


def test_a_campaigns_own_floor_is_where_its_first_band_begins() -> None:
    assert [str(Banding(RULE, floor).band_of(9)) for floor in (3, 5, 7)] == ["3 to 9", "5 to 9", "7 to 9"]
    assert str(Banding(RULE, 25).band_of(30)) == "25 to 49"
    assert str(BANDING.band_of(1_234)) == "1,000 to 1,999"


def test_no_banded_record_has_a_field_for_an_exact_number_of_learners() -> None:
    for kind in (BandedScore, BandedMean, BandedResponses, BandedRate, BandedDistribution):
        assert is_dataclass(kind)
        assert {field.name for field in fields(kind)}.isdisjoint(
            {"n", "effective_n", "counts", "without_value", "learners_on_roster"}
        )
