"""Factor scores: definitions, recovery, gaps."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from scipy.stats import norm

from analysis import AnalysisError, ResponseModel, confirm_factors, simulate_responses
from analysis.item_responses import FloatArray

Draw = Callable[..., FloatArray]
Model = Mapping[str, list[str]]


def test_regression_scores_are_the_expected_factors(draw: Draw, two_factors: Model) -> None:
    answers = draw(300, 1)
    fit = confirm_factors(two_factors, answers, "ML")
    group = fit.groups[0]
    weights = np.linalg.solve(group.fitted, group.loadings @ group.factor_covariances)
    found = fit.factor_scores()
    assert_allclose(found.scores, (answers - answers.mean(axis=0)) @ weights, atol=1e-10)
    # Scores and errors share the variance of the factors.
    total = np.cov(found.scores.T, bias=True)[0, 0] + found.standard_errors[0, 0] ** 2
    assert total == pytest.approx(group.factor_covariances[0, 0], rel=0.02)


def test_bartlett_scores_are_unbiased(draw: Draw, two_factors: Model) -> None:
    fit = confirm_factors(two_factors, draw(300, 1), "ML")
    found = fit.factor_scores("Bartlett")
    variances = np.diagonal(fit.groups[0].factor_covariances) + found.standard_errors[0] ** 2
    assert_allclose(np.var(found.scores, axis=0), variances, rtol=0.1)
    assert found.method == "Bartlett"


@pytest.mark.parametrize("estimator", ["MLR", "WLSMV"])
def test_scores_are_as_near_to_the_truth_as_they_say(two_factors: Model, estimator: str) -> None:
    truth = ResponseModel.of(
        {"Team": {f"q{i}": 0.8 for i in range(1, 5)}, "Space": {f"q{i}": 0.7 for i in range(5, 9)}}, within=0.4
    )
    drawn = simulate_responses(truth, 4_000, seed=2, missing=0.1)
    fit = confirm_factors(two_factors, drawn.responses, estimator, identification="unit variance")  # type: ignore[arg-type]
    found = fit.factor_scores()
    for place in range(2):
        share = np.corrcoef(found.scores[:, place], drawn.truth.factors[:, place])[0, 1] ** 2
        # Four answers in five are at the upper end, where a few more points of factor change none.
        assert found.reliability[place] == pytest.approx(share, abs=0.06)
    error = (found.scores - drawn.truth.factors) / found.standard_errors
    if estimator == "WLSMV":
        assert (np.abs(error) < 1.96).mean() == pytest.approx(0.94, abs=0.02)


def test_ordered_scores_are_the_mode_of_the_density(draw: Draw, two_factors: Model) -> None:
    answers = draw(300, 3, missing=0.15)
    fit = confirm_factors(two_factors, answers)
    group = fit.groups[0]
    precision = np.linalg.inv(group.factor_covariances)
    residual = np.sqrt(group.residual_variances)

    def minus_log_density(eta: FloatArray, row: FloatArray) -> float:
        total = 0.5 * float(eta @ precision @ eta)
        for item, answer in enumerate(row):
            if not np.isnan(answer):
                cuts = np.concatenate([[-np.inf], group.thresholds[item], [np.inf]])
                place = group.loadings[item] @ eta
                bounds = (cuts[int(answer) - 1 : int(answer) + 1] - place) / residual[item]
                total -= float(np.log(norm.cdf(bounds[1]) - norm.cdf(bounds[0])))
        return total

    found = fit.factor_scores()
    for row in range(12):
        expected = minimize(minus_log_density, np.zeros(2), args=(answers[row],), tol=1e-12).x
        assert_allclose(found.scores[row], expected, atol=1e-5)


def test_rows_without_answers_have_no_scores(draw: Draw, two_factors: Model) -> None:
    answers = draw(300, 4)
    answers[5] = np.nan
    answers[6, 1:] = np.nan
    for estimator in ("ML", "WLSMV"):
        found = confirm_factors(two_factors, answers, estimator).factor_scores()
        assert np.isnan(found.scores[5]).all()
        assert np.isfinite(found.scores[6]).all()
        assert found.n == 299
        # The only answer says something of both factors, and less than eight do.
        assert (found.standard_errors[6] > found.standard_errors[7]).all()


@pytest.mark.parametrize("estimator", ["ML", "WLSMV"])
def test_a_factor_above_others_follows_from_them(estimator: str) -> None:
    truth = ResponseModel.of({f: {f"{f}{i}": 0.75 for i in range(3)} for f in "ABC"}, within=0.5)
    answers = simulate_responses(truth, 600, seed=5).responses
    text = "A =~ item_1 + item_2 + item_3; B =~ item_4 + item_5 + item_6; C =~ item_7 + item_8 + item_9; G =~ A + B + C"
    found = confirm_factors(text, answers, estimator).factor_scores()  # type: ignore[arg-type]
    assert found.factors == ("A", "B", "C", "G")
    assert np.isfinite(found.scores).all()
    assert (np.asarray(np.corrcoef(found.scores.T))[3, :3] > 0.5).all()
    assert 0.2 < found.reliability[3] < 1


def test_groups_are_scored_by_their_own_parameters(draw: Draw, two_factors: Model) -> None:
    answers = draw(600, 6)
    group = np.arange(600) % 2
    both = confirm_factors(two_factors, answers, group=group).factor_scores().scores
    alone = confirm_factors(two_factors, answers[group == 1]).factor_scores().scores
    assert_allclose(both[group == 1], alone, atol=1e-6)


def test_the_table_says_how_good_scores_are(draw: Draw, two_factors: Model) -> None:
    found = confirm_factors(two_factors, draw(200, 7)).factor_scores()
    assert str(found).startswith("Factor scores of 200 respondents, posterior mode\n")
    assert list(found.to_frame().columns) == ["mean", "SD", "mean SE", "reliability"]


def test_what_cannot_be_scored_is_told(draw: Draw, two_factors: Model) -> None:
    answers = draw(300, 8)
    with pytest.raises(AnalysisError, match="Bartlett scores are for answers taken as numbers"):
        confirm_factors(two_factors, answers).factor_scores("Bartlett")
    with pytest.raises(AnalysisError, match="not 'EAP'"):
        confirm_factors(two_factors, answers).factor_scores("EAP")  # type: ignore[arg-type]
    higher = confirm_factors({"G": ["A", "B", "C"], "A": ["item_1", "item_2", "item_3"], "B": ["item_4", "item_5"],
                              "C": ["item_6", "item_7", "item_8"]}, answers, "ML")  # fmt: skip
    with pytest.raises(AnalysisError, match="measured by factors"):
        higher.factor_scores("Bartlett")
