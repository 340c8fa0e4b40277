"""What each part of a document may hold: told in words by the loader, and told by the JSON schema too."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from nets.errors import InvalidQuestionnaire
from nets.questionnaire.document import json_schema, read_version
from nets.questionnaire.publishing import DEFAULT_FOLDER
from nets.questionnaire.shape import SCHEMA_FILE

Document = dict[str, Any]

SMALL: Final = Path(__file__).parents[2] / "instruments" / "team-climate-2026.1.json"
SHIPPED: Final = [*sorted(DEFAULT_FOLDER.glob("*/20*.json")), SMALL]
DELETED: Final = object()

BEGINNING = "beginning with a letter"
CONDITION = "is not a condition: an object with one of group_is, answer_is, all_of, any_of, not"
NON_RESPONSES = "it may be 'not_applicable', 'do_not_know' or 'prefer_not_to_say'"
ID = f"it should be an id: up to 40 small letters, digits and -, {BEGINNING}"
VERSION = f"it should be a version, such as 2026.1: up to 20 letters, digits, . and -, {BEGINNING} or digit"
CODE = f"it should be a code: up to 40 letters, digits, - and _, {BEGINNING} or digit"
ITEM_CODE = f"it should be an item code: up to 20 capital letters, digits and _, {BEGINNING}"
GROUP = f"it should be the code of a learner group: up to 40 small letters, digits and _, {BEGINNING}"
ADDRESS = "it should be an address: tel: and digits, https:// and an address, or plain text without a colon"
OPTION = "response_scales[1].options"
IS_YES = {"item": "ALONE", "values": [1]}

FAULTS: list[tuple[tuple[str | int, ...], Any, str, str]] = [
    (("format",), 2, "format", "is 2; the most is 1"),
    (("format",), True, "format", "is true; it should be a whole number"),
    (("format",), DELETED, "format", "is missing"),
    (("colour",), "red", "colour", "is not a key of the format"),
    (("two words",), 1, '["two words"]', "is not a key of the format"),
    (("id",), "Team Climate", "id", f'is "Team Climate"; {ID}'),
    (("id",), "x" * 100, "id", f'is "{"x" * 60}..."; {ID}'),
    (("version",), "../1", "version", f'is "../1"; {VERSION}'),
    (("version",), 2026.1, "version", "is 2026.1; it should be a text"),
    (("languages",), [], "languages", "is empty"),
    (("languages",), "en", "languages", 'is "en"; it should be a list'),
    (("learner_groups", 0, "code"), "Day", "learner_groups[0].code (Day)", f'is "Day"; {GROUP}'),
    (
        ("title", "Welsh"),
        "a",
        "title.Welsh",
        'is a key that may not stand here; is "Welsh"; it should be a language, such as en or cy',
    ),
    (("title", "en"), "", "title.en", "is empty"),
    (("title", "en"), None, "title.en", "is null; it should be a text"),
    (("title", "en"), "x" * 4_001, "title.en", "is longer than 4000 characters"),
    (("title",), "Team climate", "title", 'is "Team climate"; it should be an object'),
    (
        ("non_response_labels", "maybe"),
        {"en": "a", "cy": "b"},
        "non_response_labels.maybe",
        f'is a key that may not stand here; is "maybe"; {NON_RESPONSES}',
    ),
    (("response_scales", 1, "options"), [], f"{OPTION} (yes_no)", "needs at least 2 entries"),
    (("response_scales", 1, "options", 0, "value"), 0, f"{OPTION}[0].value (yes_no, yes)", "is 0; the least is 1"),
    (("response_scales", 1, "options", 1, "value"), 201, f"{OPTION}[1].value (yes_no, no)", "is 201; the most is 200"),
    (
        ("response_scales", 1, "options", 0, "value"),
        "1",
        f"{OPTION}[0].value (yes_no, yes)",
        'is "1"; it should be a whole number',
    ),
    (
        ("items", 0, "kind"),
        "slider",
        "items[0].kind (CALM)",
        "is \"slider\"; it may be 'rating', 'choice' or 'comment'",
    ),
    (("items", 0, "text"), DELETED, "items[0].text (CALM)", "is missing"),
    (("items", 0, "comparable_with"), "old 1", "items[0].comparable_with (CALM)", f'is "old 1"; {ITEM_CODE}'),
    (("items", 0, "reverse"), 1, "items[0].reverse (CALM)", "is 1; it should be true or false"),
    (("items", 0, "revers"), True, "items[0].revers (CALM)", "is not a key of the format"),
    (("items", 0, "response_scale"), ["a"], "items[0].response_scale (CALM)", "is a list; it should be a text"),
    (("items", 0, "non_response"), ["dunno"], "items[0].non_response[0] (CALM)", f'is "dunno"; {NON_RESPONSES}'),
    (("items", 5, "adverse"), [4, True], "items[5].adverse[1] (HURT)", "is true; it should be a whole number"),
    (("items", 6, "max_length"), 10_001, "items[6].max_length (WORDS)", "is 10001; the most is 10000"),
    (
        ("scales", 0, "kind"),
        "topic",
        "scales[0].kind (climate)",
        "is \"topic\"; it may be 'theme', 'criterion' or 'safety'",
    ),
    (("scales", 0, "items"), [], "scales[0].items (climate)", "is empty"),
    (("pages", 0, "kind"), "grid", "pages[0].kind (climate)", "is \"grid\"; it may be 'questions' or 'interruption'"),
    (("pages", 3, "skips_to"), "over there", "pages[3].skips_to (before-safety)", f'is "over there"; {CODE}'),
    (
        ("pages", 3, "support", 0, "address"),
        "javascript:alert(1)",
        "pages[3].support[0].address (before-safety)",
        f'is "javascript:alert(1)"; {ADDRESS}',
    ),
    (("pages", 3, "support"), [{}] * 21, "pages[3].support (before-safety)", "has more than 20 entries"),
    (("pages", 1, "show_if"), {}, "pages[1].show_if (nights)", CONDITION),
    (("pages", 1, "show_if"), "night", "pages[1].show_if (nights)", CONDITION),
    (("pages", 1, "show_if"), {"group_is": []}, "pages[1].show_if.group_is (nights)", "is empty"),
    (
        ("pages", 1, "show_if"),
        {"group_is": ["night"], "not": 1},
        "pages[1].show_if.not (nights)",
        "is not a key of the format",
    ),
    (
        ("pages", 1, "show_if"),
        {"all_of": [{"not": {"any_of": []}}]},
        "pages[1].show_if.all_of[0].not.any_of (nights)",
        "is empty",
    ),
    (
        ("pages", 1, "show_if"),
        {"any_of": [{"answer_is": {"item": "CALM"}}]},
        "pages[1].show_if.any_of[0].answer_is.values (nights)",
        "is missing",
    ),
    (("pages", 1, "show_if"), {"not": {"not": {"was": 1}}}, "pages[1].show_if.not.not (nights)", CONDITION),
    (
        ("pages", 2, "show_if"),
        {"answer_is": {**IS_YES, "values": [1, "2"]}},
        "pages[2].show_if.answer_is.values[1] (alone)",
        'is "2"; it should be a whole number',
    ),
]
NAMES = [f"{where}: {what}"[:60] for _, _, where, what in FAULTS]


def change(document: Document, path: tuple[str | int, ...], value: Any) -> None:
    part: Any = document
    for step in path[:-1]:
        part = part[step]
    if value is DELETED:
        del part[path[-1]]
    else:
        part[path[-1]] = value


def problems(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidQuestionnaire) as caught:
        read_version(json.dumps(document).encode(), "climate.json")
    return [(problem.where.removeprefix("climate.json: "), problem.what) for problem in caught.value.problems]


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    data = json.loads(SCHEMA_FILE.read_bytes())
    Draft202012Validator.check_schema(data)
    return Draft202012Validator(data)


@pytest.mark.parametrize(("path", "value", "where", "what"), FAULTS, ids=NAMES)
def test_a_fault_of_shape_is_told_once_in_words_at_its_place(
    small_document: Document, path: tuple[str | int, ...], value: Any, where: str, what: str
) -> None:
    change(small_document, path, value)
    assert problems(small_document) == [(where, what)]


def test_an_item_without_shape_cannot_be_asked_or_scored(small_document: Document) -> None:
    small_document["items"][0] = None
    assert problems(small_document) == [
        ("items[0]", "is null; it should be an object"),
        ("scales[0].items[0] (climate)", "holds item CALM, which is not among the items"),
        ("pages[0].items[0] (climate)", "asks item CALM, which is not among the items"),
    ]


@pytest.mark.parametrize("value", [1.0, 1.5, True, "1"])
def test_a_whole_number_is_written_as_one(small_document: Document, value: Any) -> None:
    small_document["response_scales"][1]["options"][0]["value"] = value
    ((where, what),) = problems(small_document)
    assert where == "response_scales[1].options[0].value (yes_no, yes)"
    assert what == f"is {json.dumps(value)}; it should be a whole number"


@pytest.mark.parametrize("address", ["tel:+441632960000", "tel:999", "https://help.example/now", "Ask at the desk"])
def test_help_can_be_a_number_a_page_or_a_sentence(small_document: Document, address: str) -> None:
    small_document["pages"][3]["support"][0]["address"] = address
    version = read_version(json.dumps(small_document).encode(), "climate.json")
    assert version.page["before-safety"].support[0][1] == address


def test_the_schema_in_the_repository_is_the_one_the_code_makes() -> None:
    assert SCHEMA_FILE.read_text("utf-8") == json_schema(), "run python -m nets.questionnaire.shape"


@pytest.mark.parametrize("path", SHIPPED, ids=[f"{path.parent.name}/{path.name}" for path in SHIPPED])
def test_the_schema_accepts_every_instrument(schema: Draft202012Validator, path: Path) -> None:
    assert list(schema.iter_errors(json.loads(path.read_bytes()))) == []


def test_there_are_instruments_to_accept() -> None:
    assert {path.parent.name for path in SHIPPED} >= {"nets", "provider-self-assessment"}


@pytest.mark.parametrize(("path", "value", "where", "what"), FAULTS, ids=NAMES)
def test_the_schema_refuses_what_the_loader_refuses(
    schema: Draft202012Validator, path: tuple[str | int, ...], value: Any, where: str, what: str
) -> None:
    document = deepcopy(json.loads(SMALL.read_bytes()))
    change(document, path, value)
    assert not schema.is_valid(document), f"{where}: {what}"
