"""A release of a simulated campaign: what is in it, what is not, and that it is always the same."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analysis import unit_scores
from nets.campaign import Campaign
from nets.disclosure.shown import NoRate, ShownMean, ShownRate, ShownResponses, ShownScore, SuppressedScore
from nets.placement import Verdict
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.document import record_from_json, record_to_json
from nets.releases.freezing import build_release
from nets.releases.place_record import NotAssessed
from nets.releases.release import Release, header_from_json, header_to_json
from nets.releases.tallying import CampaignAnswers
from nets.risk import InsufficientEvidence, RiskSuggestion, read_rule
from nets.risk.basis import EarlierCampaign, earlier_campaign
from nets.scoring import score_scales
from nets.simulation.places import invented_places

RULE = read_rule()
DAY = date(2026, 12, 1)
PLACES = invented_places()


@pytest.fixture(scope="module")
def release(campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers) -> Release:
    return build_release(campaign, nets_version, PLACES, answers, RULE, number=1, released_on=DAY)


def score_of(release: Release, placement_id: str, scale: str) -> ShownScore:
    score = release.placements[placement_id].score(scale)
    assert isinstance(score, ShownScore)
    return score


def test_a_score_is_the_rounded_one_of_the_responses(
    release: Release, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    scores = score_scales(nets_version, answers.matrix)["supervision"].scores
    here = scores[(answers.placement_ids == "P0001") & ~np.isnan(scores)]
    shown = score_of(release, "P0001", "supervision")
    assert (shown.n, shown.mean, shown.sd) == (len(here), round(here.mean(), 1), round(here.std(ddof=1), 1))
    everywhere = unit_scores(scores, answers.placement_ids)
    assert shown.shrunken == round(float(everywhere.shrunken[everywhere.unit.index("P0001")]), 1)


def test_every_place_with_a_response_has_a_record(release: Release, answers: CampaignAnswers) -> None:
    assert set(release.placements) == set(answers.placement_ids)
    above = {place.id: place.parent_id for place in PLACES}
    expected = set()
    for place in set(answers.placement_ids):
        while place is not None:
            expected.add(place)
            place = above[place]
    assert set(release.places) == expected
    assert release.nation.level == release.nation.place_id == "nation"


def test_a_place_above_has_the_mean_of_its_learners(
    release: Release, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    scores = score_scales(nets_version, answers.matrix)["supervision"].scores
    at_site = {place.id for place in PLACES if place.parent_id == "S001"}
    here = scores[np.isin(answers.placement_ids, list(at_site)) & ~np.isnan(scores)]
    site, nation = release.places["S001"].score("supervision"), release.nation.score("supervision")
    assert not isinstance(site, SuppressedScore)
    assert (site.n, site.mean, site.sd) == (len(here), round(here.mean(), 1), round(here.std(ddof=1), 1))
    assert isinstance(nation, ShownMean)
    assert (nation.n, nation.mean) == (np.sum(~np.isnan(scores)), round(float(np.nanmean(scores)), 1))


def test_a_learner_group_has_its_own_scores(
    release: Release, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    scores = score_scales(nets_version, answers.matrix)["teamwork"].scores
    here = scores[(answers.learner_groups == "nursing") & ~np.isnan(scores)]
    nurses = release.nation.score("teamwork", "nursing")
    assert isinstance(nurses, ShownMean)
    assert (nurses.n, nurses.mean) == (len(here), round(float(here.mean()), 1))
    shown = [cell for record in release.places.values() for cells in record.groups.values() for cell in cells.values()]
    assert shown
    assert all(not isinstance(cell, SuppressedScore) and cell.n >= 10 for cell in shown)


def test_standards_and_domains_are_scored_and_items_described(release: Release) -> None:
    record = release.placements["P0001"]
    assert isinstance(record.score("standard:3.5"), ShownScore)
    assert isinstance(record.score("domain:3"), ShownScore)
    item = record.score("item:SUP01")
    assert isinstance(item, ShownMean)
    assert item.distribution.kind == "shown"
    assert sum(item.distribution.counts) == item.n


def test_whoever_did_not_answer_is_told_apart_by_why(release: Release, answers: CampaignAnswers) -> None:
    item = release.nation.score("item:SUP01")
    assert isinstance(item, ShownMean)
    assert item.distribution.kind == "shown"
    assert sum(item.distribution.counts) + sum(item.distribution.without_value) == len(answers.matrix)


def test_nothing_of_a_small_placement_is_in_the_bytes(release: Release) -> None:
    for placement_id in ("P0003", "P0004"):
        record = release.placements[placement_id]
        assert isinstance(record.score("supervision"), SuppressedScore)
        assert isinstance(record.risk, InsufficientEvidence)
        written = json.loads(record_to_json(record))
        del written["place"], written["risk"]["rule_version"]
        assert not any(character.isdigit() for character in json.dumps(written))


def test_two_small_placements_differ_in_nothing_but_their_id(release: Release) -> None:
    three, one = release.placements["P0003"], release.placements["P0004"]
    assert replace(three, place_id="") == replace(one, place_id="")


def test_records_come_back_from_their_bytes_as_they_were(release: Release) -> None:
    assert header_from_json(header_to_json(release.header)) == release.header
    for record in (release.nation, *release.places.values()):
        assert record_from_json(record_to_json(record)) == record
    back = record_from_json(record_to_json(release.placements["P0001"])).score("supervision")
    assert isinstance(back, ShownScore)
    assert isinstance(back.verdict, Verdict)


def test_a_roster_gives_every_place_its_response_rate(
    campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    at = answers.placement_ids == "P0001"
    roster = {("P0001", str(group)): 2 * int(np.sum(at & (answers.learner_groups == group)))
              for group in set(answers.learner_groups[at])}  # fmt: skip
    made = build_release(campaign, nets_version, PLACES, answers, RULE, number=1, released_on=DAY, roster=roster)
    for record in (made.placements["P0001"], made.nation):
        assert isinstance(record.responses, ShownResponses)
        assert record.responses.rate == ShownRate(40, 80, 50.0)
    assert isinstance(made.placements["P0002"].responses, ShownResponses)
    assert made.placements["P0002"].responses.rate == NoRate()


def test_the_same_responses_give_the_same_bytes(
    release: Release, campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    again = build_release(campaign, nets_version, PLACES, answers, RULE, number=1, released_on=DAY)
    assert again.digest == release.digest


def test_one_other_answer_gives_other_bytes(
    release: Release, campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    matrix = answers.matrix.copy()
    row = int(np.flatnonzero(answers.placement_ids == "P0001")[0])
    column = [item.code for item in nets_version.closed_items].index("SUP01")
    matrix[row, column] = 1 if matrix[row, column] == 5 else 5
    changed = build_release(
        campaign, nets_version, PLACES, replace(answers, matrix=matrix), RULE, number=1, released_on=DAY
    )
    assert changed.digest != release.digest


def test_the_planted_lack_of_supervision_is_suggested_as_a_risk(release: Release) -> None:
    risk = release.placements["P0001"].risk
    assert isinstance(risk, RiskSuggestion)
    assert score_of(release, "P0001", "supervision").probability_low > 0.9
    assert any(reason.startswith("Clinical supervision") for reason in risk.reasons)


def test_the_planted_unsupervised_practice_raises_the_adverse_flag(release: Release) -> None:
    risk = release.placements["P0002"].risk
    assert isinstance(risk, RiskSuggestion)
    assert risk.impact == 5
    assert any("adverse-environment flag" in reason for reason in risk.reasons)


def test_an_earlier_low_score_is_named_and_lifts_the_cap(
    release: Release, campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    past = earlier_campaign("Autumn 2025", release.places.values(), RULE)
    later = build_release(campaign, nets_version, PLACES, answers, RULE, number=1, released_on=DAY, earlier=[past])
    now, first = later.placements["P0001"].risk, release.placements["P0001"].risk
    assert isinstance(now, RiskSuggestion)
    assert isinstance(first, RiskSuggestion)
    assert (first.likelihood, now.likelihood) == (3, 5)
    assert any("so it was in Autumn 2025" in reason for reason in now.reasons)
    assert record_from_json(record_to_json(later.placements["P0001"])) == later.placements["P0001"]


def test_an_earlier_campaign_that_knew_nothing_of_the_placement_changes_nothing(
    release: Release, campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    nowhere = {"P9999": frozenset({"supervision"})}
    past = EarlierCampaign("Autumn 2025", nowhere, nowhere)
    later = build_release(campaign, nets_version, PLACES, answers, RULE, number=1, released_on=DAY, earlier=[past])
    assert later.digest == release.digest


def reasons(release: Release) -> list[str]:
    return [
        reason
        for record in release.placements.values()
        if not isinstance(record.risk, NotAssessed)
        for reason in record.risk.reasons
    ]


def test_groups_are_named_only_where_enough_of_them_answered(
    release: Release, campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    strict = replace(campaign, breakdown_floor=1_000)
    without = build_release(strict, nets_version, PLACES, answers, RULE, number=1, released_on=DAY)
    labels = [group.label["en"] for group in nets_version.learner_groups]
    assert any(label in reason for reason in reasons(release) for label in labels)
    assert not any(label in reason for reason in reasons(without) for label in labels)
