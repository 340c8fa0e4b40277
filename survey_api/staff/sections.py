"""The sections of the staff's pages: what stands in the header of each, for whoever may open it."""

from dataclasses import dataclass
from typing import Final

from nets.access.roles import Permission, Principal


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the site with a page that it begins on."""

    address: str
    title: str
    permission: Permission


_SECTIONS: Final = (
    Section("/quality", "Placement quality", Permission.READ_SCORES),
    Section("/docs", "Data interface", Permission.READ_SCORES),
    Section("/campaigns", "Campaigns", Permission.RUN_CAMPAIGNS),
    Section("/protection", "What is protected", Permission.READ_WITHHELD),
    Section("/protection/comments", "Comments", Permission.REVIEW_COMMENTS),
    Section("/protection/audit", "Audit trail", Permission.READ_AUDIT),
)


def sections_of(principal: Principal) -> list[Section]:
    """The sections that somebody may open, the one she begins on first."""
    return [section for section in _SECTIONS if principal.may(section.permission)]


def first_page(principal: Principal) -> str:
    """Where somebody begins who came for no page of her own choice."""
    return next((section.address for section in sections_of(principal)), "/account")
