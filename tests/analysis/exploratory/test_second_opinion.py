"""factor_analyzer's opinion of the same correlations, and why its communalities are not asked for."""

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import AnalysisError, CorrelationMatrix, explore_factors, pearson_correlation, second_opinion

AGREE = 2e-5  # its minres stops where a step gains 2e-9 of the function


def _correlations() -> CorrelationMatrix:
    random = np.random.default_rng(8)
    pattern = np.kron(np.eye(3), [[0.8], [0.7], [0.6], [0.5]]) + random.uniform(-0.15, 0.15, (12, 3))
    matrix = pattern @ (0.4 + 0.6 * np.eye(3)) @ pattern.T
    np.fill_diagonal(matrix, 1.0)
    answers: NDArray[np.float64] = random.multivariate_normal(np.zeros(12), matrix, size=600)
    return pearson_correlation(answers)


@pytest.mark.parametrize("extraction", ["minres", "ml"])
@pytest.mark.parametrize(
    "settings",
    [
        {"rotation": "none"},
        {"rotation": "oblimin"},
        {"rotation": "geomin"},
        {"rotation": "geomin", "epsilon": 0.02},
        {"rotation": "geomin_orthogonal"},
        {"rotation": "quartimax"},
        {"rotation": "varimax"},
        {"rotation": "varimax", "kaiser": False},
        {"rotation": "promax"},
        {"rotation": "promax", "power": 3},
    ],
    ids=str,
)
def test_factor_analyzer_agrees(extraction: Any, settings: dict[str, Any]) -> None:
    solution = explore_factors(_correlations(), 3, extraction=extraction, **settings)
    found = second_opinion(solution)
    assert found.largest_loading_difference < AGREE
    assert found.largest_structure_difference < AGREE
    np.testing.assert_allclose(found.loadings, solution.loadings, atol=AGREE)


def test_one_factor_is_compared_as_well() -> None:
    assert second_opinion(explore_factors(_correlations(), 1)).largest_loading_difference < AGREE


def test_its_communalities_of_oblique_factors_still_leave_out_the_factor_correlations() -> None:
    from factor_analyzer import FactorAnalyzer

    solution = explore_factors(_correlations(), 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        theirs = FactorAnalyzer(3, rotation="oblimin", is_corr_matrix=True).fit(solution.correlation.matrix)
    np.testing.assert_allclose(theirs.get_communalities(), (solution.loadings**2).sum(axis=1), atol=1e-3)
    assert np.abs(theirs.get_communalities() - solution.communalities).max() > 0.05


def test_its_factor_correlations_still_miss_the_order_of_its_factors() -> None:
    from factor_analyzer import FactorAnalyzer

    solution = explore_factors(_correlations(), 3, rotation="promax")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        theirs = FactorAnalyzer(3, rotation="promax", is_corr_matrix=True).fit(solution.correlation.matrix)
    assert np.abs(theirs.loadings_ @ theirs.phi_ - theirs.structure_).max() > 0.01


def test_it_prints_how_far_the_two_are_apart() -> None:
    said = str(second_opinion(explore_factors(_correlations(), 3)))
    assert said.startswith("Second opinion: factor_analyzer 0.")
    assert "largest difference of a loading " in said


def test_what_factor_analyzer_does_not_do_is_refused() -> None:
    with pytest.raises(AnalysisError) as caught:
        second_opinion(explore_factors(_correlations(), 3, extraction="pa", kaiser=True, gamma=-1))
    assert caught.value.problems == (
        "factor_analyzer does not iterate principal axes",
        "factor_analyzer rotates by oblimin with gamma 0 only: its other values are not Jennrich's",
        "factor_analyzer rotates by oblimin without Kaiser's scaling only",
    )


def test_correlations_that_it_cannot_take_apart_are_refused_in_words() -> None:
    answers = np.clip(np.round(3 + np.random.default_rng(1).standard_normal((60, 4))), 1, 5)
    twice = np.column_stack([answers, answers[:, 0]])
    with pytest.raises(AnalysisError, match="does an item repeat others"):
        second_opinion(explore_factors(twice, 1, correlation="pearson"))
    one_each = np.where(np.arange(60)[:, None] == np.arange(5), 5.0, 1.0)
    with pytest.raises(AnalysisError, match="does not converge"):
        second_opinion(explore_factors(one_each, 1, correlation="pearson"))
