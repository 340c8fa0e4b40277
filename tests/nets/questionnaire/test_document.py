"""From bytes to a version, or to every problem at once and in words: never to a stack trace."""

import hashlib
import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nets.errors import InvalidQuestionnaire, Problem
from nets.questionnaire.document import LARGEST_DOCUMENT, read_version
from nets.questionnaire.publishing import DEFAULT_FOLDER
from nets.questionnaire.routing import routed_pages
from nets.questionnaire.version import (
    AllOf,
    AnswerIs,
    AnyOf,
    GroupIs,
    Item,
    NonResponse,
    Not,
    Page,
    QuestionnaireVersion,
    ResponseOption,
)

Document = dict[str, Any]

NETS = json.loads((DEFAULT_FOLDER / "nets" / "2026.1.json").read_bytes())
SMALL = json.loads((Path(__file__).parents[2] / "instruments" / "team-climate-2026.1.json").read_bytes())


def written(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem) for problem in problems]


def problems(document: Document | bytes) -> list[str]:
    with pytest.raises(InvalidQuestionnaire) as caught:
        read_version(document if isinstance(document, bytes) else json.dumps(document).encode(), "climate.json")
    return written(caught.value.problems)


# What a good document becomes


def test_the_bytes_and_their_digest_stay_with_the_version() -> None:
    document = json.dumps(SMALL, indent=3).encode()
    version = read_version(document, "climate.json")
    assert version.document == document
    assert version.digest == hashlib.sha256(document).hexdigest()


def test_every_part_of_the_document_reaches_the_version(small_document: Document) -> None:
    night, alone = {"group_is": ["night"]}, {"answer_is": {"item": "ALONE", "values": [2, 1]}}
    small_document["pages"][2]["show_if"] = {"any_of": [{"all_of": [night, alone]}, {"not": {"not": alone}}]}
    small_document["items"][0]["comparable_with"] = "OLD01"
    version = read_version(json.dumps(small_document).encode(), "climate.json")
    assert (version.id, version.version, version.framework) == ("team-climate", "2026.1", "hee-2017-18")
    assert version.title["cy"] == "Hinsawdd y tîm (ar gyfer profion)"
    assert version.languages == ("en", "cy")
    assert version.non_response_labels[NonResponse.PREFER_NOT_TO_SAY]["en"] == "Prefer not to say"
    assert [group.code for group in version.learner_groups] == ["day", "night"]
    assert version.learner_groups[1].label["en"] == "Night staff"
    hurt = version.item["HURT"]
    assert hurt == Item(
        code="HURT",
        kind="rating",
        text={"en": "I have been hurt at work.", "cy": "Rwyf wedi cael fy mrifo yn y gwaith."},
        hint={},
        response_scale="agreement",
        non_response=(NonResponse.PREFER_NOT_TO_SAY,),
        standards=(),
        reverse=True,
        sensitive=True,
        adverse=(4, 5),
        comparable_with=None,
        max_length=0,
    )
    assert version.item["CALM"].comparable_with == "OLD01"
    assert version.item["CALM"].standards == ("3.3",)
    assert version.item["WORDS"].max_length == 200
    assert version.item["WORDS"].hint["en"] == "Please do not name people."
    assert version.options(version.item["ALONE"])[0] == ResponseOption(1, "yes", {"en": "Yes", "cy": "Ydw"})
    assert (version.scale["harm"].kind, version.scale["harm"].items) == ("safety", ("HURT",))
    assert version.scale["harm"].title["en"] == "Harm"
    assert [(section.code, section.title["en"]) for section in version.sections][2] == ("end", "Last words")
    condition = AnswerIs("ALONE", (2, 1))
    assert version.page["alone"].show_if == AnyOf((AllOf((GroupIs(("night",)), condition)), Not(Not(condition))))
    assert version.page["before-safety"] == Page(
        code="before-safety",
        section="safety",
        kind="interruption",
        title={"en": "The next question is about harm", "cy": "Mae'r cwestiwn nesaf am niwed"},
        body={"en": "You can skip it.", "cy": "Gallwch ei hepgor."},
        items=(),
        show_if=None,
        skips_to="last",
        support=(({"en": "Someone to call (invented)", "cy": "Rhywun i'w ffonio (dychmygol)"}, "tel:01632960000"),),
    )
    assert version.page["climate"].kind == "questions"
    assert version.page["climate"].items == ("CALM", "TENSE", "RUSHED")


def test_closed_items_are_ratings_and_choices_in_document_order() -> None:
    version = read_version(json.dumps(SMALL).encode(), "climate.json")
    assert [item.code for item in version.closed_items] == ["CALM", "TENSE", "RUSHED", "ALONE", "SAFE", "HURT"]


# Bytes that are no document


@pytest.mark.parametrize(
    ("document", "what"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b'{"title": "caf\xe9"}', "is not UTF-8 text (byte 14)"),
        (json.dumps(SMALL).encode("utf-16"), "is not UTF-8 text (byte 0)"),
        (json.dumps(SMALL).encode("utf-8-sig"), "begins with a byte order mark: save it as UTF-8 without one"),
        (b'{\n "id": "a",\n}', "is not JSON: Expecting property name enclosed in double quotes (line 3, column 1)"),
        (b"<html>", "is not JSON: Expecting value (line 1, column 1)"),
        (b"{} {}", "is not JSON: Extra data (line 1, column 4)"),
        (b"[" * 200_000, "is nested more than 40 deep"),
        (b"null", "is null; it should be an object"),
        (b"[]", "is a list; it should be an object"),
        (b'"text"', 'is "text"; it should be an object'),
        (b" " * (LARGEST_DOCUMENT + 1), "has 2000001 bytes; a questionnaire has at most 2000000"),
    ],
)
def test_bytes_that_are_no_document_are_told_in_one_line(document: bytes, what: str) -> None:
    assert problems(document) == [f"climate.json: {what}"]


def test_a_document_may_be_as_large_as_it_says() -> None:
    document = json.dumps(SMALL).encode()
    assert read_version(document + b" " * (LARGEST_DOCUMENT - len(document)), "climate.json").id == "team-climate"


def test_a_key_that_stands_twice_is_found_where_it_stands() -> None:
    document = json.dumps(SMALL).replace('"code": "CALM",', '"code": "CALM", "kind": "rating",').encode()
    assert problems(document) == ["climate.json: items[0].kind (CALM): is a key that stands there more than once"]


def test_numbers_that_are_none_are_refused(small_document: Document) -> None:
    small_document["items"][6]["max_length"] = 123456
    for number in ("NaN", "-Infinity", "1e999", "9" * 5_000, "-" + "9" * 16):
        document = json.dumps(small_document).replace("123456", number).encode()
        assert problems(document) == [
            "climate.json: items[6].max_length (WORDS): is no number, or one that is far too large"
        ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("half \ud83d", "holds half of a surrogate pair"),
        ("nul \x00", "holds a control character"),
        ("bell \x07", "holds a control character"),
        ("carriage return \r", "holds a control character"),
        ("next line \x85", "holds a control character"),
    ],
)
def test_texts_that_cannot_be_shown_are_refused(small_document: Document, text: str, what: str) -> None:
    small_document["title"]["cy"] = text
    small_document["pages"][3]["support"][0]["label"]["en"] = text
    assert problems(small_document) == [
        f"climate.json: title.cy: {what}",
        f"climate.json: pages[3].support[0].label.en (before-safety): {what}",
    ]


def test_whole_pairs_lines_and_tabs_are_fine(small_document: Document) -> None:
    small_document["title"]["en"] = "Two\nlines\tand a 😀"
    assert read_version(json.dumps(small_document).encode(), "climate.json").title["en"].endswith("😀")


def test_keys_that_cannot_be_shown_are_refused_and_can_be_printed(small_document: Document) -> None:
    small_document["title"]["\ud800"] = "a"
    small_document["\x00"] = "a"
    told = problems(small_document)
    assert told == [
        'climate.json: ["\\u0000"]: is a key that holds a control character',
        'climate.json: title["\\ud800"]: is a key that holds half of a surrogate pair',
    ]
    assert "\n".join(told).encode()


@pytest.mark.parametrize(
    ("document", "where"), [(b'{"a":' * 41 + b"1" + b"}" * 41, "a"), (b"[" * 50 + b"]" * 50, "[0]")]
)
def test_deep_nesting_is_refused_before_anything_walks_down_it(document: bytes, where: str) -> None:
    assert problems(document) == [f"climate.json: {where}: is nested more than 40 deep"]


# Everything at once


def test_faults_of_json_shape_and_rules_are_reported_together(small_document: Document) -> None:
    small_document["items"][0]["revers"] = True
    del small_document["items"][1]["text"]
    small_document["items"][2]["standards"] = ["7.1"]
    small_document["items"][3]["text"]["cy"] = "\x00"
    small_document["items"][4]["code"] = "CALM"
    small_document["scales"][0]["items"].append("GONE")
    small_document["pages"][1]["show_if"] = {"group_is": ["bank"]}
    small_document["pages"][4]["title"].pop("en")
    document = json.dumps(small_document).replace('"format": 1', '"format": 1, "format": 1').encode()
    assert problems(document) == [
        "climate.json: format: is a key that stands there more than once",
        "climate.json: items[3].text.cy (ALONE): holds a control character",
        "climate.json: items[0].revers (CALM): is not a key of the format",
        "climate.json: items[1].text (TENSE): is missing",
        "climate.json: pages[4].title (harm): has no text in en",
        "climate.json: items[4].code (CALM): is also the code of items[0]; a code names one thing",
        "climate.json: items[2].standards (RUSHED): holds '7.1', which is no standard of hee-2017-18",
        "climate.json: scales[0].items[3] (climate): holds item GONE, which is not among the items",
        "climate.json: pages[1].show_if (nights): names the learner group 'bank', which is not among the learner_groups",
        "climate.json: pages[2].show_if (alone): never holds: no learner group and no answers lead to this page",
        "climate.json: pages[2].items[0] (alone): asks item SAFE, which is not among the items",
    ]


def test_what_only_follows_from_a_part_without_shape_is_not_reported_again(small_document: Document) -> None:
    small_document["items"][6]["kind"] = "coment"
    small_document["items"][1]["response_scale"] = 5
    small_document["response_scales"][1]["options"][0]["value"] = "1"
    small_document["scales"][0]["items"][2] = 3
    small_document["pages"][2]["show_if"] = {"answer_is": {"item": "ALONE"}}
    small_document["pages"][3]["skips_to"] = "the end"
    del small_document["pages"][5]["title"]
    assert [told.split(": ")[1] for told in problems(small_document)] == [
        "response_scales[1].options[0].value (yes_no, yes)",
        "items[1].response_scale (TENSE)",
        "items[6].kind (WORDS)",
        "scales[0].items[2] (climate)",
        "pages[2].show_if.answer_is.values (alone)",
        "pages[3].skips_to (before-safety)",
        "pages[5].title (last)",
    ]


def test_a_language_without_shape_is_not_missed_in_every_text(small_document: Document) -> None:
    small_document["languages"][1] = "Cymraeg"
    assert problems(small_document) == [
        'climate.json: languages[1]: is "Cymraeg"; it should be a language, such as en or cy'
    ]


def test_without_a_bearing_wall_only_the_wall_is_reported(small_document: Document) -> None:
    small_document["items"] = {"CALM": "My team is calm."}
    assert problems(small_document) == ["climate.json: items: is an object; it should be a list"]


def test_every_problem_is_reported_once() -> None:
    document = deepcopy(NETS)
    for item in document["items"]:
        item["response_scale"] = "gone"
    told = problems(document)
    assert len(told) == len(set(told)) >= len(document["items"])


# Any bytes at all

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 6),
    st.sampled_from([10**20, -1.5, float("nan"), float("inf"), 0.0]),
    st.sampled_from(
        ["", " ", "en", "cy", "CALM", "agreement", "rating", "3.4", "night", "a b", "\x00", "\ud800", "é", "x" * 50]
    ),
)
keys = st.sampled_from(
    [
        "code",
        "kind",
        "text",
        "items",
        "en",
        "show_if",
        "not",
        "all_of",
        "group_is",
        "answer_is",
        "item",
        "values",
        "\ud800",
        "",
    ]
)
anything = st.recursive(
    scalars, lambda part: st.lists(part, max_size=3) | st.dictionaries(keys, part, max_size=3), max_leaves=8
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a document below its top."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in entries:
        yield (*path, key)
        yield from places(part, (*path, key))


def check_any_bytes(document: bytes) -> None:
    """A version that can be walked, or problems that can be printed; anything else fails the test by itself."""
    try:
        assert_walkable(read_version(document, "any.json"))
    except InvalidQuestionnaire as refused:
        assert_told(refused.problems)


def assert_told(problems: tuple[Problem, ...]) -> None:
    assert problems
    assert len(set(problems)) == len(problems)
    for problem in problems:
        assert problem.where.startswith("any.json")
        assert problem.what
        assert str(problem).encode().decode().isprintable()
        assert "something else" not in problem.what


def assert_walkable(version: QuestionnaireVersion) -> None:
    for group in version.learner_groups:
        assert routed_pages(version, group.code, {})
    for item in version.closed_items:
        assert len(version.options(item)) >= 2


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_in_words(document: bytes) -> None:
    check_any_bytes(document)


@given(anything)
def test_any_json_is_refused_in_words(data: Any) -> None:
    check_any_bytes(json.dumps(data).encode())


@given(st.dictionaries(st.sampled_from(sorted(SMALL)), anything))
def test_any_value_under_the_keys_of_the_format_is_refused_in_words(data: dict[str, Any]) -> None:
    check_any_bytes(json.dumps(SMALL | data).encode())


SMALL_PLACES, NETS_PLACES = list(places(SMALL)), list(places(NETS))


def mutated(document: Document, where: list[tuple[Any, ...]], chance: random.Random, value: Any) -> bytes:
    """The document with some values deleted, exchanged, doubled or replaced."""
    document = deepcopy(document)
    for path in where:
        part: Any = document
        try:
            for step in path[:-1]:
                part = part[step]
            match chance.randrange(4):
                case 0:
                    del part[path[-1]]
                case 1:
                    part[path[-1]] = deepcopy(value)  # put in twice, it must not end inside itself
                case 2:
                    other = chance.choice(list(part) if isinstance(part, dict) else range(len(part)))
                    part[path[-1]], part[other] = part[other], part[path[-1]]
                case _ if isinstance(part, list):
                    part.insert(0, deepcopy(part[path[-1]]))
                case _:
                    part[f"{path[-1]}x"] = part.pop(path[-1])
        except (AttributeError, KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return json.dumps(document).encode()


@given(st.lists(st.sampled_from(SMALL_PLACES), min_size=1, max_size=4), st.randoms(use_true_random=False), anything)
@settings(max_examples=300)
def test_any_mutation_of_a_document_is_read_or_refused_in_words(
    where: list[tuple[Any, ...]], chance: random.Random, value: Any
) -> None:
    check_any_bytes(mutated(SMALL, where, chance, value))


@given(st.lists(st.sampled_from(NETS_PLACES), min_size=1, max_size=6), st.randoms(use_true_random=False), anything)
@settings(max_examples=60, deadline=None)
def test_any_mutation_of_the_shipped_survey_is_read_or_refused_in_words(
    where: list[tuple[Any, ...]], chance: random.Random, value: Any
) -> None:
    check_any_bytes(mutated(NETS, where, chance, value))


@given(st.data())
@settings(max_examples=60)
def test_any_cut_or_flipped_byte_is_read_or_refused_in_words(data: st.DataObject) -> None:
    document = bytearray(json.dumps(SMALL, ensure_ascii=False).encode())
    position = data.draw(st.integers(0, len(document) - 1))
    if data.draw(st.booleans()):
        del document[position:]
    else:
        document[position] = data.draw(st.integers(0, 255))
    check_any_bytes(bytes(document))
