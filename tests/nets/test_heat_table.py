from dataclasses import replace
from datetime import date

import pytest

from nets.disclosure.shown import ShownBenchmark, ShownScore, SuppressedDistribution, SuppressedScore
from nets.heat_table import heat_table, ordered_by
from nets.organisation import Level
from nets.placement import Verdict
from nets.reading import PlaceView
from nets.releases.measure import Measure, MeasureKind
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.releases.release import ReleaseHeader
from nets.standing import Standing
from nets.tree import NamedPlace

TEA = Measure("tea", MeasureKind.SCALE, "Tea", ("TEA01",), 5, False)
CAKE = replace(TEA, code="cake")
HEADER = ReleaseHeader(
    id="made-up-r1", campaign_id="made-up", campaign_title="Made up", number=1, questionnaire_id="paddle",
    questionnaire_version="1.0", rule_version="risk-2026.2", released_on=date(2026, 12, 1), access_mode="open_link",
    n_responses=100, scales={"tea": "Tea"}, measures=(TEA,), benchmarks={"placement": {"tea": ShownBenchmark(70, 5, 18, 0.07)}},
)  # fmt: skip


def ward(name: str, shrunken: float | None, mean: float = 20.0) -> PlaceView:
    """A ward whose mean says something else than its shrunken score."""
    score = ShownScore(
        12, mean, 18, (10, 30), 12, 0.8, shrunken or 0, (0, 100), 0.5, SuppressedDistribution(), Verdict.REPORTABLE
    )
    scores = {} if shrunken is None else {"tea": score}
    record = PlaceRecord(name, Level.PLACEMENT, SuppressedScore(), scores, {}, NotAssessed())
    return PlaceView(NamedPlace(name, name, Level.PLACEMENT, ()), record)


@pytest.mark.parametrize(
    ("shrunken", "standing"), [(64, Standing.FAR_BELOW), (70, Standing.ABOUT), (76, Standing.FAR_ABOVE)]
)
def test_a_cell_stands_by_its_shrunken_score_and_shows_the_whole_of_it(shrunken: float, standing: Standing) -> None:
    view = ward("Fern", shrunken)
    ((cell,),) = (row.cells for row in heat_table(HEADER, [TEA], [view]))
    assert cell.standing is standing
    assert cell.score == view.record.score("tea")


def test_what_is_not_shown_or_has_no_benchmark_stands_nowhere() -> None:
    ((hidden, without),) = (row.cells for row in heat_table(HEADER, [TEA, CAKE], [ward("Fern", None)]))
    assert hidden.standing is without.standing is Standing.NOT_SHOWN
    ((shown,),) = (row.cells for row in heat_table(replace(HEADER, benchmarks={}), [TEA], [ward("Fern", 64)]))
    assert shown.standing is Standing.NOT_SHOWN


def test_rows_come_lowest_first_and_keep_their_order_within_a_step() -> None:
    wards = [
        ward("A", 71),
        ward("B", None),
        ward("C", 80),
        ward("D", 66),
        ward("E", 60),
        ward("F", 69.5),
        ward("G", 55),
    ]
    scores = [ward.record.score("tea") for ward in wards]
    assert [view.name for view in ordered_by(HEADER, TEA, wards, scores)] == ["E", "G", "D", "A", "F", "C", "B"]
