"""An attacker who lays two releases of one campaign side by side finds nothing of those who answered in between, or before."""

from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.disclosure_attack.insider import smallest_cells
from benchmarks.disclosure_attack.published import Published, published
from benchmarks.disclosure_attack.simulated import answered_early, heeding, released, simulated, tallied
from benchmarks.disclosure_attack.two_releases import FoundBetween, attack_both
from nets.campaign import Campaign
from nets.disclosure.rule import read_disclosure_rule
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.release import Release
from nets.releases.tallying import CampaignAnswers
from nets.simulation.places import invented_places

PLACES = invented_places()
RULE = read_disclosure_rule()
FEW_CAME = 10

Attack = Callable[[Published, str], FoundBetween]


@pytest.fixture(scope="module")
def campaign_answers(nets_version: QuestionnaireVersion, campaign: Campaign) -> CampaignAnswers:
    return simulated(nets_version, campaign, PLACES, seed=1)


@pytest.fixture(scope="module")
def early(campaign_answers: CampaignAnswers) -> CampaignAnswers:
    return answered_early(campaign_answers, seed=1)


@pytest.fixture(scope="module")
def first(nets_version: QuestionnaireVersion, campaign: Campaign, early: CampaignAnswers) -> Release:
    return released(nets_version, campaign, PLACES, early, RULE)


@pytest.fixture(scope="module")
def second(
    nets_version: QuestionnaireVersion, campaign: Campaign, campaign_answers: CampaignAnswers, first: Release
) -> Published:
    return published(released(nets_version, campaign, PLACES, campaign_answers, RULE, heeding(first)), PLACES)


@pytest.fixture(scope="module")
def second_alone(
    nets_version: QuestionnaireVersion, campaign: Campaign, campaign_answers: CampaignAnswers
) -> Published:
    """As if there had been no first: protected in itself, and not against what was shown before."""
    return published(released(nets_version, campaign, PLACES, campaign_answers, RULE), PLACES)


@pytest.fixture(scope="module")
def attack(
    nets_version: QuestionnaireVersion,
    campaign: Campaign,
    campaign_answers: CampaignAnswers,
    early: CampaignAnswers,
    first: Release,
) -> Attack:
    before, after = (tallied(nets_version, PLACES, answers) for answers in (early, campaign_answers))
    shown_first = published(first, PLACES)

    def attacked(shown_second: Published, measure: str) -> FoundBetween:
        had, has = smallest_cells(before, measure), smallest_cells(after, measure)
        counts = {cell: (had.get(cell, 0), n - had.get(cell, 0)) for cell, n in has.items()}
        return attack_both(shown_first, shown_second, measure, counts, few=campaign.place_floor, few_came=FEW_CAME)

    return attacked


@pytest.mark.parametrize("measure", ["item:SAF01", "standard:3.1"])
def test_nothing_hidden_and_nothing_that_came_in_between_comes_out_of_two_releases(
    attack: Attack, second: Published, campaign: Campaign, measure: str
) -> None:
    found = attack(second, measure)
    assert found.attacked > 15
    assert found.count.width >= campaign.place_floor - 1e-3, found.count
    assert found.mean.width >= RULE.mean_width - 1e-3, found.mean


@pytest.mark.parametrize("measure", ["item:SUP01", "standard:3.1"])
def test_a_second_release_that_heeds_no_first_tells_what_the_few_said_who_came(
    attack: Attack, second_alone: Published, measure: str
) -> None:
    found = attack(second_alone, measure)
    assert found.count.width < 1
    assert min(found.mean.width, found.in_plain_sight.width) < RULE.mean_width
    assert "gain" in {found.mean.when, found.in_plain_sight.when}


def test_the_second_release_has_something_new_to_tell(second: Published) -> None:
    measures = second.cells.items()
    new = [cell for code, cells in measures for cell in cells if code not in second.records[cell[0]].kept]
    assert len(new) > 50
    assert any(record.kept for record in second.records.values())


def test_who_came_later_is_one_in_eight_and_some_of_one_place(
    campaign_answers: CampaignAnswers, early: CampaignAnswers
) -> None:
    came = len(campaign_answers.matrix) - len(early.matrix)
    assert 20 < came < 60
    names, n = np.unique(campaign_answers.placement_ids, return_counts=True)
    largest = names[n.argmax()]
    assert (campaign_answers.placement_ids == largest).sum() - (early.placement_ids == largest).sum() >= 14
