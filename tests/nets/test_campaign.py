"""A campaign keeps the rules from the moment it is made, and knows on which days it takes answers."""

from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta
from typing import Any

import pytest

from nets.campaign import LONGEST_TITLE, LOWEST_FLOOR, Campaign
from nets.errors import InvalidSetting


@pytest.mark.parametrize("code", ["nets-2026", "a", "2026", "a-1-b", "trial-r", "r1", "x" * 60])
def test_a_code_stands_in_links(campaign: Campaign, code: str) -> None:
    assert replace(campaign, id=code).id == code


@pytest.mark.parametrize(
    "code",
    ["", "NETS", "nets 2026", "nets--2026", "-nets", "nets-", "nets/2026", "nets\n", "ẞ", "x" * 61, "nets-2026-r1"],
)
def test_a_code_that_could_not_is_refused(campaign: Campaign, code: str) -> None:
    with pytest.raises(InvalidSetting) as raised:
        replace(campaign, id=code)
    assert [problem.where for problem in raised.value.problems] == ["id"]


@pytest.mark.parametrize("title", ["", "   ", "two\nlines", "bell\x07", "x" * (LONGEST_TITLE + 1)])
def test_a_title_is_one_line_that_can_be_read(campaign: Campaign, title: str) -> None:
    with pytest.raises(InvalidSetting, match="title: is not one line"):
        replace(campaign, title=title)


@pytest.mark.parametrize("floor", ["place_floor", "breakdown_floor"])
def test_no_floor_is_below_the_lowest(campaign: Campaign, floor: str) -> None:
    lowest: Any = {floor: LOWEST_FLOOR}
    below: Any = {floor: LOWEST_FLOOR - 1}
    assert getattr(replace(campaign, **lowest), floor) == LOWEST_FLOOR == 3
    with pytest.raises(InvalidSetting, match=f"{floor}: 2 is below 3"):
        replace(campaign, **below)


def test_it_closes_no_earlier_than_it_opens(campaign: Campaign) -> None:
    assert replace(campaign, closes_on=campaign.opens_on).is_open(campaign.opens_on)
    with pytest.raises(InvalidSetting, match="closes_on: 2026-09-30 is before the opening on 2026-10-01"):
        replace(campaign, closes_on=campaign.opens_on - timedelta(days=1))


def test_everything_wrong_is_told_at_once(campaign: Campaign) -> None:
    with pytest.raises(InvalidSetting) as raised:
        replace(campaign, id="?", title="", closes_on=date(2000, 1, 1), place_floor=0, breakdown_floor=0)
    assert [problem.where for problem in raised.value.problems] == [
        "id",
        "title",
        "closes_on",
        "place_floor",
        "breakdown_floor",
    ]


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 9, 30), False),
        (date(2026, 10, 1), True),
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), False),
    ],
)
def test_it_takes_answers_from_the_first_day_to_the_last(campaign: Campaign, day: date, is_open: bool) -> None:
    assert campaign.is_open(day) is is_open


def test_it_takes_none_from_the_day_on_which_it_was_closed(campaign: Campaign) -> None:
    closed = replace(campaign, closed_on=date(2026, 10, 10))
    assert closed.is_open(date(2026, 10, 9))
    assert not closed.is_open(date(2026, 10, 10))


@pytest.mark.parametrize(
    ("day", "late"),
    [
        (date(2026, 11, 30), False),
        (date(2026, 12, 1), True),
        (date(2026, 12, 2), True),
        (date(2026, 12, 3), False),
    ],
)
def test_for_two_days_after_the_last_it_takes_what_was_begun_before(campaign: Campaign, day: date, late: bool) -> None:
    assert campaign.last_day == date(2026, 11, 30)
    assert campaign.takes_late(day) is late


def test_the_days_of_grace_follow_an_early_close(campaign: Campaign) -> None:
    closed = replace(campaign, closed_on=date(2026, 10, 10))
    assert closed.last_day == date(2026, 10, 9)
    assert [closed.takes_late(date(2026, 10, day)) for day in (9, 10, 11, 12)] == [False, True, True, False]


def test_a_campaign_that_was_closed_before_it_opened_takes_nothing_late(campaign: Campaign) -> None:
    closed = replace(campaign, closed_on=date(2026, 10, 1))
    assert not any(closed.takes_late(date(2026, 10, day)) for day in (1, 2))


@pytest.mark.parametrize(
    ("closed_on", "early", "ending"),
    [
        (None, False, "its last day was 2026-11-30"),
        (date(2026, 10, 1), True, "it was closed on 2026-10-01"),
        (date(2026, 11, 30), True, "it was closed on 2026-11-30"),
        (date(2026, 12, 1), False, "its last day was 2026-11-30"),
    ],
)
def test_it_says_how_it_ended(campaign: Campaign, closed_on: date | None, early: bool, ending: str) -> None:
    closed = replace(campaign, closed_on=closed_on)
    assert (closed.was_closed_early, closed.ending) == (early, ending)


def test_what_it_fixes_cannot_be_changed(campaign: Campaign) -> None:
    with pytest.raises(FrozenInstanceError):
        campaign.place_floor = 3  # type: ignore[misc]
