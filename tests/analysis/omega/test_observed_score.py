"""Covariances of cut normal variables against sums over cells, and against answers themselves."""

import numpy as np
import pytest
from scipy import stats

from analysis.omega.observed_score import answer_covariance


@pytest.mark.parametrize("rho", [-0.95, -0.4, 0.0, 0.3, 0.8, 0.99])
def test_it_is_what_the_probabilities_of_all_pairs_of_answers_give(rho: float) -> None:
    cuts = np.array([[-1.5, -0.6, 0.1, 1.2], [-0.8, 0.0, 0.9, np.inf]])
    normal = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    ends = np.hstack((np.full((2, 1), -9.0), np.minimum(cuts, 9.0), np.full((2, 1), 9.0)))
    below = np.array([[normal.cdf([a, b]) for b in ends[1]] for a in ends[0]])
    cells = np.diff(np.diff(below, axis=0), axis=1)
    answers = np.arange(1, 6)
    expected = answers @ cells @ answers - (cells.sum(axis=1) @ answers) * (cells.sum(axis=0) @ answers)
    found = answer_covariance(cuts, np.array([[1.0, rho], [rho, 1.0]]))
    assert found[0, 1] == pytest.approx(expected, abs=1e-6)
    shares = cells.sum(axis=1)
    assert found[0, 0] == pytest.approx(shares @ answers**2 - (shares @ answers) ** 2, abs=1e-6)


def test_an_answer_that_nobody_gave_still_counts_as_a_step() -> None:
    # Answers 1 and 3 of a scale of three: the variance is that of steps of two.
    found = answer_covariance(np.array([[0.0, 0.0]]), np.eye(1))
    assert found[0, 0] == pytest.approx(1.0)
