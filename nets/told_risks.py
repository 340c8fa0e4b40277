"""Risks as they stand on a day, in words for their reader."""

from collections.abc import Sequence
from dataclasses import replace

from nets.access.roles import Principal
from nets.reading import open_release
from nets.risk import told_in_bands
from nets.risk.assessment import Assessment
from nets.risk.on_day import RiskOnDay
from nets.store.database import Connection
from nets.tree import NamedPlace


def told_risks(connection: Connection, reader: Principal, risks: Sequence[RiskOnDay]) -> tuple[RiskOnDay, ...]:
    """Risks of places that are the reader's to see, all of one release or of none.

    For everybody but the national role verdicts are those of the scores in bands; of earlier releases none is told.
    """
    if reader.is_national:
        return tuple(risks)
    release_id = next((risk.evidence.survey.release_id for risk in risks), "")
    if not release_id:
        suggested = [told_in_bands(risk.suggestion, {}) for risk in risks]
    else:
        places = [NamedPlace(risk.place.id, risk.place.name, risk.place.level, ()) for risk in risks]
        views = open_release(connection, reader, release_id).outlines(places)
        suggested = [view.record.told(risk.suggestion) for risk, view in zip(risks, views, strict=True)]
    return tuple(
        replace(risk, suggestion=suggestion, history=told_assessments(reader, risk.history))
        for risk, suggestion in zip(risks, suggested, strict=True)
    )


def told_assessments(reader: Principal, history: Sequence[Assessment]) -> tuple[Assessment, ...]:
    """Assessments of a place that is the reader's to see."""
    if reader.is_national:
        return tuple(history)
    return tuple(replace(made, suggestion=told_in_bands(made.suggestion, {})) for made in history)
