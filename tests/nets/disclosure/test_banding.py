"""The banded view: nothing in it tells two numbers of learners of one band apart, and nothing in it is narrower than the truth."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from nets.disclosure.banded import (
    Band,
    Banded,
    BandedDistribution,
    BandedMean,
    BandedRate,
    BandedResponses,
    BandedScore,
)
from nets.disclosure.banding import Banding, banded, banded_responses
from nets.disclosure.rule import read_disclosure_rule
from nets.disclosure.shown import (
    Distribution,
    NoRate,
    Shown,
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


def banded_at(
    learners: int,
    cell: Shown,
    measure: Measure = TEA,
    benchmark: ShownBenchmark | SuppressedScore = BENCHMARK,
    floor: int = 5,
) -> Banded:
    """A cell of a place at which so many answered, in bands."""
    return banded(cell, measure, benchmark, Banding(RULE, floor, learners))


def banded_score(learners: int, cell: Shown, measure: Measure = TEA) -> BandedScore:
    seen = banded_at(learners, cell, measure)
    assert isinstance(seen, BandedScore)
    return seen


bands = st.sampled_from([(5, 9), (10, 19), (20, 49), (50, 99), (100, 199), (1_000, 1_999)])
points = st.floats(0, 100).map(lambda value: round(value, 1))
shares = st.floats(0, 1).map(lambda value: round(value, 2))


@given(bands, st.data(), points, st.floats(0, 50), st.sampled_from([TEA, KETTLE]))
def test_no_field_tells_two_numbers_of_one_band_apart(
    band: tuple[int, int], data: st.DataObject, mean: float, sd: float, measure: Measure
) -> None:
    """Mean, standard deviation and shares are the same; all else that a release holds is what may follow from each number."""
    seen = []
    for _ in range(2):
        learners = data.draw(st.integers(*band))
        n = data.draw(st.integers(max(5, -(-4 * band[0] // 5)), learners))  # at least four fifths of the fewest
        low, high = sorted((data.draw(points), data.draw(points)))
        cell = score(
            n, mean, round(sd, 1), effective_n=0.4 * n, interval=(low, high), shrunken=data.draw(points),
            shrunken_interval=(low, high), reliability=data.draw(shares), probability_low=data.draw(shares),
            verdict=data.draw(st.sampled_from(Verdict)),
            distribution=Distribution((n, n, 2 * n, 5 * n, 3 * n), 67, (0, n, 0, 0, 4)),
        )  # fmt: skip
        seen.append([banded_at(learners, cell, measure, against) for against in (BENCHMARK, SuppressedScore())])
    assert seen[0] == seen[1]
    assert {one.learners for one in seen[0]} == {Band(*band)}  # type: ignore[union-attr]


def test_every_measure_of_a_place_has_its_band_however_many_left_it_out() -> None:
    """A ladder of measures, each with an edge of its own, would count the learners of a place near an edge."""
    assert len({banded_score(21, score(n)).learners for n in range(16, 22)}) == 1
    assert banded_score(21, score(15)).learners == Band(10, 19)


def test_what_far_fewer_were_asked_has_a_band_of_its_own() -> None:
    assert banded_score(60, score(12)).learners == Band(10, 19)


@given(st.integers(5, 400), st.integers(5, 400), st.integers(5, 450))
def test_no_response_rate_tells_two_numbers_of_one_band_apart(one: int, other: int, learners: int) -> None:
    one, other = min(one, learners), min(other, learners)
    seen = []
    for n in (one, other):
        banding = Banding(RULE, 5, n, on_roster=learners)
        shown = ShownResponses(n, ShownRate(n, learners, round(100 * n / learners, 1)))
        seen.append((banding.band_of(n), banded_responses(shown, banding)))
    assert (seen[0][1] == seen[1][1]) == (seen[0][0] == seen[1][0])


@given(st.integers(5, 60), st.integers(9, 60))
def test_whoever_knows_the_roster_is_left_with_a_floor_of_numbers_in_every_band(n: int, learners: int) -> None:
    band = Banding(RULE, 5, n, on_roster=learners).band_of(min(n, learners))
    assert min(band.high, learners) - band.low + 1 >= 5


def test_where_a_roster_of_ten_would_say_that_all_answered_the_band_begins_lower() -> None:
    assert [Banding(RULE, 5, n, on_roster=10).band_of(n) for n in (8, 10)] == [Band(5, 19)] * 2
    assert Banding(RULE, 5, 10, on_roster=14).band_of(10) == Band(10, 19)


@given(bands, st.data(), points, st.floats(0, 40))
def test_an_interval_is_never_narrower_than_the_exact_one(
    band: tuple[int, int], data: st.DataObject, mean: float, sd: float
) -> None:
    n = data.draw(st.integers(*band))
    half = stdtrit(n - 1, 0.975) * sd / n**0.5
    low, high = max(0.0, mean - half), min(100.0, mean + half)
    seen = banded_score(min(int(1.2 * n), band[1]), score(n, mean, round(sd, 1)))
    assert seen.interval[0] <= low + 0.2  # a tenth of the mean, and one of the standard deviation
    assert seen.interval[1] >= high - 0.2


@pytest.mark.parametrize(
    ("n", "measure", "step"),
    [(6, KETTLE, 5), (15, KETTLE, 5), (20, KETTLE, 2), (6, TEA, 2), (15, TEA, 1), (300, KETTLE, 1)],
    ids=["six", "fifteen", "twenty", "six by four items", "fifteen by four items", "three hundred"],
)
def test_a_mean_is_rounded_to_no_less_than_what_one_answer_moves_it_by(n: int, measure: Measure, step: int) -> None:
    seen = banded_score(n, score(n), measure)
    assert seen.step == step
    assert seen.mean % step == seen.sd % step == 0


def test_what_follows_from_the_number_of_learners_follows_from_the_fewest_of_the_band() -> None:
    """tau2 / (tau2 + sigma2 / n) at n = 8, four fifths of ten, and the posterior of a normal mean, worked out by hand."""
    seen = banded_score(17, score(17))
    assert seen.learners == Band(10, 19)
    assert (seen.mean, seen.sd) == (71, 16)
    assert seen.reliability == pytest.approx(0.40)  # 27.04 / (27.04 + 320.41 / 8)
    assert seen.shrunken == 73  # 74 - 0.4030 * 3
    assert seen.shrunken_interval == (64, 81)  # 72.79 +- (1.96 * 5.2 * sqrt(0.5970) + 0.20)
    assert seen.probability_low == pytest.approx(0.16)  # Phi((68.8 - 72.79) / 4.018)
    assert seen.verdict is Verdict.INSUFFICIENT


def test_above_the_placement_a_mean_is_worth_a_share_of_its_learners() -> None:
    alone, nested = (banded_score(150, score(150, effective_n=worth)) for worth in (150.0, 12.4))
    assert alone.learners == nested.learners == Band(100, 199)
    assert alone.reliability == pytest.approx(0.87)  # 27.04 / (27.04 + 320.41 / 80)
    assert nested.reliability == pytest.approx(0.35)  # 0.0827 is told as 0.08: 6.4 of 80
    assert nested.interval[1] - nested.interval[0] > alone.interval[1] - alone.interval[0]


def test_a_mean_that_is_held_against_nothing_that_may_be_shown_stays_a_mean() -> None:
    mean = ShownMean(40, 71.3, 16.2, (66, 76), 40.0, SuppressedDistribution())
    for seen in (banded_at(40, mean, KETTLE), banded_at(40, score(40), KETTLE, SuppressedScore())):
        assert isinstance(seen, BandedMean)
        assert (seen.learners, seen.mean, seen.step) == (Band(20, 49), 72, 2)


def test_a_distribution_is_rounded_shares_and_those_who_were_not_asked_are_no_silent_ones() -> None:
    cell = score(20, distribution=Distribution((1, 2, 3, 8, 6), 70, (1, 2, 1, 0, 15)))
    # of twenty learners one is five per cent: steps of twice that
    assert banded_score(20, cell, KETTLE).distribution == BandedDistribution((0, 10, 20, 40, 30), 70, 20)


def test_where_some_items_of_a_place_may_have_too_few_learners_for_a_distribution_none_has_one() -> None:
    """Of a place with eleven learners nine or ten answered an item: which items have a distribution would tell how many."""
    for n in (9, 10, 11):
        assert banded_score(11, score(n), KETTLE).distribution == SuppressedDistribution()


def test_a_sensitive_distribution_that_rounding_would_make_unanimous_is_not_shown() -> None:
    cell = score(20, distribution=Distribution((0, 0, 0, 1, 19), 100, (0, 0, 0, 0, 0)))
    open_, sensitive = (banded_score(20, cell, replace(KETTLE, sensitive=kind)) for kind in (False, True))
    assert open_.distribution == BandedDistribution((0, 0, 0, 0, 100), 100, 0)
    assert sensitive.distribution == SuppressedDistribution()


def test_what_is_hidden_stays_the_same_marker() -> None:
    assert banded_at(20, SuppressedScore()) == SuppressedScore()
    assert banded_responses(SuppressedScore(), Banding(RULE, 5, 20)) == SuppressedScore()


def test_a_number_of_responses_without_a_rate_has_a_band_alone() -> None:
    banding = Banding(RULE, 5, 17)
    assert banded_responses(ShownResponses(17, NoRate()), banding) == BandedResponses(Band(10, 19), NoRate())
    rate = ShownResponses(17, ShownRate(17, 31, 54.8))
    assert banded_responses(rate, replace(banding, on_roster=31)) == BandedResponses(Band(10, 19), BandedRate(30, 65))


def test_a_campaigns_own_floor_is_where_its_first_band_begins() -> None:
    assert [str(Banding(RULE, floor, 9).band_of(9)) for floor in (3, 5, 7)] == ["3 to 9", "5 to 9", "7 to 9"]
    assert str(Banding(RULE, 25, 30).band_of(30)) == "25 to 49"
    assert str(Banding(RULE, 5, 1_234).band_of(1_234)) == "1,000 to 1,999"


def test_no_banded_record_has_a_field_for_an_exact_number_of_learners() -> None:
    exact = {field.name for field in fields(ShownScore)} - {field.name for field in fields(BandedScore)}
    assert exact == {"n", "effective_n"}
    for kind in (BandedScore, BandedMean, BandedResponses, BandedRate, BandedDistribution):
        assert is_dataclass(kind)
        assert {field.name for field in fields(kind)}.isdisjoint(exact | {"counts", "without_value"})
