"""Which changed texts keep an item's code: true corrections do, anything that may ask something else does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.questionnaire.typo import is_typo

CORRECTIONS = [
    ("I know who to ask for help", "I know who to ask for help."),
    ("I know who to ask for help.", "I know who to ask for  help."),
    ("my team is calm.", "My team is calm."),
    ("I get feedbak that helps me.", "I get feedback that helps me."),
    ("I get feedback that hepls me.", "I get feedback that helps me."),
    ("My supervisor expains things.", "My supervisor explains things."),
    ("My suppervisor explains things.", "My supervisor explains things."),
    ("Teh team works well.", "The team works well."),
    ("The team works wel.", "The team works well."),
    ("I was made wellcome on the wadr.", "I was made welcome on the ward."),
    ("It’s a safe place.", "It's a safe place."),
    ("Ward “B” has space - for study.", "Ward 'B' has space – for study."),
]
REWORDINGS = [
    ("I feel safe here.", "I feel unsafe here."),
    ("I feel safe here.", "I do feel safe here."),
    ("I can log in.", "I can't log in."),
    ("I can’t log in.", "I can log in."),
    ("I can log in.", "I cannot log in."),
    ("I do not feel safe.", "I do now feel safe."),
    ("I had 2 supervisors.", "I had 3 supervisors."),
    ("I had a talk within 24 hours.", "I had a talk within 48 hours."),
    ("Below 50%", "Below 50"),
    ("Age < 25", "Age > 25"),
    ("Staff always explain.", "Staff almost explain."),
    ("I must ask.", "I most ask."),
    ("My supervisor helps me.", "My supervision helps me."),
    ("I like my supervisor.", "I like our supervisor."),
    ("I can use the form.", "I can use the room."),
    ("The staff are kind.", "The patients are kind."),
    ("There is a place to rest.", "There is a place to test."),
    ("I had one talk.", "I had ones talk."),
    ("I recieve suport from wiser freinds.", "I receive support from wiser friends."),
    ("I was made welcome on the frist day.", "I was made welcome on the first day."),
    ("Staff and patients are kind.", "Staff & patients are kind."),
    ("I feel safe.", "I feel safe here."),
    ("I feel safe", ""),
]


words = st.lists(
    st.sampled_from(["placement", "supervisor", "welcome", "not", "2", "always", "team", "learning"]), min_size=1
)


@pytest.mark.parametrize(("before", "after"), CORRECTIONS)
def test_a_correction_of_the_typing_is_a_typo(before: str, after: str) -> None:
    assert is_typo(before, after)


@pytest.mark.parametrize(("before", "after"), REWORDINGS)
def test_what_may_ask_something_else_is_none(before: str, after: str) -> None:
    assert not is_typo(before, after)


@pytest.mark.parametrize(("before", "after"), [*CORRECTIONS, *REWORDINGS])
def test_it_is_the_same_in_both_directions(before: str, after: str) -> None:
    assert is_typo(before, after) == is_typo(after, before)


def test_welsh_words_that_turn_a_sentence_are_known() -> None:
    assert is_typo("Mae fy nhim yn dawel.", "Mae fy nhîm yn dawel.", "cy") is False  # a letter of a short word
    assert is_typo("Rwy'n teimlo'n ddiogl yma.", "Rwy'n teimlo'n ddiogel yma.", "cy")
    assert not is_typo("Dydw i ddim yn siwr.", "Dydw i dddim yn siwr.", "cy")


def test_in_a_language_whose_negations_are_unknown_only_punctuation_and_capitals_may_change() -> None:
    assert is_typo("mae'n dda", "Mae'n dda.", "gd")
    assert not is_typo("placemant", "placement", "gd")
    assert is_typo("placemant", "placement", "en-gb")


@given(words, st.data())
def test_more_than_two_corrections_are_a_rewording(text: list[str], data: st.DataObject) -> None:
    n_corrections = data.draw(st.integers(0, 4))
    before = [*text, *["placement"] * n_corrections]
    after = [*text, *["placemant"] * n_corrections]
    assert is_typo(" ".join(before), " ".join(after)) == (n_corrections <= 2)


@given(words, st.data())
def test_a_word_more_or_less_is_a_rewording(text: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    assert not is_typo(" ".join(text), " ".join([*text[:place], data.draw(st.sampled_from(text)), *text[place:]]))


@given(words)
def test_capitals_spaces_and_full_stops_are_free(text: list[str]) -> None:
    assert is_typo(" ".join(text), "  ".join(text).upper() + ".")
