"""An attacker who lays scales, standards, domains and their questions beside each other finds nothing that is hidden."""

from collections.abc import Container
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.disclosure_attack.across_measures import FoundAcross, attack_across
from benchmarks.disclosure_attack.published import Published, published
from benchmarks.disclosure_attack.simulated import all_answered, answered_early, heeding, released, simulated, tallied
from nets.campaign import Campaign
from nets.disclosure.rule import DisclosureRule, read_disclosure_rule
from nets.disclosure.shown import least_shown
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.measure import measures_of
from nets.releases.tallying import CampaignAnswers, CampaignTally
from nets.simulation.places import invented_places

PLACES = invented_places()
RULE = read_disclosure_rule()
APART = replace(RULE, across_measures=False)
FEW_CAME = 10
SOME = ("dignity", "patient_safety", "standard:2.4", "domain:1", "item:RES01", "item:RES03", "item:SAF02", "item:LRN07")


@pytest.fixture(scope="module")
def campaign_answers(nets_version: QuestionnaireVersion, campaign: Campaign) -> CampaignAnswers:
    answers = simulated(nets_version, campaign, PLACES, seed=1, n=120, n_placements=8)
    return all_answered(nets_version, answers, seed=1)


@pytest.fixture(scope="module")
def early(campaign_answers: CampaignAnswers) -> CampaignAnswers:
    return answered_early(campaign_answers, seed=1)


def attacked(
    campaign: Campaign, releases: list[Published], tallies: list[CampaignTally], measures: Container[str] = SOME
) -> FoundAcross:
    floors = np.array([least_shown(campaign, breakdown=one.is_breakdown) for one in tallies[0].measures])
    return attack_across(releases, tallies, measures, floors=floors, few_came=FEW_CAME, width=RULE.mean_width)


def test_no_question_comes_out_of_its_scale_and_the_others(
    nets_version: QuestionnaireVersion, campaign: Campaign, campaign_answers: CampaignAnswers
) -> None:
    what = published(released(nets_version, campaign, PLACES, campaign_answers, RULE), PLACES)
    every = {measure.code for measure in measures_of(nets_version)}
    found = attacked(campaign, [what], [tallied(nets_version, PLACES, campaign_answers)], every)
    assert found.attacked > 500
    assert not found.narrow


def test_where_measures_are_not_held_together_questions_come_out(
    nets_version: QuestionnaireVersion, campaign: Campaign, campaign_answers: CampaignAnswers
) -> None:
    what = published(released(nets_version, campaign, PLACES, campaign_answers, APART), PLACES)
    found = attacked(campaign, [what], [tallied(nets_version, PLACES, campaign_answers)])
    assert len(found.narrow) >= 5
    assert found.narrow[0].share < 0.25


@pytest.mark.parametrize("rule", [RULE, APART], ids=["held-together", "apart"])
def test_two_releases_tell_no_question_of_those_who_came_in_between(
    nets_version: QuestionnaireVersion,
    campaign: Campaign,
    campaign_answers: CampaignAnswers,
    early: CampaignAnswers,
    rule: DisclosureRule,
) -> None:
    first = released(nets_version, campaign, PLACES, early, rule)
    second = released(nets_version, campaign, PLACES, campaign_answers, rule, heeding(first))
    tallies = [tallied(nets_version, PLACES, answers) for answers in (early, campaign_answers)]
    found = attacked(campaign, [published(first, PLACES), published(second, PLACES)], tallies)
    assert found.attacked > 100
    assert bool(found.narrow) != rule.across_measures
