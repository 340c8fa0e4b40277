"""A second release of a campaign: nobody can watch the answers of a few arrive between the two."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.campaign import Campaign
from nets.disclosure.gains import Gains
from nets.disclosure.rule import read_disclosure_rule
from nets.disclosure.suppression import Cells, uncertainty
from nets.disclosure.withholding import WithheldCells, withheld_cells
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.document import record_from_json, record_to_json
from nets.releases.former_releases import FormerReleases
from nets.releases.freezing import build_release
from nets.releases.frozen_sums import FrozenSums, State
from nets.releases.measure import measures_of
from nets.releases.place_tree import NATION, place_tree
from nets.releases.release import Release
from nets.releases.tallying import CampaignAnswers, CampaignTally, tally_campaign
from nets.risk import read_rule
from nets.simulation.places import invented_places

RULE = read_disclosure_rule()
PLACES = invented_places()
FIRST, SECOND = date(2026, 12, 1), date(2026, 12, 15)


@pytest.fixture(scope="module")
def early(answers: CampaignAnswers) -> NDArray[np.bool_]:
    """Answers that were there when the first release was made: all but two of P0001, twelve of P0014 and one of P0019."""
    there = np.ones(len(answers.matrix), dtype=bool)
    for placement, n in (("P0001", 2), ("P0014", 12), ("P0019", 1)):
        there[np.flatnonzero(answers.placement_ids == placement)[:n]] = False
    return there


def some(answers: CampaignAnswers, rows: NDArray[np.bool_]) -> CampaignAnswers:
    return CampaignAnswers(answers.placement_ids[rows], answers.learner_groups[rows], answers.matrix[rows])


@pytest.fixture(scope="module")
def tallies(
    nets_version: QuestionnaireVersion, answers: CampaignAnswers, early: NDArray[np.bool_]
) -> tuple[CampaignTally, CampaignTally]:
    """The sums at the first release and at the second."""
    measures, places = measures_of(nets_version), {place.id: place for place in PLACES}
    first, second = (
        tally_campaign(nets_version, measures, place_tree(these.placement_ids, places), these)
        for these in (some(answers, early), answers)
    )
    return first, second


@pytest.fixture(scope="module")
def sums(tallies: tuple[CampaignTally, CampaignTally], campaign: Campaign) -> FrozenSums:
    return withheld_cells(tallies[0], campaign, RULE).frozen(tallies[0])


@pytest.fixture(scope="module")
def second(tallies: tuple[CampaignTally, CampaignTally], sums: FrozenSums, campaign: Campaign) -> WithheldCells:
    return withheld_cells(tallies[1], campaign, RULE, [sums])


def row_of(tally: CampaignTally, place_id: str) -> int:
    return tally.tree.place_ids.index(place_id)


def gains_table(tally: CampaignTally, gains: Gains, column: int) -> Cells:
    above = np.full(len(tally.tree.place_ids), -1)
    for lower, upper in zip(tally.tree.above[:-1], tally.tree.above[1:], strict=True):
        above[lower] = upper
    n, total, squares = gains.places[column].arrays
    return Cells(n[:, None], total[:, None], squares[:, None], above)


def test_gains_are_the_differences_of_the_sums(tallies: tuple[CampaignTally, CampaignTally], sums: FrozenSums) -> None:
    first, now = tallies
    gains = Gains.since(now, sums)
    assert gains.responses.n[row_of(now, "P0001")] == 2
    assert gains.responses.n[row_of(now, NATION)] == 15
    for column in (0, 5, 20):
        for row, place_id in enumerate(now.tree.place_ids):
            before = row_of(first, place_id)
            assert gains.places[column].n[row] == now.places.n[row, column] - first.places.n[before, column]
            assert gains.places[column].total[row] == pytest.approx(
                now.places.total[row, column] - first.places.total[before, column], abs=1e-6
            )


def test_a_cell_that_gained_fewer_than_make_a_breakdown_keeps_its_value(
    tallies: tuple[CampaignTally, CampaignTally], sums: FrozenSums, second: WithheldCells
) -> None:
    now = tallies[1]
    gains = Gains.since(now, sums)
    for column in range(len(now.measures)):
        few = (gains.places[column].n > 0) & (gains.places[column].n < 10)
        assert (second.places[few, column] != State.SHOWN).all()
    assert second.responses[row_of(now, "P0001")] == State.KEPT
    assert second.responses[row_of(now, "P0005")] == State.SHOWN


def test_no_gain_of_few_learners_comes_out_between_the_two(
    tallies: tuple[CampaignTally, CampaignTally], sums: FrozenSums, second: WithheldCells
) -> None:
    now = tallies[1]
    gains = Gains.since(now, sums)
    checked = 0
    for column in range(len(now.measures)):
        cells = gains_table(now, gains, column)
        told = (second.places[:, column] == State.SHOWN) & (gains.state[:, column] == State.SHOWN)
        counts, means = uncertainty(cells, ~told[:, None])
        few = cells.live & (cells.counts < 10)
        checked += int(few.sum())
        assert (counts[few] >= 5).all()
        assert (means[few] >= 10 - 1e-6).all()
    assert checked > 100


def test_without_complementary_suppression_a_gain_of_few_comes_out(
    tallies: tuple[CampaignTally, CampaignTally], sums: FrozenSums, campaign: Campaign
) -> None:
    now = tallies[1]
    bare = withheld_cells(now, campaign, replace(RULE, complementary=False), [sums])
    gains = Gains.since(now, sums)
    narrow = []
    for column in range(len(now.measures)):
        cells = gains_table(now, gains, column)
        told = (bare.places[:, column] == State.SHOWN) & (gains.state[:, column] == State.SHOWN)
        _, means = uncertainty(cells, ~told[:, None])
        narrow.append((means[cells.live & (cells.counts < 10)] < 10).any())
    assert any(narrow)


def test_without_new_answers_all_is_shown_as_before(
    tallies: tuple[CampaignTally, CampaignTally], sums: FrozenSums, campaign: Campaign
) -> None:
    first = tallies[0]
    again = withheld_cells(first, campaign, RULE, [sums])
    assert (again.places == sums.state).all()
    assert (again.groups == sums.group_state).all()


def test_a_withheld_cell_stays_so_until_as_many_as_make_a_breakdown_have_come(
    nets_version: QuestionnaireVersion, answers: CampaignAnswers, campaign: Campaign
) -> None:
    """P0005 has 27 learners: three at the first release, six at the second, all at the third."""
    measures, places = measures_of(nets_version), {place.id: place for place in PLACES}
    here = np.flatnonzero(answers.placement_ids == "P0005")
    states, so_far = [], list[FrozenSums]()
    for n in (3, 6, 27):
        rows = np.ones(len(answers.matrix), dtype=bool)
        rows[here[n:]] = False
        these = some(answers, rows)
        tally = tally_campaign(nets_version, measures, place_tree(these.placement_ids, places), these)
        withheld = withheld_cells(tally, campaign, RULE, so_far)
        so_far.append(withheld.frozen(tally))
        states.append(State(int(withheld.responses[row_of(tally, "P0005")])))
    assert states[:2] == [State.WITHHELD, State.WITHHELD]


def test_an_answer_that_was_taken_back_counts_as_one_that_came(
    tallies: tuple[CampaignTally, CampaignTally], campaign: Campaign
) -> None:
    fewer, more = tallies
    sums = withheld_cells(more, campaign, RULE).frozen(more)
    gains = Gains.since(fewer, sums)
    assert gains.responses.n[row_of(fewer, "P0019")] == 1
    withheld = withheld_cells(fewer, campaign, RULE, [sums])
    assert withheld.responses[row_of(fewer, "P0019")] == State.KEPT


def test_where_all_who_came_answered_alike_what_is_sensitive_the_former_value_stays(
    nets_version: QuestionnaireVersion, answers: CampaignAnswers, campaign: Campaign
) -> None:
    """P0014 gains twelve, as others do: both releases would show their mean and spread, so that each of them would be known."""
    measures, places = measures_of(nets_version), {place.id: place for place in PLACES}
    tree = place_tree(answers.placement_ids, places)
    there = np.ones(len(answers.matrix), dtype=bool)
    for placement in ("P0002", "P0005", "P0014"):
        there[np.flatnonzero(answers.placement_ids == placement)[:12]] = False
    before = tally_campaign(nets_version, measures, tree, some(answers, there))
    sums = withheld_cells(before, campaign, RULE).frozen(before)
    came = ~there & (answers.placement_ids == "P0014")
    column = {measure.code: number for number, measure in enumerate(measures)}
    items = [item.code for item in nets_version.closed_items]
    safety = np.array([items.index(code) for code in measures[column["patient_safety"]].items])
    states = []
    for alike in (False, True):
        matrix = answers.matrix.copy()
        matrix[np.ix_(~there, safety)] = np.resize([1, 4], (int((~there).sum()), 1))
        if alike:
            matrix[np.ix_(came, safety)] = 3
        tally = tally_campaign(nets_version, measures, tree, replace(answers, matrix=matrix))
        withheld = withheld_cells(tally, campaign, RULE, [sums])
        row = row_of(tally, "P0014")
        states.append([State(int(withheld.places[row, column[code]])) for code in ("patient_safety", "teamwork")])
    assert states == [[State.SHOWN, State.SHOWN], [State.KEPT, State.SHOWN]]


@pytest.fixture(scope="module")
def releases(
    campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers, early: NDArray[np.bool_]
) -> tuple[Release, Release]:
    first = build_release(
        campaign, nets_version, PLACES, some(answers, early), read_rule(), number=1, released_on=FIRST
    )
    former = FormerReleases((first.sums,), first.header.id, {**first.places, NATION: first.nation})
    second = build_release(
        campaign, nets_version, PLACES, answers, read_rule(), number=2, released_on=SECOND, former=former
    )
    return first, second


def test_a_kept_cell_is_the_former_one_and_says_so(releases: tuple[Release, Release]) -> None:
    first, second = releases
    before, after = first.places["P0001"], second.places["P0001"]
    assert after.kept[""] == after.kept["supervision"] == "autumn-2026-r1"
    assert after.responses == before.responses
    assert after.score("supervision") == before.score("supervision")
    assert after.flags_on("supervision") == before.flags_on("supervision")
    unchanged = second.places["P0005"]
    assert not unchanged.kept
    assert record_from_json(record_to_json(after)).kept == after.kept


def test_a_third_release_tells_where_a_kept_value_is_from(
    campaign: Campaign, nets_version: QuestionnaireVersion, answers: CampaignAnswers, releases: tuple[Release, Release]
) -> None:
    first, second = releases
    former = FormerReleases((first.sums, second.sums), second.header.id, {**second.places, NATION: second.nation})
    third = build_release(
        campaign, nets_version, PLACES, answers, read_rule(), number=3, released_on=SECOND, former=former
    )
    assert third.places["P0001"].kept["supervision"] == "autumn-2026-r1"
    assert third.places["P0001"].score("supervision") == first.places["P0001"].score("supervision")


def test_what_the_last_of_a_placement_took_back_does_not_come_out_of_the_places_above(
    campaign: Campaign,
    nets_version: QuestionnaireVersion,
    answers: CampaignAnswers,
    early: NDArray[np.bool_],
    releases: tuple[Release, Release],
) -> None:
    """P0004 has lost its one learner, so that the nation's value of before less that of now would be hers."""
    first, _ = releases
    former = FormerReleases((first.sums,), first.header.id, {**first.places, NATION: first.nation})
    left = some(answers, early & (answers.placement_ids != "P0004"))
    second = build_release(
        campaign, nets_version, PLACES, left, read_rule(), number=2, released_on=SECOND, former=former
    )
    assert first.places["P0004"].scores == {}
    assert second.places["P0004"].scores == {}
    assert second.nation.kept["supervision"] == first.header.id
    assert second.nation.score("supervision") == first.nation.score("supervision")


def test_sums_come_back_from_their_bytes(sums: FrozenSums) -> None:
    again = FrozenSums.from_bytes(sums.to_bytes())
    assert (again.total == sums.total).all()
    assert (again.group_state == sums.group_state).all()
    assert again.place_ids.tolist() == sums.place_ids.tolist()
