"""In whose name something is decided or entered: a program says so, and whoever has signed in does it in her own name."""

from nets.access.roles import Door, Principal
from nets.errors import Problem


def by_whom(principal: Principal, by: str) -> str:
    """The name; that of the key where it names nobody, which ``problems_of_by`` tells."""
    return by if principal.door is Door.API_KEY and by.strip() else principal.who


def problems_of_by(principal: Principal, by: str) -> list[Problem]:
    """What is wrong with the name that was sent."""
    if principal.door is Door.API_KEY:
        return [] if by.strip() else [Problem("by", "a key belongs to a program: say in whose name")]
    if by in {"", principal.who}:
        return []
    return [Problem("by", "who has signed in does this in her own name; leave it out")]
