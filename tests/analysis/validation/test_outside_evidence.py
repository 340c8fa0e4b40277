"""What comes from outside the one measurement: a retest, experts, hypotheses, outcomes, reports of an adverse environment."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis import (
    Hypothesis,
    Outcome,
    ReportTable,
    Retest,
    RetestAnswers,
    ValidationReport,
    intraclass_correlation,
    measurement_error,
    scale_scores,
)

Validate = Callable[..., ValidationReport]
Simulate = Callable[..., Any]


def test_a_retest_gives_the_figures_of_its_functions_in_points(validate: Validate, simulate: Simulate) -> None:
    drawn = simulate(300, retest=Retest(n=120))
    second = np.full(drawn.responses.shape, np.nan)
    second[drawn.retest_rows] = drawn.retest_responses
    report = validate(drawn.responses, retest=RetestAnswers(second))
    own = [scale_scores(answers[:, :4]) for answers in (drawn.responses, second)]
    icc = intraclass_correlation(np.column_stack(own)).icc_a1.coefficient
    assert report.section("retest").values["icc"]["Induction"] == pytest.approx(icc)
    error = report.section("measurement-error").values["scales"]["Induction"]
    assert error["sdc_individual"] == pytest.approx(25 * measurement_error(*own).sdc_individual)
    assert report.section("retest").values["n_took_part"] == 120


def test_experts_ratings_are_judged_item_by_item(validate: Validate, simulate: Simulate) -> None:
    ratings = np.full((6, 12), 4.0)
    ratings[:4, 2] = 1
    content = validate(simulate(100).responses, relevance=ratings).section("content")
    assert content.values["i_cvi"]["item_3"] == pytest.approx(2 / 6)
    assert content.verdicts[0].found == "below it: item_3"
    assert content.verdicts[0].outcome == "partly met"


@pytest.mark.parametrize(("expected", "outcome"), [(("low", "high"), "met"), (("high", "low"), "not met")])
def test_a_hypothesis_is_confirmed_only_in_the_order_that_was_stated(
    validate: Validate, simulate: Simulate, expected: tuple[str, str], outcome: str
) -> None:
    drawn = simulate(200)
    halves = np.where(drawn.responses.mean(axis=1) > np.median(drawn.responses.mean(axis=1)), "high", "low")
    known = validate(drawn.responses, hypotheses=[Hypothesis("Halves", halves, expected)]).section("known-groups")
    assert known.verdicts[0].outcome == outcome


def test_a_hypothesis_about_a_handful_is_not_shown(validate: Validate, simulate: Simulate) -> None:
    group = ["few"] * 6 + ["many"] * 194
    known = validate(simulate(200).responses, hypotheses=[Hypothesis("Few", group, ("few", "many"))]).section(
        "known-groups"
    )
    assert known.values["hypotheses"] == {"Few": None}
    assert known.verdicts[0].outcome == "not judged"


def test_the_indicator_is_counted_against_unfavourable_outcomes(validate: Validate, simulate: Simulate) -> None:
    poor = np.repeat([1.0, 5.0], 100)
    adverse = np.array([1.0] * 80 + [0.0] * 20 + [1.0] * 10 + [0.0] * 90)
    criterion = validate(simulate(200).responses, outcomes=[Outcome("Overall", poor, 4)], adverse=adverse).section(
        "criterion"
    )
    assert criterion.values["indicator"] == {"Overall": {"sensitivity": 0.8, "specificity": 0.9}}


def test_an_indicator_that_is_up_for_a_handful_shows_no_figure(validate: Validate, simulate: Simulate) -> None:
    adverse = np.array([1.0] * 4 + [0.0] * 196)
    outcome = Outcome("Overall", np.tile([1.0, 5.0], 100), 4)
    criterion = validate(simulate(200).responses, outcomes=[outcome], adverse=adverse).section("criterion")
    assert criterion.values["indicator"] == {}
    assert not [part for part in criterion.parts if isinstance(part, ReportTable) and "indicator" in part.caption]


def test_a_roster_gives_a_response_rate(validate: Validate, simulate: Simulate) -> None:
    text = validate(simulate(100).responses, n_invited=400).section("sample").parts[1]
    assert "a response rate of 25.0 %" in text.text  # type: ignore[union-attr]
