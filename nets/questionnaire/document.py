"""A questionnaire document: the JSON of one version, read strictly. Every problem is reported at once, with file, path and rule."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from nets.errors import InvalidQuestionnaire, Problem
from nets.questionnaire.rules import broken_rules
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
)

LONGEST_TEXT: Final = 4_000
_SCHEMA_FILE: Final = Path(__file__).parents[2] / "questionnaires" / "schema.json"

Code: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
ItemCode: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,19}$")]
Language: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)?$")]
WordingPart: TypeAlias = dict[Language, Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]]
NonResponseCode: TypeAlias = Literal["not_applicable", "do_not_know", "prefer_not_to_say"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class OptionPart(_Part):
    """One option of a response scale."""

    value: int = Field(ge=1, le=200)
    code: Code
    label: WordingPart


class ResponseScalePart(_Part):
    """An ordered set of options."""

    code: Code
    options: list[OptionPart] = Field(min_length=2)


class ItemPart(_Part):
    """One question."""

    code: ItemCode
    kind: Literal["rating", "choice", "comment"]
    text: WordingPart
    hint: WordingPart = Field(default_factory=dict)
    response_scale: Code | None = None
    non_response: list[NonResponseCode] = Field(default_factory=list)
    standards: list[str] = Field(default_factory=list)
    reverse: bool = False
    sensitive: bool = False
    adverse: list[int] = Field(default_factory=list)
    comparable_with: ItemCode | None = None
    max_length: int = Field(default=0, ge=0, le=10_000)


class ScalePart(_Part):
    """A set of rating items scored together."""

    code: Code
    kind: Literal["theme", "criterion", "safety"]
    title: WordingPart
    items: list[ItemCode] = Field(min_length=1)


class LearnerGroupPart(_Part):
    """A group that branches may ask for."""

    code: Code
    label: WordingPart


class SectionPart(_Part):
    """A titled run of pages."""

    code: Code
    title: WordingPart


class SupportPart(_Part):
    """A help line or page."""

    label: WordingPart
    address: Annotated[
        str, StringConstraints(min_length=1, max_length=200, pattern=r"^(tel:[0-9 +]+|https://\S+|[^:]+)$")
    ]


class GroupIsPart(_Part):
    """Holds for these learner groups."""

    group_is: list[Code] = Field(min_length=1)

    def condition(self) -> Condition:
        """The domain's condition."""
        return GroupIs(tuple(self.group_is))


class AnswerPart(_Part):
    """An item and the option values looked for."""

    item: ItemCode
    values: list[int] = Field(min_length=1)


class AnswerIsPart(_Part):
    """Holds where an earlier item was answered with one of the values."""

    answer_is: AnswerPart

    def condition(self) -> Condition:
        """The domain's condition."""
        return AnswerIs(self.answer_is.item, tuple(self.answer_is.values))


class AllOfPart(_Part):
    """Holds where every part does."""

    all_of: "list[ConditionPart]" = Field(min_length=1)

    def condition(self) -> Condition:
        """The domain's condition."""
        return AllOf(tuple(part.condition() for part in self.all_of))


class AnyOfPart(_Part):
    """Holds where some part does."""

    any_of: "list[ConditionPart]" = Field(min_length=1)

    def condition(self) -> Condition:
        """The domain's condition."""
        return AnyOf(tuple(part.condition() for part in self.any_of))


class NotPart(_Part):
    """Holds where its part does not."""

    not_: "ConditionPart" = Field(alias="not")

    def condition(self) -> Condition:
        """The domain's condition."""
        return Not(self.not_.condition())


ConditionPart: TypeAlias = GroupIsPart | AnswerIsPart | AllOfPart | AnyOfPart | NotPart


class PagePart(_Part):
    """One screen."""

    code: Code
    section: Code
    kind: Literal["questions", "interruption"] = "questions"
    title: WordingPart
    body: WordingPart = Field(default_factory=dict)
    items: list[ItemCode] = Field(default_factory=list)
    show_if: ConditionPart | None = None
    skips_to: Code | None = None
    support: list[SupportPart] = Field(default_factory=list)


class Document(_Part):
    """One questionnaire version, format 1."""

    schema_address: str = Field(default="", alias="$schema")
    format: Literal[1]
    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$")]
    title: WordingPart
    languages: list[Language] = Field(min_length=1)
    framework: str
    non_response_labels: dict[NonResponseCode, WordingPart] = Field(default_factory=dict)
    learner_groups: list[LearnerGroupPart] = Field(min_length=1)
    response_scales: list[ResponseScalePart]
    items: list[ItemPart] = Field(min_length=1)
    scales: list[ScalePart] = Field(default_factory=list)
    sections: list[SectionPart] = Field(min_length=1)
    pages: list[PagePart] = Field(min_length=1)


def json_schema() -> str:
    """The JSON schema of the format, as ``questionnaires/schema.json`` holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema(by_alias=True)}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


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
        With every problem: what is not JSON, what has not the shape of the format or, where the shape is right, every
        rule that is broken.
    """
    version = _to_version(_read_shape(document, source), document)
    problems = [Problem(f"{source}: {problem.where}", problem.what) for problem in broken_rules(version)]
    if problems:
        raise InvalidQuestionnaire(problems)
    return version


def _read_shape(document: bytes, source: str) -> Document:
    doubled: list[Problem] = []

    def no_key_twice(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        doubled.extend(
            Problem(source, f"the key '{key}' stands twice in one object")
            for key in dict.fromkeys(keys)
            if keys.count(key) > 1
        )
        return dict(pairs)

    def no_constant(name: str) -> None:
        doubled.append(Problem(source, f"{name} is not a number that JSON knows"))

    try:
        data = json.loads(document.decode("utf-8"), object_pairs_hook=no_key_twice, parse_constant=no_constant)
    except UnicodeDecodeError as fault:
        raise InvalidQuestionnaire([Problem(source, f"is not UTF-8 text (byte {fault.start})")]) from fault
    except json.JSONDecodeError as fault:
        what = (
            "is empty"
            if not document.strip()
            else f"is not JSON: {fault.msg} (line {fault.lineno}, column {fault.colno})"
        )
        raise InvalidQuestionnaire([Problem(source, what)]) from fault
    except RecursionError as fault:
        raise InvalidQuestionnaire([Problem(source, "is nested too deeply")]) from fault
    if doubled:
        raise InvalidQuestionnaire(doubled)
    try:
        return Document.model_validate(data)
    except ValidationError as faults:
        raise InvalidQuestionnaire(
            dict.fromkeys(Problem(f"{source}: {_path(fault['loc'])}", _in_words(fault)) for fault in faults.errors())
        ) from faults


_UNION_MEMBERS: Final = {"GroupIsPart", "AnswerIsPart", "AllOfPart", "AnyOfPart", "NotPart"}


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        if step in _UNION_MEMBERS:
            break  # inside a condition that fits none of the kinds, only its place helps
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path or "the document"


def _in_words(fault: Any) -> str:
    if any(step in _UNION_MEMBERS for step in fault["loc"]):
        return "is not a condition: one of group_is, answer_is, all_of, any_of, not"
    given = fault.get("input")
    match fault["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is not a key of the format"
        case "literal_error":
            return f"is {given!r}; it may be {fault['ctx']['expected']}"
        case "string_pattern_mismatch":
            return f"is {given!r}, which does not have the form {fault['ctx']['pattern']}"
        case "too_short":
            return (
                "is empty"
                if fault["ctx"]["min_length"] == 1
                else f"needs at least {fault['ctx']['min_length']} entries"
            )
        case "string_too_short":
            return "is empty"
        case "model_type" | "dict_type":
            return "should be an object"
        case _:
            return str(fault["msg"][0].lower() + fault["msg"][1:])


def _to_version(read: Document, document: bytes) -> QuestionnaireVersion:
    return QuestionnaireVersion(
        id=read.id,
        version=read.version,
        title=read.title,
        languages=tuple(read.languages),
        framework=read.framework,
        non_response_labels={NonResponse(code): label for code, label in read.non_response_labels.items()},
        learner_groups=tuple(LearnerGroup(group.code, group.label) for group in read.learner_groups),
        response_scales=tuple(
            ResponseScale(scale.code, tuple(ResponseOption(o.value, o.code, o.label) for o in scale.options))
            for scale in read.response_scales
        ),
        items=tuple(_item(item) for item in read.items),
        scales=tuple(Scale(scale.code, scale.kind, scale.title, tuple(scale.items)) for scale in read.scales),
        sections=tuple(Section(section.code, section.title) for section in read.sections),
        pages=tuple(_page(page) for page in read.pages),
        document=document,
        digest=hashlib.sha256(document).hexdigest(),
    )


def _item(item: ItemPart) -> Item:
    return Item(
        code=item.code,
        kind=item.kind,
        text=item.text,
        hint=item.hint,
        response_scale=item.response_scale,
        non_response=tuple(NonResponse(code) for code in item.non_response),
        standards=tuple(item.standards),
        reverse=item.reverse,
        sensitive=item.sensitive,
        adverse=tuple(item.adverse),
        comparable_with=item.comparable_with,
        max_length=item.max_length,
    )


def _page(page: PagePart) -> Page:
    return Page(
        code=page.code,
        section=page.section,
        kind=page.kind,
        title=page.title,
        body=page.body,
        items=tuple(page.items),
        show_if=page.show_if.condition() if page.show_if else None,
        skips_to=page.skips_to,
        support=tuple((support.label, support.address) for support in page.support),
    )


if __name__ == "__main__":
    _SCHEMA_FILE.write_text(json_schema(), "utf-8")
