"""External evidence is entered once, can be withdrawn with a reason, and is never overwritten."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from nets.errors import NotFound, Refused
from nets.risk.external_evidence import Bearing, ExternalEvidence, Source, Withdrawal
from nets.store.database import Database
from nets.store.evidence import add_evidence, list_evidence, withdraw_evidence

VISIT = ExternalEvidence(
    id="ev-1",
    place_id="W-1",
    programme="",
    dated_on=date(2026, 5, 3),
    source=Source.VISIT,
    bearing=Bearing.ADVERSE,
    about="supervision",
    sentence="Gaps in the rota of supervisors.",
    entered_by="Quality team",
    entered_on=date(2026, 5, 4),
)
TAKEN_BACK = Withdrawal("ev-1", "It was another ward.", "Quality team", date(2026, 6, 1))


def test_evidence_comes_back_as_it_was_entered_the_newest_first(filled: Database) -> None:
    later = replace(VISIT, id="ev-2", dated_on=date(2026, 5, 4), programme="Diagnostic radiography")
    elsewhere = replace(VISIT, id="ev-3", place_id="W-3")
    with filled.begin() as connection:
        for piece in (VISIT, later, elsewhere):
            add_evidence(connection, piece)
    with filled.read() as connection:
        assert [kept.evidence for kept in list_evidence(connection, place_id="W-1")] == [later, VISIT]
        assert [kept.evidence.id for kept in list_evidence(connection, under="P-2")] == ["ev-3"]
        assert len(list_evidence(connection)) == 3


def test_withdrawn_evidence_stays_on_record_and_counts_no_more(filled: Database) -> None:
    with filled.begin() as connection:
        add_evidence(connection, VISIT)
        withdraw_evidence(connection, TAKEN_BACK)
    with filled.read() as connection:
        (kept,) = list_evidence(connection, place_id="W-1")
    assert kept.evidence == VISIT
    assert kept.withdrawals == (TAKEN_BACK,)
    assert kept.counts(date(2026, 5, 31), 730)
    assert not kept.counts(date(2026, 6, 1), 730)


def test_evidence_counts_from_its_entry_until_it_is_too_old(filled: Database) -> None:
    with filled.begin() as connection:
        add_evidence(connection, VISIT)
        (kept,) = list_evidence(connection)
    assert not kept.counts(date(2026, 5, 3), 30)
    assert kept.counts(date(2026, 5, 4), 30)
    assert kept.counts(date(2026, 6, 2), 30)
    assert not kept.counts(date(2026, 6, 3), 30)


@pytest.mark.parametrize(
    ("withdrawal", "fault", "words"),
    [
        (replace(TAKEN_BACK, evidence_id="ev-9"), NotFound, "no evidence ev-9"),
        (replace(TAKEN_BACK, withdrawn_on=date(2026, 5, 3)), Refused, "only entered on 2026-05-04"),
        (TAKEN_BACK, Refused, "already withdrawn on 2026-06-01"),
    ],
)
def test_what_cannot_be_withdrawn_is_told(
    filled: Database, withdrawal: Withdrawal, fault: type[Exception], words: str
) -> None:
    with filled.begin() as connection:
        add_evidence(connection, VISIT)
        withdraw_evidence(connection, TAKEN_BACK) if withdrawal is TAKEN_BACK else None
    with pytest.raises(fault, match=words), filled.begin() as connection:
        withdraw_evidence(connection, withdrawal)


def test_evidence_is_about_a_place_that_is_there(filled: Database) -> None:
    with pytest.raises(NotFound, match="W-9"), filled.begin() as connection:
        add_evidence(connection, replace(VISIT, place_id="W-9"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence SET sentence = 'All is well.'",
        "DELETE FROM evidence",
        "UPDATE evidence_withdrawals SET reason = 'None.'",
        "DELETE FROM evidence_withdrawals",
    ],
)
def test_nothing_of_it_is_changed_or_deleted(filled: Database, statement: str) -> None:
    with filled.begin() as connection:
        add_evidence(connection, VISIT)
        withdraw_evidence(connection, TAKEN_BACK)
    with pytest.raises(Refused, match="never changed or deleted"), filled.begin() as connection:
        connection.execute(text(statement))
