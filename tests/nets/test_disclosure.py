"""Nothing below a floor, nothing unanimous on a sensitive scale, and no digit that n learners cannot carry."""

from dataclasses import asdict, replace
from datetime import date

import numpy as np
import pytest

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.disclosure import (
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
    show_benchmark,
    show_responses,
    show_score,
    show_total,
)
from nets.placement import Benchmark, PlaceMean, PlaceScore, Verdict
from nets.response_rate import NoResponseRate, PlaceResponses, ResponseRate, RosterTooSmall

CAMPAIGN = Campaign(
    "c", "C", "nets", "1", date(2026, 1, 1), date(2026, 2, 1), AccessMode.OPEN_LINK, AnonymityMode.ANONYMOUS
)
MEAN = PlaceMean(
    n=12,
    mean=71.23456,
    sd=18.98765,
    interval=(59.16999, 83.29999),
    per_cent_positive=66.666,
    distribution=(1, 2, 3, 4, 5),
    without_value=(0, 1, 0, 2, 0),
)
SCORE = PlaceScore(
    answered=MEAN,
    reliability=0.61239,
    shrunken=72.55555,
    shrunken_interval=(63.04999, 82.05555),
    probability_low=0.12345,
)


def shown(n: int, *, sensitive: bool = False, sd: float = 10.0) -> Shown:
    return show_score(replace(SCORE, answered=replace(MEAN, n=n, sd=sd)), CAMPAIGN, sensitive=sensitive)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_a_score_of_fewer_learners_than_the_floor_is_suppressed(n: int) -> None:
    assert isinstance(shown(n), SuppressedScore)


def test_a_score_at_the_floor_is_shown() -> None:
    assert isinstance(shown(5), ShownScore)


def test_nobody_and_too_few_cannot_be_told_apart() -> None:
    assert show_score(None, CAMPAIGN, sensitive=False) == shown(4)


@pytest.mark.parametrize(
    ("reliability", "seen", "verdict"),
    [(0.6951, 0.70, Verdict.REPORTABLE), (0.6949, 0.69, Verdict.INDICATIVE),
     (0.4951, 0.50, Verdict.INDICATIVE), (0.4949, 0.49, Verdict.INSUFFICIENT)],
)  # fmt: skip
def test_the_verdict_is_that_on_the_reliability_that_is_seen(reliability: float, seen: float, verdict: Verdict) -> None:
    score = show_score(replace(SCORE, reliability=reliability), CAMPAIGN, sensitive=False)
    assert isinstance(score, ShownScore)
    assert (score.reliability, score.verdict) == (seen, verdict)


def test_a_suppressed_score_carries_no_number() -> None:
    assert not any(isinstance(value, (int, float)) for value in asdict(SuppressedScore()).values())
    assert not any(character.isdigit() for character in SuppressedScore().reason)


def test_the_campaigns_own_floor_holds() -> None:
    strict = replace(CAMPAIGN, place_floor=13)
    assert isinstance(show_score(SCORE, strict, sensitive=False), SuppressedScore)


@pytest.mark.parametrize(("n", "kind"), [(9, SuppressedDistribution), (10, Distribution)])
def test_a_distribution_needs_the_breakdown_floor(n: int, kind: type) -> None:
    score = shown(n)
    assert isinstance(score, ShownScore)
    assert isinstance(score.distribution, kind)


def test_a_unanimous_answer_on_a_sensitive_scale_is_suppressed() -> None:
    assert isinstance(shown(30, sensitive=True, sd=0.0), SuppressedScore)
    assert isinstance(shown(30, sensitive=False, sd=0.0), ShownScore)
    assert isinstance(shown(30, sensitive=True, sd=0.1), ShownScore)


@pytest.mark.parametrize("n", [10, 28, 30, 38, 50])
def test_answers_alike_are_unanimous_also_where_their_mean_has_no_end(n: int) -> None:
    """At 41.666... the standard deviation of equal scores is some 1e-14, and the score used to be shown."""
    sd = float(np.full(n, 125 / 3).std(ddof=1))
    assert isinstance(shown(n, sensitive=True, sd=sd), SuppressedScore)
    assert isinstance(shown(n, sensitive=False, sd=sd), ShownScore)


def test_a_learner_group_needs_the_breakdown_floor() -> None:
    nine = replace(SCORE, answered=replace(MEAN, n=9))
    assert isinstance(show_score(nine, CAMPAIGN, sensitive=False, breakdown=True), SuppressedScore)
    assert isinstance(show_score(nine, CAMPAIGN, sensitive=False), ShownScore)
    assert isinstance(show_score(SCORE, CAMPAIGN, sensitive=False, breakdown=True), ShownScore)


def test_a_mean_that_is_compared_with_no_other_is_shown_as_such() -> None:
    shown = show_score(MEAN, CAMPAIGN, sensitive=False)
    distribution = Distribution((1, 2, 3, 4, 5), 67.0, (0, 1, 0, 2, 0))
    assert shown == ShownMean(12, 71.2, 19.0, (59.2, 83.3), distribution)
    assert isinstance(show_score(replace(MEAN, n=4), CAMPAIGN, sensitive=False), SuppressedScore)


def test_the_number_of_responses_has_its_floor_and_its_rate() -> None:
    rate = show_responses(PlaceResponses(30, ResponseRate(20, 60)), CAMPAIGN)
    assert rate == ShownResponses(30, ShownRate(20, 60, 33.3))
    few = PlaceResponses(4, ResponseRate(4, 60)), PlaceResponses(0, NoResponseRate(0))
    assert {show_responses(responses, CAMPAIGN) for responses in few} == {SuppressedScore()}
    for no_rate in (ResponseRate(4, 60), RosterTooSmall(30, 20), NoResponseRate(30)):
        assert show_responses(PlaceResponses(30, no_rate), CAMPAIGN) == ShownResponses(30, NoRate())


@pytest.mark.parametrize(
    ("reliability", "number", "verdict"),
    [(0.6951, 0.7, Verdict.REPORTABLE), (0.6949, 0.69, Verdict.INDICATIVE), (0.4951, 0.5, Verdict.INDICATIVE),
     (0.4949, 0.49, Verdict.INSUFFICIENT)],
)  # fmt: skip
def test_the_verdict_is_on_the_number_beside_it(reliability: float, number: float, verdict: Verdict) -> None:
    score = show_score(replace(SCORE, reliability=reliability), CAMPAIGN, sensitive=False)
    assert isinstance(score, ShownScore)
    assert (score.reliability, score.verdict) == (number, verdict)


def test_no_number_has_more_than_a_decimal_but_shares_of_one() -> None:
    score = show_score(SCORE, CAMPAIGN, sensitive=False)
    assert isinstance(score, ShownScore)
    assert (score.mean, score.sd, score.interval) == (71.2, 19.0, (59.2, 83.3))
    assert (score.shrunken, score.shrunken_interval) == (72.6, (63.0, 82.1))
    assert (score.reliability, score.probability_low) == (0.61, 0.12)


def test_a_benchmark_of_few_placements_is_suppressed() -> None:
    benchmark = Benchmark(mean=78.44, tau=6.05, sigma=18.04, icc1=0.1, n=400, n_places=40)
    assert show_benchmark(benchmark, CAMPAIGN) == ShownBenchmark(78.0, 6.0, 18.0, 0.1)
    assert isinstance(show_benchmark(replace(benchmark, n_places=4), CAMPAIGN), SuppressedScore)
    assert isinstance(show_benchmark(replace(benchmark, n=9), CAMPAIGN), SuppressedScore)
    assert isinstance(show_benchmark(None, CAMPAIGN), SuppressedScore)


@pytest.mark.parametrize(("exact", "shown_total"), [(4, 0), (1994, 1990), (1996, 2000)])
def test_the_total_is_to_the_ten(exact: int, shown_total: int) -> None:
    assert show_total(exact) == shown_total
