"""Responses: the record of truth. One submission key makes one row, however often it is sent."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, and_, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from nets.errors import InvalidFile, InvalidResponse, NotFound, Problem, Refused, ReplayMismatch
from nets.organisation import Level
from nets.packing import pack
from nets.questionnaire.version import QuestionnaireVersion
from nets.response import Response
from nets.store.campaigns import campaign_of, get_campaign
from nets.store.comments import Comment, add_comments
from nets.store.questionnaires import get_version, version_by_digest
from nets.store.tables import campaigns, organisations, questionnaire_versions, responses, submission_keys

RETRY_WINDOW: Final = timedelta(days=7)
"""How long a submission can be sent again: a phone may keep it until it next finds a network."""

_SHORTEST_KEY, _LONGEST_KEY = 22, 100  # 128 random bits in URL-safe base 64, or a UUID as it is usually written
_RECEIPT_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is misread for another over the telephone
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

# Built once: SQLAlchemy takes longer to put a statement together than SQLite to run it.
_FIND: Final = (
    select(
        campaigns,
        questionnaire_versions.c.digest,
        submission_keys.c.body_mac,
        organisations.c.id.label("placement_id"),
    )
    .join(
        questionnaire_versions,
        and_(
            questionnaire_versions.c.id == campaigns.c.questionnaire_id,
            questionnaire_versions.c.version == campaigns.c.questionnaire_version,
        ),
    )
    .outerjoin(submission_keys, submission_keys.c.key_hash == bindparam("key_hash"))
    .outerjoin(
        organisations,
        and_(organisations.c.id == bindparam("placement"), organisations.c.level == Level.PLACEMENT.value),
    )
    .where(campaigns.c.id == bindparam("campaign"))
)
_CLAIM: Final = {
    "sqlite": sqlite.insert(submission_keys).on_conflict_do_nothing().returning(submission_keys.c.key_hash),
    "postgresql": postgresql.insert(submission_keys).on_conflict_do_nothing().returning(submission_keys.c.key_hash),
}
_INSERT: Final = responses.insert()

PackedResponse: TypeAlias = tuple[str, str, date, bytes]
"""Placement id, learner group, day and packed answers of one response."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What the learner is told. ``replayed`` is True where the same answers had already been stored under the key."""

    receipt: str
    replayed: bool


@dataclass(frozen=True, slots=True, eq=False)
class CampaignResponses:
    """Every response of a campaign, one entry a response in each; the order is that of their random ids."""

    placement_ids: tuple[str, ...]
    learner_groups: tuple[str, ...]
    answered_on: tuple[date, ...]
    packed: tuple[bytes, ...]


def submit(connection: Connection, campaign_id: str, response: Response, submission_key: str) -> Submission:
    """Store a learner's response and comments once.

    A phone that hears nothing sends again, and up to half of such retries find their first try already stored. The client
    makes one key a submission; the first transaction to claim it stores the response, all others get the same receipt.

    Raises
    ------
    NotFound
        If there is no such campaign or placement.
    Refused
        If the campaign is not open on the day of the response, or asks another questionnaire version.
    ReplayMismatch
        If the key was used for other answers.
    InvalidResponse
        If the key is not a random one.
    """
    key = _checked_key(submission_key)
    key_hash = hashlib.sha256(b"nets submission key\0" + key).digest()
    found = _find(connection, campaign_id, response.placement_id, key_hash)
    campaign = campaign_of(found)
    asked = (campaign.questionnaire_id, campaign.questionnaire_version)
    if asked != (response.questionnaire_id, response.questionnaire_version):
        raise Refused(
            f"campaign {campaign_id} asks {' '.join(asked)}, "
            f"not {response.questionnaire_id} {response.questionnaire_version}"
        )
    packed = pack(version_by_digest(connection, found.digest), response.answers)
    body_mac = _body_mac(key, campaign_id, response, packed)
    submission = Submission(_receipt(key), replayed=False)
    stored_mac = found.body_mac
    if stored_mac is None:
        if not campaign.is_open(response.answered_on):
            raise Refused(f"campaign {campaign_id} takes no answers on {response.answered_on}")
        if _claim(connection, key_hash, body_mac, response.answered_on):
            _insert(connection, campaign_id, response, packed)
            return submission
        # Someone else claimed the key since we looked, and has committed: the claim waited for that.
        stored_mac = connection.execute(
            select(submission_keys.c.body_mac).where(submission_keys.c.key_hash == key_hash)
        ).scalar_one()
    if not hmac.compare_digest(stored_mac, body_mac):
        raise ReplayMismatch("these answers differ from those already sent with the same submission key")
    return Submission(submission.receipt, replayed=True)


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


def purge_submission_keys(connection: Connection, today: date) -> int:
    """Forget the keys whose retry window has passed. Returns how many there were."""
    too_old = submission_keys.c.received_on < today - RETRY_WINDOW
    return len(connection.execute(submission_keys.delete().where(too_old).returning(submission_keys.c.key_hash)).all())


def _checked_key(submission_key: str) -> bytes:
    if not submission_key.isascii() or not _SHORTEST_KEY <= len(submission_key) <= _LONGEST_KEY:
        raise InvalidResponse(
            [
                Problem(
                    "submission_key",
                    f"must be random, of {_SHORTEST_KEY} to {_LONGEST_KEY} ASCII characters, such as a UUID",
                )
            ]
        )
    return submission_key.encode()


def _find(connection: Connection, campaign_id: str, placement_id: str, key_hash: bytes) -> Row[*tuple[Any, ...]]:
    """What a submission must fit to, and what is stored under its key, in one question to the database."""
    row = connection.execute(
        _FIND, {"campaign": campaign_id, "placement": placement_id, "key_hash": key_hash}
    ).one_or_none()
    if row is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    if row.placement_id is None:
        raise NotFound([Problem("placement_id", "there is no such placement")])
    return row


def _claim(connection: Connection, key_hash: bytes, body_mac: bytes, received_on: date) -> bool:
    # RETURNING tells who was first; the driver's row count does not (-1 on psycopg).
    claim = _CLAIM[connection.dialect.name]
    return (
        connection.execute(claim, {"key_hash": key_hash, "body_mac": body_mac, "received_on": received_on}).scalar()
        is not None
    )


def _insert(connection: Connection, campaign_id: str, response: Response, packed: bytes) -> None:
    connection.execute(
        _INSERT,
        {
            "campaign_id": campaign_id,
            "id": uuid4(),
            "questionnaire_id": response.questionnaire_id,
            "questionnaire_version": response.questionnaire_version,
            "placement_id": response.placement_id,
            "learner_group": response.learner_group,
            "answered_on": response.answered_on,
            "packed": packed,
        },
    )
    add_comments(
        connection,
        campaign_id,
        [Comment(response.placement_id, item, text) for item, text in response.comments.items()],
    )


def _body_mac(key: bytes, campaign_id: str, response: Response, packed: bytes) -> bytes:
    """A fingerprint of what was sent, to tell a replay from a reused key.

    Keyed with the submission key, which is not stored: a plain hash would let whoever holds the database try out which
    comments belong to which answers. The day is left out, because a retry after midnight is still the same submission.
    """
    body = [
        campaign_id,
        response.questionnaire_id,
        response.questionnaire_version,
        response.placement_id,
        response.learner_group,
        packed.hex(),
        sorted(response.comments.items()),
    ]
    return hmac.digest(key, json.dumps(body, ensure_ascii=True).encode(), "sha256")


def _receipt(key: bytes) -> str:
    """A receipt such as K7QM-4TXD.

    It is made from the key, so that a replay gets the same one without its being stored; and since the key is not stored
    either, a receipt found on a phone cannot be looked up among the responses.
    """
    number = int.from_bytes(hashlib.sha256(b"nets receipt\0" + key).digest())
    letters = []
    for _ in range(8):
        number, letter = divmod(number, len(_RECEIPT_LETTERS))
        letters.append(_RECEIPT_LETTERS[letter])
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


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
