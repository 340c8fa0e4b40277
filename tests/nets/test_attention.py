"""Who needs attention: in bands by what is to be done, and out of them once somebody has assessed."""

from dataclasses import replace
from datetime import date

import pytest

from nets.attention import Urgency, is_on_little, needing_attention
from nets.disclosure.shown import ShownScore, SuppressedDistribution, SuppressedScore
from nets.flags.place_flags import FlagSummary, ListSummary, LowFor, ScaleFlags, ScaleLists
from nets.organisation import Level, Organisation
from nets.placement import Verdict
from nets.reading import PlaceView
from nets.releases.place_record import PlaceRecord
from nets.releases.release import ReleaseHeader
from nets.risk import (
    Evidence,
    InsufficientEvidence,
    NoConcern,
    RiskSuggestion,
    Suggestion,
    SurveyEvidence,
    read_rule,
    risk_colour,
)
from nets.risk.assessment import Assessment
from nets.risk.concern import ConcernNotice
from nets.risk.external_evidence import Bearing, ExternalEvidence, Source
from nets.risk.on_day import RiskOnDay
from nets.tree import NamedPlace

RULE = read_rule()
LISTS = {"fallen": ListSummary(1, 0.05), "risen": ListSummary(1, 0.05)}
HEADER = ReleaseHeader(
    id="tea-2026-r1", campaign_id="tea-2026", campaign_title="Tea 2026", number=1, questionnaire_id="tea",
    questionnaire_version="1.0", rule_version=RULE.version, released_on=date(2026, 4, 1), access_mode="open_link",
    n_responses=100, scales={"tea": "Tea"}, measures=(), benchmarks={},
    flags=FlagSummary("flags-2026.1", {"placement": {"tea": ScaleLists(LISTS)}}, {}),
)  # fmt: skip
NOTHING = InsufficientEvidence(("Nothing.",), RULE.version)
QUIET = NoConcern(("Nothing is low.",), "Robustness.", RULE.version)


def suggestion(likelihood: int, impact: int) -> RiskSuggestion:
    colour = risk_colour(likelihood, impact)
    level = RULE.level_of_colour[colour]
    return RiskSuggestion(
        likelihood, impact, colour, level, RULE.interventions[level], ("Why.",), "", RULE.version, "tea"
    )


def view(place_id: str, *lists: str) -> PlaceView:
    flags = {"tea": ScaleFlags(lists, LowFor.UNTOLD, ())} if lists else {}
    record = PlaceRecord(place_id, Level.PLACEMENT, SuppressedScore(), {}, {}, QUIET, flags=flags)
    return PlaceView(NamedPlace(place_id, f"Ward {place_id}", Level.PLACEMENT, ()), record)


def risk(place_id: str, suggested: Suggestion, *history: Assessment) -> RiskOnDay:
    place = Organisation(place_id, Level.PLACEMENT, f"Ward {place_id}", "S-1")
    return RiskOnDay(place, "", Evidence(SurveyEvidence(HEADER.id)), suggested, RULE, history)


def assessed(suggested: Suggestion, *, release: str = HEADER.id, on: date = date(2026, 4, 2)) -> Assessment:
    return Assessment(
        place_id="a", programme="", number=1, release_id=release, rule_version=RULE.version,
        evidence=Evidence(SurveyEvidence(HEADER.id)), suggestion=suggested, likelihood=3, impact=3, colour="A",
        level=RULE.level_of_colour["A"], reason="Seen.", interventions=("programme review",), supportive=(), confirmed_by="Ann",
        confirmed_on=on,
    )  # fmt: skip


def bands(risks: list[RiskOnDay], views: list[PlaceView]) -> dict[Urgency, list[str]]:
    found = needing_attention(HEADER, risks, {one.place_id: one for one in views})
    return {urgency: [one.view.place_id for one in band] for urgency, band in found.items() if band}


def test_the_band_follows_from_the_level_and_within_it_places_stay_in_their_order() -> None:
    risks = [
        risk("c", suggestion(5, 5)),
        risk("a", suggestion(3, 5)),
        risk("b", suggestion(3, 3)),
        risk("d", suggestion(3, 2)),
    ]
    assert bands(risks, [view(place) for place in "abcd"]) == {
        Urgency.ACT: ["a", "c"],
        Urgency.LOOK: ["b"],
        Urgency.WATCH: ["d"],
    }


def test_a_place_of_which_nothing_is_said_is_not_there_unless_a_list_of_low_scores_has_it() -> None:
    risks = [risk("a", QUIET), risk("b", NOTHING), risk("c", QUIET)]
    views = [view("a", "fallen", "risen"), view("b"), view("c", "risen")]
    assert bands(risks, views) == {Urgency.ASK: ["a"]}
    (found,) = needing_attention(HEADER, risks, {one.place_id: one for one in views})[Urgency.ASK]
    assert [(one.question.code, one.summary.n_listed) for one in found.listings] == [("fallen", 1)]
    assert (found.listed, found.n_reasons) == ("Tea (1)", 2), "one reason, and what is said of robustness"


def test_who_was_assessed_since_the_release_asks_for_nothing_more() -> None:
    assert bands([risk("a", suggestion(3, 5), assessed(suggestion(3, 5)))], [view("a")]) == {Urgency.ASSESSED: ["a"]}


@pytest.mark.parametrize(
    ("suggested", "made", "since"),
    [
        (suggestion(4, 5), assessed(suggestion(3, 5)), (False, True)),
        (suggestion(3, 5), assessed(QUIET), (False, True)),
        (suggestion(3, 5), assessed(suggestion(3, 5), release="tea-2025-r1", on=date(2026, 3, 1)), (True, False)),
        (suggestion(4, 5), assessed(suggestion(3, 5), release="tea-2025-r1", on=date(2026, 3, 1)), (True, True)),
    ],
    ids=[
        "a more severe cell",
        "a cell where there was none",
        "a newer release",
        "a newer release and a more severe cell",
    ],
)
def test_what_became_known_since_brings_a_place_back(
    suggested: Suggestion, made: Assessment, since: tuple[bool, bool]
) -> None:
    found = needing_attention(HEADER, [risk("a", suggested, made)], {"a": view("a")})
    (one,) = found[Urgency.ACT]
    assert (one.is_of_newer_release, one.is_more_severe) == since


@pytest.mark.parametrize(
    ("now", "then", "band"),
    [
        (("co-1",), (), Urgency.ACT),
        (("co-1", "co-2"), ("co-1",), Urgency.ACT),
        (("co-1",), ("co-1",), Urgency.ASSESSED),
        ((), ("co-1",), Urgency.ASSESSED),
    ],
    ids=["a first concern", "a second concern", "the concern it was made with", "a concern that was closed"],
)
def test_a_concern_that_nobody_has_weighed_brings_a_place_back_where_the_risk_could_be_no_higher(
    now: tuple[str, ...], then: tuple[str, ...], band: Urgency
) -> None:
    def knowing(ids: tuple[str, ...]) -> Evidence:
        notices = tuple(ConcernNotice(one, "patient_safety", is_safety=True) for one in ids)
        return Evidence(SurveyEvidence(HEADER.id), concerns=notices)

    made = replace(assessed(suggestion(3, 5)), evidence=knowing(then))
    known = replace(risk("a", suggestion(3, 5), made), evidence=knowing(now))
    assert bands([known], [view("a")]) == {band: ["a"]}


@pytest.mark.parametrize(
    ("bearing", "band"),
    [
        (Bearing.ADVERSE, Urgency.ACT),
        (Bearing.REASSURING, Urgency.ASSESSED),
        (Bearing.CONTEXT, Urgency.ASSESSED),
    ],
)
def test_evidence_brings_a_place_back_where_it_points_to_a_risk(bearing: Bearing, band: Urgency) -> None:
    piece = ExternalEvidence(
        "ev-1", "a", "", date(2026, 4, 3), Source.VISIT, bearing, "tea", "Seen on the day.", "Ann", date(2026, 4, 3)
    )
    known = risk("a", suggestion(3, 5), assessed(suggestion(3, 5)))
    known = replace(known, evidence=Evidence(SurveyEvidence(HEADER.id), external=(piece,)))
    assert bands([known], [view("a")]) == {band: ["a"]}


def test_programmes_stand_by_name_and_on_no_list_for_the_score_is_of_the_whole_place() -> None:
    known: dict[str, Suggestion] = {
        "Surgery": QUIET,
        "Nursing": suggestion(4, 5),
        "Imaging": suggestion(3, 5),
        "": QUIET,
    }
    risks = [replace(risk("a", suggested), programme=programme) for programme, suggested in known.items()]
    found = needing_attention(HEADER, risks, {"a": view("a", "fallen")})
    assert {urgency: [(one.risk.programme, one.listed) for one in band] for urgency, band in found.items() if band} == {
        Urgency.ACT: [("Imaging", ""), ("Nursing", "")],
        Urgency.ASK: [("", "Tea (1)")],
    }


def test_lists_stand_in_the_order_of_the_scales_and_not_of_the_record() -> None:
    summaries = {"placement": {"cake": ScaleLists(LISTS), "tea": ScaleLists(LISTS)}}
    header = replace(HEADER, scales={"tea": "Tea", "cake": "Cake"}, flags=replace(HEADER.flags, levels=summaries))
    flags = dict.fromkeys(("cake", "tea"), ScaleFlags(("fallen", "risen"), LowFor.UNTOLD, ()))
    listed = replace(view("a"), record=replace(view("a").record, flags=flags))
    (found,) = needing_attention(header, [], {"a": listed})[Urgency.ASK]
    assert found.listed == "Tea (1), Cake (1)"


@pytest.mark.parametrize(
    ("suggested", "verdict", "is_so"),
    [
        (suggestion(3, 5), Verdict.INSUFFICIENT, True),
        (suggestion(3, 5), Verdict.INDICATIVE, False),
        (suggestion(3, 3), Verdict.INSUFFICIENT, True),
        (QUIET, Verdict.INSUFFICIENT, False),
    ],
    ids=["high on little", "high on more", "medium on little", "nothing on little"],
)
def test_a_risk_on_a_score_that_says_little_is_told_apart(suggested: Suggestion, verdict: Verdict, is_so: bool) -> None:
    score = ShownScore(
        n=9, mean=60.0, sd=10.0, interval=(52.0, 68.0), effective_n=9.0, reliability=0.4, shrunken=66.0,
        shrunken_interval=(60.0, 72.0), probability_low=0.9, verdict=verdict, distribution=SuppressedDistribution(),
    )  # fmt: skip
    record = PlaceRecord("a", Level.PLACEMENT, SuppressedScore(), {"tea": score}, {}, QUIET)
    assert is_on_little(suggested, PlaceView(NamedPlace("a", "Ward a", Level.PLACEMENT, ()), record)) is is_so


def test_a_release_without_flags_puts_nobody_on_a_list() -> None:
    header = replace(HEADER, flags=FlagSummary("", {}, {}))
    assert not any(needing_attention(header, [risk("a", QUIET)], {"a": view("a", "fallen")}).values())


def test_of_whom_nobody_has_written_the_release_says_what_is_suggested() -> None:
    record = replace(view("a").record, risk=suggestion(3, 5))
    found = needing_attention(HEADER, [], {"a": replace(view("a"), record=record), "b": view("b")})
    assert {urgency: [one.view.place_id for one in band] for urgency, band in found.items() if band} == {
        Urgency.ACT: ["a"]
    }
    (one,) = found[Urgency.ACT]
    assert (one.risk.history, one.about) == ((), "tea")
