"""Campaigns are stored as they are opened and closed once."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from nets.errors import NotFound, Refused
from nets.store.campaigns import add_campaign, close_campaign, get_campaign, list_campaigns
from nets.store.database import Database


def test_a_campaign_comes_back_as_it_was_opened(filled: Database, small: Any) -> None:
    with filled.read() as connection:
        assert get_campaign(connection, small.campaign.id) == small.campaign


def test_a_second_campaign_of_the_same_id_is_refused(filled: Database, small: Any) -> None:
    with pytest.raises(Refused, match="already a campaign small-2026"), filled.begin() as connection:
        add_campaign(connection, small.campaign)


def test_a_campaign_needs_a_published_questionnaire(filled: Database, small: Any) -> None:
    with pytest.raises(NotFound, match=r"small 9\.9"), filled.begin() as connection:
        add_campaign(connection, replace(small.campaign, id="other", questionnaire_version="9.9"))


def test_an_unknown_campaign_is_not_found(filled: Database) -> None:
    with pytest.raises(NotFound, match="no-such"), filled.read() as connection:
        get_campaign(connection, "no-such")


def test_campaigns_are_listed_from_the_newest(filled: Database, small: Any) -> None:
    earlier = replace(small.campaign, id="small-2025", opens_on=date(2025, 2, 2), closes_on=date(2025, 3, 1))
    later = replace(small.campaign, id="small-2027", opens_on=date(2027, 2, 2), closes_on=date(2027, 3, 1))
    with filled.begin() as connection:
        add_campaign(connection, earlier)
        add_campaign(connection, later)
        assert [campaign.id for campaign in list_campaigns(connection)] == ["small-2027", "small-2026", "small-2025"]


def test_closing_keeps_the_planned_last_day_and_happens_once(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        close_campaign(connection, small.campaign.id, date(2026, 2, 20))
    with filled.begin() as connection:
        closed = get_campaign(connection, small.campaign.id)
        assert closed == replace(small.campaign, closed_on=date(2026, 2, 20))
        assert closed.is_open(date(2026, 2, 19))
        assert not closed.is_open(date(2026, 2, 20))
        with pytest.raises(Refused, match="already closed on 2026-02-20"):
            close_campaign(connection, small.campaign.id, date(2026, 2, 21))


def test_one_whose_last_day_has_passed_cannot_be_closed(filled: Database, small: Any) -> None:
    after = small.campaign.closes_on + timedelta(1)
    with pytest.raises(Refused, match="its last day was"), filled.begin() as connection:
        close_campaign(connection, small.campaign.id, after)


def test_closing_an_unknown_campaign_is_said_so(filled: Database) -> None:
    with pytest.raises(NotFound), filled.begin() as connection:
        close_campaign(connection, "no-such", date(2026, 2, 20))
