"""Records as bytes: those of today are covered with the release; here those of yesterday, and what is no record."""

import json
from typing import Any

import pytest

from nets.disclosure.shown import Distribution, ShownMean, ShownScore, SuppressedDistribution, SuppressedScore
from nets.organisation import Level
from nets.placement import Verdict
from nets.releases.document import record_from_json, record_to_json
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.releases.release import header_from_json
from nets.risk import InsufficientEvidence

SCORE: dict[str, Any] = {
    "n": 31, "mean": 74.2, "sd": 18.0, "interval": [67.6, 80.8], "reliability": 0.77, "shrunken": 75.1,
    "shrunken_interval": [69.4, 80.9], "probability_low": 0.03,
    "distribution": {"counts": [1, 2, 3, 4, 5], "per_cent_positive": 60.0, "kind": "shown"},
    "verdict": "reportable", "kind": "shown",
}  # fmt: skip
FIRST_FORMAT = {
    "placement_id": "W-1",
    "scores": {"tea": SCORE, "room": {"reason": "Not shown.", "kind": "suppressed"}},
    "risk": {"reasons": ["Thin."], "rule_version": "2026.1"},
}


def test_a_placement_of_the_first_format_is_read_as_it_was_written() -> None:
    record = record_from_json(json.dumps(FIRST_FORMAT))
    assert (record.place_id, record.level) == ("W-1", Level.PLACEMENT)
    distribution = Distribution((1, 2, 3, 4, 5), 60.0, ())
    assert record.score("tea") == ShownScore(
        31, 74.2, 18.0, (67.6, 80.8), 31, 0.77, 75.1, (69.4, 80.9), 0.03, distribution, Verdict.REPORTABLE
    )
    assert record.score("room") == record.score("tea", "nursing") == SuppressedScore()
    assert record.risk == InsufficientEvidence(("Thin.",), "2026.1")


def test_a_header_of_the_first_format_has_no_list_of_measures() -> None:
    header = {
        "id": "a-r1", "campaign_id": "a", "campaign_title": "A", "number": 1, "questionnaire_id": "q",
        "questionnaire_version": "1", "rule_version": "r", "released_on": "2026-04-01", "access_mode": "open_link",
        "n_responses": 40, "scales": {"tea": "Tea"}, "benchmarks": {"tea": {"reason": "-", "kind": "suppressed"}},
    }  # fmt: skip
    assert header_from_json(json.dumps(header)).measures == ()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")], ids=["nan", "inf", "minus-inf"])
def test_a_number_that_is_none_is_not_written(number: float) -> None:
    seen = ShownMean(31, 74.2, 18.0, (67.6, number), 31.0, SuppressedDistribution())
    with pytest.raises(ValueError, match=r"expected value|invalid number"):
        record_to_json(PlaceRecord("W-1", "placement", SuppressedScore(), {"tea": seen}, {}, NotAssessed()))


def test_words_that_are_spelt_like_such_a_number_are_written() -> None:
    record = PlaceRecord("NaN", "placement", SuppressedScore(), {}, {}, NotAssessed(), kept={"tea": "-Infinity"})
    assert record_from_json(record_to_json(record)) == record
