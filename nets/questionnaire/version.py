"""What a published questionnaire version is: items, scales, pages and who is asked what.

These records are the domain's; the JSON file they come from is read in ``document.py`` and its bytes are kept, because the
bytes are what was published. Nothing here judges: a ``QuestionnaireVersion`` in hand has already been checked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Literal, TypeAlias

Wording: TypeAlias = Mapping[str, str]
"""One text in every language of the version: ``{"en": "...", "cy": "..."}``."""


class NonResponse(StrEnum):
    """The answers that are not on the scale, which an item may offer after a divider."""

    NOT_APPLICABLE = "not_applicable"
    DO_NOT_KNOW = "do_not_know"
    PREFER_NOT_TO_SAY = "prefer_not_to_say"


class Unanswered(StrEnum):
    """Why an item has no answer: the learner left it out, or the branches never led there."""

    BLANK = "blank"
    NOT_ROUTED = "not_routed"


ItemKind: TypeAlias = Literal["rating", "choice", "comment"]
"""A rating is ordered and scored, a choice is named and counted, a comment is free text."""


@dataclass(frozen=True, slots=True)
class ResponseOption:
    """One option of a response scale; ``value`` runs 1, 2, ... in the fixed order of the scale."""

    value: int
    code: str
    label: Wording


@dataclass(frozen=True, slots=True)
class ResponseScale:
    """An ordered set of options that items share, such as strongly disagree ... strongly agree."""

    code: str
    options: tuple[ResponseOption, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Attributes
    ----------
    code
        Permanent: the same code has the same meaning and options in every version.
    response_scale
        Code of the response scale; None for a comment.
    non_response
        The non-response codes offered after the divider, in order.
    standards
        Codes of the quality standards the item speaks to, such as ``"3.4"``.
    reverse
        True where a high value is bad; scoring turns it round.
    sensitive
        True where an answer could hurt the learner if seen: it sits behind an interruption page and is suppressed harder.
    adverse
        Option values that count as a report of an adverse environment; empty for most items.
    comparable_with
        Code of the earlier item this rewording is meant to be compared with, or None.
    max_length
        Longest comment in characters; 0 for closed items.
    """

    code: str
    kind: ItemKind
    text: Wording
    hint: Wording
    response_scale: str | None
    non_response: tuple[NonResponse, ...]
    standards: tuple[str, ...]
    reverse: bool
    sensitive: bool
    adverse: tuple[int, ...]
    comparable_with: str | None
    max_length: int


@dataclass(frozen=True, slots=True)
class Scale:
    """A set of rating items scored together. A theme is a published scale of the instrument; the other kinds are not themes."""

    code: str
    kind: Literal["theme", "criterion", "safety"]
    title: Wording
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LearnerGroup:
    """A profession family that the version's branches know."""

    code: str
    label: Wording


# The closed set of conditions. A condition only looks back, at the learner group or at items of earlier pages.


@dataclass(frozen=True, slots=True)
class GroupIs:
    """Holds when the learner's group is one of ``groups``."""

    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerIs:
    """Holds when ``item`` was answered with one of these option values."""

    item: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when ``part`` does not."""

    part: "Condition"


Condition: TypeAlias = GroupIs | AnswerIs | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Page:
    """One screen: a short block of items, or an interruption that says what comes next and offers a way round it.

    ``skips_to`` is the code of the page that "skip these questions" leads to (interruption pages only, else None);
    ``support`` lists the help lines shown there, as label and address.
    """

    code: str
    section: str
    kind: Literal["questions", "interruption"]
    title: Wording
    body: Wording
    items: tuple[str, ...]
    show_if: Condition | None
    skips_to: str | None
    support: tuple[tuple[Wording, str], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A titled run of pages; "Section 2 of 6" counts these."""

    code: str
    title: Wording


@dataclass(frozen=True)
class QuestionnaireVersion:
    """One published version, as checked data and as the bytes that were published.

    Attributes
    ----------
    document
        The file's bytes, served verbatim.
    digest
        sha256 of ``document`` in hexadecimal.
    items_per_page
        Most items that are shown at once; 0 where pages are shown as they are laid out.
    """

    id: str
    version: str
    title: Wording
    languages: tuple[str, ...]
    framework: str
    non_response_labels: Mapping[NonResponse, Wording]
    learner_groups: tuple[LearnerGroup, ...]
    response_scales: tuple[ResponseScale, ...]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    sections: tuple[Section, ...]
    pages: tuple[Page, ...]
    document: bytes = field(repr=False)
    digest: str
    items_per_page: int = 0

    def __hash__(self) -> int:
        """By the digest: versions that are equal have the same."""
        return hash(self.digest)

    @cached_property
    def item(self) -> Mapping[str, Item]:
        """Items by code."""
        return {item.code: item for item in self.items}

    @cached_property
    def scale(self) -> Mapping[str, Scale]:
        """Scales by code."""
        return {scale.code: scale for scale in self.scales}

    @cached_property
    def page(self) -> Mapping[str, Page]:
        """Pages by code."""
        return {page.code: page for page in self.pages}

    def screens(self, page: Page) -> tuple[Page, ...]:
        """A page as it is shown: itself, or in blocks of ``items_per_page``. The first block keeps the page's code."""
        most = self.items_per_page
        if not most or len(page.items) <= most:
            return (page,)
        blocks = [page.items[start : start + most] for start in range(0, len(page.items), most)]
        # no code of a page holds a dot
        codes = [page.code, *(f"{page.code}.{number}" for number in range(2, len(blocks) + 1))]
        return tuple(replace(page, code=code, items=block) for code, block in zip(codes, blocks, strict=True))

    @cached_property
    def screen(self) -> Mapping[str, Page]:
        """Everything that is shown at once, by its code."""
        return {screen.code: screen for page in self.pages for screen in self.screens(page)}

    @cached_property
    def closed_items(self) -> tuple[Item, ...]:
        """The rating and choice items in document order: the order in which answers are packed."""
        return tuple(item for item in self.items if item.kind != "comment")

    @cached_property
    def closed_codes(self) -> tuple[str, ...]:
        """The codes of the closed items, in the same order."""
        return tuple(item.code for item in self.closed_items)

    @cached_property
    def comment_codes(self) -> tuple[str, ...]:
        """The codes of the items that are answered in the learner's own words, in document order."""
        return tuple(item.code for item in self.items if item.kind == "comment")

    @cached_property
    def deciding(self) -> frozenset[str]:
        """Codes of the items whose answers decide which pages a learner is led to."""
        return frozenset(code for page in self.pages if page.show_if is not None for code in _items_in(page.show_if))

    @cached_property
    def takes(self) -> Mapping[str, frozenset[int | str]]:
        """What each closed item may be answered with, by its code: option values and the non-response codes it offers."""
        return {
            item.code: frozenset((*(option.value for option in self.options(item)), *map(str, item.non_response)))
            for item in self.closed_items
        }

    def options(self, item: Item) -> tuple[ResponseOption, ...]:
        """The response options of an item; none for a comment."""
        return self._options_by_scale[item.response_scale] if item.response_scale else ()

    @cached_property
    def _options_by_scale(self) -> Mapping[str, tuple[ResponseOption, ...]]:
        return {scale.code: scale.options for scale in self.response_scales}


def _items_in(condition: Condition) -> Iterator[str]:
    match condition:
        case AnswerIs(item):
            yield item
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _items_in(part)
        case Not(part):
            yield from _items_in(part)
        case GroupIs():
            pass
