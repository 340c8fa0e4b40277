"""Concerns and what their leads did about them: added to, never changed, joined to no response."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from nets.errors import NotFound, Refused
from nets.risk.concern import Concern, ConcernStatus, ConcernStep, Lead
from nets.store.organisations import get_organisation, ids_below
from nets.store.tables import concern_steps, concerns


@dataclass(frozen=True, slots=True)
class ConcernOnRecord:
    """A concern with the steps that were taken, the oldest first."""

    concern: Concern
    steps: tuple[ConcernStep, ...]

    def status(self, on: date) -> ConcernStatus:
        """How far the lead had got on this day; open until a first step."""
        taken = [step.status for step in self.steps if step.taken_on <= on]
        return taken[-1] if taken else ConcernStatus.OPEN

    def counts(self, on: date) -> bool:
        """Whether it was known on this day and not closed."""
        return self.concern.entered_on <= on and self.status(on) is not ConcernStatus.CLOSED


def add_concern(connection: Connection, concern: Concern) -> None:
    """Store a concern.

    Raises
    ------
    NotFound
        If there is no such place.
    """
    get_organisation(connection, concern.place_id)
    connection.execute(
        concerns.insert(),
        {
            "id": concern.id,
            "place_id": concern.place_id,
            "programme": concern.programme,
            "raised_on": concern.raised_on,
            "is_safety": concern.is_safety,
            "about": concern.about,
            "sentence": concern.sentence,
            "lead_name": concern.lead.name,
            "lead_role": concern.lead.role,
            "lead_at": concern.lead.sits_at,
            "entered_by": concern.entered_by,
            "entered_on": concern.entered_on,
        },
    )


def take_step(
    connection: Connection,
    concern_id: str,
    status: ConcernStatus,
    *,
    note: str,
    by: str,
    on: date,
    seen: int | None = None,
) -> ConcernStep:
    """Write down how far the lead has got.

    Parameters
    ----------
    seen
        After how many steps it is written; None where its writer has not looked.

    Raises
    ------
    NotFound
        If there is no such concern.
    Refused
        If the day is before the concern's or the last step's, or if there are other steps by now than were seen.
    """
    kept = get_concern(connection, concern_id)
    if seen not in {None, len(kept.steps)}:
        raise Refused(f"somebody has written about concern {concern_id} in between; look at it again")
    last = kept.steps[-1].taken_on if kept.steps else kept.concern.entered_on
    if on < last:
        raise Refused(f"concern {concern_id} was last written about on {last}, after {on}")
    step = ConcernStep(concern_id, len(kept.steps) + 1, status, note, by, on)
    connection.execute(
        concern_steps.insert(),
        {
            "concern_id": step.concern_id,
            "number": step.number,
            "status": step.status.value,
            "note": step.note,
            "taken_by": step.taken_by,
            "taken_on": step.taken_on,
        },
    )
    return step


def get_concern(connection: Connection, concern_id: str) -> ConcernOnRecord:
    """One concern by its id, or NotFound."""
    row = connection.execute(select(concerns).where(concerns.c.id == concern_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no concern {concern_id}")
    return _on_record(connection, [row])[0]


def list_concerns(
    connection: Connection, *, place_id: str | None = None, under: str | None = None
) -> tuple[ConcernOnRecord, ...]:
    """Concerns about one place, about everything below one, or all: the newest first, closed ones too."""
    query = select(concerns)
    if place_id is not None:
        query = query.where(concerns.c.place_id == place_id)
    if under is not None:
        query = query.where(concerns.c.place_id.in_(ids_below(under)))
    found = _on_record(connection, connection.execute(query).all())
    return tuple(sorted(found, key=lambda kept: (kept.concern.raised_on, kept.concern.id), reverse=True))


def _on_record(connection: Connection, rows: Sequence[Row[Any]]) -> list[ConcernOnRecord]:
    steps: dict[str, list[ConcernStep]] = {}
    for row in connection.execute(select(concern_steps).order_by(concern_steps.c.number)):
        step = ConcernStep(row.concern_id, row.number, ConcernStatus(row.status), row.note, row.taken_by, row.taken_on)
        steps.setdefault(row.concern_id, []).append(step)
    return [ConcernOnRecord(_concern(row), tuple(steps.get(row.id, ()))) for row in rows]


def _concern(row: Row[Any]) -> Concern:
    return Concern(
        id=row.id,
        place_id=row.place_id,
        programme=row.programme,
        raised_on=row.raised_on,
        is_safety=row.is_safety,
        about=row.about,
        sentence=row.sentence,
        lead=Lead(row.lead_name, row.lead_role, row.lead_at),
        entered_by=row.entered_by,
        entered_on=row.entered_on,
    )
