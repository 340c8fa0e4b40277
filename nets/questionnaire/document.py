"""A questionnaire document: the JSON shape of one version, read strictly, every problem reported at once."""

import hashlib
import json
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from nets.errors import InvalidQuestionnaire, Problem
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

Code: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Language: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)?$")]
Words: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=False)]
Wording: TypeAlias = dict[Language, Words]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class OptionPart(_Part):
    value: int = Field(ge=1, le=200)
    code: Code
    label: Wording


class ResponseScalePart(_Part):
    code: Code
    options: list[OptionPart] = Field(min_length=2)


class ItemPart(_Part):
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,19}$")]
    kind: Literal["rating", "choice", "comment"]
    text: Wording
    hint: Wording = Field(default_factory=dict)
    response_scale: Code | None = None
    non_response: list[Literal["not_applicable", "do_not_know", "prefer_not_to_say"]] = Field(default_factory=list)
    standards: list[str] = Field(default_factory=list)
    reverse: bool = False
    sensitive: bool = False
    adverse: list[int] = Field(default_factory=list)
    comparable_with: str | None = None
    max_length: int = Field(default=0, ge=0, le=10000)


class ScalePart(_Part):
    code: Code
    kind: Literal["theme", "criterion", "safety"]
    title: Wording
    items: list[str] = Field(min_length=1)


class CodedPart(_Part):
    code: Code
    label: Wording


class SectionPart(_Part):
    code: Code
    title: Wording


class SupportPart(_Part):
    label: Wording
    address: Words


class PagePart(_Part):
    code: Code
    section: Code
    kind: Literal["questions", "interruption"] = "questions"
    title: Wording
    body: Wording = Field(default_factory=dict)
    items: list[str] = Field(default_factory=list)
    show_if: dict[str, Any] | None = None
    skips_to: Code | None = None
    support: list[SupportPart] = Field(default_factory=list)


class Document(_Part):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)
    schema_address: str = Field(default="", alias="$schema")
    format: Literal[1]
    id: Code
    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$")]
    title: Wording
    languages: list[Language] = Field(min_length=1)
    framework: str
    non_response_labels: dict[Literal["not_applicable", "do_not_know", "prefer_not_to_say"], Wording]
    learner_groups: list[CodedPart]
    response_scales: list[ResponseScalePart]
    items: list[ItemPart] = Field(min_length=1)
    scales: list[ScalePart] = Field(default_factory=list)
    sections: list[SectionPart] = Field(min_length=1)
    pages: list[PagePart] = Field(min_length=1)


def json_schema() -> dict[str, Any]:
    """The JSON schema of the format."""
    return Document.model_json_schema()


def read_version(document: bytes, source: str) -> QuestionnaireVersion:
    """Read and check a document."""
    try:
        data = json.loads(document.decode("utf-8"))
        read = Document.model_validate_json(document)
    except (UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise InvalidQuestionnaire([Problem(source, str(fault))]) from fault
    except ValidationError as faults:
        raise InvalidQuestionnaire(
            Problem(f"{source}: {'.'.join(map(str, fault['loc']))}", fault["msg"]) for fault in faults.errors()
        ) from faults
    del data
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
        items=tuple(
            Item(
                item.code, item.kind, item.text, item.hint, item.response_scale,
                tuple(NonResponse(code) for code in item.non_response), tuple(item.standards), item.reverse,
                item.sensitive, tuple(item.adverse), item.comparable_with, item.max_length,
            )
            for item in read.items
        ),
        scales=tuple(Scale(scale.code, scale.kind, scale.title, tuple(scale.items)) for scale in read.scales),
        sections=tuple(Section(section.code, section.title) for section in read.sections),
        pages=tuple(
            Page(
                page.code, page.section, page.kind, page.title, page.body, tuple(page.items),
                _condition(page.show_if) if page.show_if else None, page.skips_to,
                tuple((support.label, support.address) for support in page.support),
            )
            for page in read.pages
        ),
        document=document,
        digest=hashlib.sha256(document).hexdigest(),
    )


def _condition(data: dict[str, Any]) -> Condition:
    ((name, value),) = data.items()
    match name:
        case "group_is":
            return GroupIs(tuple(value))
        case "answer_is":
            return AnswerIs(value["item"], tuple(value["values"]))
        case "all_of":
            return AllOf(tuple(_condition(part) for part in value))
        case "any_of":
            return AnyOf(tuple(_condition(part) for part in value))
        case _:
            return Not(_condition(value))
