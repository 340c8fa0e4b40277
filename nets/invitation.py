"""A personal invitation: one learner, one placement, one response; and the key without which the ledger names nobody.

The ledger knows an invitation by the hash of its token, which stands in the learner's link and nowhere else. The address and the
token themselves, which reminders need, lie sealed under the operator's key; the database alone, and the service that answers
learners, can open neither. Once the learner has answered, both are gone, unless she agreed to be asked once more (``nets.retest``).
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from nets.errors import InvalidSetting

RETENTION: Final = timedelta(days=35)
"""How long after a campaign's last day its ledger is kept."""

LONGEST_ADDRESS: Final = 254
KEY_VARIABLE: Final = "NETS_INVITATION_KEY"
_TOKEN_BYTES: Final = 16
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")
_NONCE_BYTES: Final = 12
_SHORTEST_KEY: Final = 32
# One local part, one @, a domain of two labels or more; no spaces, quotes or brackets. Whether it exists only a message can tell.
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


class State(StrEnum):
    """What has become of an invitation that was not answered yet."""

    NEW = "new"
    SENDING = "sending"
    SENT = "sent"
    BOUNCED = "bounced"
    OPTED_OUT = "opted_out"


STATE_WORDS: Final = {
    State.NEW: "not written to yet",
    State.SENDING: "unknown whether the message went out",
    State.SENT: "written to, no answer yet",
    State.BOUNCED: "cannot be reached",
    State.OPTED_OUT: "want no messages",
}
"""What has become of those who have not answered, in the survey manager's words."""


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a survey manager wants to hear: an address, and the placement and learner group that are filled in for her."""

    address: str
    placement_id: str
    learner_group: str


@dataclass(frozen=True, slots=True)
class SpentInvitation:
    """What the ledger held of a learner until she answered; it goes no further unless she agreed to be asked once more.

    ``token_hash`` is what the ledger knew her token by, ``person`` its mark of her, ``sealed`` her token and address.
    """

    token_hash: bytes
    person: bytes
    sealed: bytes


def new_token() -> str:
    """A token for a personal link: 128 random bits in letters that no mail program breaks a link at."""
    return secrets.token_hex(_TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Whether this can be a token."""
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> bytes:
    """What the ledger knows a token by, 32 bytes."""
    return hashlib.sha256(b"nets invitation\0" + token.encode()).digest()


def draft_token(token: str) -> str:
    """What seals the draft behind a token; the browser's cookie holds it, so the token itself is kept nowhere."""
    return hashlib.sha256(b"nets invitation draft\0" + token.encode()).hexdigest()


def stop_token(token: str) -> str:
    """The token of the link that ends messages. It follows from the invitation's and leads neither back to it nor to a draft."""
    return hashlib.sha256(b"nets invitation stop\0" + token.encode()).hexdigest()[: 2 * _TOKEN_BYTES]


def stop_hash(stop: str) -> bytes:
    """What the ledger knows the token of an opt-out by, 32 bytes."""
    return hashlib.sha256(b"nets stop\0" + stop.encode()).digest()


def address_problem(address: str) -> str | None:
    """What of a text cannot be an e-mail address, or None."""
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address) or ".." in address:
        return "is not an e-mail address"
    local = address.partition("@")[0]
    return "is not an e-mail address" if local.startswith(".") or local.endswith(".") else None


def same_address(address: str) -> str:
    """An address as it is compared with others: no mail system in use tells capitals apart."""
    return address.strip().casefold()


class InvitationKey:
    """The operator's key to the ledger.

    Parameters
    ----------
    secret
        At least 32 characters that nobody can guess.

    Raises
    ------
    InvalidSetting
        If it is shorter.
    """

    def __init__(self, secret: str) -> None:
        if len(secret.strip()) < _SHORTEST_KEY:
            raise InvalidSetting(
                f"{KEY_VARIABLE} has to be a secret of at least {_SHORTEST_KEY} random characters, which opens the addresses of "
                "this survey's invitations; make one with: nets invitations key"
            )
        self._sealing = AESGCM(_derived(secret, "seal"))
        self._marking = _derived(secret, "mark")
        self._wrapping = AESGCM(_derived(secret, "retest"))

    def person(self, campaign_id: str, address: str) -> bytes:
        """A mark of one address in one campaign, 32 bytes; without the key it tells nothing, and two campaigns share none."""
        return self._mark(campaign_id, same_address(address))

    def recipient(self, campaign_id: str, invited: Invited) -> bytes:
        """A mark of one address at one placement in one campaign, 32 bytes."""
        return self._mark(campaign_id, same_address(invited.address), invited.placement_id)

    def again(self, campaign_id: str, link: bytes) -> bytes:
        """The mark of a second invitation, 32 bytes; no mark of a first one is like it."""
        return self._mark(campaign_id, "again", link.hex())

    def seal(self, token: str, address: str) -> bytes:
        """Token and address, sealed to the place in the ledger that belongs to the token."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._sealing.encrypt(nonce, f"{token} {address}".encode(), token_hash(token))

    def open(self, sealed: bytes, known_by: bytes) -> tuple[str, str]:
        """The token and the address that were sealed; ``known_by`` is the token's hash, as the ledger has it.

        Raises
        ------
        InvalidSetting
            If they were sealed with another key.
        """
        try:
            opened = self._sealing.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], known_by)
        except InvalidTag:
            raise InvalidSetting(f"the invitations were sealed with another {KEY_VARIABLE}") from None
        token, _, address = opened.decode().partition(" ")
        return token, address

    def seal_key(self, campaign_id: str, secret: bytes) -> bytes:
        """The secret of a campaign's retest, sealed to that campaign."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, secret, campaign_id.encode())

    def open_key(self, campaign_id: str, sealed: bytes) -> bytes:
        """The secret of a campaign's retest.

        Raises
        ------
        InvalidSetting
            If it was sealed with another key.
        """
        try:
            return self._wrapping.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], campaign_id.encode())
        except InvalidTag:
            raise InvalidSetting(f"the retest of {campaign_id} was opened with another {KEY_VARIABLE}") from None

    def _mark(self, *parts: str) -> bytes:
        return hmac.digest(self._marking, "\0".join(parts).encode(), "sha256")


def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"nets invitation {purpose}".encode()).derive(
        secret.strip().encode()
    )
