"""Local passwords: what one must be, how it is kept, and whether one that was typed is right.

Kept by argon2id with the first of the parameters that OWASP's Password Storage Cheat Sheet names (46 MiB, one pass, one lane).
"""

import hashlib
import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from nets.errors import InvalidSetting, Problem

SHORTEST: Final = 12
LONGEST: Final = 200
_FEWEST_SIGNS: Final = 5
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is misread for another
_GROUPS: Final = 4

_hasher: Final = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)


def require_good(password: str, name: str) -> None:
    """Refuse a password that could be guessed.

    Raises
    ------
    InvalidSetting
        Saying everything that is wrong with it, without repeating it.
    """
    problems = []
    if not SHORTEST <= len(password) <= LONGEST:
        problems.append(Problem("password", f"it needs {SHORTEST} to {LONGEST} characters"))
    if len(set(password)) < _FEWEST_SIGNS:
        problems.append(Problem("password", f"it needs at least {_FEWEST_SIGNS} different characters"))
    if name.partition("@")[0] in password.lower():
        problems.append(Problem("password", "it must not hold the name of the account"))
    if problems:
        raise InvalidSetting(problems)


def hash_password(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether a password is the one behind a hash; without a hash it is none, and takes as long to find out."""
    try:
        _hasher.verify(password_hash or _nobodys_hash(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def invented_password() -> str:
    """A password of 20 random letters and digits in groups of five, such as ``k7qmt-4xd9p-wrhn3-vb2ze``: 99 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(_GROUPS))


def fingerprint(text: str) -> bytes:
    """What is kept of a secret that is random through and through, so that guessing needs no slowing down."""
    return hashlib.sha256(text.encode()).digest()


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex())
