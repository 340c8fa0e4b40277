"""Groups compared step by step: what is planted is found, and what cannot be done is said."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis import (
    AnalysisError,
    ItemShift,
    MeasurementInvariance,
    NotEstimated,
    confirm_factors,
    measurement_invariance,
)
from analysis.confirmatory.model_sample import Estimator
from analysis.invariance import DifferenceTest, StepDifference

Draw = Callable[..., pd.DataFrame]
Model = Mapping[str, list[str]]

HARDER = ItemShift("q2", "midwife", harder=0.6)
FLATTER = ItemShift("q5", "midwife", steeper=-0.45)


def _difference(found: MeasurementInvariance, step: str) -> StepDifference:
    difference = found.step(step).difference
    assert isinstance(difference, StepDifference)
    return difference


def _test(found: MeasurementInvariance, step: str) -> DifferenceTest:
    test = _difference(found, step).test
    assert isinstance(test, DifferenceTest)
    return test


@pytest.mark.parametrize(("estimator", "loadings", "intercepts"), [
    ("MLR", "metric", "scalar"),
    ("WLSMV", "loadings", "intercepts"),
])  # fmt: skip
def test_an_item_that_is_harder_for_a_group_is_found(
    draw: Draw, two_factors: Model, estimator: Estimator, loadings: str, intercepts: str
) -> None:
    answers = draw(1200, 1, dif=[HARDER])
    found = measurement_invariance(two_factors, answers, "group", estimator)
    assert _test(found, loadings).p > 0.01
    assert _test(found, intercepts).p < 1e-6
    assert {verdict.holds for verdict in _difference(found, intercepts).verdicts} == {False}
    assert (found.reached(), found.reached("Cheung & Rensvold (2002)")) == (loadings, loadings)
    assert found.step(intercepts).equality_tests().parameter[0] == "q2 ~ 1"
    partial = measurement_invariance(two_factors, answers, "group", estimator, release=["q2 ~ 1"])
    assert _test(partial, intercepts).p > 0.01
    assert partial.reached() == "strict"
    assert "free in every group: q2 ~ 1" in partial.notes
    first, second = partial.step("strict").fit.groups
    assert first.intercepts[1] - second.intercepts[1] > 0.2


def test_an_item_that_hangs_together_less_in_a_group_is_found(draw: Draw, two_factors: Model) -> None:
    found = measurement_invariance(two_factors, draw(1600, 2, dif=[FLATTER]), "group")
    assert _test(found, "loadings").p < 1e-4
    assert found.step("loadings").equality_tests().parameter[0] == "Space =~ q5"
    assert _test(found, "thresholds").p > 0.01


@pytest.mark.parametrize("estimator", ["ML", "MLR", "WLSMV", "ULSMV"])
def test_an_invariant_instrument_passes_and_the_difference_of_its_groups_is_found(
    draw: Draw, two_factors: Model, estimator: Estimator
) -> None:
    groups = ("nurse", "midwife", "prefer not to say")
    found = measurement_invariance(two_factors, draw(1500, 3, groups, advantage=0.5), "group", estimator)
    assert found.groups == groups
    assert found.group_sizes == (500, 500, 500)
    assert found.reached() == "strict"
    assert all(_test(found, step.name).p > 0.001 for step in found.steps[1:])
    means = found.latent_means
    assert_allclose(means.effect, np.array([[0, 0], [0, 0], [0.5, 0]]), atol=0.15)
    assert means.p[2, 0] < 1e-6
    assert np.isnan(means.p[0]).all()


def test_steps_are_fits_that_one_could_have_made_oneself(draw: Draw, two_factors: Model) -> None:
    answers = draw(600, 4)
    numbers = measurement_invariance(two_factors, answers, "group", "MLR", release=["q3 ~~ q3"])
    scalar = confirm_factors(two_factors, answers, "MLR", group="group", equal=["loadings", "intercepts"])
    strict = confirm_factors(
        two_factors, answers, "MLR", group="group", equal=["loadings", "intercepts", "residuals"], release=["q3 ~~ q3"]
    )
    assert numbers.step("scalar").fit.fit == scalar.fit
    assert numbers.step("strict").fit.fit == strict.fit
    ordered = measurement_invariance(two_factors, answers, "group")
    loadings = confirm_factors(
        two_factors, answers, group="group", parameterization="theta", identification="Wu-Estabrook",
        equal=["thresholds", "loadings"],
    )  # fmt: skip
    assert ordered.step("loadings").fit.fit == loadings.fit


def test_the_unit_of_factors_changes_no_fit_and_lets_every_loading_be_released(draw: Draw, two_factors: Model) -> None:
    answers = draw(500, 5)
    marker = measurement_invariance(two_factors, answers, "group", "ML")
    unit = measurement_invariance(two_factors, answers, "group", "ML", identification="unit variance")
    values = np.array([[step.fit.fit.naive.chi_square for step in found.steps] for found in (marker, unit)])
    assert_allclose(values[0], values[1], rtol=1e-8)
    assert_allclose(marker.latent_means.effect, unit.latent_means.effect, atol=1e-6)
    with pytest.raises(AnalysisError, match=r"the configural step: release names Team =~ q1, which is fixed"):
        measurement_invariance(two_factors, answers, "group", "ML", release=["Team =~ q1"])
    free = measurement_invariance(
        two_factors, answers, "group", "ML", identification="unit variance", release=["Team =~ q1"]
    )
    assert free.step("metric").fit.fit.naive.df == unit.step("metric").fit.fit.naive.df - 1


def test_clusters_make_the_tests_those_of_clusters(draw: Draw, two_factors: Model) -> None:
    answers = draw(800, 6).assign(team=[f"T{row // 8}" for row in range(800)])
    for estimator in ("MLR", "WLSMV"):
        alone = measurement_invariance(two_factors, answers, "group", estimator)
        within = measurement_invariance(two_factors, answers, "group", estimator, cluster="team")
        step = "scalar" if estimator == "MLR" else "intercepts"
        own, other = _test(within, step), _test(alone, step)
        assert own.df == other.df
        assert own.chi_square != other.chi_square
        assert 0.5 < own.chi_square / other.chi_square < 2  # there is no more likeness within teams than between them
        assert "standard errors and tests for respondents in 100 clusters" in within.notes


def test_thresholds_of_three_categories_cannot_be_tested_and_two_are_compared_all_at_once(
    draw: Draw, two_factors: Model
) -> None:
    answers = draw(900, 7)
    three = answers.assign(**{item: np.maximum(answers[item] - 1, 1) for item in ("q1", "q2", "q3", "q4", "q5", "q6")})
    found = measurement_invariance(two_factors, three, "group")
    untested = _difference(found, "thresholds")
    assert isinstance(untested.test, NotEstimated)
    assert untested.verdicts == ()
    assert "thresholds: not tested, it adds no restriction that data could contradict" in found.notes
    assert any("q1, q2, q3, q4, q5 and q6 cannot be tested" in note for note in found.notes)
    assert_allclose(
        found.step("thresholds").fit.fit.naive.chi_square, found.step("configural").fit.fit.naive.chi_square, rtol=1e-9
    )
    assert _test(found, "loadings").df == 4
    cuts = {"q1": 2, "q2": 3, "q3": 2, "q4": 3, "q5": 2, "q6": 3}
    two = answers.assign(**{item: np.where(answers[item] > cut, 2, 1) for item, cut in cuts.items()})
    found = measurement_invariance(two_factors, two, "group")
    assert [step.fit.fit.naive.df for step in found.steps] == [16, 16, 16, 18, 24]
    assert any("can only be tested together, at the intercepts step" in note for note in found.notes)
    assert str(found).count("not tested") == 6
    assert found.reached() in ("intercepts", "strict")


def test_a_released_threshold_leaves_fewer_to_test(draw: Draw, two_factors: Model) -> None:
    answers = draw(900, 8)
    found = measurement_invariance(two_factors, answers, "group", release=["q1 | t2"])
    assert [_test(found, step).df for step in ("thresholds", "loadings", "intercepts", "strict")] == [5, 4, 4, 6]
    assert any("equal thresholds of q1 cannot be tested" in note for note in found.notes)
    none = measurement_invariance(two_factors, answers, "group", release=["q1 | t1 + t2 + t3"])
    assert "q1 cannot be compared: no threshold is equal" in none.notes
    assert [_test(none, step).df for step in ("thresholds", "loadings", "intercepts", "strict")] == [5, 3, 3, 5]


def test_what_cannot_be_released_is_named_all_at_once(draw: Draw, two_factors: Model) -> None:
    answers = draw(300, 9)
    release = ["q9 ~ 1", "Team ~~ Space", "q1 | t1", "Team =~ q4"]
    with pytest.raises(AnalysisError) as caught:
        measurement_invariance(two_factors, answers, "group", "ML", release=release)
    assert caught.value.problems == (
        "release names q9 ~ 1, but the model has no such parameter",
        "release names Team ~~ Space, which is free in every group as it is",
        "release names q1 | t1, but thresholds are not asked to be equal",
        "release names Team =~ q4, but the model has no such parameter",
    )
    with pytest.raises(AnalysisError, match=r"release names parameters, such as .*, not 'q3 intercept'"):
        measurement_invariance(two_factors, answers, "group", "ML", release=["q3 intercept"])
    with pytest.raises(AnalysisError, match=r'release is a list such as \["q3 ~ 1"\], not'):
        measurement_invariance(two_factors, answers, "group", "ML", release="q3 ~ 1")
    with pytest.raises(AnalysisError, match=r"the configural step: release names q1 \| t7, but the model"):
        measurement_invariance(two_factors, answers, "group", release=["q1 | t7"])


def test_options_that_do_not_exist_are_named_all_at_once(draw: Draw, two_factors: Model) -> None:
    with pytest.raises(AnalysisError) as caught:
        measurement_invariance(
            two_factors, draw(300, 9), "group", empty_categories="ignore", small_groups="keep", smallest_group=0  # type: ignore[arg-type]
        )  # fmt: skip
    assert [problem.split(" is ")[0] for problem in caught.value.problems] == [
        "empty_categories", "small_groups", "smallest_group",
    ]  # fmt: skip


def test_one_group_cannot_be_compared(draw: Draw, two_factors: Model) -> None:
    with pytest.raises(AnalysisError, match="compares groups, and the only group is nurse"):
        measurement_invariance(two_factors, draw(300, 9, groups=("nurse",)), "group")


def test_the_table_has_a_row_for_each_step(draw: Draw, two_factors: Model) -> None:
    found = measurement_invariance(two_factors, draw(600, 10), "group")
    frame = found.to_frame()
    assert list(frame.index) == ["configural", "thresholds", "loadings", "intercepts", "strict"]
    assert_allclose(np.diff(frame["CFI"]), frame["ΔCFI"].astype(float)[1:], atol=1e-12)
    assert frame["Δdf"].tolist()[1:] == [6, 4, 4, 6]
    assert found.fits().to_frame()["kind"].tolist() == ["naive", "scaled", "robust"] * 5
    assert "<caption>Measurement invariance (WLSMV), 2 groups: nurse, midwife</caption>" in found._repr_html_()
    assert found.converged
    assert found.iterations == sum(step.fit.iterations for step in found.steps)
    with pytest.raises(AnalysisError, match="there is no step 'metric': the steps are configural, thresholds"):
        found.step("metric")
    with pytest.raises(AnalysisError, match="source is"):
        found.reached("Hu & Bentler")


def test_gamma_from_some_rows_is_told(draw: Draw, two_factors: Model) -> None:
    answers = draw(4000, 11)
    whole = measurement_invariance(two_factors, answers, "group")
    part = measurement_invariance(two_factors, answers, "group", gamma_rows=2000, seed=1)
    assert_allclose(_test(part, "strict").chi_square, _test(whole, "strict").chi_square, rtol=0.2)
    assert _test(part, "strict").chi_square != _test(whole, "strict").chi_square
