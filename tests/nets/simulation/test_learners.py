"""Simulated learners keep to the version, to the plan and to their seed."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np

from nets.campaign import Campaign
from nets.organisation import Level
from nets.questionnaire.version import NonResponse, QuestionnaireVersion, Unanswered
from nets.releases.tallying import CampaignAnswers
from nets.response import Response
from nets.scoring import score_scales
from nets.simulation.learners import Story, simulate_learners
from nets.simulation.places import invented_places

PLACEMENTS = [place for place in invented_places() if place.level is Level.PLACEMENT][:8]
DAYS = (date(2026, 3, 1), date(2026, 3, 31))


def test_the_same_seed_gives_the_same_learners(nets_version: QuestionnaireVersion) -> None:
    first = list(simulate_learners(nets_version, PLACEMENTS, 40, days=DAYS, seed=3))
    assert first == list(simulate_learners(nets_version, PLACEMENTS, 40, days=DAYS, seed=3))
    assert first != list(simulate_learners(nets_version, PLACEMENTS, 40, days=DAYS, seed=4))


def test_as_many_learners_as_asked_for_and_as_planted(responses: Sequence[Response]) -> None:
    per_placement = Counter(response.placement_id for response in responses)
    assert len(responses) == 600
    assert (per_placement["P0001"], per_placement["P0003"], per_placement["P0004"]) == (40, 3, 1)


def test_days_lie_within_the_campaign(responses: Sequence[Response], campaign: Campaign) -> None:
    days = {response.answered_on for response in responses}
    assert min(days) >= campaign.opens_on
    assert max(days) <= campaign.closes_on
    assert len(days) > 30


def test_every_kind_of_answer_occurs(responses: Sequence[Response]) -> None:
    kinds = {answer for response in responses for answer in response.answers.values()}
    assert kinds >= {1, 2, 3, 4, 5, *NonResponse, *Unanswered}


def test_a_branch_is_answered_by_its_own_group_only(responses: Sequence[Response]) -> None:
    for response in responses:
        midwife = response.learner_group == "midwifery"
        assert (response.answers["MID01"] is not Unanswered.NOT_ROUTED) == midwife
    assert any(response.learner_group == "midwifery" for response in responses)


def test_what_is_planted_in_one_group_stays_in_it(nets_version: QuestionnaireVersion) -> None:
    story = {"P0005": Story(400, {"learning": -2.0}, group="allied_health")}
    drawn = list(simulate_learners(nets_version, PLACEMENTS, 400, days=DAYS, seed=1, stories=story))
    learning = np.array(
        [np.nanmean([answer for code in nets_version.scale["learning"].items if isinstance(answer := r.answers[code], int)])
         for r in drawn]
    )  # fmt: skip
    affected = np.array([r.learner_group == "allied_health" for r in drawn])
    assert learning[affected].mean() < learning[~affected].mean() - 0.8


def test_sensitive_answers_are_mostly_good_though_their_items_are_reversed(
    nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    scores = score_scales(nets_version, answers.matrix)
    assert np.nanmean(scores["patient_safety"].scores) > 90
    assert 65 < np.nanmean(scores["teamwork"].scores) < 85


def test_a_placement_keeps_its_nature_from_year_to_year(nets_version: QuestionnaireVersion) -> None:
    means = []
    for year in (2025, 2026):
        days = (date(year, 3, 1), date(year, 3, 31))
        drawn = list(simulate_learners(nets_version, PLACEMENTS, 1600, days=days, seed=1))
        ratings = [
            [a for c in nets_version.scale["teamwork"].items if isinstance(a := r.answers[c], int)] for r in drawn
        ]
        means.append(
            [
                np.mean(
                    [
                        np.mean(given)
                        for r, given in zip(drawn, ratings, strict=True)
                        if r.placement_id == place.id and given
                    ]
                )
                for place in PLACEMENTS
            ]
        )
    assert np.corrcoef(means)[0, 1] > 0.5
