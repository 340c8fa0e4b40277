"""An account: somebody who signs in, by a local password or by her organisation's OpenID Connect provider."""

import re
from dataclasses import dataclass, field
from typing import Final

from nets.access.roles import Role
from nets.errors import InvalidSetting, Problem

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,99}")


@dataclass(frozen=True, slots=True)
class Identity:
    """What an OpenID Connect provider calls somebody: its own address, and a name that it gives to nobody else."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    Attributes
    ----------
    name
        What she signs in with, in lower case: an e-mail address or a short name.
    role, scope_id
        What she is to the survey, and the place she sees; None where she sees the whole survey.
    password_hash
        As argon2 writes it; None where she has no password here.
    identity
        What her OpenID Connect provider calls her; None where she has none.
    is_disabled
        Whether she may not sign in any more.
    """

    name: str
    role: Role
    scope_id: str | None
    password_hash: str | None = field(default=None, repr=False)
    identity: Identity | None = None
    is_disabled: bool = False

    def __post_init__(self) -> None:
        problems = []
        if not is_name(self.name):
            what = "is not 2 to 100 lower-case letters, digits and . _ @ + -, beginning with a letter or digit"
            problems.append(Problem("name", f"'{self.name[:101]}' {what}"))
        problems.extend(scope_problems(self.role, self.scope_id))
        if self.password_hash is None and self.identity is None:
            problems.append(Problem("account", "has neither a password nor an OpenID Connect identity"))
        if problems:
            raise InvalidSetting(problems)


def is_name(text: str) -> bool:
    """Whether an account can be called so."""
    return _NAME.fullmatch(text) is not None


def typed_name(text: str) -> str:
    """A name as it was typed, in the form that accounts have it in."""
    return text.strip().lower()


def scope_problems(role: Role, scope_id: str | None) -> list[Problem]:
    """What is wrong with a role that has this place, or none, for a scope."""
    level = role.scope_level
    called = role.replace("_", " ")
    if level is None and scope_id is not None:
        return [Problem("scope", f"the role {called} sees the whole survey and has no place")]
    if level is not None and scope_id is None:
        return [Problem("scope", f"the role {called} needs the id of a {level.replace('_', ' ')}")]
    return []
