"""S-X2 against brute force, its size under the model, and items that do not fit."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import AnalysisError, graded_response
from analysis.graded_items.item_fit import _cells, _groups

Array = NDArray[np.float64]


def _draw(seed: int, n: int, n_items: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=n)
    latent = 1.5 * theta[:, None] + rng.logistic(size=(n, n_items))
    return theta, np.asarray(1.0 + (latent[:, :, None] > [-1.5, 1.0]).sum(axis=2))


def test_the_statistic_is_that_of_all_patterns_counted_one_by_one() -> None:
    _, answers = _draw(1, 800, 4)
    fit = graded_response(answers)
    found = fit.item_fit(answers)
    theta = np.linspace(-6, 6, 241)
    weight = np.exp(-0.5 * theta**2)
    curves = fit.probabilities(theta)
    expected, totals = np.zeros((3, 9)), answers.sum(axis=1).astype(int) - 4
    for pattern in product(range(3), repeat=4):
        probability = weight.copy()
        for item, answer in enumerate(pattern):
            probability = probability * curves[item][answer]
        expected[pattern[2], sum(pattern)] += probability.sum()
    expected *= np.bincount(totals, minlength=9) / expected.sum(axis=0)
    observed = np.zeros((3, 9))
    np.add.at(observed, (answers[:, 2].astype(int) - 1, totals), 1)
    assert (np.bincount(totals) >= 10).all()
    statistic, cells = 0.0, 0
    for total in range(9):
        seen, due = _cells(observed[:, total], expected[:, total])
        statistic += float(((seen - due) ** 2 / due).sum())
        cells += len(due) - 1
    assert found.s_x2[2] == pytest.approx(statistic, rel=1e-6)
    assert found.df[2] == cells - 3
    assert found.rmsea[2] == pytest.approx(
        np.sqrt(max(0, statistic - cells + 3) / ((cells - 3) * 799)), rel=1e-5, abs=1e-12
    )


def test_few_people_and_few_expected_are_put_with_their_neighbours() -> None:
    assert [(part.start, part.stop) for part in _groups(np.array([3, 4, 12, 20, 5, 4]))] == [(0, 3), (3, 6)]
    seen, due = _cells(np.array([1.0, 2, 3, 4]), np.array([0.4, 0.7, 6.0, 0.2]))
    np.testing.assert_allclose(seen, [3, 7])
    np.testing.assert_allclose(due, [1.1, 6.2])
    seen, due = _cells(np.array([0.0, 1]), np.array([0.3, 0.5]))
    np.testing.assert_allclose([*seen, *due], [1, 0.8])


def test_items_that_fit_are_rejected_as_often_as_stated() -> None:
    p = []
    for seed in range(12):
        _, answers = _draw(100 + seed, 500, 8)
        p += graded_response(answers).item_fit(answers).p.tolist()
    # 96 tests at 5 %: four standard errors above is 13.4.
    assert sum(value < 0.05 for value in p) <= 13
    assert 0.35 < float(np.mean(p)) < 0.65


def test_an_item_that_turns_back_at_the_top_is_found() -> None:
    theta, answers = _draw(3, 1500, 8)
    bad = 1.0 + (1.5 - np.abs(theta) + np.random.default_rng(4).logistic(size=1500) > 0) + (theta > 0)
    found = graded_response(mixed := np.column_stack([answers, bad])).item_fit(mixed)
    assert found.p_adjusted[-1] < 1e-6
    assert (found.p_adjusted[:-1] > 0.001).all()
    assert found.rmsea.argmax() == 8


def test_those_who_left_an_item_out_take_no_part() -> None:
    _, answers = _draw(5, 400, 5)
    fit = graded_response(answers)
    gaps = np.vstack([answers, answers[:50]])
    gaps[400:, 1] = np.nan
    some, whole = fit.item_fit(gaps), fit.item_fit(answers)
    np.testing.assert_array_equal(some.s_x2, whole.s_x2)
    assert some.n == 400
    assert "50 rows left out" in str(some)
    with pytest.raises(AnalysisError, match="10 respondents who answered every item, got 0"):
        fit.item_fit(gaps[400:])
