"""Answers that some section cannot use: the section is there all the same and says why, in the user's words."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis import AnalysisError, ReportSection, RetestAnswers, ValidationReport

Validate = Callable[..., ValidationReport]
Simulate = Callable[..., Any]


def words(section: ReportSection) -> str:
    return " ".join(part.text for part in section.parts if hasattr(part, "text"))


def test_a_scale_of_one_item_has_no_consistency_and_no_factor(validate: Validate, simulate: Simulate) -> None:
    drawn = simulate(300)
    model = {"Four": [f"item_{i}" for i in range(1, 5)], "More": [f"item_{i}" for i in range(5, 9)], "One": ["item_9"]}
    report = validate(drawn.responses, model)
    assert "One: 1 item that varies (item_9)" in words(report.section("internal-consistency"))
    assert "One has too few items" in words(report.section("structure"))
    assert report.section("structure").values["fits"]["published"]["cfi"]["robust"] > 0.9


def test_a_constant_item_is_named_and_left_out(validate: Validate, simulate: Simulate) -> None:
    answers = np.array(simulate(300).responses)
    answers[:, 2] = 4
    report = validate(answers)
    assert "Item_3 was answered alike by everybody" in words(report.section("items"))
    assert report.section("structure").values["fits"]["published"]["df"] == 41  # eleven items on three factors


def test_an_item_that_nobody_answered_is_named(validate: Validate, simulate: Simulate) -> None:
    answers = np.array(simulate(300).responses)
    answers[:, 2] = np.nan
    assert "Item_3 was answered by nobody" in words(validate(answers).section("items"))


def test_two_identical_items_are_named_and_one_left_out(validate: Validate, simulate: Simulate) -> None:
    answers = np.array(simulate(300).responses)
    answers[:, 3] = answers[:, 2]
    report = validate(answers)
    assert "item_3 and item_4 were answered alike by everybody" in words(report.section("items"))
    assert report.section("structure").values["fits"]["published"]["df"] == 41


@pytest.mark.parametrize("n", [10, 20])
def test_a_handful_of_learners_gets_every_section(validate: Validate, simulate: Simulate, n: int) -> None:
    drawn = simulate(n)
    report = validate(drawn.responses, unit=list(drawn.unit), groups={"Sex": ["f", "m"] * (n // 2)})
    assert len(report.sections) == 13
    assert "not met" in {verdict.outcome for verdict in report.section("sample").verdicts}


def test_rows_without_an_answer_are_counted_and_left_out(validate: Validate, simulate: Simulate) -> None:
    answers = np.vstack([simulate(200).responses, np.full((7, 12), np.nan)])
    report = validate(answers, unit=["x", "y", "z"] * 69)
    assert report.n == 200
    assert "7 further responses" in words(report.section("sample"))


def test_options_that_nobody_chose_are_named(validate: Validate, simulate: Simulate) -> None:
    answers = np.array(simulate(300).responses)
    answers[answers[:, 0] == 1, 0] = 2
    report = validate(answers, options=["never", "seldom", "at times", "often", "always"])
    assert "item_1 (never)" in words(report.section("items"))
    assert report.section("structure").computed


def test_units_of_one_learner_each_say_why_nothing_is_known(validate: Validate, simulate: Simulate) -> None:
    report = validate(simulate(100).responses, unit=list(range(100)))
    assert not report.section("unit-scores").computed
    assert words(report.section("unit-scores"))


def test_everybody_in_a_straight_line_leaves_nothing_to_correlate(validate: Validate) -> None:
    answers = np.repeat(np.random.default_rng(1).integers(1, 6, (100, 1)), 12, axis=1).astype(float)
    report = validate(answers)
    assert len(report.sections) == 13
    assert not report.section("structure").computed


def test_too_few_respondents_are_refused(validate: Validate, simulate: Simulate) -> None:
    with pytest.raises(AnalysisError, match="9 respondents answered; with fewer than 10 nothing may be shown"):
        validate(simulate(9).responses)


def test_answers_off_the_scale_are_named_with_their_row(validate: Validate, simulate: Simulate) -> None:
    answers = np.array(simulate(50).responses)
    answers[3, 1] = 7
    with pytest.raises(AnalysisError, match="item item_2 has 1 answer off the scale of 1 to 5: first 7 in row 4"):
        validate(answers)


def test_a_retest_without_enough_stable_learners_says_so(validate: Validate, simulate: Simulate) -> None:
    drawn = simulate(60)
    second = np.full(drawn.responses.shape, np.nan)
    second[:2] = drawn.responses[:2]
    report = validate(drawn.responses, retest=RetestAnswers(second))
    assert not report.section("retest").computed
    assert "Not computed" in words(report.section("retest"))
