"""What changed from one version to the next, each change classified: typo, wording, response scale or structure.

An item code is permanent, so what gives it another meaning or other options is refused here with the way out: a new code, and
``comparable_with`` where answers are still meant to be compared. Only the correction of a typo keeps the code. What a machine
can vouch for is little, and a person reads the rest in the diff; ``is_typo`` states the rule.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from nets.questionnaire.typo import is_typo
from nets.questionnaire.version import Item, QuestionnaireVersion, ResponseOption, Wording

_NEW_CODE: Final = "give it a new code, with comparable_with where answers are still meant to be compared"
_REWORDED: Final = f"a rewording that is more than a typo asks something else: {_NEW_CODE}"
_OTHER_OPTIONS: Final = f"the same item code always has the same options: {_NEW_CODE}"
_OTHER_MEANING: Final = f"the same item code always has the same meaning: {_NEW_CODE}"


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
    """Every change from ``old`` to ``new``."""
    return changes_since((old,), new)


def changes_since(earlier: Sequence[QuestionnaireVersion], new: QuestionnaireVersion) -> tuple[Change, ...]:
    """Every change from the last of the earlier versions to ``new``.

    Parameters
    ----------
    earlier
        The versions published before, oldest first; none for a first version. Those before the last matter because an item
        code that was dropped may not come back with another meaning.
    """
    last_asked = {item.code: version for version in earlier for item in version.items}
    changes = list(_item_changes(earlier[-1] if earlier else None, last_asked, new))
    if earlier:
        changes += [*_version_changes(earlier[-1], new), *_page_changes(earlier[-1], new)]
    return tuple(_merged(changes))


def _merged(changes: Iterable[Change]) -> Iterator[Change]:
    """The same said once: a relabelled response scale is one change of many items."""
    items: dict[tuple[ChangeKind, str, str], list[str]] = {}
    for change in changes:
        items.setdefault((change.kind, change.what, change.refused), []).append(change.where)
    for (kind, what, refused), places in items.items():
        codes = [place.removeprefix("item ") for place in places if place.startswith("item ")]
        if codes:
            yield Change(kind, f"item{'s' if len(codes) > 1 else ''} {', '.join(codes)}", what, refused)
        yield from (Change(kind, place, what, refused) for place in places if not place.startswith("item "))


def _item_changes(
    last: QuestionnaireVersion | None, last_asked: Mapping[str, QuestionnaireVersion], new: QuestionnaireVersion
) -> Iterator[Change]:
    for item in new.items:
        where = f"item {item.code}"
        link = item.comparable_with
        if link is not None and link not in last_asked:
            refused = f"no version before asks {link}, so nothing can be compared with it"
            yield Change(ChangeKind.STRUCTURE, where, f"is linked with {link}", refused)
        if item.code in last_asked:
            old = last_asked[item.code]
            if old is not last:
                yield Change(ChangeKind.STRUCTURE, where, f"is back; it was last asked in {old.version}")
            yield from _kept_item_changes(old, old.item[item.code], new, item)
        elif link is not None and link in last_asked:
            old = last_asked[link]
            same = _values_and_codes(old, old.item[link]) == _values_and_codes(new, item)
            kind = ChangeKind.WORDING if same else ChangeKind.RESPONSE_SCALE
            what = f"new {'wording' if same else 'options'}, meant to be compared with {link}"
            yield Change(kind, where, what)
        elif last is not None:
            yield Change(ChangeKind.STRUCTURE, where, "new")
    for item in last.items if last else ():
        if item.code not in new.item:
            yield Change(ChangeKind.STRUCTURE, f"item {item.code}", "gone")


def _values_and_codes(version: QuestionnaireVersion, item: Item) -> list[tuple[int, str]]:
    return [(option.value, option.code) for option in version.options(item)]


def _kept_item_changes(
    old: QuestionnaireVersion, before: Item, new: QuestionnaireVersion, after: Item
) -> Iterator[Change]:
    where = f"item {after.code}"
    languages = _shared_languages(old, new)
    yield from _wording_changes(languages, where, "the text", before.text, after.text, _REWORDED)
    # a hint is part of what a closed item asks; on a comment it is advice
    refused = "" if before.kind == after.kind == "comment" else _REWORDED
    yield from _wording_changes(languages, where, "the hint", before.hint, after.hint, refused)
    yield from (
        replace(change, where=where) for change in _option_changes(languages, old.options(before), new.options(after))
    )
    if before.non_response != after.non_response:
        what = f"offers {_listed(after.non_response)} beside its options and offered {_listed(before.non_response)}"
        yield Change(ChangeKind.RESPONSE_SCALE, where, what, _OTHER_OPTIONS)
    for code in after.non_response:
        if code in before.non_response:
            labels = old.non_response_labels[code], new.non_response_labels[code]
            for change in _wording_changes(languages, where, f"the label of {code}", *labels, _OTHER_OPTIONS):
                yield _as_response_scale(change)
    for name, what, refused in (
        ("kind", f"was a {before.kind} and is a {after.kind}", _OTHER_MEANING),
        ("reverse", "is keyed the other way round", _OTHER_MEANING),
        ("adverse", "counts other answers as adverse", _OTHER_MEANING),
        (
            "response_scale",
            f"takes its options from '{after.response_scale}', before from '{before.response_scale}'",
            "",
        ),
        ("standards", f"speaks to {_listed(after.standards)}, before to {_listed(before.standards)}", ""),
        ("sensitive", f"is {'now' if after.sensitive else 'no longer'} treated as sensitive", ""),
        ("comparable_with", f"is linked with {after.comparable_with}, before with {before.comparable_with}", ""),
        ("max_length", f"allows {after.max_length} characters, before {before.max_length}", ""),
    ):
        if getattr(before, name) != getattr(after, name):
            yield Change(ChangeKind.STRUCTURE, where, what, refused)


def _option_changes(
    languages: Sequence[str], before: Sequence[ResponseOption], after: Sequence[ResponseOption]
) -> Iterator[Change]:
    codes, others = [option.code for option in before], [option.code for option in after]
    if codes != others:
        how = "in another order" if sorted(codes) == sorted(others) else "others"
        what = f"its options are {how}: {', '.join(others) or 'none'} for {', '.join(codes) or 'none'}"
        yield Change(ChangeKind.RESPONSE_SCALE, "", what, _OTHER_OPTIONS)
        return
    for option, other in zip(before, after, strict=True):
        part = f"the label of option {option.value}"
        for change in _wording_changes(languages, "", part, option.label, other.label, _OTHER_OPTIONS):
            yield _as_response_scale(change)


def _as_response_scale(change: Change) -> Change:
    kind = change.kind if change.kind is ChangeKind.TYPO else ChangeKind.RESPONSE_SCALE
    return replace(change, kind=kind)


def _wording_changes(
    languages: Sequence[str], where: str, part: str, before: Wording, after: Wording, refused: str = ""
) -> Iterator[Change]:
    for language in languages:
        old, new = before.get(language, ""), after.get(language, "")
        if old == new:
            continue
        in_language = f" ({language})" if len(languages) > 1 else ""
        if not old or not new:
            what = f"{part}{in_language} is {'new' if new else 'gone'}: '{new or old}'"
            yield Change(ChangeKind.WORDING, where, what, refused)
            continue
        what = f"{part}{in_language} was '{old}' and is '{new}'"
        if is_typo(old, new, language):
            yield Change(ChangeKind.TYPO, where, what)
        else:
            yield Change(ChangeKind.WORDING, where, what, refused)


def _version_changes(old: QuestionnaireVersion, new: QuestionnaireVersion) -> Iterator[Change]:
    languages = _shared_languages(old, new)
    yield from _wording_changes(languages, "the questionnaire", "the title", old.title, new.title)
    if old.languages != new.languages:
        what = f"are {', '.join(new.languages)} and were {', '.join(old.languages)}"
        yield Change(ChangeKind.STRUCTURE, "languages", what)
    if old.items_per_page != new.items_per_page:
        what = f"is {new.items_per_page or 'not limited'} and was {old.items_per_page or 'not limited'}"
        yield Change(ChangeKind.STRUCTURE, "items_per_page", what)
    if old.framework != new.framework:
        yield Change(ChangeKind.STRUCTURE, "framework", f"is {new.framework} and was {old.framework}")
    for code in {**old.non_response_labels, **new.non_response_labels}:
        labels = old.non_response_labels.get(code, {}), new.non_response_labels.get(code, {})
        yield from _wording_changes(languages, "non_response_labels", code.value, *labels)
    groups = {group.code: group.label for group in old.learner_groups}
    yield from _list_changes("learner group", list(groups), [group.code for group in new.learner_groups])
    for group in new.learner_groups:
        if group.code in groups:
            where = f"learner group {group.code}"
            yield from _wording_changes(languages, where, "the label", groups[group.code], group.label)
    response_scales = {scale.code: scale.options for scale in old.response_scales}
    yield from _list_changes("response scale", list(response_scales), [scale.code for scale in new.response_scales])
    for response_scale in new.response_scales:
        if response_scale.code in response_scales:
            # whether it may change depends on the items that use it, which say so for themselves
            for change in _option_changes(languages, response_scales[response_scale.code], response_scale.options):
                yield Change(change.kind, f"response scale {response_scale.code}", change.what)
    yield from _list_changes("scale", list(old.scale), list(new.scale))
    for scale in new.scales:
        before, where = old.scale.get(scale.code), f"scale {scale.code}"
        if before is None:
            continue
        yield from _wording_changes(languages, where, "the title", before.title, scale.title)
        if scale.kind != before.kind:
            yield Change(ChangeKind.STRUCTURE, where, f"was a {before.kind} scale and is a {scale.kind} scale")
        if scale.items != before.items:
            what = "is made of other items, so its scores are not those of before"
            if sorted(scale.items) == sorted(before.items):
                what = "lists its items in another order"
            yield Change(ChangeKind.STRUCTURE, where, what)


def _page_changes(old: QuestionnaireVersion, new: QuestionnaireVersion) -> Iterator[Change]:
    languages = _shared_languages(old, new)
    sections = {section.code: section.title for section in old.sections}
    yield from _list_changes("section", list(sections), [section.code for section in new.sections])
    for section in new.sections:
        if section.code in sections:
            where = f"section {section.code}"
            yield from _wording_changes(languages, where, "the title", sections[section.code], section.title)
    kept = [item.code for item in old.items if item.code in new.item]
    yield from _list_changes("item", kept, [item.code for item in new.items if item.code in old.item])
    yield from _list_changes("page", list(old.page), list(new.page))
    for page in new.pages:
        before, where = old.page.get(page.code), f"page {page.code}"
        if before is None:
            continue
        yield from _wording_changes(languages, where, "the title", before.title, page.title)
        yield from _wording_changes(languages, where, "the body", before.body, page.body)
        for name, what in (
            ("section", f"is in section {page.section} and was in {before.section}"),
            ("kind", f"is of the kind {page.kind} and was {before.kind}"),
            ("items", f"asks {_listed(page.items)} and asked {_listed(before.items)}"),
            ("show_if", "is shown under another condition"),
            ("skips_to", f"skips to {page.skips_to} and skipped to {before.skips_to}"),
        ):
            if getattr(before, name) != getattr(page, name):
                yield Change(ChangeKind.STRUCTURE, where, what)
        if [address for _, address in page.support] != [address for _, address in before.support]:
            yield Change(ChangeKind.STRUCTURE, where, "names other help")
            continue
        for number, ((old_label, _), (label, _)) in enumerate(zip(before.support, page.support, strict=True), 1):
            yield from _wording_changes(languages, where, f"help {number}", old_label, label)


def _list_changes(name: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    for code in after:
        if code not in before:
            yield Change(ChangeKind.STRUCTURE, f"{name} {code}", "new")
    for code in before:
        if code not in after:
            yield Change(ChangeKind.STRUCTURE, f"{name} {code}", "gone")
    if [code for code in before if code in after] != [code for code in after if code in before]:
        yield Change(ChangeKind.STRUCTURE, f"{name}s", "are in another order")


def _shared_languages(old: QuestionnaireVersion, new: QuestionnaireVersion) -> list[str]:
    return [language for language in new.languages if language in old.languages]


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(codes) or "none"
