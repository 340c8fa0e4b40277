"""Changes between two versions of the instrument of the tests: each found, each classified, each bad one refused with a way out."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from nets.errors import InvalidQuestionnaire
from nets.questionnaire.difference import Change, ChangeKind, changes_since, compare_versions
from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion

Document = dict[str, Any]
Edit = Callable[[Document], object]
Differ = Callable[[Edit], tuple[Change, ...]]


@pytest.fixture
def diff(small_document: Document) -> Differ:
    """Compares the instrument with itself after an edit."""
    return lambda edit: compare_versions(read(small_document), read(edited(small_document, edit)))


def read(document: Document) -> QuestionnaireVersion:
    return read_version(json.dumps(document).encode(), "team-climate/next.json")


def edited(document: Document, edit: Edit) -> Document:
    copy = deepcopy(document)
    edit(copy)
    return copy


def part(document: Document, room: str, code: str) -> Document:
    found: Document = next(entry for entry in document[room] if entry["code"] == code)
    return found


def item(document: Document, code: str) -> Document:
    return part(document, "items", code)


def rename(document: Document, old: str, new: str) -> None:
    """Gives an item another code wherever the document names it."""
    item(document, old)["code"] = new
    for holder in (*document["pages"], *document["scales"]):
        holder["items"] = [new if code == old else code for code in holder.get("items", [])] or holder.get("items", [])
        if not holder["items"]:
            del holder["items"]


def refused(changes: tuple[Change, ...]) -> list[Change]:
    return [change for change in changes if change.refused]


def test_the_same_version_has_no_changes(diff: Differ) -> None:
    assert diff(lambda document: None) == ()


def test_a_version_number_alone_is_no_change(diff: Differ) -> None:
    assert diff(lambda document: document.update(version="2026.2")) == ()


def test_fewer_questions_at_once_are_a_change_of_structure(diff: Differ) -> None:
    (change,) = diff(lambda document: document.update(items_per_page=1))
    assert str(change) == "structure: items_per_page: is 1 and was not limited"


def test_a_typo_keeps_the_code(diff: Differ) -> None:
    (change,) = diff(lambda document: item(document, "RUSHED")["text"].update(en="My team is rushd."))
    assert change.kind is ChangeKind.TYPO
    assert change.where == "item RUSHED"
    assert change.what == "the text (en) was 'My team is rushed.' and is 'My team is rushd.'"
    assert not change.refused


def test_a_rewording_under_the_same_code_is_refused_with_the_way_out(diff: Differ) -> None:
    (change,) = diff(lambda document: item(document, "CALM")["text"].update(en="My team is often calm."))
    assert change.kind is ChangeKind.WORDING
    assert "give it a new code, with comparable_with" in change.refused


def test_a_rewording_of_a_translation_is_a_rewording_too(diff: Differ) -> None:
    (change,) = diff(lambda document: item(document, "CALM")["text"].update(cy="Nid yw fy nhîm yn dawel."))
    assert (change.kind, bool(change.refused)) == (ChangeKind.WORDING, True)


def test_a_rewording_under_a_new_code_that_is_linked_may_be_published(small_document: Document) -> None:
    def reword(document: Document) -> None:
        rename(document, "CALM", "CALM2")
        item(document, "CALM2").update(text={"en": "My team is often calm.", "cy": "…"}, comparable_with="CALM")

    changes = compare_versions(read(small_document), read(edited(small_document, reword)))
    assert refused(changes) == []
    assert str(changes[0]) == "wording: item CALM2: new wording, meant to be compared with CALM"
    assert "structure: item CALM: gone" in map(str, changes)
    assert "scale climate" in {change.where for change in changes}


def test_a_link_to_an_item_that_no_version_asked_is_refused(diff: Differ) -> None:
    def link(document: Document) -> None:
        rename(document, "CALM", "CALM2")
        item(document, "CALM2")["comparable_with"] = "CLAM"

    (change,) = refused(diff(link))
    assert change.refused == "no version before asks CLAM, so nothing can be compared with it"


def test_a_first_version_is_linked_with_nothing(small_document: Document) -> None:
    assert changes_since((), read(small_document)) == ()
    item(small_document, "CALM")["comparable_with"] = "OLD01"
    (change,) = changes_since((), read(small_document))
    assert change.refused


def test_new_options_under_a_new_code_are_told_from_new_words(diff: Differ) -> None:
    def change_options(document: Document) -> None:
        rename(document, "RUSHED", "RUSHED2")
        item(document, "RUSHED2").update(comparable_with="RUSHED", response_scale="yes_no")

    (change, *_) = diff(change_options)
    assert str(change) == "response scale: item RUSHED2: new options, meant to be compared with RUSHED"


def test_a_relabelled_option_is_refused_once_for_all_its_items(diff: Differ) -> None:
    def relabel(document: Document) -> None:
        part(document, "response_scales", "agreement")["options"][2]["label"]["en"] = "Unsure"

    changes = diff(relabel)
    (change,) = refused(changes)
    assert change.kind is ChangeKind.RESPONSE_SCALE
    assert change.where == "items CALM, TENSE, RUSHED, SAFE, HURT"
    assert change.what == "the label of option 3 (en) was 'Neither' and is 'Unsure'"
    assert "the same item code always has the same options: give it a new code" in change.refused


def test_a_typo_in_an_option_may_be_corrected(diff: Differ) -> None:
    def correct(document: Document) -> None:
        part(document, "response_scales", "agreement")["options"][0]["label"]["en"] = "Strongly dissagree"

    changes = diff(correct)
    assert {change.kind for change in changes} == {ChangeKind.TYPO}
    assert refused(changes) == []


def test_options_in_another_order_are_refused(diff: Differ) -> None:
    def turn_round(document: Document) -> None:
        scale = part(document, "response_scales", "yes_no")
        scale["options"] = [option | {"value": 3 - option["value"]} for option in reversed(scale["options"])]

    (change,) = refused(diff(turn_round))
    assert (change.kind, change.where) == (ChangeKind.RESPONSE_SCALE, "item ALONE")
    assert change.what == "its options are in another order: no, yes for yes, no"


def test_an_option_more_is_refused(diff: Differ) -> None:
    def add(document: Document) -> None:
        part(document, "response_scales", "yes_no")["options"].append(
            {"value": 3, "code": "sometimes", "label": {"en": "Sometimes", "cy": "Weithiau"}}
        )

    (change,) = refused(diff(add))
    assert change.what == "its options are others: yes, no, sometimes for yes, no"


def test_a_response_scale_that_only_has_another_name_keeps_the_options(diff: Differ) -> None:
    def rename_scale(document: Document) -> None:
        part(document, "response_scales", "yes_no")["code"] = "no_yes"
        item(document, "ALONE")["response_scale"] = "no_yes"

    changes = diff(rename_scale)
    assert refused(changes) == []
    assert {change.where for change in changes} == {"item ALONE", "response scale yes_no", "response scale no_yes"}


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: item(document, "TENSE").pop("reverse"),
        lambda document: item(document, "CALM").update(reverse=True),
        lambda document: item(document, "HURT").update(adverse=[5]),
        lambda document: item(document, "SAFE").update(kind="choice"),
        lambda document: item(document, "CALM").update(response_scale="yes_no"),
        lambda document: item(document, "CALM").update(non_response=["not_applicable", "prefer_not_to_say"]),
        lambda document: item(document, "CALM").pop("non_response"),
        lambda document: document["non_response_labels"]["not_applicable"].update(en="Never happened"),
        lambda document: item(document, "CALM").update(hint={"en": "Think of today.", "cy": "Meddyliwch am heddiw."}),
        lambda document: item(document, "HURT").update(comparable_with="NOSUCH"),
    ],
    ids=[
        "unreversed", "reversed", "adverse", "kind", "scale", "offered", "withdrawn", "relabelled", "hint", "link",
    ],
)  # fmt: skip
def test_what_gives_an_item_another_meaning_is_refused(diff: Differ, edit: Edit) -> None:
    assert refused(diff(edit))


@pytest.mark.parametrize(
    "edit",
    [
        lambda document: item(document, "CALM").update(standards=["3.1", "3.3"]),
        lambda document: item(document, "SAFE").update(sensitive=False),
        lambda document: item(document, "WORDS").update(max_length=500),
        lambda document: item(document, "WORDS")["hint"].update(en="Keep it short."),
        lambda document: document["pages"].insert(1, document["pages"].pop(0)),
        lambda document: document["pages"][3]["support"].clear(),
    ],
)
def test_what_leaves_the_meaning_may_be_published(diff: Differ, edit: Edit) -> None:
    assert refused(diff(edit)) == []


def test_a_new_language_is_one_change_and_no_rewording(small_document: Document) -> None:
    def add_language(value: Any) -> Any:
        if isinstance(value, dict) and set(value) == {"en", "cy"}:
            return value | {"gd": value["en"]}
        if isinstance(value, dict):
            return {key: add_language(entry) for key, entry in value.items()}
        return [add_language(entry) for entry in value] if isinstance(value, list) else value

    translated = add_language(small_document) | {"languages": ["en", "cy", "gd"]}
    changes = compare_versions(read(small_document), read(translated))
    assert list(map(str, changes)) == ["structure: languages: are en, cy, gd and were en, cy"]


def test_a_dropped_code_may_not_come_back_with_another_meaning(small_document: Document) -> None:
    def drop(document: Document) -> None:
        document["version"] = "2026.2"
        document["items"] = [entry for entry in document["items"] if entry["code"] != "RUSHED"]
        for holder in (document["pages"][0], document["scales"][0]):
            holder["items"].remove("RUSHED")

    first = read(small_document)
    second = read(edited(small_document, drop))
    third = read(
        edited(small_document, lambda document: item(document, "RUSHED")["text"].update(en="Nobody here hurries."))
    )
    assert refused(compare_versions(second, third)) == []  # seen from the second version alone, the code is new
    changes = changes_since((first, second), third)
    assert [change.where for change in refused(changes)] == ["item RUSHED"]
    assert "structure: item RUSHED: is back; it was last asked in 2026.1" in map(str, changes)
    assert refused(changes_since((first, second), first)) == []


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value of the document that is no object and no list."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield from leaves(entry, (*path, key))
    if not isinstance(value, (dict, list)):
        yield path


def test_nothing_that_can_be_changed_goes_unnoticed(small_document: Document) -> None:
    old = read(small_document)
    unnoticed, tried = [], 0
    for path in leaves(small_document):
        if path[0] in ("$schema", "format", "id", "version"):
            continue
        changed = deepcopy(small_document)
        holder: Any = changed
        for step in path[:-1]:
            holder = holder[step]
        value = holder[path[-1]]
        for other in (
            f"{value}X",
            not value,
            1,
            "3.1",
            "not_applicable",
            "rating",
            "criterion",
            "yes_no",
            "team",
            "CALM",
        ):
            holder[path[-1]] = other
            try:
                new = read(changed)
            except InvalidQuestionnaire:
                continue
            if other != value:
                tried += 1
                unnoticed += [(path, other)] if not compare_versions(old, new) else []
    assert unnoticed == []
    assert tried > 100


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (lambda document: document["title"].update(en="Other"), "wording: the questionnaire: the title"),
        (lambda document: document["learner_groups"].reverse(), "structure: learner groups: are in another order"),
        (lambda document: document["items"].reverse(), "structure: items: are in another order"),
        (lambda document: document["scales"].pop(), "structure: scale harm: gone"),
        (
            lambda document: document["scales"][0].update(kind="safety"),
            "structure: scale climate: was a criterion scale",
        ),
        (lambda document: document["scales"][0]["items"].pop(), "structure: scale climate: is made of other items"),
        (
            lambda document: document["scales"][0]["items"].reverse(),
            "structure: scale climate: lists its items in another",
        ),
        (
            lambda document: document["pages"][1]["show_if"]["group_is"].append("day"),
            "structure: page nights: is shown un",
        ),
        (
            lambda document: document["pages"][1].pop("show_if"),
            "structure: page nights: is shown under another condition",
        ),
        (lambda document: document["pages"][0]["items"].reverse(), "structure: page climate: asks RUSHED, TENSE, CALM"),
        (
            lambda document: document["pages"][5].update(title={"en": "End", "cy": "Y diwedd"}),
            "wording: page last: the ti",
        ),
        (lambda document: document["sections"][0]["title"].update(en="Yuor team"), "typo: section team: the title"),
        (
            lambda document: document["learner_groups"][0]["label"].update(en="Others"),
            "wording: learner group day: the la",
        ),
    ],
)
def test_every_change_is_said_in_a_line(diff: Differ, edit: Edit, line: str) -> None:
    assert [change for change in map(str, diff(edit)) if change.startswith(line)]
