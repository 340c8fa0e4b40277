"""The rules about pages and branches: every item on one page, every page in reach, every sensitive item behind a way round it.

Pages run forward only and a condition looks only back, so every path ends. Whether a page can be reached at all is found by
trying every learner group with every answer that makes a difference.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Final

from nets.questionnaire.fault import Fault
from nets.questionnaire.routing import holds, routed_items
from nets.questionnaire.version import (
    AllOf,
    AnswerIs,
    AnyOf,
    Condition,
    GroupIs,
    Not,
    Page,
    QuestionnaireVersion,
)

_MOST_COMBINATIONS: Final = 100_000


def broken_branches(version: QuestionnaireVersion) -> Iterator[Fault]:
    """Every rule about sections, pages and conditions that the version breaks."""
    yield from _sections(version)
    page_of: dict[str, Page] = {}
    for number, page in enumerate(version.pages):
        yield from _page_faults(version, number, page)
        yield from _show_if_faults(version, number, page, page_of)
        yield from _item_faults(version, number, page, page_of)
    for number, item in enumerate(version.items):
        if item.code not in page_of:
            yield Fault(("items", number, "code"), f"item {item.code} is on no page")
    for number, group in enumerate(version.learner_groups):
        if not routed_items(version, group.code, {}):
            yield Fault(("learner_groups", number, "code"), f"learners of the group {group.code} are asked nothing")


def _sections(version: QuestionnaireVersion) -> Iterator[Fault]:
    order = list(dict.fromkeys(section.code for section in version.sections))
    used = {page.section for page in version.pages}
    for number, section in enumerate(version.sections):
        if section.code not in used:
            yield Fault(("sections", number, "code"), f"section {section.code} has no page")
    reached = 0
    for number, page in enumerate(version.pages):
        path = ("pages", number, "section")
        if page.section not in order:
            yield Fault(path, f"names the section '{page.section}', which is not among the sections")
        elif order.index(page.section) < reached:
            yield Fault(path, f"goes back to the section '{page.section}'; pages follow the sections in their order")
        else:
            reached = order.index(page.section)


def _page_faults(version: QuestionnaireVersion, number: int, page: Page) -> Iterator[Fault]:
    items, skips_to = ("pages", number, "items"), ("pages", number, "skips_to")
    if page.kind == "interruption" and page.items:
        yield Fault(items, "stands on an interruption page, which asks nothing")
    if page.kind == "questions" and not page.items:
        yield Fault(items, "is missing or empty: a page of questions asks something")
    if page.skips_to is None:
        return
    later = {other.code: other for other in version.pages[number + 1 :]}
    if page.kind == "questions":
        yield Fault(skips_to, "stands on a page of questions; only an interruption page offers a way round")
    if page.skips_to not in later:
        yield Fault(skips_to, f"names '{page.skips_to}', which is not a later page")
    elif later[page.skips_to].show_if is not None:
        yield Fault(skips_to, f"leads to '{page.skips_to}', which not everybody is shown")


def _show_if_faults(
    version: QuestionnaireVersion, number: int, page: Page, page_of: Mapping[str, Page]
) -> Iterator[Fault]:
    if page.show_if is None:
        return
    path = ("pages", number, "show_if")
    faults = list(dict.fromkeys(_condition_faults(version, page.show_if, page_of)))
    yield from (Fault(path, fault) for fault in faults)
    if faults:
        return
    can_hold = _can_hold(version, page.show_if, page_of)
    if can_hold is None:
        yield Fault(path, "looks, itself or through the pages it looks at, at too many answers to be checked")
    elif not can_hold:
        yield Fault(path, "never holds: no learner group and no answers lead to this page")


def _item_faults(version: QuestionnaireVersion, number: int, page: Page, page_of: dict[str, Page]) -> Iterator[Fault]:
    """What is wrong with the items of a page; notes them as asked."""
    guarded = _can_be_passed_over(version, number)
    for position, code in enumerate(page.items):
        path = ("pages", number, "items", position)
        if code not in version.item:
            yield Fault(path, f"asks item {code}, which is not among the items")
        elif code in page_of:
            yield Fault(path, f"asks item {code} again; an item stands on one page")
        elif version.item[code].sensitive and not guarded:
            what = "which no interruption page that everybody here has seen offers a way round (skips_to)"
            yield Fault(path, f"asks the sensitive item {code}, {what}")
        page_of.setdefault(code, page)


def _can_be_passed_over(version: QuestionnaireVersion, number: int) -> bool:
    """Whether everybody who is shown the page was offered to skip it. (A way round that leads nowhere is reported itself.)"""
    reached = {page.code for page in version.pages[: number + 1]}
    return any(
        before.kind == "interruption"
        and before.skips_to is not None
        and before.skips_to not in reached
        and before.show_if in (None, version.pages[number].show_if)
        for before in version.pages[:number]
    )


def _condition_faults(
    version: QuestionnaireVersion, condition: Condition, page_of: Mapping[str, Page]
) -> Iterator[str]:
    """What is wrong with a condition, given the items that earlier pages ask."""
    match condition:
        case GroupIs(groups):
            known = {group.code for group in version.learner_groups}
            for group in dict.fromkeys(groups):
                if group not in known:
                    yield f"names the learner group '{group}', which is not among the learner_groups"
        case AnswerIs(code, values):
            if code not in page_of:
                yield f"looks at item {code}, which no earlier page asks"
                return
            options = _options(version, code)
            unknown = sorted(set(values) - options) if options is not None else []
            if unknown:
                yield f"looks for {', '.join(map(str, unknown))} of item {code}, which it does not have"
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _condition_faults(version, part, page_of)
        case Not(part):
            yield from _condition_faults(version, part, page_of)


def _options(version: QuestionnaireVersion, code: str) -> set[int] | None:
    """The option values of an item, or None where they cannot be told; that is reported with the item or its scale."""
    item = version.item.get(code)
    if item is None or item.kind == "comment":
        return None if item is None else set()
    scale = next((scale for scale in version.response_scales if scale.code == item.response_scale), None)
    return set(range(1, len(scale.options) + 1)) if scale and len(scale.options) > 1 else None


def _can_hold(version: QuestionnaireVersion, condition: Condition, page_of: Mapping[str, Page]) -> bool | None:
    """Whether some learner meets the condition; None where there is too much to try.

    An item on a page that a learner is not shown has no answer, and whether she is shown it depends in turn on what that page
    looks at. Of an item's answers only those that some condition asks for make a difference; 0 stands for all others and for none.
    """
    looked_for = _looked_for(condition, page_of)
    domains = [(code, [0, *sorted(values)]) for code, values in sorted(looked_for.items())]
    if len(version.learner_groups) * prod(len(values) for _, values in domains) > _MOST_COMBINATIONS:
        return None
    conditions = {code: page_of[code].show_if for code, _ in domains}
    for group in version.learner_groups:
        for values in product(*(values for _, values in domains)):
            answers = {code: value for (code, _), value in zip(domains, values, strict=True) if value}
            if holds(condition, group.code, answers) and all(
                shown is None or holds(shown, group.code, answers)
                for code, shown in conditions.items()
                if code in answers
            ):
                return True
    return False


def _looked_for(condition: Condition, page_of: Mapping[str, Page]) -> dict[str, set[int]]:
    """Values by item: those a condition asks for, and those asked for on the way to the pages of these, to the first."""
    found: dict[str, set[int]] = {}
    seen: set[int] = set()
    waiting = [condition]
    while waiting:
        looking = waiting.pop()
        for code, values in _asked_for(looking):
            found.setdefault(code, set()).update(values)
            before = page_of[code].show_if if code in page_of else None
            if before is not None and id(before) not in seen:
                seen.add(id(before))
                waiting.append(before)
    return {code: values for code, values in found.items() if code in page_of}


def _asked_for(condition: Condition) -> Iterator[tuple[str, tuple[int, ...]]]:
    match condition:
        case AnswerIs(item, values):
            yield item, values
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _asked_for(part)
        case Not(part):
            yield from _asked_for(part)
        case GroupIs():
            return
