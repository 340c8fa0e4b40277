"""Sums of a simulated campaign against the same counted one response at a time."""

from collections import Counter

import numpy as np
import pytest

from nets.packing import NOT_ON_THE_SCALE, reasons_without_value, unpack
from nets.questionnaire.version import NonResponse, QuestionnaireVersion, Unanswered
from nets.releases.measure import measures_of
from nets.releases.place_tree import path_up, place_tree
from nets.releases.tallying import CampaignAnswers, CampaignTally, tally_campaign
from nets.scoring import score_scales
from nets.simulation.places import invented_places

PLACES = {place.id: place for place in invented_places()}


@pytest.fixture(scope="module")
def tally(nets_version: QuestionnaireVersion, answers: CampaignAnswers) -> CampaignTally:
    return tally_campaign(nets_version, measures_of(nets_version), place_tree(answers.placement_ids, PLACES), answers)


def under(answers: CampaignAnswers, place_id: str) -> np.ndarray:
    return np.array([place_id in path_up(PLACES, placement) for placement in answers.placement_ids])


@pytest.mark.parametrize("place_id", ["P0001", "P0004", "S001", "T002", "L01", "R1", "nation"])
def test_a_place_has_the_sums_of_the_learners_below_it(
    tally: CampaignTally, nets_version: QuestionnaireVersion, answers: CampaignAnswers, place_id: str
) -> None:
    row, here = tally.tree.place_ids.index(place_id), under(answers, place_id)
    assert tally.places.responses[row] == here.sum()
    for code, scale in score_scales(nets_version, answers.matrix[here]).items():
        column = [measure.code for measure in tally.measures].index(code)
        scores = scale.scores[~np.isnan(scale.scores)]
        assert tally.places.n[row, column] == len(scores)
        if len(scores):
            assert tally.places.mean[row, column] == pytest.approx(scores.mean(), rel=1e-12)
            assert tally.places.deviations[row, column] == pytest.approx(
                ((scores - scores.mean()) ** 2).sum(), abs=1e-7
            )
        steps = Counter(scale.steps.ravel().tolist())
        assert tally.places.answers[row, column].tolist()[:5] == [steps[option] for option in range(1, 6)]
        assert tally.places.positive[row, column] == (scale.keyed > 50).sum()


def test_a_learner_group_has_the_sums_of_its_learners(
    tally: CampaignTally, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    scores = score_scales(nets_version, answers.matrix)
    cells = set()
    for row, (place, group) in enumerate(zip(tally.group_place, tally.group_code, strict=True)):
        here = under(answers, tally.tree.place_ids[place]) & (answers.learner_groups == group)
        cells.add((place, group))
        assert tally.groups.responses[row] == here.sum() > 0
        for column, scale in enumerate(scores.values()):
            assert tally.groups.total[row, column] == pytest.approx(np.nansum(scale.scores[here]), rel=1e-12)
    assert len(cells) == len(tally.group_place)


def test_why_there_is_no_value_is_told_apart(
    tally: CampaignTally, nets_version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    column = [measure.code for measure in tally.measures].index("supervision")
    counted = Counter(
        answer
        for packed in answers.matrix
        for code, answer in unpack(nets_version, packed.tobytes()).items()
        if code in nets_version.scale["supervision"].items and not isinstance(answer, int)
    )
    assert tally.places.without_value[-1, column].tolist() == [counted[reason] for reason in NOT_ON_THE_SCALE]
    assert counted[NonResponse.NOT_APPLICABLE]


def test_a_byte_that_means_nothing_is_left_blank() -> None:
    found = reasons_without_value(np.array([[1, 200, 0, 254, 251, 255]], dtype=np.uint8))
    blank = NOT_ON_THE_SCALE.index(Unanswered.BLANK)
    assert found.tolist() == [[-1, -1, blank, blank, 0, 4]]
