"""API keys: what a program sends instead of signing in.

``nets_k7qmt4xd_...`` is an id, which may be shown, and a secret, which may not.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from nets.access.account import scope_problems
from nets.access.roles import Role
from nets.errors import InvalidSetting, Problem

LONGEST_LIFE: Final = timedelta(days=366)
PREFIX: Final = "nets"
_LONGEST_TITLE: Final = 100
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_ROLES: Final = frozenset({Role.NATIONAL, Role.REGION, Role.LOCAL_OFFICE, Role.PROVIDER})
_KEY: Final = re.compile(rf"{PREFIX}_([a-z0-9]{{8}})_([A-Za-z0-9_-]{{43}})")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept: everything but its secret.

    Attributes
    ----------
    id
        Eight letters and digits, the part of the key that may be shown.
    title
        What it is for.
    role, scope_id
        What it may read, and of which place; None where of the whole survey.
    requests_a_minute
        How often it may ask.
    added_on, expires_on
        First and last day on which it opens.
    revoked_on
        The day from which it opens no more; None while it does.
    """

    id: str
    title: str
    role: Role
    scope_id: str | None
    requests_a_minute: int
    added_on: date
    expires_on: date
    revoked_on: date | None = None

    def __post_init__(self) -> None:
        problems = []
        if not self.title.strip() or len(self.title) > _LONGEST_TITLE or not self.title.isprintable():
            problems.append(Problem("title", f"is not one line of 1 to {_LONGEST_TITLE} characters"))
        if self.role not in _ROLES:
            problems.append(
                Problem("role", f"a key reads scores, which the role {self.role.replace('_', ' ')} may not")
            )
        problems.extend(scope_problems(self.role, self.scope_id))
        if self.requests_a_minute < 1:
            problems.append(Problem("requests a minute", f"{self.requests_a_minute} is below 1"))
        if not self.added_on <= self.expires_on <= self.added_on + LONGEST_LIFE:
            problems.append(Problem("expiry", f"{self.expires_on} is not within the next {LONGEST_LIFE.days} days"))
        if problems:
            raise InvalidSetting(problems)

    def opens(self, today: date) -> bool:
        """Whether it lets in on this day."""
        return today <= self.expires_on and (self.revoked_on is None or today < self.revoked_on)


def new_key_id() -> str:
    """An id for a key."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def new_secret() -> str:
    """A secret for a key: 256 random bits."""
    return secrets.token_urlsafe(32)


def whole_key(key_id: str, secret: str) -> str:
    """What a program sends."""
    return f"{PREFIX}_{key_id}_{secret}"


def parts_of(key: str) -> tuple[str, str] | None:
    """Id and secret of what a program sent, or None if it is no key."""
    match = _KEY.fullmatch(key)
    return (match[1], match[2]) if match else None
