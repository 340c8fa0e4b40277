"""What two answers say: reliability of stable learners alone, who took part, and nothing of fewer than the floor."""

from dataclasses import replace

import numpy as np
import pytest

from analysis import NotEstimated, ResponseModel, Retest, retest_report, simulate_responses
from nets.campaign import Campaign
from nets.disclosure.compared import may_compare
from nets.disclosure.shown import SuppressedScore
from nets.questionnaire.version import QuestionnaireVersion
from nets.retest import PlacementChange
from nets.retest_comparison import AnsweredTwice, DaysBetween, ScaleOverTime, WhoTookPart, compare_answers

N, AGAIN = 200, 120
SCALE = "supervision"


@pytest.fixture(scope="module")
def answers(nets_version: QuestionnaireVersion) -> AnsweredTwice:
    """Two hundred learners of whom 120 answer twice, the last twenty of them after a change; only one scale is answered."""
    items = nets_version.scale[SCALE].items
    model = ResponseModel.of({"A": dict.fromkeys(items, 0.75)}, thresholds=[-1.5, -0.5, 0.5, 1.5])
    drawn = simulate_responses(model, N, seed=11, retest=Retest(AGAIN, 0.85, 0.1))
    columns = [position for position, item in enumerate(nets_version.closed_items) if item.code in items]
    first = np.zeros((N, len(nets_version.closed_items)), dtype=np.uint8)
    first[:, columns] = np.array(drawn.responses)
    again = np.zeros((AGAIN, first.shape[1]), dtype=np.uint8)
    again[:, columns] = np.array(drawn.retest_responses)
    rows = np.asarray(drawn.retest_rows)
    again[-20:, columns] = 6 - again[-20:, columns]
    change = [PlacementChange.STABLE] * 100 + [PlacementChange.CHANGED] * 15 + [PlacementChange.NOT_SAID] * 5
    declined = np.delete(first, rows, axis=0)
    return AnsweredTwice(first[rows], again, change, [14] * 60 + [20] * 60, declined, first[:0], 50, 30)


def test_scales_are_reported_as_analysis_does_for_stable_learners(
    nets_version: QuestionnaireVersion, campaign: Campaign, answers: AnsweredTwice
) -> None:
    found = compare_answers(nets_version, campaign, answers)
    assert (found.n_took_part, found.n_stable, found.n_changed) == (120, 100, 15)
    items = list(nets_version.scale[SCALE].items)
    columns = [position for position, item in enumerate(nets_version.closed_items) if item.code in items]
    report = retest_report(
        np.vstack([answers.first, answers.declined])[:, columns].astype(float),
        np.vstack([answers.second[:, columns].astype(float), np.full((N - AGAIN, len(columns)), np.nan)]),
        scales={"A": [f"item_{number + 1}" for number in range(len(items))]},
        stable=[1] * 100 + [0] * 15 + [None] * (N - 115),
        days=[14] * 60 + [20] * 60 + [None] * (N - AGAIN),
    )
    scale, who = found.scales[SCALE], found.participation[SCALE]
    assert isinstance(scale, ScaleOverTime)
    assert isinstance(who, WhoTookPart)
    icc, error = getattr(report.scales[0], "icc"), getattr(report.scales[0], "error")  # noqa: B009
    assert (scale.n, scale.icc) == (100, round(icc.icc_a1.coefficient, 2))
    assert (scale.low, scale.high) == (round(icc.icc_a1.interval.low, 2), round(icc.icc_a1.interval.high, 2))
    assert scale.sem == pytest.approx(25 * error.sem_agreement, abs=0.05)  # from 1-5 to 0-100
    assert scale.smallest_change == pytest.approx(25 * error.sdc_individual, abs=0.05)
    (row,) = report.participation
    assert who.hedges_g == round(getattr(row.difference, "hedges_g"), 2)  # noqa: B009
    assert who.mean_took_part == pytest.approx(25 * (row.mean_took_part - 1), abs=0.05)
    assert found.days == DaysBetween(14, 14.0, 20)


def test_a_scale_that_fewer_than_the_floor_answered_is_withheld(
    nets_version: QuestionnaireVersion, campaign: Campaign, answers: AnsweredTwice
) -> None:
    found = compare_answers(nets_version, campaign, answers)
    assert isinstance(found.scales["facilities"], SuppressedScore)
    assert isinstance(found.participation["facilities"], SuppressedScore)
    few = replace(answers, change=[PlacementChange.STABLE] * 9 + [PlacementChange.CHANGED] * 111)
    found = compare_answers(nets_version, campaign, few)
    assert isinstance(found.scales[SCALE], SuppressedScore)
    assert isinstance(found.days, SuppressedScore)
    enough = replace(answers, change=[PlacementChange.STABLE] * 10 + [PlacementChange.CHANGED] * 110)
    assert isinstance(compare_answers(nets_version, campaign, enough).scales[SCALE], ScaleOverTime)


def test_who_took_part_is_withheld_where_the_rest_would_follow(
    nets_version: QuestionnaireVersion, campaign: Campaign, answers: AnsweredTwice
) -> None:
    for n_others, shown in ((1, False), (9, False), (10, True)):
        some = replace(answers, declined=answers.declined[n_others:], others=answers.declined[:n_others])
        who = compare_answers(nets_version, campaign, some).participation[SCALE]
        assert isinstance(who, WhoTookPart) == shown


def test_nobody_at_all_and_answers_all_alike_are_told_in_words(
    nets_version: QuestionnaireVersion, campaign: Campaign, answers: AnsweredTwice
) -> None:
    none = np.empty((0, answers.first.shape[1]), dtype=np.uint8)
    nobody = compare_answers(nets_version, campaign, AnsweredTwice(none, none, [], [], none, none, 0, 0))
    assert {type(one) for one in (*nobody.scales.values(), *nobody.participation.values())} == {SuppressedScore}
    alike = np.full((12, answers.first.shape[1]), 4, dtype=np.uint8)
    same = AnsweredTwice(alike, alike, [PlacementChange.STABLE] * 12, [14] * 12, alike, none, 12, 0)
    found = compare_answers(nets_version, campaign, same)
    assert isinstance(found.scales[SCALE], NotEstimated)
    assert isinstance(found.participation[SCALE], NotEstimated)


def test_two_groups_stand_side_by_side_where_they_and_the_rest_are_large_enough(campaign: Campaign) -> None:
    floor = campaign.breakdown_floor
    assert may_compare(campaign, floor, floor, 0)
    assert may_compare(campaign, floor, floor, floor)
    assert not may_compare(campaign, floor - 1, floor, 0)
    assert not may_compare(campaign, floor, floor - 1, 0)
    assert not may_compare(campaign, floor, floor, floor - 1)
