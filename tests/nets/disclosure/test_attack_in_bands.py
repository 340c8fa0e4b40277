"""All that anybody but the national role can be given of a release, put together, tells nothing that is hidden in it."""

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from benchmarks.disclosure_attack.across_measures import attack_across
from benchmarks.disclosure_attack.in_bands import published_in_bands, told_of_hidden
from benchmarks.disclosure_attack.insider import attack, smallest_cells
from benchmarks.disclosure_attack.published import Published, published
from benchmarks.disclosure_attack.simulated import all_answered, simulated, tallied
from nets.campaign import Campaign
from nets.disclosure.banded_record import BandedView
from nets.disclosure.rule import DisclosureRule, read_disclosure_rule
from nets.disclosure.shown import least_shown
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.freezing import build_release
from nets.releases.tallying import CampaignAnswers, CampaignTally
from nets.risk import read_rule
from nets.simulation.places import invented_places

PLACES = invented_places()
RULE = read_disclosure_rule()


@pytest.fixture(scope="module")
def campaign_answers(nets_version: QuestionnaireVersion, campaign: Campaign) -> CampaignAnswers:
    answers = simulated(nets_version, campaign, PLACES, seed=1, n=160, n_placements=10)
    return all_answered(nets_version, answers, seed=1)


@pytest.fixture(scope="module")
def tally(nets_version: QuestionnaireVersion, campaign_answers: CampaignAnswers) -> CampaignTally:
    return tallied(nets_version, PLACES, campaign_answers)


def released(
    version: QuestionnaireVersion, campaign: Campaign, answers: CampaignAnswers, rule: DisclosureRule
) -> tuple[Published, dict[str, int]]:
    """A release, and the roster behind its response rates: of every group at a placement one learner more than answered."""
    there = Counter(zip(answers.placement_ids.tolist(), answers.learner_groups.tolist(), strict=True))
    roster = {cell: n + 1 for cell, n in there.items()}
    what = published(
        build_release(
            campaign,
            version,
            PLACES,
            answers,
            read_rule(),
            number=1,
            released_on=date(2026, 12, 1),
            disclosure=rule,
            roster=roster,
        ),
        PLACES,
    )
    return what, {
        place: sum(n for (placement, _), n in roster.items() if placement in below)
        for place, below in what.placements_of.items()
    }


@pytest.fixture(scope="module")
def exact(
    nets_version: QuestionnaireVersion, campaign: Campaign, campaign_answers: CampaignAnswers
) -> tuple[Published, dict[str, int]]:
    return released(nets_version, campaign, campaign_answers, RULE)


@pytest.fixture(scope="module")
def seen(exact: tuple[Published, dict[str, int]], campaign: Campaign) -> Published:
    what, roster = exact
    return published_in_bands(what, campaign, RULE, roster)


@pytest.mark.parametrize("measure", ["supervision", "dignity"])
def test_no_hidden_number_or_mean_comes_out_of_bands(
    seen: Published, tally: CampaignTally, campaign: Campaign, measure: str
) -> None:
    found = attack(seen, measure, smallest_cells(tally, measure), campaign.place_floor)
    assert found.hidden > 50
    assert found.count[0] >= campaign.place_floor, found.count
    assert found.mean[0] >= RULE.mean_width, found.mean


def test_no_question_comes_out_of_bands(seen: Published, tally: CampaignTally, campaign: Campaign) -> None:
    floors = np.array([least_shown(campaign, breakdown=one.is_breakdown) for one in tally.measures])
    measures = ("dignity", "patient_safety", "standard:2.4", "item:RES03", "item:SAF02", "item:LRN07")
    found = attack_across([seen], [tally], measures, floors=floors, few_came=10, width=RULE.mean_width)
    assert found.attacked > 30
    assert not found.narrow


def test_flags_name_nothing_that_is_hidden(
    nets_version: QuestionnaireVersion, campaign: Campaign, answers: CampaignAnswers
) -> None:
    what, _ = released(nets_version, campaign, answers, RULE)
    view = BandedView.of(what.release.header, campaign, RULE)
    records = [view.record(record) for record in what.records.values()]
    assert any(record.flags for record in records)
    assert not [told for record in records for told in told_of_hidden(record)]


def test_without_bands_and_complementary_suppression_numbers_and_means_come_out(
    nets_version: QuestionnaireVersion, campaign: Campaign, campaign_answers: CampaignAnswers, tally: CampaignTally
) -> None:
    bare, _ = released(nets_version, campaign, campaign_answers, replace(RULE, complementary=False))
    found = attack(bare, "dignity", smallest_cells(tally, "dignity"), campaign.place_floor)
    assert found.count[0] < 1
    assert found.mean[0] < RULE.mean_width
