"""Variance components, coefficients and decision studies."""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import fdtri

from analysis import (
    AnalysisError,
    Generalizability,
    cronbach_alpha,
    generalizability,
    intraclass_correlation,
    unit_reliability,
)

Array = NDArray[np.float64]
EFFECTS = np.array([0.5, 1.0, 0.3, 0.2, 2.0])


def _crossed(seed: int, n: int = 40, k: int = 6) -> Array:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1)) + 0.5 * rng.normal(size=k) + 1.2 * rng.normal(size=(n, k))


def _nested(seed: int, sizes: Sequence[int], k: int = 5) -> tuple[Array, NDArray[np.intp]]:
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(len(sizes)), sizes)
    sd = np.sqrt(EFFECTS)
    cells = sd[0] * rng.normal(size=(len(sizes), 1)) + sd[3] * rng.normal(size=(len(sizes), k))
    persons = sd[1] * rng.normal(size=(unit.size, 1)) + sd[4] * rng.normal(size=(unit.size, k))
    return cells[unit] + persons + sd[2] * rng.normal(size=k), unit


SIZES = (3, 8, 5, 2, 12, 6, 4, 9, 7, 5, 3, 6)
EVEN = (6,) * 12
N_STUDIES = 60
of_both_sizes = pytest.mark.parametrize("sizes", [EVEN, SIZES], ids=["even", "uneven"])


@cache
def _studies(sizes: tuple[int, ...]) -> list[Generalizability]:
    """Study the same truth over and over, once for all the tests of what comes out of it."""
    return [generalizability(*_nested(seed, sizes)) for seed in range(N_STUDIES)]


def test_persons_by_items_gives_alpha_and_the_intraclass_correlations_of_the_mean() -> None:
    ratings = _crossed(1)
    found, icc = generalizability(ratings), intraclass_correlation(ratings)
    assert found.e_rho2 == pytest.approx(icc.icc_ck.coefficient, rel=1e-12)
    assert found.e_rho2 == pytest.approx(cronbach_alpha(ratings).coefficient, rel=1e-12)
    assert found.phi == pytest.approx(icc.icc_ak.coefficient, rel=1e-12)
    assert found.components.mean_square[0] == pytest.approx(icc.ms_targets, rel=1e-12)
    one_way = generalizability(ratings, design="i:p")
    assert one_way.e_rho2 == one_way.phi == pytest.approx(icc.icc_1k.coefficient, rel=1e-12)


def test_the_interval_of_e_rho2_is_feldts() -> None:
    ratings = _crossed(3)
    found = generalizability(ratings)
    n, k = ratings.shape
    df = n - 1, (n - 1) * (k - 1)
    ends = [1 - (1 - found.e_rho2) * fdtri(*df, tail) for tail in (0.975, 0.025)]
    # A lattice of four thousand points in the place of the quantiles of F.
    assert found.e_rho2_interval.low == pytest.approx(ends[0], abs=1e-3)
    assert found.e_rho2_interval.high == pytest.approx(ends[1], abs=1e-3)


def test_items_of_ones_own_have_the_interval_of_the_one_way_intraclass_correlation() -> None:
    ratings = _crossed(5)
    found, icc = generalizability(ratings, design="i:p"), intraclass_correlation(ratings).icc_1k
    assert found.phi_interval.low == pytest.approx(icc.interval.low, abs=1e-3)
    assert found.phi_interval.high == pytest.approx(icc.interval.high, abs=1e-3)


@of_both_sizes
def test_persons_in_units_recover_the_truth(sizes: tuple[int, ...]) -> None:
    found = np.array([study.components.variance for study in _studies(sizes)])
    error = found.std(axis=0) / math.sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - EFFECTS) < 3 * error).all()


def test_the_standard_errors_are_how_far_the_estimates_scatter() -> None:
    found = [study.components for study in _studies(EVEN)]
    scatter = np.std([components.variance for components in found], axis=0)
    stated = np.sqrt(np.mean([components.standard_error**2 for components in found], axis=0))
    np.testing.assert_allclose(stated, scatter, rtol=0.25)


@of_both_sizes
def test_the_intervals_of_the_coefficients_cover_the_truth(sizes: tuple[int, ...]) -> None:
    harmonic = len(sizes) / sum(1 / size for size in sizes)
    relative = (EFFECTS[1] + EFFECTS[4] / 5) / harmonic + EFFECTS[3] / 5
    truth = 0.5 / (0.5 + relative), 0.5 / (0.5 + relative + EFFECTS[2] / 5)
    covered = [[truth[0] in study.e_rho2_interval, truth[1] in study.phi_interval] for study in _studies(sizes)]
    # Generalized intervals are somewhat long where variances are near 0.
    assert np.mean(covered, axis=0).min() > 0.95 - 3 * math.sqrt(0.95 * 0.05 / N_STUDIES)


@of_both_sizes
def test_likelihood_and_analysis_of_variance_agree_on_balanced_data(sizes: tuple[int, ...]) -> None:
    ratings, unit = _nested(2, sizes)
    anova, reml = generalizability(ratings, unit), generalizability(ratings, unit, method="reml")
    tolerance = 1e-6 if len(set(sizes)) == 1 else 0.35
    np.testing.assert_allclose(reml.components.variance, anova.components.variance, rtol=tolerance)
    assert reml.e_rho2 == pytest.approx(anova.e_rho2, rel=tolerance)
    assert np.isnan(reml.components.mean_square).all()
    assert reml.e_rho2_interval.low < reml.e_rho2 < reml.e_rho2_interval.high


def test_the_intervals_by_likelihood_are_about_those_of_mean_squares_in_large_samples() -> None:
    ratings = _crossed(4, n=300, k=12)
    anova, reml = generalizability(ratings), generalizability(ratings, method="reml")
    np.testing.assert_allclose(reml.components.standard_error, anova.components.standard_error, rtol=0.12)
    assert reml.e_rho2_interval.low == pytest.approx(anova.e_rho2_interval.low, abs=0.003)
    assert reml.e_rho2_interval.high == pytest.approx(anova.e_rho2_interval.high, abs=0.003)


def test_missing_ratings_drop_persons_or_are_worked_around_and_both_is_said() -> None:
    ratings = _crossed(6)
    ratings[[3, 9, 9], [0, 2, 4]] = np.nan
    ratings[20] = np.nan
    complete = generalizability(ratings)
    assert (complete.n, complete.n_dropped, complete.n_missing) == (37, 3, 3)
    assert complete.notes == (
        "1 person without any rating left out.",
        "2 of 39 persons left out: a rating is missing.",
    )
    whole = generalizability(ratings, method="reml")
    assert (whole.n, whole.n_dropped, whole.n_missing) == (39, 1, 3)
    assert whole.notes[1] == "3 of 234 ratings missing; all others used."
    own = generalizability(ratings, design="i:p")
    assert own.n == 39
    assert own.n_items == pytest.approx(39 / (37 / 6 + 1 / 5 + 1 / 4))


def test_a_decision_study_combines_items_and_persons_and_begins_where_the_study_was() -> None:
    found = generalizability(*_nested(2, [6] * 12))
    here = found.decision_study()
    assert (here.n_items[0], here.n_persons[0]) == (5, 6)
    assert here.e_rho2[0] == pytest.approx(found.e_rho2)
    assert here.phi[0] == pytest.approx(found.phi)
    plans = found.decision_study(n_items=[5, 10], n_persons=[6, 30])
    assert [(i, p) for i, p in zip(plans.n_items, plans.n_persons, strict=True)] == [(5, 6), (5, 30), (10, 6), (10, 30)]
    assert plans.e_rho2[3] > max(plans.e_rho2[1], plans.e_rho2[2]) > plans.e_rho2[0]
    assert (plans.phi <= plans.e_rho2).all()
    assert str(plans).splitlines()[1].startswith("items x persons")


def test_fixed_items_make_the_units_share_of_them_truth() -> None:
    ratings, unit = _nested(2, SIZES)
    random, fixed = generalizability(ratings, unit), generalizability(ratings, unit, fixed_items=True)
    np.testing.assert_array_equal(fixed.components.variance, random.components.variance)
    assert fixed.e_rho2 > random.e_rho2
    assert fixed.relative_error == fixed.absolute_error
    assert "items fixed" in str(fixed)
    person = generalizability(ratings, unit, of="person")
    assert (person.of, person.n_persons) == ("person", 1.0)


def test_with_fixed_items_and_units_of_one_size_it_is_the_icc2_of_the_scale_score() -> None:
    ratings, unit = _nested(2, [6] * 12)
    fixed = generalizability(ratings, unit, fixed_items=True)
    icc2 = unit_reliability(ratings.mean(axis=1), unit, method="anova").anova.icc2
    assert fixed.e_rho2 == pytest.approx(icc2, rel=1e-12)


def test_a_negative_variance_is_shown_taken_for_0_and_said() -> None:
    rng = np.random.default_rng(1)
    ratings = rng.normal(size=(10, 4))
    ratings -= ratings.mean(axis=1, keepdims=True) * 0.9
    found = generalizability(ratings)
    assert found.components.variance[0] < 0
    assert found.e_rho2 == found.phi == 0.0
    assert found.components.interval[0, 0] == 0.0
    assert any("variance of person is negative" in note for note in found.notes)
    reml = generalizability(ratings, method="reml")
    assert reml.components.variance[0] == 0.0
    assert reml.components.interval[0, 1] > 0.0
    assert any("take that for certain" in note for note in reml.notes)


@given(st.integers(0, 5000), st.floats(-100, 100), st.floats(0.05, 20))
@settings(max_examples=15, deadline=None)
def test_shift_scale_and_order_do_what_they_should(seed: int, shift: float, scale: float) -> None:
    rng = np.random.default_rng(seed)
    ratings, unit = _nested(seed, [*rng.integers(1, 6, size=5).tolist(), 3])
    rows, columns = rng.permutation(len(ratings)), rng.permutation(ratings.shape[1])
    first = generalizability(ratings, unit)
    second = generalizability(scale * ratings[np.ix_(rows, columns)] + shift, unit[rows])
    np.testing.assert_allclose(second.components.variance, scale**2 * first.components.variance, rtol=1e-7, atol=1e-9)
    assert second.e_rho2 == pytest.approx(first.e_rho2, rel=1e-7, abs=1e-9)
    assert second.phi_interval.high == pytest.approx(first.phi_interval.high, rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"ratings": [[1], [2], [3]]}, "at least two items needed, got 1"),
        ({"ratings": [[1, 2], [None, None]]}, "at least two persons with ratings needed, got 1"),
        ({"ratings": [[3, 3], [3, 3]]}, "every rating is 3"),
        ({"ratings": [[1, 2], [2, 3]], "unit": ["a", "a"]}, "at least two units needed, got 1"),
        ({"ratings": [[1, 2], [2, 3]], "unit": ["a", "b"]}, "each of the 2 units has one person"),
        ({"ratings": [[1, 2], [2, 3]], "unit": ["a"]}, "2 people came with 1 unit"),
        ({"ratings": [[1, 2], [2, 3]], "design": "p:u x i"}, "needs the unit of each person"),
        ({"ratings": [[1, 2], [2, 3]], "design": "i:p", "unit": ["a", "b"]}, "knows no units"),
        ({"ratings": [[1, 2], [2, 3]], "design": "p x i x o"}, 'design is "p x i", "i:p" or "p:u x i"'),
        ({"ratings": [[1, 2], [2, 3]], "of": "unit"}, "has no units to score"),
        ({"ratings": [[1, 2], [2, 3]], "fixed_items": True}, "nothing would be left as error"),
        ({"ratings": [[1, 2], [2, 3]], "method": "ml"}, 'method is "anova" or "reml"'),
        ({"ratings": [[1, None], [None, 3]], "design": "i:p"}, "every person has one rating"),
        ({"ratings": [[1, None], [2, None]], "method": "reml"}, "answered by nobody"),
        ({"ratings": [["x", 2], [2, 3]]}, "not"),
    ],
)
def test_it_says_what_does_not_fit(arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        generalizability(**arguments)


def test_it_names_every_misfit_of_a_question_at_once() -> None:
    with pytest.raises(AnalysisError) as caught:
        generalizability([[1, 2], [2, 3]], design="i:p", unit=["a", "b"], of="unit", method="ml")  # type: ignore[arg-type]
    assert len(caught.value.problems) == 3


def test_plans_must_make_sense() -> None:
    found: Generalizability = generalizability(_crossed(1))
    with pytest.raises(AnalysisError, match="above 0"):
        found.decision_study(n_items=[0, 3])
    with pytest.raises(AnalysisError, match="does not depend on a number of persons"):
        found.decision_study(n_persons=4)


def test_ratings_that_agree_to_the_last_digit_are_perfectly_reliable() -> None:
    found = generalizability([[1.0, 1, 1], [4, 4, 4], [2, 2, 2]])
    assert (found.e_rho2, found.phi) == (1.0, 1.0)
