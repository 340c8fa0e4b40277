"""docs/access.md: every role with what it may do, as the code has it."""

from collections.abc import Callable

from nets.access.roles import PERMISSIONS, Permission, Role


def test_every_role_stands_there_with_what_it_may_do(hold: Callable[[str, str], None]) -> None:
    called = {role: role.replace("_", " ") for role in Role}
    lines = ["## Roles", "", f"| | {' | '.join(called.values())} |", f"|---|{'---|' * len(called)}"]
    scopes = [role.scope_level.replace("_", " ") if role.scope_level else "the whole survey" for role in Role]
    lines.append(f"| scope | {' | '.join(scopes)} |")
    for permission in Permission:
        marks = ["yes" if permission in PERMISSIONS[role] else "" for role in Role]
        lines.append(f"| {permission} | {' | '.join(marks)} |")
    hold("access.md", "\n".join(lines))
