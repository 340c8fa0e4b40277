"""The printed matrix cell by cell, and the default rule's suggestions with their reasons."""

from typing import Any

import pytest

from nets.errors import InvalidSetting
from nets.risk import (
    AdverseFlag,
    Evidence,
    InsufficientEvidence,
    NoConcern,
    RiskLevel,
    RiskSuggestion,
    ScaleEvidence,
    read_rule,
    risk_colour,
    suggest_risk,
)

# Copied by hand from the printed table: HEE Quality Framework Handbook 2017/18; rows likelihood 5..1, columns impact 1..5.
PRINTED = """
G    A    A/R  R    R
G    A    A/R  R    R
G    G/A  A    A/R  R
G    G/A  A    A    A/R
G    G    G/A  G/A  A
"""
CELLS = [
    (5 - row, column + 1, colour)
    for row, line in enumerate(PRINTED.strip().splitlines())
    for column, colour in enumerate(line.split())
]
RULE = read_rule()


def low_scale(**changes: Any) -> ScaleEvidence:
    fields: dict[str, Any] = {
        "scale": "supervision", "title": "Clinical supervision", "probability": 0.85, "reliability": 0.74, "n": 31,
    }  # fmt: skip
    return ScaleEvidence(**(fields | changes))


def suggestion(evidence: Evidence) -> RiskSuggestion:
    suggested = suggest_risk(evidence, RULE)
    assert isinstance(suggested, RiskSuggestion)
    return suggested


@pytest.mark.parametrize(("likelihood", "impact", "colour"), CELLS)
def test_each_cell_is_the_printed_one(likelihood: int, impact: int, colour: str) -> None:
    assert risk_colour(likelihood, impact) == colour


@pytest.mark.parametrize(
    ("likelihood", "impact"), [(0, 1), (6, 1), (1, 0), (1, 6), (True, 3), (2.0, 3), ("3", 3), (None, 3)]
)
def test_it_refuses_what_is_not_on_the_matrix(likelihood: Any, impact: Any) -> None:
    with pytest.raises(InvalidSetting, match="whole number from 1 to 5"):
        risk_colour(likelihood, impact)


def test_both_faults_are_named_at_once() -> None:
    with pytest.raises(InvalidSetting) as caught:
        risk_colour(0, 9)
    assert [problem.where for problem in caught.value.problems] == ["likelihood", "impact"]


@pytest.mark.parametrize(("probability", "likelihood"), [(0.5, 3), (0.79, 3), (0.8, 4), (0.94, 4), (0.95, 5), (1.0, 5)])
def test_likelihood_follows_the_probability(probability: float, likelihood: int) -> None:
    suggested = suggestion(Evidence((low_scale(probability=probability),), first_campaign=False))
    assert suggested.likelihood == likelihood


def test_below_the_gate_nothing_is_suggested() -> None:
    assert isinstance(suggest_risk(Evidence((low_scale(probability=0.49),), first_campaign=False), RULE), NoConcern)


@pytest.mark.parametrize(("probability", "is_held"), [(0.79, False), (0.8, True), (0.94, True), (0.99, True)])
def test_the_first_campaign_alone_holds_the_likelihood_at_three(probability: float, is_held: bool) -> None:
    suggested = suggestion(Evidence((low_scale(probability=probability),), first_campaign=True))
    assert suggested.likelihood == 3
    assert ("first campaign" in " ".join(suggested.reasons)) is is_held


def test_a_second_source_lifts_the_first_campaigns_cap() -> None:
    evidence = Evidence(
        (low_scale(probability=0.99),), other_evidence=("Visit of 3 May: rota gaps.",), first_campaign=True
    )
    assert suggestion(evidence).likelihood == 5


@pytest.mark.parametrize(
    ("scale", "impact"),
    [("facilities", 2), ("overall", 2), ("induction", 3), ("supervision", 3), ("learning", 3), ("teamwork", 3),
     ("dignity", 4), ("unsupervised_practice", 5), ("patient_safety", 5)],
)  # fmt: skip
def test_impact_is_the_subjects(scale: str, impact: int) -> None:
    assert suggestion(Evidence((low_scale(scale=scale),), first_campaign=False)).impact == impact


@pytest.mark.parametrize(("groups", "impact"), [((), 3), (("Student nurses",), 3), (("Student nurses", "Midwives"), 4)])
def test_two_groups_weigh_one_more_than_one(groups: tuple[str, ...], impact: int) -> None:
    assert suggestion(Evidence((low_scale(groups_below=groups),), first_campaign=False)).impact == impact


def test_impact_never_passes_five() -> None:
    evidence = Evidence((low_scale(scale="patient_safety", groups_below=("a", "b")),), first_campaign=False)
    assert suggestion(evidence).impact == 5


def test_a_safety_concern_is_high_without_any_score() -> None:
    suggested = suggestion(Evidence((), safety_concerns=("A Foundation trainee was left alone at night.",)))
    assert (suggested.likelihood, suggested.impact, suggested.colour, suggested.level) == (3, 5, "R", RiskLevel.HIGH)
    assert "Foundation trainee" in suggested.reasons[0]


def test_the_adverse_flag_opens_the_gate_with_its_subjects_impact() -> None:
    flag = AdverseFlag("dignity", "Dignity and respect")
    suggested = suggestion(Evidence((low_scale(probability=0.1),), adverse=(flag,)))
    assert suggested.reasons[0].endswith(
        "learners report this more often here than elsewhere, beyond chance (99% interval)."
    )
    assert (suggested.likelihood, suggested.impact) == (3, 4)


def test_an_unreliable_score_alone_is_insufficient_evidence() -> None:
    suggested = suggest_risk(Evidence((low_scale(reliability=0.49),)), RULE)
    assert isinstance(suggested, InsufficientEvidence)
    assert "Clinical supervision" in suggested.reasons[0]


def test_a_score_at_the_least_reliability_carries_a_statement() -> None:
    suggested = suggestion(Evidence((low_scale(reliability=0.5),), first_campaign=False))
    assert suggested.robustness.endswith("all carry a statement (at least 0.50).")


def test_no_score_at_all_is_insufficient_evidence() -> None:
    assert isinstance(suggest_risk(Evidence(()), RULE), InsufficientEvidence)


def test_the_worst_cell_is_suggested_and_every_reason_is_kept() -> None:
    scales = (low_scale(scale="facilities", title="Facilities", probability=0.97), low_scale(probability=0.81))
    suggested = suggestion(Evidence(scales, first_campaign=False))
    assert (suggested.likelihood, suggested.impact, suggested.colour) == (4, 3, "A/R")
    assert [reason.split(":")[0] for reason in suggested.reasons] == ["Clinical supervision", "Facilities"]


@pytest.mark.parametrize(("probability", "likelihood"), [(0.3, 2), (0.2, 2), (0.19, 1), (0.0, 1)])
def test_after_action_a_better_score_is_unlikely_or_rare(probability: float, likelihood: int) -> None:
    evidence = Evidence((low_scale(probability=probability),), first_campaign=False, after_action=True)
    assert suggestion(evidence).likelihood == likelihood


def test_the_robustness_clause_says_what_was_left_out() -> None:
    scales = (low_scale(), low_scale(scale="induction", title="Induction", reliability=0.31))
    suggested = suggestion(Evidence(scales, first_campaign=False))
    assert "0.31 to 0.74" in suggested.robustness
    assert "left out: Induction" in suggested.robustness


@pytest.mark.parametrize(("probability", "words"), [(1.0, "over 99%"), (0.99, "99%"), (0.847, "85%"), (0.5, "50%")])
def test_no_probability_is_told_as_certain(probability: float, words: str) -> None:
    evidence = Evidence((low_scale(probability=probability),), first_campaign=False)
    assert f"probability {words} that" in suggestion(evidence).reasons[0]


def test_earlier_campaigns_are_named_in_the_reasons() -> None:
    suggested = suggestion(Evidence((low_scale(low_before=("NETS 2025",)),), first_campaign=False))
    assert "so it was in NETS 2025" in suggested.reasons[0]


@pytest.mark.parametrize(
    ("colour", "level"), [("R", "high"), ("A/R", "high"), ("A", "medium"), ("G/A", "low"), ("G", "low")]
)
def test_the_default_mapping_of_colours_to_levels(colour: Any, level: str) -> None:
    assert RULE.level_of_colour[colour] == level
    assert RULE.interventions[RULE.level_of_colour[colour]]
