"""Who sees what: roles, what each may do, and the part of the tree that each sees. Pure; the store knows who has which role.

A scope is a place of the tree with everything below it, written as the ids from its region down to itself; that of the whole
survey is empty. Who has a scope sees what lies inside. Of what lies above, her own region and the nation are context: they may be
shown beside her own places, in the view that everybody but the national role has (``nets.disclosure.shown``), and nothing else may.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from nets.errors import InvalidSetting
from nets.organisation import Level

Scope: TypeAlias = tuple[str, ...]
"""The ids from a region down to a place; empty for the whole survey."""

WHOLE_SURVEY: Final[Scope] = ()


class Role(StrEnum):
    """What somebody is to the survey."""

    NATIONAL = "national"
    REGION = "region"
    LOCAL_OFFICE = "local_office"
    PROVIDER = "provider"
    SURVEY_MANAGER = "survey_manager"
    DATA_PROTECTION = "data_protection"

    @property
    def scope_level(self) -> Level | None:
        """The level of the place that somebody of this role has for a scope; None where the scope is the whole survey."""
        return _SCOPE_LEVELS.get(self)


class Permission(StrEnum):
    """Something that not everybody may do. The value is what it is called in docs/access.md."""

    READ_SCORES = "read released scores and suggested risks"
    READ_COMMENTS = "read comments after review"
    REVIEW_COMMENTS = "review comments before anybody else reads them"
    ASSESS_RISK = "confirm or change a suggested risk, enter and withdraw evidence"
    READ_CONCERNS = "read concerns, write down what was done about them"
    RUN_CAMPAIGNS = "run campaigns: rosters, exact response rates, releases"
    READ_WITHHELD = "see how many cells are hidden, and what is kept for how long"
    READ_AUDIT = "read the audit trail"


class Door(StrEnum):
    """How somebody came in."""

    SESSION = "session"
    API_KEY = "api_key"


_SCOPE_LEVELS: Final[Mapping[Role, Level]] = {
    Role.REGION: Level.REGION,
    Role.LOCAL_OFFICE: Level.LOCAL_OFFICE,
    Role.PROVIDER: Level.PROVIDER,
}

_OVERSIGHT: Final = frozenset(
    {Permission.READ_SCORES, Permission.READ_COMMENTS, Permission.ASSESS_RISK, Permission.READ_CONCERNS}
)

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.NATIONAL: _OVERSIGHT,
    Role.REGION: _OVERSIGHT,
    Role.LOCAL_OFFICE: _OVERSIGHT,
    # A concern goes to somebody outside the provider, and nobody assesses the risk of her own house.
    Role.PROVIDER: frozenset({Permission.READ_SCORES, Permission.READ_COMMENTS}),
    # Exact numbers of responses and scores together would say more than either: who has the one has not the other.
    Role.SURVEY_MANAGER: frozenset({Permission.RUN_CAMPAIGNS}),
    # What review asks is whether a comment points to somebody; and of all roles this one has no score and no number of learners.
    Role.DATA_PROTECTION: frozenset({Permission.READ_WITHHELD, Permission.READ_AUDIT, Permission.REVIEW_COMMENTS}),
}
"""What each role may do, whatever its scope."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody, or a program, that the service knows.

    Attributes
    ----------
    who
        The name of the account, or of the key.
    role
        What she is to the survey.
    scope
        What she sees: ids from the region down; empty for the whole survey.
    door
        Whether she signed in or a program sent a key.

    Raises
    ------
    InvalidSetting
        Where the scope is not at the role's level: a provider without a place would see the whole survey.
    """

    who: str
    role: Role
    scope: Scope
    door: Door

    def __post_init__(self) -> None:
        level = self.role.scope_level
        if len(self.scope) != (0 if level is None else list(Level).index(level) + 1):
            wanted = "the whole survey" if level is None else f"a {level.replace('_', ' ')}"
            raise InvalidSetting(f"the scope of the role {self.role.replace('_', ' ')} is {wanted}")

    @property
    def is_national(self) -> bool:
        """Whether she has the national view, with exact numbers; everybody else has the banded one."""
        return self.role is Role.NATIONAL

    def may(self, permission: Permission) -> bool:
        """Whether her role may do this, within her scope."""
        return permission in PERMISSIONS[self.role]


def may_see(principal: Principal, path: Sequence[str]) -> bool:
    """Whether a place lies within somebody's scope.

    Parameters
    ----------
    principal
        Who asks.
    path
        The ids from the place's region down to the place itself; empty for the nation.
    """
    return tuple(path[: len(principal.scope)]) == principal.scope


def may_see_as_context(principal: Principal, path: Sequence[str]) -> bool:
    """Whether a place's scores may stand beside somebody's own for comparison: the nation's and those of her own region."""
    return tuple(path) == principal.scope[: len(path)] and len(path) <= 1
