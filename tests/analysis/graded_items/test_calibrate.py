"""The graded response model: recovery, what it makes of odd answers, and what it refuses."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from analysis import AnalysisError, graded_response

Array = NDArray[np.float64]

SLOPES = np.array([1.2, 2.0, 0.8, 1.6, 2.4])
THRESHOLDS = np.array([[-2.0, -1.0, 0.2, 1.3]] * 3 + [[-1.2, -0.5, 0.5, 2.0]] * 2)


def draw(seed: int, n: int, slopes: Array = SLOPES, thresholds: Array = THRESHOLDS) -> Array:
    rng = np.random.default_rng(seed)
    latent = slopes * rng.normal(size=(n, 1)) + rng.logistic(size=(n, len(slopes)))
    return np.asarray(1.0 + (latent[:, :, None] > slopes[:, None] * thresholds).sum(axis=2))


def test_a_stated_truth_is_found_again_within_its_standard_errors() -> None:
    found = graded_response(draw(1, 4000))
    assert found.converged
    assert (np.abs(found.discrimination - SLOPES) < 4 * found.discrimination_errors).all()
    z = (np.array(found.thresholds) - THRESHOLDS) / np.array(found.threshold_errors)
    assert (np.abs(z) < 4).all()
    # Neither are the errors so wide that anything lies within them.
    assert 0.5 < float(np.sqrt(np.mean(z**2))) < 1.6


def test_intercepts_are_minus_the_product_of_discrimination_and_thresholds() -> None:
    found = graded_response(draw(2, 500))
    for a, b, d in zip(found.discrimination, found.thresholds, found.intercepts, strict=True):
        np.testing.assert_allclose(d, -a * b, rtol=1e-12)


def test_standard_errors_are_those_of_the_curvature_of_the_likelihood() -> None:
    found = graded_response(answers := draw(3, 300))
    calibration = found.calibration
    likelihood = calibration.likelihood(calibration.read(answers))
    parameters, step = calibration.parameters, 1e-5
    moves = step * np.eye(parameters.size)
    curvature = np.array(
        [
            (likelihood.expect(parameters - move).gradient - likelihood.expect(parameters + move).gradient) / (2 * step)
            for move in moves
        ]
    )
    errors = np.sqrt(np.diagonal(np.linalg.inv(curvature)))
    np.testing.assert_allclose(found.discrimination_errors, errors[calibration.items.slope], rtol=1e-6)
    assert np.abs(likelihood.expect(parameters).gradient).max() < 1e-3


def test_missing_answers_are_left_out_of_their_respondents_product() -> None:
    answers = draw(4, 2000)
    answers[np.random.default_rng(5).random(answers.shape) < 0.2] = math.nan
    answers[:3] = math.nan
    found = graded_response(answers)
    assert found.n == 2000 - int(np.isnan(answers).all(axis=1).sum())
    assert found.n_missing == int(np.isnan(answers[~np.isnan(answers).all(axis=1)]).sum())
    assert (np.abs(found.discrimination - SLOPES) < 4 * found.discrimination_errors).all()
    assert "rows without any answer left out" in str(found)
    # One likelihood, computed respondent by respondent over a fine grid.
    theta = np.linspace(-7, 7, 1401)
    weight = np.exp(-0.5 * theta**2) / np.sqrt(2 * np.pi) * (theta[1] - theta[0])
    curves = found.probabilities(theta)
    total = 0.0
    for row in answers[:50]:
        product = np.ones_like(theta)
        for item, answer in enumerate(row):
            if not np.isnan(answer):
                product *= curves[item][int(answer) - 1]
        total += math.log(float(product @ weight)) if not np.isnan(row).all() else 0.0
    likelihood = found.calibration.likelihood(found.calibration.read(answers[:50]))
    assert likelihood.expect(found.calibration.parameters).log_likelihood == pytest.approx(total, rel=1e-9)


def test_the_order_of_rows_and_their_repetition_do_not_matter() -> None:
    answers = draw(6, 400)
    once, twice = graded_response(answers), graded_response(np.vstack([answers[::-1], answers]))
    np.testing.assert_allclose(twice.discrimination, once.discrimination, rtol=1e-5)
    assert twice.log_likelihood == pytest.approx(2 * once.log_likelihood)
    np.testing.assert_allclose(twice.discrimination_errors, once.discrimination_errors / np.sqrt(2), rtol=1e-4)


def test_finer_nodes_change_nothing() -> None:
    answers = draw(7, 400)
    coarse, fine = graded_response(answers), graded_response(answers, n_nodes=301)
    assert coarse.n_nodes == 61
    np.testing.assert_allclose(coarse.discrimination, fine.discrimination, rtol=1e-5)
    # Both leave out what lies beyond six standard deviations, at ends a little apart.
    assert coarse.log_likelihood == pytest.approx(fine.log_likelihood, abs=1e-6)


def test_sure_scores_get_more_nodes() -> None:
    slopes, thresholds = np.full(16, 4.0), np.tile([-1.5, -0.5, 0.5, 1.5], (16, 1))
    found = graded_response(draw(8, 300, slopes, thresholds))
    assert found.n_nodes > 61
    assert found.converged


def test_an_option_that_nobody_chose_has_no_probability() -> None:
    answers = draw(9, 600)
    answers[answers[:, 0] == 3, 0] = 4
    answers[answers[:, 1] == 1, 1] = 2
    found = graded_response(answers, categories=6)
    assert found.thresholds[0][1] == found.thresholds[0][2]
    assert found.thresholds[1][0] == -math.inf
    assert all(b[-1] == math.inf for b in found.thresholds)
    assert math.isnan(found.threshold_errors[1][0])
    assert found.intercepts[1][0] == math.inf
    np.testing.assert_array_equal(found.probabilities([0.0])[0][[2, 5]], 0.0)
    assert "item item_1: nobody answered 3, 6" in str(found)
    # As if there had never been such an option.
    fewer = answers.copy()
    fewer[:, 0] = np.where(fewer[:, 0] > 3, fewer[:, 0] - 1, fewer[:, 0])
    fewer[:, 1] -= 1
    assert graded_response(fewer).log_likelihood == pytest.approx(found.log_likelihood, rel=1e-12)


def test_items_may_differ_in_their_options() -> None:
    answers = draw(10, 1500)
    answers[:, 0] = 1 + (answers[:, 0] > 3)
    answers[:, 2] = np.ceil(answers[:, 2] / 2)
    found = graded_response(answers)
    assert [b.size for b in found.thresholds] == [1, 4, 2, 4, 4]
    assert (np.abs(found.discrimination - SLOPES) < 4 * found.discrimination_errors).all()
    assert found.thresholds[0][0] == pytest.approx(0.2, abs=0.3)


def test_an_item_keyed_backwards_is_named_and_keeps_its_sign() -> None:
    answers = draw(11, 800)
    right = graded_response(answers)
    answers[:, 1] = 6 - answers[:, 1]
    found = graded_response(answers)
    np.testing.assert_allclose(found.discrimination, right.discrimination * [1, -1, 1, 1, 1], rtol=1e-4)
    np.testing.assert_allclose(found.thresholds[1], right.thresholds[1][::-1], atol=1e-3)
    assert "item item_2 discriminates backwards" in str(found)


def test_a_near_duplicate_is_named() -> None:
    answers = draw(12, 800)
    copy = np.where(np.random.default_rng(1).random(800) < 0.97, answers[:, 0], answers[:, 1])
    found = graded_response(np.column_stack([answers, copy]))
    assert "item item_1 discriminates at" in str(found)
    assert "near-duplicate" in str(found)


def test_a_frame_names_the_items() -> None:
    found = graded_response(pd.DataFrame(draw(13, 300), columns=list("vwxyz")))
    assert found.item_names == tuple("vwxyz")
    frame = found.to_frame()
    assert list(frame.index) == list("vwxyz")
    assert frame.loc["x", "a"] == found.discrimination[2]
    assert found.threshold_table().to_frame().loc["y, 3 or more", "b"] == found.thresholds[3][1]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda x: x[:, :2], "at least 3 items needed, got 2"),
        (lambda x: x[:5], "at least 10 respondents with an answer needed, got 5"),
        (lambda x: np.column_stack([x[:, :3], x[:, 1]]), "items item_2 and item_4 were answered alike by everybody"),
        (lambda x: np.column_stack([x[:, :3], np.full(len(x), 2.0)]), "item item_4 is constant: every answer is 2"),
        (lambda x: np.column_stack([x[:, :3], np.full(len(x), np.nan)]), "item item_4 has no answers"),
        (lambda x: x - 1, "not whole numbers from 1"),
    ],
)
def test_answers_that_cannot_be_fitted_are_named(spoil: Any, said: str) -> None:
    with pytest.raises(AnalysisError, match=said):
        graded_response(spoil(draw(14, 100)))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [({"n_nodes": 5}, "n_nodes is a whole number from 11 to 601"), ({"categories": 1}, "2 to 127")],
)
def test_settings_that_cannot_be_are_named(wanted: dict[str, int], said: str) -> None:
    with pytest.raises(AnalysisError, match=said):
        graded_response(draw(14, 100), **wanted)


def test_a_search_that_does_not_arrive_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from analysis.graded_items import estimation

    monkeypatch.setattr(estimation, "_MOST_ROUNDS", 1)
    monkeypatch.setattr(estimation, "_MOST_STEPS", 1)
    monkeypatch.setattr(estimation, "_MOST_EM_STEPS", 1)
    found = graded_response(draw(15, 200))
    assert not found.converged
    assert "did not arrive" in str(found)


def test_criteria_count_parameters() -> None:
    found = graded_response(draw(16, 250))
    assert found.n_parameters == 25
    assert found.aic == pytest.approx(50 - 2 * found.log_likelihood)
    assert found.bic == pytest.approx(25 * math.log(250) - 2 * found.log_likelihood)
