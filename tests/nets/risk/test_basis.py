"""The survey's part of a risk: flags, what earlier campaigns found, and nothing of what may not be shown."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from nets.campaign import Campaign
from nets.disclosure.shown import Shown, ShownScore, SuppressedDistribution, SuppressedScore
from nets.organisation import Level
from nets.placement import verdict_on
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.releases.tallying import CampaignAnswers
from nets.risk import AdverseFlag, RiskBasis, read_rule
from nets.risk.basis import (
    EarlierCampaign,
    adverse_flags,
    earlier_campaign,
    risk_basis,
    survey_evidence,
    wilson_lower,
)

RULE = read_rule()
TITLES = {"supervision": "Clinical supervision", "patient_safety": "Patient safety"}
GROUPS = {"nursing": "Nursing", "pharmacy": "Pharmacy"}


def score(probability: float, reliability: float = 0.75) -> ShownScore:
    return ShownScore(
        31, 70.0, 18.0, (63.7, 76.3), 31.0, reliability, 71.0, (65.0, 77.0), probability, SuppressedDistribution(),
        verdict_on(reliability),
    )  # fmt: skip


def record(scores: Mapping[str, Shown], groups: Mapping[str, Mapping[str, Shown]] | None = None) -> PlaceRecord:
    return PlaceRecord("P0001", Level.PLACEMENT, SuppressedScore(), scores, groups or {}, NotAssessed())


def past(title: str, probability: float | None) -> EarlierCampaign:
    scores: dict[str, Shown] = {} if probability is None else {"supervision": score(probability)}
    return earlier_campaign(title, [record(scores)], RULE)


@pytest.mark.parametrize(
    ("before", "titles"),
    [
        ((0.7,), ("1",)),
        ((0.7, 0.9), ("1", "2")),
        ((0.7, 0.1), ()),
        ((0.1, 0.7), ("2",)),
        ((0.7, None), ("1",)),
        ((0.7, None, 0.8), ("1", "3")),
        ((0.7, 0.1, 0.8), ("3",)),
        ((0.49,), ()),
    ],
)
def test_what_lasts_is_an_unbroken_row_up_to_the_last_campaign_with_a_score(
    before: tuple[float | None, ...], titles: tuple[str, ...]
) -> None:
    earlier = [past(str(number), probability) for number, probability in enumerate(before, 1)]
    basis = risk_basis("P0001", {"supervision": score(0.9)}, {}, (), earlier)
    assert basis.low_before.get("supervision", ()) == titles
    assert not basis.first_campaign


def test_a_learner_groups_own_score_lasts_by_itself() -> None:
    groups = {"nursing": {"supervision": score(0.9)}}
    before = earlier_campaign("2025", [record({"supervision": score(0.1)}, groups)], RULE)
    basis = risk_basis("P0001", {"supervision": score(0.1)}, groups, (), [before])
    assert basis.low_before == {"nursing/supervision": ("2025",)}


def test_an_unreliable_score_was_none() -> None:
    before = earlier_campaign("2025", [record({"supervision": score(0.9, reliability=0.49)})], RULE)
    assert risk_basis("P0001", {"supervision": score(0.9)}, {}, (), [before]) == RiskBasis((), {}, first_campaign=True)


def test_of_what_is_not_shown_now_nothing_is_told_of_the_past() -> None:
    assert risk_basis("P0001", {}, {}, (), [past("2025", 0.9)]).low_before == {}


def test_what_the_survey_says_is_made_of_shown_scores_alone() -> None:
    groups: dict[str, dict[str, Shown]] = {"nursing": {"supervision": score(0.6, 0.55)}, "pharmacy": {}}
    kept = replace(
        record({"supervision": score(0.8), "patient_safety": SuppressedScore()}, groups),
        basis=RiskBasis(("patient_safety",), {"supervision": ("2025",), "nursing/supervision": ("2024",)}, False),
    )
    found = survey_evidence("a-r1", kept, TITLES, GROUPS)
    (scale,) = found.scales
    assert (found.release_id, found.first_campaign) == ("a-r1", False)
    assert (scale.scale, scale.title, scale.probability, scale.reliability, scale.n) == (
        "supervision", "Clinical supervision", 0.8, 0.75, 31
    )  # fmt: skip
    assert scale.low_before == ("2025",)
    assert [(group.title, group.probability, group.low_before) for group in scale.groups] == [
        ("Nursing", 0.6, ("2024",))
    ]
    assert found.adverse == (AdverseFlag("patient_safety", "Patient safety"),)


def test_of_one_learner_group_its_own_scores_speak() -> None:
    groups = {"nursing": {"supervision": score(0.6)}}
    kept = replace(
        record({"supervision": score(0.8)}, groups),
        basis=RiskBasis(("patient_safety",), {"nursing/supervision": ("2024",)}, False),
    )
    found = survey_evidence("a-r1", kept, TITLES, GROUPS, group="nursing")
    (scale,) = found.scales
    assert (scale.probability, scale.groups, scale.low_before, scale.of_group) == (0.6, (), ("2024",), "Nursing")
    assert found.adverse == ()
    assert survey_evidence("a-r1", kept, TITLES, GROUPS, group="pharmacy").scales == ()


def test_the_flag_is_up_where_learners_report_more_than_elsewhere(
    campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    flags = adverse_flags(campaign, nets_version, answers, RULE)
    assert "unsupervised_practice" in flags["P0002"]
    assert not {"P0003", "P0004"} & set(flags)


def test_one_report_and_few_learners_raise_no_flag(
    campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    matrix = np.where(answers.matrix > 0, 1, 0).astype(np.uint8)
    column = [item.code for item in nets_version.closed_items].index("UNS01")
    rows = np.flatnonzero(answers.placement_ids == "P0003")
    matrix[rows, column] = 5
    everyone = replace(answers, matrix=matrix)
    assert "unsupervised_practice" not in adverse_flags(campaign, nets_version, everyone, RULE).get("P0003", [])
    lower = replace(campaign, place_floor=3)
    assert "unsupervised_practice" in adverse_flags(lower, nets_version, everyone, RULE)["P0003"]
    matrix[rows[1:], column] = 1
    assert "unsupervised_practice" not in adverse_flags(lower, nets_version, everyone, RULE).get("P0003", [])


@pytest.mark.parametrize(("count", "n", "level"), [(2, 5, 0.95), (3, 40, 0.99), (1, 7, 0.9), (12, 12, 0.95)])
def test_the_interval_of_a_share_is_wilsons(count: int, n: int, level: float) -> None:
    expected = binomtest(count, n).proportion_ci(level, method="wilson").low
    assert wilson_lower(count, n, level) == pytest.approx(expected, rel=1e-10)
