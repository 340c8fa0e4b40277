"""A scope is a subtree, and what a role may do is a table."""

import pytest

from nets.access.roles import PERMISSIONS, Door, Permission, Principal, Role, Scope, may_see, may_see_as_context
from nets.errors import InvalidSetting

SCOPES: dict[Role, Scope] = {
    Role.NATIONAL: (),
    Role.REGION: ("R-1",),
    Role.LOCAL_OFFICE: ("R-1", "L-1"),
    Role.PROVIDER: ("R-1", "L-1", "P-1"),
    Role.SURVEY_MANAGER: (),
    Role.DATA_PROTECTION: (),
}
WARD = ("R-1", "L-1", "P-1", "S-1", "W-1")


def somebody(role: Role) -> Principal:
    return Principal("jo", role, SCOPES[role], Door.SESSION)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_what_lies_below_her_place(role: Role) -> None:
    assert may_see(somebody(role), WARD)
    assert may_see(somebody(role), SCOPES[role])


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.NATIONAL, [True, True, True, True]),
        (Role.REGION, [False, True, True, True]),
        (Role.LOCAL_OFFICE, [False, False, True, True]),
        (Role.PROVIDER, [False, False, False, True]),
    ],
)
def test_nobody_sees_what_lies_above_her_place(role: Role, seen: list[bool]) -> None:
    assert [may_see(somebody(role), WARD[:length]) for length in range(4)] == seen


@pytest.mark.parametrize("role", [Role.REGION, Role.LOCAL_OFFICE, Role.PROVIDER])
def test_nobody_sees_what_lies_beside_her_place(role: Role) -> None:
    scope = SCOPES[role]
    beside = (*scope[:-1], f"{scope[-1]}1")  # an id that begins like her own is another place
    assert not may_see(somebody(role), beside)
    assert not may_see(somebody(role), (*beside, "W-1"))


def test_the_nation_and_the_own_region_are_context_and_no_other_level_is() -> None:
    provider = somebody(Role.PROVIDER)
    assert [may_see_as_context(provider, WARD[:length]) for length in range(4)] == [True, True, False, False]
    assert not may_see_as_context(provider, ("R-2",))
    assert may_see_as_context(somebody(Role.NATIONAL), ())


@pytest.mark.parametrize("role", list(Role))
def test_a_scope_is_at_the_level_of_its_role(role: Role) -> None:
    for scope in {*SCOPES.values(), WARD[:4]} - {SCOPES[role]}:
        with pytest.raises(InvalidSetting, match="the scope of the role"):
            Principal("jo", role, scope, Door.API_KEY)


def test_every_role_may_do_something_and_the_exact_view_is_the_national_ones_alone() -> None:
    assert all(PERMISSIONS[role] for role in Role)
    assert [role for role in Role if somebody(role).is_national] == [Role.NATIONAL]


def test_a_provider_reads_no_concern_and_assesses_no_risk() -> None:
    provider = somebody(Role.PROVIDER)
    assert provider.may(Permission.READ_SCORES)
    assert not provider.may(Permission.READ_CONCERNS)
    assert not provider.may(Permission.ASSESS_RISK)


def test_nobody_has_exact_numbers_of_responses_and_scores_together() -> None:
    assert not [role for role in Role if {Permission.READ_SCORES, Permission.RUN_CAMPAIGNS} <= PERMISSIONS[role]]
