"""Scores with their case-mix taken out stand beside the others in a release, where enough learners are behind them."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analysis import mixed_scores
from nets.campaign import Campaign
from nets.disclosure.rule import read_disclosure_rule
from nets.disclosure.shown import ShownScore, least_shown
from nets.disclosure.shown_beside import ShownAdjusted
from nets.disclosure.withholding import withheld_cells
from nets.organisation import Level
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.case_mix import CaseMixRule, adjusted_scores, read_case_mix_rule, shown_adjusted
from nets.releases.document import record_from_json, record_to_json
from nets.releases.former_releases import FormerReleases
from nets.releases.freezing import build_release
from nets.releases.frozen_sums import State
from nets.releases.measure import measures_of
from nets.releases.place_tree import place_tree
from nets.releases.release import Release
from nets.releases.tallying import CampaignAnswers, tally_campaign
from nets.risk import read_rule
from nets.scoring import score_scales
from nets.simulation.places import invented_places

DAY = date(2026, 12, 1)
PLACES = invented_places()
LEVELS = ("TRN01", "TRN02")


@pytest.fixture(scope="module")
def release(campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers) -> Release:
    return build_release(campaign, nets_version, PLACES, answers, read_rule(), number=1, released_on=DAY)


def test_adjusted_scores_are_what_a_mixed_model_of_the_learners_gives(
    release: Release, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    """The model that is held to lme4; a release tells it to a step."""
    column = {item.code: number for number, item in enumerate(nets_version.closed_items)}
    year, grade = (answers.matrix[:, column[code]].astype(str) for code in LEVELS)
    scores = score_scales(nets_version, answers.matrix)["supervision"].scores
    group = answers.learner_groups.astype(str)
    here = ~np.isnan(scores)
    covariates: dict[str, list[float]] = {}
    # A label that others add up to is left out, as the model of people asks.
    columns = [np.ones(int(here.sum()))]
    for name, values in (("group", group), ("year", year), ("grade", grade)):
        for label in sorted(set(values[here]))[1:]:
            one = (values[here] == label).astype(float)
            if np.linalg.matrix_rank(np.column_stack([*columns, one])) > len(columns):
                columns.append(one)
                covariates[f"{name} {label}"] = one.tolist()
    model = mixed_scores(scores[here], answers.placement_ids[here].tolist(), covariates)
    placements = sorted(set(answers.placement_ids.tolist()))
    every = adjusted_scores(
        nets_version, placements, answers, score_scales(nets_version, answers.matrix), read_case_mix_rule()
    )
    exact = every["supervision"]
    for place_id in ("P0001", "P0002"):
        at, row = model.unit.index(place_id), placements.index(place_id)
        assert exact.adjusted[row] == pytest.approx(model.adjusted[at], abs=1e-3)
        assert exact.reliability[row] == pytest.approx(model.reliability[at], abs=1e-4)
        assert exact.interval[row] == pytest.approx(model.interval[at], abs=0.2)
        told = release.placements[place_id].adjusted["supervision"]
        assert told.mean == pytest.approx(exact.adjusted_mean[row], abs=2.5 + 0.1)  # to five points, of 40 learners
        assert told.reliability == pytest.approx(exact.reliability[row], abs=0.0051)
        assert told.shrunken == pytest.approx(exact.adjusted[row], abs=2.5 * told.reliability + 0.1)
        assert told.shrunken_interval[0] <= exact.interval[row][0]
        assert told.shrunken_interval[1] >= exact.interval[row][1]


def test_how_far_it_lies_from_the_score_is_told_in_steps(release: Release) -> None:
    for record in release.placements.values():
        for scale, told in record.adjusted.items():
            score = record.score(scale)
            assert isinstance(score, ShownScore)
            steps = (told.mean - score.mean) / (5 if score.n < 50 else 2)
            assert steps == pytest.approx(round(steps), abs=1e-6) or told.mean in {0.0, 100.0}


def test_it_stands_beside_shown_scores_of_placements_with_enough_learners_alone(
    release: Release, campaign: Campaign
) -> None:
    least = max(least_shown(campaign, breakdown=True), read_disclosure_rule().distribution_from)
    n_adjusted = 0
    for record in (release.nation, *release.places.values()):
        for scale, adjusted in record.adjusted.items():
            score = record.score(scale)
            assert record.level == Level.PLACEMENT
            assert isinstance(score, ShownScore)
            assert score.n >= least
            assert isinstance(adjusted, ShownAdjusted)
            n_adjusted += 1
    assert n_adjusted > 60
    assert "supervision" in release.placements["P0001"].adjusted
    assert release.placements["P0004"].adjusted == {}
    assert release.header.case_mix_version == read_case_mix_rule().version


def test_it_is_kept_with_the_record(release: Release) -> None:
    record = release.placements["P0001"]
    assert record_from_json(record_to_json(record)) == record


def test_where_the_score_of_an_earlier_release_is_kept_its_adjusted_one_is_too(
    release: Release, campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    tree = place_tree(answers.placement_ids, {place.id: place for place in PLACES})
    tally = tally_campaign(nets_version, measures_of(nets_version), tree, answers)
    withheld = withheld_cells(tally, campaign, read_disclosure_rule())
    column = [measure.code for measure in tally.measures].index("supervision")
    row = tree.place_ids.index("P0001")
    withheld.places[row, column] = State.KEPT
    withheld.places[tree.place_ids.index("P0002"), column] = State.WITHHELD
    old = ShownAdjusted(1.0, 2.0, (0.0, 3.0), 0.5)
    before = replace(release.placements["P0001"], adjusted={"supervision": old})
    former = FormerReleases((), "autumn-2026-r1", {**release.places, "P0001": before})
    scores = {"supervision": score_scales(nets_version, answers.matrix)["supervision"]}
    adjusted = adjusted_scores(nets_version, tree.placements, answers, scores, read_case_mix_rule())
    found = shown_adjusted(adjusted, tally, withheld, campaign, former, read_disclosure_rule())
    assert found[row]["supervision"] == old
    assert "supervision" not in found[tree.place_ids.index("P0002")]


def test_where_all_learners_are_of_one_kind_there_is_nothing_to_take_out(
    nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    nurses = answers.learner_groups == "nursing"
    these = CampaignAnswers(answers.placement_ids[nurses], answers.learner_groups[nurses], answers.matrix[nurses])
    scores = score_scales(nets_version, these.matrix)
    placements = sorted(set(these.placement_ids))
    assert adjusted_scores(nets_version, placements, these, scores, CaseMixRule("none", ())) == {}
