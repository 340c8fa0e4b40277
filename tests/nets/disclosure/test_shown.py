"""Nothing below a floor, nothing unanimous on a sensitive scale, and no digit that n learners cannot carry."""

from dataclasses import asdict, replace
from datetime import date

import numpy as np
import pytest

from nets.campaign import AccessMode, AnonymityMode, Campaign
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
    show_benchmark,
    show_cells,
    show_responses,
    show_total,
)
from nets.placement import Benchmark, CellMeans, CellScores, Verdict
from nets.releases.written_cells import read_cell
from nets.response_rate import NoResponseRate, PlaceResponses, ResponseRate, RosterTooSmall

CAMPAIGN = Campaign(
    "c", "C", "nets", "1", date(2026, 1, 1), date(2026, 2, 1), AccessMode.OPEN_LINK, AnonymityMode.ANONYMOUS
)


def means(n: int = 12, sd: float = 18.98765) -> CellMeans:
    one = {
        "n": n,
        "mean": 71.23456,
        "sd": sd,
        "effective_n": 11.0456,
        "low": 59.16999,
        "high": 83.29999,
        "per_cent_positive": 66.666,
        "distribution": [1, 2, 3, 4, 5],
        "without_value": [0, 1, 0, 2, 0],
    }
    return CellMeans(**{name: np.array([value]) for name, value in one.items()})


def scores(answered: CellMeans, reliability: float = 0.61239) -> CellScores:
    one = {
        "reliability": reliability,
        "shrunken": 72.55555,
        "shrunken_low": 63.04999,
        "shrunken_high": 82.05555,
        "probability_low": 0.12345,
    }
    return CellScores(answered, **{name: np.array([value]) for name, value in one.items()})


def shown(cells: CellMeans | CellScores) -> Shown:
    (written,) = show_cells(cells, CAMPAIGN, items_shown=np.array([True]), asked_of_all=True)
    cell = read_cell(written)
    assert isinstance(cell, ShownScore | ShownMean)
    return cell


@pytest.mark.parametrize(
    ("reliability", "seen", "verdict"),
    [(0.6951, 0.70, Verdict.REPORTABLE), (0.6949, 0.69, Verdict.INDICATIVE),
     (0.4951, 0.50, Verdict.INDICATIVE), (0.4949, 0.49, Verdict.INSUFFICIENT)],
)  # fmt: skip
def test_the_verdict_is_that_on_the_reliability_that_is_seen(reliability: float, seen: float, verdict: Verdict) -> None:
    score = shown(scores(means(), reliability))
    assert isinstance(score, ShownScore)
    assert (score.reliability, score.verdict) == (seen, verdict)


def test_a_suppressed_score_carries_no_number() -> None:
    assert not any(isinstance(value, (int, float)) for value in asdict(SuppressedScore()).values())
    assert not any(character.isdigit() for character in SuppressedScore().reason)


@pytest.mark.parametrize(("n", "kind"), [(9, SuppressedDistribution), (10, Distribution)])
def test_a_distribution_needs_the_breakdown_floor(n: int, kind: type) -> None:
    score = shown(means(n))
    assert isinstance(score, ShownMean)
    assert isinstance(score.distribution, kind)


def test_a_distribution_is_not_shown_where_less_its_items_it_would_tell_of_one_that_is_hidden() -> None:
    (written,) = show_cells(means(), CAMPAIGN, items_shown=np.array([False]), asked_of_all=True)
    assert isinstance(read_cell(written).distribution, SuppressedDistribution)


def test_how_many_were_not_asked_is_not_told_of_questions_to_some_groups() -> None:
    (written,) = show_cells(means(), CAMPAIGN, items_shown=np.array([True]), asked_of_all=False)
    assert read_cell(written).distribution.without_value == (0, 1, 0, 2)


def test_no_number_has_more_than_a_decimal_but_shares_of_one() -> None:
    distribution = Distribution((1, 2, 3, 4, 5), 67.0, (0, 1, 0, 2, 0))
    assert shown(scores(means())) == ShownScore(
        n=12,
        mean=71.2,
        sd=19.0,
        interval=(59.2, 83.3),
        effective_n=11.0,
        reliability=0.61,
        shrunken=72.6,
        shrunken_interval=(63.0, 82.1),
        probability_low=0.12,
        distribution=distribution,
        verdict=Verdict.INDICATIVE,
    )
    assert shown(means()) == ShownMean(12, 71.2, 19.0, (59.2, 83.3), 11.0, distribution)


def test_the_number_of_responses_has_its_floor_and_its_rate() -> None:
    rate = show_responses(PlaceResponses(30, ResponseRate(20, 60)), CAMPAIGN)
    assert rate == ShownResponses(30, ShownRate(20, 60, 33.3))
    few = PlaceResponses(4, ResponseRate(4, 60)), PlaceResponses(0, NoResponseRate(0))
    assert {show_responses(responses, CAMPAIGN) for responses in few} == {SuppressedScore()}
    for no_rate in (ResponseRate(4, 60), RosterTooSmall(30, 20), NoResponseRate(30)):
        assert show_responses(PlaceResponses(30, no_rate), CAMPAIGN) == ShownResponses(30, NoRate())


def test_a_benchmark_of_few_placements_is_suppressed() -> None:
    benchmark = Benchmark(mean=78.44, tau=6.05, sigma=18.04, icc1=0.1, n=400, n_places=40)
    assert show_benchmark(benchmark, CAMPAIGN) == ShownBenchmark(78.0, 6.0, 18.0, 0.1)
    assert isinstance(show_benchmark(replace(benchmark, n_places=4), CAMPAIGN), SuppressedScore)
    assert isinstance(show_benchmark(replace(benchmark, n=9), CAMPAIGN), SuppressedScore)
    assert isinstance(show_benchmark(None, CAMPAIGN), SuppressedScore)


@pytest.mark.parametrize(("exact", "shown_total"), [(4, 0), (1994, 1990), (1996, 2000)])
def test_the_total_is_to_the_ten(exact: int, shown_total: int) -> None:
    assert show_total(exact) == shown_total
