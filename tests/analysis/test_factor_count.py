"""Adequacy, average partials and parallel analysis: recovery, brute force, bad input, properties; R is in tests/reference."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import (
    AnalysisError,
    CorrelationMatrix,
    PairwiseTables,
    UnitMoments,
    bartlett_sphericity,
    minimum_average_partial,
    parallel_analysis,
    pearson_correlation,
    polychoric_correlation,
    sampling_adequacy,
)
from analysis.correlation import CorrelationKind
from analysis.factor_count.independent_items import gains, permuted_polychorics, wishart_correlations
from analysis.item_responses import FloatArray

CUTS = (-1.2, -0.4, 0.5)


def _factors(n: int, n_factors: int, items_each: int = 4, loading: float = 0.7, seed: int = 1) -> FloatArray:
    """Draw answers to items of which each measures one of several independent factors; without factors, to so many items."""
    rng = np.random.default_rng(seed)
    if not n_factors:
        return np.searchsorted(CUTS, rng.standard_normal((n, items_each))).astype(np.float64) + 1
    factors = np.repeat(rng.standard_normal((n, n_factors)), items_each, axis=1)
    normal = loading * factors + np.sqrt(1 - loading**2) * rng.standard_normal(factors.shape)
    answers: FloatArray = np.searchsorted(CUTS, normal).astype(np.float64) + 1
    return answers


def _with_gaps(answers: FloatArray, share: float = 0.1) -> FloatArray:
    gaps = answers.copy()
    gaps[np.random.default_rng(9).random(gaps.shape) < share] = np.nan
    return gaps


def test_sampling_adequacy_of_equal_correlations_has_a_closed_form() -> None:
    p, r = 6, 0.4
    found = sampling_adequacy(CorrelationMatrix.from_matrix(np.full((p, p), r) + (1 - r) * np.eye(p), n=100))
    partial = r / (1 + (p - 2) * r)
    assert found.overall == pytest.approx(r**2 / (r**2 + partial**2), rel=1e-12)
    np.testing.assert_allclose(found.per_item, found.overall, rtol=1e-12)
    assert found.notes[0] == "meritorious in Kaiser's (1974) words"


def test_items_that_share_little_are_named() -> None:
    answers = np.column_stack([_factors(300, 1), _factors(300, 0, items_each=1, seed=2)])
    found = sampling_adequacy(answers)
    assert found.per_item[4] < 0.5 < found.per_item[:4].min()
    assert "below 0.5, unacceptable: item_5" in found.notes


def test_sphericity_of_two_items_has_a_closed_form() -> None:
    found = bartlett_sphericity(CorrelationMatrix.from_matrix([[1, 0.3], [0.3, 1]], n=50))
    assert found.chi_square == pytest.approx(-(50 - 1 - 9 / 6) * np.log(1 - 0.3**2), rel=1e-12)
    assert found.df == 1
    assert str(found).startswith("Bartlett's test of sphericity: chi-square(1) = 4.480, p = 0.034\n")
    assert found.to_frame().loc["no correlations", "p"] == found.p


def test_without_correlations_chi_square_is_what_its_degrees_of_freedom_say() -> None:
    rng = np.random.default_rng(5)
    found = [bartlett_sphericity(rng.standard_normal((60, 5))) for _ in range(400)]
    chi_squares = np.array([test.chi_square for test in found])
    assert abs(chi_squares.mean() - 10) < 4 * np.sqrt(20 / 400)
    rejected = np.mean([test.p < 0.05 for test in found])
    assert abs(rejected - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 400)


def test_sphericity_says_which_respondents_it_counts() -> None:
    found = bartlett_sphericity(_with_gaps(_factors(200, 1)))
    assert found.n == 200
    fewest = int(pearson_correlation(_with_gaps(_factors(200, 1))).n_pairs.min())
    assert any(note.startswith(f"chi-square counts all 200 respondents; for the {fewest} ") for note in found.notes)
    described = bartlett_sphericity(_factors(200, 1), correlation="polychoric")
    assert "the test takes items to be normal: for polychoric correlations it only describes" in described.notes


def test_average_partials_are_those_of_what_regression_on_the_components_leaves() -> None:
    answers = _factors(250, 2, items_each=3)
    standard = (answers - answers.mean(axis=0)) / answers.std(axis=0)
    components = standard @ np.linalg.svd(standard, full_matrices=False)[2].T
    found = minimum_average_partial(answers)
    apart = np.triu_indices(6, 1)
    for m in range(5):
        left = standard - components[:, :m] @ np.linalg.lstsq(components[:, :m], standard, rcond=None)[0]
        partial = np.corrcoef(left.T)[apart]
        assert found.values[m] == pytest.approx((partial**2).mean(), rel=1e-9)
        assert found.fourth_powers[m] == pytest.approx((partial**4).mean(), rel=1e-9)


@pytest.mark.parametrize("n_factors", [0, 1, 3])
@pytest.mark.parametrize("correlation", ["pearson", "polychoric"])
def test_average_partials_and_parallel_analysis_find_as_many_factors_as_there_are(
    n_factors: int, correlation: CorrelationKind
) -> None:
    answers = _factors(500, n_factors, items_each=5)
    partials = minimum_average_partial(answers, correlation=correlation)
    assert (partials.n_factors, partials.n_factors_fourth) == (n_factors, n_factors)
    found = parallel_analysis(answers, correlation, n_draws=200)
    assert (found.n_factors, found.n_components) == (n_factors, n_factors)


def test_average_partials_end_where_a_matrix_stops_being_one_of_data() -> None:
    matrix = np.array([[1, 0.9, -0.6], [0.9, 1, 0.6], [-0.6, 0.6, 1]])
    found = minimum_average_partial(CorrelationMatrix.from_matrix(matrix, n=100))
    assert np.isnan(found.values).tolist() == [False, False, True]
    assert "not defined for 2 or more components: an item has no variance left" in found.notes
    assert any(note.startswith("not positive definite: the smallest eigenvalue is -0.") for note in found.notes)


@pytest.mark.parametrize("correlation", ["pearson", "polychoric"])
def test_independent_items_show_a_component_as_often_as_the_level_says(correlation: CorrelationKind) -> None:
    found = [
        parallel_analysis(_factors(120, 0, seed=seed), correlation, n_draws=40, quantile=0.8, seed=seed).n_components
        for seed in range(150)
    ]
    # A further draw exceeds the one at place 1 + 0.8 (40 - 1) of forty with probability 1 - place / 41, few as they are.
    expected = 1 - (1 + 0.8 * 39) / 41
    assert abs(np.mean(np.array(found) > 0) - expected) < 3 * np.sqrt(expected * (1 - expected) / 150)


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("n", [25, 400])
def test_the_polychoric_null_is_that_of_permuted_answers_to_the_last_digits(n: int, gaps: bool) -> None:
    answers = _factors(n, 1, items_each=4)
    if gaps:
        answers = _with_gaps(answers)
    codes = np.nan_to_num(answers).astype(np.int8).T.copy()
    (drawn,) = permuted_polychorics(np.random.default_rng(4), 30, codes, keep_missing=True)
    rng = np.random.default_rng(4)
    furthest = 0.0
    for matrix in drawn:
        permuted = answers.copy() if gaps else rng.permuted(codes, axis=1).T
        if gaps:
            for column in permuted.T:
                column[~np.isnan(column)] = rng.permutation(column[~np.isnan(column)])
        expected = polychoric_correlation(permuted, categories=4).matrix
        np.testing.assert_allclose(matrix, expected, rtol=0, atol=1e-9)
        furthest = max(furthest, np.abs(expected[np.tril_indices(4, -1)]).max())
    # Of the smaller tables some lie beyond the interval of the polynomials.
    assert (furthest > 0.25) == (n == 25)


def test_the_pearson_null_is_that_of_normal_rows() -> None:
    n, p, n_draws = 40, 6, 3000
    rng = np.random.default_rng(8)
    rows = np.array([np.linalg.eigvalsh(np.corrcoef(rng.standard_normal((p, n)))) for _ in range(n_draws)])
    (drawn,) = wishart_correlations(rng, n_draws, np.full((p, p), n), np.ones(p))
    eigenvalues = np.linalg.eigvalsh(drawn)
    error = np.sqrt((rows.var(axis=0) + eigenvalues.var(axis=0)) / n_draws)
    np.testing.assert_array_less(np.abs(rows.mean(axis=0) - eigenvalues.mean(axis=0)), 4 * error)


def test_each_correlation_of_the_null_is_spread_as_its_own_pair_and_answers_ask() -> None:
    n_pairs = np.array([[400, 100, 300], [100, 400, 200], [300, 200, 400]])
    gain = gains(np.array([[200, 200, 0], [10, 380, 10], [100, 0, 300]]))
    assert gain[0] == pytest.approx(np.sqrt(2 / np.pi), rel=1e-12)  # a cut at nought
    (drawn,) = wishart_correlations(np.random.default_rng(2), 20_000, n_pairs, gain)
    first, second = np.tril_indices(3, -1)
    expected = 1 / (np.sqrt(n_pairs[first, second] - 1) * gain[first] * gain[second])
    # The standard error of a standard deviation from m draws is its share 1 / sqrt(2 m).
    np.testing.assert_allclose(drawn[:, first, second].std(axis=0), expected, rtol=4 / np.sqrt(40_000))


def test_the_large_sample_law_takes_over_where_permuting_agrees_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = _factors(1500, 1, items_each=6)
    permuted = parallel_analysis(answers, n_draws=400)
    monkeypatch.setattr("analysis.factor_count.parallel.PERMUTED_TO", 1000)
    law = parallel_analysis(answers, n_draws=400)
    assert "permuted" in permuted.null
    assert "large-sample law" in law.null
    # Eigenvalues of p by p null matrices vary by less than 2 / sqrt(n).
    np.testing.assert_allclose(permuted.mean, law.mean, rtol=0, atol=4 * 2 / np.sqrt(1500) * np.sqrt(2 / 400))


@pytest.mark.parametrize("correlation", ["pearson", "polychoric"])
def test_the_same_seed_gives_the_same_draws_and_another_seed_others(correlation: CorrelationKind) -> None:
    answers = _factors(150, 1)
    first, again, other = (parallel_analysis(answers, correlation, n_draws=50, seed=seed) for seed in (3, 3, 4))
    assert (first.quantile == again.quantile).all()
    assert (first.mean_components == again.mean_components).all()
    assert (first.quantile != other.quantile).all()
    assert (first.observed == other.observed).all()


@settings(max_examples=15)
@given(st.permutations(range(6)), st.integers(0, 1000))
def test_the_order_of_items_changes_nothing_observed(order: list[int], seed: int) -> None:
    answers = _factors(90, 2, items_each=3, seed=seed)
    one, other = answers, answers[:, order]
    np.testing.assert_allclose(
        sampling_adequacy(other).per_item, sampling_adequacy(one).per_item[order], rtol=0, atol=1e-10
    )
    assert bartlett_sphericity(other).chi_square == pytest.approx(bartlett_sphericity(one).chi_square, rel=1e-10)
    np.testing.assert_allclose(
        minimum_average_partial(other).values, minimum_average_partial(one).values, rtol=0, atol=1e-8
    )
    first, second = (parallel_analysis(given, "pearson", n_draws=20) for given in (one, other))
    np.testing.assert_allclose(second.observed, first.observed, rtol=0, atol=1e-10)
    assert (second.quantile == first.quantile).all()  # without missing answers the null knows nothing of the items


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from([-3.0, 0.5, 7.0]), st.integers(-9, 9)), min_size=6, max_size=6))
def test_scale_and_keying_of_items_change_nothing(changes: list[tuple[float, int]]) -> None:
    answers = _factors(90, 2, items_each=3)
    factor, shift = np.array(changes).T
    changed = answers * factor + shift
    np.testing.assert_allclose(sampling_adequacy(changed).per_item, sampling_adequacy(answers).per_item, rtol=1e-9)
    first, second = (parallel_analysis(given, "pearson", n_draws=20) for given in (answers, changed))
    np.testing.assert_allclose(second.observed, first.observed, rtol=0, atol=1e-9)
    turned = np.where(factor < 0, 5 - answers, answers)
    first, second = (parallel_analysis(given, n_draws=20) for given in (answers, turned))
    np.testing.assert_allclose(second.observed, first.observed, rtol=0, atol=1e-9)
    np.testing.assert_allclose(second.quantile, first.quantile, rtol=0, atol=1e-9)


def test_the_mean_is_the_laxer_rule() -> None:
    answers = _factors(80, 2, items_each=4, loading=0.45, seed=4)
    strict = parallel_analysis(answers, "pearson", n_draws=200)
    lax = parallel_analysis(answers, "pearson", n_draws=200, rule="mean")
    assert (strict.quantile == lax.quantile).all()
    assert (strict.n_factors, lax.n_factors) == (0, 2)
    assert "counted up to the first that does not exceed the mean of 200 draws (seed 1)" in lax.notes


def test_answers_tables_batches_and_correlations_give_the_same() -> None:
    answers = _factors(200, 1)
    tables = PairwiseTables.from_responses(answers)
    expected = parallel_analysis(tables, n_draws=30)
    assert expected.null == "chance: each item's answers permuted"
    assert (parallel_analysis(polychoric_correlation(answers), n_draws=30).quantile == expected.quantile).all()
    assert (parallel_analysis(iter([answers[:70], answers[70:]]), n_draws=30).quantile == expected.quantile).all()
    np.testing.assert_allclose(parallel_analysis(answers, n_draws=30).observed, expected.observed, rtol=0, atol=1e-12)
    of_rows, of_tables = (parallel_analysis(given, "pearson", n_draws=30) for given in (answers, tables))
    assert (of_rows.quantile == of_tables.quantile).all()
    units = UnitMoments.from_responses(answers, ["Elm", "Oak"] * 100)
    assert sampling_adequacy(units).overall == pytest.approx(sampling_adequacy(answers).overall, rel=1e-12)


def test_it_says_whether_missing_answers_move() -> None:
    answers = _with_gaps(_factors(300, 1))
    held = parallel_analysis(answers, n_draws=20)
    moved = parallel_analysis(PairwiseTables.from_responses(answers), n_draws=20)
    whole = parallel_analysis(answers, n_draws=20, missing="listwise")
    assert held.null == "chance: each item's answers permuted among the respondents who gave one"
    assert moved.null == "chance: each item's answers permuted, missing ones too"
    assert (held.observed == moved.observed).all()
    complete = answers[~np.isnan(answers).any(axis=1)]
    assert whole.n == len(complete)
    assert (whole.quantile == parallel_analysis(complete, n_draws=20).quantile).all()


def test_draws_without_an_inverse_are_counted_and_said() -> None:
    answers = _factors(16, 1, items_each=8, loading=0.5)
    found = parallel_analysis(polychoric_correlation(answers).smooth(), n_draws=50)
    (note,) = [note for note in found.notes if "of 50 draws were not positive definite" in note]
    assert 1 <= int(note.split()[0]) <= 50
    assert np.isfinite(found.quantile).all()
    assert found.quantile[0] < found.quantile_components[0]


def test_items_that_repeat_one_another_are_refused_by_name() -> None:
    answers = _factors(60, 1)
    twice = np.column_stack([answers, answers[:, 0]])
    for analyse, purpose in (
        (sampling_adequacy, "the partial correlation of two items given the others is not defined"),
        (bartlett_sphericity, "the logarithm of their determinant is not defined"),
        (parallel_analysis, "the squared multiple correlation of an item with the others is not defined"),
    ):
        with pytest.raises(AnalysisError, match=f"not positive definite .* so that {purpose}: leave out items that"):
            analyse(twice)


def test_correlations_that_are_all_nought_have_no_adequacy() -> None:
    with pytest.raises(AnalysisError, match="no two items correlate at all"):
        sampling_adequacy(CorrelationMatrix.from_matrix(np.eye(4), n=50))
    assert bartlett_sphericity(CorrelationMatrix.from_matrix(np.eye(4), n=50)).chi_square == 0


def test_too_few_respondents_or_items_are_refused() -> None:
    few = CorrelationMatrix.from_matrix(np.eye(8), n=4)
    with pytest.raises(AnalysisError, match=r"more than 4\.5 respondents needed for 8 items, got 4"):
        bartlett_sphericity(few)
    with pytest.raises(AnalysisError, match="more respondents than items needed: got 4 for 8 items"):
        parallel_analysis(few)
    for analyse in (minimum_average_partial, parallel_analysis):
        with pytest.raises(AnalysisError, match="at least 3 items needed, got 2"):
            analyse(_factors(50, 0, items_each=2))


def test_every_wrong_choice_is_named_at_once() -> None:
    with pytest.raises(AnalysisError) as problems:
        parallel_analysis(_factors(50, 1), n_draws=5, quantile=95, rule="median")  # type: ignore[arg-type]
    assert problems.value.problems == (
        "n_draws is a whole number from 20 to 1000000, not 5",
        "quantile is a number between 0 and 1, not 95",
        'rule is "quantile" or "mean", not \'median\'',
    )
    for analyse in (sampling_adequacy, bartlett_sphericity, minimum_average_partial, parallel_analysis):
        with pytest.raises(AnalysisError, match='correlation is "polychoric" or "pearson"'):
            analyse(_factors(50, 1), correlation="spearman")  # type: ignore[arg-type]
        with pytest.raises(AnalysisError, match='missing is "pairwise" or "listwise"'):
            analyse(_factors(50, 1), missing="mean")  # type: ignore[arg-type]


def test_every_result_prints_as_a_table_and_turns_into_a_frame() -> None:
    answers = _factors(200, 1)
    found = parallel_analysis(answers, n_draws=50, quantile=0.9)
    assert str(found).startswith("Parallel analysis: 1 factor, 1 component\nplace  factor")
    assert found.to_frame().loc[1, "90 %"] == found.quantile[0]
    for result in (found, sampling_adequacy(answers), bartlett_sphericity(answers), minimum_average_partial(answers)):
        assert "<caption>" in result._repr_html_()
        assert "n = 200 respondents, every item answered" in str(result)
    assert minimum_average_partial(answers).to_frame().loc[0, "squared"] == minimum_average_partial(answers).values[0]


def test_the_scree_is_drawn_with_what_chance_makes() -> None:
    import matplotlib as mpl

    mpl.use("agg")
    found = parallel_analysis(_factors(200, 1), n_draws=50)
    axes = found.plot()
    observed, quantile, mean = axes.get_lines()
    assert (observed.get_ydata() == found.observed).all()
    assert (quantile.get_ydata() == found.quantile).all()
    assert (mean.get_ydata() == found.mean).all()
    assert observed.get_label() == "observed: 1 factor"
    axes.clear()
    assert found.plot(axes, kind="components") is axes
    assert (axes.get_lines()[0].get_ydata() == found.observed_components).all()
    with pytest.raises(AnalysisError, match='kind is "factors" or "components"'):
        found.plot(kind="scree")  # type: ignore[arg-type]


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(AnalysisError, match="drawing needs matplotlib"):
        parallel_analysis(_factors(100, 1), n_draws=20).plot()
