"""Nothing below a floor, nothing unanimous on a sensitive scale, and no digit that n learners cannot carry."""

from dataclasses import asdict, replace
from datetime import date

import numpy as np
import pytest

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.disclosure import (
    Distribution,
    ShownBenchmark,
    ShownScore,
    SuppressedDistribution,
    SuppressedScore,
    show_benchmark,
    show_score,
    show_total,
)
from nets.placement import Benchmark, PlacementScore, Verdict, score_placements
from nets.questionnaire.version import Scale
from nets.scoring import ScaleAnswers, half_rule_mean

CAMPAIGN = Campaign(
    "c", "C", "nets", "1", date(2026, 1, 1), date(2026, 2, 1), AccessMode.OPEN_LINK, AnonymityMode.ANONYMOUS
)
SCORE = PlacementScore(
    n=12,
    mean=71.23456,
    sd=18.98765,
    interval=(59.16999, 83.29999),
    reliability=0.61239,
    shrunken=72.55555,
    shrunken_interval=(63.04999, 82.05555),
    probability_low=0.12345,
    per_cent_positive=66.666,
    distribution=(1, 2, 3, 4, 5),
)


def shown(n: int, *, sensitive: bool = False, sd: float = 10.0) -> ShownScore | SuppressedScore:
    return show_score(replace(SCORE, n=n, sd=sd), CAMPAIGN, sensitive=sensitive)


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
    keyed = np.tile([[50.0, 25.0, 50.0]], (n + 40, 1))
    keyed[n:] = np.random.default_rng(5).integers(0, 5, (40, 3)) * 25.0
    answers = ScaleAnswers(
        Scale("s", "safety", {"en": "S"}, ("S1", "S2", "S3")),
        keyed,
        (keyed / 25 + 1).astype(np.int64),
        5,
        half_rule_mean(keyed),
    )
    result = score_placements(answers, np.array(["elm"] * n + ["oak"] * 20 + ["ash"] * 20, dtype=object))
    assert result is not None
    assert isinstance(show_score(result.placements["elm"], CAMPAIGN, sensitive=True), SuppressedScore)
    assert isinstance(show_score(result.placements["oak"], CAMPAIGN, sensitive=True), ShownScore)


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
    benchmark = Benchmark(mean=78.44, tau=6.05, sigma=18.04, icc1=0.1, n=400, n_placements=40)
    assert show_benchmark(benchmark, CAMPAIGN) == ShownBenchmark(78.0, 6.0, 18.0, 0.1)
    assert isinstance(show_benchmark(replace(benchmark, n_placements=4), CAMPAIGN), SuppressedScore)
    assert isinstance(show_benchmark(replace(benchmark, n=9), CAMPAIGN), SuppressedScore)
    assert isinstance(show_benchmark(None, CAMPAIGN), SuppressedScore)


@pytest.mark.parametrize(("exact", "shown_total"), [(4, 0), (1994, 1990), (1996, 2000)])
def test_the_total_is_to_the_ten(exact: int, shown_total: int) -> None:
    assert show_total(exact) == shown_total
