"""What is said of a fit that should not be believed as it stands."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from analysis import AnalysisError, confirm_factors
from analysis.item_responses import FloatArray

SAMPLE = np.random.default_rng(5).multivariate_normal(np.zeros(3), np.eye(3), size=2_000)


def _with_correlations(matrix: object) -> FloatArray:
    """Give answers with exactly these correlations."""
    target = np.array(matrix, dtype=float)
    rows = np.random.default_rng(6).normal(size=(400, len(target)))
    rows -= rows.mean(axis=0)
    rows = rows @ np.linalg.inv(np.linalg.cholesky(rows.T @ rows / len(rows))).T
    found: FloatArray = rows @ np.linalg.cholesky(target).T
    return found


def test_a_negative_residual_variance_is_a_heywood_case() -> None:
    # r12 r13 / r23 > 1: more of the first item is explained than there is.
    fit = confirm_factors(
        {"F": ["item_1", "item_2", "item_3"]}, _with_correlations([[1, 0.8, 0.7], [0.8, 1, 0.5], [0.7, 0.5, 1]]), "ML"
    )
    (note,) = [note for note in fit.notes if "Heywood" in note]
    assert note == "Heywood case: the residual variance of item_1 is negative (-0.120)"
    assert note in str(fit)


def test_factors_that_correlate_beyond_one_are_named() -> None:
    within, between = 0.3, 0.4
    matrix = np.full((6, 6), between)
    matrix[:3, :3] = matrix[3:, 3:] = within
    np.fill_diagonal(matrix, 1.0)
    model = {"A": ["item_1", "item_2", "item_3"], "B": ["item_4", "item_5", "item_6"]}
    fit = confirm_factors(model, _with_correlations(matrix), "ML")
    assert any(note.startswith("A and B correlate 1.333: the items do not tell them apart") for note in fit.notes)


def test_few_clusters_are_warned_of(draw: Callable[..., FloatArray], two_factors: Mapping[str, list[str]]) -> None:
    answers = draw(300, 1)
    few = confirm_factors(two_factors, answers, cluster=np.arange(300) % 12)
    many = confirm_factors(two_factors, answers, cluster=np.arange(300) % 50)
    assert any("only 12 clusters" in note for note in few.notes)
    assert not any("only" in note for note in many.notes)


def test_a_good_fit_is_not_suspected(draw: Callable[..., FloatArray], two_factors: Mapping[str, list[str]]) -> None:
    assert confirm_factors(two_factors, draw(500, 2)).notes == ("n = 500 respondents, every item answered",)


def test_a_first_item_that_does_not_measure_its_factor_is_thought_of(draw: Callable[..., FloatArray]) -> None:
    # The fourth item is of the other factor: nothing of Space is in it.
    text = "Team =~ item_1 + item_2 + item_3 + item_4; Space =~ item_4 + item_5 + item_6 + item_7"
    answers = draw(400, 2)
    with pytest.raises(
        AnalysisError, match='where the first item of a factor hardly measures it, identification="unit'
    ):
        confirm_factors(text, answers, "ML")
    assert confirm_factors(text, answers, "ML", identification="unit variance").fit.naive.cfi > 0.98


@pytest.mark.parametrize("estimator", ["ML", "MLR"])
def test_a_start_that_implies_no_covariances_is_refused(estimator: str) -> None:
    text = "F =~ item_1 + start(50)*item_2 + item_3; F ~~ start(-5)*F"
    with pytest.raises(AnalysisError, match="imply no covariances"):
        confirm_factors(text, SAMPLE, estimator)  # type: ignore[arg-type]
