"""The front door: what it takes, and what it refuses in words."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis import AnalysisError, ConfirmatoryFit, ModelFit, NotEstimated, RobustFit, confirm_factors
from analysis.item_responses import FloatArray

Draw = Callable[..., FloatArray]
Model = Mapping[str, list[str]]


def _frame(answers: FloatArray) -> pd.DataFrame:
    frame = pd.DataFrame(answers, columns=[f"q{item}" for item in range(1, 9)])
    frame["comment"] = "free text"
    frame["placement"] = [f"P{row % 30}" for row in range(len(frame))]
    frame["year"] = np.where(np.arange(len(frame)) % 2, "first", "second")
    return frame


TEXT = "Team =~ q1 + q2 + q3 + q4\nSpace =~ q5 + q6 + q7 + q8"


def test_frames_of_any_kind_and_arrays_give_the_same(draw: Draw, two_factors: Model) -> None:
    answers = draw(300, 1, missing=0.05)
    frame = _frame(answers)
    polars_like = frame.assign(extra=1)[[*reversed(frame.columns), "extra"]]
    fits = [
        confirm_factors(TEXT, frame),
        confirm_factors(TEXT, polars_like),
        confirm_factors({"Team": ["q1", "q2", "q3", "q4"], "Space": ["q5", "q6", "q7", "q8"]}, frame),
        confirm_factors(two_factors, answers),
        confirm_factors(two_factors, [[None if np.isnan(x) else x for x in row] for row in answers.tolist()]),
    ]
    for fit in fits[1:]:
        assert_allclose(fit.standardized, fits[0].standardized, atol=1e-12)


def test_arrow_tables_give_the_same(draw: Draw) -> None:
    arrow = pytest.importorskip("pyarrow")
    frame = _frame(draw(300, 2))
    fit, same = confirm_factors(TEXT, frame), confirm_factors(TEXT, arrow.Table.from_pandas(frame))
    assert_allclose(same.standardized, fit.standardized, atol=1e-12)


def test_columns_name_groups_and_clusters(draw: Draw) -> None:
    frame = _frame(draw(600, 3))
    by_name = confirm_factors(TEXT, frame, group="year", cluster="placement")
    by_labels = confirm_factors(TEXT, frame, group=frame["year"], cluster=list(frame["placement"]))
    assert [group.name for group in by_name.groups] == ["second", "first"]
    assert_allclose(by_name.groups[1].standardized, by_labels.groups[1].standardized, atol=1e-12)
    assert "standard errors and tests for respondents in 30 clusters" in by_name.notes
    assert "groups: second 300, first 300" in by_name.notes


def test_the_way_of_missing_answers_follows_the_estimator_and_is_told(draw: Draw, two_factors: Model) -> None:
    answers = draw(300, 4, missing=0.1)
    answers[7] = np.nan
    complete = int((~np.isnan(answers)).all(axis=1).sum())
    pairwise, fiml = confirm_factors(two_factors, answers), confirm_factors(two_factors, answers, "MLR")
    assert (pairwise.missing, fiml.missing, pairwise.n, fiml.n) == ("pairwise", "fiml", 299, 299)
    assert "% of answers missing, pairwise; 1 row without any answer left out" in pairwise.notes[0]
    assert "by the likelihood of the others (FIML)" in fiml.notes[0]
    for estimator in ("WLSMV", "ML"):
        listwise = confirm_factors(two_factors, answers, estimator, missing="listwise")
        assert listwise.n == complete
        assert f"n = {complete} respondents who answered every item, of 299" in listwise.notes[0]
        dropped = confirm_factors(two_factors, answers[~np.isnan(answers).any(axis=1)], estimator)
        assert_allclose(listwise.standardized, dropped.standardized, atol=1e-10)


def test_ml_tells_why_it_has_no_scaled_test(draw: Draw, two_factors: Model) -> None:
    fit = confirm_factors(two_factors, draw(300, 5), "ML").fit
    assert isinstance(fit.scaled, NotEstimated)
    assert "MLR does not" in str(fit.scaled)
    assert isinstance(fit.robust, NotEstimated)


def test_all_three_kinds_of_indices_are_there(draw: Draw, two_factors: Model) -> None:
    for estimator in ("MLR", "WLSMV", "ULSMV"):
        fit = confirm_factors(two_factors, draw(300, 5), estimator).fit
        assert isinstance(fit.scaled, ModelFit)
        assert isinstance(fit.robust, RobustFit)


def test_a_category_that_nobody_chose_is_named_and_left_out(draw: Draw, two_factors: Model) -> None:
    answers = draw(400, 6)
    answers[answers[:, 0] == 3, 0] = 4
    answers[:, 1] = np.maximum(answers[:, 1], 2)
    fit = confirm_factors(two_factors, answers)
    assert "nobody answered 3 to item_1" in fit.notes
    assert "nobody answered 1 to item_2" in fit.notes
    assert [len(cuts) for cuts in fit.thresholds[:3]] == [3, 3, 4]
    renumbered = answers.copy()
    renumbered[:, 0] -= answers[:, 0] > 3
    renumbered[:, 1] -= 1
    assert_allclose(confirm_factors(two_factors, renumbered).standardized, fit.standardized, atol=1e-12)


def _refused(*given: Any, **options: Any) -> tuple[str, ...]:
    with pytest.raises(AnalysisError) as error:
        confirm_factors(*given, **options)
    return error.value.problems


def test_a_misspelt_item_is_named_with_what_may_be_meant(draw: Draw) -> None:
    frame = _frame(draw(100, 7)).rename(columns={"q5": "feel_safe"})
    problems = _refused("F =~ q1 + q2 + feel_saf + q44", frame)
    assert problems[0] == "the model names feel_saf, which is not among the 11 columns (did you mean feel_safe?)"
    assert "q44" in problems[1]


def test_problems_of_answers_are_told_in_the_names_of_the_model(draw: Draw, two_factors: Model) -> None:
    answers = draw(100, 8)
    answers[:, 5] = 4
    answers[3, 6] = 2.5
    problems = _refused(two_factors, answers)
    assert any("item_7 has 1 value that is not a whole number" in problem for problem in problems)
    constant = answers[:, :6]
    for estimator in ("WLSMV", "MLR"):
        model = {"F": ["item_1", "item_2", "item_6"]}
        assert any("item item_6 is constant" in problem for problem in _refused(model, constant, estimator))


def test_identical_items_are_named(draw: Draw) -> None:
    answers = draw(200, 9)
    twice = np.column_stack([answers[:, :4], answers[:, 0]])
    model = {"F": [f"item_{item}" for item in range(1, 6)]}
    assert "item_1 and item_5 fit a correlation of 1" in _refused(model, twice)[0]
    assert _refused(model, twice, "ML") == ("items item_1 and item_5 repeat one another: leave one out",)


def test_twenty_respondents_are_too_few_or_warned_of(draw: Draw, two_factors: Model) -> None:
    few = draw(16, 10)
    fit = confirm_factors(two_factors, few, "MLR")
    assert "16 respondents for 17 parameters: standard errors and tests mislead" in fit.notes
    assert "the covariances of 8 items among 8 respondents have no inverse" in _refused(two_factors, few[:8], "MLR")[0]
    ordered = confirm_factors(two_factors, draw(20, 10))
    assert any(note.startswith("20 respondents for") for note in ordered.notes)


def test_rows_without_answers_and_rows_alone_are_refused(two_factors: Model) -> None:
    nothing = np.full((5, 8), np.nan)
    assert any("has no answers" in problem for problem in _refused(two_factors, nothing, "ML"))
    assert _refused(two_factors, nothing) == ("no respondent answered any item",)
    half = np.full((40, 8), np.nan)
    half[:20, :4] = half[20:, 4:] = np.random.default_rng(1).integers(1, 6, (20, 4))
    assert _refused(two_factors, half, missing="listwise") == ("no respondent answered every item of the model",)
    assert "were answered together by 0 respondents" in _refused(two_factors, half)[0]


def test_groups_are_compared_on_the_same_categories_alone(draw: Draw, two_factors: Model) -> None:
    answers = draw(200, 11)
    group = np.repeat(["one", "two"], 100)
    answers[100:, 2] = np.maximum(answers[100:, 2], 3)
    (problem,) = _refused(two_factors, answers, group=group)
    assert problem.startswith("nobody in group two answered 1 or 2 to item_3, as others did")


def test_a_group_with_too_little_in_it_is_named(draw: Draw, two_factors: Model) -> None:
    answers = draw(200, 12)
    group = np.array(["one"] * 190 + ["two"] * 10)
    assert any("group two" in problem for problem in _refused(two_factors, answers, group=group))
    problems = _refused(two_factors, answers[:195], "ML", group=group[:195])
    assert problems == (
        "group two: the covariances of 8 items among 5 respondents have no inverse: too few respondents, or an item "
        "that follows from others",
    )


def test_labels_must_be_one_a_respondent(draw: Draw, two_factors: Model) -> None:
    answers = draw(50, 13)
    assert _refused(two_factors, answers, group=["a"] * 49) == ("50 people came with 49 groups",)
    assert _refused(two_factors, answers, cluster=["a"] * 50) == (
        "all respondents are in one cluster: at least two are needed",
    )
    assert _refused(two_factors, answers, cluster=[*["a", "b"] * 24, None, "b"]) == (
        "1 person has no cluster: first in row 49",
    )
    assert _refused(two_factors, answers, group="year") == ("there is no column year to take the group from",)


def test_every_option_that_does_not_exist_is_named(draw: Draw, two_factors: Model) -> None:
    problems = _refused(
        two_factors,
        draw(50, 14),
        "GLS",
        missing="mean",
        parameterization="epsilon",
        identification="first",
        equal=["everything"],
        gamma_rows=10,
    )
    assert [problem.split(" ")[0] for problem in problems] == [
        "estimator",
        "missing",
        "parameterization",
        "identification",
        "equal",
        "gamma_rows",
        "gamma_rows",
    ]
    assert _refused(two_factors, draw(50, 14), "MLR", missing="pairwise") == (
        'missing is "fiml" or "listwise" for MLR, not \'pairwise\'',
    )
    assert (
        "for WLSMV and ULSMV: MLR has no use" in _refused(two_factors, draw(50, 14), "MLR", gamma_rows=2000, seed=1)[0]
    )
    clustered = _refused(two_factors, draw(50, 14), cluster=list(range(50)), gamma_rows=2000, seed=1)
    assert clustered == ("gamma_rows cannot be had with clusters, which are summed over whole",)
    assert "equal is a list" in _refused(two_factors, draw(50, 14), equal="loadings")[0]


def test_matrices_of_one_group_are_not_given_for_several(draw: Draw, two_factors: Model) -> None:
    fit: ConfirmatoryFit = confirm_factors(two_factors, draw(300, 15), "ML", group=np.arange(300) % 2)
    with pytest.raises(AnalysisError, match=r"several groups \(0, 1\)"):
        _ = fit.loadings


@pytest.mark.parametrize("answers", [[1, 2, 3], [[1, 2], [1]], np.zeros((2, 2, 2))])
def test_what_is_no_table_is_refused(answers: Any) -> None:
    with pytest.raises(AnalysisError):
        confirm_factors({"F": ["item_1", "item_2", "item_3"]}, answers)


def test_names_with_spaces_are_printed(draw: Draw) -> None:
    frame = pd.DataFrame(draw(300, 1)[:, :4], columns=["my ward", "q 2", "q3", "q ~~ 4"])
    shown = str(confirm_factors({"Our team": list(frame.columns)}, frame))
    assert "Our team =~ my ward" in shown
    assert "my ward ~~ my ward" not in shown


def test_a_group_in_a_single_cluster_is_named(draw: Draw, two_factors: Model) -> None:
    group = ["a", "b"] * 150
    with pytest.raises(AnalysisError) as told:
        confirm_factors(two_factors, draw(300, 1), group=group, cluster=["x", "y"] * 50 + ["x", "z"] * 100)
    assert told.value.problems == ("all respondents of group a are in one cluster: at least two are needed",)


def test_a_model_that_restricts_thresholds_alone_has_indices(draw: Draw) -> None:
    cuts = "item_1 | -1*t1 + -0.5*t2"
    fit = confirm_factors(f"F =~ item_1 + item_2 + item_3\n{cuts}", draw(300, 1)[:, :3]).fit
    assert isinstance(fit.robust, RobustFit)
    assert fit.robust.rmsea == 0
