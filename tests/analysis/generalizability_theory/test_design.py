"""What mean squares expect, by brute force; what is error for whom."""

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.generalizability_theory.design import expected_mean_squares, score_variances, share_of

Array = NDArray[np.float64]


def _mean_over(codes: NDArray[np.int64]) -> Array:
    """Give the matrix that puts the mean of its place in the place of each rating."""
    same = (codes[:, None] == codes).astype(float)
    return np.asarray(same / same.sum(axis=1, keepdims=True))


def _traces(projections: list[Array], indicators: list[Array]) -> Array:
    """Find the expectation of each mean square y'Py / df, with V = sum of variances times ZZ'."""
    return np.array([[np.trace(z.T @ p @ z) / np.trace(p) for z in indicators] for p in projections])


def _indicator(codes: NDArray[np.int64]) -> Array:
    return np.asarray((codes[:, None] == np.unique(codes)).astype(float))


def test_persons_by_items() -> None:
    person, item = np.repeat(np.arange(5), 4), np.tile(np.arange(4), 5)
    whole, p, i = _mean_over(0 * person), _mean_over(person), _mean_over(item)
    rest = np.eye(20) - p - i + whole
    found = _traces([p - whole, i - whole, rest], [_indicator(person), _indicator(item), np.eye(20)])
    np.testing.assert_allclose(found, expected_mean_squares("p x i", 4, np.array([5.0])), atol=1e-12)


def test_items_in_persons_who_differ_in_how_many() -> None:
    rated = np.array([2, 5, 1, 3])
    person = np.repeat(np.arange(4), rated)
    whole, p = _mean_over(0 * person), _mean_over(person)
    found = _traces([p - whole, np.eye(11) - p], [_indicator(person), np.eye(11)])
    n0 = (11 - (rated**2).sum() / 11) / 3
    np.testing.assert_allclose(found, expected_mean_squares("i:p", n0, np.array([4.0])), atol=1e-12)


@pytest.mark.parametrize("sizes", [[3, 3, 3], [1, 4, 2, 5], [2, 7]])
def test_persons_in_units_of_any_size_by_items(sizes: list[int]) -> None:
    n, k = sum(sizes), 3
    person, item = np.repeat(np.arange(n), k), np.tile(np.arange(k), n)
    unit = np.repeat(np.arange(len(sizes)), sizes)[person]
    cell = unit * k + item
    whole, u, p, i, c = (_mean_over(codes) for codes in (0 * person, unit, person, item, cell))
    found = _traces(
        [u - whole, p - u, i - whole, c - u - i + whole, np.eye(n * k) - p - c + u],
        [*(_indicator(codes) for codes in (unit, person, item, cell)), np.eye(n * k)],
    )
    expected = expected_mean_squares("p:u x i", k, np.array(sizes, dtype=float))
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_units_score_is_as_reliable_as_its_squared_correlation_with_the_truth() -> None:
    rng = np.random.default_rng(4)
    variances = np.array([0.5, 1.0, 0.3, 0.2, 2.0])
    n_units, n_persons, n_items = 4000, 6, 5
    u, p, i, ui, rest = (
        np.sqrt(variance) * rng.normal(size=size)
        for variance, size in zip(
            variances,
            [(n_units, 1, 1), (n_units, n_persons, 1), (1, 1, n_items), (n_units, 1, n_items),
             (n_units, n_persons, n_items)],
            strict=True,
        )
    )  # fmt: skip
    score = (u + p + i + ui + rest).mean(axis=(1, 2))
    for fixed, truth in ((False, u[:, 0, 0]), (True, u[:, 0, 0] + ui.mean(axis=(1, 2)))):
        parts = score_variances("p:u x i", "unit", fixed, variances, np.array(5.0), np.array(6.0))
        expected = np.corrcoef(score, truth)[0, 1] ** 2
        # Four standard errors of a squared correlation.
        assert float(share_of(parts[0], parts[1])) == pytest.approx(expected, abs=4 * (1 - expected) / 30)
        error = score - truth - (0 if fixed else i.mean())
        assert float(parts[1]) == pytest.approx(error.var(), rel=0.1)


def test_what_is_error_for_whom() -> None:
    variances = np.array([0.5, 1.0, 0.3, -0.2, 2.0])
    items, persons = np.array(5.0), np.array(10.0)
    parts = score_variances("p:u x i", "person", False, variances, items, persons)
    np.testing.assert_allclose(parts, [1.5, 0.4, 0.46])
    parts = score_variances("p:u x i", "unit", False, variances, items, persons)
    np.testing.assert_allclose(parts, [0.5, 0.1 + 0.04, 0.2])
    parts = score_variances("i:p", "person", False, np.array([1.0, 2.0]), items, persons)
    np.testing.assert_allclose(parts, [1.0, 0.4, 0.4])
    assert share_of(np.array(0.0), np.array(0.0)) == 0.0
