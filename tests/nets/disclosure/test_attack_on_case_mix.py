"""An attacker who knows what learner groups differ by does not learn from adjusted scores how many of one a placement has."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import pytest

from analysis import CaseMixScores
from benchmarks.disclosure_attack.case_mix import numbers_of_group
from benchmarks.disclosure_attack.simulated import all_answered
from nets.campaign import Campaign
from nets.disclosure.rule import read_disclosure_rule
from nets.disclosure.shown import ShownScore
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.case_mix import CaseMixRule, adjusted_scores
from nets.releases.freezing import build_release
from nets.releases.release import Release
from nets.releases.tallying import CampaignAnswers
from nets.risk import read_rule
from nets.scoring import score_scales
from nets.simulation.places import invented_places

PLACES = invented_places()
RULE = read_disclosure_rule()
GROUPS_ALONE = CaseMixRule("groups", ())
Between = Callable[[str, str], tuple[float, float]]


@pytest.fixture(scope="module")
def complete(nets_version: QuestionnaireVersion, answers: CampaignAnswers) -> CampaignAnswers:
    return all_answered(nets_version, answers, seed=1)


@pytest.fixture(scope="module")
def release(campaign: Campaign, nets_version: QuestionnaireVersion, complete: CampaignAnswers) -> Release:
    return build_release(
        campaign,
        nets_version,
        PLACES,
        complete,
        read_rule(),
        number=1,
        released_on=date(2026, 12, 1),
        case_mix=GROUPS_ALONE,
    )


@pytest.fixture(scope="module")
def adjusted(nets_version: QuestionnaireVersion, complete: CampaignAnswers) -> Mapping[str, CaseMixScores]:
    scores = score_scales(nets_version, complete.matrix)
    return adjusted_scores(nets_version, _placements(complete), complete, scores, GROUPS_ALONE)


def _placements(answers: CampaignAnswers) -> list[str]:
    return sorted(set(answers.placement_ids.tolist()))


def narrowest(
    release: Release, complete: CampaignAnswers, adjusted: Mapping[str, CaseMixScores], between: Between
) -> list[int]:
    """How many numbers of learners short of one are left to each group of fewer than ten that no release tells."""
    shares = {group: n / len(complete.matrix) for group, n in Counter(complete.learner_groups.tolist()).items()}
    left = []
    for place_id, record in release.placements.items():
        here = Counter(complete.learner_groups[complete.placement_ids == place_id].tolist())
        distances = {scale: between(place_id, scale) for scale in record.adjusted}
        for group, n in here.items():
            if distances and n < 10 and group not in record.groups:
                low, high = numbers_of_group(distances, adjusted, shares, sum(here.values()), group)
                assert low <= n <= high
                left.append(high - low)
    return sorted(left)


def test_adjusted_scores_leave_a_floor_of_numbers_to_every_group(
    release: Release, complete: CampaignAnswers, adjusted: Mapping[str, CaseMixScores]
) -> None:
    def between(place_id: str, scale: str) -> tuple[float, float]:
        score, told = release.placements[place_id].score(scale), release.placements[place_id].adjusted[scale]
        assert isinstance(score, ShownScore)
        step = next(step for step in RULE.steps if step >= RULE.case_mix_points / score.n)
        off = score.mean - told.mean
        return off - step / 2 - 0.05, off + step / 2 + 0.05

    found = narrowest(release, complete, adjusted, between)
    assert len(found) > 5
    assert found[0] >= 5, found


def test_to_the_tenth_they_would_tell_it(
    release: Release, complete: CampaignAnswers, adjusted: Mapping[str, CaseMixScores]
) -> None:
    placements = _placements(complete)

    def between(place_id: str, scale: str) -> tuple[float, float]:
        scores = adjusted[scale]
        at = placements.index(place_id)
        off = float(np.round(scores.mean[at], 1) - np.round(scores.adjusted_mean[at], 1))
        return off - 0.1, off + 0.1

    found = narrowest(release, complete, adjusted, between)
    assert found[0] < 2, found
