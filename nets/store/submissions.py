"""A learner's submission: one key makes one response, however often it is sent."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, and_, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from nets.campaign import Campaign
from nets.errors import InvalidResponse, NotFound, Problem, Refused, ReplayMismatch
from nets.organisation import Level
from nets.packing import pack
from nets.questionnaire.version import QuestionnaireVersion
from nets.response import Response
from nets.store.campaigns import campaign_of
from nets.store.comments import Comment, add_comments
from nets.store.questionnaires import version_by_digest
from nets.store.tables import campaigns, organisations, questionnaire_versions, responses, submission_keys

RETRY_WINDOW: Final = timedelta(days=7)
"""How long a submission can be sent again: a phone may keep it until it next finds a network."""

_SHORTEST_KEY, _LONGEST_KEY = 22, 100  # 128 random bits in URL-safe base 64, or a UUID as it is usually written
_RECEIPT_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is misread for another over the telephone

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


@dataclass(frozen=True, slots=True)
class Submission:
    """What the learner is told. ``replayed`` is True where the same answers had already been stored under the key."""

    receipt: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Addressed:
    """Where a submission goes: what it has to fit, and what is stored under its key already. Made by ``address``.

    Attributes
    ----------
    placement_id
        Of the placement, empty where there is none of the name that was given.
    stored_mac
        Fingerprint of what was sent before with the same key; None where nothing was.
    """

    campaign: Campaign
    version: QuestionnaireVersion
    placement_id: str
    key: bytes
    key_hash: bytes
    stored_mac: bytes | None


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
    return submit_to(connection, address(connection, campaign_id, response.placement_id, submission_key), response)


def address(connection: Connection, campaign_id: str, placement_id: str, submission_key: str) -> Addressed:
    """Look up where a submission goes, in one question to the database; for those who need its version to read the answers.

    Raises
    ------
    NotFound
        If there is no such campaign.
    InvalidResponse
        If the key is not a random one.
    """
    key = _checked_key(submission_key)
    key_hash = hashlib.sha256(b"nets submission key\0" + key).digest()
    found = connection.execute(
        _FIND, {"campaign": campaign_id, "placement": placement_id, "key_hash": key_hash}
    ).one_or_none()
    if found is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    version = version_by_digest(connection, found.digest)
    return Addressed(campaign_of(found), version, found.placement_id or "", key, key_hash, found.body_mac)


def submit_to(connection: Connection, addressed: Addressed, response: Response) -> Submission:
    """Store a response once, as ``submit`` does and with the same errors, where ``address`` has said it goes."""
    campaign = addressed.campaign
    if addressed.placement_id != response.placement_id:
        raise NotFound([Problem("placement_id", "there is no such placement")])
    asked = (campaign.questionnaire_id, campaign.questionnaire_version)
    if asked != (response.questionnaire_id, response.questionnaire_version):
        raise Refused(
            f"campaign {campaign.id} asks {' '.join(asked)}, "
            f"not {response.questionnaire_id} {response.questionnaire_version}"
        )
    packed = pack(addressed.version, response.answers)
    body_mac = _body_mac(addressed.key, campaign.id, response, packed)
    submission = Submission(_receipt(addressed.key), replayed=False)
    stored_mac = addressed.stored_mac
    if stored_mac is None:
        if not campaign.is_open(response.answered_on):
            raise Refused(f"campaign {campaign.id} takes no answers on {response.answered_on}")
        if _claim(connection, addressed.key_hash, body_mac, response.answered_on):
            _insert(connection, campaign.id, response, packed)
            return submission
        # Someone else claimed the key since we looked, and has committed: the claim waited for that.
        stored_mac = connection.execute(
            select(submission_keys.c.body_mac).where(submission_keys.c.key_hash == addressed.key_hash)
        ).scalar_one()
    if not hmac.compare_digest(stored_mac, body_mac):
        raise ReplayMismatch("these answers differ from those already sent with the same submission key")
    return Submission(submission.receipt, replayed=True)


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
