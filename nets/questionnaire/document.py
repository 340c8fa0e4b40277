"""A questionnaire document: the JSON of one version, read strictly. Every problem is reported at once, with file, path and rule.

A document passes three gates: it is JSON that every reader reads alike; it has the shape of the format (``shape.py``); it
keeps the rules (``rules.py``, ``branches.py``). Faults of all three are reported together, as far as they can be told: where
a part has not its shape, the rest is still held to the rules, and what only follows from the part is not reported again.
"""

import hashlib
import json
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

from nets.errors import InvalidQuestionnaire, Problem
from nets.questionnaire.branches import broken_branches
from nets.questionnaire.fault import Fault, Path, place
from nets.questionnaire.rules import broken_rules
from nets.questionnaire.shape import json_schema, shape_faults
from nets.questionnaire.version import (
    AllOf,
    AnswerIs,
    AnyOf,
    Condition,
    GroupIs,
    Item,
    LearnerGroup,
    NonResponse,
    Not,
    Page,
    QuestionnaireVersion,
    ResponseOption,
    ResponseScale,
    Scale,
    Section,
    Wording,
)

__all__ = ["LARGEST_DOCUMENT", "json_schema", "read_version"]

LARGEST_DOCUMENT: Final = 2_000_000
_DEEPEST_NESTING: Final = 40
_LONGEST_NUMBER: Final = 15
# Without one of these whole, nearly every rule would be broken for that reason alone.
_BEARING_WALLS: Final = {
    (),
    ("format",),
    ("learner_groups",),
    ("response_scales",),
    ("items",),
    ("sections",),
    ("pages",),
}

_NON_RESPONSES: Final = frozenset(code.value for code in NonResponse)
_TOO_DEEP: Final = f"is nested more than {_DEEPEST_NESTING} deep"

_T = TypeVar("_T", str, int, bool, list[Any], dict[str, Any])


def read_version(document: bytes, source: str) -> QuestionnaireVersion:
    """Read and check one version.

    Parameters
    ----------
    document
        The bytes of the file; they stay with the version, because they are what is published.
    source
        The name of the file, for messages.

    Raises
    ------
    InvalidQuestionnaire
        With every problem, each with the file, the path in the document and the rule.
    """
    if len(document) > LARGEST_DOCUMENT:
        raise InvalidQuestionnaire(
            [Problem(source, f"has {len(document)} bytes; a questionnaire has at most {LARGEST_DOCUMENT}")]
        )
    data = _read_json(document, source)
    faults = list(_reading_faults(data))
    version = None
    if not any(fault.what == _TOO_DEEP for fault in faults):
        known = {fault.path for fault in faults}
        shape = [fault for fault in shape_faults(data) if fault.path not in known]
        faults += shape
        if not any(fault.path in _BEARING_WALLS or fault.path[:1] == ("languages",) for fault in shape):
            version = _version(data, document)
            broken = [*broken_rules(version), *broken_branches(version)]
            faults += [rule for rule in broken if not any(rule.is_about(fault) for fault in faults)]
    if faults or version is None:
        raise InvalidQuestionnaire(
            dict.fromkeys(
                Problem(f"{source}: {where}" if (where := place(fault.path, data)) else source, fault.what)
                for fault in faults
            )
        )
    return version


class _Object(dict[str, Any]):
    """A JSON object that knows which of its keys stood in it more than once."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(key for key, _ in pairs) if len(self) < len(pairs) else {}
        self.repeated = [key for key, count in times.items() if count > 1]


def _whole_number(digits: str) -> int | float:
    # Python refuses to read thousands of digits, and no number of a questionnaire has more than four.
    return int(digits) if len(digits) <= _LONGEST_NUMBER else math.inf


def _read_json(document: bytes, source: str) -> Any:
    try:
        return json.loads(document.decode("utf-8"), object_pairs_hook=_Object, parse_int=_whole_number)
    except UnicodeDecodeError as fault:
        what = f"is not UTF-8 text (byte {fault.start})"
    except json.JSONDecodeError as fault:
        what = f"is not JSON: {fault.msg} (line {fault.lineno}, column {fault.colno})"
        if document.startswith(b"\xef\xbb\xbf"):
            what = "begins with a byte order mark: save it as UTF-8 without one"
        elif not document.strip():
            what = "is empty"
    except RecursionError:
        what = _TOO_DEEP
    raise InvalidQuestionnaire([Problem(source, what)])


def _reading_faults(data: Any) -> Iterator[Fault]:
    """What is JSON to Python and yet not read alike everywhere: repeated keys, NaN, half surrogates, control characters."""
    waiting: list[tuple[Path, Any]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        if len(path) > _DEEPEST_NESTING:
            yield Fault(path[:1], _TOO_DEEP)
            return
        if isinstance(value, _Object):
            for key in value.repeated:
                yield Fault((*path, key), "is a key that stands there more than once")
            for key in value:
                if fault := _unreadable(key):
                    yield Fault((*path, key), f"is a key that {fault}")
            waiting.extend(((*path, key), part) for key, part in reversed(value.items()))
        elif isinstance(value, list):
            waiting.extend(((*path, number), value[number]) for number in reversed(range(len(value))))
        elif isinstance(value, str):
            if fault := _unreadable(value):
                yield Fault(path, fault)
        elif isinstance(value, float) and not math.isfinite(value):
            yield Fault(path, "is no number, or one that is far too large")


def _unreadable(text: str) -> str:
    kinds = {unicodedata.category(character) for character in text if character not in "\n\t"}
    if "Cs" in kinds:
        return "holds half of a surrogate pair"
    return "holds a control character" if "Cc" in kinds else ""


# From here on: the version as far as it can be read. Where a part has another type than it should, and is reported for that, an
# empty value stands in for it; places in lists stay what they are, so that paths do.


def _get(part: Any, key: str, otherwise: _T) -> _T:
    value = part.get(key) if isinstance(part, dict) else None
    return (
        value
        if isinstance(value, type(otherwise)) and isinstance(value, bool) == isinstance(otherwise, bool)
        else otherwise
    )


def _get_code(part: Any, key: str) -> str | None:
    return _get(part, key, "") or None


def _get_wording(part: Any, key: str) -> Wording:
    return _wording(_get(part, key, cast("dict[str, Any]", {})))


def _wording(texts: Any) -> Wording:
    return (
        {language: text for language, text in texts.items() if isinstance(text, str)} if isinstance(texts, dict) else {}
    )


def _get_list(part: Any, key: str) -> list[Any]:
    return _get(part, key, [])


def _get_texts(part: Any, key: str) -> tuple[str, ...]:
    return tuple(text if isinstance(text, str) else "" for text in _get_list(part, key))


def _get_numbers(part: Any, key: str) -> tuple[int, ...]:
    return tuple(number if type(number) is int else 0 for number in _get_list(part, key))


def _version(data: Mapping[str, Any], document: bytes) -> QuestionnaireVersion:
    return QuestionnaireVersion(
        id=_get(data, "id", ""),
        version=_get(data, "version", ""),
        title=_get_wording(data, "title"),
        languages=_get_texts(data, "languages"),
        framework=_get(data, "framework", ""),
        non_response_labels={
            NonResponse(code): _wording(label)
            for code, label in _get(data, "non_response_labels", cast("dict[str, Any]", {})).items()
            if code in _NON_RESPONSES
        },
        learner_groups=tuple(
            LearnerGroup(_get(group, "code", ""), _get_wording(group, "label"))
            for group in _get_list(data, "learner_groups")
        ),
        response_scales=tuple(
            ResponseScale(
                _get(scale, "code", ""),
                tuple(
                    ResponseOption(_get(option, "value", 0), _get(option, "code", ""), _get_wording(option, "label"))
                    for option in _get_list(scale, "options")
                ),
            )
            for scale in _get_list(data, "response_scales")
        ),
        items=tuple(_item(item) for item in _get_list(data, "items")),
        scales=tuple(
            Scale(
                _get(scale, "code", ""),
                cast("Any", _get(scale, "kind", "")),
                _get_wording(scale, "title"),
                _get_texts(scale, "items"),
            )
            for scale in _get_list(data, "scales")
        ),
        sections=tuple(
            Section(_get(section, "code", ""), _get_wording(section, "title"))
            for section in _get_list(data, "sections")
        ),
        pages=tuple(_page(page) for page in _get_list(data, "pages")),
        document=document,
        digest=hashlib.sha256(document).hexdigest(),
        items_per_page=_get(data, "items_per_page", 0),
    )


def _item(item: Any) -> Item:
    return Item(
        code=_get(item, "code", ""),
        kind=cast("Any", _get(item, "kind", "")),
        text=_get_wording(item, "text"),
        hint=_get_wording(item, "hint"),
        response_scale=_get_code(item, "response_scale"),
        non_response=tuple(NonResponse(code) for code in _get_texts(item, "non_response") if code in _NON_RESPONSES),
        standards=_get_texts(item, "standards"),
        reverse=_get(item, "reverse", False),
        sensitive=_get(item, "sensitive", False),
        adverse=_get_numbers(item, "adverse"),
        comparable_with=_get_code(item, "comparable_with"),
        max_length=_get(item, "max_length", 0),
    )


def _page(page: Any) -> Page:
    return Page(
        code=_get(page, "code", ""),
        section=_get(page, "section", ""),
        kind=cast("Any", _get(page, "kind", "questions")),
        title=_get_wording(page, "title"),
        body=_get_wording(page, "body"),
        items=_get_texts(page, "items"),
        show_if=_condition(page.get("show_if")) if isinstance(page, dict) else None,
        skips_to=_get_code(page, "skips_to"),
        support=tuple(
            (_get_wording(support, "label"), _get(support, "address", "")) for support in _get_list(page, "support")
        ),
    )


def _condition(condition: Any) -> Condition | None:
    """The condition, or None where any part of it has not the shape of one."""
    match condition:
        case {"group_is": [_, *_]}:
            return GroupIs(_get_texts(condition, "group_is"))
        case {"answer_is": {"item": str(item), "values": [_, *_]} as answer}:
            return AnswerIs(item, _get_numbers(answer, "values"))
        case {"all_of": [_, *_] as parts}:
            conditions = [_condition(part) for part in parts]
            return AllOf(tuple(part for part in conditions if part)) if all(conditions) else None
        case {"any_of": [_, *_] as parts}:
            conditions = [_condition(part) for part in parts]
            return AnyOf(tuple(part for part in conditions if part)) if all(conditions) else None
        case {"not": part}:
            inner = _condition(part)
            return Not(inner) if inner else None
        case _:
            return None
