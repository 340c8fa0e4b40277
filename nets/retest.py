"""The retest of a confidential campaign: when learners are asked once more, and the one key that links their two answers.

Each campaign has a key of its own. One half of it is public and lies in the database, so that the service can seal what it must
not be able to read again: with a consent, what leads to the learner's response; with a second answer, all that she said. The
secret half, which opens both and makes the hash that stands with an invitation in place of the first response, is itself sealed
under the operator's key (``nets.invitation``). The database alone links nothing, neither does the operator's key alone; and once
the sealed key is deleted nobody links anything, whoever holds what is left.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from nets.campaign import Campaign
from nets.errors import NetsError
from nets.invitation import RETENTION
from nets.questionnaire.version import QuestionnaireVersion

WINDOW: Final = (10, 21)
"""Fewest and most days between the first answer and the second invitation: long enough to forget, too short to change."""

TIME_TO_ANSWER: Final = timedelta(days=7)
"""How long a second invitation takes an answer, from the day of the last message about it."""

WANTED: Final = 100
"""Stable learners without whom a reliability over time is uncertain (COSMIN)."""

_SECRET_BYTES: Final = 32
_PUBLIC_BYTES: Final = 32
_ONE_SIZE: Final = 1024
"""What is sealed is filled up to a multiple of this, so that its length tells nothing."""


class PlacementChange(StrEnum):
    """What a learner says of her placement when she is asked once more."""

    STABLE = "stable"
    CHANGED = "changed"
    CANNOT_SAY = "cannot_say"
    NOT_SAID = "not_said"


class ConsentState(StrEnum):
    """What became of a learner's consent to be asked once more."""

    WAITING = "waiting"
    DRAWN = "drawn"
    NOT_DRAWN = "not_drawn"
    TOO_LATE = "too_late"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


CONSENT_WORDS: Final[Mapping[ConsentState, str]] = {
    ConsentState.WAITING: "wait: answered lately, or nobody has drawn since",
    ConsentState.NOT_DRAWN: "were not drawn, by chance",
    ConsentState.TOO_LATE: f"were drawn by nobody within {WINDOW[1]} days of their answer",
    ConsentState.STOPPED: "want no messages or cannot be reached",
    ConsentState.WITHDRAWN: "took their first response back",
}
"""Why those who agreed are not asked once more, or not yet, in the survey manager's words."""


@dataclass(frozen=True, slots=True)
class Consented:
    """What is sealed with a consent.

    Attributes
    ----------
    response_id
        The learner's first response.
    placement_id, learner_group
        What that response is about.
    address
        Her address and token as the ledger had them sealed under the operator's key.
    known_by
        The hash that the ledger knew that token by.
    """

    response_id: UUID
    placement_id: str
    learner_group: str
    address: bytes
    known_by: bytes


@dataclass(frozen=True, slots=True)
class SecondAnswers:
    """What is sealed of a second answer: its day and its packed answers."""

    answered_on: date
    packed: bytes


class RetestKey:
    """The secret half of a campaign's key; ``secret`` are its 32 random bytes."""

    def __init__(self, secret: bytes) -> None:
        self._private = X25519PrivateKey.from_private_bytes(_derived(secret, "open"))
        self._linking = _derived(secret, "link")

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self._private.public_key().public_bytes_raw()

    def link(self, response_id: UUID) -> bytes:
        """What stands for a first response wherever a second one or an invitation to it is kept: an HMAC, 32 bytes."""
        mac = HMAC(self._linking, SHA256())
        mac.update(response_id.bytes)
        return mac.finalize()

    def open_consent(self, sealed: bytes) -> Consented:
        """What was sealed with a consent."""
        said = self._open(sealed, "consent")
        return Consented(
            UUID(said["response"]),
            said["placement"],
            said["group"],
            bytes.fromhex(said["address"]),
            bytes.fromhex(said["known_by"]),
        )

    def open_answers(self, sealed: bytes) -> SecondAnswers:
        """What was sealed of a second answer."""
        said = self._open(sealed, "answers")
        return SecondAnswers(date.fromisoformat(said["day"]), bytes.fromhex(said["packed"]))

    def _open(self, sealed: bytes, what: str) -> Mapping[str, str]:
        once = X25519PublicKey.from_public_bytes(sealed[:_PUBLIC_BYTES])
        shared = self._private.exchange(once)
        try:
            opened = _box(shared, sealed[:_PUBLIC_BYTES], self.public, what).decrypt(
                bytes(12), sealed[_PUBLIC_BYTES:], None
            )
        except InvalidTag:
            raise NetsError("what was sealed for the retest was damaged, or sealed with another key") from None
        said: Mapping[str, str] = json.loads(opened)
        return said


def new_secret() -> bytes:
    """The secret of a campaign's key."""
    return secrets.token_bytes(_SECRET_BYTES)


def seal_consent(public: bytes, consented: Consented) -> bytes:
    """Seal what leads from a consent to the response, for whoever holds the secret half of the key."""
    return _sealed(
        public,
        "consent",
        {
            "response": consented.response_id.hex,
            "placement": consented.placement_id,
            "group": consented.learner_group,
            "address": consented.address.hex(),
            "known_by": consented.known_by.hex(),
        },
    )


def seal_answers(public: bytes, answers: SecondAnswers) -> bytes:
    """Seal a second answer, for whoever holds the secret half of the key."""
    return _sealed(public, "answers", {"day": answers.answered_on.isoformat(), "packed": answers.packed.hex()})


def is_too_early(answered_on: date, today: date) -> bool:
    """Whether it is too soon to ask once more."""
    return (today - answered_on).days < WINDOW[0]


def is_too_late(answered_on: date, today: date) -> bool:
    """Whether too many days have passed to ask once more."""
    return (today - answered_on).days > WINDOW[1]


def last_day_to_invite(campaign: Campaign) -> date:
    """The last day on which anybody can be asked once more: who answered on the campaign's last day can be, too."""
    return campaign.last_day + timedelta(days=WINDOW[1])


def key_is_kept_until(campaign: Campaign) -> date:
    """The day after which the key is destroyed, whether or not it was used: that of the participation ledger."""
    return campaign.last_day + RETENTION


def asked_again(version: QuestionnaireVersion) -> QuestionnaireVersion:
    """A version without its comments: they add nothing to a comparison, and whoever wrote one is known by it again."""
    closed = {item.code for item in version.closed_items}
    pages = (replace(page, items=tuple(code for code in page.items if code in closed)) for page in version.pages)
    return replace(version, items=version.closed_items, pages=tuple(pages))


def _sealed(public: bytes, what: str, said: Mapping[str, str]) -> bytes:
    written = json.dumps(said).encode()
    written += b" " * (-len(written) % _ONE_SIZE)
    once = X25519PrivateKey.generate()
    shared, own = once.exchange(X25519PublicKey.from_public_bytes(public)), once.public_key().public_bytes_raw()
    # the key is used for this one message, so the nonce need not differ
    return own + _box(shared, own, public, what).encrypt(bytes(12), written, None)


def _box(shared: bytes, once: bytes, public: bytes, what: str) -> AESGCM:
    """The cipher of one sealed message: its key is agreed with a key pair that is thrown away, as in RFC 9180."""
    info = f"nets retest {what}".encode()
    return AESGCM(HKDF(SHA256(), length=32, salt=once + public, info=info).derive(shared))


def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"nets retest {purpose}".encode()).derive(secret)
