"""The rules a questionnaire version keeps beyond its shape, each with the words that say how it is broken."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from typing import Final

from nets.errors import Problem
from nets.framework import framework_codes, read_framework
from nets.questionnaire.routing import holds
from nets.questionnaire.version import (
    AllOf,
    AnswerIs,
    AnyOf,
    Condition,
    GroupIs,
    Item,
    Not,
    QuestionnaireVersion,
    Wording,
)

_MOST_COMBINATIONS: Final = 200_000


def broken_rules(version: QuestionnaireVersion) -> Iterator[Problem]:
    """Every rule the version breaks; ``where`` is the place inside the document."""
    yield from _codes(version)
    yield from _languages(version)
    yield from _response_scales(version)
    for number, item in enumerate(version.items):
        for problem in _item_problems(version, item):
            yield Problem(f"items[{number}] {item.code}", problem)
    yield from _scales(version)
    yield from _pages(version)


def _codes(version: QuestionnaireVersion) -> Iterator[Problem]:
    for name, codes in (
        ("items", [item.code for item in version.items]),
        ("response_scales", [scale.code for scale in version.response_scales]),
        ("scales", [scale.code for scale in version.scales]),
        ("sections", [section.code for section in version.sections]),
        ("pages", [page.code for page in version.pages]),
        ("learner_groups", [group.code for group in version.learner_groups]),
    ):
        for code, count in Counter(codes).items():
            if count > 1:
                yield Problem(name, f"the code '{code}' stands {count} times; a code names one thing")


def _languages(version: QuestionnaireVersion) -> Iterator[Problem]:
    for where, wording in _wordings(version):
        missing = [language for language in version.languages if language not in wording]
        unknown = [language for language in wording if language not in version.languages]
        if missing:
            yield Problem(where, f"has no text in {', '.join(missing)}")
        if unknown:
            yield Problem(where, f"has a text in {', '.join(unknown)}, which is not among the version's languages")
        for language, text in wording.items():
            if not text.strip():
                yield Problem(where, f"is blank in {language}")


def _wordings(version: QuestionnaireVersion) -> Iterator[tuple[str, Wording]]:
    """Every text that a learner may see, with its place; texts that may be left out only where they are there."""
    yield "title", version.title
    for code, label in version.non_response_labels.items():
        yield f"non_response_labels.{code}", label
    for group in version.learner_groups:
        yield f"learner group {group.code}", group.label
    for scale in version.response_scales:
        for option in scale.options:
            yield f"response scale {scale.code}, option {option.value}", option.label
    for item in version.items:
        yield f"item {item.code}, text", item.text
        if item.hint:
            yield f"item {item.code}, hint", item.hint
    for scored in version.scales:
        yield f"scale {scored.code}", scored.title
    for section in version.sections:
        yield f"section {section.code}", section.title
    for page in version.pages:
        yield f"page {page.code}, title", page.title
        if page.body:
            yield f"page {page.code}, body", page.body
        for label, _ in page.support:
            yield f"page {page.code}, support", label


def _response_scales(version: QuestionnaireVersion) -> Iterator[Problem]:
    for scale in version.response_scales:
        where = f"response_scales {scale.code}"
        if [option.value for option in scale.options] != list(range(1, len(scale.options) + 1)):
            yield Problem(where, "the values of its options must run 1, 2, 3 ... in the order shown")
        for code, count in Counter(option.code for option in scale.options).items():
            if count > 1:
                yield Problem(where, f"the option code '{code}' stands {count} times")


def _item_problems(version: QuestionnaireVersion, item: Item) -> Iterator[str]:
    scales = {scale.code for scale in version.response_scales}
    if item.kind == "comment":
        if item.response_scale or item.non_response or item.adverse or item.reverse:
            yield "a comment has no response scale, non-response codes, adverse values or reverse key"
        if item.max_length == 0:
            yield "a comment needs max_length, its longest text in characters"
    else:
        if item.max_length:
            yield "max_length is for comments only"
        if item.response_scale is None:
            yield "needs a response_scale"
        elif item.response_scale not in scales:
            yield f"refers to the response scale '{item.response_scale}', which is not there"
    if item.reverse and item.kind != "rating":
        yield "only a rating can be reverse-keyed"
    values = {option.value for option in version.options(item)} if item.response_scale in scales else set(item.adverse)
    if set(item.adverse) - values:
        yield f"counts {sorted(set(item.adverse) - values)} as adverse, which are not values of its response scale"
    for code in item.non_response:
        if code not in version.non_response_labels:
            yield f"offers '{code}', which has no label in non_response_labels"
    if len(set(item.non_response)) < len(item.non_response):
        yield "offers a non-response code twice"
    if version.framework in framework_codes():
        framework = read_framework(version.framework)
        for standard in item.standards:
            if standard not in framework:
                yield f"speaks to standard {standard}, which {version.framework} does not have"


def _scales(version: QuestionnaireVersion) -> Iterator[Problem]:
    if version.framework not in framework_codes():
        yield Problem("framework", f"'{version.framework}' is not one of {', '.join(framework_codes())}")
    for scale in version.scales:
        where = f"scale {scale.code}"
        for code, count in Counter(scale.items).items():
            if count > 1:
                yield Problem(where, f"holds item {code} {count} times")
        for code in dict.fromkeys(scale.items):
            item = version.item.get(code)
            if item is None:
                yield Problem(where, f"holds item {code}, which is not there")
            elif item.kind != "rating":
                yield Problem(where, f"holds item {code}, which is a {item.kind}; only ratings are scored")
            elif scale.kind == "theme" and item.reverse:
                yield Problem(where, f"holds the reverse-keyed item {code}; themes have none, because it is misread")
        shared = {version.item[code].response_scale for code in scale.items if code in version.item}
        if scale.kind == "theme" and len(shared) > 1:
            yield Problem(where, f"mixes the response scales {', '.join(sorted(map(str, shared)))}; a theme has one")
    for code, count in Counter(code for scale in version.scales for code in set(scale.items)).items():
        if count > 1:
            yield Problem(f"item {code}", f"is scored in {count} scales; an answer counts once")


def _pages(version: QuestionnaireVersion) -> Iterator[Problem]:
    sections = [section.code for section in version.sections]
    codes = [page.code for page in version.pages]
    order = [page.section for page in version.pages]
    for section in sections:
        if section not in order:
            yield Problem(f"section {section}", "has no page")
    if [section for i, section in enumerate(order) if i == 0 or section != order[i - 1]] != [
        s for s in sections if s in order
    ]:
        yield Problem("pages", "must follow the sections in their order, the pages of a section together")
    asked_on: dict[str, int] = {}
    interrupted = False
    for number, page in enumerate(version.pages):
        where = f"pages[{number}] {page.code}"
        if page.section not in sections:
            yield Problem(where, f"belongs to the section '{page.section}', which is not there")
        if page.kind == "interruption":
            if page.items:
                yield Problem(where, "an interruption page asks nothing")
            interrupted = True
        elif not page.items:
            yield Problem(where, "asks nothing")
        if page.skips_to is not None and page.kind != "interruption":
            yield Problem(where, "only an interruption page can be skipped from")
        if page.skips_to is not None and page.skips_to not in codes[number + 1 :]:
            yield Problem(where, f"skips to '{page.skips_to}', which is not a later page")
        if page.skips_to in codes[number + 1 :] and version.page[page.skips_to].show_if is not None:
            yield Problem(where, f"skips to '{page.skips_to}', which not everybody is shown")
        if page.show_if is not None:
            faults = list(_condition_problems(version, page.show_if, asked_on))
            yield from (Problem(f"{where}, show_if", fault) for fault in faults)
            if not faults and not _can_hold(version, page.show_if):
                yield Problem(where, "is shown to nobody: no group and answers make its condition hold")
        for code in page.items:
            if code not in version.item:
                yield Problem(where, f"asks item {code}, which is not there")
            elif code in asked_on:
                yield Problem(where, f"asks item {code} again; an item stands on one page")
            elif version.item[code].sensitive and not interrupted:
                yield Problem(where, f"asks the sensitive item {code} before any interruption page")
            asked_on.setdefault(code, number)
    for item in version.items:
        if item.code not in asked_on:
            yield Problem(f"item {item.code}", "is on no page")


def _condition_problems(version: QuestionnaireVersion, condition: Condition, asked_on: dict[str, int]) -> Iterator[str]:
    """What is wrong with a condition, given the items that earlier pages have asked."""
    match condition:
        case GroupIs(groups):
            unknown = set(groups) - {group.code for group in version.learner_groups}
            if unknown:
                yield f"names the learner groups {sorted(unknown)}, which are not there"
        case AnswerIs(code, values):
            if code not in asked_on:
                yield f"looks at item {code}, which no earlier page asks"
            elif code in version.item:
                unknown_values = set(values) - {option.value for option in version.options(version.item[code])}
                if unknown_values:
                    yield f"looks for the values {sorted(unknown_values)} of item {code}, which are not there"
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _condition_problems(version, part, asked_on)
        case Not(part):
            yield from _condition_problems(version, part, asked_on)


def _can_hold(version: QuestionnaireVersion, condition: Condition) -> bool:
    """Whether some learner meets the condition, by trying every group with every answer it can see.

    An item that a learner is not shown has no answer, and whether she is shown it depends in turn on what its page asks for.
    """
    domains = [(code, _values(version, code)) for code in sorted(_items_behind(version, condition))]
    groups = [group.code for group in version.learner_groups] or [""]
    if len(groups) * prod(len(values) for _, values in domains) > _MOST_COMBINATIONS:
        return True  # too many to try; such a condition is beyond what anybody can read
    page_of = {code: page for page in version.pages for code in page.items}
    for group in groups:
        for values in product(*(values for _, values in domains)):
            answers = {code: value for (code, _), value in zip(domains, values, strict=True) if value}
            shown = all(
                page_of[code].show_if is None or holds(page_of[code].show_if, group, answers)  # type: ignore[arg-type]
                for code in answers
            )
            if shown and holds(condition, group, answers):
                return True
    return False


def _values(version: QuestionnaireVersion, code: str) -> list[int]:
    return [0, *(option.value for option in version.options(version.item[code]))]


def _items_behind(version: QuestionnaireVersion, condition: Condition | None) -> set[str]:
    """Items that a condition looks at, and those behind the pages of these, to the first."""
    found: set[str] = set()
    waiting = set(_items_in(condition))
    page_of = {code: page for page in version.pages for code in page.items}
    while waiting:
        code = waiting.pop()
        if code not in found and code in page_of:
            found.add(code)
            waiting.update(_items_in(page_of[code].show_if))
    return found


def _items_in(condition: Condition | None) -> Iterable[str]:
    match condition:
        case AnswerIs(item, _):
            yield item
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _items_in(part)
        case Not(part):
            yield from _items_in(part)
        case _:
            return
