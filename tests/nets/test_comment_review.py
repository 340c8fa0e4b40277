"""A reviewer takes words out of a comment and puts none in."""

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.comment_review import GAP, Decision, Review, WithheldBecause, not_taken_out_of, review
from nets.errors import InvalidSetting

WRITTEN = "Sister Ash was rude, and\nnobody stopped Sister Ash."
TODAY = date(2026, 3, 10)


def decided(decision: str, words: str = "", reason: str = "", number: int = 1, before: str = "") -> Review:
    return review(
        uuid4(), WRITTEN, before=before, number=number, decision=decision, words=words, reason=reason, by="Ann", on=TODAY
    )  # fmt: skip


def problem(decision: str, words: str = "", reason: str = "") -> str:
    with pytest.raises(InvalidSetting) as refused:
        decided(decision, words, reason)
    (found,) = refused.value.problems
    return f"{found.where}: {found.what}"


@pytest.mark.parametrize(
    "words",
    ["", WRITTEN, " ".join(WRITTEN.split()), "[…] was rude […]"],
    ids=["none", "own", "own-on-one-line", "shown-before"],
)
def test_a_comment_is_shown_as_it_is_though_the_form_holds_a_reason_and_the_words_that_came_with_it(words: str) -> None:
    made = decided("as_written", words, "learner", before="[…] was rude […]")
    assert (made.decision, made.words, made.reason) == (Decision.AS_WRITTEN, WRITTEN, "")


def test_a_comment_is_not_shown_whole_where_its_words_were_changed_at_the_same_time() -> None:
    assert problem("as_written", "[…] was rude […]").startswith("decision: you have changed the words below")


def test_a_withheld_comment_has_a_reason_and_no_words() -> None:
    made = decided("withheld", WRITTEN, "person")
    assert (made.words, made.reason) == ("", WithheldBecause.PERSON)
    assert problem("withheld", WRITTEN, "she is wrong") == "reason: choose why nobody may read it"


def test_a_decision_has_to_be_made() -> None:
    assert problem("") == "decision: choose what becomes of the comment"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("[…] was rude, and\nnobody stopped […].", "[…] was rude, and\nnobody stopped […]."),
        ("[...] was rude, and nobody stopped [ ... ].", "[…] was rude, and nobody stopped […]."),
        ("Sister Ash was rude […]", "Sister Ash was rude […]"),
        (" […] nobody stopped Sister Ash. ", "[…] nobody stopped Sister Ash."),
        ("Sister […] Ash.", "Sister […] Ash."),
    ],
    ids=["names", "three-dots", "the-end", "the-beginning", "most-of-it"],
)
def test_words_are_taken_out(words: str, shown: str) -> None:
    assert decided("redacted", words).words == shown


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "nothing is left"),
        (" […] ", "nothing is left"),
        (WRITTEN, "put […] where you take words out"),
        ("was rude, and nobody stopped Sister Ash.", "put […] where you take words out"),
        ("Somebody […] was rude, and nobody stopped […].", "add none"),
        ("[…] nobody stopped […] was rude […]", "add none"),
        ("[…] was rude, and somebody stopped […].", "add none"),
        ("was rude […]", "add none"),
        ("[…] was rude", "add none"),
        ("Sister Ash. […] Sister Ash was rude", "add none"),
    ],
    ids=[
        "empty",
        "gap",
        "whole",
        "no-gap",
        "put-in",
        "turned-round",
        "changed",
        "no-gap-first",
        "no-gap-last",
        "doubled",
    ],
)
def test_what_is_not_the_learners_words_with_gaps_is_refused(words: str, why: str) -> None:
    assert why in problem("redacted", words)


@given(st.lists(st.tuples(st.text("ab \n", min_size=1, max_size=5), st.booleans()), min_size=1, max_size=8))
def test_whatever_is_taken_out_is_taken(parts: list[tuple[str, bool]]) -> None:
    words = " ".join(GAP if is_out else part for part, is_out in parts)
    original = " ".join(part for part, _ in parts)
    is_some_out = any(is_out for _, is_out in parts)
    is_some_left = any(part.strip() for part, is_out in parts if not is_out)
    assert (not_taken_out_of(original, words) == []) == (is_some_out and is_some_left)


def test_two_decisions_are_alike_whatever_their_numbers() -> None:
    assert decided("as_written").is_what(decided("as_written", number=2))
    assert not decided("as_written").is_what(decided("withheld", reason="other"))
