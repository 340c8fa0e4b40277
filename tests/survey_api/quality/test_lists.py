"""What the lists and the funnel make of a release's flags, on a release that has some."""

import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Door, Principal, Role
from nets.flags.calibration import (
    Calibration,
    GateNeverOpens,
    ListCalibration,
    NeverListed,
    ReleaseCalibration,
    Share,
)
from nets.flags.error_rates import error_rates
from nets.flags.place_flags import (
    FlagSummary,
    Lists,
    ListSummary,
    LowFor,
    NotFlagged,
    ScaleFlags,
    ScaleLists,
    SpreadSummary,
)
from nets.organisation import Level
from nets.reading import PlaceView
from nets.releases.measure import Measure
from nets.releases.release import ReleaseHeader
from nets.store.releases import get_release
from survey_api.quality import funnel, lists
from survey_api.quality.funnel import funnel_points
from survey_api.quality.lists import flag_lists, own_flags
from survey_api.released import released

SUMMARY = ListSummary(3, 0.15)


@pytest.fixture
def wards(paddle: Any) -> dict[str, PlaceView]:
    """The wards of the release; ward 1 is low on tea by two rules."""
    service, reader = paddle.app.state.service, Principal("ann", Role.NATIONAL, (), Door.SESSION)
    with released(service, reader, paddle.release_id) as release:
        views = {view.place_id: view for view in release.below(release.place("P-1"), Level.PLACEMENT)}
    low = ScaleFlags(("funnel_low", "below_benchmark"), LowFor.UNTOLD, ())
    views["W-1"] = replace(views["W-1"], record=replace(views["W-1"].record, flags={"tea": low}))
    return views


@pytest.fixture
def header(paddle: Any) -> ReleaseHeader:
    """The release's header with lists on tea, and none on respect."""
    with paddle.database.read() as connection:
        found = get_release(connection, paddle.release_id)
    every = dict.fromkeys(("funnel_low", "below_benchmark", "worst_tenth"), SUMMARY)
    levels: dict[str, dict[str, Lists]] = {
        Level.PLACEMENT.value: {"tea": ScaleLists(every), "respect": NotFlagged("too few places")}
    }
    return replace(found, flags=FlagSummary("flags-2026.1", levels, {}))


def tea(header: ReleaseHeader) -> Measure:
    return next(measure for measure in header.measures if measure.code == "tea")


def test_a_list_names_those_that_are_on_it_and_nobody_else(header: ReleaseHeader, wards: dict[str, PlaceView]) -> None:
    lists = {one.question.code: one for one in flag_lists(header, list(wards.values()))}
    for code in ("funnel_low", "below_benchmark"):
        (scale,) = lists[code].scales
        assert (scale.scale, scale.summary) == ("tea", SUMMARY)
        assert [view.place_id for view in scale.listed] == ["W-1"]
        assert lists[code].n_listed == 1
    assert lists["worst_tenth"].n_listed == 0
    assert lists["fallen"].scales == ()


def test_a_release_made_without_flags_has_no_lists(header: ReleaseHeader, wards: dict[str, PlaceView]) -> None:
    assert flag_lists(replace(header, flags=FlagSummary("", {}, {})), list(wards.values())) == []


def test_a_placement_has_its_own_flags_and_for_whom_they_are(
    header: ReleaseHeader, wards: dict[str, PlaceView]
) -> None:
    one_group = ScaleFlags(("below_benchmark",), LowFor.ONE_GROUP, ("nursing",))
    ward = replace(wards["W-1"], record=replace(wards["W-1"].record, flags={"tea": one_group}))
    tea_flags, respect = own_flags(header, ward, {"nursing": "Nursing"})
    assert [(question.code, summary) for question, summary in tea_flags.lists] == [("below_benchmark", SUMMARY)]
    assert (tea_flags.for_whom.low_for, tea_flags.for_whom.groups) == (LowFor.ONE_GROUP, ("Nursing",))
    assert tea_flags.score == ward.record.score("tea")
    assert (respect.lists, respect.for_whom.low_for) == ((), LowFor.UNTOLD)
    assert (tea_flags.low_for, respect.low_for) == ("One group", "–")


def test_of_a_low_score_it_is_said_that_nobody_can_tell_for_whom(
    header: ReleaseHeader, wards: dict[str, PlaceView]
) -> None:
    both = {"tea": ScaleLists(dict.fromkeys(("below_benchmark", "above_benchmark"), SUMMARY))}
    header = replace(header, flags=replace(header.flags, levels={Level.PLACEMENT.value: both}))
    for code, said in (("below_benchmark", "Not sure enough to say"), ("above_benchmark", "–")):
        flags = {"tea": ScaleFlags((code,), LowFor.UNTOLD, ())}
        ward = replace(wards["W-1"], record=replace(wards["W-1"].record, flags=flags))
        tea_flags = own_flags(header, ward, {})[0]
        assert [question.code for question, _ in tea_flags.lists] == [code]
        assert tea_flags.low_for == said


def test_what_was_simulated_stands_beside_what_the_rule_expects(header: ReleaseHeader) -> None:
    share = Share(0.1, 0.01)
    lists: dict[str, ListCalibration | NeverListed] = {
        "funnel_low": ListCalibration(2.0, share, share, share),
        "worst_tenth": NeverListed(),
    }
    found = Calibration(5, 30, 76.0, 18.0, 0.1, lists, GateNeverOpens())
    calibration = ReleaseCalibration(header.id, "placement", "flags-2026.1", "risk-2026.2", {"tea": found})
    rates = {rate.question.code: rate for rate in error_rates(header, calibration, "tea")}
    assert {code: rate.simulated.kind for code, rate in rates.items()} == {
        "funnel_low": "listed", "below_benchmark": "not_simulated", "worst_tenth": "never",
    }  # fmt: skip
    assert {rate.summary.falsely for rate in rates.values()} == {"15%"}
    assert [rate.simulated.kind for rate in error_rates(header, None, "tea")] == ["not_simulated"] * 3
    assert error_rates(header, calibration, "respect") == []


@pytest.mark.parametrize(("n", "share", "said"), [(3, 0.0, "under 5%"), (3, 0.15, "15%"), (40, 0.004, "under 1%")])
def test_no_list_is_said_to_be_without_a_chance_of_being_wrong(n: int, share: float, said: str) -> None:
    assert ListSummary(n, share).falsely == said
    assert SpreadSummary(n, share).falsely == said


def test_a_page_says_where_no_placement_is_held_against_others(reader: TestClient) -> None:
    for place in ("W-1", "P-1"):
        page = reader.get(f"/quality/paddle-2025-r1/places/{place}/flags").text
        assert "No placement is held against the others on this scale." in page
        assert "has not been simulated yet" in page
    answer = reader.get("/quality/paddle-2025-r1/places/W-1/flags/error-rates.csv")
    assert answer.text.startswith("scale,list,places_listed,expected_false_share,simulated_false_share")
    assert reader.get("/quality/paddle-2025-r1/places/W-1/flags?measure=coffee").status_code == 404


def test_a_page_names_some_of_a_long_list_and_says_how_many_more_there_are(
    reader: TestClient, header: ReleaseHeader, wards: dict[str, PlaceView], monkeypatch: pytest.MonkeyPatch
) -> None:
    low = wards["W-1"].record.flags
    listed = [replace(ward, record=replace(ward.record, flags=low)) for ward in wards.values()]
    monkeypatch.setattr(lists, "flag_lists", lambda *_: flag_lists(header, listed))
    monkeypatch.setattr(lists, "MOST_NAMED", 2)
    page = reader.get("/quality/paddle-2025-r1/places/P-1/flags").text
    (line,) = re.findall(r"<li><strong>Tea</strong>.*?</li>", page.split('id="funnel_low"')[1].split("</ul>")[0])
    assert re.findall(r'/places/([^"]+)"', line) == ["W-1", "W-2"]
    assert "; and 5 more, in the table</li>" in line


def test_the_funnel_shows_who_is_outside_and_who_is_looked_at(
    header: ReleaseHeader, wards: dict[str, PlaceView]
) -> None:
    around = list(wards.values())
    points = funnel_points(tea(header), [wards["W-2"]], around, [ward.record.score("tea") for ward in around])
    assert {point.name for point in points if point.is_outside} == {"Ward 1"}
    assert {point.name for point in points if point.is_own} == {"Ward 2"}
    assert "Ward 6" not in {point.name for point in points}
    score: Any = wards["W-2"].record.score("tea")
    (own,) = (point for point in points if point.is_own)
    assert (own.n, own.mean, own.place_id) == (score.n, score.mean, "W-2")


def test_the_funnel_page_names_some_of_those_outside_and_says_how_many_more_there_are(
    reader: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(funnel, "_is_outside", lambda *_: True)
    monkeypatch.setattr(funnel, "MOST_NAMED", 2)
    page = reader.get("/quality/paddle-2025-r1/places/P-1/funnel?measure=tea").text
    named = page.split('<h2 class="nhsuk-heading-m">Outside the inner limits</h2>')[1].split("</ul>")
    assert re.findall(r'/places/([^"]+)"', named[0]) == ["W-1", "W-2"]
    assert "And 5 more, in the table." in named[1]


def test_where_there_are_no_others_nobody_stands_out(header: ReleaseHeader, wards: dict[str, PlaceView]) -> None:
    around = list(wards.values())
    scores = [ward.record.score("tea") for ward in around]
    assert not any(point.is_own for point in funnel_points(tea(header), around, around, scores))
