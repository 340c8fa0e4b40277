import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import mahalanobis
from scipy.stats import chi2

from analysis import AnalysisError, ResponseModel, careless_responding, cronbach_alpha, simulate_responses

MODEL = ResponseModel.of(
    {name: {f"{name}{place}": 0.7 for place in range(1, 5)} for name in "ABCD"}, thresholds=[-1.5, -0.5, 0.5, 1.5]
)
SCALES = {
    name: [f"item_{place}" for place in range(first, first + 4)]
    for name, first in zip("ABCD", (1, 5, 9, 13), strict=True)
}

rows = st.lists(st.lists(st.sampled_from([1.0, 2.0, 3.0, np.nan]), min_size=6, max_size=6), min_size=3, max_size=12)


def _longest_run(answers: list[float]) -> int:
    best, run, last = 0, 0, None
    for answer in answers:
        if np.isnan(answer):
            continue
        run = run + 1 if answer == last else 1
        best, last = max(best, run), answer
    return best


@given(rows.filter(lambda table: np.sum(~np.isnan(table).all(axis=1)) > 1))
@settings(max_examples=60, deadline=None)
def test_runs_and_spread_are_those_counted_one_by_one(table: list[list[float]]) -> None:
    found = careless_responding(table)
    assert found.longest_run.tolist() == [_longest_run(row) for row in table]
    for row, spread in zip(table, found.intra_individual_sd, strict=True):
        known = [answer for answer in row if not np.isnan(answer)]
        assert spread == pytest.approx(np.std(known, ddof=1), abs=1e-12) if len(known) > 1 else np.isnan(spread)


def test_mahalanobis_distances_agree_with_scipy() -> None:
    answers = simulate_responses(MODEL, 80, seed=1).responses
    found = careless_responding(answers)
    inverse, mean = np.linalg.inv(np.cov(answers.T)), answers.mean(axis=0)
    expected = [mahalanobis(row, mean, inverse) ** 2 for row in answers]
    np.testing.assert_allclose(found.mahalanobis, expected, rtol=1e-9)
    np.testing.assert_allclose(found.mahalanobis_p, chi2.sf(expected, 16), rtol=1e-8)


def test_a_missing_answer_leaves_the_distance_over_the_others() -> None:
    answers = simulate_responses(MODEL, 300, seed=2).responses.copy()
    answers[7, 3] = np.nan
    found = careless_responding(answers)
    others = np.delete(np.arange(16), 3)
    # Without the item of the missing answer, everybody has answered everything.
    covariance, mean = np.cov(answers[:, others].T), answers[:, others].mean(axis=0)
    expected = mahalanobis(answers[7, others], mean, np.linalg.inv(covariance)) ** 2
    assert found.mahalanobis[7] == pytest.approx(expected, rel=1e-9)
    assert found.mahalanobis_p[7] == pytest.approx(chi2.sf(found.mahalanobis[7], 15))


def test_distances_add_up_to_the_items_times_the_people() -> None:
    answers = simulate_responses(MODEL, 200, seed=3).responses
    assert careless_responding(answers).mahalanobis.sum() == pytest.approx(16 * 199)


def test_even_and_odd_items_are_correlated_over_scales() -> None:
    answers = simulate_responses(MODEL, 30, seed=4).responses
    found = careless_responding(answers, scales=SCALES)
    for row, consistency in zip(answers, found.even_odd, strict=True):
        halves = row.reshape(4, 4)
        odd, even = halves[:, ::2].mean(axis=1), halves[:, 1::2].mean(axis=1)
        if np.ptp(odd) < 1e-9 or np.ptp(even) < 1e-9:
            assert np.isnan(consistency)
        else:
            r = np.corrcoef(odd, even)[0, 1]
            assert consistency == pytest.approx(max(-1.0, 2 * r / (1 + r)), abs=1e-9)


def test_it_finds_those_who_were_drawn_as_straight_liners() -> None:
    drawn = simulate_responses(MODEL, 2000, seed=5, straight_lining=0.2)
    found = careless_responding(drawn.responses, scales=SCALES)
    assert found.straight_lining[drawn.truth.straight_lining].all()
    assert found.straight_lining[~drawn.truth.straight_lining].mean() < 0.01
    assert found.straight_lining_share == pytest.approx(0.2, abs=0.04)
    assert found.straight_lining_share in found.straight_lining_interval
    assert (found.intra_individual_sd[found.straight_lining] == 0).all()


def test_too_few_answers_are_not_called_a_straight_line() -> None:
    nan = np.nan
    table = [[3, 3, 3, 3, 3, 3], [3, 3, nan, nan, nan, nan], [nan] * 6, [1, 2, 3, 2, 1, 3], [4, 4, 4, nan, nan, nan]]
    found = careless_responding(table)
    assert found.straight_lining.tolist() == [True, False, False, False, True]
    assert (found.n, found.n_rows) == (3, 5)
    assert "2 of 5 rows have too few answers" in str(found)
    assert found.longest_run[2] == 0
    assert np.isnan(found.mahalanobis[2])


def test_an_item_that_everybody_answers_alike_takes_no_part_in_the_distance() -> None:
    answers = simulate_responses(MODEL, 50, seed=6).responses.copy()
    answers[:, 0] = 4.0
    found = careless_responding(answers)
    np.testing.assert_allclose(found.mahalanobis, careless_responding(answers[:, 1:]).mahalanobis, rtol=1e-9)
    assert "everybody answers alike: item_1" in str(found)


def test_items_that_add_up_to_one_another_are_said() -> None:
    answers = simulate_responses(MODEL, 50, seed=6).responses[:, :4].copy()
    found = careless_responding(np.column_stack([answers, answers[:, 0]]))
    np.testing.assert_allclose(found.mahalanobis, careless_responding(answers).mahalanobis, rtol=1e-6)
    assert "leave out the directions without variance" in str(found)


def test_a_scale_without_a_second_item_has_no_halves() -> None:
    answers = simulate_responses(MODEL, 20, seed=7).responses
    found = careless_responding(answers, scales={"A": ["item_1"], "B": ["item_2", "item_3"]})
    assert np.isnan(found.even_odd).all()
    assert "needs 3 scales of two items or more, got 1" in str(found)


def test_half_of_the_learners_of_the_gazi_survey_answer_in_a_straight_line(shared_data: Path) -> None:
    with (shared_data / "gazi_student_evaluation.csv").open(newline="") as handle:
        rows = [{key.lower(): value for key, value in row.items()} for row in csv.DictReader(handle)]
    items = [name for name in rows[0] if name.startswith("q")]
    answers = np.array([[float(row[item]) for item in items] for row in rows])
    found = careless_responding(answers)
    assert round(found.straight_lining_share, 2) == 0.51
    assert round(cronbach_alpha(answers).coefficient, 3) == 0.992
    without = cronbach_alpha(answers[~found.straight_lining])
    assert (round(without.coefficient, 3), round(without.standardized, 3)) == (0.975, 0.976)


@pytest.mark.parametrize(
    ("table", "options", "problem"),
    [
        ([[1, 2], [2, 1]], {}, "at least 3 items needed, got 2"),
        ([[1, 2, 3]], {}, "at least 2 respondents with an answer needed, got 1"),
        ([[1, 2, "x"], [2, 1, 3]], {}, "item_3 has 1 value that is not a number"),
        ([[1, 2, 3], [2, 1, 3]], {"scales": {"A": ["q1", "item_1"]}}, "scale A has items without answers: q1"),
        ([[1, 2, 3], [2, 1, 3]], {"minimum_answered": 5}, "minimum_answered is a share"),
        ([[1, 2, 3], [2, 1, 3]], {"ci": 0}, "share between 0 and 1"),
    ],
)
def test_it_says_what_is_wrong(table: Any, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        careless_responding(table, **options)
