"""Factor scores: what each kind promises, and what is refused; psych's figures are in tests/reference."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from analysis import AnalysisError, FactorSolution, explore_factors, factor_score_weights
from analysis.exploratory.factor_scores import ScoreKind

Array = NDArray[np.float64]

PATTERN = np.kron(np.eye(2), [[0.8], [0.7], [0.6], [0.5]])
PHI = np.array([[1.0, 0.4], [0.4, 1.0]])
KINDS: tuple[ScoreKind, ...] = ("regression", "bartlett", "ten_berge")


def _solution() -> FactorSolution:
    matrix = PATTERN @ PHI @ PATTERN.T
    np.fill_diagonal(matrix, 1.0)
    return explore_factors(matrix, 2, n=500)


def _answers(n: int, seed: int = 3) -> tuple[Array, Array]:
    """Draw answers and the factors under them."""
    random = np.random.default_rng(seed)
    factors = random.multivariate_normal([0, 0], PHI, size=n)
    unique = 1 - np.diagonal(PATTERN @ PHI @ PATTERN.T)
    return factors @ PATTERN.T + random.standard_normal((n, 8)) * np.sqrt(unique), factors


@pytest.mark.parametrize("kind", KINDS)
def test_validity_is_the_correlation_with_the_true_factor(kind: ScoreKind) -> None:
    answers, factors = _answers(40_000)
    weights = factor_score_weights(_solution(), kind)
    scores = weights.scores(answers)
    for place in range(2):
        # Four standard errors of a correlation of some 0.9 among 40,000.
        assert np.corrcoef(scores[:, place], factors[:, place])[0, 1] == pytest.approx(
            weights.validity[place], abs=0.004
        )


def test_no_weights_are_more_valid_than_those_of_regression() -> None:
    found = {kind: factor_score_weights(_solution(), kind) for kind in KINDS}
    worse = (found["bartlett"], found["ten_berge"])
    np.testing.assert_allclose(found["regression"].validity ** 2, found["regression"].determinacy)
    for other in worse:
        assert (other.validity < found["regression"].validity).all()
        np.testing.assert_allclose(other.determinacy, found["regression"].determinacy)


def test_bartletts_scores_are_unbiased() -> None:
    weights = factor_score_weights(_solution(), "bartlett")
    np.testing.assert_allclose(weights.weights.T @ PATTERN, np.eye(2), atol=1e-6)


def test_ten_berges_scores_correlate_as_the_factors_do() -> None:
    solution = _solution()
    weights = factor_score_weights(solution, "ten_berge")
    np.testing.assert_allclose(weights.score_correlations, solution.factor_correlations, atol=1e-12)
    covariance = weights.weights.T @ solution.correlation.matrix @ weights.weights
    np.testing.assert_allclose(covariance, solution.factor_correlations, atol=1e-12)


def test_one_factor_has_the_closed_form_of_the_congeneric_model() -> None:
    matrix = [[1, 0.56, 0.48], [0.56, 1, 0.42], [0.48, 0.42, 1]]
    weights = factor_score_weights(explore_factors(matrix, 1, n=200))
    signal = np.array([0.8, 0.7, 0.6]) / (1 - np.array([0.8, 0.7, 0.6]) ** 2)
    total = float(signal @ [0.8, 0.7, 0.6])
    np.testing.assert_allclose(weights.weights[:, 0], signal / (1 + total), atol=1e-8)
    assert weights.determinacy[0] == pytest.approx(total / (1 + total), abs=1e-8)
    assert weights.least_correlation[0] == pytest.approx(2 * total / (1 + total) - 1, abs=1e-8)


def test_a_respondent_who_left_out_an_item_has_no_scores() -> None:
    answers, _ = _answers(50)
    answers[4, 2] = np.nan
    scores = factor_score_weights(_solution()).scores(answers)
    assert np.isnan(scores[4]).all()
    assert np.isfinite(np.delete(scores, 4, axis=0)).all()


def test_the_items_of_a_frame_are_found_by_name() -> None:
    answers, _ = _answers(50)
    weights = factor_score_weights(_solution())
    frame = pd.DataFrame(answers, columns=list(weights.item_names))[list(reversed(weights.item_names))]
    frame["age"] = 30.0
    np.testing.assert_allclose(weights.scores(frame), weights.scores(answers))
    with pytest.raises(AnalysisError, match="there is no item item_8"):
        weights.scores(frame.drop(columns="item_8"))


def test_it_prints_as_a_paper_would() -> None:
    said = str(factor_score_weights(_solution(), "ten_berge"))
    assert said.startswith("ten Berge's factor score weights")
    assert "least correlation" in said


def test_what_has_no_scores_is_refused() -> None:
    with pytest.raises(AnalysisError, match='kind is "regression", "bartlett" or "ten_berge"'):
        factor_score_weights(_solution(), "anderson")  # type: ignore[arg-type]
    with pytest.raises(AnalysisError, match="8 items needed, got 7"):
        factor_score_weights(_solution()).scores(_answers(50)[0][:, :7])
    matrix = PATTERN @ PHI @ PATTERN.T
    np.fill_diagonal(matrix, 1.0)
    matrix[0, 1] = matrix[1, 0] = -0.6
    with pytest.raises(AnalysisError, match="a factor score is not defined"):
        factor_score_weights(explore_factors(matrix, 2, n=500))
    heywood = [[1.0, 0.3, 0.6, 0.2], [0.3, 1.0, 0.6, 0.2], [0.6, 0.6, 1.0, 0.3], [0.2, 0.2, 0.3, 1.0]]
    with pytest.raises(AnalysisError, match="item item_3 has no uniqueness, by which"):
        factor_score_weights(explore_factors(heywood, 1, n=200), "bartlett")
