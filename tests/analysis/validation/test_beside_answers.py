"""What is given beside the answers: every fault named in the user's words, before anything is computed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, Hypothesis, Outcome, RetestAnswers, ValidationReport
from analysis.validation.grouping import read_grouping

Validate = Callable[..., ValidationReport]
Simulate = Callable[..., Any]


@pytest.fixture
def refusal(validate: Validate, simulate: Simulate) -> Callable[..., list[str]]:
    """The sentences with which 40 answers and something beside them are refused."""

    def sentences(**given: Any) -> list[str]:
        with pytest.raises(AnalysisError) as told:
            validate(simulate(40).responses, **given)
        return list(told.value.problems)

    return sentences


def test_what_is_no_list_of_one_entry_a_respondent_is_named(refusal: Callable[..., list[str]]) -> None:
    assert refusal(unit=5, adverse="yes", groups={"Ward": 3}) == [
        "unit is a list with one entry a respondent, not 5",
        "adverse is a list with one entry a respondent, not 'yes'",
        "groups: Ward is a list with one entry a respondent, not 3",
    ]


def test_respondents_without_a_unit_are_no_unit_together(refusal: Callable[..., list[str]]) -> None:
    unit = [None, "a"] + ["b"] * 36 + [float("nan"), pd.NA]
    assert refusal(unit=unit) == [
        "unit is missing for 3 respondents, first in row 1: leave them out, or give the unit that they belong to"
    ]


def test_outcomes_are_numbers_and_an_indicator_is_yes_or_no(refusal: Callable[..., list[str]]) -> None:
    assert refusal(
        adverse=[1, 0, None, 2] * 10,
        outcomes=[Outcome("Stay", [1.0, np.inf] * 20, 3.0), Outcome("Pass", ["yes"] * 40, float("nan"))],
    ) == [
        "adverse has 10 entries that are neither 1, 0 nor missing: first 2 in row 4",
        "outcome Stay has 20 entries that are no number: first inf in row 2",
        "outcome Pass has 40 entries that are no number: first 'yes' in row 1",
        "outcome Pass: good_from is a finite number, not nan",
    ]


def test_a_second_measurement_and_ratings_off_their_scales_are_named(
    refusal: Callable[..., list[str]], simulate: Simulate
) -> None:
    second = np.array(simulate(40).responses)
    second[6, 2] = 50
    assert refusal(retest=RetestAnswers(second), relevance=[[1, 2, 3, 4] * 3, [9] * 12, [4, 3] * 6])[:2] == [
        "retest: item item_3 has 1 answer off the scale of 1 to 5: first 50 in row 7",
        "relevance: item item_1 has 1 answer off the scale of 1 to 4: first 9 in row 2",
    ]


def test_settings_that_no_report_can_keep_to_are_named_together(refusal: Callable[..., list[str]]) -> None:
    said = refusal(seed=-1, n_draws=50.5, n_invited=-3, least_group=2, reverse=["itme_1"], options=list("aabcd"))
    assert said == [
        "groups and units of fewer than 3 are never shown: least_group is 3 or more, not 2",
        "seed is a whole number from 0 up, not -1",
        "n_draws is a whole number from 20 up, not 50.5",
        "n_invited is a whole number from 0 up, not -3",
        "the option a is given twice",
        "reverse names item itme_1, which the model does not",
    ]


def test_what_is_no_mapping_is_told(validate: Any, simulate: Simulate) -> None:
    answers = simulate(40).responses
    with pytest.raises(AnalysisError, match="model is a mapping of scale to its items, not 'F =~ item_1'") as told:
        validate(answers, "F =~ item_1", groups=["a"] * 40, retest=answers)
    assert [problem.split(" ")[0] for problem in told.value.problems] == ["model", "groups", "retest:"]


def test_a_hypothesis_expects_an_order_of_different_groups(refusal: Callable[..., list[str]]) -> None:
    group = ["a", "b"] * 20
    assert refusal(hypotheses=[Hypothesis("One", group, ("a",)), Hypothesis("Same", group, ("b", "b"))]) == [
        "hypothesis One expects an order of at least 2 groups, not ('a',)",
        "hypothesis Same: the group b is given twice",
    ]


def test_missing_labels_of_a_frame_are_not_answered() -> None:
    found = read_grouping("Ward", pd.Series(["a"] * 12 + [pd.NA] * 11 + [pd.NaT], dtype=object).tolist(), 10)
    assert found.labels == ("Not answered", "a")


def test_numbers_as_labels_and_missing_ones_may_be_hypotheses(validate: Validate, simulate: Simulate) -> None:
    group = [1, 2, pd.NA, None] * 40
    report = validate(simulate(160).responses, hypotheses=[Hypothesis("Year", group, ("1", "2"))])
    assert report.section("known-groups").values["hypotheses"]["Year"] is not None


def test_titles_and_what_stands_below_them_may_be_numbers(validate: Validate, simulate: Simulate) -> None:
    assert "<title>2026</title>" in validate(simulate(40).responses, title=2026, about={"Year": 1}).to_html()
