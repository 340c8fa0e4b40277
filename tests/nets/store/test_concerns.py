"""A concern goes to a named lead, stands apart from every response, and is written about in steps."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from nets.errors import NotFound, Refused
from nets.risk.concern import Concern, ConcernStatus, Lead
from nets.store.concerns import add_concern, get_concern, list_concerns, take_step
from nets.store.database import Database
from nets.store.tables import concern_steps, concerns, responses

ALONE = Concern(
    id="co-1",
    place_id="W-1",
    programme="",
    raised_on=date(2026, 5, 3),
    is_safety=True,
    about="unsupervised_practice",
    sentence="I was alone on nights for a week.",
    lead=Lead("Jo Example", "postgraduate dean", "L-1"),
    entered_by="learner",
    entered_on=date(2026, 5, 3),
)


def test_a_concern_comes_back_as_it_was_entered(filled: Database) -> None:
    other = replace(ALONE, id="co-2", place_id="W-3", is_safety=False, raised_on=date(2026, 5, 1))
    with filled.begin() as connection:
        add_concern(connection, ALONE)
        add_concern(connection, other)
    with filled.read() as connection:
        assert get_concern(connection, "co-1").concern == ALONE
        assert [kept.concern for kept in list_concerns(connection)] == [ALONE, other]
        assert [kept.concern for kept in list_concerns(connection, place_id="W-3")] == [other]
        assert [kept.concern for kept in list_concerns(connection, under="P-1")] == [ALONE]


def test_steps_follow_each_other_and_a_closed_concern_counts_no_more(filled: Database) -> None:
    with filled.begin() as connection:
        add_concern(connection, ALONE)
        take_step(connection, "co-1", ConcernStatus.LOOKED_INTO, note="Rota asked for.", by="Jo", on=date(2026, 5, 5))
        take_step(connection, "co-1", ConcernStatus.CLOSED, note="Two seniors a night.", by="Jo", on=date(2026, 5, 20))
    with filled.read() as connection:
        kept = get_concern(connection, "co-1")
    assert [(step.number, step.status) for step in kept.steps] == [(1, "looked_into"), (2, "closed")]
    assert not kept.counts(date(2026, 5, 2))
    assert kept.counts(date(2026, 5, 3))
    assert kept.counts(date(2026, 5, 19))
    assert not kept.counts(date(2026, 5, 20))
    with pytest.raises(Refused, match="last written about on 2026-05-20"), filled.begin() as connection:
        take_step(connection, "co-1", ConcernStatus.OPEN, note="Again.", by="Jo", on=date(2026, 5, 19))


def test_a_concern_is_about_a_place_that_is_there(filled: Database) -> None:
    with pytest.raises(NotFound, match="W-9"), filled.begin() as connection:
        add_concern(connection, replace(ALONE, place_id="W-9"))
    with pytest.raises(NotFound, match="co-9"), filled.read() as connection:
        get_concern(connection, "co-9")


@pytest.mark.parametrize("table", ["concerns", "concern_steps"])
def test_a_concern_is_not_made_to_say_something_else(filled: Database, table: str) -> None:
    with filled.begin() as connection:
        add_concern(connection, ALONE)
        take_step(connection, "co-1", ConcernStatus.CLOSED, note="Nothing.", by="Jo", on=date(2026, 5, 5))
    column = "sentence" if table == "concerns" else "note"
    with pytest.raises(Refused, match="never changed"), filled.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {column} = 'All is well.'"))


def test_no_column_joins_a_concern_to_a_response() -> None:
    columns = {*concerns.columns.keys(), *concern_steps.columns.keys()} & set(responses.columns.keys())
    assert columns == {"id"}  # each random, and of its own table
    assert {key.target_fullname for key in concerns.foreign_keys} == {"organisations.id"}
    assert {key.target_fullname for key in concern_steps.foreign_keys} == {"concerns.id"}
