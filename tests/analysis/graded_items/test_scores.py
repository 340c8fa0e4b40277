"""Scores on the trait, from fits of the graded response model."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from analysis import AnalysisError, GradedResponse, graded_response

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def truth() -> Array:
    return np.random.default_rng(1).normal(size=1500)


@pytest.fixture(scope="module")
def answers(truth: Array) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    latent = 1.8 * truth[:, None] + rng.logistic(size=(truth.size, 6))
    x = 1.0 + (latent[:, :, None] > [-3.0, -1.5, 0.0, 2.0]).sum(axis=2)
    return pd.DataFrame(x, columns=list("abcdef"))


@pytest.fixture(scope="module")
def fit(answers: pd.DataFrame) -> GradedResponse:
    return graded_response(answers)


def test_scores_are_means_and_standard_deviations_of_posteriors(fit: GradedResponse, answers: pd.DataFrame) -> None:
    found = fit.scores(answers)
    theta = np.linspace(-8, 8, 3201)
    curves = fit.probabilities(theta)
    for row in (0, 17, 230):
        posterior = np.exp(-0.5 * theta**2)
        for item, answer in enumerate(answers.iloc[row]):
            posterior = posterior * curves[item][int(answer) - 1]
        posterior /= posterior.sum()
        mean = float(posterior @ theta)
        assert found.score[row] == pytest.approx(mean, abs=1e-8)
        assert found.sd[row] == pytest.approx(math.sqrt(float(posterior @ (theta - mean) ** 2)), rel=1e-7)


def test_scores_lie_about_the_truth_as_far_as_their_standard_errors_say(
    fit: GradedResponse, answers: pd.DataFrame, truth: Array
) -> None:
    found = fit.scores(answers)
    z = (truth - found.score) / found.sd
    assert float(z.std()) == pytest.approx(1.0, abs=0.06)
    # The squared correlation with the truth is the reliability.
    r = float(np.corrcoef(truth, found.score)[0, 1])
    assert found.empirical_reliability == pytest.approx(r**2, abs=0.03)
    assert found.marginal_reliability == pytest.approx(r**2, abs=0.05)


def test_reliabilities_follow_their_formulas(fit: GradedResponse, answers: pd.DataFrame) -> None:
    found = fit.scores(answers)
    between = found.score.var(ddof=1)
    assert found.empirical_reliability == pytest.approx(between / (between + np.mean(found.sd**2)))
    theta = np.linspace(-8, 8, 2001)
    density = np.exp(-0.5 * theta**2) / math.sqrt(2 * math.pi)
    error = float((density / (1 + fit.information(theta).sum(axis=0))).sum() * (theta[1] - theta[0]))
    assert fit.marginal_reliability == pytest.approx(1 - error, abs=1e-9)


def test_who_answers_less_is_less_sure_and_who_answers_nothing_has_no_score(
    fit: GradedResponse, answers: pd.DataFrame
) -> None:
    fewer = answers.iloc[:3].copy()
    fewer.iloc[1, 2:] = np.nan
    fewer.iloc[2] = np.nan
    found, whole = fit.scores(fewer), fit.scores(answers.iloc[:3])
    assert found.score[0] == whole.score[0]
    assert found.sd[1] > whole.sd[1]
    assert math.isnan(found.score[2])
    assert found.n_answered.tolist() == [6, 2, 0]
    assert "1 row without any answer" in str(found)


def test_columns_of_a_frame_are_found_by_name(fit: GradedResponse, answers: pd.DataFrame) -> None:
    turned = answers[list("fedcba")].assign(more=1.0)
    np.testing.assert_array_equal(fit.scores(turned).score, fit.scores(answers).score)


def test_answers_to_other_items_are_refused(fit: GradedResponse, answers: pd.DataFrame) -> None:
    with pytest.raises(AnalysisError, match="fitted to the items a, b, c, d, e, f"):
        fit.scores(answers.to_numpy()[:, :5])
    with pytest.raises(AnalysisError, match="answers are to A, b"):
        fit.scores(answers.rename(columns={"a": "A"}))


def test_answers_that_nobody_gave_before_are_named(answers: pd.DataFrame) -> None:
    without = answers.assign(b=answers["b"].replace(1, 2))
    fit = graded_response(without)
    with pytest.raises(AnalysisError, match="item b was answered 1, as nobody did"):
        fit.scores(answers)
