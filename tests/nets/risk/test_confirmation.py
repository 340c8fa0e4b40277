"""A person confirms or changes; what is missing or wrong in the decision is told at once."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from nets.errors import InvalidSetting
from nets.risk import (
    Evidence,
    NoConcern,
    RiskLevel,
    RiskSuggestion,
    Suggestion,
    SurveyEvidence,
    read_rule,
    suggest_risk,
)
from nets.risk.assessment import (
    Assessment,
    evidence_from_json,
    evidence_to_json,
    suggestion_from_json,
    suggestion_to_json,
)
from nets.risk.concern import ConcernNotice
from nets.risk.confirmation import Decision, confirm

RULE = read_rule()
EVIDENCE = Evidence(SurveyEvidence("nets-2026-r1"), concerns=(ConcernNotice("co-1", "unsupervised_practice", True),))
SUGGESTED = suggest_risk(EVIDENCE, RULE)
NOTHING = NoConcern(("Nothing is low.",), "Robustness: all is well.", RULE.version)
AS_SUGGESTED = Decision(None, None, "", ("triggered visit",), (), "A. Example", date(2026, 12, 15))


def made(suggestion: Suggestion = SUGGESTED, **changes: Any) -> Assessment:
    decision = replace(AS_SUGGESTED, **changes)
    return confirm(suggestion, EVIDENCE, RULE, decision, place_id="P0044", programme="", number=1)


def problems(suggestion: Suggestion = SUGGESTED, **changes: Any) -> list[str]:
    with pytest.raises(InvalidSetting) as caught:
        made(suggestion, **changes)
    return [str(problem) for problem in caught.value.problems]


def test_a_suggestion_is_confirmed_as_it_is_without_a_reason() -> None:
    assessment = made()
    assert (assessment.likelihood, assessment.impact, assessment.colour, assessment.level) == (3, 5, "R", "high")
    assert assessment.is_as_suggested
    assert (assessment.release_id, assessment.rule_version) == ("nets-2026-r1", RULE.version)
    assert isinstance(SUGGESTED, RiskSuggestion)
    assert assessment.robustness == SUGGESTED.robustness


def test_a_changed_cell_needs_a_reason_and_takes_its_own_colour_and_level() -> None:
    assert problems(likelihood=2) == ["reason: must be given where the cell is not the suggested one"]
    assessment = made(likelihood=2, impact=3, reason="Seen to on the day.")
    assert (assessment.colour, assessment.level, assessment.is_as_suggested) == ("A", "medium", False)
    assert assessment.reason == "Seen to on the day."


def test_where_nothing_is_suggested_a_person_gives_both_numbers_and_a_reason() -> None:
    assert problems(NOTHING) == [
        "likelihood: must be given, for nothing is suggested",
        "impact: must be given, for nothing is suggested",
        "reason: must be given where the cell is not the suggested one",
    ]
    assert made(NOTHING, likelihood=2, impact=2, reason="The dean asks for it.").level == "low"


def test_a_level_offers_its_interventions_first_and_others_may_be_chosen() -> None:
    assert problems(interventions=()) == [
        "intervention: a high risk asks for one; offered first: triggered visit, programme review"
    ]
    (asked,) = problems(likelihood=2, impact=3, reason="Seen to on the day.", interventions=())
    assert asked.startswith(
        f"intervention: a medium risk asks for one; offered first: {RULE.interventions[RiskLevel.MEDIUM][0]}"
    )
    chosen = made(interventions=("desktop review",), supportive=("shadowing",))
    assert (chosen.interventions, chosen.supportive) == (("desktop review",), ("shadowing",))


def test_a_low_risk_needs_no_intervention() -> None:
    assert made(likelihood=1, impact=1, reason="Closed.", interventions=()).level == "low"


def test_everything_wrong_is_told_at_once() -> None:
    told = problems(
        likelihood=6,
        impact=0,
        interventions=("triggerd visit", "triggered visit", "triggered visit", "training"),
        supportive=("programme review", "a cake"),
        by=" ",
    )
    assert told == [
        "likelihood: 6 is not a whole number from 1 to 5",
        "impact: 0 is not a whole number from 1 to 5",
        "reason: must be given where the cell is not the suggested one",
        "intervention: 'triggerd visit' is not known to the rule; is 'triggered visit' meant?",
        "intervention: 'triggered visit' stands there twice",
        "intervention: 'training' is chosen with --supportive",
        "supportive: 'programme review' is chosen with --intervention",
        f"supportive: 'a cake' is not known to the rule; there is {', '.join(RULE.supportive)}",
        "by: is missing",
    ]


def test_what_it_was_made_of_comes_back_from_its_text_as_it_was() -> None:
    assert evidence_from_json(evidence_to_json(EVIDENCE)) == EVIDENCE
    for suggestion in (SUGGESTED, NOTHING):
        assert suggestion_from_json(suggestion_to_json(suggestion)) == suggestion
