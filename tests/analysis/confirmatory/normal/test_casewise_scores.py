"""What each respondent adds to the slopes of the likelihood."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from analysis.confirmatory.normal.casewise_scores import (
    complete_trace,
    independence_trace,
    score_products,
    score_totals,
)
from analysis.confirmatory.normal.gaps import SaturatedInformation
from analysis.confirmatory.normal.likelihood import NormalDiscrepancy
from analysis.confirmatory.normal.response_patterns import ResponsePatterns, saturated_moments
from analysis.confirmatory.structure.matrices import slopes_of, structure_of
from analysis.confirmatory.structure.parameter_table import ParameterTable
from analysis.item_responses import FloatArray


@pytest.fixture(params=[0.0, 0.2], ids=["complete", "with gaps"])
def answers(request: pytest.FixtureRequest) -> FloatArray:
    rng = np.random.default_rng(8)
    drawn = rng.gamma(2.0, size=(80, 4)) @ rng.normal(size=(4, 4))
    drawn[rng.random(drawn.shape) < request.param] = np.nan
    return drawn[~np.isnan(drawn).all(axis=1)]


def test_they_are_the_slopes_of_each_respondents_own_likelihood(
    answers: FloatArray, table_of: Callable[..., ParameterTable]
) -> None:
    table = table_of("F =~ q1 + q2 + q3 + q4", means=True)
    patterns = ResponsePatterns.of(answers, means=True)
    structure = structure_of(table, 0, constant_row=True, centre=patterns.centre)
    theta = np.random.default_rng(9).uniform(0.5, 1.0, table.n_free)
    slopes = np.empty((len(answers), table.n_free))
    for row in range(len(answers)):
        given, moments = _pattern_of(answers, row, patterns.centre)
        alone = ResponsePatterns(answers, np.array([row]), np.array([0, 1]), given, patterns.centre, moments)
        slopes[row] = -NormalDiscrepancy([structure], [alone], table.n_free).gradient(theta) / 2
    ((implied, inverses),) = NormalDiscrepancy([structure], [patterns], table.n_free).at(theta)
    of_cells = slopes_of(structure.cells, implied)
    place = structure.position
    assert_allclose(
        score_products(patterns, inverses, of_cells, None), (slopes.T @ slopes)[np.ix_(place, place)], rtol=1e-9
    )
    cluster = np.arange(len(answers)) % 7
    totals = np.array([slopes[cluster == number].sum(axis=0) for number in range(7)]) * np.sqrt(7 / 6)
    assert_allclose(score_totals(patterns, inverses, of_cells, cluster), totals[:, place], rtol=1e-9, atol=1e-9)


def _pattern_of(answers: FloatArray, row: int, centre: FloatArray) -> tuple[NDArray[np.bool_], FloatArray]:
    given = np.append(~np.isnan(answers[row]), True)
    own = np.append(np.nan_to_num(answers[row] - centre), 1.0)
    return given[None], np.outer(own, own)[None]


def test_for_complete_answers_the_trace_is_a_closed_form(answers: FloatArray) -> None:
    complete = answers[~np.isnan(answers).any(axis=1)]
    patterns = ResponsePatterns.of(complete, means=True)
    saturated = saturated_moments(patterns, tuple("abcd"))
    for cluster in (None, np.arange(len(complete)) % 9):
        general = SaturatedInformation.of(patterns, saturated, cluster, normal=False).trace
        assert complete_trace(patterns, cluster) == pytest.approx(general, rel=1e-9)


def test_normal_answers_have_as_much_spread_as_information() -> None:
    normal = np.random.default_rng(10).normal(size=(60_000, 3))
    patterns = ResponsePatterns.of(normal, means=True)
    # 3 means and 6 covariances; 3 means and 3 variances; standard errors of the traces some 0.1
    assert complete_trace(patterns, None) == pytest.approx(9, abs=0.3)
    assert independence_trace(patterns, None) == pytest.approx(6, abs=0.2)


def test_clusters_of_one_are_no_clusters(answers: FloatArray) -> None:
    patterns = ResponsePatterns.of(answers, means=True)
    n = len(answers)
    alone = independence_trace(patterns, np.arange(n))
    assert alone == pytest.approx(independence_trace(patterns, None) * n / (n - 1), rel=1e-12)
