"""The act of entering what is known from outside the survey: evidence, and concerns with their leads; each with its audit row."""

import secrets
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from nets.access.audit import Act
from nets.errors import InvalidSetting, NotFound, Problem
from nets.risk import read_rule
from nets.risk.concern import NATIONAL, Concern, ConcernStatus, ConcernStep, Lead, not_outside_the_provider
from nets.risk.external_evidence import Bearing, ExternalEvidence, Source, Withdrawal, not_a_subject
from nets.store.assessments import decide_alone
from nets.store.audit import write_audit
from nets.store.concerns import add_concern, list_concerns, take_step
from nets.store.database import Connection, Database
from nets.store.evidence import add_evidence, list_evidence, withdraw_evidence
from nets.store.organisations import get_organisation
from nets.store.questionnaires import get_version, list_versions

_Record = TypeVar("_Record")


def enter_evidence(
    database: Database,
    place_id: str,
    sentence: str,
    *,
    programme: str,
    dated_on: date,
    source: Source,
    bearing: Bearing,
    about: str,
    by: str,
    on: date,
    who: str,
    once: str = "",
    beside: Iterable[Problem] = (),
) -> ExternalEvidence:
    """Store a piece of evidence from outside the survey.

    Parameters
    ----------
    once
        Eight random hexadecimal digits, drawn before by who sends it, so that the same sent twice is stored once.
    beside
        What else is known to be wrong, told with the rest; nothing is stored then.

    Raises
    ------
    InvalidSetting
        Naming everything that is wrong, an unknown place and an unknown subject among it.
    Refused
        If something else was stored with the same digits.
    """
    with database.begin() as connection:
        piece = _made(
            lambda: ExternalEvidence(
                f"ev-{once or secrets.token_hex(4)}",
                place_id,
                programme,
                dated_on,
                source,
                bearing,
                about,
                sentence,
                by,
                on,
            ),
            [*beside, *_not_a_place(connection, place_id), *not_a_subject(about, known_subjects(connection))],
        )
        decide_alone(connection, place_id)  # who sends it twice at once has it found
        if piece in (kept.evidence for kept in list_evidence(connection, place_id=place_id)):
            return piece
        add_evidence(connection, piece)
        write_audit(connection, who, Act.EVIDENCE_ENTERED, piece.id, place=place_id)
    return piece


def take_back_evidence(
    database: Database,
    evidence_id: str,
    *,
    reason: str,
    by: str,
    on: date,
    who: str,
    beside: Iterable[Problem] = (),
) -> Withdrawal:
    """Withdraw a piece of evidence; it stays on record. ``beside`` as for ``enter_evidence``."""
    withdrawal = _made(lambda: Withdrawal(evidence_id, reason, by, on), beside)
    with database.begin() as connection:
        withdraw_evidence(connection, withdrawal)
        write_audit(connection, who, Act.EVIDENCE_WITHDRAWN, evidence_id)
    return withdrawal


def enter_concern(
    database: Database,
    place_id: str,
    sentence: str,
    *,
    programme: str,
    raised_on: date,
    is_safety: bool,
    about: str,
    lead: Lead,
    by: str,
    on: date,
    who: str,
    once: str = "",
    beside: Iterable[Problem] = (),
) -> Concern:
    """Store a concern, which goes to its lead.

    Parameters
    ----------
    once, beside
        As for ``enter_evidence``.

    Raises
    ------
    InvalidSetting
        Naming everything that is wrong, a lead who sits within a provider among it.
    Refused
        If something else was stored with the same digits.
    """
    with database.begin() as connection:
        problems = [
            *beside,
            *_not_a_place(connection, place_id),
            *not_a_subject(about, known_subjects(connection)),
            *_lead_problems(connection, lead),
        ]
        concern = _made(
            lambda: Concern(
                f"co-{once or secrets.token_hex(4)}",
                place_id,
                programme,
                raised_on,
                is_safety,
                about,
                sentence,
                lead,
                by,
                on,
            ),
            problems,
        )
        decide_alone(connection, place_id)
        if concern in (kept.concern for kept in list_concerns(connection, place_id=place_id)):
            return concern
        add_concern(connection, concern)
        # The trail is read by others than those who may read concerns: neither place nor subject stands in it.
        write_audit(connection, who, Act.CONCERN_ENTERED, concern.id)
    return concern


def write_about_concern(
    database: Database,
    concern_id: str,
    status: ConcernStatus,
    *,
    note: str,
    by: str,
    on: date,
    who: str,
    seen: int | None = None,
    beside: Iterable[Problem] = (),
) -> ConcernStep:
    """Write down how far the lead has got; ``seen`` as for ``take_step``, ``beside`` as for ``enter_evidence``."""
    with database.begin() as connection:
        step = _made(lambda: take_step(connection, concern_id, status, note=note, by=by, on=on, seen=seen), beside)
        write_audit(connection, who, Act.CONCERN_STEP, concern_id, status=status.value)
    return step


def known_subjects(connection: Connection) -> tuple[str, ...]:
    """What evidence and concerns can be about: the subjects of the newest rule and the scales of every questionnaire."""
    scales = [
        scale.code
        for questionnaire_id, version, _ in list_versions(connection)
        for scale in get_version(connection, questionnaire_id, version).scales
    ]
    return tuple(dict.fromkeys((*read_rule().title_of_subject, *sorted(scales))))


def _made(make: Callable[[], _Record], problems: Iterable[Problem]) -> _Record:
    """The record, unless there is something wrong with it or beside it: then all of it at once."""
    found = list(problems)
    try:
        record = make()
    except InvalidSetting as invalid:
        raise InvalidSetting([*found, *invalid.problems]) from None
    if found:
        raise InvalidSetting(found)
    return record


def _not_a_place(connection: Connection, place_id: str) -> list[Problem]:
    try:
        get_organisation(connection, place_id)
    except NotFound as unknown:
        return list(unknown.problems)
    return []


def _lead_problems(connection: Connection, lead: Lead) -> list[Problem]:
    if lead.sits_at == NATIONAL or _not_a_place(connection, lead.sits_at):
        return not_outside_the_provider(lead.sits_at, None)
    return not_outside_the_provider(lead.sits_at, get_organisation(connection, lead.sits_at).level)
