"""What changed from one version to the next, each change classified: typo, wording, response scale or structure.

A typo correction keeps the item's code: the texts have the same number of words, differ by at most two letters a word in at
most two words, and in no number and no word that turns a sentence round (not, never, no ...). Any other rewording asks
something else and needs a code of its own, with ``comparable_with`` where answers are still meant to be compared.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from nets.questionnaire.version import Item, QuestionnaireVersion, Wording

_TURNING: Final = {
    "not",
    "no",
    "never",
    "none",
    "nobody",
    "nothing",
    "without",
    "cannot",
    "always",
    "sometimes",
    "rarely",
    "often",
}
_LETTERS_A_WORD: Final = 2
_WORDS: Final = 2


class ChangeKind(StrEnum):
    """What a change means for comparing answers."""

    TYPO = "typo"
    WORDING = "wording"
    RESPONSE_SCALE = "response scale"
    STRUCTURE = "structure"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``where`` names the thing; ``refused`` says why it may not be published, or is empty."""

    kind: ChangeKind
    where: str
    what: str
    refused: str = ""

    def __str__(self) -> str:
        line = f"{self.kind.value}: {self.where}: {self.what}"
        return f"{line} -- refused: {self.refused}" if self.refused else line


def compare_versions(old: QuestionnaireVersion, new: QuestionnaireVersion) -> tuple[Change, ...]:
    """Every change from ``old`` to ``new``, in the order of the new version."""
    return tuple(_changes(old, new))


def is_typo(before: str, after: str) -> bool:
    """Whether two different texts ask the same and one only corrects the other (see the top of this file)."""
    old, new = (re.findall(r"[\w’']+", text.lower()) for text in (before, after))
    if len(old) != len(new):
        return False
    changed = [(first, second) for first, second in zip(old, new, strict=True) if first != second]
    return len(changed) <= _WORDS and all(
        not ({first, second} & _TURNING)
        and not any(character.isdigit() for character in first + second)
        and first[:1] == second[:1]
        and min(len(first), len(second)) > _LETTERS_A_WORD
        and edit_distance(first, second) <= _LETTERS_A_WORD
        for first, second in changed
    )


def edit_distance(first: str, second: str) -> int:
    """Letters to insert, delete or change to get from one word to the other (Levenshtein 1966)."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        previous, row = row, [i]
        for j, b in enumerate(second, 1):
            row.append(min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b)))
    return row[-1]


def _changes(old: QuestionnaireVersion, new: QuestionnaireVersion) -> Iterator[Change]:
    for item in new.items:
        if item.code in old.item:
            yield from _item_changes(old, old.item[item.code], new, item)
        elif item.comparable_with:
            yield Change(
                ChangeKind.WORDING,
                f"item {item.code}",
                f"new wording, meant to be compared with {item.comparable_with}",
            )
        else:
            yield Change(ChangeKind.STRUCTURE, f"item {item.code}", "new")
    for code in old.item:
        if code not in new.item:
            yield Change(ChangeKind.STRUCTURE, f"item {code}", "gone")
    yield from _structure(old, new)


def _item_changes(old: QuestionnaireVersion, before: Item, new: QuestionnaireVersion, after: Item) -> Iterator[Change]:
    where = f"item {after.code}"
    for part in ("text", "hint"):
        yield from _wording_changes(where, part, getattr(before, part), getattr(after, part))
    keeps_code = "the same code always has the same options: give the item a new code and link it with comparable_with"
    if [o.value for o in old.options(before)] != [o.value for o in new.options(after)]:
        yield Change(ChangeKind.RESPONSE_SCALE, where, "the number of options changed", keeps_code)
    else:
        for option, other in zip(old.options(before), new.options(after), strict=True):
            if option.code != other.code:
                what = f"option {option.value} was {option.code} and is {other.code}"
                yield Change(ChangeKind.RESPONSE_SCALE, where, what, keeps_code)
            yield from _wording_changes(where, f"option {option.value}", option.label, other.label)
    for name, says in (
        ("kind", "is another kind of item"),
        ("reverse", "is keyed the other way round"),
        ("adverse", "counts other answers as adverse"),
    ):
        if getattr(before, name) != getattr(after, name):
            yield Change(
                ChangeKind.STRUCTURE, where, says, "the same code always has the same meaning: give it a new code"
            )
    for name, says in (
        ("non_response", "offers other non-response codes"),
        ("standards", "speaks to other standards"),
        ("sensitive", "is treated differently as sensitive"),
        ("max_length", "allows another length"),
    ):
        if getattr(before, name) != getattr(after, name):
            yield Change(ChangeKind.STRUCTURE, where, says)


def _wording_changes(where: str, part: str, before: Wording, after: Wording) -> Iterator[Change]:
    for language in {**before, **after}:
        if language not in before:
            yield Change(ChangeKind.STRUCTURE, where, f"{part} has a translation into '{language}'")
        elif language not in after:
            yield Change(ChangeKind.STRUCTURE, where, f"{part} lost its translation into '{language}'")
        elif before[language] != after[language]:
            what = f"{part} was '{before[language]}' and is '{after[language]}'"
            if is_typo(before[language], after[language]):
                yield Change(ChangeKind.TYPO, where, what)
            else:
                refused = "a rewording needs a new item code (comparable_with links it to the old one)"
                yield Change(ChangeKind.WORDING, where, what, "" if part == "hint" else refused)


def _structure(old: QuestionnaireVersion, new: QuestionnaireVersion) -> Iterator[Change]:
    before, after = [page.code for page in old.pages], [page.code for page in new.pages]
    yield from _set_changes("page", before, after)
    if [code for code in before if code in after] != [code for code in after if code in before]:
        yield Change(ChangeKind.STRUCTURE, "pages", "are in another order")
    for page in new.pages:
        other = old.page.get(page.code)
        if other is None:
            continue
        if page.items != other.items:
            yield Change(ChangeKind.STRUCTURE, f"page {page.code}", "has other items")
        if (page.show_if, page.skips_to) != (other.show_if, other.skips_to):
            yield Change(ChangeKind.STRUCTURE, f"page {page.code}", "is reached under other conditions")
        if (page.title, page.body, page.support) != (other.title, other.body, other.support):
            yield Change(ChangeKind.WORDING, f"page {page.code}", "has other words around its items")
    yield from _set_changes("scale", list(old.scale), list(new.scale))
    for scale in new.scales:
        if scale.code in old.scale and scale.items != old.scale[scale.code].items:
            yield Change(
                ChangeKind.STRUCTURE, f"scale {scale.code}", "is made of other items: its scores are not comparable"
            )
    yield from _set_changes("learner group", [g.code for g in old.learner_groups], [g.code for g in new.learner_groups])


def _set_changes(name: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    for code in after:
        if code not in before:
            yield Change(ChangeKind.STRUCTURE, f"{name} {code}", "new")
    for code in before:
        if code not in after:
            yield Change(ChangeKind.STRUCTURE, f"{name} {code}", "gone")
