"""A piece of evidence is one sentence of a known day; all that is wrong with it is told at once."""

from dataclasses import replace
from datetime import date

import pytest

from nets.errors import InvalidSetting
from nets.risk.external_evidence import Bearing, ExternalEvidence, Source, Withdrawal, not_a_subject

VISIT = ExternalEvidence(
    "ev-1", "P0001", "", date(2026, 5, 3), Source.VISIT, Bearing.ADVERSE, "supervision", "Rota gaps.", "A. Example",
    date(2026, 5, 4),
)  # fmt: skip


def test_everything_wrong_with_it_is_told_at_once() -> None:
    with pytest.raises(InvalidSetting) as caught:
        replace(VISIT, sentence=" ", entered_by="a\nb", programme="x" * 101, dated_on=date(2026, 5, 5))
    assert [problem.where for problem in caught.value.problems] == ["sentence", "entered_by", "programme", "dated_on"]


def test_a_sentence_may_have_three_hundred_characters_and_no_more() -> None:
    assert len(replace(VISIT, sentence="x" * 300).sentence) == 300
    with pytest.raises(InvalidSetting, match="sentence: is not one line of 1 to 300 characters"):
        replace(VISIT, sentence="x" * 301)


def test_a_withdrawal_says_why_and_by_whom() -> None:
    with pytest.raises(InvalidSetting) as caught:
        Withdrawal("ev-1", "", "", date(2026, 5, 5))
    assert [problem.where for problem in caught.value.problems] == ["reason", "withdrawn_by"]


def test_an_unknown_subject_is_told_with_those_there_are() -> None:
    assert not_a_subject("supervision", ["supervision", "learning"]) == []
    (problem,) = not_a_subject("weather", ["supervision", "learning"])
    assert str(problem) == "about: 'weather' is not one of supervision, learning"
