"""From what an OpenID Connect provider says of somebody to her role here: a setting, for who keeps roles in a directory."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from nets.access.account import scope_problems
from nets.access.roles import Role


class MappedRole(BaseModel):
    """A role with its place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    scope: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> "MappedRole":
        problems = scope_problems(self.role, self.scope)
        if problems:
            raise ValueError("; ".join(problem.what for problem in problems))
        return self


class RoleMapping(BaseModel):
    """Which claim is looked at, and what each of its values means; the first of them that somebody has counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: str
    values: dict[str, MappedRole]

    def role_of(self, claims: Mapping[str, Any]) -> MappedRole | None:
        """The role of somebody with these claims; None if nothing that is mapped is said of her."""
        said = claims.get(self.claim)
        has = {value for value in (said if isinstance(said, list) else [said]) if isinstance(value, str)}
        return next((role for value, role in self.values.items() if value in has), None)


def read_mapping(text: Any) -> Any:
    """The mapping as it stands in the environment, in JSON.

    Raises
    ------
    ValueError
        If it is no JSON.
    """
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text) if text else None
    except ValueError:
        raise ValueError(
            'should be JSON such as {"claim": "groups", "values": {"nets": {"role": "national"}}}'
        ) from None
