from nets.disclosure.shown import SuppressedScore
from nets.organisation import Level
from nets.reading import PlaceView
from nets.releases.place_record import PlaceRecord
from nets.risk import (
    Evidence,
    NoConcern,
    RiskLevel,
    RiskSuggestion,
    Suggestion,
    SurveyEvidence,
    read_rule,
    risk_colour,
    suggest_risk,
)
from nets.tree import NamedPlace
from survey_api.quality.place_pages import most_severe_first

NOTHING_SAID = suggest_risk(Evidence(SurveyEvidence("nets-2026-r1")), read_rule())
QUIET = NoConcern((), "", "")


def cell(likelihood: int, impact: int) -> RiskSuggestion:
    colour = risk_colour(likelihood, impact)
    return RiskSuggestion(likelihood, impact, colour, RiskLevel.HIGH, (), (), "", "")


def placement(name: str, risk: Suggestion) -> PlaceView:
    record = PlaceRecord(name, Level.PLACEMENT, SuppressedScore(), {}, {}, risk)
    return PlaceView(NamedPlace(name, name, Level.PLACEMENT, ()), record)


def test_the_most_severe_cells_come_first_and_equal_ones_stay_in_their_order() -> None:
    views = [
        placement("quiet", QUIET),
        placement("amber", cell(3, 3)),
        placement("red", cell(3, 5)),
        placement("silent", NOTHING_SAID),
        placement("green of likelihood 5", cell(5, 1)),
        placement("red too", cell(3, 5)),
        placement("red of less impact", cell(5, 4)),
        placement("amber-red", cell(2, 5)),
    ]
    assert [view.name for view in most_severe_first(views)] == [
        "red", "red too", "red of less impact", "amber-red", "amber", "green of likelihood 5",
    ]  # fmt: skip
