"""A learner's submission: one key makes one response, however often it is sent."""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias
from uuid import uuid4

from sqlalchemy import Connection

from nets.campaign import AnonymityMode, Campaign
from nets.errors import (
    CampaignNotOpen,
    NetsError,
    NoSuchCampaign,
    NotFound,
    Problem,
    Refused,
    ReplayMismatch,
    StoreUnavailable,
)
from nets.organisation import Level
from nets.packing import pack
from nets.questionnaire.version import QuestionnaireVersion
from nets.receipt import receipt_of
from nets.response import Response
from nets.store.campaigns import campaign_of
from nets.store.plain_sql import insert, places, run
from nets.store.questionnaires import version_by_digest
from nets.store.tables import campaigns, submission_keys
from nets.store.withdrawals import Withdrawable, keep_receipts
from nets.submission_key import body_mac_of, checked_key

RETRY_WINDOW: Final = timedelta(days=7)
"""How long a submission can be sent again: a phone may keep it until it next finds a network."""


_CAMPAIGN_COLUMNS: Final = ", ".join(f"campaigns.{column.name}" for column in campaigns.c)
_CAMPAIGNS: Final = (
    f"SELECT questionnaire_versions.digest, {_CAMPAIGN_COLUMNS} FROM campaigns "  # noqa: S608 - names of our own columns
    "JOIN questionnaire_versions ON questionnaire_versions.id = campaigns.questionnaire_id "
    "AND questionnaire_versions.version = campaigns.questionnaire_version WHERE campaigns.id IN "
)
_NO_PLACEMENTS: Final = (
    "SELECT column1 FROM (VALUES {}) AS asked WHERE NOT EXISTS "
    "(SELECT 1 FROM organisations WHERE organisations.id = column1 AND organisations.level = ?)"
)
_MACS: Final = "SELECT key_hash, body_mac FROM submission_keys WHERE key_hash IN "

Bind: TypeAlias = Callable[[Campaign, QuestionnaireVersion], Response]
"""Makes the response of one attempt, once it is known what its campaign asks. What it raises is told to that one alone."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What the learner is told. ``replayed`` is True where the same answers had already been stored under the key."""

    receipt: str
    replayed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One of the times that a response is sent; all of them bear the same random ``key``, which the client made."""

    campaign_id: str
    key: str
    bind: Bind


@dataclass(frozen=True, slots=True, eq=False)
class _Bound:
    """An attempt whose answers fit what its campaign asks."""

    campaign: Campaign
    response: Response
    packed: bytes
    key_hash: bytes
    body_mac: bytes
    receipt: str


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
    (told,) = submit_all(connection, [Attempt(campaign_id, submission_key, lambda *_: response)])
    if isinstance(told, Exception):
        raise told
    return told


def submit_all(connection: Connection, attempts: Sequence[Attempt]) -> list[Submission | Exception]:
    """Do for many what ``submit`` does for one, in as many statements. Each is told its own error or its receipt.

    An error of the database is raised, and nothing can be told: it does not say which attempt it comes of.
    """
    asked = _asked(connection, attempts)
    bound = [_bound(attempt, asked) for attempt in attempts]
    fitting = [one for one in bound if isinstance(one, _Bound)]
    unknown = _unknown_placements(connection, fitting)
    refusals = {one: _refusal(one, unknown) for one in fitting}
    claiming = {one.key_hash: one for one in reversed(fitting) if refusals[one] is None}  # of one key the first
    claimed = _claim(connection, claiming)
    won = [claiming[key_hash] for key_hash in sorted(claimed)]  # in the order of hashes: who came first is lost
    _insert(connection, won)
    macs = {one.key_hash: one.body_mac for one in won}
    macs |= _macs(connection, {one.key_hash for one in fitting} - claimed)

    def told(one: _Bound) -> Submission | Exception:
        if one.key_hash not in macs:
            return refusals[one] or StoreUnavailable("the key was forgotten just now; the next try will find it new")
        if not hmac.compare_digest(macs[one.key_hash], one.body_mac):
            return ReplayMismatch("these answers differ from those already sent with the same submission key")
        return Submission(one.receipt, replayed=claiming.get(one.key_hash) is not one or one.key_hash not in claimed)

    return [one if isinstance(one, Exception) else told(one) for one in bound]


def purge_submission_keys(connection: Connection, today: date) -> int:
    """Forget the keys whose retry window has passed. Returns how many there were."""
    too_old = submission_keys.c.received_on < today - RETRY_WINDOW
    return len(connection.execute(submission_keys.delete().where(too_old).returning(submission_keys.c.key_hash)).all())


def _asked(connection: Connection, attempts: Sequence[Attempt]) -> dict[str, tuple[Campaign, QuestionnaireVersion]]:
    """The campaigns that there are, with what they ask."""
    ids = sorted({attempt.campaign_id for attempt in attempts})
    if not ids:
        return {}
    asked = {}
    for digest, *columns in run(connection, _CAMPAIGNS + places(len(ids)), ids):
        campaign = campaign_of(dict(zip(campaigns.c.keys(), columns, strict=True)))
        asked[campaign.id] = campaign, version_by_digest(connection, digest)
    return asked


def _bound(attempt: Attempt, asked: Mapping[str, tuple[Campaign, QuestionnaireVersion]]) -> _Bound | Exception:
    try:
        key = checked_key(attempt.key)
        if attempt.campaign_id not in asked:
            raise NoSuchCampaign(f"there is no campaign {attempt.campaign_id}")
        campaign, version = asked[attempt.campaign_id]
        response = attempt.bind(campaign, version)
        answered = (response.questionnaire_id, response.questionnaire_version)
        if answered != (version.id, version.version):
            raise Refused(f"campaign {campaign.id} asks {version.id} {version.version}, not {' '.join(answered)}")
        packed = pack(version, response.answers)
    except Exception as error:  # noqa: BLE001 - nothing is written yet, so whatever it is, it is this one's alone
        return error
    key_hash = hashlib.sha256(b"nets submission key\0" + key).digest()
    return _Bound(
        campaign,
        response,
        packed,
        key_hash,
        body_mac_of(key, campaign.id, response, packed),
        receipt_of(key, campaign.anonymity_mode),
    )


def _unknown_placements(connection: Connection, bound: Sequence[_Bound]) -> set[str]:
    """Ids that are answered about and are no placement. Nearly always there is none: see ``_claim`` for why this way round."""
    ids = sorted({one.response.placement_id for one in bound})
    if not ids:
        return set()
    statement = _NO_PLACEMENTS.format(", ".join(["(?)"] * len(ids)))
    return {unknown for (unknown,) in run(connection, statement, [*ids, Level.PLACEMENT.value])}


def _refusal(one: _Bound, unknown_placements: set[str]) -> NetsError | None:
    """Why an attempt cannot be stored; it may all the same be a retry of one that was."""
    day = one.response.answered_on
    if not one.campaign.is_open(day):
        return CampaignNotOpen(f"campaign {one.campaign.id} takes no answers on {day}")
    if one.response.placement_id in unknown_placements:
        return NotFound([Problem("placement_id", "there is no such placement")])
    return None


def _claim(connection: Connection, claiming: Mapping[bytes, _Bound]) -> set[bytes]:
    """Take the keys that nobody has taken. Who comes second to one waits until the first has committed, or has not.

    In the order of the random hashes: two processes that are sent the same keys cannot wait for each other.

    SQLite's driver gives the interpreter away at every row that comes back, and in a rush the event loop keeps it for
    milliseconds. So there what is taken is asked for, which nearly always is nothing; nobody else can write meanwhile.
    """
    free = set(claiming)
    if connection.dialect.name == "sqlite":
        free -= _macs(connection, free).keys()
    rows = [
        {
            "key_hash": key_hash,
            "body_mac": claiming[key_hash].body_mac,
            "received_on": claiming[key_hash].response.answered_on,
        }
        for key_hash in sorted(free)
    ]
    if not rows:
        return set()
    if connection.dialect.name == "sqlite":
        insert(connection, "submission_keys", rows)
        return free
    # RETURNING tells who was first; the driver's row count does not (-1 on psycopg).
    claimed = insert(connection, "submission_keys", rows, "ON CONFLICT DO NOTHING RETURNING key_hash")
    return {bytes(key_hash) for (key_hash,) in claimed}


def _macs(connection: Connection, key_hashes: set[bytes]) -> dict[bytes, bytes]:
    """Fingerprints of what is stored under these keys."""
    if not key_hashes:
        return {}
    rows = run(connection, _MACS + places(len(key_hashes)), sorted(key_hashes))
    return {bytes(key_hash): bytes(body_mac) for key_hash, body_mac in rows}


def _insert(connection: Connection, won: Sequence[_Bound]) -> None:
    if not won:
        return
    ids = sorted(uuid4() for _ in won)
    insert(
        connection,
        "responses",
        [
            {
                "campaign_id": one.campaign.id,
                "id": random_id,
                "questionnaire_id": one.response.questionnaire_id,
                "questionnaire_version": one.response.questionnaire_version,
                "placement_id": one.response.placement_id,
                "learner_group": one.response.learner_group,
                "answered_on": one.response.answered_on,
                "packed": one.packed,
            }
            for one, random_id in zip(won, ids, strict=True)
        ],
    )
    comment_ids = [{item: uuid4() for item in one.response.comments} for one in won]
    said = [
        {
            "campaign_id": one.campaign.id,
            "id": comment_id,
            "placement_id": one.response.placement_id,
            "item_code": item,
            "content": one.response.comments[item],
        }
        for one, own in zip(won, comment_ids, strict=True)
        for item, comment_id in own.items()
    ]
    if said:
        insert(connection, "comments", said)
    kept = [
        Withdrawable(one.campaign.id, one.receipt, random_id, tuple(own.values()))
        for one, random_id, own in zip(won, ids, comment_ids, strict=True)
        if one.campaign.anonymity_mode is AnonymityMode.CONFIDENTIAL
    ]
    keep_receipts(connection, kept)
