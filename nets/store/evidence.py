"""External evidence: added and, with a reason, withdrawn; nothing of it is changed (triggers on either engine see to it)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from nets.errors import NotFound, Refused
from nets.risk.external_evidence import Bearing, ExternalEvidence, Source, Withdrawal
from nets.store.organisations import get_organisation, ids_below
from nets.store.tables import evidence, evidence_withdrawals


@dataclass(frozen=True, slots=True)
class EvidenceOnRecord:
    """A piece of evidence with its withdrawal, if it was withdrawn."""

    evidence: ExternalEvidence
    withdrawals: tuple[Withdrawal, ...]

    def counts(self, on: date, days: int) -> bool:
        """Whether it is dated within so many days before this one, was entered by then and has not been withdrawn."""
        is_known = self.evidence.entered_on <= on and 0 <= (on - self.evidence.dated_on).days <= days
        return is_known and not any(withdrawal.withdrawn_on <= on for withdrawal in self.withdrawals)


def add_evidence(connection: Connection, piece: ExternalEvidence) -> None:
    """Store a piece of evidence.

    Raises
    ------
    NotFound
        If there is no such place.
    """
    get_organisation(connection, piece.place_id)
    connection.execute(
        evidence.insert(),
        {
            "id": piece.id,
            "place_id": piece.place_id,
            "programme": piece.programme,
            "dated_on": piece.dated_on,
            "source": piece.source.value,
            "bearing": piece.bearing.value,
            "about": piece.about,
            "sentence": piece.sentence,
            "entered_by": piece.entered_by,
            "entered_on": piece.entered_on,
        },
    )


def withdraw_evidence(connection: Connection, withdrawal: Withdrawal) -> None:
    """Take a piece of evidence back, from a day on.

    Raises
    ------
    NotFound
        If there is no such evidence.
    Refused
        If it was withdrawn already, or is younger than that day.
    """
    entered_on = connection.execute(
        select(evidence.c.entered_on).where(evidence.c.id == withdrawal.evidence_id)
    ).scalar()
    if entered_on is None:
        raise NotFound(f"there is no evidence {withdrawal.evidence_id}")
    if entered_on > withdrawal.withdrawn_on:
        raise Refused(f"evidence {withdrawal.evidence_id} was only entered on {entered_on}")
    before = connection.execute(
        select(evidence_withdrawals.c.withdrawn_on).where(evidence_withdrawals.c.evidence_id == withdrawal.evidence_id)
    ).scalar()
    if before is not None:
        raise Refused(f"evidence {withdrawal.evidence_id} was already withdrawn on {before}")
    connection.execute(
        evidence_withdrawals.insert(),
        {
            "evidence_id": withdrawal.evidence_id,
            "reason": withdrawal.reason,
            "withdrawn_by": withdrawal.withdrawn_by,
            "withdrawn_on": withdrawal.withdrawn_on,
        },
    )


def get_evidence(connection: Connection, evidence_id: str, place_id: str) -> EvidenceOnRecord:
    """A piece of evidence about a place, or NotFound; one about another place is none of it."""
    for kept in list_evidence(connection, place_id=place_id):
        if kept.evidence.id == evidence_id:
            return kept
    raise NotFound(f"there is no evidence {evidence_id} about {place_id}")


def list_evidence(
    connection: Connection, *, place_id: str | None = None, under: str | None = None
) -> tuple[EvidenceOnRecord, ...]:
    """Evidence about one place, about everything below one, or all of it: the newest first, withdrawn pieces too."""
    query = select(evidence)
    if place_id is not None:
        query = query.where(evidence.c.place_id == place_id)
    if under is not None:
        query = query.where(evidence.c.place_id.in_(ids_below(under)))
    rows: Sequence[Row[Any]] = connection.execute(query).all()
    withdrawn = {row.evidence_id: row for row in connection.execute(select(evidence_withdrawals))}
    found = [EvidenceOnRecord(_piece(row), _withdrawals(withdrawn.get(row.id))) for row in rows]
    return tuple(sorted(found, key=lambda kept: (kept.evidence.dated_on, kept.evidence.id), reverse=True))


def _piece(row: Row[Any]) -> ExternalEvidence:
    return ExternalEvidence(
        id=row.id,
        place_id=row.place_id,
        programme=row.programme,
        dated_on=row.dated_on,
        source=Source(row.source),
        bearing=Bearing(row.bearing),
        about=row.about,
        sentence=row.sentence,
        entered_by=row.entered_by,
        entered_on=row.entered_on,
    )


def _withdrawals(row: Row[Any] | None) -> tuple[Withdrawal, ...]:
    if row is None:
        return ()
    return (Withdrawal(row.evidence_id, row.reason, row.withdrawn_by, row.withdrawn_on),)
