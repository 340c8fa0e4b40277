"""An assessment is stored with everything it was made of, superseded by the next, and never changed."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from nets.errors import NotFound, Refused
from nets.risk import Evidence, InsufficientEvidence, RiskLevel, RiskSuggestion, SurveyEvidence
from nets.risk.assessment import Assessment
from nets.store.assessments import add_assessment, list_assessments, newest_only
from nets.store.database import Database

SUGGESTED = RiskSuggestion(
    3, 5, "R", RiskLevel.HIGH, ("triggered visit",), ("A safety concern.",), "No score.", "risk-2026.1"
)
FIRST = Assessment(
    place_id="W-1",
    programme="",
    number=1,
    release_id="",
    rule_version="risk-2026.1",
    evidence=Evidence(SurveyEvidence("")),
    suggestion=SUGGESTED,
    likelihood=3,
    impact=5,
    colour="R",
    level=RiskLevel.HIGH,
    reason="",
    interventions=("triggered visit",),
    supportive=("shadowing",),
    confirmed_by="A. Example",
    confirmed_on=date(2026, 5, 6),
)
LOWERED = replace(
    FIRST, number=2, likelihood=2, impact=3, colour="A", level=RiskLevel.MEDIUM, reason="Seen to on the visit."
)


def test_assessments_come_back_as_they_were_made_the_newest_first(filled: Database) -> None:
    elsewhere = replace(FIRST, place_id="R-1", programme="Paramedicine")
    with filled.begin() as connection:
        for made in (FIRST, LOWERED, elsewhere):
            add_assessment(connection, made)
    with filled.read() as connection:
        assert list_assessments(connection, place_id="W-1") == (LOWERED, FIRST)
        assert list_assessments(connection, under="R-1") == (LOWERED, FIRST)
        everything = list_assessments(connection)
    assert everything == (elsewhere, LOWERED, FIRST)
    assert newest_only(everything) == (elsewhere, LOWERED)
    assert [made.id for made in everything] == ["R-1-paramedicine-a1", "W-1-a2", "W-1-a1"]


def test_two_people_do_not_supersede_the_same_assessment(filled: Database) -> None:
    with filled.begin() as connection:
        add_assessment(connection, FIRST)
        add_assessment(connection, LOWERED)
    for number in (1, 2, 4):
        with (
            pytest.raises(Refused, match="does not follow the newest assessment, number 2"),
            filled.begin() as connection,
        ):
            add_assessment(connection, replace(LOWERED, number=number))


@pytest.mark.parametrize(
    "unknown", [replace(FIRST, place_id="W-9"), replace(FIRST, release_id="no-such-r1")], ids=["place", "release"]
)
def test_an_assessment_is_of_a_place_and_a_release_that_are_there(filled: Database, unknown: Assessment) -> None:
    with pytest.raises(NotFound), filled.begin() as connection:
        add_assessment(connection, unknown)


@pytest.mark.parametrize(
    "changed",
    [
        replace(FIRST, likelihood=2, colour="A/R"),
        replace(FIRST, suggestion=InsufficientEvidence(("Too few.",), "risk-2026.1")),
    ],
    ids=["another cell", "nothing suggested"],
)
def test_a_changed_cell_without_a_reason_is_refused_by_the_database_itself(
    filled: Database, changed: Assessment
) -> None:
    with pytest.raises(Refused), filled.begin() as connection:
        add_assessment(connection, changed)
    with filled.begin() as connection:
        add_assessment(connection, replace(changed, reason="A visit says so."))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE assessments SET likelihood = 1", "UPDATE assessments SET reason = 'None.'", "DELETE FROM assessments"],
)
def test_an_assessment_is_neither_changed_nor_deleted(filled: Database, statement: str) -> None:
    with filled.begin() as connection:
        add_assessment(connection, FIRST)
    with pytest.raises(Refused, match="an assessment is never changed or deleted"), filled.begin() as connection:
        connection.execute(text(statement))


def test_an_assessment_is_not_replaced(filled: Database, engine_name: str) -> None:
    with filled.begin() as connection:
        add_assessment(connection, FIRST)
    instead, over = " OR REPLACE", ""
    if engine_name == "postgresql":
        instead, over = "", " ON CONFLICT (place_id, programme, number) DO UPDATE SET impact = 1"
    statement = f"INSERT{instead} INTO assessments SELECT * FROM assessments{over}"
    with pytest.raises(Refused, match="never changed or deleted"), filled.begin() as connection:
        connection.execute(text(statement))
