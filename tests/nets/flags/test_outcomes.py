"""Sensitivity and specificity of the adverse-environment flag, by hand."""

import math
from dataclasses import replace

import pytest

from nets.disclosure.shown import NoRate, ShownMean, ShownResponses, SuppressedDistribution, SuppressedScore
from nets.errors import Refused
from nets.flags.outcomes import FlagNowhereUp, FlagValidity, indicator_validity
from nets.organisation import Level
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.risk import RiskBasis

SAFETY = {"harm": "Patient safety", "bullying": "Dignity"}


def record(place_id: str, mean: float | None, *adverse: str) -> PlaceRecord:
    shown = (
        {}
        if mean is None
        else {"harm": ShownMean(12, mean, 10.0, (mean - 5, mean + 5), 12.0, SuppressedDistribution())}
    )
    return PlaceRecord(
        place_id,
        Level.PLACEMENT,
        ShownResponses(12, NoRate()) if shown else SuppressedScore(),
        shown,
        {},
        NotAssessed(),
        RiskBasis(tuple(adverse), {}, first_campaign=True),
    )


PLACEMENTS = {
    one.place_id: one
    for one in (
        record("A", 60.0, "harm"),
        record("B", 65.0, "harm", "bullying"),
        record("C", 80.0),
        record("D", 85.0),
        record("E", 70.0, "harm"),
        record("F", 90.0),
        record("G", 95.0),
        record("H", None),
    )
}
OUTCOMES = {"A": True, "B": True, "C": True, "D": False, "E": False, "F": False, "G": False, "H": True, "Z": False}


def test_sensitivity_and_specificity_are_those_counted_by_hand() -> None:
    found = indicator_validity(PLACEMENTS, OUTCOMES, SAFETY)
    assert (found.n_with, found.n_without, found.left_out) == (3, 4, 2)
    harm, bullying, anything = found.flags
    assert isinstance(harm, FlagValidity)
    assert harm.n_up == 3
    assert harm.sensitivity.value == pytest.approx(2 / 3)  # of A, B, C the flag is up at A and B
    assert harm.specificity.value == pytest.approx(3 / 4)  # of D, E, F, G it is up at E
    # Wilson (1927) for 2 of 3, by hand
    z2 = 1.959963984540054**2
    centre, half = (2 / 3 + z2 / 6) / (1 + z2 / 3), math.sqrt(z2 * (2 / 9) / 3 + z2**2 / 36) / (1 + z2 / 3)
    assert (harm.sensitivity.low, harm.sensitivity.high) == pytest.approx((centre - half, centre + half))
    assert isinstance(bullying, FlagValidity)
    assert bullying.sensitivity.value == pytest.approx(1 / 3)
    assert bullying.specificity.value == 1.0
    assert isinstance(anything, FlagValidity)
    assert anything.sensitivity.value == harm.sensitivity.value


def test_the_area_is_the_share_of_pairs_in_which_the_placement_with_the_outcome_scores_lower() -> None:
    (harm,) = indicator_validity(PLACEMENTS, OUTCOMES, SAFETY).scores
    pairs = [(a, b) for a in (60, 65, 80) for b in (85, 70, 90, 95)]
    assert harm.auc.value == pytest.approx(sum(a < b for a, b in pairs) / len(pairs))
    assert harm.auc.low < harm.auc.value


def test_a_flag_that_is_up_nowhere_tells_nothing() -> None:
    quiet = {
        place_id: replace(one, basis=RiskBasis((), {}, first_campaign=True)) for place_id, one in PLACEMENTS.items()
    }
    assert all(isinstance(flag, FlagNowhereUp) for flag in indicator_validity(quiet, OUTCOMES, SAFETY).flags)


@pytest.mark.parametrize("outcomes", [{"A": True, "B": False}, dict.fromkeys("ABCDEF", True), {"H": True, "Z": False}])
def test_too_few_placements_or_all_alike_are_told(outcomes: dict[str, bool]) -> None:
    with pytest.raises(Refused, match="with the outcome and without it"):
        indicator_validity(PLACEMENTS, outcomes, SAFETY)


def test_a_questionnaire_without_safety_scales_has_no_such_flag() -> None:
    with pytest.raises(Refused, match="no safety scales"):
        indicator_validity(PLACEMENTS, OUTCOMES, {})
