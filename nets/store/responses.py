"""Responses: the record of truth. Here many are stored and read at once; ``submissions`` stores a learner's own."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, TypeAlias
from uuid import UUID, uuid4

from sqlalchemy import Connection, func, select

from nets.errors import InvalidFile, Problem
from nets.organisation import Level
from nets.questionnaire.version import QuestionnaireVersion
from nets.store.campaigns import get_campaign
from nets.store.questionnaires import get_version
from nets.store.tables import organisations, responses

_BATCH: Final = 20_000
_INSERT_MANY: Final = (
    "INSERT INTO responses "
    "(campaign_id, questionnaire_id, questionnaire_version, id, placement_id, learner_group, answered_on, packed) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_READ: Final = {
    "sqlite": "SELECT placement_id, learner_group, answered_on, packed FROM responses WHERE campaign_id = ? ORDER BY id",
    "postgresql": "SELECT placement_id, learner_group, answered_on, packed FROM responses WHERE campaign_id = %s ORDER BY id",
}
_COPY_MANY: Final = (
    "COPY responses "
    "(campaign_id, questionnaire_id, questionnaire_version, id, placement_id, learner_group, answered_on, packed) "
    "FROM STDIN"
)

PackedResponse: TypeAlias = tuple[str, str, date, bytes]
"""Placement id, learner group, day and packed answers of one response."""


@dataclass(frozen=True, slots=True, eq=False)
class CampaignResponses:
    """Every response of a campaign, one entry a response in each; the order is that of their random ids."""

    placement_ids: tuple[str, ...]
    learner_groups: tuple[str, ...]
    answered_on: tuple[date, ...]
    packed: tuple[bytes, ...]


def add_responses(connection: Connection, campaign_id: str, batch: Iterable[PackedResponse]) -> int:
    """Store many responses at once, for import and simulation: any number, a bounded part of them in memory at a time.

    Returns how many were stored.

    Raises
    ------
    NotFound
        If there is no such campaign.
    InvalidFile
        Naming unknown placements, unknown learner groups and answers of another length, those of one batch at once.
    """
    campaign = get_campaign(connection, campaign_id)
    version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
    placements = set(
        connection.execute(select(organisations.c.id).where(organisations.c.level == Level.PLACEMENT.value)).scalars()
    )
    groups = {group.code for group in version.learner_groups}
    fixed = (campaign.id, version.id, version.version)
    total = 0
    for rows in _in_batches(batch):
        problems = _problems_with(rows, version, placements, groups)
        if problems:
            raise InvalidFile(problems)
        _insert_many(connection, fixed, rows)
        total += len(rows)
    return total


def count_responses(connection: Connection, campaign_id: str) -> int:
    """How many responses a campaign has."""
    query = select(func.count()).select_from(responses).where(responses.c.campaign_id == campaign_id)
    return connection.execute(query).scalar_one()


def count_responses_by_cell(connection: Connection, campaign_id: str) -> dict[tuple[str, str], int]:
    """How many responses a campaign has of each learner group at each placement, by placement id and group."""
    cell = (responses.c.placement_id, responses.c.learner_group)
    query = select(*cell, func.count().label("n")).where(responses.c.campaign_id == campaign_id).group_by(*cell)
    return {(row.placement_id, row.learner_group): row.n for row in connection.execute(query)}


def read_responses(connection: Connection, campaign_id: str) -> CampaignResponses:
    """Every response of a campaign."""
    # Straight from the driver: rows of SQLAlchemy's own take four times as long.
    cursor = connection.connection.cursor()
    cursor.execute(_READ[connection.dialect.name], (campaign_id,))
    rows = cursor.fetchall()
    cursor.close()
    placement_ids, learner_groups, days, packed = zip(*rows, strict=True) if rows else ((), (), (), ())
    as_date = {day: day if isinstance(day, date) else date.fromisoformat(day) for day in set(days)}
    return CampaignResponses(placement_ids, learner_groups, tuple(as_date[day] for day in days), packed)


def _in_batches(rows: Iterable[PackedResponse]) -> Iterator[list[PackedResponse]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _problems_with(
    rows: Sequence[PackedResponse], version: QuestionnaireVersion, placements: set[str], groups: set[str]
) -> list[Problem]:
    name, n_items = f"{version.id} {version.version}", len(version.closed_items)
    unknown_placements = sorted({row[0] for row in rows} - placements)
    unknown_groups = sorted({row[1] for row in rows} - groups)
    wrong_lengths = sorted({len(row[3]) for row in rows} - {n_items})
    return [
        *(Problem(f"placement {unknown}", "is not there") for unknown in unknown_placements),
        *(Problem(f"learner group {unknown}", f"is not in {name}") for unknown in unknown_groups),
        *(Problem("answers", f"a response has {length} of them, but {name} has {n_items}") for length in wrong_lengths),
    ]


def _insert_many(connection: Connection, fixed: tuple[str, str, str], rows: Sequence[PackedResponse]) -> None:
    # By id, so that the index is walked once a batch instead of once a row; ids are random, so the order of the file is lost.
    keyed = sorted(zip((uuid4().bytes for _ in rows), rows, strict=True))
    if connection.dialect.name == "postgresql":
        with connection.connection.cursor().copy(_COPY_MANY) as copy:
            for key, row in keyed:
                copy.write_row((*fixed, UUID(bytes=key), *row))
    else:
        connection.exec_driver_sql(
            _INSERT_MANY,
            [
                (*fixed, key, placement, group, day.isoformat(), packed)
                for key, (placement, group, day, packed) in keyed
            ],
        )
