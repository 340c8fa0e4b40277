"""An account names its role, its place and how it signs in, or is refused with everything that is wrong."""

import pytest

from nets.access.account import Account, Identity, typed_name
from nets.access.roles import Role
from nets.errors import InvalidSetting

IDENTITY = Identity("https://id.example.org", "0815")


def test_an_account_has_a_password_or_an_identity_or_both() -> None:
    assert Account("jo@example.org", Role.NATIONAL, None, "$argon2id$...").identity is None
    assert Account("jo", Role.PROVIDER, "P-1", identity=IDENTITY).password_hash is None
    with pytest.raises(InvalidSetting, match="neither a password nor"):
        Account("jo", Role.NATIONAL, None)


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidSetting) as refused:
        Account("Jo Doe", Role.PROVIDER, None)
    assert [problem.where for problem in refused.value.problems] == ["name", "scope", "account"]


@pytest.mark.parametrize("role", [Role.NATIONAL, Role.SURVEY_MANAGER, Role.DATA_PROTECTION])
def test_a_role_for_the_whole_survey_has_no_place(role: Role) -> None:
    with pytest.raises(InvalidSetting, match="sees the whole survey"):
        Account("jo", role, "R-1", identity=IDENTITY)


def test_the_hash_of_a_password_is_not_printed() -> None:
    assert "argon2" not in repr(Account("jo", Role.NATIONAL, None, "$argon2id$..."))


def test_a_name_is_the_same_however_it_was_typed() -> None:
    assert typed_name(" Jo@Example.ORG ") == "jo@example.org"
