"""Response rates are exact or there are none; what the silent would have said is bounded by its worst and best case."""

import itertools

import numpy as np
import pytest

from nets.errors import InvalidSetting
from nets.response_rate import (
    Cell,
    NoResponseRate,
    Rate,
    ResponseRate,
    RosterTooSmall,
    bounds_of_mean,
    campaign_rates,
    place_responses,
)

ROSTER = {("W-1", "nursing"): 8, ("W-1", "midwifery"): 4, ("W-2", "nursing"): 5}


def test_a_rate_is_of_the_learners_in_the_roster() -> None:
    rates = campaign_rates({("W-1", "nursing"): 2, ("W-1", "midwifery"): 1}, ROSTER)
    first, second = rates.placements
    assert first.groups == {"midwifery": ResponseRate(1, 4), "nursing": ResponseRate(2, 8)}
    assert first.together == ResponseRate(3, 12)
    assert second.together == ResponseRate(0, 5)
    assert rates.together == ResponseRate(3, 17)
    assert (ResponseRate(2, 8).per_cent, ResponseRate(2, 8).open_points) == (25.0, 75.0)


def test_without_a_roster_there_is_no_rate() -> None:
    rates = campaign_rates({("W-1", "nursing"): 2}, {})
    assert rates.placements[0].groups == {"nursing": NoResponseRate(2)}
    assert rates.placements[0].together == NoResponseRate(2)
    assert rates.together == NoResponseRate(0)
    assert rates.outside == 2


def test_a_group_that_the_roster_does_not_know_leaves_its_placement_without_a_rate() -> None:
    rates = campaign_rates({("W-2", "nursing"): 2, ("W-2", "midwifery"): 1, ("W-1", "nursing"): 4}, ROSTER)
    assert rates.placements[1].together == NoResponseRate(3)
    assert rates.placements[1].groups["nursing"] == ResponseRate(2, 5)
    assert (rates.together, rates.outside) == (ResponseRate(6, 17), 1)


def test_more_responses_than_learners_are_told_and_in_no_rate() -> None:
    rates = campaign_rates({("W-1", "nursing"): 9, ("W-1", "midwifery"): 1}, ROSTER)
    assert rates.placements[0].groups["nursing"] == RosterTooSmall(9, 8)
    assert rates.placements[0].together == RosterTooSmall(10, 12)
    assert (rates.together, rates.too_small) == (ResponseRate(1, 9), 1)


def test_a_group_of_nobody_has_no_rate_and_takes_none_from_its_placement() -> None:
    rates = campaign_rates({("W-1", "nursing"): 1}, {("W-1", "nursing"): 2, ("W-1", "midwifery"): 0})
    assert rates.placements[0].groups["midwifery"] == NoResponseRate(0)
    assert rates.placements[0].together == ResponseRate(1, 2)
    assert campaign_rates({("W-1", "nursing"): 1}, {("W-1", "nursing"): 0}).too_small == 1


def test_the_bounds_are_those_of_every_way_in_which_the_silent_could_have_answered() -> None:
    answered, n_silent = [75.0, 50.0, 100.0], 3
    means = [
        np.mean([*answered, *silent]) for silent in itertools.product([0.0, 25.0, 50.0, 75.0, 100.0], repeat=n_silent)
    ]
    assert bounds_of_mean(75.0, 3, 6) == pytest.approx((min(means), max(means)), abs=1e-12)
    worst, best = bounds_of_mean(75.0, 3, 6)
    assert best - worst == ResponseRate(3, 6).open_points
    assert bounds_of_mean(62.5, 4, 4) == (62.5, 62.5)


def test_more_answers_than_learners_have_no_bounds() -> None:
    with pytest.raises(InvalidSetting, match="7 of 6 learners"):
        bounds_of_mean(50.0, 7, 6)


def test_placements_that_are_not_counted_are_in_the_rate_above_together_or_not_at_all() -> None:
    answered = {("W-1", "nursing"): 20, ("W-2", "nursing"): 12, ("W-3", "nursing"): 2}
    roster = {("W-1", "nursing"): 40, ("W-3", "nursing"): 4, ("W-4", "nursing"): 3}

    def rate_of_site(roster: dict[Cell, int], *counted: str) -> Rate:
        found = place_responses(answered, roster, lambda placement_id: (placement_id, "S-1"), {"S-1", *counted})
        assert (found["S-1"].n, found["W-1"].rate) == (34, ResponseRate(20, 40))
        return found["S-1"].rate

    assert rate_of_site(roster, "W-1") == ResponseRate(20, 40), "22 less the 20 would be the two of W-3"
    assert rate_of_site({**roster, ("W-2", "nursing"): 6}, "W-1") == ResponseRate(20, 40), "too small is without a rate"
    assert rate_of_site({**roster, ("W-2", "nursing"): 30}, "W-1") == ResponseRate(34, 77)
    assert rate_of_site(roster, "W-1", "W-2", "W-3") == ResponseRate(22, 47), (
        "where all are counted, the silent are in it"
    )


def test_a_placement_with_a_group_that_the_roster_does_not_know_is_in_no_rate_above() -> None:
    answered = {("W-1", "nursing"): 20, ("W-1", "midwifery"): 2, ("W-2", "nursing"): 9}
    found = place_responses(
        answered, {("W-1", "nursing"): 40, ("W-2", "nursing"): 10}, lambda one: (one, "S-1"), {"W-1", "W-2"}
    )
    assert found["S-1"].rate == ResponseRate(9, 10), "29 less the 9 would say that two of W-1 are no nurses"


def test_a_placement_has_its_own_rate_whatever_there_is_beside_it() -> None:
    answered = {("W-1", "nursing"): 2, ("W-2", "nursing"): 3, ("W-3", "nursing"): 9}
    roster = {("W-1", "nursing"): 4, ("W-3", "nursing"): 5}
    found = place_responses(answered, roster, lambda one: (one, "S-1"), {"S-1", "W-3"})
    assert [found[one].rate for one in ("W-1", "W-2", "W-3", "S-1")] == [
        ResponseRate(2, 4),
        NoResponseRate(3),
        RosterTooSmall(9, 5),
        NoResponseRate(0),
    ]


def test_a_placement_of_nobody_keeps_no_other_out_of_the_rate_above() -> None:
    found = place_responses(
        {("W-1", "nursing"): 2}, {("W-1", "nursing"): 4, ("W-2", "nursing"): 0}, lambda one: (one, "S-1"), {"S-1"}
    )
    assert found["S-1"].rate == ResponseRate(2, 4)
