"""Exploring factors: what goes in, what comes out, and what is refused."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis import (
    AnalysisError,
    CorrelationMatrix,
    FactorFit,
    NotEstimated,
    PairwiseTables,
    UnitMoments,
    explore_factors,
    pearson_correlation,
)

Array = NDArray[np.float64]

PATTERN = np.array([[0.8, 0.0], [0.7, 0.1], [0.6, 0.0], [0.5, 0.1], [0.0, 0.7], [0.1, 0.6], [0.0, 0.5]])
PHI = np.array([[1.0, 0.4], [0.4, 1.0]])


def _implied(pattern: Array = PATTERN, phi: Array = PHI) -> Array:
    matrix: Array = pattern @ phi @ pattern.T
    np.fill_diagonal(matrix, 1.0)
    return matrix


def _answers(n: int = 400, seed: int = 1) -> Array:
    normal = np.random.default_rng(seed).multivariate_normal(np.zeros(7), _implied(), size=n)
    cut: Array = np.searchsorted([-1.2, -0.4, 0.4, 1.2], normal).astype(np.float64) + 1
    return cut


def test_it_recovers_correlated_factors() -> None:
    found = explore_factors(_implied(), 2, n=500)
    assert found.converged
    # Oblimin likes the two small cross-loadings a little smaller than they are.
    np.testing.assert_allclose(found.loadings, PATTERN, atol=0.06)
    np.testing.assert_allclose(found.reproduced, _implied(), atol=1e-8)
    assert found.rmsr == pytest.approx(0.0, abs=1e-8)


def test_what_a_solution_says_of_itself_hangs_together() -> None:
    found = explore_factors(_answers(), 2)
    pattern, phi = found.loadings, found.factor_correlations
    np.testing.assert_allclose(found.structure, pattern @ phi)
    np.testing.assert_allclose(found.communalities, np.diagonal(pattern @ phi @ pattern.T))
    np.testing.assert_allclose(found.uniquenesses, 1 - found.communalities)
    assert found.variance_explained.sum() == pytest.approx(found.communalities.sum())
    np.testing.assert_allclose(np.diagonal(found.residuals), 0.0, atol=1e-12)
    assert found.n == 400
    assert found.method == "minres, oblimin rotation, polychoric correlations"


def test_communalities_of_oblique_factors_count_the_factor_correlations() -> None:
    found = explore_factors(_implied(), 2, n=500)
    assert np.abs(found.communalities - (found.loadings**2).sum(axis=1)).max() > 0.01
    np.testing.assert_allclose(found.communalities, 1 - (1 - np.diagonal(PATTERN @ PHI @ PATTERN.T)), atol=1e-8)


def test_factors_stand_by_variance_and_point_with_their_items() -> None:
    matrix = _implied() * np.outer([1, 1, 1, 1, -1, -1, -1], [1, 1, 1, 1, -1, -1, -1])
    found = explore_factors(matrix, 2, n=500)
    assert found.variance_explained[0] > found.variance_explained[1]
    assert (found.loadings.sum(axis=0) > 0).all()
    assert found.factor_correlations[0, 1] < 0


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(7)), st.sampled_from(["minres", "ml", "pa"]), st.sampled_from(["oblimin", "geomin"]))
def test_the_order_of_items_does_not_matter(order: list[int], extraction: Any, rotation: Any) -> None:
    matrix = pearson_correlation(_answers())
    names = [matrix.item_names[place] for place in order]
    found = explore_factors(matrix, 2, extraction=extraction, rotation=rotation)
    moved = explore_factors(matrix.select(names), 2, extraction=extraction, rotation=rotation)
    np.testing.assert_allclose(moved.loadings, found.loadings[order], atol=1e-6)
    np.testing.assert_allclose(moved.factor_correlations, found.factor_correlations, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.sampled_from(["minres", "ml"]))
def test_uniquenesses_and_factor_correlations_stay_within_their_bounds(seed: int, m: int, extraction: Any) -> None:
    random = np.random.default_rng(seed)
    try:
        found = explore_factors(random.standard_normal((60, 8)), m, "pearson", extraction)
    except AnalysisError as error:
        if "common factors, not" not in str(error):  # noise may carry fewer
            raise
        return
    ordinary = np.array([name not in found.heywood for name in found.item_names])
    assert ((found.communalities >= 0) & (found.communalities <= 1))[ordinary].all()
    assert (np.abs(found.factor_correlations) <= 1 + 1e-12).all()
    assert (found.communalities[~ordinary] > 0.9).all()


def test_answers_states_and_matrices_give_the_same() -> None:
    answers = _answers()
    from_answers = explore_factors(answers, 2, "pearson")
    correlation = pearson_correlation(answers)
    same = [
        explore_factors(PairwiseTables.from_responses(answers, 5), 2, "pearson"),
        explore_factors(UnitMoments.from_responses(answers, np.arange(400) % 20), 2, "pearson"),
        explore_factors(correlation, 2),
        explore_factors(CorrelationMatrix.from_matrix(correlation.matrix, 400), 2),
        explore_factors(correlation.matrix, 2, n=400),
        explore_factors(correlation.matrix.tolist(), 2, n=400),
        explore_factors(correlation.to_frame(), 2, n=400),
    ]
    for found in same:
        np.testing.assert_allclose(found.loadings, from_answers.loadings, atol=1e-9)
        assert found.item_names == from_answers.item_names
        assert found.n == 400


def test_a_heywood_case_names_its_item() -> None:
    matrix = [[1.0, 0.3, 0.6, 0.2], [0.3, 1.0, 0.6, 0.2], [0.6, 0.6, 1.0, 0.3], [0.2, 0.2, 0.3, 1.0]]
    found = explore_factors(matrix, 1, n=200)
    assert found.heywood == ("item_3",)
    assert "uniqueness at or below 0.005 (Heywood case): item_3" in str(found)


def test_too_many_factors_to_determine_are_said_and_not_tested() -> None:
    found = explore_factors(_answers()[:, :5], 3)
    assert isinstance(found.fit, NotEstimated)
    assert "2 more parameters" in found.fit.reason
    assert "other loadings fit as well" in str(found)


def test_minres_takes_a_matrix_that_no_data_could_have_and_says_so() -> None:
    matrix = _implied()
    matrix[0, 1] = matrix[1, 0] = -0.5
    found = explore_factors(matrix, 2, n=100)
    assert found.fit == NotEstimated("the correlations are not positive definite")
    assert "not positive definite (smallest eigenvalue -" in str(found)
    with pytest.raises(AnalysisError, match="maximum likelihood is not defined: leave out items"):
        explore_factors(matrix, 2, n=100, extraction="ml")


def test_starts_are_counted_and_their_seed_stated() -> None:
    found = explore_factors(_answers(), 2, rotation="geomin")
    assert "of 31 starts (seed 1) ended at the lowest criterion" in str(found)
    assert found.rotation.random_starts == 30


def test_it_prints_as_a_paper_would() -> None:
    said = str(explore_factors(_implied(), 2, n=500, rotation="geomin", random_starts=0))
    assert said.startswith("Factor loadings: minres, geomin rotation, given correlations\nitem ")
    for part in (
        "communality",
        "uniqueness",
        "complexity",
        "r F1",
        "RMSR 0.000",
        "chi-square 0.0 with 8 df, p = 1.000",
    ):
        assert part in said


def test_uncorrelated_factors_print_no_correlations() -> None:
    assert "r F1" not in str(explore_factors(_implied(), 2, n=500, rotation="varimax"))


def test_frames_and_pages_hold_items_by_factors() -> None:
    found = explore_factors(_implied(), 2, n=500)
    frame = found.to_frame()
    assert list(frame.columns) == ["F1", "F2", "communality", "uniqueness", "complexity"]
    np.testing.assert_array_equal(frame[["F1", "F2"]].to_numpy(), found.loadings)
    assert found._repr_html_().count("<table>") == 2
    assert isinstance(found.fit, FactorFit)
    assert found.fit.to_frame().loc["TLI", "value"] == found.fit.tli


def test_every_wrong_setting_is_named_at_once() -> None:
    with pytest.raises(AnalysisError) as caught:
        explore_factors(
            _answers(),
            0,
            extraction="uls",  # type: ignore[arg-type]
            rotation="oblimax",  # type: ignore[arg-type]
            gamma=0.5,
            power=1.0,
            epsilon=0.0,
            random_starts=-1,
            axis_change=0.0,
        )
    assert len(caught.value.problems) == 8
    assert 'extraction is "minres", "ml" or "pa", not \'uls\'' in caught.value.problems


@pytest.mark.parametrize("n_factors", [1.5, "2", True, None])
def test_a_number_of_factors_that_is_no_number_is_refused(n_factors: Any) -> None:
    with pytest.raises(AnalysisError, match="n_factors is a whole number from 1 up"):
        explore_factors(_answers(), n_factors)


@pytest.mark.parametrize(
    ("items", "n_factors", "reason"),
    [
        (7, 7, "7 items carry at most 6 factors, not 7"),
        (2, 1, "at least 3 items needed, got 2"),
        (1, 1, "at least 2 items needed, got 1"),
    ],
)
def test_too_few_items_or_too_many_factors_are_refused(items: int, n_factors: int, reason: str) -> None:
    with pytest.raises(AnalysisError, match=reason):
        explore_factors(_answers()[:, :items], n_factors)


def test_factors_that_the_correlations_do_not_carry_are_refused() -> None:
    one = np.array([[0.8], [0.7], [0.6], [0.5], [0.4]])
    with pytest.raises(AnalysisError, match="the correlations carry 1 common factors, not 2"):
        explore_factors(_implied(one, np.eye(1)), 2, n=100)


def test_only_a_plain_matrix_is_told_how_many_respondents_it_rests_on() -> None:
    with pytest.raises(AnalysisError, match="CorrelationMatrix knows how many respondents it rests on: leave out n"):
        explore_factors(pearson_correlation(_answers()), 2, n=300)
    with pytest.raises(AnalysisError, match="a correlation matrix is square"):
        explore_factors(_answers(), 2, n=400)


@pytest.mark.parametrize("answers", [[[1, 2], [3]], [["a", "b"], ["c", "d"]], 3, [1.0, 2.0], [], "text"])
def test_what_is_no_table_is_refused_in_words(answers: Any) -> None:
    with pytest.raises(AnalysisError):
        explore_factors(answers, 1)
    with pytest.raises(AnalysisError):
        explore_factors(answers, 1, n=50)


def test_a_matrix_needs_to_say_how_many_respondents_it_rests_on() -> None:
    with pytest.raises(AnalysisError, match="this looks like a correlation matrix"):
        explore_factors(_implied(), 2)


def test_a_kind_of_correlation_that_does_not_exist_is_refused() -> None:
    with pytest.raises(AnalysisError, match="correlation is"):
        explore_factors(_answers(), 2, "spearman")  # type: ignore[arg-type]
