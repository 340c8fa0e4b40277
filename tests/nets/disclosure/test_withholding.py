"""What is withheld of a whole campaign: every cell that is hidden stays uncertain given all that are shown."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.campaign import Campaign
from nets.disclosure.place_tables import CellSums
from nets.disclosure.rule import DisclosureRule, read_disclosure_rule
from nets.disclosure.shown import least_shown
from nets.disclosure.suppression import Cells, uncertainty
from nets.disclosure.withholding import WithheldCells, too_few_or_alike, withheld_cells
from nets.errors import NotFound
from nets.organisation import Level
from nets.packing import answer_matrix, pack
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.frozen_sums import State, States
from nets.releases.measure import MeasureKind, measures_of
from nets.releases.place_tree import NATION, place_tree
from nets.releases.tallying import CampaignAnswers, CampaignTally, Tally, tally_campaign
from nets.simulation.learners import simulate_learners
from nets.simulation.places import invented_places

RULE = read_disclosure_rule()
SAFETY = ("dignity", "unsupervised_practice", "patient_safety")


@pytest.fixture(scope="module")
def tally(nets_version: QuestionnaireVersion, answers: CampaignAnswers) -> CampaignTally:
    tree = place_tree(answers.placement_ids, {place.id: place for place in invented_places()})
    return tally_campaign(nets_version, measures_of(nets_version), tree, answers)


@pytest.fixture(scope="module")
def withheld(tally: CampaignTally, campaign: Campaign) -> WithheldCells:
    return withheld_cells(tally, campaign, RULE)


def hidden(states: States) -> NDArray[np.bool_]:
    return np.asarray(states == State.WITHHELD)


def table(tally: CampaignTally, column: int) -> Cells:
    above = np.full(len(tally.tree.place_ids), -1)
    for lower, upper in zip(tally.tree.above[:-1], tally.tree.above[1:], strict=True):
        above[lower] = upper
    n, total, squares = CellSums.of(tally.places, column).arrays
    return Cells(n[:, None], total[:, None], squares[:, None], above)


def sums(n: int, sd: float) -> Tally:
    """One cell of n learners with this standard deviation about the middle of the scale."""
    cell = np.full((1, 1), float(n))
    wide = np.zeros((1, 1, 5))
    return Tally(cell, 50.0 * cell, sd**2 * (cell - 1), wide, cell, wide, cell[0])


def may(n: int, *, sensitive: bool = False, sd: float = 10.0, floor: int = 5) -> bool:
    return not too_few_or_alike(sums(n, sd), np.array([floor]), np.array([sensitive]), 10.0)[0, 0]


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
def test_a_score_of_fewer_learners_than_the_floor_is_withheld(n: int) -> None:
    assert not may(n)
    assert may(5)


def test_the_floors_are_the_campaigns_own(campaign: Campaign) -> None:
    strict = replace(campaign, place_floor=13, breakdown_floor=11)
    assert (least_shown(strict, breakdown=False), least_shown(strict, breakdown=True)) == (13, 13)
    assert (least_shown(campaign, breakdown=False), least_shown(campaign, breakdown=True)) == (5, 10)


def test_a_unanimous_answer_on_a_sensitive_scale_is_withheld() -> None:
    assert not may(30, sensitive=True, sd=0.0)
    assert may(30, sensitive=False, sd=0.0)
    assert may(30, sensitive=True, sd=5.0)


def test_nearly_unanimous_is_withheld_too_where_nobody_can_be_ten_points_from_another() -> None:
    """Of thirty with a spread of 0.9 none lies farther than 4.8 from the mean, of thirty with one of 1 up to 5.3."""
    assert not may(30, sensitive=True, sd=0.9)
    assert may(30, sensitive=True, sd=1.0)
    assert may(30, sensitive=False, sd=0.9)


@pytest.mark.parametrize("n", [10, 28, 30, 38, 50])
def test_answers_alike_are_unanimous_also_where_their_mean_has_no_end(n: int) -> None:
    """At 41.666... the standard deviation of equal scores is some 1e-14, and the score used to be shown."""
    sd = float(np.full(n, 125 / 3).std(ddof=1))
    assert not may(n, sensitive=True, sd=sd)
    assert may(n, sensitive=False, sd=sd)


def test_too_few_learners_are_withheld_in_every_measure_and_group(
    tally: CampaignTally, withheld: WithheldCells
) -> None:
    assert hidden(withheld.places)[tally.places.n < 5].all()
    assert hidden(withheld.groups)[tally.groups.n < 10].all()
    assert not hidden(withheld.places).all()
    assert not hidden(withheld.groups).all()


def test_in_every_measure_what_is_withheld_of_places_stays_uncertain(
    tally: CampaignTally, withheld: WithheldCells
) -> None:
    for column in range(len(tally.measures)):
        cells = table(tally, column)
        out = hidden(withheld.places)[:, column, None]
        counts, means = uncertainty(cells, out)
        live = out & cells.live
        assert (counts[live] >= 5).all()
        assert (means[live & (cells.counts < 5)] >= 10 - 1e-6).all()


def test_without_complementary_suppression_a_mean_comes_out(
    tally: CampaignTally, campaign: Campaign, withheld: WithheldCells
) -> None:
    bare = withheld_cells(tally, campaign, replace(RULE, complementary=False))
    assert (hidden(bare.places) <= hidden(withheld.places)).all()
    narrow = []
    for column in range(len(tally.measures)):
        cells = table(tally, column)
        _, means = uncertainty(cells, hidden(bare.places)[:, column, None])
        narrow.append((means[hidden(bare.places)[:, column, None] & cells.live] < 10).any())
    assert any(narrow)


def test_a_wider_margin_withholds_more(tally: CampaignTally, campaign: Campaign, withheld: WithheldCells) -> None:
    wide = withheld_cells(tally, campaign, replace(RULE, mean_width=40.0))
    assert hidden(wide.places).sum() > hidden(withheld.places).sum()


def test_of_a_withheld_place_no_group_is_shown(tally: CampaignTally, withheld: WithheldCells) -> None:
    scales = [column for column, measure in enumerate(tally.measures) if measure.kind is MeasureKind.SCALE]
    assert hidden(withheld.groups)[hidden(withheld.places)[:, scales][tally.group_place]].all()


def test_what_is_withheld_by_its_number_of_responses_is_withheld_in_every_measure(withheld: WithheldCells) -> None:
    assert hidden(withheld.responses).any()
    assert hidden(withheld.places)[hidden(withheld.responses)].all()


def test_safety_scales_of_nearly_everybody_without_anything_to_report_are_shown_above_the_placements(
    nets_version: QuestionnaireVersion, campaign: Campaign
) -> None:
    """Their mean is 97 and every third placement's is withheld, which once took the regions and the nation with it."""
    places = invented_places()
    placements = [place for place in places if place.level is Level.PLACEMENT]
    days = (campaign.opens_on, campaign.closes_on)
    learners = list(simulate_learners(nets_version, placements, 2_000, days=days, seed=20_260))
    answers = CampaignAnswers(
        np.array([one.placement_id for one in learners], dtype=object),
        np.full(len(learners), "nursing", dtype=object),
        answer_matrix(nets_version, [pack(nets_version, one.answers) for one in learners]),
    )
    safety = tuple(measure for measure in measures_of(nets_version) if measure.code in SAFETY)
    tree = place_tree(answers.placement_ids, {place.id: place for place in places})
    tally = tally_campaign(nets_version, safety, tree, answers)
    shown = ~hidden(withheld_cells(tally, campaign, RULE).places)
    level = np.array(tree.levels)
    assert shown[level == NATION].all()
    assert shown[level == Level.REGION].all()
    assert shown[level == Level.PROVIDER].mean(axis=0).min() > 0.6


def test_answers_alike_to_what_is_sensitive_are_withheld_and_protected(
    nets_version: QuestionnaireVersion, answers: CampaignAnswers, campaign: Campaign, tally: CampaignTally
) -> None:
    column = next(number for number, measure in enumerate(tally.measures) if measure.code == "patient_safety")
    items = [item.code for item in nets_version.closed_items]
    matrix = answers.matrix.copy()
    big = answers.placement_ids == "P0014"
    for code in tally.measures[column].items:
        matrix[big, items.index(code)] = 2
    alike = tally_campaign(nets_version, tally.measures, tally.tree, replace(answers, matrix=matrix))
    found = withheld_cells(alike, campaign, RULE)
    row = tally.tree.place_ids.index("P0014")
    assert alike.places.n[row, column] >= 40
    assert hidden(found.places)[row, column]
    _, means = uncertainty(table(alike, column), hidden(found.places)[:, column, None])
    assert means[row, 0] >= 25 / alike.places.n[row, column] - 1e-6
    plain = next(number for number, measure in enumerate(tally.measures) if measure.code == "teamwork")
    assert not hidden(found.places)[row, plain]


def test_a_rule_is_read_by_its_version_and_another_is_refused() -> None:
    assert read_disclosure_rule("disclosure-2026.1") == RULE
    assert isinstance(RULE, DisclosureRule)
    with pytest.raises(NotFound, match=r"disclosure-2026\.1"):
        read_disclosure_rule("disclosure-1999.1")
