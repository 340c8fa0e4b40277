"""Risks in words for their reader: who reads in bands reads what was decided before in bands too."""

from dataclasses import replace
from datetime import date

import pytest

from nets.access.roles import Door, Principal, Role
from nets.organisation import Level, Organisation
from nets.risk import (
    Evidence,
    InsufficientEvidence,
    RiskLevel,
    RiskSuggestion,
    ScaleEvidence,
    Suggestion,
    SurveyEvidence,
    read_rule,
    suggest_risk,
    told_in_bands,
)
from nets.risk.assessment import Assessment
from nets.risk.on_day import RiskOnDay
from nets.store.database import Database
from nets.told_risks import told_assessments, told_risks

RULE = read_rule()
WARD = Organisation("P0001", Level.PLACEMENT, "Ward", "S-1")
SCOPES = {Role.REGION: ("R1",), Role.LOCAL_OFFICE: ("R1", "L01"), Role.PROVIDER: ("R1", "L01", "T001")}


def reader(role: Role) -> Principal:
    return Principal("test", role, SCOPES.get(role, ()), Door.SESSION)


def suggested(reliability: float) -> tuple[Evidence, Suggestion]:
    """What was suggested of a ward whose one score had this reliability, so that the words tell about how many answered."""
    scales = (ScaleEvidence("supervision", "Supervision", 0.85, reliability, 12),)
    evidence = Evidence(SurveyEvidence("tea-r1", scales))
    return evidence, suggest_risk(evidence, RULE)


def assessment(number: int, reliability: float) -> Assessment:
    evidence, suggestion = suggested(reliability)
    return Assessment(
        "P0001", "", number, "tea-r1", RULE.version, evidence, suggestion, 4, 3, "A/R", RiskLevel.HIGH, "Seen.",
        ("triggered visit",), (), "ann", date(2026, 1, number),
    )  # fmt: skip


HISTORY = (assessment(2, 0.52), assessment(1, 0.72))


def risk() -> RiskOnDay:
    """A risk of which nothing is released yet, that was assessed twice."""
    return RiskOnDay(WARD, "", Evidence(SurveyEvidence("")), suggested(0.52)[1], RULE, HISTORY)


@pytest.mark.parametrize("role", SCOPES)
def test_what_was_suggested_before_is_told_without_the_words_that_depend_on_numbers(
    sqlite_database: Database, role: Role
) -> None:
    with sqlite_database.read() as connection:
        (told,) = told_risks(connection, reader(role), [risk()])
    for made, now in zip(HISTORY, told.history, strict=True):
        assert isinstance(made.suggestion, RiskSuggestion)
        assert now.suggestion == told_in_bands(made.suggestion, {}) != made.suggestion
        assert now == replace(made, suggestion=now.suggestion)  # what was decided stays as it was
    assert told.history[0].suggestion == told.history[1].suggestion  # whatever the reliability was
    assert told_assessments(reader(role), HISTORY) == told.history
    assert told.suggestion == told_in_bands(risk().suggestion, {})


def test_the_national_role_reads_what_was_written_down(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        assert told_risks(connection, reader(Role.NATIONAL), [risk()]) == (risk(),)
    assert told_assessments(reader(Role.NATIONAL), HISTORY) == HISTORY


@pytest.mark.parametrize("role", [Role.NATIONAL, *SCOPES])
def test_what_has_no_verdict_is_told_to_everybody_alike(sqlite_database: Database, role: Role) -> None:
    nothing = suggest_risk(Evidence(SurveyEvidence("")), RULE)
    assert isinstance(nothing, InsufficientEvidence)
    bare = replace(risk(), suggestion=nothing, history=())
    with sqlite_database.read() as connection:
        assert told_risks(connection, reader(role), [bare]) == (bare,)
