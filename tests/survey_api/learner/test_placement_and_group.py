from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response

Words = Callable[[Response], str]


def test_it_finds_placements_by_words_without_any_script(learner: Any, text_of: Words) -> None:
    learner.post("start")
    words = text_of(learner.get("placement?q=WARD+enghraifft"))
    assert "Ward 1 Ysbyty Enghraifft, Ffynnon Example Hospitals" in words
    assert "Day room" not in words


def test_it_says_so_when_nothing_is_found(learner: Any, text_of: Words) -> None:
    learner.post("start")
    assert "Nothing found" in text_of(learner.get("placement?q=zebra"))


def test_it_asks_again_when_no_placement_was_chosen(learner: Any, text_of: Words) -> None:
    learner.post("start")
    answer = learner.post("placement")
    assert answer.status_code == 303
    page = learner.get(answer.headers["location"])
    assert "There is a problem" in text_of(page)
    assert "<title>Error: " in page.text


@pytest.mark.parametrize("placement", ["W-99", "S-1", "W-1\x00", "' OR 1=1"])
def test_it_takes_no_placement_that_is_none(learner: Any, placement: str) -> None:
    learner.post("start")
    assert learner.post("placement", placement=placement).headers["location"].endswith("?missing=1")


def test_it_lets_the_placement_be_changed(learner: Any, text_of: Words) -> None:
    learner.begin(placement="W-1").answer_everything()
    assert "Find your placement" in text_of(learner.get("placement?change=1"))
    assert learner.post("placement", placement="W-8").headers["location"] == "/c/paddle-2026/check"
    assert "Day room, Hilltop House" in text_of(learner.get("check"))


def test_it_asks_again_when_no_group_was_chosen(learner: Any, text_of: Words) -> None:
    learner.post("start")
    for group in ({}, {"group": "sorcery"}):
        answer = learner.post("group", **group)
        assert "Choose what you are learning" in text_of(learner.get(answer.headers["location"]))


def test_it_preselects_nothing(learner: Any) -> None:
    learner.post("start")
    learner.post("placement", placement="W-1")
    assert "checked" not in learner.get("group").text
