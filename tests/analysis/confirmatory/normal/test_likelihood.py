"""The normal likelihood: its value against SciPy's density, its slopes and curvature against finite differences."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal

from analysis.confirmatory.normal.likelihood import NormalDiscrepancy, traces
from analysis.confirmatory.normal.response_patterns import ResponsePatterns
from analysis.confirmatory.structure.matrices import implied_by, slopes_of, structure_of
from analysis.confirmatory.structure.parameter_table import ParameterTable
from analysis.item_responses import FloatArray

TEXT = "G =~ A + B; A =~ q1 + q2 + a*q3; B =~ q4 + a*q5 + q6; q1 ~~ q4"
STEP = 1e-6

MakeDiscrepancy = Callable[[bool, float], tuple[NormalDiscrepancy, FloatArray, list[FloatArray]]]


@pytest.fixture(scope="module")
def make(table_of: Callable[..., ParameterTable]) -> MakeDiscrepancy:
    """Make the discrepancy of two groups, some answers missing, and a place to look at it."""

    def made(means: bool, missing: float) -> tuple[NormalDiscrepancy, FloatArray, list[FloatArray]]:
        equal = frozenset({"loadings", "intercepts"}) if means else frozenset({"loadings"})
        table = table_of(TEXT, n_groups=2, means=means, equal=equal)
        rng = np.random.default_rng(3)
        values = []
        for n in (40, 25):
            answers = rng.normal(size=(n, 6)) @ rng.normal(size=(6, 6)) + 3
            answers[rng.random(answers.shape) < missing] = np.nan
            values.append(answers)
        patterns = [ResponsePatterns.of(answers, means=means) for answers in values]
        structures = [
            structure_of(table, group, constant_row=means, centre=own.centre if means else 0 * own.centre)
            for group, own in enumerate(patterns)
        ]
        theta = rng.uniform(0.4, 1.1, table.n_free)
        return NormalDiscrepancy(structures, patterns, table.n_free), theta, values

    return made


cases = pytest.mark.parametrize(("means", "missing"), [(False, 0.0), (True, 0.0), (True, 0.25)])


@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_the_value_is_that_of_the_density_of_the_answers_given(make: MakeDiscrepancy, missing: float) -> None:
    discrepancy, theta, values = make(True, missing)
    total, answers = 0.0, 0
    for structure, group in zip(discrepancy.structures, values, strict=True):
        implied = implied_by(structure.fill(theta))
        mean = implied.mean[:-1] + structure.centre
        covariance = implied.covariance[:-1, :-1] - np.outer(implied.mean[:-1], implied.mean[:-1])
        for row in group:
            given = ~np.isnan(row)
            if given.any():
                density = multivariate_normal(mean[given], covariance[np.ix_(given, given)])
                total += density.logpdf(row[given])
                answers += int(given.sum())
    n = sum(len(group) for group in values)
    # Every respondent's constant adds one, and the density its own constant.
    assert n * discrepancy.value(theta) == pytest.approx(-2 * total - answers * np.log(2 * np.pi) + n, rel=1e-12)


@cases
def test_slopes_are_those_of_finite_differences(make: MakeDiscrepancy, means: bool, missing: float) -> None:
    discrepancy, theta, _ = make(means, missing)
    steps = STEP * np.eye(len(theta))
    expected = [(discrepancy.value(theta + step) - discrepancy.value(theta - step)) / (2 * STEP) for step in steps]
    assert_allclose(discrepancy.gradient(theta), expected, rtol=1e-6, atol=1e-6)


@cases
def test_curvature_is_that_of_finite_differences(make: MakeDiscrepancy, means: bool, missing: float) -> None:
    discrepancy, theta, _ = make(means, missing)
    steps = STEP * np.eye(len(theta))
    expected = [
        (discrepancy.gradient(theta + step) - discrepancy.gradient(theta - step)) / (2 * STEP) for step in steps
    ]
    assert_allclose(discrepancy.hessian(theta), expected, rtol=1e-5, atol=1e-5)


def test_the_expected_curvature_is_the_curvature_where_the_model_fits(make: MakeDiscrepancy) -> None:
    discrepancy, theta, _ = make(True, 0.0)
    fitting = []
    for structure, group in zip(discrepancy.structures, discrepancy.groups, strict=True):
        moments = implied_by(structure.fill(theta)).covariance[None]
        fitting.append(ResponsePatterns(group.values, group.order, group.starts, group.answered, group.centre, moments))
    fitted = NormalDiscrepancy(discrepancy.structures, fitting, discrepancy.n_free)
    assert_allclose(fitted.hessian(theta), fitted.expected_hessian(theta), rtol=1e-9, atol=1e-9)


def test_covariances_that_no_answers_have_are_infinitely_far(make: MakeDiscrepancy) -> None:
    discrepancy, theta, _ = make(False, 0.0)
    assert discrepancy.value(-theta) == np.inf


def test_many_patterns_give_the_traces_of_few(make: MakeDiscrepancy) -> None:
    discrepancy, theta, _ = make(True, 0.25)
    (implied, inverses), *_ = discrepancy.at(theta)
    slopes = slopes_of(discrepancy.structures[0].cells, implied)
    share = discrepancy.shares[0]
    other = np.random.default_rng(1).normal(size=inverses.shape)
    other += other.transpose(0, 2, 1)
    assert len(share) > 8
    one_by_one = [
        traces(slopes, slopes, share[place : place + 1], inverses[place : place + 1], other[place : place + 1])
        for place in range(len(share))
    ]
    assert_allclose(traces(slopes, slopes, share, inverses, other), sum(one_by_one), rtol=1e-9, atol=1e-10)
