"""The rules for what a questionnaire version is made of, each with the words that say how it is broken.

These are the rules about codes, texts, response scales, items and scales; those about pages and branches are in
``branches.py``. A version may be handed in here that has not the right shape everywhere (``document.py``), so nothing that one part
says about another is taken for granted.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from nets.framework import Framework, framework_codes, read_framework
from nets.questionnaire.fault import Fault, Path
from nets.questionnaire.version import Item, QuestionnaireVersion, Scale, Wording

_CLOSED: Final = ("rating", "choice")


def broken_rules(version: QuestionnaireVersion) -> Iterator[Fault]:
    """Every rule that the version breaks, apart from those about pages and branches."""
    yield from _framework(version)
    yield from _languages(version)
    yield from _codes(version)
    yield from _response_scales(version)
    framework = read_framework(version.framework) if version.framework in framework_codes() else None
    for number, item in enumerate(version.items):
        for key, what in _item_faults(version, item, framework):
            yield Fault(("items", number, key), what)
    for number, scale in enumerate(version.scales):
        yield from _scale_faults(version, ("scales", number), scale)
    yield from _scored_twice(version)


def _framework(version: QuestionnaireVersion) -> Iterator[Fault]:
    if version.framework not in framework_codes():
        yield Fault(("framework",), f"is not a framework there is: {', '.join(framework_codes())}")


def _codes(version: QuestionnaireVersion) -> Iterator[Fault]:
    for name, codes in (
        ("items", [item.code for item in version.items]),
        ("response_scales", [scale.code for scale in version.response_scales]),
        ("scales", [scale.code for scale in version.scales]),
        ("sections", [section.code for section in version.sections]),
        ("pages", [page.code for page in version.pages]),
        ("learner_groups", [group.code for group in version.learner_groups]),
    ):
        for number, first in _repeated(codes):
            yield Fault((name, number, "code"), f"is also the code of {name}[{first}]; a code names one thing")


def _languages(version: QuestionnaireVersion) -> Iterator[Fault]:
    for number, _ in _repeated(version.languages):
        yield Fault(("languages", number), "stands there twice")
    for path, wording in _wordings(version):
        missing = [language for language in version.languages if language not in wording]
        unknown = [language for language in wording if language not in version.languages]
        if missing:
            yield Fault(path, f"has no text in {', '.join(missing)}")
        for language in unknown:
            yield Fault((*path, language), "is not one of the version's languages")
        for language, text in wording.items():
            if not text.strip():
                yield Fault((*path, language), "is blank")


def _wordings(version: QuestionnaireVersion) -> Iterator[tuple[Path, Wording]]:
    """Every text that a learner may see, with its place; texts that may be left out only where they are there."""
    yield ("title",), version.title
    for code, label in version.non_response_labels.items():
        yield ("non_response_labels", code.value), label
    for i, group in enumerate(version.learner_groups):
        yield ("learner_groups", i, "label"), group.label
    for i, scale in enumerate(version.response_scales):
        for j, option in enumerate(scale.options):
            yield ("response_scales", i, "options", j, "label"), option.label
    for i, item in enumerate(version.items):
        yield ("items", i, "text"), item.text
        if item.hint:
            yield ("items", i, "hint"), item.hint
    for i, scored in enumerate(version.scales):
        yield ("scales", i, "title"), scored.title
    for i, section in enumerate(version.sections):
        yield ("sections", i, "title"), section.title
    for i, page in enumerate(version.pages):
        yield ("pages", i, "title"), page.title
        if page.body:
            yield ("pages", i, "body"), page.body
        for j, (label, _) in enumerate(page.support):
            yield ("pages", i, "support", j, "label"), label


def _response_scales(version: QuestionnaireVersion) -> Iterator[Fault]:
    for number, scale in enumerate(version.response_scales):
        path = ("response_scales", number, "options")
        for position, option in enumerate(scale.options):
            if option.value != position + 1:
                what = f"is {option.value} and should be {position + 1}: values run 1, 2, 3 ... in the order shown"
                yield Fault((*path, position, "value"), what)
        for position, first in _repeated([option.code for option in scale.options]):
            yield Fault((*path, position, "code"), f"is also the code of option {first + 1}")


def _item_faults(version: QuestionnaireVersion, item: Item, framework: Framework | None) -> Iterator[tuple[str, str]]:
    """Key of the item and what is wrong with it."""
    if item.kind == "comment":
        for key, given in (
            ("response_scale", item.response_scale),
            ("non_response", item.non_response),
            ("adverse", item.adverse),
        ):
            if given:
                yield key, "may not stand in a comment, which has no options"
        if item.max_length == 0:
            yield "max_length", "is missing or 0: a comment says how many characters it may have"
    if item.kind in _CLOSED:
        if item.max_length:
            yield "max_length", f"may not stand in a {item.kind}, only in a comment"
        if item.response_scale is None:
            yield "response_scale", f"is missing: a {item.kind} has one"
        elif item.response_scale not in {scale.code for scale in version.response_scales}:
            yield "response_scale", f"names '{item.response_scale}', which is not among the response_scales"
        else:
            unknown = set(item.adverse) - set(range(1, len(version.options(item)) + 1))
            if unknown:
                yield "adverse", f"holds {_listed(unknown)}, which '{item.response_scale}' does not have"
    if item.reverse and item.kind in ("choice", "comment"):
        yield (
            "reverse",
            f"may not stand in a {item.kind}: only a rating is scored, so only a rating can be turned round",
        )
    if item.comparable_with == item.code:
        yield "comparable_with", "names the item itself"
    for key, entries in (
        ("non_response", [code.value for code in item.non_response]),
        ("standards", item.standards),
        ("adverse", item.adverse),
    ):
        for number, _ in _repeated(entries):
            yield key, f"holds {entries[number]} twice"
    for code in dict.fromkeys(item.non_response):
        if code not in version.non_response_labels:
            yield "non_response", f"offers {code.value}, which has no label in non_response_labels"
    if framework is not None:
        for standard in dict.fromkeys(item.standards):
            if standard not in framework:
                yield "standards", f"holds '{standard}', which is no standard of {version.framework}"


def _scale_faults(version: QuestionnaireVersion, path: Path, scale: Scale) -> Iterator[Fault]:
    for number, _ in _repeated(scale.items):
        yield Fault((*path, "items", number), f"holds item {scale.items[number]} twice")
    for number, code in enumerate(scale.items):
        item = version.item.get(code)
        here = (*path, "items", number)
        if item is None:
            yield Fault(here, f"holds item {code}, which is not among the items")
        elif item.kind in ("choice", "comment"):
            yield Fault(here, f"holds item {code}, which is a {item.kind}; only ratings are scored")
        elif scale.kind == "theme" and item.reverse:
            yield Fault(here, f"holds the reverse-keyed item {code}; a theme has none, because they are misread")
    known = [version.item[code].response_scale for code in scale.items if code in version.item]
    shared = dict.fromkeys(code for code in known if code)
    if scale.kind == "theme" and len(shared) > 1:
        yield Fault((*path, "items"), f"mixes the response scales {', '.join(shared)}; a theme has one")


def _scored_twice(version: QuestionnaireVersion) -> Iterator[Fault]:
    scored: dict[str, int] = {}
    for i, scale in enumerate(version.scales):
        for j, code in enumerate(scale.items):
            first = scored.setdefault(code, i)
            if first != i:
                what = f"holds item {code}, which scales[{first}] holds too; an answer counts once"
                yield Fault(("scales", i, "items", j), what)


def _repeated(entries: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Positions of the entries that stood there before, each with the position of the first."""
    first: dict[object, int] = {}
    for number, entry in enumerate(entries):
        if first.setdefault(entry, number) != number:
            yield number, first[entry]


def _listed(values: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(values)))
