"""Error rates of the flag rules at a campaign's own size: known truth, the known shape, and always the same figures."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.flags.calibrating import calibrate
from nets.flags.calibration import (
    Calibration,
    GateCalibration,
    GateNeverOpens,
    ListCalibration,
    NeverListed,
    NotCalibrated,
)
from nets.flags.rule import CHANGES, FlagRule, flag_questions, read_flag_rule
from nets.risk import read_rule
from nets.simulation.coarse_scores import CoarseScores

RULE, RISK_RULE = read_flag_rule(), read_rule()
NORMAL = CoarseScores(mean=78.0, between=18 * 0.1**0.5, within=18 * 0.9**0.5, n_steps=20)
"""Normal truth of mean 78, SD 18 and ICC 0.10, seen in steps of 5."""


def extent(**changes: Any) -> FlagRule:
    return replace(RULE, calibration=replace(RULE.calibration, **changes))


def calibrated(
    sizes: NDArray[np.int64],
    scores: CoarseScores = NORMAL,
    rule: FlagRule = RULE,
    least: int = 3,
    with_earlier: bool = False,
) -> Calibration:
    found = calibrate(sizes, scores, rule, RISK_RULE, least=least, with_earlier=with_earlier)
    assert isinstance(found, Calibration)
    return found


def of_list(found: Calibration, code: str) -> ListCalibration:
    this = found.lists[code]
    assert isinstance(this, ListCalibration)
    return this


def test_the_gmc_rule_puts_a_sixth_of_its_red_flags_on_better_than_median_placements_of_three() -> None:
    gmc = of_list(calibrated(np.full(2_000, 3), rule=extent(places=60_000)), "gmc_low")
    assert gmc.false_share.value == pytest.approx(0.17, abs=0.02)
    assert gmc.false_share.error < 0.01


def test_the_gmc_rule_finds_a_quarter_of_the_worst_tenth_of_placements_of_thirty() -> None:
    gmc = of_list(calibrated(np.full(2_000, 30), rule=extent(places=40_000)), "gmc_low")
    assert 22 <= round(100 * (1 - gmc.missed_share.value)) <= 27
    assert gmc.false_share.value < 0.005


def test_scores_that_look_like_that_on_the_scale_give_the_same_shape() -> None:
    seen = CoarseScores.matching(78, 18, 0.10, 20)
    small, large = (of_list(calibrated(np.full(1_000, n), seen, extent(places=20_000)), "gmc_low") for n in (3, 30))
    assert small.false_share.value == pytest.approx(0.17, abs=0.03)
    assert 0.22 <= 1 - large.missed_share.value <= 0.30


def test_the_gmc_rule_by_hand_has_the_same_rates() -> None:
    found = of_list(calibrated(np.full(500, 5), rule=extent(places=20_000)), "gmc_low")
    random = np.random.default_rng(99)
    listed = wrong = hit = 0
    for _ in range(40):
        truth = 78 + 18 * 0.1**0.5 * random.standard_normal(500)
        scores = truth[:, None] + 18 * 0.9**0.5 * random.standard_normal((500, 5))
        scores = np.clip(np.round(scores / 5) * 5, 0, 100)
        mean, half = scores.mean(axis=1), 1.96 * scores.std(axis=1, ddof=1) / 5**0.5
        everywhere = scores.ravel()
        edge = everywhere.mean() - 1.96 * everywhere.std(ddof=1) / everywhere.size**0.5
        red = (mean <= np.quantile(everywhere, 0.25)) & (mean + half < edge)
        listed += red.sum()
        wrong += (red & (truth > np.median(truth))).sum()
        hit += (red & (truth <= np.quantile(truth, 0.1))).sum()
    assert found.n_listed == pytest.approx(listed / 40, rel=0.12)
    assert found.false_share.value == pytest.approx(wrong / listed, abs=0.04)
    assert found.missed_share.value == pytest.approx(1 - hit / (40 * 50), abs=0.05)
    assert found.predictive_share.value == pytest.approx(hit / listed, abs=0.05)


def test_more_learners_make_every_list_truer() -> None:
    small, large = (calibrated(np.full(300, n), rule=extent(places=6_000)) for n in (8, 40))
    for code in ("gmc_low", "funnel_low", "worst_tenth", "best_tenth"):
        assert of_list(large, code).predictive_share.value > of_list(small, code).predictive_share.value
        assert of_list(large, code).missed_share.value < of_list(small, code).missed_share.value or code == "gmc_low"


def test_the_gate_of_the_risk_rule_stays_shut_where_scores_carry_nothing_and_opens_where_they_do() -> None:
    assert isinstance(calibrated(np.full(300, 5), rule=extent(places=3_000)).gate, GateNeverOpens)
    gate = calibrated(np.full(300, 30), rule=extent(places=12_000)).gate
    assert isinstance(gate, GateCalibration)
    assert 0.15 < gate.false_share.value < 0.35
    assert 0.25 < gate.missed_share.value < 0.50
    assert gate.better_half_share.value < 0.03


def test_the_error_of_the_simulation_is_what_it_says() -> None:
    runs = [
        of_list(calibrated(np.full(60, 10), rule=extent(places=600, seed=seed)), "funnel_low") for seed in range(12)
    ]
    for share in ("false_share", "missed_share", "predictive_share"):
        values = [getattr(run, share).value for run in runs]
        stated = np.mean([getattr(run, share).error for run in runs])
        assert 0.4 < np.std(values, ddof=1) / stated < 2.0


def test_lists_of_changes_are_judged_by_what_has_changed() -> None:
    found = calibrated(np.full(300, 30), rule=extent(places=6_000), with_earlier=True)
    assert set(found.lists) == set(flag_questions(RULE))
    for code in CHANGES:
        change = of_list(found, code)
        assert change.false_share.value < 0.15  # listed from a probability of 90 % on
        assert change.predictive_share.value > 0.3
    still = calibrated(np.full(300, 30), rule=extent(places=6_000, likeness_of_years=0.999), with_earlier=True)
    assert of_list(still, "fallen").n_listed < of_list(found, "fallen").n_listed


def test_small_places_count_for_the_benchmark_and_are_never_listed() -> None:
    sizes = np.repeat([2, 20], [200, 100])
    found = calibrated(sizes, rule=extent(places=6_000), least=5)
    assert found.n_places == 100
    assert of_list(found, "worst_tenth").n_listed < 20


def test_the_same_campaign_always_gets_the_same_figures() -> None:
    sizes = np.random.default_rng(1).integers(0, 30, 150)
    assert calibrated(sizes, rule=extent(places=2_000)) == calibrated(sizes, rule=extent(places=2_000))
    assert calibrated(sizes, rule=extent(places=2_000)) != calibrated(sizes, rule=extent(places=2_000, seed=7))


def test_it_is_bounded_by_places_by_learners_and_by_campaigns() -> None:
    told: list[tuple[int, int]] = []
    for rule in (extent(places=900), extent(learners=9_100), extent(most_campaigns=3)):
        calibrate(np.full(300, 10), NORMAL, rule, RISK_RULE, least=3, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)] * 3


def test_what_cannot_be_simulated_says_why() -> None:
    found = calibrate(np.full(9, 30), NORMAL, RULE, RISK_RULE, least=5)
    assert found == NotCalibrated("fewer than 10 places have a score that may be shown")


def test_a_list_that_finds_nobody_says_so() -> None:
    found = calibrated(np.full(100, 5), replace(NORMAL, between=1.0), extent(places=1_000))
    assert isinstance(found.lists["above_benchmark"], NeverListed)
