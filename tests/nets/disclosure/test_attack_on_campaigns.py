"""An attacker who takes the years that are shown from a score over all of them finds nothing of a year that is hidden."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from benchmarks.disclosure_attack.published import Published, published
from benchmarks.disclosure_attack.simulated import simulated
from benchmarks.disclosure_attack.two_campaigns import FoundPooled, attack_pooled
from nets.campaign import Campaign
from nets.disclosure.rule import read_disclosure_rule
from nets.organisation import Level
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.freezing import build_release
from nets.releases.frozen_sums import State
from nets.releases.measure import measures_of
from nets.releases.place_tree import place_tree
from nets.releases.pooling import NO_PAST, PastCampaigns, PastSums
from nets.releases.release import Release
from nets.releases.tallying import CampaignAnswers, tally_campaign
from nets.risk import read_rule
from nets.simulation.places import invented_places

PLACES = invented_places()
MEASURE = "supervision"


@pytest.fixture(scope="module")
def years(nets_version: QuestionnaireVersion, campaign: Campaign) -> tuple[CampaignAnswers, CampaignAnswers]:
    """A campaign of two hundred learners at sixteen placements, and one of as many at the same a year later."""
    before, now = (simulated(nets_version, campaign, PLACES, seed=seed) for seed in (1, 2))
    return before, now


def released(
    version: QuestionnaireVersion, campaign: Campaign, answers: CampaignAnswers, past: PastCampaigns = NO_PAST
) -> Release:
    day = date(2026, 12, 1)
    return build_release(campaign, version, PLACES, answers, read_rule(), number=1, released_on=day, past=past)


@pytest.fixture(scope="module")
def before(nets_version: QuestionnaireVersion, campaign: Campaign, years: tuple[CampaignAnswers, ...]) -> Release:
    return released(nets_version, replace(campaign, id="autumn-2025"), years[0])


def past_of(release: Release, *, as_if_shown: bool) -> PastCampaigns:
    state = np.full_like(release.sums.state, State.SHOWN) if as_if_shown else release.sums.state
    header, sums = release.header, replace(release.sums, state=state)
    return PastCampaigns((PastSums(header.campaign_id, header.id, header.measures, sums),), {})


def attacked(
    version: QuestionnaireVersion, before: Published, now: Published, years: tuple[CampaignAnswers, ...], few: int
) -> FoundPooled:
    counts = []
    for answers in years:
        tree = place_tree(answers.placement_ids, {place.id: place for place in PLACES})
        tally = tally_campaign(version, measures_of(version), tree, answers)
        column = [measure.code for measure in tally.measures].index(MEASURE)
        counts.append(
            {
                place: int(n)
                for place, level, n in zip(tree.place_ids, tree.levels, tally.places.n[:, column], strict=True)
                if level == Level.PLACEMENT
            }
        )
    return attack_pooled([before, now], counts, MEASURE, few)


@pytest.mark.parametrize("as_if_shown", [False, True], ids=["years that are shown", "all years"])
def test_a_score_over_years_tells_nothing_of_a_year_that_is_hidden(
    nets_version: QuestionnaireVersion,
    campaign: Campaign,
    years: tuple[CampaignAnswers, ...],
    before: Release,
    as_if_shown: bool,
) -> None:
    """And were years in it that are hidden, their number of learners would come out, and their mean."""
    now = released(nets_version, campaign, years[1], past_of(before, as_if_shown=as_if_shown))
    assert sum(MEASURE in record.pooled for record in now.places.values()) > 3
    found = attacked(nets_version, published(before, PLACES), published(now, PLACES), years, few=campaign.place_floor)
    assert found.attacked > 3
    if as_if_shown:
        assert found.count < 1
        assert found.mean < read_disclosure_rule().mean_width
    else:
        assert found.count >= campaign.place_floor
        assert found.mean >= read_disclosure_rule().mean_width
