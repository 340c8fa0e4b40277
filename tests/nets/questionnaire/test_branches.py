"""One document a rule about pages and branches, which breaks that rule alone."""

import json
from typing import Any

import pytest

from nets.errors import InvalidQuestionnaire
from nets.questionnaire.document import read_version

Document = dict[str, Any]
TITLE = {"en": "Another page", "cy": "Tudalen arall"}


def problems(document: Document) -> list[tuple[str, str]]:
    with pytest.raises(InvalidQuestionnaire) as caught:
        read_version(json.dumps(document).encode(), "climate.json")
    return [(problem.where.removeprefix("climate.json: "), problem.what) for problem in caught.value.problems]


def reads(document: Document) -> bool:
    return read_version(json.dumps(document).encode(), "climate.json").id == "team-climate"


def page(document: Document, code: str) -> dict[str, Any]:
    return next(page for page in document["pages"] if page["code"] == code)


def is_yes(item: str = "ALONE") -> dict[str, Any]:
    return {"answer_is": {"item": item, "values": [1]}}


def test_a_section_has_a_page(small_document: Document) -> None:
    small_document["sections"].append({"code": "extra", "title": TITLE})
    assert problems(small_document) == [("sections[3].code (extra)", "section extra has no page")]


def test_a_page_is_in_a_section_there_is(small_document: Document) -> None:
    page(small_document, "nights")["section"] = "nowhere"
    assert problems(small_document) == [
        ("pages[1].section (nights)", "names the section 'nowhere', which is not among the sections")
    ]


def test_pages_follow_the_sections(small_document: Document) -> None:
    page(small_document, "harm")["section"] = "team"
    assert problems(small_document) == [
        ("pages[4].section (harm)", "goes back to the section 'team'; pages follow the sections in their order")
    ]


def test_an_interruption_asks_nothing(small_document: Document) -> None:
    page(small_document, "harm")["kind"] = "interruption"
    assert problems(small_document) == [("pages[4].items (harm)", "stands on an interruption page, which asks nothing")]


def test_a_page_of_questions_asks_something(small_document: Document) -> None:
    small_document["pages"].insert(1, {"code": "empty", "section": "team", "title": TITLE})
    assert problems(small_document) == [
        ("pages[1].items (empty)", "is missing or empty: a page of questions asks something")
    ]


def test_only_an_interruption_offers_a_way_round(small_document: Document) -> None:
    page(small_document, "climate")["skips_to"] = "last"
    assert problems(small_document) == [
        ("pages[0].skips_to (climate)", "stands on a page of questions; only an interruption page offers a way round")
    ]


@pytest.mark.parametrize("target", ["climate", "pause", "gone"])
def test_a_way_round_leads_forward(small_document: Document, target: str) -> None:
    pause = {"code": "pause", "section": "team", "kind": "interruption", "title": TITLE, "skips_to": target}
    small_document["pages"].insert(1, pause)
    assert problems(small_document) == [("pages[1].skips_to (pause)", f"names '{target}', which is not a later page")]


def test_a_way_round_leads_to_a_page_that_everybody_is_shown(small_document: Document) -> None:
    page(small_document, "last")["show_if"] = {"group_is": ["day", "night"]}
    assert problems(small_document) == [
        ("pages[3].skips_to (before-safety)", "leads to 'last', which not everybody is shown")
    ]


def test_a_page_asks_items_there_are(small_document: Document) -> None:
    page(small_document, "nights")["items"].append("GONE")
    assert problems(small_document) == [("pages[1].items[1] (nights)", "asks item GONE, which is not among the items")]


def test_an_item_stands_on_one_page(small_document: Document) -> None:
    page(small_document, "last")["items"].append("CALM")
    assert problems(small_document) == [
        ("pages[5].items[1] (last)", "asks item CALM again; an item stands on one page")
    ]


def test_every_item_is_on_a_page(small_document: Document) -> None:
    page(small_document, "climate")["items"].remove("CALM")
    assert problems(small_document) == [("items[0].code (CALM)", "item CALM is on no page")]


def test_every_learner_group_is_asked_something(small_document: Document) -> None:
    small_document["learner_groups"].append({"code": "bank", "label": TITLE})
    for shown in small_document["pages"]:
        shown.setdefault("show_if", {"group_is": ["day", "night"]})
    page(small_document, "before-safety").pop("skips_to")
    page(small_document, "harm")["items"] = []
    page(small_document, "harm")["kind"] = "interruption"
    del small_document["items"][5], small_document["scales"][1]
    assert problems(small_document) == [
        ("learner_groups[2].code (bank)", "learners of the group bank are asked nothing")
    ]


class TestSensitiveItems:
    WHAT = "which no interruption page that everybody here has seen offers a way round (skips_to)"

    def test_stand_behind_an_interruption(self, small_document: Document) -> None:
        small_document["items"][0]["sensitive"] = True
        assert problems(small_document) == [
            ("pages[0].items[0] (climate)", f"asks the sensitive item CALM, {self.WHAT}")
        ]

    def test_are_not_guarded_by_a_page_that_offers_no_way_round(self, small_document: Document) -> None:
        del page(small_document, "before-safety")["skips_to"]
        assert problems(small_document) == [("pages[4].items[0] (harm)", f"asks the sensitive item HURT, {self.WHAT}")]

    @pytest.mark.parametrize("where", ["harm", "last"])
    def test_do_not_stand_where_or_after_the_way_round_ends(self, small_document: Document, where: str) -> None:
        page(small_document, "before-safety")["skips_to"] = "harm"
        harm = page(small_document, "harm")
        harm["items"], page(small_document, "last")["items"] = ["WORDS"], ["HURT"]
        if where == "harm":
            harm["items"], page(small_document, "last")["items"] = ["HURT"], ["WORDS"]
        ((place, what),) = problems(small_document)
        assert f"({where})" in place
        assert what == f"asks the sensitive item HURT, {self.WHAT}"

    def test_are_not_guarded_by_a_page_that_only_some_have_seen(self, small_document: Document) -> None:
        page(small_document, "before-safety")["show_if"] = {"group_is": ["night"]}
        assert problems(small_document) == [("pages[4].items[0] (harm)", f"asks the sensitive item HURT, {self.WHAT}")]
        page(small_document, "harm")["show_if"] = {"group_is": ["night"]}
        assert reads(small_document)


class TestConditions:
    @pytest.mark.parametrize(
        ("condition", "what"),
        [
            (
                {"group_is": ["night", "bank"]},
                "names the learner group 'bank', which is not among the learner_groups",
            ),
            (is_yes("SAFE"), "looks at item SAFE, which no earlier page asks"),
            (is_yes("HURT"), "looks at item HURT, which no earlier page asks"),
            (is_yes("GONE"), "looks at item GONE, which no earlier page asks"),
            (
                {"answer_is": {"item": "ALONE", "values": [1, 3, 0]}},
                "looks for 0, 3 of item ALONE, which it does not have",
            ),
            (
                {"any_of": [is_yes(), {"not": {"all_of": [is_yes("GONE")]}}]},
                "looks at item GONE, which no earlier page asks",
            ),
        ],
    )
    def test_name_what_there_is_before_them(
        self, small_document: Document, condition: dict[str, Any], what: str
    ) -> None:
        page(small_document, "alone")["show_if"] = condition
        assert problems(small_document) == [("pages[2].show_if (alone)", what)]

    def test_cannot_look_for_a_value_of_a_comment(self, small_document: Document) -> None:
        small_document["pages"][0]["items"].append("WORDS")
        small_document["pages"][5]["items"] = ["SAFE"]
        small_document["pages"][2]["items"] = ["RUSHED"]
        small_document["pages"][0]["items"].remove("RUSHED")
        page(small_document, "alone")["show_if"] = is_yes("WORDS")
        assert problems(small_document) == [
            ("pages[2].show_if (alone)", "looks for 1 of item WORDS, which it does not have")
        ]

    @pytest.mark.parametrize(
        "condition",
        [
            {"all_of": [is_yes(), {"not": is_yes()}]},
            {"all_of": [{"group_is": ["day"]}, {"group_is": ["night"]}]},
            {"not": {"group_is": ["day", "night"]}},
            # only night staff are asked ALONE
            {"all_of": [{"group_is": ["day"]}, is_yes()]},
            {"all_of": [is_yes(), {"answer_is": {"item": "ALONE", "values": [2]}}]},
            {"not": {"any_of": [is_yes("CALM"), {"not": is_yes("CALM")}]}},
        ],
    )
    def test_hold_for_somebody(self, small_document: Document, condition: dict[str, Any]) -> None:
        page(small_document, "alone")["show_if"] = condition
        assert problems(small_document) == [
            ("pages[2].show_if (alone)", "never holds: no learner group and no answers lead to this page")
        ]

    @pytest.mark.parametrize(
        "condition",
        [
            {"not": is_yes()},
            {"all_of": [{"group_is": ["night"]}, {"not": is_yes()}]},
            {"any_of": [{"all_of": [{"group_is": ["day"]}, is_yes()]}, {"group_is": ["day"]}]},
            {"all_of": [is_yes(), is_yes("CALM"), is_yes("TENSE")]},
            {"all_of": [{"not": {"answer_is": {"item": "ALONE", "values": [1, 2]}}}, {"group_is": ["night"]}]},
        ],
    )
    def test_may_be_anything_that_somebody_meets(self, small_document: Document, condition: dict[str, Any]) -> None:
        page(small_document, "alone")["show_if"] = condition
        assert reads(small_document)

    def test_see_through_the_pages_of_the_items_they_look_at(self, small_document: Document) -> None:
        # SAFE is asked of those who work nights alone, so nobody who does not can have answered it
        page(small_document, "last")["show_if"] = {
            "all_of": [is_yes("SAFE"), {"answer_is": {"item": "ALONE", "values": [2]}}]
        }
        del page(small_document, "before-safety")["skips_to"]
        small_document["items"][5]["sensitive"] = False
        assert problems(small_document) == [
            ("pages[5].show_if (last)", "never holds: no learner group and no answers lead to this page")
        ]

    def test_that_are_too_many_to_check_are_refused_and_not_waved_through(self, small_document: Document) -> None:
        codes = [f"MANY{number}" for number in range(17)]
        for code in codes:
            small_document["items"].append({**small_document["items"][4], "code": code})
        small_document["pages"][0]["items"] += codes
        page(small_document, "alone")["show_if"] = {"all_of": [is_yes(code) for code in codes]}
        assert problems(small_document) == [
            (
                "pages[2].show_if (alone)",
                "looks, itself or through the pages it looks at, at too many answers to be checked",
            )
        ]
        page(small_document, "alone")["show_if"] = {"all_of": [is_yes(code) for code in codes[:10]]}
        assert reads(small_document)

    def test_are_not_tried_where_the_item_they_look_at_is_broken(self, small_document: Document) -> None:
        small_document["items"][3]["response_scale"] = "gone"
        assert problems(small_document) == [
            ("items[3].response_scale (ALONE)", "names 'gone', which is not among the response_scales")
        ]

    def test_are_not_tried_where_the_item_they_look_at_is_missing(self, small_document: Document) -> None:
        del small_document["items"][3]
        assert problems(small_document) == [
            ("pages[1].items[0] (nights)", "asks item ALONE, which is not among the items")
        ]
