"""An attacker who lays scales, standards, domains and their questions beside each other finds nothing that is hidden."""

from collections.abc import Container
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from benchmarks.disclosure_attack.across_measures import FoundAcross, attack_across
from benchmarks.disclosure_attack.published import Published, published
from benchmarks.disclosure_attack.simulated import all_answered, answered_early, simulated
from nets.campaign import Campaign
from nets.disclosure.rule import read_disclosure_rule
from nets.disclosure.shown import least_shown
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.former_releases import NO_FORMER_RELEASES, FormerReleases
from nets.releases.freezing import build_release
from nets.releases.measure import measures_of
from nets.releases.place_tree import NATION, place_tree
from nets.releases.release import Release
from nets.releases.tallying import CampaignAnswers, CampaignTally, tally_campaign
from nets.risk import read_rule
from nets.simulation.places import invented_places

PLACES = invented_places()
RULE = read_disclosure_rule()
FEW_CAME = 10
SOME = ("dignity", "patient_safety", "standard:2.4", "domain:1", "item:RES01", "item:RES03", "item:SAF02", "item:LRN07")


@pytest.fixture(scope="module")
def campaign_answers(nets_version: QuestionnaireVersion, campaign: Campaign) -> CampaignAnswers:
    answers = simulated(nets_version, campaign, PLACES, seed=1, n=120, n_placements=8)
    return all_answered(nets_version, answers, seed=1)


@pytest.fixture(scope="module")
def early(campaign_answers: CampaignAnswers) -> CampaignAnswers:
    return answered_early(campaign_answers, seed=1)


def released(
    version: QuestionnaireVersion,
    campaign: Campaign,
    answers: CampaignAnswers,
    *,
    across: bool,
    former: FormerReleases = NO_FORMER_RELEASES,
) -> Release:
    return build_release(
        campaign,
        version,
        PLACES,
        answers,
        read_rule(),
        number=len(former.sums) + 1,
        released_on=date(2026, 12, 1),
        disclosure=replace(RULE, across_measures=across),
        former=former,
    )


def tally(version: QuestionnaireVersion, answers: CampaignAnswers) -> CampaignTally:
    tree = place_tree(answers.placement_ids, {place.id: place for place in PLACES})
    return tally_campaign(version, measures_of(version), tree, answers)


def attacked(
    campaign: Campaign, releases: list[Published], tallies: list[CampaignTally], measures: Container[str] = SOME
) -> FoundAcross:
    floors = np.array([least_shown(campaign, breakdown=one.is_breakdown) for one in tallies[0].measures])
    return attack_across(releases, tallies, measures, floors=floors, few_came=FEW_CAME, width=RULE.mean_width)


def test_no_question_comes_out_of_its_scale_and_the_others(
    nets_version: QuestionnaireVersion, campaign: Campaign, campaign_answers: CampaignAnswers
) -> None:
    what = published(released(nets_version, campaign, campaign_answers, across=True), PLACES)
    every = {measure.code for measure in measures_of(nets_version)}
    found = attacked(campaign, [what], [tally(nets_version, campaign_answers)], every)
    assert found.attacked > 500
    assert not found.narrow


def test_where_measures_are_not_held_together_questions_come_out(
    nets_version: QuestionnaireVersion, campaign: Campaign, campaign_answers: CampaignAnswers
) -> None:
    what = published(released(nets_version, campaign, campaign_answers, across=False), PLACES)
    found = attacked(campaign, [what], [tally(nets_version, campaign_answers)])
    assert len(found.narrow) >= 5
    assert found.narrow[0].share < 0.25


@pytest.mark.parametrize("across", [True, False])
def test_two_releases_tell_no_question_of_those_who_came_in_between(
    nets_version: QuestionnaireVersion,
    campaign: Campaign,
    campaign_answers: CampaignAnswers,
    early: CampaignAnswers,
    across: bool,
) -> None:
    first = released(nets_version, campaign, early, across=across)
    former = FormerReleases((first.sums,), first.header.id, {**first.places, NATION: first.nation})
    second = released(nets_version, campaign, campaign_answers, across=across, former=former)
    tallies = [tally(nets_version, answers) for answers in (early, campaign_answers)]
    found = attacked(campaign, [published(first, PLACES), published(second, PLACES)], tallies)
    assert found.attacked > 100
    assert bool(found.narrow) != across
