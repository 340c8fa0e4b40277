"""An attacker with linear programmes finds no hidden number or mean in a release, and finds them where nothing protects them."""

from dataclasses import replace

import pytest

from benchmarks.disclosure_attack.insider import attack, smallest_cells
from benchmarks.disclosure_attack.published import Published, published
from benchmarks.disclosure_attack.simulated import released, simulated, tallied
from nets.campaign import Campaign
from nets.disclosure.rule import read_disclosure_rule
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.tallying import CampaignAnswers, CampaignTally
from nets.simulation.places import invented_places

PLACES = invented_places()
RULE = read_disclosure_rule()


@pytest.fixture(scope="module")
def campaign_answers(nets_version: QuestionnaireVersion, campaign: Campaign) -> CampaignAnswers:
    return simulated(nets_version, campaign, PLACES, seed=1)


@pytest.fixture(scope="module")
def tally(nets_version: QuestionnaireVersion, campaign_answers: CampaignAnswers) -> CampaignTally:
    return tallied(nets_version, PLACES, campaign_answers)


@pytest.fixture(scope="module")
def protected(nets_version: QuestionnaireVersion, campaign: Campaign, campaign_answers: CampaignAnswers) -> Published:
    return published(released(nets_version, campaign, PLACES, campaign_answers, RULE), PLACES)


@pytest.fixture(scope="module")
def bare(nets_version: QuestionnaireVersion, campaign: Campaign, campaign_answers: CampaignAnswers) -> Published:
    rule = replace(RULE, complementary=False)
    return published(released(nets_version, campaign, PLACES, campaign_answers, rule), PLACES)


@pytest.mark.parametrize("measure", ["patient_safety", "item:SUP01", "item:SAF01"])
def test_no_hidden_number_or_mean_comes_out_of_a_release(
    protected: Published, tally: CampaignTally, campaign: Campaign, measure: str
) -> None:
    found = attack(protected, measure, smallest_cells(tally, measure), campaign.place_floor)
    assert found.hidden > 0
    assert found.count[0] >= campaign.place_floor - 1e-3, found.count
    assert found.mean[0] >= RULE.mean_width - 1e-3, found.mean


@pytest.mark.parametrize("measure", ["item:SUP01", "item:SAF01"])
def test_without_complementary_suppression_both_come_out(
    bare: Published, tally: CampaignTally, campaign: Campaign, measure: str
) -> None:
    found = attack(bare, measure, smallest_cells(tally, measure), campaign.place_floor)
    assert found.count[0] < 1
    assert min(found.mean, found.in_plain_sight)[0] < RULE.mean_width


def test_a_mean_near_the_end_of_the_scale_tells_of_every_group_in_it(
    protected: Published, tally: CampaignTally, campaign: Campaign
) -> None:
    """A limit of what is protected (docs/disclosure-attack.md): nothing is subtracted here, one shown mean says it alone."""
    found = attack(protected, "patient_safety", smallest_cells(tally, "patient_safety"), campaign.place_floor)
    assert found.in_plain_sight[0] < RULE.mean_width
