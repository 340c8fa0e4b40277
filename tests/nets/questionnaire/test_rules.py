"""One document a rule, which breaks that rule alone: exactly one problem, at its place, in these words."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from nets.errors import InvalidQuestionnaire
from nets.questionnaire.document import read_version

Document = dict[str, Any]

BOTH = {"en": "Something new", "cy": "Rhywbeth newydd"}


def problems(document: Document) -> list[tuple[str, str]]:
    with pytest.raises(InvalidQuestionnaire) as caught:
        read_version(json.dumps(document).encode(), "climate.json")
    assert all(problem.where.startswith("climate.json") for problem in caught.value.problems)
    return [(problem.where.removeprefix("climate.json: "), problem.what) for problem in caught.value.problems]


def item(document: Document, code: str) -> dict[str, Any]:
    return next(item for item in document["items"] if item["code"] == code)


def page(document: Document, code: str) -> dict[str, Any]:
    return next(page for page in document["pages"] if page["code"] == code)


def code_of_another_item(document: Document) -> None:
    item(document, "RUSHED")["code"] = "CALM"
    document["pages"][0]["items"] = ["CALM", "TENSE"]
    document["scales"][0]["items"] = ["CALM", "TENSE"]


def code_of_another_page(document: Document) -> None:
    page(document, "alone")["code"] = "nights"


def code_of_another_section(document: Document) -> None:
    document["sections"].insert(1, {"code": "team", "title": BOTH})


def code_of_another_group(document: Document) -> None:
    document["learner_groups"].append({"code": "day", "label": BOTH})


def code_of_another_scale(document: Document) -> None:
    document["scales"].append({"code": "harm", "kind": "criterion", "title": BOTH, "items": ["SAFE"]})


def code_of_another_response_scale(document: Document) -> None:
    document["response_scales"].append(document["response_scales"][1])


@pytest.mark.parametrize(
    ("break_it", "where", "what"),
    [
        (code_of_another_item, "items[2].code (CALM)", "is also the code of items[0]; a code names one thing"),
        (code_of_another_page, "pages[2].code (nights)", "is also the code of pages[1]; a code names one thing"),
        (code_of_another_section, "sections[1].code (team)", "is also the code of sections[0]; a code names one thing"),
        (
            code_of_another_group,
            "learner_groups[2].code (day)",
            "is also the code of learner_groups[0]; a code names one thing",
        ),
        (code_of_another_scale, "scales[2].code (harm)", "is also the code of scales[1]; a code names one thing"),
        (
            code_of_another_response_scale,
            "response_scales[2].code (yes_no)",
            "is also the code of response_scales[1]; a code names one thing",
        ),
    ],
)
def test_a_code_names_one_thing(
    small_document: Document, break_it: Callable[[Document], None], where: str, what: str
) -> None:
    break_it(small_document)
    assert problems(small_document) == [(where, what)]


@pytest.mark.parametrize(
    ("path", "where"),
    [
        (("title",), "title"),
        (("non_response_labels", "not_applicable"), "non_response_labels.not_applicable"),
        (("learner_groups", 1, "label"), "learner_groups[1].label (night)"),
        (
            ("response_scales", 0, "options", 4, "label"),
            "response_scales[0].options[4].label (agreement, strongly_agree)",
        ),
        (("items", 0, "text"), "items[0].text (CALM)"),
        (("items", 6, "hint"), "items[6].hint (WORDS)"),
        (("scales", 0, "title"), "scales[0].title (climate)"),
        (("sections", 2, "title"), "sections[2].title (end)"),
        (("pages", 0, "title"), "pages[0].title (climate)"),
        (("pages", 3, "body"), "pages[3].body (before-safety)"),
        (("pages", 3, "support", 0, "label"), "pages[3].support[0].label (before-safety)"),
    ],
)
def test_every_text_is_there_in_every_language(small_document: Document, path: tuple[Any, ...], where: str) -> None:
    wording: Any = small_document
    for step in path:
        wording = wording[step]
    welsh = wording.pop("cy")
    assert problems(small_document) == [(where, "has no text in cy")]
    wording["cy"] = welsh
    wording["ga"] = "Rud éigin"
    place, _, code = where.partition(" ")
    assert problems(small_document) == [(f"{place}.ga {code}".rstrip(), "is not one of the version's languages")]
    del wording["ga"]
    wording["cy"] = " \n"
    assert problems(small_document) == [(f"{place}.cy {code}".rstrip(), "is blank")]


def test_a_language_is_named_once(small_document: Document) -> None:
    small_document["languages"].append("en")
    assert problems(small_document) == [("languages[2]", "stands there twice")]


def test_the_framework_is_one_there_is(small_document: Document) -> None:
    small_document["framework"] = "hee-1948"
    assert problems(small_document) == [("framework", "is not a framework there is: hee-2017-18")]


def test_option_values_run_from_one_in_the_order_shown(small_document: Document) -> None:
    options = small_document["response_scales"][0]["options"]
    options[0]["value"], options[1]["value"] = 2, 1
    words = "values run 1, 2, 3 ... in the order shown"
    assert problems(small_document) == [
        (
            "response_scales[0].options[0].value (agreement, strongly_disagree)",
            f"is 2 and should be 1: {words}",
        ),
        ("response_scales[0].options[1].value (agreement, disagree)", f"is 1 and should be 2: {words}"),
    ]


def test_the_options_of_a_scale_have_codes_of_their_own(small_document: Document) -> None:
    small_document["response_scales"][0]["options"][4]["code"] = "agree"
    assert problems(small_document) == [
        ("response_scales[0].options[4].code (agreement, agree)", "is also the code of option 4")
    ]


@pytest.mark.parametrize(
    ("code", "change", "key", "what"),
    [
        ("WORDS", {"response_scale": "yes_no"}, "response_scale", "may not stand in a comment, which has no options"),
        (
            "WORDS",
            {"non_response": ["not_applicable"]},
            "non_response",
            "may not stand in a comment, which has no options",
        ),
        ("WORDS", {"adverse": [1]}, "adverse", "may not stand in a comment, which has no options"),
        (
            "WORDS",
            {"max_length": 0},
            "max_length",
            "is missing or 0: a comment says how many characters it may have",
        ),
        ("CALM", {"max_length": 10}, "max_length", "may not stand in a rating, only in a comment"),
        ("SAFE", {"response_scale": None}, "response_scale", "is missing: a rating has one"),
        (
            "SAFE",
            {"response_scale": "sevens"},
            "response_scale",
            "names 'sevens', which is not among the response_scales",
        ),
        ("HURT", {"adverse": [5, 7, 6]}, "adverse", "holds 6, 7, which 'agreement' does not have"),
        ("HURT", {"adverse": [4, 4]}, "adverse", "holds 4 twice"),
        (
            "ALONE",
            {"reverse": True},
            "reverse",
            "may not stand in a choice: only a rating is scored, so only a rating can be turned round",
        ),
        (
            "WORDS",
            {"reverse": True},
            "reverse",
            "may not stand in a comment: only a rating is scored, so only a rating can be turned round",
        ),
        ("CALM", {"comparable_with": "CALM"}, "comparable_with", "names the item itself"),
        ("CALM", {"non_response": ["not_applicable"] * 2}, "non_response", "holds not_applicable twice"),
        (
            "CALM",
            {"non_response": ["do_not_know"]},
            "non_response",
            "offers do_not_know, which has no label in non_response_labels",
        ),
        ("CALM", {"standards": ["3.3", "3.3"]}, "standards", "holds 3.3 twice"),
        ("CALM", {"standards": ["7.1"]}, "standards", "holds '7.1', which is no standard of hee-2017-18"),
    ],
)
def test_an_item_keeps_its_rules(
    small_document: Document, code: str, change: dict[str, Any], key: str, what: str
) -> None:
    item(small_document, code).update(change)
    number = [item["code"] for item in small_document["items"]].index(code)
    assert problems(small_document) == [(f"items[{number}].{key} ({code})", what)]


@pytest.mark.parametrize(
    ("items", "entry", "what"),
    [
        (["CALM", "TENSE", "CALM"], "[2]", "holds item CALM twice"),
        (["CALM", "GONE"], "[1]", "holds item GONE, which is not among the items"),
        (["CALM", "ALONE"], "[1]", "holds item ALONE, which is a choice; only ratings are scored"),
        (["CALM", "WORDS"], "[1]", "holds item WORDS, which is a comment; only ratings are scored"),
    ],
)
def test_a_scale_holds_ratings_each_once(small_document: Document, items: list[str], entry: str, what: str) -> None:
    small_document["scales"][0]["items"] = items
    assert problems(small_document) == [(f"scales[0].items{entry} (climate)", what)]


def test_an_item_is_scored_in_one_scale(small_document: Document) -> None:
    small_document["scales"][1]["items"] = ["HURT", "CALM"]
    assert problems(small_document) == [
        ("scales[1].items[1] (harm)", "holds item CALM, which scales[0] holds too; an answer counts once")
    ]


def test_a_theme_holds_no_reverse_keyed_item_and_other_scales_may(small_document: Document) -> None:
    small_document["scales"][0]["kind"] = "theme"
    what = "a theme has none, because they are misread"
    assert problems(small_document) == [
        ("scales[0].items[1] (climate)", f"holds the reverse-keyed item TENSE; {what}"),
        ("scales[0].items[2] (climate)", f"holds the reverse-keyed item RUSHED; {what}"),
    ]


def test_a_theme_has_one_response_scale(small_document: Document) -> None:
    small_document["scales"][0] = {
        "code": "climate",
        "kind": "theme",
        "title": BOTH,
        "items": ["CALM", "SAFE"],
    }
    item(small_document, "SAFE")["response_scale"] = "yes_no"
    assert problems(small_document) == [
        ("scales[0].items (climate)", "mixes the response scales agreement, yes_no; a theme has one")
    ]
