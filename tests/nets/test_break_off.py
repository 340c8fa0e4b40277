"""Where learners went no further: of those who came so far, with an interval, and a page is counted once a learner."""

from typing import Any

import pytest

from nets.break_off import (
    BEGUN,
    SENT,
    CampaignBreakOffs,
    NobodyBegan,
    StepCount,
    campaign_break_offs,
    path_of,
)

COUNTS = {
    BEGUN: StepCount(reached=100, went_on=98),
    "group": StepCount(98, 98),
    "p/programme-midwifery": StepCount(8, 6),
    "p/induction-1": StepCount(96, 90),
    "check": StepCount(90, 88),
    SENT: StepCount(88, 0),
}


def test_the_path_holds_every_screen_of_the_version_once_and_in_order(nets_version: Any) -> None:
    path = path_of(nets_version)
    assert path[:3] == ("placement", "group", "p/programme-nursing")
    assert path[-3:] == ("p/comment-better", "check", "sent")
    assert len(path) == len(set(path)) == len(nets_version.pages) + 4


def test_a_share_is_of_those_who_reached_the_page(nets_version: Any) -> None:
    found = campaign_break_offs(nets_version, COUNTS)
    assert isinstance(found, CampaignBreakOffs)
    left = {step.step: step.left for step in found.steps}
    assert (found.all.reached, found.all.no_further, found.all.per_cent) == (100, 12, 12.0)
    # Wilson's interval of 2 of 8, as R's prop.test(2, 8, correct = FALSE) gives it
    few = left["p/programme-midwifery"]
    assert (few.reached, few.no_further, few.per_cent) == (8, 2, 25.0)
    assert (few.low, few.high) == pytest.approx((7.1479213, 59.0724570), abs=1e-6)
    assert left["group"].no_further == 0
    assert left["p/induction-1"].per_cent == pytest.approx(6.25)


def test_pages_that_nobody_reached_and_the_receipt_have_no_row(nets_version: Any) -> None:
    found = campaign_break_offs(nets_version, {**COUNTS, "p/a-page-that-is-gone": StepCount(3, 1)})
    assert isinstance(found, CampaignBreakOffs)
    assert [step.step for step in found.steps] == [BEGUN, "group", "p/programme-midwifery", "p/induction-1", "check"]
    assert found.steps[3].title == nets_version.page["induction-1"].title["en"]


def test_all_who_began_are_at_one_page_each_or_have_sent(nets_version: Any) -> None:
    found = campaign_break_offs(nets_version, COUNTS)
    assert isinstance(found, CampaignBreakOffs)
    assert sum(step.left.no_further for step in found.steps) == found.all.no_further


def test_where_nobody_began_there_is_no_share(nets_version: Any) -> None:
    assert campaign_break_offs(nets_version, {}) == NobodyBegan()


def test_more_who_went_on_than_were_counted_leave_nobody(nets_version: Any) -> None:
    found = campaign_break_offs(nets_version, {BEGUN: StepCount(4, 6), SENT: StepCount(5, 0)})
    assert isinstance(found, CampaignBreakOffs)
    assert (found.all.no_further, found.steps[0].left.no_further) == (0, 0)
