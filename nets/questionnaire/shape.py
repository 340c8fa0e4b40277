"""The shape of a questionnaire document: which keys there are and what each may hold. The JSON schema is made from it.

What a schema cannot say -- that a page asks only items that exist -- is in ``rules.py`` and ``branches.py``. The shape and the
rules of format 1 can be widened, never tightened: what was published under them must load for ever.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, ValidationError

from nets.questionnaire.fault import Fault, Path, in_json

LONGEST_TEXT: Final = 4_000
SCHEMA_FILE: Final = FilePath(__file__).parents[2] / "questionnaires" / "schema.json"

_CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
_GROUP_CODE: Final = r"^[a-z][a-z0-9_]{0,39}$"
_ITEM_CODE: Final = r"^[A-Z][A-Z0-9_]{0,19}$"
_LANGUAGE: Final = r"^[a-z]{2}(-[a-z]+)?$"
_ID: Final = r"^[a-z][a-z0-9-]{0,39}$"
_VERSION: Final = r"^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$"
_ADDRESS: Final = r"^(tel:\+?[0-9]+|https://\S+|[^:]+)$"
_FORM_IN_WORDS: Final[Mapping[str, str]] = {
    _CODE: "a code: up to 40 letters, digits, - and _, beginning with a letter or digit",
    _GROUP_CODE: "the code of a learner group: up to 40 small letters, digits and _, beginning with a letter",
    _ITEM_CODE: "an item code: up to 20 capital letters, digits and _, beginning with a letter",
    _LANGUAGE: "a language, such as en or cy",
    _ID: "an id: up to 40 small letters, digits and -, beginning with a letter",
    _VERSION: "a version, such as 2026.1: up to 20 letters, digits, . and -, beginning with a letter or digit",
    _ADDRESS: "an address: tel: and digits, https:// and an address, or plain text without a colon",
}

Code: TypeAlias = Annotated[str, StringConstraints(pattern=_CODE)]
GroupCode: TypeAlias = Annotated[str, StringConstraints(pattern=_GROUP_CODE)]
ItemCode: TypeAlias = Annotated[str, StringConstraints(pattern=_ITEM_CODE)]
Language: TypeAlias = Annotated[str, StringConstraints(pattern=_LANGUAGE)]
_Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]
WordingPart: TypeAlias = Annotated[dict[Language, _Text], Field(json_schema_extra={"additionalProperties": False})]
NonResponseCode: TypeAlias = Literal["not_applicable", "do_not_know", "prefer_not_to_say"]
OptionValue: TypeAlias = Annotated[int, Field(ge=1, le=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class OptionPart(_Part):
    """One option of a response scale."""

    value: OptionValue
    code: Code
    label: WordingPart


class ResponseScalePart(_Part):
    """An ordered set of options."""

    code: Code
    options: list[OptionPart] = Field(min_length=2, max_length=200)


class ItemPart(_Part):
    """One question."""

    code: ItemCode
    kind: Literal["rating", "choice", "comment"]
    text: WordingPart
    hint: WordingPart = Field(default_factory=dict)
    response_scale: Code | None = None
    non_response: list[NonResponseCode] = Field(default_factory=list, max_length=3)
    standards: list[str] = Field(default_factory=list, max_length=100)
    reverse: bool = False
    sensitive: bool = False
    adverse: list[int] = Field(default_factory=list, max_length=200)
    comparable_with: ItemCode | None = None
    max_length: int = Field(default=0, ge=0, le=10_000)


class ScalePart(_Part):
    """A set of rating items scored together."""

    code: Code
    kind: Literal["theme", "criterion", "safety"]
    title: WordingPart
    items: list[ItemCode] = Field(min_length=1, max_length=1_000)


class LearnerGroupPart(_Part):
    """A group that branches may ask for."""

    code: GroupCode
    label: WordingPart


class SectionPart(_Part):
    """A titled run of pages."""

    code: Code
    title: WordingPart


class SupportPart(_Part):
    """A help line or page."""

    label: WordingPart
    address: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_ADDRESS)]


class GroupIsPart(_Part):
    """Holds for these learner groups."""

    group_is: list[GroupCode] = Field(min_length=1, max_length=100)


class AnswerPart(_Part):
    """An item and the option values looked for."""

    item: ItemCode
    values: list[int] = Field(min_length=1, max_length=200)


class AnswerIsPart(_Part):
    """Holds where an earlier item was answered with one of the values."""

    answer_is: AnswerPart


class AllOfPart(_Part):
    """Holds where every part does."""

    all_of: "list[ConditionPart]" = Field(min_length=1, max_length=50)


class AnyOfPart(_Part):
    """Holds where some part does."""

    any_of: "list[ConditionPart]" = Field(min_length=1, max_length=50)


class NotPart(_Part):
    """Holds where its part does not."""

    not_: "ConditionPart" = Field(alias="not")


_CONDITIONS: Final = ("group_is", "answer_is", "all_of", "any_of", "not")


def _kind_of_condition(condition: Any) -> str | None:
    return next((kind for kind in _CONDITIONS if kind in condition), None) if isinstance(condition, dict) else None


# Told apart by its key, a condition is tried as one kind only; else every level of nesting would be tried five times.
ConditionPart: TypeAlias = Annotated[
    Annotated[GroupIsPart, Tag("group_is")]
    | Annotated[AnswerIsPart, Tag("answer_is")]
    | Annotated[AllOfPart, Tag("all_of")]
    | Annotated[AnyOfPart, Tag("any_of")]
    | Annotated[NotPart, Tag("not")],
    Discriminator(_kind_of_condition),
]


class PagePart(_Part):
    """One screen."""

    code: Code
    section: Code
    kind: Literal["questions", "interruption"] = "questions"
    title: WordingPart
    body: WordingPart = Field(default_factory=dict)
    items: list[ItemCode] = Field(default_factory=list, max_length=100)
    show_if: ConditionPart | None = None
    skips_to: Code | None = None
    support: list[SupportPart] = Field(default_factory=list, max_length=20)


class Document(_Part):
    """One questionnaire version, format 1."""

    schema_address: str = Field(default="", alias="$schema")
    format: int = Field(ge=1, le=1)
    id: Annotated[str, StringConstraints(pattern=_ID)]
    version: Annotated[str, StringConstraints(pattern=_VERSION)]
    title: WordingPart
    languages: list[Language] = Field(min_length=1, max_length=20)
    framework: str
    items_per_page: int = Field(default=0, ge=0, le=100)
    non_response_labels: dict[NonResponseCode, WordingPart] = Field(default_factory=dict)
    learner_groups: list[LearnerGroupPart] = Field(min_length=1, max_length=100)
    response_scales: list[ResponseScalePart] = Field(max_length=200)
    items: list[ItemPart] = Field(min_length=1, max_length=1_000)
    scales: list[ScalePart] = Field(default_factory=list, max_length=200)
    sections: list[SectionPart] = Field(min_length=1, max_length=100)
    pages: list[PagePart] = Field(min_length=1, max_length=1_000)


def json_schema() -> str:
    """The JSON schema of the format, as ``questionnaires/schema.json`` holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema(by_alias=True)}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def shape_faults(data: Any) -> Iterator[Fault]:
    """Everything in which the JSON has not the shape of the format; texts that are no text at all are not looked for here."""
    try:
        Document.model_validate(data)
    except ValidationError as found:
        for fault in found.errors(include_url=False):
            if fault["type"] == "string_unicode":
                continue  # half of a surrogate pair
            path = _path(fault["loc"])
            if path[-1:] == ("[key]",):  # a key that is no language or no non-response code
                yield Fault(path[:-1], f"is a key that may not stand here; {_in_words(fault)}")
            else:
                yield Fault(path, _in_words(fault))


def _path(location: tuple[int | str, ...]) -> Path:
    """The place in the document: pydantic's, less the kind of condition that it names once more before the key."""
    path: list[str | int] = []
    kind_next = False
    for step in location:
        if kind_next:
            kind_next = False
            continue
        path.append(step)
        in_condition = path[0] == "pages" and path[2:3] == ["show_if"]
        is_condition = len(path) == 3 or step == "not" or (isinstance(step, int) and path[-2] in ("all_of", "any_of"))
        kind_next = in_condition and is_condition
    return tuple(path)


def _in_words(fault: Any) -> str:
    given, limits = fault.get("input"), fault.get("ctx", {})
    match fault["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is not a key of the format"
        case "literal_error":
            return f"is {in_json(given)}; it may be {limits['expected']}"
        case "union_tag_not_found":
            return f"is not a condition: an object with one of {', '.join(_CONDITIONS)}"
        case "string_pattern_mismatch":
            return f"is {in_json(given)}; it should be {_FORM_IN_WORDS[limits['pattern']]}"
        case "string_too_short":
            return "is empty"
        case "string_too_long":
            return f"is longer than {limits['max_length']} characters"
        case "too_short":
            return "is empty" if limits["min_length"] == 1 else f"needs at least {limits['min_length']} entries"
        case "too_long":
            return f"has more than {limits['max_length']} entries"
        case "greater_than_equal":
            return f"is {in_json(given)}; the least is {limits['ge']}"
        case "less_than_equal":
            return f"is {in_json(given)}; the most is {limits['le']}"
        case kind:
            return f"is {in_json(given)}; it should be {_TYPES_IN_WORDS.get(kind, 'something else')}"


_TYPES_IN_WORDS: Final[Mapping[str, str]] = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
}


if __name__ == "__main__":
    SCHEMA_FILE.write_text(json_schema(), "utf-8")
