"""Scores over campaigns are made of years that are shown, with linked items, and are worth what years of one placement are."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analysis import ScoreSums, nested_unit_scores, part_sums
from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.disclosure.rule import read_disclosure_rule
from nets.disclosure.shown import SuppressedScore
from nets.disclosure.shown_beside import ShownPooled
from nets.disclosure.withholding import WithheldCells, withheld_cells
from nets.placement import Verdict
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.document import record_from_json, record_to_json
from nets.releases.former_releases import NO_FORMER_RELEASES, FormerReleases
from nets.releases.frozen_sums import State
from nets.releases.measure import MeasureKind, measures_of
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.releases.place_tree import place_tree
from nets.releases.pooling import PastCampaigns, PastSums, PoolingRule, pooled_cells
from nets.releases.tallying import CampaignAnswers, CampaignTally, tally_campaign
from nets.scoring import score_scales
from nets.simulation.places import invented_places

RULE = PoolingRule("test", 3)
PLACES = {place.id: place for place in invented_places()}
YEARS = ("y1", "y2", "now")
NOW = Campaign(
    "now", "Now", "nets", "2026.1", date(2026, 10, 1), date(2026, 11, 30), AccessMode.OPEN_LINK, AnonymityMode.ANONYMOUS
)


@pytest.fixture(scope="module")
def years(answers: CampaignAnswers) -> dict[str, CampaignAnswers]:
    """Three campaigns: all learners, and those whose place in the file is divisible by two and by three."""
    rows = {"now": np.arange(600), "y2": np.arange(0, 600, 2), "y1": np.arange(0, 600, 3)}
    return {
        year: CampaignAnswers(answers.placement_ids[of], answers.learner_groups[of], answers.matrix[of])
        for year, of in rows.items()
    }


@pytest.fixture(scope="module")
def tallies(
    years: dict[str, CampaignAnswers], nets_version: QuestionnaireVersion, campaign: Campaign
) -> dict[str, tuple[CampaignTally, WithheldCells]]:
    measures = tuple(measure for measure in measures_of(nets_version) if measure.kind is MeasureKind.SCALE)
    found = {}
    for year, these in years.items():
        tally = tally_campaign(nets_version, measures, place_tree(these.placement_ids, PLACES), these)
        found[year] = tally, withheld_cells(tally, campaign, read_disclosure_rule())
    return found


@pytest.fixture(scope="module")
def past(tallies: dict[str, tuple[CampaignTally, WithheldCells]]) -> PastCampaigns:
    return PastCampaigns(
        tuple(
            PastSums(year, f"{year}-r1", tallies[year][0].measures, tallies[year][1].frozen(tallies[year][0]))
            for year in YEARS[:2]
        ),
        {},
    )


def pooled_of(
    tallies: dict[str, tuple[CampaignTally, WithheldCells]],
    past: PastCampaigns,
    rule: PoolingRule = RULE,
    former: FormerReleases = NO_FORMER_RELEASES,
) -> dict[str, ShownPooled]:
    """Supervision, by placement."""
    tally, withheld = tallies["now"]
    found = pooled_cells(tally, withheld, NOW, past, rule, former)
    return {
        place_id: cells["supervision"]
        for place_id, cells in zip(tally.tree.place_ids, found.places, strict=True)
        if "supervision" in cells
    }


def shown_in_every_year(tallies: dict[str, tuple[CampaignTally, WithheldCells]]) -> str:
    return next(
        place_id
        for place_id in tallies["now"][0].tree.placements
        if all(is_shown(tallies, year, place_id) for year in YEARS)
    )


def is_shown(tallies: dict[str, tuple[CampaignTally, WithheldCells]], year: str, place_id: str) -> bool:
    tally, withheld = tallies[year]
    column = [measure.code for measure in tally.measures].index("supervision")
    if place_id not in tally.tree.place_ids:
        return False
    return bool(withheld.places[tally.tree.place_ids.index(place_id), column] == State.SHOWN)


def test_only_years_that_are_shown_are_in_it(
    tallies: dict[str, tuple[CampaignTally, WithheldCells]], past: PastCampaigns
) -> None:
    pooled = pooled_of(tallies, past)
    assert len(pooled) > 10
    for place_id in tallies["now"][0].tree.placements:
        shown = [year for year in YEARS if is_shown(tallies, year, place_id)]
        wanted = " ".join(shown) if len(shown) > 1 and "now" in shown else None
        assert (pooled[place_id].campaigns if place_id in pooled else None) == wanted
    assert {cell.campaigns for cell in pooled.values()} >= {"y1 y2 now", "y2 now"}


def test_its_numbers_are_those_of_the_learners_of_these_years(
    tallies: dict[str, tuple[CampaignTally, WithheldCells]],
    past: PastCampaigns,
    years: dict[str, CampaignAnswers],
    nets_version: QuestionnaireVersion,
) -> None:
    pooled = pooled_of(tallies, past)
    scores: list[float] = []
    parts: list[Hashable] = []
    units: list[str] = []
    for year, these in years.items():
        for place_id, score in zip(
            these.placement_ids, score_scales(nets_version, these.matrix)["supervision"].scores, strict=True
        ):
            counts = is_shown(tallies, year, place_id) or not is_shown(tallies, "now", place_id)
            if counts and not np.isnan(score):
                scores.append(score)
                parts.append(f"{year} {place_id}")
                units.append(place_id)
    sums = ScoreSums.from_scores(scores, parts)
    unit_of = dict(zip(parts, units, strict=True))
    of_places = part_sums(sums, [unit_of[part] for part in sums.unit])
    expected = nested_unit_scores(of_places)
    of_unit = {
        place_id: np.array([s for s, unit in zip(scores, units, strict=True) if unit == place_id])
        for place_id in pooled
    }
    for place_id, cell in pooled.items():
        own = of_unit[place_id]
        at = expected.unit.index(place_id)
        assert (cell.n, cell.mean, cell.sd) == (len(own), round(own.mean(), 1), round(own.std(ddof=1), 1))
        assert cell.effective_n == pytest.approx(of_places.worth[at], abs=0.051)
        assert cell.reliability == pytest.approx(expected.reliability[at], abs=0.0051)
        assert cell.shrunken == pytest.approx(expected.shrunken[at], abs=0.051)
        assert cell.interval == pytest.approx(np.clip(of_places.interval()[at], 0, 100), abs=0.051)
        assert cell.shrunken_interval == pytest.approx(np.clip(expected.shrunken_interval[at], 0, 100), abs=0.051)


def test_a_year_whose_score_was_kept_from_before_is_not_in_it(
    tallies: dict[str, tuple[CampaignTally, WithheldCells]], past: PastCampaigns
) -> None:
    sums = past.campaigns[1].sums
    state = sums.state.copy()
    place_id = shown_in_every_year(tallies)
    state[sums.place_ids == place_id] = State.KEPT
    changed = replace(past, campaigns=(past.campaigns[0], replace(past.campaigns[1], sums=replace(sums, state=state))))
    assert pooled_of(tallies, changed)[place_id].campaigns == "y1 now"


def test_where_this_years_score_is_kept_the_pooled_one_is_too(
    tallies: dict[str, tuple[CampaignTally, WithheldCells]], past: PastCampaigns
) -> None:
    tally, withheld = tallies["now"]
    places = withheld.places.copy()
    places[tally.tree.place_ids.index("P0001")] = State.KEPT
    places[tally.tree.place_ids.index("P0002")] = State.KEPT
    old = ShownPooled("y1 now", 9, 1.0, 1.0, (0.0, 3.0), 9.0, 0.5, 2.0, (0.0, 3.0), Verdict.INDICATIVE)
    records = {
        place_id: PlaceRecord(
            place_id, "placement", SuppressedScore(), {}, {}, NotAssessed(), pooled={"supervision": old} if has else {}
        )
        for place_id, has in (("P0001", True), ("P0002", False))
    }
    assert record_from_json(record_to_json(records["P0001"])).pooled == {"supervision": old}
    kept = {**tallies, "now": (tally, replace(withheld, places=places))}
    found = pooled_of(kept, past, former=FormerReleases((), "now-r1", records))
    assert found["P0001"] == old
    assert "P0002" not in found


def test_the_window_ends_where_other_questions_were_asked_and_at_the_number_of_the_rule(
    tallies: dict[str, tuple[CampaignTally, WithheldCells]], past: PastCampaigns
) -> None:
    place_id = shown_in_every_year(tallies)
    assert pooled_of(tallies, past, PoolingRule("two", 2))[place_id].campaigns == "y2 now"
    assert pooled_of(tallies, PastCampaigns((), {})) == {}

    def asking(items: tuple[str, ...]) -> PastCampaigns:
        measures = tuple(
            replace(measure, items=items) if measure.code == "supervision" else measure
            for measure in past.campaigns[1].measures
        )
        links = {"SUP01": "SUP00"}
        return replace(past, campaigns=(past.campaigns[0], replace(past.campaigns[1], measures=measures)), links=links)

    items = next(measure.items for measure in past.campaigns[1].measures if measure.code == "supervision")
    assert pooled_of(tallies, asking(items[:-1])) == {}
    reworded = tuple("SUP00" if item == "SUP01" else item for item in items)
    assert pooled_of(tallies, asking(reworded), PoolingRule("two", 2))[place_id].campaigns == "y2 now"
