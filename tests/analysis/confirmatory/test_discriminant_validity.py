"""Whether factors can be told apart."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis import AnalysisError, ResponseModel, confirm_factors, discriminant_validity, simulate_responses
from analysis.item_responses import FloatArray

Draw = Callable[..., FloatArray]
Model = Mapping[str, list[str]]


def test_ratios_are_those_of_mean_absolute_correlations(draw: Draw, two_factors: Model) -> None:
    answers = draw(300, 1)
    answers[:, 2] = 6 - answers[:, 2]
    found = discriminant_validity(confirm_factors(two_factors, answers, "ML"))
    matrix = np.abs(np.asarray(np.corrcoef(answers.T)))
    apart = ~np.eye(4, dtype=bool)
    within = [matrix[:4, :4][apart], matrix[4:, 4:][apart]]
    between = matrix[:4, 4:]
    assert found.htmt[0, 1] == pytest.approx(between.mean() / np.sqrt(within[0].mean() * within[1].mean()), rel=1e-12)
    logs = [np.log(part).mean() for part in (between, *within)]
    assert found.htmt2[0, 1] == pytest.approx(np.exp(logs[0] - (logs[1] + logs[2]) / 2), rel=1e-12)
    assert_allclose(np.diagonal(found.htmt), 1.0)


@pytest.mark.parametrize("estimator", ["MLR", "WLSMV"])
def test_intervals_of_factor_correlations_cover_them(estimator: str) -> None:
    truth = ResponseModel.of({f: {f"{f}{i}": 0.75 for i in range(3)} for f in "ABC"}, within=0.6)
    model = {f: [f"item_{3 * place + i}" for i in (1, 2, 3)] for place, f in enumerate("ABC")}
    covered = []
    for seed in range(50):
        fit = confirm_factors(model, simulate_responses(truth, 300, seed=seed).responses, estimator)  # type: ignore[arg-type]
        found = discriminant_validity(fit)
        apart = np.triu_indices(3, 1)
        covered.append(((found.correlation_low < 0.6) & (found.correlation_high > 0.6))[apart].mean())
    assert np.mean(covered) == pytest.approx(0.95, abs=0.06)


def test_errors_of_correlations_are_those_of_factors_with_variance_one(draw: Draw, two_factors: Model) -> None:
    answers = draw(300, 2)
    marker, unit = (confirm_factors(two_factors, answers, identification=kind) for kind in ("marker", "unit variance"))
    names = list(zip(unit.estimates.left, unit.estimates.operator, unit.estimates.right, strict=True))
    error = unit.estimates.standard_error[names.index(("Team", "~~", "Space"))]
    for fit in (marker, unit):
        assert fit.groups[0].factor_correlation_errors[0, 1] == pytest.approx(error, rel=1e-6)
        assert fit.groups[0].factor_correlation_errors[0, 0] == 0


def test_factors_below_another_have_errors_too() -> None:
    truth = ResponseModel.of({f: {f"{f}{i}": 0.75 for i in range(3)} for f in "ABC"}, within=0.5)
    answers = simulate_responses(truth, 800, seed=3).responses
    below = "A =~ item_1 + item_2 + item_3; B =~ item_4 + item_5 + item_6; C =~ item_7 + item_8 + item_9"
    # Of three factors, one above them says no more than that they correlate.
    free, higher = (confirm_factors(text, answers, "MLR") for text in (below, f"{below}; G =~ A + B + C"))
    assert_allclose(
        higher.groups[0].factor_correlation_errors[:3, :3], free.groups[0].factor_correlation_errors, atol=1e-6
    )
    assert discriminant_validity(higher).factors == ("A", "B", "C")


def test_factors_that_cannot_be_told_apart_are_seen(draw: Draw) -> None:
    model = {"A": ["item_1", "item_2"], "B": ["item_3", "item_4"], "C": ["item_5", "item_6", "item_7"]}
    found = discriminant_validity(confirm_factors(model, draw(2_000, 4)))
    assert found.correlation_high[0, 1] > 0.95  # A and B are one
    assert found.fornell_larcker[0, 1] < 0
    assert found.correlation_high[0, 2] < 0.7
    assert found.fornell_larcker[0, 2] > 0


def test_a_factor_of_one_item_has_no_ratio(draw: Draw) -> None:
    text = "A =~ item_1 + item_2 + item_3; B =~ item_5; item_5 ~~ 0.3*item_5"
    found = discriminant_validity(confirm_factors(text, draw(300, 5), "ML"))
    assert np.isnan(found.htmt[0, 1])


def test_what_cannot_be_told_is_refused(draw: Draw, two_factors: Model) -> None:
    answers = draw(300, 6)
    with pytest.raises(AnalysisError, match="several groups"):
        discriminant_validity(confirm_factors(two_factors, answers, "ML", group=np.arange(300) % 2))
    with pytest.raises(AnalysisError, match="at least two factors"):
        discriminant_validity(confirm_factors({"A": ["item_1", "item_2", "item_3"]}, answers, "ML"))
    with pytest.raises(AnalysisError, match="level"):
        discriminant_validity(confirm_factors(two_factors, answers, "ML"), ci=95)


@pytest.mark.filterwarnings("error")
def test_an_item_that_is_a_factor_by_itself_is_standardized_without_a_warning() -> None:
    answers = simulate_responses(ResponseModel.of({"F": {f"q{i}": 0.7 for i in range(4)}}), 300, seed=1).responses
    fit = confirm_factors("F =~ item_1 + item_2 + item_3\nG =~ item_4\nitem_4 ~~ 0*item_4", answers, "ML")
    assert discriminant_validity(fit).table().rows[0][3] == pytest.approx(0.7, abs=0.15)
