"""Risk assessments: each supersedes the one before and none is ever changed (triggers on either engine see to it)."""

import json
from typing import Any

from sqlalchemy import Connection, Row, func, select

from nets.errors import Refused
from nets.risk import RiskLevel, RiskSuggestion
from nets.risk.assessment import (
    Assessment,
    evidence_from_json,
    evidence_to_json,
    suggestion_from_json,
    suggestion_to_json,
)
from nets.store.organisations import get_organisation, ids_below
from nets.store.releases import get_release
from nets.store.tables import assessments, organisations


def decide_alone(connection: Connection, place_id: str) -> None:
    """Let nobody else assess this place or write about it until the transaction has ended; SQLite has one writer at a time.

    Without it two people at once both found on PostgreSQL what they had seen unchanged, and the later one was told of a number that
    does not follow instead of what has become known. Responses, which name a place too, do not wait for it.
    """
    connection.execute(select(organisations.c.id).where(organisations.c.id == place_id).with_for_update(key_share=True))


def add_assessment(connection: Connection, made: Assessment) -> None:
    """Store an assessment, which supersedes the one before.

    Raises
    ------
    NotFound
        If there is no such place or release.
    Refused
        If it does not follow the newest one: somebody else has confirmed another in between.
    """
    get_organisation(connection, made.place_id)
    if made.release_id:
        get_release(connection, made.release_id)
    newest = connection.execute(
        select(func.max(assessments.c.number)).where(
            assessments.c.place_id == made.place_id, assessments.c.programme == made.programme
        )
    ).scalar()
    if made.number != (newest or 0) + 1:
        raise Refused(f"{made.id} does not follow the newest assessment, number {newest or 0}; look at that one first")
    suggested = made.suggestion if isinstance(made.suggestion, RiskSuggestion) else None
    connection.execute(
        assessments.insert(),
        {
            "place_id": made.place_id,
            "programme": made.programme,
            "number": made.number,
            "release_id": made.release_id or None,
            "rule_version": made.rule_version,
            "evidence": evidence_to_json(made.evidence),
            "suggestion": suggestion_to_json(made.suggestion),
            "suggested_likelihood": suggested.likelihood if suggested else None,
            "suggested_impact": suggested.impact if suggested else None,
            "likelihood": made.likelihood,
            "impact": made.impact,
            "colour": made.colour,
            "level": made.level.value,
            "reason": made.reason,
            "interventions": json.dumps(made.interventions),
            "supportive": json.dumps(made.supportive),
            "confirmed_by": made.confirmed_by,
            "confirmed_on": made.confirmed_on,
        },
    )


def list_assessments(
    connection: Connection, *, place_id: str | None = None, under: str | None = None
) -> tuple[Assessment, ...]:
    """Assessments of one place and its programmes, of everything below one, or all: by place and programme, the newest first."""
    query = select(assessments)
    if place_id is not None:
        query = query.where(assessments.c.place_id == place_id)
    if under is not None:
        query = query.where(assessments.c.place_id.in_(ids_below(under)))
    found = map(_assessment, connection.execute(query))
    return tuple(sorted(found, key=lambda made: (made.place_id, made.programme, -made.number)))


def newest_only(found: tuple[Assessment, ...]) -> tuple[Assessment, ...]:
    """Of assessments as they are listed, the one of each place and programme that none supersedes."""
    newest: dict[tuple[str, str], Assessment] = {}
    for made in found:
        newest.setdefault((made.place_id, made.programme), made)
    return tuple(newest.values())


def _assessment(row: Row[Any]) -> Assessment:
    return Assessment(
        place_id=row.place_id,
        programme=row.programme,
        number=row.number,
        release_id=row.release_id or "",
        rule_version=row.rule_version,
        evidence=evidence_from_json(row.evidence),
        suggestion=suggestion_from_json(row.suggestion),
        likelihood=row.likelihood,
        impact=row.impact,
        colour=row.colour,
        level=RiskLevel(row.level),
        reason=row.reason,
        interventions=tuple(json.loads(row.interventions)),
        supportive=tuple(json.loads(row.supportive)),
        confirmed_by=row.confirmed_by,
        confirmed_on=row.confirmed_on,
    )
