"""Flags of a release: those of the three rules on what is shown, at every level, and for whom a placement is low."""

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analysis import unit_scores
from nets.campaign import Campaign
from nets.disclosure.shown import ShownScore, SuppressedScore
from nets.flags.flagging import EarlierScores, PlaceFlags, flag_places
from nets.flags.place_flags import NO_FLAGS, LowFor, NotFlagged, ScaleLists
from nets.flags.rule import read_flag_rule
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.document import record_from_json, record_to_json
from nets.releases.freezing import build_release
from nets.releases.release import Release, header_from_json, header_to_json
from nets.releases.tallying import CampaignAnswers
from nets.risk import read_rule
from nets.scoring import score_scales
from nets.simulation.places import invented_places

DAY = date(2026, 12, 1)
PLACES = invented_places()


def frozen(
    campaign: Campaign,
    version: QuestionnaireVersion,
    answers: CampaignAnswers,
    before: dict[str, EarlierScores] | None = None,
) -> Release:
    return build_release(
        campaign, version, PLACES, answers, read_rule(), number=1, released_on=DAY, scores_before=before or {}
    )


@pytest.fixture(scope="module")
def release(campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers) -> Release:
    return frozen(campaign, nets_version, answers)


def lists_of(release: Release, level: str, scale: str) -> ScaleLists:
    found = release.header.flags.levels[level][scale]
    assert isinstance(found, ScaleLists)
    return found


def test_the_planted_lack_of_supervision_is_on_every_list_of_poor_places(release: Release) -> None:
    flags = release.placements["P0001"].flags_on("supervision")
    assert {"gmc_low", "funnel_low", "funnel_far_low", "below_benchmark", "worst_tenth"} <= set(flags.lists)
    assert not any("high" in code or "best" in code for code in flags.lists)


def test_the_lists_are_those_of_the_responses(
    release: Release, campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    scores = score_scales(nets_version, answers.matrix)["facilities"].scores
    there = ~np.isnan(scores)
    units = unit_scores(scores[there], answers.placement_ids[there])
    found = flag_places(units, scores[there], units.n >= campaign.place_floor, read_flag_rule())
    assert isinstance(found, PlaceFlags)
    codes = found.codes()
    for place_id, record in release.placements.items():
        assert record.flags_on("facilities").lists == codes.get(place_id, ())
    summary = lists_of(release, "placement", "facilities").lists
    assert {code: one.n_listed for code, one in summary.items()} == {
        code: int(one.listed.sum()) for code, one in found.lists.items()
    }
    for code, one in found.lists.items():
        if one.listed.any():
            assert summary[code].false_share == pytest.approx(one.false_share, abs=0.026)
            assert (20 * summary[code].false_share) % 1 == pytest.approx(0, abs=1e-9)  # few are listed
        else:
            assert summary[code].false_share == 0


def test_what_is_not_shown_is_on_no_list(release: Release) -> None:
    for place_id in ("P0003", "P0004"):
        assert release.placements[place_id].flags == {}
        assert release.placements[place_id].flags_on("supervision") == NO_FLAGS
    for record in release.places.values():
        assert not any(isinstance(record.score(scale), SuppressedScore) for scale in record.flags)


def test_every_level_is_flagged_where_it_has_places_enough(release: Release) -> None:
    levels = release.header.flags.levels
    assert set(levels) == {"placement", "site", "provider", "local_office", "region"}
    assert levels["region"]["supervision"] == NotFlagged("fewer than 10 places have a score that may be shown")
    assert release.nation.flags == {}
    for scale in release.header.scales:
        listed = Counter(code for record in release.placements.values() for code in record.flags_on(scale).lists)
        assert {
            code: one.n_listed for code, one in lists_of(release, "placement", scale).lists.items() if one.n_listed
        } == listed


def test_flags_come_back_from_their_bytes(release: Release) -> None:
    assert header_from_json(header_to_json(release.header)).flags == release.header.flags
    for record in release.places.values():
        assert record_from_json(record_to_json(record)).flags == record.flags
    assert sum(bool(record.flags) for record in release.places.values()) > 3


def test_the_campaign_before_tells_who_has_fallen(
    campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers, release: Release
) -> None:
    shown = {
        place_id: (score.shrunken + (25 if place_id == "P0001" else 0), score.shrunken_interval)
        for place_id, record in release.placements.items()
        if isinstance(score := record.score("supervision"), ShownScore)
    }
    before = EarlierScores.from_intervals(
        {place_id: (mean, mean - 5.0, mean + 5.0) for place_id, (mean, _) in shown.items()}
    )
    again = frozen(campaign, nets_version, answers, {"supervision": before})
    assert "fallen" in again.placements["P0001"].flags_on("supervision").lists
    assert lists_of(again, "placement", "supervision").lists["fallen"].n_listed == 1
    assert "fallen" not in lists_of(again, "placement", "teamwork").lists
    assert "fallen" not in lists_of(release, "placement", "supervision").lists


def test_one_group_and_everyone_are_told_apart(
    campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    # half and half everywhere: where a group is nearly alone at a site, complementary suppression hides it
    groups = answers.learner_groups.copy()
    for place_id in set(answers.placement_ids):
        here = np.flatnonzero(answers.placement_ids == place_id)
        groups[here[::2]], groups[here[1::2]] = "nursing", "medicine_dentistry"
    columns = [
        number
        for number, item in enumerate(nets_version.closed_items)
        if item.code in nets_version.scale["teamwork"].items
    ]
    matrix = answers.matrix.copy()
    rng = np.random.default_rng(3)
    everyone, one = (
        answers.placement_ids == "P0001",
        (answers.placement_ids == "P0002") & (groups == "nursing"),
    )
    rated = (matrix >= 1) & (matrix <= 5)
    for column in columns:
        for rows in (everyone, one):
            rows = rows & rated[:, column]
            matrix[rows, column] = rng.integers(1, 3, size=rows.sum())
    release = frozen(campaign, nets_version, replace(answers, learner_groups=groups, matrix=matrix))
    assert release.placements["P0001"].flags_on("teamwork").low_for is LowFor.EVERYONE
    found = release.placements["P0002"].flags_on("teamwork")
    assert (found.low_for, found.groups) == (LowFor.ONE_GROUP, ("nursing",))
    assert release.header.flags.spreads["teamwork"].n_statements == sum(
        record.flags_on("teamwork").low_for is not LowFor.UNTOLD for record in release.placements.values()
    )


def test_only_groups_that_are_shown_are_named(release: Release) -> None:
    for record in release.places.values():
        for scale, flags in record.flags.items():
            for group in flags.groups:
                assert not isinstance(record.score(scale, group), SuppressedScore)
